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
const LAUNCH_TAGS = {
    StringEquals: {
        "aws:RequestTag/for-use-with-amazon-emr-managed-policies": "true",
        "aws:RequestTag/snowplow-emr-stack": "dev",
    },
};

const policy = (locations: readonly ResolvedLocation[]) =>
    operatorPolicy({
        accountId: "111122223333",
        region: "eu-west-1",
        stack: "dev",
        locations,
        serviceRoleArn: SERVICE_ROLE,
        jobflowRoleArn: JOBFLOW_ROLE,
    });

/** What does not depend on locations. */
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
            "elasticmapreduce:ListSteps",
            "elasticmapreduce:TerminateJobFlows",
        ],
        Resource: "arn:aws:elasticmapreduce:eu-west-1:111122223333:cluster/*",
        Condition: { StringEquals: { "aws:ResourceTag/snowplow-emr-stack": "dev" } },
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

const document = (...statements: readonly object[]) => ({
    Version: "2012-10-17",
    Statement: [...EMR_AND_IAM, ...statements],
});

describe("operatorPolicy", () => {
    it("allows in batch mode what EmrEtlRunner itself calls, in managed locations", () => {
        expect(policy(managed("batch"))).to.deep.equal(
            document(
                list(0, "dev-collector", ["raw/*"]),
                list(1, "dev-pipeline", ["raw/processing/*", "enriched/good/*", "shredded/good/*"]),
                list(2, "dev-logs", ["emr/rdb-loader/*"]),
                moveLogs("dev-logs/emr/rdb-loader/*"),
            ),
        );
    });

    it("allows the same in stream-enrich mode, with the stream for the raw events", () => {
        expect(policy(managed("stream-enrich"))).to.deep.equal(
            document(
                list(0, "dev-collector", ["enriched/stream/*"]),
                list(1, "dev-pipeline", ["enriched/good/*", "shredded/good/*"]),
                list(2, "dev-logs", ["emr/rdb-loader/*"]),
                moveLogs("dev-logs/emr/rdb-loader/*"),
            ),
        );
    });

    it("lists a whole bucket where an existing location is one, and of the log bucket RDB Loader's folder alone", () => {
        const locations = [
            ...existing("raw.in", { bucket: "eu", prefix: "" }, { bucket: "us", prefix: "collector/" }),
            ...existing("raw.archive", { bucket: "archive", prefix: "" }),
            ...existing("log", { bucket: "logs", prefix: "" }),
        ];
        expect(policy(locations)).to.deep.equal(
            document(
                list(0, "eu"),
                list(1, "us", ["collector/*"]),
                list(2, "logs", ["rdb-loader/*"]),
                moveLogs("logs/rdb-loader/*"),
            ),
        );
    });

    it("has Sids that IAM takes, each once, and no bare * but where there is nothing to name", () => {
        for (const mode of ["batch", "stream-enrich"] as const) {
            const { Statement } = policy([
                ...managed(mode),
                ...existing("raw.in", { bucket: "eu", prefix: "" }),
            ]);
            const sids = Statement.map(({ Sid }) => Sid);
            expect(new Set(sids).size).to.equal(sids.length);
            expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid))).to.deep.equal([]);
            const everywhere = Statement.filter(({ Resource = "*" }) => [Resource].flat().includes("*"));
            expect(everywhere.map(({ Action }) => Action)).to.deep.equal([
                "elasticmapreduce:RunJobFlow",
                "elasticmapreduce:ListClusters",
            ]);
        }
    });

    it("gives the operator neither the key nor events: what EmrEtlRunner does not call", () => {
        const { Statement } = policy(managed("batch"));
        const actions = Statement.flatMap(({ Action }) => Action);
        expect(actions.filter((action) => /^(kms|ec2|ssm|dynamodb):/.test(action))).to.deep.equal([]);
        const objects = Statement.filter(({ Action }) =>
            [Action].flat().some((name) => /Object$/.test(name)),
        );
        expect(objects.map(({ Sid }) => Sid)).to.deep.equal(["MoveRdbLoaderLogs"]);
    });
});

/** All locations of a mode in buckets of the stack. */
function managed(mode: Mode): readonly ResolvedLocation[] {
    return LOCATIONS.filter(({ modes }) => modes.includes(mode)).map((row) => ({
        ...row,
        folders: [{ bucket: `dev-${row.bucket}`, prefix: row.prefix }],
    }));
}

/** A location in folders of the user's own. */
function existing(path: LocationPath, ...folders: readonly S3Folder[]): readonly ResolvedLocation[] {
    return LOCATIONS.filter((row) => row.path === path).map((row) => ({ ...row, folders }));
}
