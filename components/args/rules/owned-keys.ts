import { CREDENTIALS, FIXED } from "../../domain/emr-etl-runner-config";
import type { Path } from "../../domain/errors";
import { valueAt } from "../../domain/value-at";
import { OWNED_KEYS, type OwnedKey } from "../emr-etl-runner";
import { EXPOSED, secretErrors } from "../secrets";
import type { Finding, RuleArgs } from "./rule";

/** The rendered values that are the same in every stack. */
export const SAME_IN_EVERY_STACK: Partial<Record<OwnedKey, unknown>> = {
    "aws.access_key_id": CREDENTIALS.access_key_id,
    "aws.secret_access_key": CREDENTIALS.secret_access_key,
    "aws.s3.buckets.encrypted": FIXED.encrypted,
    "storage.versions.hadoop_elasticsearch": FIXED.hadoop_elasticsearch,
};

/** The arguments that set a rendered value before anything is deployed. */
export const SET_BY: Partial<Record<OwnedKey, Path>> = {
    "aws.s3.region": ["region"],
    "aws.emr.region": ["region"],
    "aws.emr.jobflow_role": ["access", "jobflowRole", "existing"],
    "aws.emr.service_role": ["access", "serviceRole", "existing"],
    "aws.emr.ec2_subnet_id": ["network", "existing", "subnetIds", 0],
};

/** In a pasted config.yml, a key that the stack sets may be null or the value that the stack renders. */
export function* ownedKeys(args: RuleArgs): Iterable<Finding> {
    for (const [name, reason] of Object.entries(OWNED_KEYS)) {
        const key = name as OwnedKey;
        const path = ["emrEtlRunner", ...name.split(".")];
        const value = valueAt(args, path) ?? null;
        if (value !== null && value !== (SAME_IN_EVERY_STACK[key] ?? setBy(args, key))) {
            const isExposed = secretErrors(value, path).length > 0;
            yield { code: "owned-key", path, fix: `omit this key: ${reason}${isExposed ? EXPOSED : ""}` };
        }
    }
}

function setBy(args: RuleArgs, key: OwnedKey): unknown {
    const path = SET_BY[key];
    return path && valueAt(args, path);
}
