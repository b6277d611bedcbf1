import fc from "fast-check";
import { ACCOUNT_ID } from "../../../testing/placeholder-provider";
import { certificateDays, cidrBlock, existingNetwork, releases } from "./dependent";
import { emr, format, jobflow, monitoring, OWNED, software } from "./emr-etl-runner";
import { LOCATION_PATHS, locations, PLACES } from "./locations";
import { REGIONS } from "./regions";
import { drawnFrom, tags } from "./strings";
import {
    account,
    count,
    distinct,
    keyId,
    nullable,
    outsideUrl,
    policyArn,
    roleName,
    s3Url,
    segment,
    some,
    version,
} from "./values";

export const parts = fc.record({
    stack: fc.oneof(
        { withCrossShrink: true },
        fc.constantFrom(..."dev prod 0123 1e3 - .. _ null yes A_very-long.stack-name".split(" ")),
        drawnFrom("aZ09-_.", 1, 30),
        drawnFrom("aZ09-_.", 100, 100),
    ),
    region: fc.constantFrom(...REGIONS),
    defaultTags: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant(undefined) },
        fc.constantFrom(null, {}, { tags: null }),
        fc.oneof(tags(10, 10), tags(4, 128)).map((drawn) => ({ tags: drawn })),
    ),
    /** How an object without keys is written. */
    empty: fc.constantFrom("omitted", "null", "{}"),
    network: some({ cidrBlock, internetAccess: fc.constantFrom("nat", "public") }),
    existingNetwork: fc.oneof(
        { withCrossShrink: true },
        { weight: 2, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 3, arbitrary: existingNetwork },
    ),
    otherDomain: fc.constantFrom("corp.example", "compute.internal", ""),
    zones: fc.option(fc.shuffledSubarray([..."abcdefghijklmn"]), { nil: undefined }),
    encryption: fc.oneof(
        { withCrossShrink: true },
        some({
            atRestS3: fc.boolean(),
            atRestLocalDisks: fc.boolean(),
            inTransit: fc.boolean(),
            requireImdsV2: fc.boolean(),
        }),
        fc.constant({ atRestS3: false, atRestLocalDisks: false, inTransit: false }),
    ),
    kmsKey: fc.option(
        nullable(
            fc.tuple(fc.oneof(fc.constant(ACCOUNT_ID), account), keyId).map((names) => names.join(":key/")),
        ),
        { nil: undefined },
    ),
    /** The stack's certificates, or existing ones in one of two forms. */
    certificateSource: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constantFrom("own", "own, with nulls") },
        { weight: 2, arbitrary: fc.constantFrom("chain", "archive") },
    ),
    archive: fc
        .tuple(outsideUrl, segment)
        .map(([folder, name]) => `${folder.replace(/\/?$/, "/")}${name}.zip`),
    certificateDays,
    certificates: some({ generation: count(1) }),
    /** As an account and the topic's name. */
    topic: fc.option(nullable(fc.tuple(account, drawnFrom("aZ09_-", 1, 8))), { nil: undefined }),
    storage: some({
        protect: fc.boolean(),
        logRetentionDays: fc.integer({ min: 1, max: 36_500 }),
        reencryption: fc.boolean(),
    }),
    kmsKeys: fc.option(distinct(fc.tuple(account, keyId).map((names) => names.join(":key/"))), {
        nil: undefined,
    }),
    encryptExisting: fc.option(fc.array(fc.boolean(), { maxLength: PLACES }), { nil: undefined }),
    policiesOnExisting: fc.option(fc.array(fc.boolean(), { maxLength: PLACES }), { nil: undefined }),
    /** Statements of buckets' policies, for locations that the stack may create. */
    statements: fc.option(
        fc.array(
            fc.record({
                path: fc.constantFrom(...LOCATION_PATHS),
                list: fc.boolean(),
                service: fc.boolean(),
            }),
            {
                maxLength: 3,
            },
        ),
        { nil: undefined },
    ),
    access: some({
        readLocations: distinct(s3Url),
        dynamodbTables: distinct(drawnFrom("aZ09_.-", 3, 12)),
        ssmParameters: distinct(
            fc
                .tuple(
                    fc.constantFrom("", "/"),
                    fc.array(drawnFrom("aZ09_.-", 1, 4), { minLength: 1, maxLength: 2 }),
                )
                .map(([start, path]) => start + path.join("/")),
        ),
        queueArns: distinct(
            fc
                .tuple(
                    fc.constantFrom("sqs", "sns"),
                    account,
                    drawnFrom("aZ09_-", 1, 8),
                    fc.constantFrom("", ".fifo"),
                )
                .map(([service, id, name, end]) => `arn:aws:${service}:eu-west-1:${id}:${name}${end}`),
        ),
        policyArns: distinct(policyArn, 10),
        permissionsBoundary: nullable(policyArn),
        path: fc.oneof(
            fc.constant("/"),
            fc
                .array(drawnFrom("aZ09_+=,.@-", 1, 4), { minLength: 1, maxLength: 3 })
                .map((names) => `/${names.join("/")}/`),
        ),
        serviceRole: nullable(fc.record({ existing: roleName }, { noNullPrototype: true })),
        jobflowRole: nullable(fc.record({ existing: roleName }, { noNullPrototype: true })),
    }),
    dataflowRunner: some({
        applications: distinct(
            fc.constantFrom("Hadoop", "Spark", "Ganglia", "JupyterEnterpriseGateway"),
        ).filter((names) => names.length > 0),
        credentialsFrom: fc.constantFrom("default", "env", "iam"),
    }),
    batch: fc.boolean(),
    locations,
    releases,
    owned: some({
        accessKey: OWNED,
        secretKey: OWNED,
        s3Region: OWNED,
        emrRegion: OWNED,
        encrypted: OWNED,
        elasticsearch: OWNED,
        stackTag: fc.constant("rendered"),
    }),
    buckets: some({ assets: outsideUrl, jsonpath_assets: nullable(outsideUrl) }),
    s3: some({ consolidate_shredded_output: nullable(fc.boolean()) }),
    writtenRelease: fc.boolean(),
    emr,
    software,
    jobflow,
    format,
    noFormat: fc.constantFrom(undefined, null),
    withSpark3: fc.boolean(),
    enrich: some({ continue_on_unexpected_error: nullable(fc.boolean()) }),
    compression: fc.constantFrom(undefined, "GZIP", "NONE"),
    versions: some({ spark_enrich: version, rdb_loader: nullable(version), rdb_shredder: nullable(version) }),
    monitoring,
    logging: some({ level: fc.constantFrom("DEBUG", "INFO") }),
});

export type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;
