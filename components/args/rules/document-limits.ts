import { arn } from "../../domain/arn";
import type { Path } from "../../domain/errors";
import { LIMITS } from "../../domain/limits";
import { LOCATIONS, resolveLocations } from "../../domain/locations";
import { bucketPrefix, GENERATED_SUFFIX_LENGTH, type ManagedBucket } from "../../domain/naming";
import { valueAt } from "../../domain/value-at";
import { documentLength } from "../../policies/document";
import { jobflowRolePolicy } from "../../policies/emr-roles";
import { operatorPolicy } from "../../policies/operator";
import { bucketArn, urlArn } from "../../policies/s3-access";
import { bucketsPath } from "../locations";
import type { Finding, RuleArgs } from "./rule";

/**
 * IAM refuses a document over its quota in the middle of an `up`. The documents are measured with placeholders of the
 * right length for what only AWS knows. The service role's document does not depend on the arguments.
 */
export function* documentLimits(args: RuleArgs): Iterable<Finding> {
    const { jobflow, operator } = documentLengths(args);
    // The stack writes no policy into an existing role.
    if (args.access.jobflowRole === null && jobflow > LIMITS.iam.roleInlinePolicies) {
        yield {
            code: "document-too-long",
            path: largestGrant(args),
            found: `${jobflow} characters in the jobflow role's policy`,
            expected: `at most ${LIMITS.iam.roleInlinePolicies}, IAM's quota`,
            fix: "name fewer, shorter or enclosing folders in EmrEtlRunner's locations and in access, or attach a policy by access.policyArns",
        };
    }
    if (operator > LIMITS.iam.managedPolicy) {
        yield {
            code: "document-too-long",
            path: ["emrEtlRunner", "aws", "s3", "buckets"],
            found: `${operator} characters in the operator policy`,
            expected: `at most ${LIMITS.iam.managedPolicy}, IAM's quota`,
            fix: "name fewer, shorter or enclosing folders",
        };
    }
}

/** The lengths of the two policies that grow with the arguments. */
function documentLengths({ certificates, access, prefix, region, stackTag, ...args }: RuleArgs) {
    const generated = "x".repeat(GENERATED_SUFFIX_LENGTH);
    const accountId = "0".repeat(12);
    const role = (name: string) =>
        arn("iam", "", accountId, `role${access.path}${prefix}-${name}-${generated}`);
    const bucket = (name: ManagedBucket | "certs") => `${bucketPrefix(prefix, name)}${generated}`;
    const locations = resolveLocations(args.locations, bucket);
    const jobflow = jobflowRolePolicy({
        ...args.jobflowGrants,
        accountId,
        region,
        locations,
        keyArn: arn("kms", region, accountId, `key/${"x".repeat(36)}`),
        certificateArchives: certificates.archive
            ? urlArn(certificates.archive)
            : bucketArn(`${bucket("certs")}/*`),
    });
    const operator = operatorPolicy({
        accountId,
        region,
        stackTag,
        locations,
        serviceRoleArn: role("service"),
        jobflowRoleArn: role("jobflow"),
    });
    return { jobflow: documentLength(jobflow), operator: documentLength(operator) };
}

/** The arguments that the jobflow role's policy grows with. */
const GRANTED: readonly Path[] = [
    ["access", "readLocations"],
    ["access", "dynamodbTables"],
    ["access", "ssmParameters"],
    ["storage", "existingKmsKeyArns"],
    ["emrEtlRunner", "aws", "emr", "bootstrap"],
    ...LOCATIONS.map(({ path }) => bucketsPath(path)),
];

function largestGrant(args: RuleArgs): Path {
    const length = (path: Path) => JSON.stringify(valueAt(args, path)).length;
    return GRANTED.reduce((largest, path) => (length(path) > length(largest) ? path : largest));
}
