import { expect } from "chai";
import {
    LOCATIONS,
    type LocationPath,
    type Mode,
    type ResolvedLocation,
    type S3Folder,
} from "../../../components/domain/locations";
import type { PolicyDocument } from "../../../components/policies/document";
import {
    createServiceLinkedRole,
    type JobflowRolePolicyArgs,
    jobflowRolePolicy,
    jobflowRoleTrust,
    passRole,
    serviceRolePolicy,
    serviceRoleTrust,
} from "../../../components/policies/emr-roles";

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
    it("lets EMR of this account and region take the role, no other", () => {
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
    it("lets EC2 take the role, without conditions, which it would not meet", () => {
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

    it("adds to AWS's own policy: passing the role, the key, the archives", () => {
        expect(policy(false)).to.deep.equal({ Version: "2012-10-17", Statement: statements });
    });

    it("makes the account's Spot role when there are bids", () => {
        const spotRole =
            "arn:aws:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot";
        expect(policy(true)).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                ...statements,
                {
                    Sid: "CreateSpotRole",
                    Effect: "Allow",
                    Action: "iam:CreateServiceLinkedRole",
                    Resource: spotRole,
                    Condition: { StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" } },
                },
            ],
        });
    });
});

const NO_GRANTS = {
    readFolders: [],
    bootstrapScripts: [],
    dynamodbTables: [],
    ssmParameters: [],
    existingKmsKeyArns: [],
};
const ALL_GRANTS = {
    readFolders: [
        { bucket: "enrichments", prefix: "maxmind/" },
        { bucket: "jars", prefix: "" },
    ],
    bootstrapScripts: [
        { bucket: "scripts", prefix: "emr/setup.sh/" },
        { bucket: "scripts", prefix: "more.sh/" },
    ],
    dynamodbTables: ["duplicates", "manifest"],
    ssmParameters: ["/snowplow/redshift", "postgres", "snowplow/loader"],
    existingKmsKeyArns: [`${KEY}5`, `${KEY}6`],
};

const jobflow = (args: Partial<JobflowRolePolicyArgs> = {}) =>
    jobflowRolePolicy({
        keyArn: KEY,
        certificateArchives: "arn:aws:s3:::certs/*",
        accountId: ACCOUNT,
        region: "eu-west-1",
        locations: managed("batch"),
        ...NO_GRANTS,
        ...args,
    });

const READ = ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"];
const WRITE = [
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
];
const LIST = ["s3:ListBucket", "s3:ListBucketVersions"];
const LOOK = ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucketMultipartUploads"];
const HOSTED_ASSETS = {
    Sid: "ReadHostedAssets",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:ListBucket"],
    Resource: [
        "arn:aws:s3:::snowplow-hosted-assets",
        "arn:aws:s3:::snowplow-hosted-assets/*",
        "arn:aws:s3:::eu-west-1.elasticmapreduce",
        "arn:aws:s3:::eu-west-1.elasticmapreduce/*",
    ],
};

/** A location as the user has it: a whole bucket that is only emptied. */
const WHOLE_BUCKET = existing("raw.in", { bucket: "collector", prefix: "" });

describe("jobflowRolePolicy", () => {
    it("allows what EmrEtlRunner's steps do in managed locations, and what every cluster reads", () => {
        expect(jobflow({ locations: managed("batch").filter(({ optional }) => !optional) })).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "LookAtBuckets",
                    Effect: "Allow",
                    Action: LOOK,
                    Resource: [
                        "arn:aws:s3:::dev-collector",
                        "arn:aws:s3:::dev-pipeline",
                        "arn:aws:s3:::dev-archive",
                        "arn:aws:s3:::dev-logs",
                    ],
                },
                {
                    Sid: "ListFolders0",
                    Effect: "Allow",
                    Action: LIST,
                    Resource: "arn:aws:s3:::dev-collector",
                    Condition: { StringLike: { "s3:prefix": ["raw", "raw/", "raw_$folder$", "raw/*"] } },
                },
                {
                    Sid: "ListFolders1",
                    Effect: "Allow",
                    Action: LIST,
                    Resource: "arn:aws:s3:::dev-pipeline",
                    Condition: {
                        StringLike: {
                            "s3:prefix": [
                                ...["raw", "raw/", "raw_$folder$"],
                                ...["raw/processing", "raw/processing/", "raw/processing_$folder$"],
                                ...["enriched", "enriched/", "enriched_$folder$"],
                                ...["enriched/good", "enriched/good/", "enriched/good_$folder$"],
                                ...["enriched/bad", "enriched/bad/", "enriched/bad_$folder$"],
                                ...["shredded", "shredded/", "shredded_$folder$"],
                                ...["shredded/good", "shredded/good/", "shredded/good_$folder$"],
                                ...["shredded/bad", "shredded/bad/", "shredded/bad_$folder$"],
                                "raw/processing/*",
                                "enriched/good/*",
                                "enriched/bad/*",
                                "shredded/good/*",
                                "shredded/bad/*",
                            ],
                        },
                    },
                },
                {
                    Sid: "ListFolders2",
                    Effect: "Allow",
                    Action: LIST,
                    Resource: "arn:aws:s3:::dev-archive",
                    Condition: {
                        StringLike: {
                            "s3:prefix": [
                                ...["raw", "raw/", "raw_$folder$"],
                                ...["enriched", "enriched/", "enriched_$folder$"],
                                ...["shredded", "shredded/", "shredded_$folder$"],
                                "raw/*",
                                "enriched/*",
                                "shredded/*",
                            ],
                        },
                    },
                },
                {
                    Sid: "ListFolders3",
                    Effect: "Allow",
                    Action: LIST,
                    Resource: "arn:aws:s3:::dev-logs",
                    Condition: { StringLike: { "s3:prefix": ["emr", "emr/", "emr_$folder$", "emr/*"] } },
                },
                {
                    Sid: "ReadAndDeleteObjects",
                    Effect: "Allow",
                    Action: [...READ, "s3:DeleteObject"],
                    Resource: ["arn:aws:s3:::dev-collector/raw/*"],
                },
                {
                    Sid: "ReadWriteAndDeleteObjects",
                    Effect: "Allow",
                    Action: [...READ, ...WRITE, "s3:DeleteObject"],
                    Resource: [
                        "arn:aws:s3:::dev-pipeline/raw/processing/*",
                        "arn:aws:s3:::dev-archive/raw/*",
                        "arn:aws:s3:::dev-pipeline/enriched/good/*",
                        "arn:aws:s3:::dev-pipeline/enriched/bad/*",
                        "arn:aws:s3:::dev-archive/enriched/*",
                        "arn:aws:s3:::dev-pipeline/shredded/good/*",
                        "arn:aws:s3:::dev-pipeline/shredded/bad/*",
                        "arn:aws:s3:::dev-archive/shredded/*",
                    ],
                },
                {
                    Sid: "ReadAndWriteObjects",
                    Effect: "Allow",
                    Action: [...READ, ...WRITE],
                    Resource: ["arn:aws:s3:::dev-logs/emr/*"],
                },
                {
                    Sid: "LookForFolders",
                    Effect: "Allow",
                    Action: "s3:GetObject",
                    Resource: [
                        "arn:aws:s3:::dev-collector/raw",
                        "arn:aws:s3:::dev-pipeline/raw",
                        "arn:aws:s3:::dev-pipeline/raw/processing",
                        "arn:aws:s3:::dev-pipeline/enriched",
                        "arn:aws:s3:::dev-pipeline/enriched/good",
                        "arn:aws:s3:::dev-pipeline/enriched/bad",
                        "arn:aws:s3:::dev-pipeline/shredded",
                        "arn:aws:s3:::dev-pipeline/shredded/good",
                        "arn:aws:s3:::dev-pipeline/shredded/bad",
                        "arn:aws:s3:::dev-archive/raw",
                        "arn:aws:s3:::dev-archive/enriched",
                        "arn:aws:s3:::dev-archive/shredded",
                        "arn:aws:s3:::dev-logs/emr",
                    ],
                },
                {
                    Sid: "MarkFolders",
                    Effect: "Allow",
                    Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                    Resource: [
                        "arn:aws:s3:::dev-collector/raw_$folder$",
                        "arn:aws:s3:::dev-pipeline/raw_$folder$",
                        "arn:aws:s3:::dev-pipeline/raw/processing_$folder$",
                        "arn:aws:s3:::dev-archive/raw_$folder$",
                        "arn:aws:s3:::dev-pipeline/enriched_$folder$",
                        "arn:aws:s3:::dev-pipeline/enriched/good_$folder$",
                        "arn:aws:s3:::dev-pipeline/enriched/bad_$folder$",
                        "arn:aws:s3:::dev-archive/enriched_$folder$",
                        "arn:aws:s3:::dev-pipeline/shredded_$folder$",
                        "arn:aws:s3:::dev-pipeline/shredded/good_$folder$",
                        "arn:aws:s3:::dev-pipeline/shredded/bad_$folder$",
                        "arn:aws:s3:::dev-archive/shredded_$folder$",
                        "arn:aws:s3:::dev-logs/emr_$folder$",
                        "arn:aws:s3:::dev-collector/raw/*_$folder$",
                        "arn:aws:s3:::dev-pipeline/raw/processing/*_$folder$",
                        "arn:aws:s3:::dev-archive/raw/*_$folder$",
                        "arn:aws:s3:::dev-pipeline/enriched/good/*_$folder$",
                        "arn:aws:s3:::dev-pipeline/enriched/bad/*_$folder$",
                        "arn:aws:s3:::dev-archive/enriched/*_$folder$",
                        "arn:aws:s3:::dev-pipeline/shredded/good/*_$folder$",
                        "arn:aws:s3:::dev-pipeline/shredded/bad/*_$folder$",
                        "arn:aws:s3:::dev-archive/shredded/*_$folder$",
                        "arn:aws:s3:::dev-logs/emr/*_$folder$",
                    ],
                },
                HOSTED_ASSETS,
                READ_ARCHIVES,
                USE_KEY,
            ],
        });
    });

    it("allows each grant of the stack config, and a whole bucket where the user's location is one", () => {
        expect(jobflow({ locations: WHOLE_BUCKET, ...ALL_GRANTS })).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "LookAtBuckets",
                    Effect: "Allow",
                    Action: LOOK,
                    Resource: ["arn:aws:s3:::collector", "arn:aws:s3:::enrichments", "arn:aws:s3:::jars"],
                },
                { Sid: "ListFolders0", Effect: "Allow", Action: LIST, Resource: "arn:aws:s3:::collector" },
                {
                    Sid: "ListFolders1",
                    Effect: "Allow",
                    Action: LIST,
                    Resource: "arn:aws:s3:::enrichments",
                    Condition: {
                        StringLike: {
                            "s3:prefix": ["maxmind", "maxmind/", "maxmind_$folder$", "maxmind/*"],
                        },
                    },
                },
                { Sid: "ListFolders2", Effect: "Allow", Action: LIST, Resource: "arn:aws:s3:::jars" },
                {
                    Sid: "ReadAndDeleteObjects",
                    Effect: "Allow",
                    Action: [...READ, "s3:DeleteObject"],
                    Resource: ["arn:aws:s3:::collector/*"],
                },
                {
                    Sid: "ReadObjects",
                    Effect: "Allow",
                    Action: READ,
                    Resource: ["arn:aws:s3:::enrichments/maxmind/*", "arn:aws:s3:::jars/*"],
                },
                {
                    Sid: "LookForFolders",
                    Effect: "Allow",
                    Action: "s3:GetObject",
                    Resource: [
                        "arn:aws:s3:::enrichments/maxmind",
                        "arn:aws:s3:::enrichments/maxmind_$folder$",
                    ],
                },
                {
                    Sid: "MarkFolders",
                    Effect: "Allow",
                    Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                    Resource: ["arn:aws:s3:::collector/*_$folder$"],
                },
                HOSTED_ASSETS,
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

    it("reads the hosted assets and EMR's own bucket of the stack's region", () => {
        const { Statement } = jobflow({ region: "us-east-1" });
        expect(Statement.find(({ Sid }) => Sid === "ReadHostedAssets")?.Resource).to.deep.equal([
            "arn:aws:s3:::snowplow-hosted-assets-us-east-1",
            "arn:aws:s3:::snowplow-hosted-assets-us-east-1/*",
            "arn:aws:s3:::us-east-1.elasticmapreduce",
            "arn:aws:s3:::us-east-1.elasticmapreduce/*",
        ]);
    });
});

describe("the roles' policies", () => {
    it("have Sids that IAM takes, each once, resources that are named, and no deed beyond EmrEtlRunner's", () => {
        const documents: readonly PolicyDocument[] = [
            jobflow(),
            jobflow({ locations: managed("stream-enrich"), ...ALL_GRANTS }),
            jobflow({ locations: [...managed("batch"), ...WHOLE_BUCKET], ...ALL_GRANTS }),
            serviceRolePolicy({
                keyArn: KEY,
                certificateArchives: "arn:aws:s3:::certs/*",
                jobflowRoleArn: JOBFLOW_ROLE,
                accountId: ACCOUNT,
                spot: true,
            }),
        ];
        for (const { Statement } of documents) {
            const sids = Statement.map(({ Sid }) => Sid);
            expect(new Set(sids).size).to.equal(sids.length);
            expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid))).to.deep.equal([]);
            const resources = Statement.map(({ Resource = [] }) => [Resource].flat());
            // An empty list is no resource to IAM: it refuses the document.
            expect(resources.filter(({ length }) => length === 0)).to.deep.equal([]);
            expect(resources.flat().filter((resource) => /(^|:)[*?]/.test(resource))).to.deep.equal([]);
            const actions = Statement.flatMap(({ Action }) => Action);
            expect(
                actions.filter((action) =>
                    /:\*$|CreateBucket|PutBucket|DeleteObjectVersion|PutObjectAcl/.test(action),
                ),
            ).to.deep.equal([]);
        }
    });
});

describe("statements that other policies share", () => {
    it("pass a role to one service", () => {
        expect(passRole("Pass", JOBFLOW_ROLE, "ec2.amazonaws.com")).to.deep.equal({
            Sid: "Pass",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: JOBFLOW_ROLE,
            Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
        });
    });

    it("make the role of one service", () => {
        expect(createServiceLinkedRole("Create", JOBFLOW_ROLE, "spot.amazonaws.com")).to.deep.equal({
            Sid: "Create",
            Effect: "Allow",
            Action: "iam:CreateServiceLinkedRole",
            Resource: JOBFLOW_ROLE,
            Condition: { StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" } },
        });
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
