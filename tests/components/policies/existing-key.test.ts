import { expect } from "chai";
import { existingKeyStatements, keyPolicy } from "../../../components/policies/key";

const ACCOUNT = "111122223333";
const OWN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234`;
const OTHERS = "arn:aws:kms:eu-west-1:444455556666:key/1234";

/** The account as a whole: KMS refuses to name roles that do not exist yet, and their own policies decide. */
const ACCOUNT_STATEMENTS = [
    {
        Sid: "AccountUsesKey",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
    },
    {
        Sid: "AccountGrantsKey",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "kms:CreateGrant",
        Resource: "*",
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
];

describe("existingKeyStatements", () => {
    it("are none for a key of the same account, which delegates to IAM", () => {
        expect(existingKeyStatements(OWN, ACCOUNT, false)).to.equal(undefined);
    });

    it("let the whole of this account use a key of another, and none but it", () => {
        expect(existingKeyStatements(OTHERS, ACCOUNT, false)).to.deep.equal(ACCOUNT_STATEMENTS);
    });

    it("let Spot's role in, as the stack's own key does, where the key is this account's", () => {
        const [, ...spot] = keyPolicy(ACCOUNT, true).Statement;
        expect(spot).to.have.length(2);
        expect(existingKeyStatements(OWN, ACCOUNT, true)).to.deep.equal(spot);
    });
});
