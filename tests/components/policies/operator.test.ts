import { expect } from "chai";
import {
    LOCATIONS,
    type LocationPath,
    type Mode,
    type ResolvedLocation,
    type S3Folder,
} from "../../../components/domain/locations";
import { operatorPolicy } from "../../../components/policies/operator";

const SERVICE_ROLE = "arn:aws:iam::111122223333:role/service";
const JOBFLOW_ROLE = "arn:aws:iam::111122223333:role/jobflow";
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234";
const LAUNCH_TAGS = {
    StringEquals: {
        "aws:RequestTag/for-use-with-amazon-emr-managed-policies": "true",
        "aws:RequestTag/snowplow-emr-stack": "snowplow-emr-encryption/dev",
    },
};

const policy = (locations: readonly ResolvedLocation[]) =>
    operatorPolicy({
        accountId: "111122223333",
        region: "eu-west-1",
        stackTag: "snowplow-emr-encryption/dev",
        locations,
        serviceRoleArn: SERVICE_ROLE,
        jobflowRoleArn: JOBFLOW_ROLE,
        existingKmsKeyArns: [KEY],
    });

/** The statements that do not depend on locations. */
const EMR_AND_IAM = [
    {
        Sid: "LaunchClusters",
        Effect: "Allow",
        Action: "elasticmapreduce:RunJobFlow",
        Resource: "*",
        Condition: LAUNCH_TAGS,
    },
    {
        Sid: "TagClustersAtLaunch",
        Effect: "Allow",
        Action: "elasticmapreduce:AddTags",
        Resource: "arn:aws:elasticmapreduce:eu-west-1:111122223333:cluster/?",
        Condition: LAUNCH_TAGS,
    },
    {
        Sid: "WorkOnClustersOfThisStack",
        Effect: "Allow",
        Action: [
            "elasticmapreduce:AddJobFlowSteps",
            "elasticmapreduce:DescribeCluster",
            "elasticmapreduce:DescribeStep",
            "elasticmapreduce:ListSteps",
            "elasticmapreduce:TerminateJobFlows",
        ],
        Resource: "arn:aws:elasticmapreduce:eu-west-1:111122223333:cluster/*",
        Condition: { StringEquals: { "aws:ResourceTag/snowplow-emr-stack": "snowplow-emr-encryption/dev" } },
    },
    {
        Sid: "FindPersistentCluster",
        Effect: "Allow",
        Action: "elasticmapreduce:ListClusters",
        Resource: "*",
    },
    {
        Sid: "PassServiceRole",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: SERVICE_ROLE,
        Condition: { StringEquals: { "iam:PassedToService": "elasticmapreduce.amazonaws.com" } },
    },
    {
        Sid: "PassJobflowRole",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: JOBFLOW_ROLE,
        Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    {
        Sid: "CreateEmrCleanupRole",
        Effect: "Allow",
        Action: "iam:CreateServiceLinkedRole",
        Resource:
            "arn:aws:iam::111122223333:role/aws-service-role/elasticmapreduce.amazonaws.com*/AWSServiceRoleForEMRCleanup*",
        Condition: { StringEquals: { "iam:AWSServiceName": "elasticmapreduce.amazonaws.com" } },
    },
];

const list = (index: number, bucket: string, prefixes?: readonly string[]) => ({
    Sid: `ListLocations${index}`,
    Effect: "Allow",
    Action: "s3:ListBucket",
    Resource: `arn:aws:s3:::${bucket}`,
    ...(prefixes && { Condition: { StringLike: { "s3:prefix": prefixes } } }),
});
const moveLogs = (objects: string) => ({
    Sid: "MoveRdbLoaderLogs",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    Resource: [`arn:aws:s3:::${objects}`],
});

const readStepLogs = (objects: string) => ({
    Sid: "ReadStepLogs",
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: [`arn:aws:s3:::${objects}`],
});

const document = (...statements: readonly object[]) => ({
    Version: "2012-10-17",
    Statement: [...EMR_AND_IAM, ...statements],
});

describe("operatorPolicy", () => {
    it("allows what EmrEtlRunner calls in batch mode with managed locations", () => {
        expect(policy(managed("batch"))).to.deep.equal(
            document(
                list(0, "dev-collector", ["raw/*"]),
                list(1, "dev-pipeline", ["raw/processing/*", "enriched/good/*", "shredded/good/*"]),
                list(2, "dev-logs", ["emr/rdb-loader/*", "emr/j-*"]),
                readStepLogs("dev-logs/emr/j-*/steps/*"),
                moveLogs("dev-logs/emr/rdb-loader/*"),
            ),
        );
    });

    it("allows what EmrEtlRunner calls in stream-enrich mode with managed locations", () => {
        expect(policy(managed("stream-enrich"))).to.deep.equal(
            document(
                list(0, "dev-collector", ["enriched/stream/*"]),
                list(1, "dev-pipeline", ["enriched/good/*", "shredded/good/*"]),
                list(2, "dev-logs", ["emr/rdb-loader/*", "emr/j-*"]),
                readStepLogs("dev-logs/emr/j-*/steps/*"),
                moveLogs("dev-logs/emr/rdb-loader/*"),
            ),
        );
    });

    it("lists a whole bucket where an existing location is one, but only the folders of RDB Loader and of clusters in the log bucket, under its key", () => {
        const locations = [
            ...existing("raw.in", { bucket: "eu", prefix: "" }, { bucket: "us", prefix: "collector/" }),
            ...existing("raw.archive", { bucket: "archive", prefix: "" }),
            ...existing("log", { bucket: "logs", prefix: "" }),
        ];
        expect(policy(locations)).to.deep.equal(
            document(
                list(0, "eu"),
                list(1, "us", ["collector/*"]),
                list(2, "logs", ["rdb-loader/*", "j-*"]),
                readStepLogs("logs/j-*/steps/*"),
                moveLogs("logs/rdb-loader/*"),
                {
                    Sid: "UseExistingKeys",
                    Effect: "Allow",
                    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                    Resource: [KEY],
                    Condition: { StringEquals: { "kms:ViaService": ["s3.eu-west-1.amazonaws.com"] } },
                },
            ),
        );
    });
});

/** All locations of a mode in managed buckets. */
function managed(mode: Mode): readonly ResolvedLocation[] {
    return LOCATIONS.filter(({ modes }) => modes.includes(mode)).map((row) => ({
        ...row,
        managed: true,
        folders: [{ bucket: `dev-${row.bucket}`, prefix: row.prefix }],
    }));
}

/** A location in existing folders. */
function existing(path: LocationPath, ...folders: readonly S3Folder[]): readonly ResolvedLocation[] {
    return LOCATIONS.filter((row) => row.path === path).map((row) => ({ ...row, managed: false, folders }));
}
