import { expect } from "chai";
import {
    existingKeyStatements,
    existingKeys,
    keyGrants,
    keyPolicy,
    keyUse,
} from "../../../components/policies/key";

const ACCOUNT = "111122223333";
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234";
const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

const DELEGATION = {
    Sid: "DelegateToIam",
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::111122223333:root" },
    Action: "kms:*",
    Resource: "*",
};
const SPOT_ROLE = {
    "kms:CallerAccount": ACCOUNT,
    "aws:PrincipalArn":
        "arn:aws:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
};
const FOR_AWS = { "kms:GrantIsForAWSResource": "true" };
const SPOT = [
    {
        Sid: "SpotUsesKey",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: USE,
        Resource: "*",
        Condition: { StringEquals: SPOT_ROLE },
    },
    {
        Sid: "SpotGrantsKey",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "kms:CreateGrant",
        Resource: "*",
        Condition: { StringEquals: SPOT_ROLE, Bool: FOR_AWS },
    },
];

describe("keyPolicy", () => {
    it("delegates to IAM and names no role", () => {
        expect(keyPolicy(ACCOUNT, false)).to.deep.equal({ Version: "2012-10-17", Statement: [DELEGATION] });
    });

    it("lets the account's Spot role use the key with a bid, by a condition: the role may not exist yet", () => {
        expect(keyPolicy(ACCOUNT, true)).to.deep.equal({
            Version: "2012-10-17",
            Statement: [DELEGATION, ...SPOT],
        });
    });
});

describe("existingKeyStatements", () => {
    const FOREIGN = "arn:aws:kms:eu-west-1:444455556666:key/1234";

    it("are none for a key of the same account, which delegates to IAM", () => {
        expect(existingKeyStatements(KEY, ACCOUNT, false)).to.equal(undefined);
    });

    it("let the Spot role use this account's key with a bid, as the stack's own key does", () => {
        expect(existingKeyStatements(KEY, ACCOUNT, true)).to.deep.equal(SPOT);
    });

    // KMS refuses a principal that does not exist yet, such as a role before the first `up`.
    it("let this account as a whole use another account's key", () => {
        const account = { AWS: "arn:aws:iam::111122223333:root" };
        expect(existingKeyStatements(FOREIGN, ACCOUNT, false)).to.deep.equal([
            { Sid: "AccountUsesKey", Effect: "Allow", Principal: account, Action: USE, Resource: "*" },
            {
                Sid: "AccountGrantsKey",
                Effect: "Allow",
                Principal: account,
                Action: "kms:CreateGrant",
                Resource: "*",
                Condition: { Bool: FOR_AWS },
            },
        ]);
    });
});

describe("keyUse and keyGrants", () => {
    it("allow the actions that LUKS and EBS need, without a condition", () => {
        expect(keyUse(KEY)).to.deep.equal({ Sid: "UseKey", Effect: "Allow", Action: USE, Resource: KEY });
    });

    it("allow grants to AWS resources only, in a separate statement", () => {
        expect(keyGrants(KEY)).to.deep.equal({
            Sid: "GrantKeyToAwsResources",
            Effect: "Allow",
            Action: "kms:CreateGrant",
            Resource: KEY,
            Condition: { Bool: FOR_AWS },
        });
    });
});

describe("existingKeys", () => {
    const through = {
        sid: "Keys",
        keyArns: [KEY, `${KEY}5`],
        region: "eu-west-1",
        services: ["s3", "dynamodb"],
    };
    const viaServices = {
        "kms:ViaService": ["s3.eu-west-1.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com"],
    };
    const statement = { Sid: "Keys", Effect: "Allow", Resource: [KEY, `${KEY}5`] };

    it("allows to read, or to read and write, through services of the region only", () => {
        expect(existingKeys({ ...through, write: true })).to.deep.equal([
            {
                ...statement,
                Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                Condition: { StringEquals: viaServices },
            },
        ]);
        expect(existingKeys({ ...through, write: false, context: { k: ["v"] } })).to.deep.equal([
            {
                ...statement,
                Action: "kms:Decrypt",
                Condition: { StringEquals: { ...viaServices, k: ["v"] } },
            },
        ]);
    });

    it("is empty without keys", () => {
        expect(existingKeys({ ...through, keyArns: [], write: true })).to.deep.equal([]);
    });
});
