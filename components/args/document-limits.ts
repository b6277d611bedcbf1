import { LOCATIONS, resolveLocations } from "../domain/locations";
import { bucketPrefix, GENERATED_SUFFIX_LENGTH } from "../domain/naming";
import { arn } from "../domain/region";
import { documentLength, IAM_LIMITS } from "../policies/document";
import { jobflowRolePolicy } from "../policies/emr-roles";
import { operatorPolicy } from "../policies/operator";
import { bucketArn } from "../policies/s3-access";
import { type Path, type Problems, valueAt } from "./errors";
import { jobflowGrants } from "./jobflow-grants";
import { bucketsPath, locationsOf } from "./locations";
import type { RuleContext } from "./rules";
import type { StackConfig } from "./schema";

/**
 * The policies as they will be, with stand-ins of the right length for what only AWS knows: IAM refuses a document
 * over its limit in the middle of an `up`. The service role's document does not depend on the stack config.
 */
export function checkDocumentLimits(
    config: StackConfig,
    { stack, region, prefix }: RuleContext,
    problems: Problems,
): void {
    if (region === undefined) {
        return;
    }
    const generated = "x".repeat(GENERATED_SUFFIX_LENGTH);
    const accountId = "0".repeat(12);
    const role = (name: string) =>
        arn("iam", "", accountId, `role${config.access.path}${prefix}-${name}-${generated}`);
    const locations = resolveLocations(
        locationsOf(config),
        (bucket) => `${bucketPrefix(prefix, bucket)}${generated}`,
    );
    const jobflow = documentLength(
        jobflowRolePolicy({
            ...jobflowGrants(config),
            accountId,
            region,
            locations,
            keyArn: arn("kms", region, accountId, `key/${"x".repeat(36)}`),
            certificateArchives: bucketArn(
                config.certificates.archive?.slice("s3://".length) ??
                    `${bucketPrefix(prefix, "certs")}${generated}/*`,
            ),
        }),
    );
    // Into a role of the user's, nothing is written: a managed policy, or several, may take it.
    if (config.access.jobflowRole === null && jobflow > IAM_LIMITS.roleInlinePolicies) {
        const cause = largestGrant(config);
        problems.add(
            cause,
            `a policy of at most ${IAM_LIMITS.roleInlinePolicies} characters for the jobflow role, over EmrEtlRunner's locations and access together: name fewer, shorter or enclosing folders, or grant some through access.policyArns`,
            `${jobflow} characters, most of them for these ${[valueAt(config, cause)].flat().length}`,
        );
    }
    const operator = documentLength(
        operatorPolicy({
            accountId,
            region,
            stack,
            locations,
            serviceRoleArn: role("service"),
            jobflowRoleArn: role("jobflow"),
        }),
    );
    if (operator > IAM_LIMITS.managedPolicy) {
        problems.add(
            ["emrEtlRunner", "aws", "s3", "buckets"],
            `an operator policy of at most ${IAM_LIMITS.managedPolicy} characters: fewer, shorter or enclosing locations`,
            `${operator} characters`,
        );
    }
}

/** What makes the jobflow role's policy grow. */
const GRANTED: readonly Path[] = [
    ["access", "readLocations"],
    ["access", "dynamodbTables"],
    ["access", "ssmParameters"],
    ["storage", "existingKmsKeyArns"],
    ["emrEtlRunner", "aws", "emr", "bootstrap"],
    ...LOCATIONS.map(({ path }) => bucketsPath(path)),
];

function largestGrant(config: StackConfig): Path {
    const length = (path: Path) => JSON.stringify(valueAt(config, path)).length;
    return GRANTED.reduce((largest, path) => (length(path) > length(largest) ? path : largest));
}
