import {
    DescribeKeyCommand,
    GetKeyRotationStatusCommand,
    type KeyMetadata,
    type KMSClient,
} from "@aws-sdk/client-kms";
import { checkKeyKind, checkKeyState, KEY_SPEC, KEY_USAGE } from "../../components/checks/key";
import { parseArn } from "../../components/domain/arn";
import { call, callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { attempt, type Check, type Context, compare, compareFinding } from "./check";

/** The key behind the nodes' disks and the certificate archives. */
export async function keyChecks({ clients: { kms }, outputs }: Context): Promise<readonly Check[]> {
    const { kmsKeyArn, forCommands } = outputs;
    const on = `key ${kmsKeyArn}`;
    const region = compare({
        on: `${on}: region`,
        expected: forCommands.region,
        found: parseArn(kmsKeyArn).region,
        remedy: `a key of ${forCommands.region} in encryption.kmsKeyArn: disks take no key of another region`,
    });
    if (region.status !== "ok") {
        return [region]; // Nor does this region's KMS know it.
    }
    const looked = await attempt(`${on}: state`, "Enabled", async () => {
        const answer = await callIfThere(["NotFoundException"], "kms:DescribeKey", kmsKeyArn, () =>
            kms.send(new DescribeKeyCommand({ KeyId: kmsKeyArn })),
        );
        const metadata = answer?.KeyMetadata;
        if (!metadata) {
            return compare({
                on: `${on}: state`,
                expected: "Enabled",
                found: "no such key",
                remedy: forCommands.ownsKey
                    ? `what it encrypted is lost; for another key: npx pulumi up --refresh --stack ${forCommands.stack}, then the new config.yml`
                    : `a key that is there in encryption.kmsKeyArn, npx pulumi up --stack ${forCommands.stack}, then the new config.yml`,
            });
        }
        return [
            stateCheck(on, kmsKeyArn, metadata),
            compareFinding(checkKeyKind({ usage: metadata.KeyUsage, spec: metadata.KeySpec }), {
                on: `${on}: kind`,
                expected: `${KEY_SPEC} for ${KEY_USAGE}`,
                found: `${metadata.KeySpec} for ${metadata.KeyUsage}`,
                remedy: "another key in encryption.kmsKeyArn: LUKS and EBS take no other kind",
            }),
            ...(await rotationChecks(kms, outputs, metadata)),
        ];
    });
    return [region, ...looked];
}

function stateCheck(on: string, arn: string, { KeyState, DeletionDate }: KeyMetadata): Check {
    return compareFinding(checkKeyState(arn, KeyState), {
        on: `${on}: state`,
        expected: "Enabled",
        found: DeletionDate ? `${KeyState}, on ${DeletionDate.toISOString().slice(0, 10)}` : String(KeyState),
    });
}

/** Whether a key of the user's own rotates is theirs to decide, and of another account's, nobody's here to ask. */
async function rotationChecks(
    kms: KMSClient,
    { kmsKeyArn, forCommands: { ownsKey, region, accountId } }: StackOutputs,
    { Origin, DeletionDate }: KeyMetadata,
): Promise<readonly Check[]> {
    // While a key waits for its deletion, KMS says that it does not rotate.
    if (DeletionDate || parseArn(kmsKeyArn).account !== accountId) {
        return [];
    }
    const line = { on: `key ${kmsKeyArn}: rotation`, expected: "on" };
    const severity = ownsKey ? "failed" : "warning";
    if (Origin !== "AWS_KMS") {
        return [
            compare({
                ...line,
                found: `off: KMS rotates no key material of the origin ${Origin}`,
                severity,
                remedy: "rotate it yourself: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys-manually.html",
            }),
        ];
    }
    return attempt(
        line.on,
        line.expected,
        async () => {
            const { KeyRotationEnabled } = await call("kms:GetKeyRotationStatus", kmsKeyArn, () =>
                kms.send(new GetKeyRotationStatusCommand({ KeyId: kmsKeyArn })),
            );
            return compare({
                ...line,
                found: KeyRotationEnabled ? "on" : "off",
                severity,
                remedy: `aws kms enable-key-rotation --region ${region} --key-id ${kmsKeyArn}`,
            });
        },
        severity,
    );
}
