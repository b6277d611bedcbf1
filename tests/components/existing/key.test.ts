import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { checkKey } from "../../../components/existing/key";
import { type Answers, codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, type Config, parse } from "../args/parse";

const ACCOUNT = "111122223333";
const ANOTHER = "444455556666";
const arn = (account = ACCOUNT) => `arn:aws:kms:eu-west-1:${account}:key/1234abcd`;
const argsOf = (kmsKeyArn = arn(), emrEtlRunner: Config = {}) =>
    parse({ ...batch(emrEtlRunner), encryption: { kmsKeyArn } });
const SPOT = { aws: { emr: { jobflow: { core_instance_bid: 0.05 } } } };
const REFUSED = () => refuse("reading KMS Key: AccessDeniedException");

describe("checkKey", () => {
    for (const [situation, args, getKey, ...expected] of [
        ["a key of this account", argsOf()],
        ["a key of another account", argsOf(arn(ANOTHER))],
        ["a key of this account with Spot", argsOf(arn(), SPOT)],
        [
            "a key of another account with Spot",
            argsOf(arn(ANOTHER), SPOT),
            undefined,
            "key-of-another-account-with-spot",
        ],
        ["no answer", argsOf(), REFUSED, "lookup-failed"],
        ["no answer, with Spot", argsOf(arn(), SPOT), REFUSED, "lookup-failed"],
        ["no answer of another account", argsOf(arn(ANOTHER)), REFUSED, "lookup-failed"],
        [
            "a disabled key of another account",
            argsOf(arn(ANOTHER)),
            () => ({ keyState: "Disabled" }),
            "key-not-enabled",
        ],
        [
            "all faults of a key",
            argsOf(),
            () => ({ keyManager: "AWS", keyState: "Disabled", keyUsage: "SIGN_VERIFY" }),
            "key-aws-managed",
            "key-not-enabled",
            "key-usage",
        ],
        ["an asymmetric key", argsOf(), () => ({ keySpec: "RSA_4096" }), "key-spec"],
    ] as readonly (readonly [string, ResolvedArgs, Answers[string]?, ...string[]])[]) {
        it(`${expected.length === 0 ? "accepts" : "reports"} ${situation}`, async () => {
            const { facts } = await lookUp(() => checkKey(args, ACCOUNT), getKey && { getKey });
            expect(codes(facts.errors)).to.deep.equal(expected.map((code) => [code, "encryption.kmsKeyArn"]));
        });
    }

    it("makes no look-up if the stack creates its own key", async () => {
        expect(await lookUp(() => checkKey(parse(batch()), ACCOUNT))).to.deep.equal({
            facts: { errors: [] },
            calls: [],
        });
    });

    it("looks up the key by its ARN", async () => {
        const { calls } = await lookUp(() => checkKey(argsOf(), ACCOUNT));
        expect(calls).to.deep.equal([["getKey", { keyId: arn() }]]);
    });
});
