import type { ArgumentError, Path } from "../../domain/errors";
import { LIMITS } from "../../domain/limits";
import { LOCATIONS } from "../../domain/locations";
import { valueAt } from "../../domain/value-at";
import { documentLength, type PolicyDocument } from "../../policies/document";
import { jobflowRolePolicy, serviceRolePolicy } from "../../policies/emr-roles";
import { operatorPolicy } from "../../policies/operator";
import { reencryptionRolePolicy } from "../../policies/reencryption";
import type { CompleteArgs } from "../complete";
import { bucketsPath } from "../locations";
import { deployed, type LookedUp } from "./deployed";

/** A document that grows with the arguments, and IAM's quota for it. */
interface LimitedDocument {
    /** Whether the stack writes the document. */
    readonly written: boolean;
    readonly name: string;
    readonly document: PolicyDocument;
    readonly limit: number;
    /** The argument to shorten. */
    readonly path: Path;
    readonly fix: string;
}

/** IAM refuses a document over its quota in the middle of an `up`. */
export function* documentLimits(args: CompleteArgs, existing?: LookedUp): Iterable<ArgumentError> {
    for (const { written, name, document, limit, path, fix } of limitedDocuments(args, existing)) {
        const length = documentLength(document);
        if (written && length > limit) {
            const found = `${length} characters in ${name}`;
            yield { code: "document-too-long", path, found, expected: `at most ${limit}, IAM's quota`, fix };
        }
    }
}

/** The table of documents to measure. The key's and the trust policies have no list of arguments. */
function limitedDocuments(args: CompleteArgs, existing?: LookedUp): readonly LimitedDocument[] {
    const { serviceRole, jobflowRole, ...names } = deployed(args, existing);
    const { region, stackTag, spot } = args;
    const { existingKmsKeyArns } = args.storage;
    const shared = { ...names, region, existingKmsKeyArns };
    const buckets = ["emrEtlRunner", "aws", "s3", "buckets"];
    const fix = "name fewer, shorter or enclosing folders";
    return [
        {
            written: args.access.jobflowRole === null,
            name: "the jobflow role's policy",
            document: jobflowRolePolicy({ ...args.jobflowGrants, ...shared }),
            limit: LIMITS.iam.roleInlinePolicies,
            path: largestGrant(args),
            fix: `${fix} in EmrEtlRunner's locations and in access, or attach a policy by access.policyArns`,
        },
        {
            written: args.access.serviceRole === null,
            name: "the service role's policy",
            document: serviceRolePolicy({ ...shared, spot, jobflowRoleArn: jobflowRole.arn }),
            limit: LIMITS.iam.roleInlinePolicies,
            path: ["storage", "existingKmsKeyArns"],
            fix: "name fewer keys",
        },
        {
            written: true,
            name: "the operator policy",
            document: operatorPolicy({
                ...shared,
                stackTag,
                serviceRoleArn: serviceRole.arn,
                jobflowRoleArn: jobflowRole.arn,
            }),
            limit: LIMITS.iam.managedPolicy,
            path: buckets,
            fix,
        },
        {
            written: args.storage.reencryption,
            name: "the policy of encrypt-existing's role",
            document: reencryptionRolePolicy(shared),
            limit: LIMITS.iam.roleInlinePolicies,
            path: buckets,
            fix: `${fix}, or set storage.reencryption: false`,
        },
    ];
}

/** The arguments that the jobflow role's policy grows with. */
const GRANTED: readonly Path[] = [
    ["access", "readLocations"],
    ["access", "dynamodbTables"],
    ["access", "ssmParameters"],
    ["access", "queueArns"],
    ["storage", "existingKmsKeyArns"],
    ["emrEtlRunner", "aws", "emr", "bootstrap"],
    ...LOCATIONS.map(({ path }) => bucketsPath(path)),
];

function largestGrant(args: CompleteArgs): Path {
    const length = (path: Path) => JSON.stringify(valueAt(args, path)).length;
    return GRANTED.reduce((largest, path) => (length(path) > length(largest) ? path : largest));
}
