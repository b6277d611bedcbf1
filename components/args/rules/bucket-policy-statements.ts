import { formatPath, type Path } from "../../domain/errors";
import type { AdditionalStatement } from "../../domain/for-commands";
import { LIMITS } from "../../domain/limits";
import type { LocationPath } from "../../domain/locations";
import { bucketPrefix, GENERATED_SUFFIX_LENGTH, type ManagedBucket } from "../../domain/naming";
import { bucketPolicy, statementsOf } from "../../policies/bucket";
import { bucketArn } from "../../policies/s3-access";
import { isNear, nearest } from "../nearest";
import type { Finding, Rule, RuleArgs } from "./rule";

type Statement = AdditionalStatement["statement"];

const STATEMENTS = ["storage", "bucketPolicyStatements"];

/** A statement of a managed location. */
interface Placed {
    readonly location: LocationPath;
    readonly bucket: ManagedBucket;
    readonly path: Path;
    readonly statement: Statement;
}

function given({ locations, storage }: RuleArgs): readonly Placed[] {
    return locations.flatMap(({ path, bucket, managed }) =>
        (managed ? (storage.bucketPolicyStatements[path] ?? []) : []).map((statement, index) => ({
            location: path,
            bucket,
            path: [...STATEMENTS, path, index],
            statement,
        })),
    );
}

function* managedLocations({ locations, storage }: RuleArgs): Iterable<Finding> {
    for (const path of Object.keys(storage.bucketPolicyStatements) as LocationPath[]) {
        const location = locations.find((other) => other.path === path);
        if (!location?.managed) {
            yield {
                code: "location-not-managed",
                path: [...STATEMENTS, path],
                found: location ? "an existing location" : "a location that this stack does not have",
                fix: location
                    ? "omit this key, and add the statements to the policy of the existing bucket"
                    : "omit this key",
            };
        }
    }
}

/** A statement with the Sid of one of the bucket's own could replace it. */
function* sids(args: RuleArgs): Iterable<Finding> {
    const own = bucketPolicy("", "AES256").Statement.map(({ Sid }) => Sid);
    const taken = new Map<string, Path>();
    for (const { bucket, path, statement } of given(args)) {
        const key = `${bucket} ${statement.Sid}`;
        const other = taken.get(key);
        taken.set(key, other ?? path);
        if (other || own.includes(statement.Sid)) {
            yield {
                code: "duplicate-sid",
                path: [...path, "Sid"],
                found: `the Sid of ${other ? formatPath(other) : "a statement of the stack"} in the same bucket`,
                expected: "another Sid in each statement of a bucket",
            };
        }
    }
}

const READ = [
    "s3:GetBucketAcl",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
    "s3:ListMultipartUploadParts",
];
const WRITE = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging"];
/**
 * In a bucket without ACLs, a writer can send the ACL `bucket-owner-full-control` only, as Firehose does across accounts.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#cross-account-delivery-s3
 */
const WRITE_WITHOUT_ACLS = [...WRITE, "s3:PutObjectAcl"];

/**
 * What an Allow may hold: none of these changes how a bucket protects its objects, or deletes their old versions. `log`
 * has the records of `encrypt-existing`, which others must not write.
 */
function allowedActions({ bucket, location }: Placed, { cloudfrontCollector }: RuleArgs): readonly string[] {
    if (location === "log") {
        return READ;
    }
    return [...READ, ...(bucket === "collector" && cloudfrontCollector ? WRITE : WRITE_WITHOUT_ACLS)];
}

/** Also keeps S3 from refusing a policy with an unknown action in the middle of an `up`. */
function* actions(args: RuleArgs): Iterable<Finding> {
    for (const placed of given(args)) {
        const { Effect, Action } = placed.statement;
        const allowed = allowedActions(placed, args);
        for (const [index, action] of [Action].flat().entries()) {
            if (Effect === "Allow" && !allowed.includes(action)) {
                const near = nearest(
                    action,
                    allowed.filter((known) => isNear(action, known, 0.2)),
                );
                yield {
                    code: "action-not-allowed",
                    path: [...placed.path, "Action", ...(Array.isArray(Action) ? [index] : [])],
                    found: `"${action}"`, // An action of S3, by its shape.
                    expected: `one of ${allowed.join(", ")}: others could change the protection of the objects, or the records in log`,
                    ...(near !== undefined && { fix: `did you mean ${near}?` }),
                };
            }
        }
    }
}

/** By negation or with `IfExists`, a condition holds for callers that do not have the key. */
const POSITIVE_OPERATOR =
    /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like)|IpAddress)$/;

/**
 * Condition keys by which S3 does not consider a policy public, if their values are fixed.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
const CALLER_KEY =
    /^(aws:(PrincipalOrgID|Source(Account|Arn|Ip|Vpc|Vpce))|s3:DataAccessPoint(Account|Arn))$/i;
/**
 * Condition keys by which a service acts for certain accounts only.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
const SOURCE_KEY = /^aws:Source(Account|Arn|OrgID|OrgPaths)$/i;
/** An account, an organization, or an ARN with an account. */
const SOURCE = /^(\d{12}$|o-[a-z0-9]+(\/|$)|arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d{12}:)/;

function* principals(args: RuleArgs): Iterable<Finding> {
    for (const { path, statement } of given(args)) {
        const { Effect, Principal, Condition } = statement;
        const { AWS = [], Service = [] } = Principal === "*" ? { AWS: Principal } : Principal;
        if (
            [AWS].flat().includes("*") &&
            (Effect === "Allow" ? !isLimited(statement, CALLER_KEY, isFixed) : !Condition)
        ) {
            yield {
                code: "statement-for-all-principals",
                path: [...path, "Principal"],
                found: "all principals, without a condition that limits them",
                expected:
                    Effect === "Allow"
                        ? "the principals, or a Condition with a fixed value for aws:PrincipalOrgID, aws:SourceVpce or the like: S3 refuses a public policy"
                        : "the principals, or a Condition: this statement denies EMR and EmrEtlRunner too",
            };
        }
        if (
            [Service].flat().length > 0 &&
            Effect === "Allow" &&
            !isLimited(statement, SOURCE_KEY, (_, value) => SOURCE.test(value))
        ) {
            yield {
                code: "service-for-all-accounts",
                path: [...path, "Principal", "Service"],
                found: "a service, without a condition on the account that it acts for",
                expected:
                    "a Condition with aws:SourceAccount, or with aws:SourceArn and its account: every account can use the service",
            };
        }
    }
}

/** Whether a condition on one of the keys has acceptable values only. */
function isLimited(
    { Condition = {} }: Statement,
    keys: RegExp,
    accepts: (key: string, value: string) => boolean,
): boolean {
    return Object.entries(Condition)
        .filter(([operator]) => POSITIVE_OPERATOR.test(operator))
        .flatMap(([, conditions]) => Object.entries(conditions))
        .some(([key, values]) => keys.test(key) && [values].flat().every((value) => accepts(key, value)));
}

/** S3 considers ranges of addresses larger than these public too. */
const LARGEST_RANGE = { IPv4: 8, IPv6: 32 };

function isFixed(key: string, value: string): boolean {
    const range = /^aws:SourceIp$/i.test(key) ? /\/(\d+)$/.exec(value)?.[1] : undefined;
    const largest = value.includes(":") ? LARGEST_RANGE.IPv6 : LARGEST_RANGE.IPv4;
    return !/[*?]|\$\{/.test(value) && (range === undefined || Number(range) >= largest);
}

function* lengths(args: RuleArgs): Iterable<Finding> {
    const { locations, storage, prefix } = args;
    for (const bucket of new Set(given(args).map((placed) => placed.bucket))) {
        const name = `${bucketPrefix(prefix, bucket)}${"x".repeat(GENERATED_SUFFIX_LENGTH)}`;
        const statements = statementsOf(bucket, locations, storage.bucketPolicyStatements);
        const length = Buffer.byteLength(JSON.stringify(bucketPolicy(bucketArn(name), "AES256", statements)));
        if (length > LIMITS.s3.bucketPolicy) {
            yield {
                code: "document-too-long",
                path: STATEMENTS,
                found: `${length} bytes in the policy of the ${bucket} bucket`,
                expected: `at most ${LIMITS.s3.bucketPolicy}, S3's limit`,
                fix: "name accounts instead of roles, or an organization in a Condition",
            };
        }
    }
}

export const bucketPolicyStatementRules: readonly Rule[] = [
    managedLocations,
    sids,
    actions,
    principals,
    lengths,
];
