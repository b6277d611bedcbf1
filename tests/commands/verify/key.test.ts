import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { keyChecks } from "../../../commands/verify/key";
import { type Answers, refusal } from "../../support/fake-aws";
import { contextOf, findings, outputsOf } from "./context";

describe("verify, KMS key:", () => {
    let outputs: StackOutputs;
    let on: string;

    before(async () => {
        outputs = await outputsOf();
        on = `key ${outputs.kmsKeyArn}`;
    });

    const metadata = (others: object = {}) => ({
        DescribeKey: ({ KeyId }: Readonly<Record<string, unknown>>) => ({
            KeyMetadata: {
                Arn: KeyId,
                KeyState: "Enabled",
                KeySpec: "SYMMETRIC_DEFAULT",
                KeyUsage: "ENCRYPT_DECRYPT",
                Origin: "AWS_KMS",
                ...others,
            },
        }),
    });
    const rotation = (KeyRotationEnabled: boolean) => ({
        GetKeyRotationStatus: () => ({ KeyRotationEnabled }),
    });
    const refuse = (code: string) => () => {
        throw refusal(code);
    };
    const check = (answers: Answers, own: StackOutputs = outputs) =>
        keyChecks(contextOf(own, { ...metadata(), ...rotation(true), ...answers }));
    const wrong = async (answers: Answers, own?: StackOutputs) =>
        (await check(answers, own)).filter(({ status }) => status !== "ok");
    const existing = (kmsKeyArn = outputs.kmsKeyArn): StackOutputs => ({
        ...outputs,
        kmsKeyArn,
        forCommands: { ...outputs.forCommands, ownsKey: false },
    });

    it("passes an enabled, rotating, symmetric key of the stack's region", async () => {
        const line = (of: string, found: string) => ({
            status: "ok",
            on: `${on}: ${of}`,
            expected: found,
            found,
        });
        expect(await check({})).to.deep.equal([
            line("region", "eu-west-1"),
            line("state", "Enabled"),
            line("kind", "SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT"),
            line("rotation", "on"),
        ]);
    });

    it("says how to recover a key that cannot be used", async () => {
        // KMS reports that a key that waits for its deletion does not rotate.
        const state = async (others: { readonly KeyState: string; readonly DeletionDate?: Date }) =>
            (await wrong({ ...metadata(others), ...rotation(!others.DeletionDate) })).map((line) => [
                line.on,
                line.found,
                line.remedy,
            ]);
        const key = () => `--region eu-west-1 --key-id ${outputs.kmsKeyArn}`;
        expect(await state({ KeyState: "Disabled" })).to.deep.equal([
            [`${on}: state`, "Disabled", `aws kms enable-key ${key()}`],
        ]);
        expect(
            await state({ KeyState: "PendingDeletion", DeletionDate: new Date("2026-12-24T10:00:00Z") }),
        ).to.deep.equal([
            [
                `${on}: state`,
                "PendingDeletion, on 2026-12-24",
                `aws kms cancel-key-deletion ${key()}, then aws kms enable-key ${key()}`,
            ],
        ]);
        expect(await state({ KeyState: "Unavailable" })).to.deep.equal([
            [
                `${on}: state`,
                "Unavailable",
                "an enabled key: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
            ],
        ]);
    });

    it("says what is lost with a deleted key", async () => {
        const gone = { DescribeKey: refuse("NotFoundException") };
        const line = { status: "failed", on: `${on}: state`, expected: "Enabled", found: "no such key" };
        expect(await wrong(gone)).to.deep.equal([
            {
                ...line,
                remedy: "what it encrypted is lost; for another key: npx pulumi up --refresh --stack dev, then the new config.yml",
            },
        ]);
        expect(await wrong(gone, existing())).to.deep.equal([
            {
                ...line,
                remedy: "a key that is there in encryption.kmsKeyArn, npx pulumi up --stack dev, then the new config.yml",
            },
        ]);
    });

    it("fails if the stack's key does not rotate, and warns about an existing one", async () => {
        const line = {
            on: `${on}: rotation`,
            expected: "on",
            found: "off",
            remedy: `aws kms enable-key-rotation --region eu-west-1 --key-id ${outputs.kmsKeyArn}`,
        };
        expect(await wrong(rotation(false))).to.deep.equal([{ status: "failed", ...line }]);
        expect(await wrong(rotation(false), existing())).to.deep.equal([{ status: "warning", ...line }]);
        expect(await wrong(metadata({ Origin: "EXTERNAL" }), existing())).to.deep.equal([
            {
                ...line,
                status: "warning",
                found: "off: KMS rotates no key material of the origin EXTERNAL",
                remedy: "rotate it yourself: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys-manually.html",
            },
        ]);
    });

    it("does not check the rotation of another account's key", async () => {
        const foreign = existing("arn:aws:kms:eu-west-1:999988887777:key/existing");
        expect(await wrong({ GetKeyRotationStatus: refuse("AccessDeniedException") }, foreign)).to.deep.equal(
            [],
        );
    });

    it("fails if it cannot read the key", async () => {
        expect(findings(await check({ DescribeKey: refuse("AccessDeniedException") }))).to.deep.equal([
            [
                "failed",
                `${on}: state`,
                `no answer: kms:DescribeKey on ${outputs.kmsKeyArn}: AccessDeniedException. These credentials need kms:DescribeKey on it.`,
            ],
        ]);
        const unseen = { GetKeyRotationStatus: refuse("AccessDeniedException") };
        const reported = async (own?: StackOutputs) =>
            findings(await check(unseen, own)).map(([status, of]) => [status, of]);
        expect(await reported()).to.deep.equal([["failed", `${on}: rotation`]]);
        expect(await reported(existing())).to.deep.equal([["warning", `${on}: rotation`]]);
    });

    it("fails for a key of another kind or region", async () => {
        expect(findings(await check(metadata({ KeySpec: "RSA_2048" })))).to.deep.equal([
            ["failed", `${on}: kind`, "RSA_2048 for ENCRYPT_DECRYPT"],
        ]);
        const kmsKeyArn = "arn:aws:kms:us-east-1:000000000000:key/elsewhere";
        const context = contextOf(existing(kmsKeyArn), {});
        expect(await keyChecks(context)).to.deep.equal([
            {
                status: "failed",
                on: `key ${kmsKeyArn}: region`,
                expected: "eu-west-1",
                found: "us-east-1",
                remedy: "a key of eu-west-1 in encryption.kmsKeyArn: disks take no key of another region",
            },
        ]);
        expect(context.sent).to.deep.equal([]);
    });
});
