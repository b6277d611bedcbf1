import { describe, type Path, type Problems, valueAt } from "../args/errors";
import type { RuleContext } from "../args/rules";
import { CREDENTIALS, FIXED } from "../domain/emr-etl-runner-config";

/** A key of config.yml that the stack decides, and why. */
export interface OwnedKey {
    readonly path: string;
    /** What the stack renders there, where that is known before anything is deployed. */
    readonly rendered?: unknown;
    /** Not to be printed. */
    readonly secret?: true;
    readonly because: string;
}

/** EmrEtlRunner's credentials: its own keys, and where it takes each from. */
const CREDENTIAL_KEYS = {
    access_key_id:
        "EmrEtlRunner takes it from the environment variable AWS_SNOWPLOW_ACCESS_KEY, and no file holds it",
    secret_access_key:
        "EmrEtlRunner takes it from the environment variable AWS_SNOWPLOW_SECRET_KEY, and no file holds it",
} as const;

/** What to say of a key that holds a credential, however it is spelt: nobody should move it to the right place. */
export function credentialRefusal(key: string): string | undefined {
    const letters = key.toLowerCase().replace(/:.*|[^a-z]/gs, "");
    if (!/accesskey|secretkey/.test(letters)) {
        return undefined;
    }
    return deleteThisLine(
        CREDENTIAL_KEYS[letters.includes("secret") ? "secret_access_key" : "access_key_id"],
    );
}

function deleteThisLine(because: string): string {
    return `delete this line: ${because}`;
}

/** Keys that no stack file needs. `config`: the stack config as it was written. */
export function ownedKeys({ region }: RuleContext, config: unknown): readonly OwnedKey[] {
    const inOutput = "only the deployed stack knows it";
    /** Known beforehand where it is the user's. */
    const ownOrTheirs = (path: string, what: string, theirs: Path): OwnedKey => {
        const rendered = valueAt(config, theirs) ?? undefined;
        const setting = theirs.filter((part) => typeof part === "string").join(".");
        return rendered === undefined
            ? { path, because: `${what}; ${inOutput}` }
            : { path, rendered, because: `${setting} says it` };
    };
    const regionKey = (path: string): OwnedKey => ({
        path,
        rendered: region,
        because: `aws:region is ${region}, and all is in one region`,
    });
    return [
        {
            path: "aws.access_key_id",
            rendered: CREDENTIALS.access_key_id,
            secret: true,
            because: CREDENTIAL_KEYS.access_key_id,
        },
        {
            path: "aws.secret_access_key",
            rendered: CREDENTIALS.secret_access_key,
            secret: true,
            because: CREDENTIAL_KEYS.secret_access_key,
        },
        // Without a region, which is a problem of its own, there is nothing to compare with.
        ...(region === undefined ? [] : [regionKey("aws.s3.region"), regionKey("aws.emr.region")]),
        {
            path: "aws.s3.buckets.encrypted",
            rendered: FIXED.encrypted,
            because: "every bucket is encrypted with SSE-S3, and s3-dist-cp must ask for the same",
        },
        ownOrTheirs("aws.emr.jobflow_role", "the stack makes its own role", [
            "access",
            "jobflowRole",
            "existing",
        ]),
        ownOrTheirs("aws.emr.service_role", "the stack makes its own role", [
            "access",
            "serviceRole",
            "existing",
        ]),
        {
            path: "aws.emr.placement",
            rendered: FIXED.placement,
            because: "clusters run in the stack's subnet; network.availabilityZones chooses its zone",
        },
        ownOrTheirs("aws.emr.ec2_subnet_id", "clusters run in the stack's own subnet", [
            "network",
            "existing",
            "subnetIds",
            0,
        ]),
        { path: "aws.emr.security_configuration", because: `the stack makes its own; ${inOutput}` },
        {
            path: "aws.emr.software.hbase",
            rendered: FIXED.software.hbase,
            because: "EmrEtlRunner can install it on AMI 3 only, which has no security configurations",
        },
        {
            path: "aws.emr.software.lingual",
            rendered: FIXED.software.lingual,
            because: "EmrEtlRunner can install it on AMI 3 only, which has no security configurations",
        },
        {
            path: "storage.versions.hadoop_elasticsearch",
            rendered: FIXED.hadoop_elasticsearch,
            because: "there is no other version",
        },
    ];
}

/**
 * A whole config.yml may be pasted: what the stack owns may stand in it as null, or as the stack renders it. Before
 * any other check of the same values, whose words would ask for another value instead.
 */
export function checkOwnedKeys(config: unknown, context: RuleContext, problems: Problems): void {
    for (const { path, rendered, secret, because } of ownedKeys(context, config)) {
        const full = ["emrEtlRunner", ...path.split(".")];
        const value = valueAt(config, full);
        if (value !== undefined && value !== null && value !== rendered && !problems.has(full)) {
            problems.add(full, deleteThisLine(because), secret ? "a text" : describe(value));
        }
    }
}
