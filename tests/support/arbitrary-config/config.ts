import { ACCOUNT_ID } from "../../../testing/placeholder-provider";
import { certificate } from "./certificate";
import { releaseFor, versionsFor } from "./dependent";
import { bucketsOf, isManaged, type LocationPath, locationValues } from "./locations";
import type { Parts } from "./parts";
import type { Config } from "./types";

export function networkOf(drawn: Parts) {
    const { network, zones, existingNetwork: existing, region } = drawn;
    if (!existing) {
        return { ...network, availabilityZones: zones?.map((letter) => `${region}${letter}`), existing };
    }
    // A mismatch needs a core-site in config.yml, and EmrEtlRunner adds its own for thrift.
    const noCoreSite = drawn.batch && drawn.format === "thrift" && drawn.encryption.inTransit !== false;
    return {
        internetAccess: network.internetAccess,
        existing: {
            ...existing,
            ...(noCoreSite && existing.allowHostnameMismatch && { allowHostnameMismatch: false }),
            // AWS always shows a route to an internet gateway.
            ...(network.internetAccess === "public" &&
                existing.allowUnseenRoute && { allowUnseenRoute: false }),
        },
    };
}

/** Days and generations apply to the stack's certificates only. */
function certificatesOf(drawn: Parts): Config {
    const { certificateSource, archive, certificateDays: days, region, topic } = drawn;
    const certificates = {
        ...drawn.certificates,
        remindTopicArn: topic && ["arn:aws:sns", region, ...topic].join(":"),
    };
    switch (certificateSource) {
        case "archive":
            return { archive };
        case "chain": {
            const { chainPem, trustedPem } = certificate();
            return { chainPem, trustedPem, remindTopicArn: certificates.remindTopicArn };
        }
        case "own, with nulls":
            return { ...days, ...certificates, archive: null, chainPem: null, trustedPem: null };
        case "own":
            return { ...days, ...certificates };
    }
}

/** The statements of managed locations, each with a Sid of its own. */
function statementsOf({ statements = [], batch }: Parts, values: ReturnType<typeof locationValues>): Config {
    const given: Record<string, readonly object[]> = {};
    for (const [index, { path, list, service }] of statements.entries()) {
        if (isManaged(path, values.get(path), batch)) {
            const statement = {
                Sid: `S${index}`,
                Effect: "Allow",
                Principal: service ? { Service: "delivery.logs.amazonaws.com" } : { AWS: ACCOUNT_ID },
                Action: list || path === "log" ? ["s3:GetObject", "s3:ListBucket"] : "s3:PutObject",
                ...(service && { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT_ID } } }),
            };
            given[path] = [...(given[path] ?? []), statement];
        }
    }
    return given;
}

export function config(drawn: Parts): Config {
    const { region, batch, owned } = drawn;
    const object = (entries: Config) => {
        const written = Object.entries(entries).filter(([, value]) => value !== undefined);
        if (written.length > 0 || drawn.empty === "{}") {
            return Object.fromEntries(written);
        }
        return drawn.empty === "null" ? null : undefined;
    };
    const rendered = (name: keyof typeof owned, value: unknown) =>
        owned[name] === "rendered" ? value : owned[name];
    const values = locationValues(drawn.locations, {
        batch,
        clojure: drawn.format === "clj-tomcat",
        errors: drawn.enrich.continue_on_unexpected_error === true,
    });
    const at = (path: LocationPath) => values.get(path);
    const below = (kind: string) =>
        Object.fromEntries(
            [...values]
                .filter(([path]) => path.startsWith(`${kind}.`))
                .map(([path, value]) => [path.slice(kind.length + 1), value]),
        );
    const release = releaseFor(
        drawn.releases,
        drawn.encryption,
        drawn.network.internetAccess,
        drawn.writtenRelease,
        drawn.withSpark3 && !batch, // Spark Enrich does not run on Spark 3.
    );
    const versions = versionsFor(release, drawn.versions);
    // With a bid, the key must be of this account: the Spot role may use no other.
    const { core_instance_bid: core, task_instance_bid: task } = drawn.jobflow;
    const kmsKey = (core ?? task) == null ? drawn.kmsKey : drawn.kmsKey?.replace(/^\d+/, ACCOUNT_ID);
    // Few grants, so that policies stay below IAM's limits: tests/components/args/document-limits.test.ts tests those.
    const errors = at("enriched.errors") === "managed" && at("shredded.errors") === "managed";
    const most = 2 - Number(drawn.stack.length > 5) - Number(errors);
    const few = (list: readonly string[] | undefined) => list?.slice(0, most);
    const existing = bucketsOf(values.values());
    const ownedTags = {
        "snowplow-emr-stack": `snowplow-emr-encryption/${drawn.stack}`,
        "for-use-with-amazon-emr-managed-policies": "true",
    };

    return Object.fromEntries(
        Object.entries({
            network: object(networkOf(drawn)),
            encryption: object({
                ...drawn.encryption,
                kmsKeyArn: kmsKey && `arn:aws:kms:${region}:${kmsKey}`,
            }),
            certificates: object(certificatesOf(drawn)),
            storage: object({
                ...drawn.storage,
                existingKmsKeyArns: few(drawn.kmsKeys)?.map((id) => `arn:aws:kms:${region}:${id}`),
                encryptExistingBuckets: drawn.encryptExisting
                    ? existing.filter((_, index) => drawn.encryptExisting?.[index])
                    : undefined,
                policiesOnExistingBuckets: drawn.policiesOnExisting
                    ? existing.filter((_, index) => drawn.policiesOnExisting?.[index])
                    : undefined,
                bucketPolicyStatements: drawn.statements && statementsOf(drawn, values),
            }),
            access: object({
                ...drawn.access,
                ssmParameters: few(drawn.access.ssmParameters),
                readLocations: few(drawn.access.readLocations),
                dynamodbTables: few(drawn.access.dynamodbTables),
                queueArns: few(drawn.access.queueArns),
            }),
            dataflowRunner: object(drawn.dataflowRunner),
            emrEtlRunner: object({
                aws: object({
                    access_key_id: rendered("accessKey", "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>"),
                    secret_access_key: rendered("secretKey", "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>"),
                    s3: object({
                        ...drawn.s3,
                        region: rendered("s3Region", region),
                        buckets: object({
                            ...drawn.buckets,
                            encrypted: rendered("encrypted", true),
                            log: at("log"),
                            raw: object(below("raw")),
                            enriched: object(below("enriched")),
                            shredded: object(below("shredded")),
                        }),
                    }),
                    emr: object({
                        ...drawn.emr,
                        region: rendered("emrRegion", region),
                        ami_version: release,
                        software: object(drawn.software),
                        jobflow: object(drawn.jobflow),
                    }),
                }),
                collectors: object({ format: batch ? drawn.format : drawn.noFormat }),
                enrich: object({
                    ...drawn.enrich,
                    versions: object(versions.enrich),
                    output_compression: batch || drawn.compression === undefined ? drawn.compression : "GZIP",
                }),
                storage: object({
                    versions: object({
                        ...versions.storage,
                        hadoop_elasticsearch: rendered("elasticsearch", "0.1.0"),
                    }),
                }),
                monitoring: object({
                    ...drawn.monitoring,
                    ...(owned.stackTag && { tags: { ...drawn.monitoring.tags, ...ownedTags } }),
                    logging: object(drawn.logging),
                }),
            }),
        }).filter(([, value]) => value !== undefined),
    );
}
