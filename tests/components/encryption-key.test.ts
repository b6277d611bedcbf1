import { expect } from "chai";
import { EncryptionKey, type EncryptionKeyArgs } from "../../components/encryption-key";
import { keyPolicy } from "../../components/policies/key";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:kms:EncryptionKey";
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
    it("makes one rotating key and its alias", async () => {
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

    it("protects the key, and nothing else, where data is protected", async () => {
        const result = await key({ protect: true });
        expect(resourceLines(result)).to.deep.equal([
            "aws:kms/alias:Alias disks-alias < disks",
            "aws:kms/key:Key disks < disks, protect",
            `${COMPONENT} disks < snowplow-emr-encryption-dev`,
        ]);
        expect(resourceInputs(result)).to.deep.equal(inputs(false));
    });

    it("lets Spot instances use it where there may be some", async () => {
        expect(resourceInputs(await key({ spot: true }))).to.deep.equal(inputs(true));
        expect(inputs(true)).not.to.deep.equal(inputs(false));
    });
});
