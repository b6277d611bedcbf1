import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import { checkKey, type KeyFacts, lookUpKey } from "../../../components/existing/key";
import { Unanswered } from "../../../components/existing/lookup";
import { existingKeyStatements } from "../../../components/policies/key";
import { answer, lookUp, refuse } from "../../support/existing-aws";
import { batch, type Config, parse } from "../args/parse";

const ACCOUNT = "111122223333";
const OTHERS = "444455556666";
const PATH = ["encryption", "kmsKeyArn"];

const arn = (account = ACCOUNT) => `arn:aws:kms:eu-west-1:${account}:key/1234abcd`;
const settings = (kmsKeyArn = arn(), emrEtlRunner: Config = {}) =>
    parse({ ...batch(emrEtlRunner), encryption: { kmsKeyArn } });
const SPOT = { aws: { emr: { jobflow: { core_instance_bid: 0.05 } } } };

const key = (other: Partial<aws.kms.GetKeyResult> = {}) =>
    answer<aws.kms.GetKeyResult>({
        enabled: true,
        keyManager: "CUSTOMER",
        keyState: "Enabled",
        keyUsage: "ENCRYPT_DECRYPT",
        keySpec: "SYMMETRIC_DEFAULT",
        ...other,
    });

const DISABLED = { path: PATH, found: "a key that is Disabled", remedy: "an enabled key" };

describe("a KMS key of the user's", () => {
    for (const [title, facts, ...told] of [
        ["is found fit", key()],
        ["is refused disabled", key({ enabled: false, keyState: "Disabled" }), DISABLED],
        [
            "is refused on its way out",
            key({ enabled: false, keyState: "PendingDeletion" }),
            { path: PATH, found: "a key that is PendingDeletion", remedy: "an enabled key" },
        ],
        [
            "is refused where AWS manages it",
            key({ keyManager: "AWS" }),
            {
                path: PATH,
                found: "a key that AWS manages",
                remedy: "a key of yours (customer managed): the policy of AWS's own lets nobody grant EMR's roles its use",
            },
        ],
        [
            "is refused for signing, whatever its kind",
            key({ keyUsage: "SIGN_VERIFY", keySpec: "RSA_2048" }),
            { path: PATH, found: "a key for SIGN_VERIFY", remedy: "a key for ENCRYPT_DECRYPT" },
        ],
        [
            "is refused for MACs",
            key({ keyUsage: "GENERATE_VERIFY_MAC", keySpec: "HMAC_256" }),
            { path: PATH, found: "a key for GENERATE_VERIFY_MAC", remedy: "a key for ENCRYPT_DECRYPT" },
        ],
        [
            "is refused with two halves",
            key({ keySpec: "RSA_4096" }),
            {
                path: PATH,
                found: "a key of the kind RSA_4096",
                remedy: "a symmetric key (SYMMETRIC_DEFAULT): LUKS and EBS take no other",
            },
        ],
        [
            "is told all of its findings",
            key({ enabled: false, keyState: "Disabled", keyUsage: "SIGN_VERIFY" }),
            DISABLED,
            { path: PATH, found: "a key for SIGN_VERIFY", remedy: "a key for ENCRYPT_DECRYPT" },
        ],
        [
            "is refused where nobody answers for it",
            new Unanswered("AccessDeniedException"),
            {
                path: PATH,
                found: "no answer on the key: AccessDeniedException",
                remedy: "name what is there, and let these credentials look it up (kms:DescribeKey)",
            },
        ],
    ] as readonly (readonly [string, KeyFacts, ...object[]])[]) {
        it(title, () => {
            expect(checkKey(settings(), ACCOUNT, facts)).to.deep.equal(told);
        });
    }

    it("of another account, if nobody answers for it, is refused with what its owner must add", () => {
        const statements = existingKeyStatements(arn(OTHERS), ACCOUNT, false);
        expect(statements).to.have.length(2);
        expect(checkKey(settings(arn(OTHERS)), ACCOUNT, new Unanswered("no"))).to.deep.equal([
            {
                path: PATH,
                found: "no answer on the key: no",
                remedy: `these statements in its policy: ${JSON.stringify(statements)}`,
            },
        ]);
    });

    it("of another account is refused with bids: Spot's role would need a grant", () => {
        expect(checkKey(settings(arn(OTHERS), SPOT), ACCOUNT, key())).to.deep.equal([
            {
                path: PATH,
                found: "a key of another account, with a Spot bid",
                remedy: "a key of this account, or no bids: Spot's service-linked role would need a grant, which no key policy replaces",
            },
        ]);
        expect(checkKey(settings(arn(), SPOT), ACCOUNT, key())).to.deep.equal([]);
    });

    it("of this account, if nobody answers for it, is told so with Spot instances too", () => {
        expect(checkKey(settings(arn(), SPOT), ACCOUNT, new Unanswered("no"))).to.deep.equal([
            {
                path: PATH,
                found: "no answer on the key: no",
                remedy: "name what is there, and let these credentials look it up (kms:DescribeKey)",
            },
        ]);
    });

    it("of another account is judged as any other, if it may be looked at", () => {
        const asked = settings(arn(OTHERS));
        expect(checkKey(asked, ACCOUNT, key())).to.deep.equal([]);
        expect(checkKey(asked, ACCOUNT, key({ enabled: false, keyState: "Disabled" }))).to.deep.equal([
            DISABLED,
        ]);
    });
});

describe("lookUpKey", () => {
    it("asks nothing where the stack makes its own", async () => {
        expect(await lookUp(() => lookUpKey(parse(batch())))).to.deep.equal({ facts: undefined, calls: [] });
    });

    it("asks for the key by its ARN", async () => {
        expect(await lookUp(() => lookUpKey(settings()))).to.deep.equal({
            facts: {
                enabled: true,
                keyManager: "CUSTOMER",
                keyState: "Enabled",
                keyUsage: "ENCRYPT_DECRYPT",
                keySpec: "SYMMETRIC_DEFAULT",
            },
            calls: [["getKey", { keyId: arn() }]],
        });
    });

    it("takes a refusal for an answer", async () => {
        const { facts } = await lookUp(() => lookUpKey(settings()), {
            getKey: () => refuse("reading KMS Key: AccessDeniedException"),
        });
        expect(facts).to.deep.equal(new Unanswered("reading KMS Key: AccessDeniedException"));
    });
});
