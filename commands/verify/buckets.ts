import {
    GetBucketEncryptionCommand,
    GetBucketOwnershipControlsCommand,
    GetBucketPolicyCommand,
    GetBucketVersioningCommand,
    GetPublicAccessBlockCommand,
    HeadBucketCommand,
    type S3Client,
    type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import pMap from "p-map";
import type { BucketTerms } from "../../components/encrypted-bucket";
import { parseS3Url } from "../../components/locations";
import { bucketPolicy, type SseHeader } from "../../components/policies/bucket";
import { documentDifferences } from "../../components/policies/document";
import { bucketArn } from "../../components/policies/s3-access";
import { call, callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { type Check, type Context, judge, look } from "./check";

const BUCKETS_AT_ONCE = 4;

/** The buckets' own settings: all that the stack asks of its own, and what it sets on the user's. */
export async function bucketChecks({ clients: { s3 }, outputs }: Context): Promise<readonly Check[]> {
    const { stack, region, managedBuckets, policiesOnExistingBuckets } = outputs.forCommands;
    const remedy = `npx pulumi up --refresh --stack ${stack}`;
    const managed = Object.entries(managedBuckets).map(
        ([bucket, terms]) =>
            () =>
                managedBucketChecks({ s3, bucket, region, remedy }, terms),
    );
    const existing = existingBuckets(outputs).map(
        (bucket) => () => existingEncryptionChecks({ s3, bucket, region, remedy }, outputs),
    );
    const policies = policiesOnExistingBuckets.map(
        (bucket) => () => policyChecks({ s3, bucket, region, remedy }, "AES256"),
    );
    const all = [...managed, ...existing, ...policies];
    return (await pMap(all, (checks) => checks(), { concurrency: BUCKETS_AT_ONCE })).flat();
}

/** Each once, in the order of the locations. */
function existingBuckets({ buckets, forCommands }: StackOutputs): readonly string[] {
    const ofLocations = Object.values(buckets)
        .flat()
        .flatMap((url) => parseS3Url(url)?.bucket ?? []);
    const existing = [...ofLocations, ...forCommands.encryptedExistingBuckets];
    return [...new Set(existing)].filter((bucket) => !(bucket in forCommands.managedBuckets));
}

/** A bucket, and what mends it where the stack sets it. */
interface Looked {
    readonly s3: S3Client;
    readonly bucket: string;
    readonly region: string;
    readonly remedy: string;
}

async function managedBucketChecks(looked: Looked, terms: BucketTerms): Promise<readonly Check[]> {
    const { s3, bucket, region, remedy } = looked;
    let isThere = true;
    const on = `bucket ${bucket}: region`;
    const where = await look(on, region, async () => {
        const head = await callIfThere(["NotFound", "NoSuchBucket"], "s3:ListBucket", bucket, () =>
            s3.send(new HeadBucketCommand({ Bucket: bucket })),
        );
        isThere = head !== undefined;
        const found = head ? (head.BucketRegion ?? "unknown") : "no such bucket";
        return judge({ on, expected: region, found, remedy });
    });
    if (!isThere) {
        return where;
    }
    const parts = await Promise.all([
        managedEncryptionChecks(looked),
        publicAccessChecks(looked),
        policyChecks(looked, terms.acceptedSse),
        ownershipChecks(looked, terms),
        versioningChecks(looked, terms),
    ]);
    return [where, ...parts].flat();
}

/** The default is SSE-S3 in the certificates' bucket too: only its archives come with a key of their own. */
const DEFAULT = "AES256";

async function managedEncryptionChecks(looked: Looked): Promise<readonly Check[]> {
    const { bucket, remedy } = looked;
    const on = `bucket ${bucket}: default encryption`;
    return look(on, DEFAULT, async () => {
        const rule = await encryptionRule(looked);
        const blocked = rule?.BlockedEncryptionTypes?.EncryptionType ?? [];
        return [
            judge({ on, expected: DEFAULT, found: algorithm(rule), remedy }),
            judge({
                on: `bucket ${bucket}: blocked encryption`,
                expected: "SSE-C",
                found: blocked.join(", ") || "none",
                remedy,
            }),
        ];
    });
}

/** Objects that come without a header are encrypted by a bucket's default alone. */
async function existingEncryptionChecks(
    looked: Looked,
    { forCommands }: StackOutputs,
): Promise<readonly Check[]> {
    const { bucket } = looked;
    const isSet = forCommands.encryptedExistingBuckets.includes(bucket);
    const otherwise = isSet ? "failed" : "warning";
    const remedy = isSet
        ? looked.remedy
        : `name it in storage.encryptExistingBuckets in Pulumi.${forCommands.stack}.yaml, and: npx pulumi up --stack ${forCommands.stack}`;
    const on = `bucket ${bucket}: default encryption`;
    return look(
        on,
        DEFAULT,
        async () =>
            judge({
                on,
                expected: DEFAULT,
                found: algorithm(await encryptionRule(looked)),
                otherwise,
                remedy,
            }),
        otherwise,
    );
}

async function encryptionRule({ s3, bucket }: Looked): Promise<ServerSideEncryptionRule | undefined> {
    const answer = await callIfThere(
        ["ServerSideEncryptionConfigurationNotFoundError"],
        "s3:GetEncryptionConfiguration",
        bucket,
        () => s3.send(new GetBucketEncryptionCommand({ Bucket: bucket })),
    );
    return answer?.ServerSideEncryptionConfiguration?.Rules?.[0];
}

function algorithm(rule: ServerSideEncryptionRule | undefined): string {
    const { SSEAlgorithm = "none", KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
    return KMSMasterKeyID === undefined ? SSEAlgorithm : `${SSEAlgorithm} under ${KMSMasterKeyID}`;
}

const PUBLIC_ACCESS = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
] as const;

async function publicAccessChecks({ s3, bucket, remedy }: Looked): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: public access`;
    const expected = "blocked";
    return look(on, expected, async () => {
        const answer = await callIfThere(
            ["NoSuchPublicAccessBlockConfiguration"],
            "s3:GetBucketPublicAccessBlock",
            bucket,
            () => s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket })),
        );
        const off = PUBLIC_ACCESS.filter((name) => !answer?.PublicAccessBlockConfiguration?.[name]);
        const found = off.length === 0 ? expected : `without ${off.join(", ")}`;
        return judge({ on, expected, found, remedy });
    });
}

async function policyChecks(
    { s3, bucket, remedy }: Looked,
    acceptedSse: SseHeader,
): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: policy`;
    const expected = "the stack's: no plain HTTP, no other encryption, no customer-provided keys";
    return look(on, expected, async () => {
        const answer = await callIfThere(["NoSuchBucketPolicy"], "s3:GetBucketPolicy", bucket, () =>
            s3.send(new GetBucketPolicyCommand({ Bucket: bucket })),
        );
        const differences =
            answer?.Policy === undefined
                ? ["none"]
                : documentDifferences(bucketPolicy(bucketArn(bucket), acceptedSse), answer.Policy);
        const isOk = differences.length === 0;
        return judge({ on, expected, found: isOk ? "the stack's" : differences.join(", "), isOk, remedy });
    });
}

async function ownershipChecks(
    { s3, bucket, remedy }: Looked,
    { objectOwnership }: BucketTerms,
): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: object ownership`;
    return look(on, objectOwnership, async () => {
        const answer = await callIfThere(
            ["OwnershipControlsNotFoundError"],
            "s3:GetBucketOwnershipControls",
            bucket,
            () => s3.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket })),
        );
        const found = answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? "none";
        return judge({ on, expected: objectOwnership, found, remedy });
    });
}

/** Without versions what is deleted in the archive is lost; with them, what moves through the others stays, and costs. */
async function versioningChecks(
    { s3, bucket, remedy }: Looked,
    { versioned }: BucketTerms,
): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: versioning`;
    const expected = versioned ? "Enabled" : "off";
    return look(on, expected, async () => {
        const answer = await call("s3:GetBucketVersioning", bucket, () =>
            s3.send(new GetBucketVersioningCommand({ Bucket: bucket })),
        );
        const found = answer.Status ?? "off";
        return versioned
            ? judge({ on, expected, found, remedy })
            : judge({
                  on,
                  expected,
                  found,
                  isOk: found !== "Enabled",
                  otherwise: "warning",
                  remedy: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Suspended`,
              });
    });
}
