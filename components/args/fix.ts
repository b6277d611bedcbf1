import { vpcCidrAround } from "../domain/cidr";
import { formatPath, type Path } from "../domain/errors";
import { isQuotable } from "./describe";
import { nearest } from "./nearest";
import { templateIn } from "./open-value";
import { hasDefault, knownValues } from "./schema-guide";

/** Whether the schema accepts another value in place of the one that was found. */
type Accepts = (value: unknown) => boolean;

/** A fix for the most frequent mistakes: quotes, lists, empty strings, other spellings of an S3 URL. */
export function fixFor(path: Path, found: unknown, accepts: Accepts): string | undefined {
    if (found === "" && path.includes("buckets")) {
        return "omit this key: EmrEtlRunner crashes on an empty string";
    }
    if (found === "" || found === null) {
        return hasDefault(path) ? "omit this key for its default" : undefined;
    }
    if (typeof found === "number" || typeof found === "boolean") {
        return fixForScalar(found, accepts);
    }
    return typeof found === "string" ? fixForString(path, found, accepts) : undefined;
}

function fixForScalar(found: number | boolean, accepts: Accepts): string | undefined {
    if (accepts(String(found))) {
        return "put it in quotes";
    }
    return accepts(`${found}.0`)
        ? `write all three numbers: YAML reads ${found}0 as the number ${found}`
        : undefined;
}

function fixForString(path: Path, found: string, accepts: Accepts): string | undefined {
    if (templateIn(found, path) !== undefined) {
        return NOT_EVALUATED;
    }
    const notation = NOTATIONS.find(({ pattern, read }) => pattern.test(found) && accepts(read(found)));
    if (notation) {
        return notation.fix;
    }
    if (!/^-|, /.test(found) && accepts([found])) {
        return `write a list: [${isQuotable(found) ? found : "…"}]`;
    }
    if (accepts({ existing: found })) {
        return `write an object: { existing: ${isQuotable(found) ? found : "…"} }`;
    }
    const known = knownValues(path);
    const at = formatPath(path);
    const spellings = [nearest(found, known) ?? found, ...spellingsOf(found, at)];
    const meant = spellings
        .filter((value) => value !== found)
        .flatMap((value) => [value, [value]])
        .find(accepts);
    // What a correction leaves of a value that may be shown may be shown too.
    if (meant !== undefined && (isQuotable(found) || isQuotable(String(meant), known))) {
        return `did you mean ${Array.isArray(meant) ? `[${meant}]` : meant}?`;
    }
    const lookup = LOOKUPS.find((row) => row.at.test(at) && row.pattern.test(found));
    return lookup?.fix(isQuotable(found) ? found : undefined) ?? bucketFix(at, spellings, accepts);
}

/** A string and what its corrections, one after another, make of it. */
function spellingsOf(found: string, at: string): readonly (string | boolean)[] {
    const spellings = new Set<string | boolean>([found]);
    for (const correct of CORRECTIONS) {
        for (const text of [...spellings].filter((value) => typeof value === "string")) {
            spellings.add(correct(text, at));
        }
    }
    return [...spellings];
}

/** The fix for a string that ERB, as in config.yml, or another tool would evaluate. */
export const NOT_EVALUATED = "write the value itself: ERB tags and variables are not evaluated";

/** YAML that becomes a string for lack of a space, or because of quotes. `read`: the value that was meant. */
const NOTATIONS: readonly { pattern: RegExp; read: (text: string) => unknown; fix: string }[] = [
    { pattern: /^[A-Za-z]\w*:\S/, read: () => ({}), fix: "put a space after each colon" },
    {
        pattern: /^-\S/,
        read: (text) => text.split(/(?:^|\s+)-/).slice(1),
        fix: "put a space after each hyphen",
    },
    { pattern: /^(true|false|-?(0|[1-9]\d*)(\.\d+)?)$/, read: JSON.parse, fix: "remove the quotes" },
];

/** Corrects what other tools accept, at a path. A bucket's name is never corrected: it would be another bucket. */
const CORRECTIONS: readonly ((text: string, at: string) => string | boolean)[] = [
    (text) => text.trim(),
    (text) => /^(yes|on)$/i.test(text) || text,
    (text) => !/^(no|off)$/i.test(text) && text,
    (text) => text.replace(/^emr-/, ""),
    (text) => withoutWildcard(text.replace(/^s3[an]:/, "s3:")),
    (text) => withoutWildcard(text.replace(/^arn:aws:s3:::/, "s3://")),
    (text) => text.replace(/^https:\/\/([\w.-]+)\.s3[a-z0-9.-]*\.amazonaws\.com\//, "s3://$1/"),
    (text) => text.replace(/^https:\/\/s3[a-z0-9.-]*\.amazonaws\.com\/([\w.-]+\/)/, "s3://$1"),
    (text) =>
        text.replace(/^https:\/\/.*\/s3\/buckets\/([a-z0-9-]+)\?(?:.*&)?prefix=([^&]*).*$/, "s3://$1/$2"),
    (text) => (/^[a-z0-9-]+\//.test(text) ? `s3://${text}` : text),
    (text, at) => (isBucketList(at) ? text.replace(/^s3:\/\/([^/]+)(\/.*)?$/, "$1") : text),
    (text, at) => (/cidrBlock$/.test(at) ? (vpcCidrAround(text) ?? text) : text),
    (text) => (/^[a-z]{2}(-[a-z]+)+-\d[a-z]?$/i.test(text) ? text.toLowerCase() : text),
    (text, at) => (/Zones/.test(at) && /^[a-z]{2}(-[a-z]+)+-\d$/.test(text) ? `${text}a` : text),
    (text) => text.replace(/^arn:aws:ec2:[a-z0-9-]+:\d+:(vpc|subnet)\//, ""),
    (text, at) => (/Role/.test(at) ? text.replace(/^arn:aws:iam::\d+:role\/(.*\/)?|^\/.*\//, "") : text),
    (text, at) =>
        /Role/.test(at) ? text.replace(/^arn:aws:sts::\d+:assumed-role\/([^/]+)\/.*/, "$1") : text,
    // EMR requires that the instance profile has the jobflow role's name.
    (text, at) =>
        /jobflowRole/.test(at) ? text.replace(/^arn:aws:iam::\d+:instance-profile\/(.*\/)?/, "") : text,
    (text) => text.replace(/^arn:aws:dynamodb:[a-z0-9-]+:\d+:table\/([^/]+).*/, "$1"),
    // A name with a slash in it begins with one, which the ARN omits.
    (text) => text.replace(/^arn:aws:ssm:[a-z0-9-]+:\d+:parameter(?:\/(?=[^/]+$))?/, ""),
];

/** A location includes everything below it. */
function withoutWildcard(url: string): string {
    return url.replace(/(?<=\/)\*+$/, "");
}

function isBucketList(at: string): boolean {
    return /Buckets\b/.test(at);
}

/** Where the right value cannot be derived: how to find it. `shown`: the value, unless it may be a secret. */
const LOOKUPS: readonly { at: RegExp; pattern: RegExp; fix: (shown?: string) => string }[] = [
    {
        at: /cidrBlock$/,
        pattern: /^\d+(\.\d+){3}(\/\d+)?$/,
        fix: () => "write a private range that no connected network uses, such as 10.64.0.0/20",
    },
    {
        at: /Role/,
        pattern: /^(?!arn:).*\//,
        fix: () => "write the role's name alone: what follows the last slash",
    },
    {
        at: /kmsKeyArn$|KmsKeyArns/,
        pattern: /^(arn:aws:kms:.*:)?alias\/|^(mrk-)?[0-9a-f-]{32,36}$/,
        fix: (key = "ALIAS_OR_ID") =>
            `write what \`aws kms describe-key --key-id ${key} --query KeyMetadata.Arn --output text\` prints`,
    },
    {
        at: /policyArns|permissionsBoundary$/,
        pattern: /^[\w+=,.@-]+$/,
        fix: () =>
            "write what `aws iam list-policies --query \"Policies[?PolicyName=='NAME'].Arn\" --output text` prints",
    },
    {
        at: /remindTopicArn$/,
        pattern: /^[\w-]+$/,
        fix: () =>
            "write what `aws sns list-topics --query \"Topics[?ends_with(TopicArn, ':NAME')].TopicArn\" --output text` prints",
    },
    {
        at: /ec2_key_name$/,
        pattern: /^arn:aws:ec2:.*:key-pair\/|^key-[0-9a-f]{17}$/,
        fix: (text) => {
            const id = text?.replace(/.*\//, "") ?? "ID";
            return `write the key pair's name, which \`aws ec2 describe-key-pairs --key-pair-ids ${id} --query "KeyPairs[].KeyName" --output text\` prints`;
        },
    },
    {
        at: /availabilityZones/,
        pattern: /^[a-z]{3,4}\d-az\d$/,
        fix: (id = "ID") =>
            `write the zone's name in your account, which \`aws ec2 describe-availability-zones --zone-ids ${id} --query "AvailabilityZones[].ZoneName" --output text\` prints`,
    },
];

/**
 * The reason and the way out where only the characters of a bucket's name are not accepted.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
function bucketFix(at: string, spellings: readonly unknown[], accepts: Accepts): string | undefined {
    const pattern = isBucketList(at) ? /^[\w.-]{3,255}$/ : /(?<=^s3:\/\/)[\w.-]{3,255}(?=\/|$)/;
    const bucket = spellings
        .map((text) => ({ text: String(text), name: pattern.exec(String(text))?.[0] ?? "" }))
        .find(({ text, name }) => {
            const url = text.replace(name, "a-bucket");
            return /[._A-Z]/.test(name) && [url, [url]].some(accepts);
        });
    if (bucket === undefined) {
        return undefined;
    }
    const old = isQuotable(bucket.text) ? bucket.name : "OLD-BUCKET";
    const writer = /raw\.in\b/.test(at)
        ? "the collector"
        : /stream$/.test(at)
          ? "Snowplow's S3 Loader"
          : undefined;
    const move = [
        `create a bucket of another name, copy the objects (\`aws s3 sync s3://${old} s3://NEW-BUCKET\`)`,
        ...(writer === undefined ? [] : [`let ${writer} write to it`]),
        "and name it here",
    ].join(", ");
    return bucket.name.includes(".")
        ? `${move}: S3's TLS certificate covers no name with dots, and it is not known which of the pipeline's clients avoid that by path-style requests`
        : `correct the name, or ${move}: since March 2018 no bucket's name has upper-case letters or underscores, and only path-style requests reach the older ones in us-east-1`;
}
