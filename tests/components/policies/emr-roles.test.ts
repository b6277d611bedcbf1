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
            region: "eu-west-1",
            existingKmsKeyArns: [`${KEY}5`],
            vpcId: "vpc-1",
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
        {
            Sid: "DecryptExistingArchive",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: [`${KEY}5`],
            Condition: { StringEquals: { "kms:ViaService": ["s3.eu-west-1.amazonaws.com"] } },
        },
        {
            Sid: "DenyOtherVpcs",
            Effect: "Deny",
            Action: [
                "ec2:RunInstances",
                "ec2:CreateFleet",
                "ec2:CreateNetworkInterface",
                "ec2:AuthorizeSecurityGroup*",
                "ec2:RevokeSecurityGroup*",
            ],
            Resource: ["arn:aws:ec2:eu-west-1:*:subnet/*", "arn:aws:ec2:eu-west-1:*:security-group/*"],
            Condition: {
                ArnNotLike: { "ec2:Vpc": "arn:aws:ec2:eu-west-1:*:vpc/vpc-1" },
                Null: { "ec2:Vpc": "false" },
            },
        },
    ];

    it("passes the jobflow role, uses the keys, reads the archives, and stays in its VPC", () => {
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

const QUEUE = "arn:aws:sqs:us-east-2:999999999999:loader.fifo";
const TOPIC = "arn:aws:sns:us-east-2:999999999999:loader.fifo";

describe("jobflowRolePolicy", () => {
    it("allows EMRFS in the locations and granted folders, the assets, the archives, the key and each grant", () => {
        const rawInAndLog = LOCATIONS.filter(({ path }) => path === "raw.in" || path === "log").map(
            (row) => ({
                ...row,
                managed: true,
                folders: [{ bucket: row.bucket, prefix: "eu/" }],
            }),
        );
        const parameters = ["snowplow/redshift", "postgres", "snowplow/loader"].map(
            (name) => `arn:aws:ssm:us-east-2:111122223333:parameter/${name}`,
        );
        const policy = jobflowRolePolicy({
            keyArn: KEY,
            certificateArchives: "arn:aws:s3:::certs/*",
            accountId: ACCOUNT,
            region: "us-east-2",
            locations: rawInAndLog,
            readFolders: [
                { bucket: "enrichments", prefix: "maxmind/" },
                { bucket: "snowplow-hosted-assets", prefix: "third-party/" },
                { bucket: "snowplow-hosted-assets-us-east-2", prefix: "3-enrich/" },
                { bucket: "snowplow-hosted-assets-us-west-2", prefix: "3-enrich/" },
            ],
            bootstrapScripts: [
                { bucket: "scripts", prefix: "emr/setup.sh/" },
                { bucket: "scripts", prefix: "more.sh/" },
            ],
            dynamodbTables: ["duplicates", "manifest"],
            ssmParameters: ["/snowplow/redshift", "postgres", "snowplow/loader"],
            queueArns: [QUEUE, TOPIC, `${QUEUE}2`],
            existingKmsKeyArns: [`${KEY}5`, `${KEY}6`],
        });
        expect(policy).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                ...emrfsStatements([
                    { folder: { bucket: "collector", prefix: "eu/" }, access: "read-delete" },
                    { folder: { bucket: "logs", prefix: "eu/" }, access: "read-write" },
                    { folder: { bucket: "enrichments", prefix: "maxmind/" }, access: "read" },
                    {
                        folder: { bucket: "snowplow-hosted-assets-us-west-2", prefix: "3-enrich/" },
                        access: "read",
                    },
                ]),
                {
                    Sid: "ReadHostedAssets",
                    Effect: "Allow",
                    Action: ["s3:GetObject", "s3:ListBucket"],
                    Resource: [
                        "arn:aws:s3:::snowplow-hosted-assets-us-east-2",
                        "arn:aws:s3:::snowplow-hosted-assets-us-east-2/*",
                        "arn:aws:s3:::snowplow-hosted-assets",
                        "arn:aws:s3:::snowplow-hosted-assets/*",
                        "arn:aws:s3:::us-east-2.elasticmapreduce",
                        "arn:aws:s3:::us-east-2.elasticmapreduce/*",
                    ],
                },
                {
                    Sid: "DenyReports",
                    Effect: "Deny",
                    Action: ["s3:PutObject*", "s3:DeleteObject*", "s3:AbortMultipartUpload"],
                    Resource: ["arn:aws:s3:::logs/eu/encrypt-existing/*"],
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
                    Sid: "UseExistingKeys",
                    Effect: "Allow",
                    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                    Resource: [`${KEY}5`, `${KEY}6`],
                    Condition: {
                        StringEquals: {
                            "kms:ViaService": [
                                "s3.us-east-2.amazonaws.com",
                                "dynamodb.us-east-2.amazonaws.com",
                                "sqs.us-east-2.amazonaws.com",
                                "sns.us-east-2.amazonaws.com",
                            ],
                        },
                    },
                },
                {
                    Sid: "DecryptSsmParameters",
                    Effect: "Allow",
                    Action: "kms:Decrypt",
                    Resource: [`${KEY}5`, `${KEY}6`],
                    Condition: {
                        StringEquals: {
                            "kms:ViaService": ["ssm.us-east-2.amazonaws.com"],
                            "kms:EncryptionContext:PARAMETER_ARN": parameters,
                        },
                    },
                },
                {
                    Sid: "UseDynamodbTables",
                    Effect: "Allow",
                    Action: ["dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"],
                    Resource: [
                        "arn:aws:dynamodb:us-east-2:111122223333:table/duplicates",
                        "arn:aws:dynamodb:us-east-2:111122223333:table/manifest",
                    ],
                },
                {
                    Sid: "ReadSsmParameters",
                    Effect: "Allow",
                    Action: "ssm:GetParameter",
                    Resource: parameters,
                },
                {
                    Sid: "SendToQueues",
                    Effect: "Allow",
                    Action: "sqs:SendMessage",
                    Resource: [QUEUE, `${QUEUE}2`],
                },
                { Sid: "PublishToTopics", Effect: "Allow", Action: "sns:Publish", Resource: [TOPIC] },
            ],
        });
    });

    /** The statements about existing keys, for a location that is managed or not, with and without the other grants. */
    const keyStatements = (
        managed: boolean,
        dynamodbTables: readonly string[],
        queueArns: readonly string[],
    ) =>
        jobflowRolePolicy({
            keyArn: KEY,
            certificateArchives: "arn:aws:s3:::certs/*",
            accountId: ACCOUNT,
            region: "eu-west-1",
            locations: LOCATIONS.slice(0, 1).map((row) => ({ ...row, managed, folders: [] })),
            readFolders: [],
            bootstrapScripts: [],
            dynamodbTables,
            ssmParameters: [],
            queueArns,
            existingKmsKeyArns: [`${KEY}5`],
        })
            .Statement.filter(({ Resource }) => Resource?.includes(`${KEY}5`))
            .map(({ Action, Condition }) => [Action, Condition?.StringEquals?.["kms:ViaService"]]);

    const [READ, WRITE] = ["kms:Decrypt", ["kms:Decrypt", "kms:GenerateDataKey"]];
    const via = (service: string) => `${service}.eu-west-1.amazonaws.com`;
    const S3 = via("s3");
    // biome-ignore format: a table
    for (const [what, managed, tables, queues, expected] of [
        ["reads under existing keys where every location is managed", true,  [],    [],      [READ, [S3]]],
        ["writes under them into existing locations",                 false, [],    [],      [WRITE, [S3]]],
        ["writes under them into tables",                             true,  ["t"], [],      [WRITE, [S3, via("dynamodb")]]],
        ["writes under them into queues",                             true,  [],    [QUEUE], [WRITE, [S3, via("sqs")]]],
        ["writes under them into topics",                             true,  [],    [TOPIC], [WRITE, [S3, via("sns")]]],
    ] as const) {
        it(`${what}, through the services in use only`, () => {
            expect(keyStatements(managed, tables, queues)).to.deep.equal([expected]);
        });
    }
});
