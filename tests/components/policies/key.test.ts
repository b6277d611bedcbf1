import { expect } from "chai";
import { keyGrants, keyPolicy, keysThroughS3, keyUse } from "../../../components/policies/key";

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

describe("keyPolicy", () => {
    it("hands control to IAM, and names no role", () => {
        expect(keyPolicy(ACCOUNT, false)).to.deep.equal({ Version: "2012-10-17", Statement: [DELEGATION] });
    });

    it("lets the account's Spot role in, by condition: it may not exist yet", () => {
        expect(keyPolicy(ACCOUNT, true)).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                DELEGATION,
                {
                    Sid: "SpotUsesKey",
                    Effect: "Allow",
                    Principal: "*",
                    Action: USE,
                    Resource: "*",
                    Condition: { StringEquals: SPOT_ROLE },
                },
                {
                    Sid: "SpotGrantsKey",
                    Effect: "Allow",
                    Principal: "*",
                    Action: "kms:CreateGrant",
                    Resource: "*",
                    Condition: { StringEquals: SPOT_ROLE, Bool: { "kms:GrantIsForAWSResource": "true" } },
                },
            ],
        });
    });
});

describe("the use of a key", () => {
    it("is all that LUKS and EBS need, without a condition", () => {
        expect(keyUse(KEY)).to.deep.equal({ Sid: "UseKey", Effect: "Allow", Action: USE, Resource: KEY });
    });

    it("is granted on in a statement of its own, to AWS's resources only", () => {
        expect(keyGrants(KEY)).to.deep.equal({
            Sid: "GrantKeyToAwsResources",
            Effect: "Allow",
            Action: "kms:CreateGrant",
            Resource: KEY,
            Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        });
    });
});

describe("keysThroughS3", () => {
    it("decrypts with the user's keys, through S3 of the region alone", () => {
        expect(keysThroughS3([KEY, `${KEY}5`], "eu-west-1")).to.deep.equal([
            {
                Sid: "DecryptExistingObjects",
                Effect: "Allow",
                Action: "kms:Decrypt",
                Resource: [KEY, `${KEY}5`],
                Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
            },
        ]);
    });

    it("is no statement without keys", () => {
        expect(keysThroughS3([], "eu-west-1")).to.deep.equal([]);
    });
});
