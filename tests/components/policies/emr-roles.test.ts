import { expect } from "chai";
import { LOCATIONS } from "../../../components/domain/locations";
import {
    jobflowRolePolicy,
    jobflowRoleTrust,
    serviceRolePolicy,
    serviceRoleTrust,
} from "../../../components/policies/emr-roles";
import { emrfsStatements } from "../../../components/policies/s3-access";

const ACCOUNT = "111122223333";
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234";
const JOBFLOW_ROLE = "arn:aws:iam::111122223333:role/jobflow";
const USE_KEY = {
    Sid: "UseKey",
    Effect: "Allow",
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: KEY,
};
const READ_ARCHIVES = {
    Sid: "ReadCertificateArchives",
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::certs/*",
};

describe("serviceRoleTrust", () => {
    it("lets EMR assume the role for this account and region only", () => {
        expect(serviceRoleTrust(ACCOUNT, "eu-west-1")).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "EmrOfThisAccountAndRegion",
                    Effect: "Allow",
                    Principal: { Service: "elasticmapreduce.amazonaws.com" },
                    Action: "sts:AssumeRole",
                    Condition: {
                        StringEquals: { "aws:SourceAccount": ACCOUNT },
                        ArnLike: { "aws:SourceArn": "arn:aws:elasticmapreduce:eu-west-1:111122223333:*" },
                    },
                },
            ],
        });
    });
});

describe("jobflowRoleTrust", () => {
    it("lets EC2 assume the role, without conditions: EC2 would not meet them", () => {
        expect(jobflowRoleTrust()).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "Nodes",
                    Effect: "Allow",
                    Principal: { Service: "ec2.amazonaws.com" },
                    Action: "sts:AssumeRole",
                },
            ],
        });
    });
});

describe("serviceRolePolicy", () => {
    const policy = (spot: boolean) =>
        serviceRolePolicy({
            keyArn: KEY,
            certificateArchives: "arn:aws:s3:::certs/*",
            jobflowRoleArn: JOBFLOW_ROLE,
            accountId: ACCOUNT,
            spot,
        });
    const statements = [
        {
            Sid: "PassJobflowRoleToNodes",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: JOBFLOW_ROLE,
            Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
        },
        USE_KEY,
        {
            Sid: "GrantKeyToAwsResources",
            Effect: "Allow",
            Action: "kms:CreateGrant",
            Resource: KEY,
            Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
        READ_ARCHIVES,
    ];

    it("passes the jobflow role, uses the key and reads the archives", () => {
        expect(policy(false)).to.deep.equal({ Version: "2012-10-17", Statement: statements });
    });

    it("also creates the account's Spot role with a bid", () => {
        expect(policy(true)).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                ...statements,
                {
                    Sid: "CreateSpotRole",
                    Effect: "Allow",
                    Action: "iam:CreateServiceLinkedRole",
                    Resource: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`,
                    Condition: { StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" } },
                },
            ],
        });
    });
});

describe("jobflowRolePolicy", () => {
    it("allows EMRFS in the locations and granted folders, the assets, the archives, the key and each grant", () => {
        const rawIn = LOCATIONS.filter(({ path }) => path === "raw.in").map((row) => ({
            ...row,
            folders: [{ bucket: "collector", prefix: "eu/" }],
        }));
        const policy = jobflowRolePolicy({
            keyArn: KEY,
            certificateArchives: "arn:aws:s3:::certs/*",
            accountId: ACCOUNT,
            region: "eu-west-1",
            locations: rawIn,
            readFolders: [{ bucket: "enrichments", prefix: "maxmind/" }],
            bootstrapScripts: [
                { bucket: "scripts", prefix: "emr/setup.sh/" },
                { bucket: "scripts", prefix: "more.sh/" },
            ],
            dynamodbTables: ["duplicates", "manifest"],
            ssmParameters: ["/snowplow/redshift", "postgres", "snowplow/loader"],
            existingKmsKeyArns: [`${KEY}5`, `${KEY}6`],
        });
        expect(policy).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                ...emrfsStatements([
                    { folder: { bucket: "collector", prefix: "eu/" }, access: "read-delete" },
                    { folder: { bucket: "enrichments", prefix: "maxmind/" }, access: "read" },
                ]),
                {
                    Sid: "ReadHostedAssets",
                    Effect: "Allow",
                    Action: ["s3:GetObject", "s3:ListBucket"],
                    Resource: [
                        "arn:aws:s3:::snowplow-hosted-assets",
                        "arn:aws:s3:::snowplow-hosted-assets/*",
                        "arn:aws:s3:::eu-west-1.elasticmapreduce",
                        "arn:aws:s3:::eu-west-1.elasticmapreduce/*",
                    ],
                },
                {
                    Sid: "ReadBootstrapScripts",
                    Effect: "Allow",
                    Action: "s3:GetObject",
                    Resource: ["arn:aws:s3:::scripts/emr/setup.sh", "arn:aws:s3:::scripts/more.sh"],
                },
                READ_ARCHIVES,
                USE_KEY,
                {
                    Sid: "DecryptExistingObjects",
                    Effect: "Allow",
                    Action: "kms:Decrypt",
                    Resource: [`${KEY}5`, `${KEY}6`],
                    Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
                },
                {
                    Sid: "UseDynamodbTables",
                    Effect: "Allow",
                    Action: ["dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"],
                    Resource: [
                        "arn:aws:dynamodb:eu-west-1:111122223333:table/duplicates",
                        "arn:aws:dynamodb:eu-west-1:111122223333:table/manifest",
                    ],
                },
                {
                    Sid: "ReadSsmParameters",
                    Effect: "Allow",
                    Action: "ssm:GetParameter",
                    Resource: [
                        "arn:aws:ssm:eu-west-1:111122223333:parameter/snowplow/redshift",
                        "arn:aws:ssm:eu-west-1:111122223333:parameter/postgres",
                        "arn:aws:ssm:eu-west-1:111122223333:parameter/snowplow/loader",
                    ],
                },
            ],
        });
    });
});
