import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { checkKey, lookUpKey } from "../../../components/existing/key";
import { FailedLookup } from "../../../components/existing/lookup";
import { answer, codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, type Config, parse } from "../args/parse";

const ACCOUNT = "111122223333";
const ANOTHER = "444455556666";

const arn = (account = ACCOUNT) => `arn:aws:kms:eu-west-1:${account}:key/1234abcd`;
const argsOf = (kmsKeyArn = arn(), emrEtlRunner: Config = {}) =>
    parse({ ...batch(emrEtlRunner), encryption: { kmsKeyArn } });
const SPOT = { aws: { emr: { jobflow: { core_instance_bid: 0.05 } } } };

const key = (other: Partial<aws.kms.GetKeyResult> = {}) =>
    answer<aws.kms.GetKeyResult>({
        keyManager: "CUSTOMER",
        keyState: "Enabled",
        keyUsage: "ENCRYPT_DECRYPT",
        keySpec: "SYMMETRIC_DEFAULT",
        ...other,
    });
const FAILED = new FailedLookup("no");
const DISABLED = key({ keyState: "Disabled" });

describe("checkKey", () => {
    for (const [situation, args, found, ...expected] of [
        ["a key of this account", argsOf(), key()],
        ["a key of another account", argsOf(arn(ANOTHER)), key()],
        ["a key of this account with Spot", argsOf(arn(), SPOT), key()],
        [
            "a key of another account with Spot",
            argsOf(arn(ANOTHER), SPOT),
            key(),
            "key-of-another-account-with-spot",
        ],
        ["no answer", argsOf(), FAILED, "lookup-failed"],
        ["no answer, with Spot", argsOf(arn(), SPOT), FAILED, "lookup-failed"],
        ["no answer of another account", argsOf(arn(ANOTHER)), FAILED, "lookup-failed"],
        ["a disabled key of another account", argsOf(arn(ANOTHER)), DISABLED, "key-not-enabled"],
        [
            "everything that can be wrong with a key",
            argsOf(),
            key({ keyManager: "AWS", keyState: "Disabled", keyUsage: "SIGN_VERIFY" }),
            "key-aws-managed",
            "key-not-enabled",
            "key-usage",
        ],
        ["an asymmetric key", argsOf(), key({ keySpec: "RSA_4096" }), "key-spec"],
    ] as readonly (readonly [string, ResolvedArgs, aws.kms.GetKeyResult | FailedLookup, ...string[]])[]) {
        it(`${expected.length === 0 ? "accepts" : "reports"} ${situation}`, () => {
            const facts = { arn: args.encryption.kmsKeyArn ?? "", key: found };
            expect(codes(checkKey(args, ACCOUNT, facts))).to.deep.equal(
                expected.map((code) => [code, "encryption.kmsKeyArn"]),
            );
        });
    }
});

describe("lookUpKey", () => {
    it("makes no look-up if the stack creates its own key", async () => {
        expect(await lookUp(() => lookUpKey(parse(batch())))).to.deep.equal({ facts: undefined, calls: [] });
    });

    it("looks up the key by its ARN", async () => {
        expect(await lookUp(() => lookUpKey(argsOf()))).to.deep.equal({
            facts: { arn: arn(), key: key({ enabled: true }) },
            calls: [["getKey", { keyId: arn() }]],
        });
    });

    it("returns a failure", async () => {
        const { facts } = await lookUp(() => lookUpKey(argsOf()), {
            getKey: () => refuse("reading KMS Key: AccessDeniedException"),
        });
        expect(facts?.key).to.deep.equal(new FailedLookup("reading KMS Key: AccessDeniedException"));
    });
});
