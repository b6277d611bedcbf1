import {
    GetBucketOwnershipControlsCommand,
    GetBucketPolicyCommand,
    GetBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import pMap from "p-map";
import { bucketPolicyDifferences } from "../../components/checks/bucket";
import type { BucketSpec } from "../../components/domain/for-commands";
import { parseS3Url } from "../../components/domain/locations";
import { call, callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { attempt, type Check, type Context, compare } from "./check";
import { existingBucketChecks } from "./existing-buckets";
import {
    algorithm,
    blockedCheck,
    DEFAULT,
    encryptionRule,
    ifThere,
    type Looked,
    notBlocked,
    publicAccessBlock,
} from "./looked-bucket";

const BUCKETS_AT_ONCE = 4;

/**
 * The buckets' own settings: all that the stack asks of its own, and what it sets on the user's. What it does not set
 * there is for them to decide: a warning.
 */
export async function bucketChecks({ clients, outputs }: Context): Promise<readonly Check[]> {
    const { s3, s3Control } = clients;
    const { stack, region, managedBuckets, policiesOnExistingBuckets } = outputs.forCommands;
    const remedy = `npx pulumi up --refresh --stack ${stack}`;
    const managed = Object.entries(managedBuckets).map(
        ([bucket, spec]) =>
            () =>
                managedBucketChecks({ s3, bucket, region, remedy }, spec),
    );
    const existing = existingBuckets(outputs).map(
        (bucket) => () => existingBucketChecks({ s3, bucket, region, remedy }, s3Control, outputs),
    );
    const policies = policiesOnExistingBuckets.map(
        (bucket) => () => policyChecks({ s3, bucket, region, remedy }, { acceptedSse: "AES256" }),
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

async function managedBucketChecks(looked: Looked, spec: BucketSpec): Promise<readonly Check[]> {
    return ifThere(looked, "failed", () => [
        managedEncryptionChecks(looked),
        publicAccessChecks(looked),
        policyChecks(looked, spec),
        ownershipChecks(looked, spec),
        versioningChecks(looked, spec),
    ]);
}

async function managedEncryptionChecks(looked: Looked): Promise<readonly Check[]> {
    const { bucket, remedy } = looked;
    const on = `bucket ${bucket}: default encryption`;
    return attempt(on, DEFAULT, async () => {
        const rule = await encryptionRule(looked);
        return [
            compare({ on, expected: DEFAULT, found: algorithm(rule), remedy }),
            blockedCheck(bucket, rule, "failed", remedy),
        ];
    });
}

async function publicAccessChecks({ s3, bucket, remedy }: Looked): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: public access`;
    const expected = "blocked";
    return attempt(on, expected, async () => {
        const off = notBlocked(await publicAccessBlock(s3, bucket));
        const found = off.length === 0 ? expected : `without ${off.join(", ")}`;
        return compare({ on, expected, found, remedy });
    });
}

async function policyChecks(
    { s3, bucket, remedy }: Looked,
    spec: Pick<BucketSpec, "acceptedSse" | "additionalStatements">,
): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: policy`;
    const expected = "the stack's: no plain HTTP, no other encryption, no customer-provided keys";
    return attempt(on, expected, async () => {
        const answer = await callIfThere(["NoSuchBucketPolicy"], "s3:GetBucketPolicy", bucket, () =>
            s3.send(new GetBucketPolicyCommand({ Bucket: bucket })),
        );
        const differences =
            answer?.Policy === undefined ? ["none"] : bucketPolicyDifferences(bucket, spec, answer.Policy);
        const isOk = differences.length === 0;
        return compare({ on, expected, found: isOk ? "the stack's" : differences.join(", "), isOk, remedy });
    });
}

async function ownershipChecks(
    { s3, bucket, remedy }: Looked,
    { objectOwnership }: BucketSpec,
): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: object ownership`;
    return attempt(on, objectOwnership, async () => {
        const answer = await callIfThere(
            ["OwnershipControlsNotFoundError"],
            "s3:GetBucketOwnershipControls",
            bucket,
            () => s3.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket })),
        );
        const found = answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? "none";
        return compare({ on, expected: objectOwnership, found, remedy });
    });
}

/** Without versions what is deleted in the archive is lost; with them, what moves through the others stays, and costs. */
async function versioningChecks(
    { s3, bucket, remedy }: Looked,
    { versioned }: BucketSpec,
): Promise<readonly Check[]> {
    const on = `bucket ${bucket}: versioning`;
    const expected = versioned ? "Enabled" : "off";
    return attempt(on, expected, async () => {
        const answer = await call("s3:GetBucketVersioning", bucket, () =>
            s3.send(new GetBucketVersioningCommand({ Bucket: bucket })),
        );
        const found = answer.Status ?? "off";
        return versioned
            ? compare({ on, expected, found, remedy })
            : compare({
                  on,
                  expected,
                  found,
                  isOk: found !== "Enabled",
                  severity: "warning",
                  remedy: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Suspended`,
              });
    });
}
