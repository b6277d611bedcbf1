import { arn, parseArn } from "../domain/arn";
import { foldersOf, type ResolvedLocation, type S3Folder } from "../domain/locations";
import { publicBuckets, type Region } from "../domain/region";
import { allow, type PolicyDocument, policyDocument, type Statement } from "./document";
import { existingKeys, keyGrants, keyUse, spotRoleArn } from "./key";
import { reportsIn } from "./reencryption";
import { bucketArn, emrfsStatements, objectArn } from "./s3-access";

/** The key and the archives that both roles use. */
interface NodeSecrets {
    /** The KMS key of the nodes' disks and of the certificate archives. */
    readonly keyArn: string;
    /** The ARN pattern of the certificate archives: the current one and replaced ones, which running clusters read. */
    readonly certificateArchives: string;
    readonly region: Region;
    /** The ARNs of the KMS keys that encrypt existing data. */
    readonly existingKmsKeyArns: readonly string[];
}

/** The services that assume the roles. */
export const SERVICES = {
    serviceRole: "elasticmapreduce.amazonaws.com",
    jobflowRole: "ec2.amazonaws.com",
} as const;

/** Only EMR of this account and region may assume the service role, which prevents the confused deputy problem. */
export function serviceRoleTrust(accountId: string, region: Region): PolicyDocument {
    return policyDocument({
        Sid: "EmrOfThisAccountAndRegion",
        Effect: "Allow",
        Principal: { Service: SERVICES.serviceRole },
        Action: "sts:AssumeRole",
        Condition: {
            StringEquals: { "aws:SourceAccount": accountId },
            ArnLike: { "aws:SourceArn": arn("elasticmapreduce", region, accountId, "*") },
        },
    });
}

export function jobflowRoleTrust(): PolicyDocument {
    return policyDocument({
        Sid: "Nodes",
        Effect: "Allow",
        Principal: { Service: SERVICES.jobflowRole },
        Action: "sts:AssumeRole",
    });
}

export interface ServiceRolePolicyArgs extends NodeSecrets {
    readonly jobflowRoleArn: string;
    /** The account's 12-digit number. */
    readonly accountId: string;
    /** The VPC of the clusters. */
    readonly vpcId: string;
    /** Whether nodes may be Spot instances. */
    readonly spot: boolean;
}

/**
 * Allows what EMR calls and AmazonEMRServicePolicy_v2 does not allow: passing a role that does not have EMR's default
 * name, using the KMS keys, and creating the service-linked role for Spot. Denies what that policy allows in other VPCs.
 */
export function serviceRolePolicy(args: ServiceRolePolicyArgs): PolicyDocument {
    return policyDocument(
        passRole("PassJobflowRoleToNodes", args.jobflowRoleArn, "ec2.amazonaws.com"),
        keyUse(args.keyArn),
        keyGrants(args.keyArn),
        readArchives(args.certificateArchives),
        existingKeys({
            sid: "DecryptExistingArchive",
            keyArns: args.existingKmsKeyArns,
            region: args.region,
            services: ["s3"],
            write: false,
        }),
        denyOtherVpcs(args.vpcId, args.region),
        args.spot
            ? createServiceLinkedRole("CreateSpotRole", spotRoleArn(args.accountId), "spot.amazonaws.com")
            : [],
    );
}

/**
 * AmazonEMRServicePolicy_v2 allows EMR to use every subnet and security group with EMR's tag: those of other stacks too.
 * The VPC's account is a wildcard, since the owner of a shared subnet may be another account. `ArnNotLike` matches a
 * request without the condition key, so that the key must be present.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEMRServicePolicy_v2.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-policy-examples.html (a specific VPC, by `ec2:Vpc`)
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
function denyOtherVpcs(vpcId: string, region: Region): Statement {
    return {
        Sid: "DenyOtherVpcs",
        Effect: "Deny",
        Action: [
            "ec2:RunInstances",
            "ec2:CreateFleet",
            "ec2:CreateNetworkInterface",
            "ec2:AuthorizeSecurityGroup*",
            "ec2:RevokeSecurityGroup*",
        ],
        Resource: [arn("ec2", region, "*", "subnet/*"), arn("ec2", region, "*", "security-group/*")],
        Condition: {
            ArnNotLike: { "ec2:Vpc": arn("ec2", region, "*", `vpc/${vpcId}`) },
            Null: { "ec2:Vpc": "false" },
        },
    };
}

/** What the jobflow role may use in addition to EmrEtlRunner's locations. */
export interface JobflowGrants {
    /** Folders to read and list: enrichment data, JSON paths, jars. */
    readonly readFolders: readonly S3Folder[];
    /** The user's bootstrap scripts. Each prefix is an object's key with a slash at its end. */
    readonly bootstrapScripts: readonly S3Folder[];
    /** The names of DynamoDB tables: the shredder's duplicate storage and RDB Loader's processing manifest. */
    readonly dynamodbTables: readonly string[];
    /** The names of SSM parameters, with or without a slash at the start. */
    readonly ssmParameters: readonly string[];
    /** The ARNs of SQS queues and SNS topics to send messages to. */
    readonly queueArns: readonly string[];
}

export interface JobflowRolePolicyArgs extends NodeSecrets, JobflowGrants {
    /** The account's 12-digit number. */
    readonly accountId: string;
    readonly locations: readonly ResolvedLocation[];
}

/** Allows what EmrEtlRunner's steps do in each location, and what every cluster reads when it starts. */
export function jobflowRolePolicy(args: JobflowRolePolicyArgs): PolicyDocument {
    const { region, accountId, locations } = args;
    const hosted = publicBuckets(region);
    const tables = args.dynamodbTables.map((table) => arn("dynamodb", region, accountId, `table/${table}`));
    const parameters = args.ssmParameters.map((name) =>
        arn("ssm", region, accountId, `parameter/${name.replace(/^\//, "")}`),
    );
    const keys = { keyArns: args.existingKmsKeyArns, region };
    const targetsOf = (service: string) =>
        args.queueArns.filter((target) => parseArn(target).service === service);
    /** What jobs write to outside of S3, by service. */
    const written = { dynamodb: tables, sqs: targetsOf("sqs"), sns: targetsOf("sns") };
    const writtenServices = Object.entries(written).flatMap(([service, arns]) =>
        arns.length > 0 ? service : [],
    );
    return policyDocument(
        emrfsStatements([
            ...locations.flatMap(({ folders, jobflow }) =>
                folders.map((folder) => ({ folder, access: jobflow })),
            ),
            ...args.readFolders
                .filter(({ bucket }) => !hosted.includes(bucket)) // The next statement covers them.
                .map((folder) => ({ folder, access: "read" as const })),
        ]),
        {
            Sid: "ReadHostedAssets",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: hosted.map(bucketArn).flatMap((bucket) => [bucket, `${bucket}/*`]),
        },
        denyReports(locations),
        allow(
            "ReadBootstrapScripts",
            "s3:GetObject",
            args.bootstrapScripts.map((script) => objectArn(script, "").slice(0, -1)),
        ),
        readArchives(args.certificateArchives),
        keyUse(args.keyArn),
        existingKeys({
            ...keys,
            sid: "UseExistingKeys",
            services: ["s3", ...writtenServices],
            write: writtenServices.length > 0 || locations.some(({ managed }) => !managed),
        }),
        parameters.length === 0
            ? []
            : existingKeys({
                  ...keys,
                  sid: "DecryptSsmParameters",
                  services: ["ssm"],
                  write: false,
                  // https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
                  context: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
              }),
        allow(
            "UseDynamodbTables",
            ["dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"],
            tables,
        ),
        allow("ReadSsmParameters", "ssm:GetParameter", parameters),
        allow("SendToQueues", "sqs:SendMessage", written.sqs),
        allow("PublishToTopics", "sns:Publish", written.sns),
    );
}

/**
 * Denies changes of the manifests, reports and records of `encrypt-existing`, which lie below `log`: who forges a report
 * hides objects that were not copied. A Deny also holds against `access.policyArns`.
 */
function denyReports(locations: readonly ResolvedLocation[]): readonly Statement[] {
    const reports = foldersOf(locations, "log").map((folder) => objectArn(reportsIn(folder), "*"));
    const change = ["s3:PutObject*", "s3:DeleteObject*", "s3:AbortMultipartUpload"];
    return allow("DenyReports", change, reports).map((statement) => ({ ...statement, Effect: "Deny" }));
}

function readArchives(certificateArchives: string): Statement {
    return {
        Sid: "ReadCertificateArchives",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: certificateArchives,
    };
}

export function passRole(sid: string, roleArn: string, service: string): Statement {
    return {
        Sid: sid,
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: roleArn,
        Condition: { StringEquals: { "iam:PassedToService": service } },
    };
}

export function createServiceLinkedRole(sid: string, roleArn: string, service: string): Statement {
    return {
        Sid: sid,
        Effect: "Allow",
        Action: "iam:CreateServiceLinkedRole",
        Resource: roleArn,
        Condition: { StringEquals: { "iam:AWSServiceName": service } },
    };
}
