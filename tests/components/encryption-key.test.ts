import { expect } from "chai";
import { EncryptionKey, type EncryptionKeyArgs } from "../../components/encryption-key";
import { existingKeyStatements, keyPolicy } from "../../components/policies/key";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:index:EncryptionKey";
const ARN = "arn:aws:kms:eu-west-1:000000000000:key/placeholder";

function key(args: Partial<EncryptionKeyArgs> = {}): Promise<Run> {
    return run(() => ({
        arn: new EncryptionKey("disks", {
            accountId: "111122223333",
            prefix: "snowplow-dev",
            protect: false,
            spot: false,
            tags: { stack: "tag" },
            ...args,
        }).arn,
    }));
}

const inputs = (spot: boolean) => ({
    "aws:kms/key:Key disks": {
        description: "snowplow-dev: local disks of EMR nodes, and their certificates",
        keyUsage: "ENCRYPT_DECRYPT",
        customerMasterKeySpec: "SYMMETRIC_DEFAULT",
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: JSON.stringify(keyPolicy("111122223333", spot)),
        tags: { stack: "tag" },
    },
    "aws:kms/alias:Alias disks-alias": { namePrefix: "alias/snowplow-dev-", targetKeyId: "placeholder" },
});

describe("EncryptionKey", () => {
    it("creates one rotating key and its alias", async () => {
        const result = await key();
        expect(resourceLines(result)).to.deep.equal([
            "aws:kms/alias:Alias disks-alias < disks",
            "aws:kms/key:Key disks < disks",
            `${COMPONENT} disks < snowplow-emr-encryption-dev`,
        ]);
        expect(resourceInputs(result)).to.deep.equal(inputs(false));
        expect(result.outputs).to.deep.equal({ arn: ARN });
        expect(registration(result, COMPONENT, "disks").outputs).to.deep.equal({ arn: ARN });
    });

    it("protects the key only, if the stack protects data", async () => {
        const result = await key({ protect: true });
        expect(resourceLines(result)).to.deep.equal([
            "aws:kms/alias:Alias disks-alias < disks",
            "aws:kms/key:Key disks < disks, protect",
            `${COMPONENT} disks < snowplow-emr-encryption-dev`,
        ]);
        expect(resourceInputs(result)).to.deep.equal(inputs(false));
    });

    it("lets Spot instances use the key if instances may be Spot instances", async () => {
        expect(resourceInputs(await key({ spot: true }))).to.deep.equal(inputs(true));
    });
});

describe("EncryptionKey.existing", () => {
    for (const [whose, account] of [
        ["the stack's account", "111122223333"],
        ["another account", "444455556666"],
    ]) {
        it(`returns a key of ${whose} with the statements that its policy needs, and registers nothing`, async () => {
            const arn = `arn:aws:kms:eu-west-1:${account}:key/1234`;
            const result = await run(() => ({
                ...EncryptionKey.existing(arn, { accountId: "111122223333", spot: true }),
            }));
            expect(resourceLines(result)).to.deep.equal([]);
            const requiredStatements = existingKeyStatements(arn, "111122223333", true);
            expect(result.outputs).to.deep.equal({ arn, requiredStatements });
        });
    }
});
