import { CREDENTIALS, FIXED } from "../../domain/emr-etl-runner-config";
import { valueAt } from "../../domain/value-at";
import { OWNED_KEYS, type OwnedKey } from "../emr-etl-runner";
import { EXPOSED, secretErrors } from "../secrets";
import type { Finding, RuleArgs } from "./rule";

/** In a pasted config.yml, a key that the stack sets may be null or the value that the stack renders. */
export function* ownedKeys(args: RuleArgs): Iterable<Finding> {
    const rendered = renderedValues(args);
    for (const [key, reason] of Object.entries(OWNED_KEYS)) {
        const path = ["emrEtlRunner", ...key.split(".")];
        const value = valueAt(args, path) ?? null;
        if (value !== null && value !== rendered[key as OwnedKey]) {
            const isExposed = secretErrors(value, path).length > 0;
            yield { code: "owned-key", path, fix: `omit this key: ${reason}${isExposed ? EXPOSED : ""}` };
        }
    }
}

/** The rendered values that are known before anything is deployed. */
function renderedValues({ access, network, region }: RuleArgs): Partial<Record<OwnedKey, unknown>> {
    return {
        "aws.access_key_id": CREDENTIALS.access_key_id,
        "aws.secret_access_key": CREDENTIALS.secret_access_key,
        "aws.s3.region": region,
        "aws.s3.buckets.encrypted": FIXED.encrypted,
        "aws.emr.region": region,
        "aws.emr.jobflow_role": access.jobflowRole?.existing,
        "aws.emr.service_role": access.serviceRole?.existing,
        "aws.emr.ec2_subnet_id": network.existing?.subnetIds[0],
        "storage.versions.hadoop_elasticsearch": FIXED.hadoop_elasticsearch,
    };
}
