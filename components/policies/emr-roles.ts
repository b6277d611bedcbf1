import { arn } from "../domain/arn";
import type { ResolvedLocation, S3Folder } from "../domain/locations";
import { hostedAssetsBucket, type Region } from "../domain/region";
import { allow, type PolicyDocument, policyDocument, type Statement } from "./document";
import { keyGrants, keysThroughS3, keyUse, spotRoleArn } from "./key";
import { bucketArn, emrfsStatements, objectArn } from "./s3-access";

/** The key and the archives that both roles use. */
interface NodeSecrets {
    /** The KMS key of the nodes' disks and of the certificate archives. */
    readonly keyArn: string;
    /** The ARN pattern of the certificate archives: the current one and replaced ones, which running clusters read. */
    readonly certificateArchives: string;
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
    /** Whether nodes may be Spot instances. */
    readonly spot: boolean;
}

/**
 * Allows what EMR calls and AmazonEMRServicePolicy_v2 does not allow: passing a role that does not have EMR's default
 * name, using the KMS key, and creating the service-linked role for Spot.
 */
export function serviceRolePolicy(args: ServiceRolePolicyArgs): PolicyDocument {
    return policyDocument(
        passRole("PassJobflowRoleToNodes", args.jobflowRoleArn, "ec2.amazonaws.com"),
        keyUse(args.keyArn),
        keyGrants(args.keyArn),
        readArchives(args.certificateArchives),
        args.spot
            ? createServiceLinkedRole("CreateSpotRole", spotRoleArn(args.accountId), "spot.amazonaws.com")
            : [],
    );
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
    /** The ARNs of the KMS keys that existing objects are encrypted under. */
    readonly existingKmsKeyArns: readonly string[];
}

export interface JobflowRolePolicyArgs extends NodeSecrets, JobflowGrants {
    /** The account's 12-digit number. */
    readonly accountId: string;
    readonly region: Region;
    readonly locations: readonly ResolvedLocation[];
}

/** Allows what EmrEtlRunner's steps do in each location, and what every cluster reads when it starts. */
export function jobflowRolePolicy(args: JobflowRolePolicyArgs): PolicyDocument {
    const hostedAssets = bucketArn(hostedAssetsBucket(args.region));
    const emrAssets = bucketArn(`${args.region}.elasticmapreduce`);
    return policyDocument(
        emrfsStatements([
            ...args.locations.flatMap(({ folders, jobflow }) =>
                folders.map((folder) => ({ folder, access: jobflow })),
            ),
            ...args.readFolders.map((folder) => ({ folder, access: "read" as const })),
        ]),
        {
            Sid: "ReadHostedAssets",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:ListBucket"],
            Resource: [hostedAssets, `${hostedAssets}/*`, emrAssets, `${emrAssets}/*`],
        },
        allow(
            "ReadBootstrapScripts",
            "s3:GetObject",
            args.bootstrapScripts.map((script) => objectArn(script, "").slice(0, -1)),
        ),
        readArchives(args.certificateArchives),
        keyUse(args.keyArn),
        keysThroughS3(args.existingKmsKeyArns, args.region),
        allow(
            "UseDynamodbTables",
            ["dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"],
            args.dynamodbTables.map((table) =>
                arn("dynamodb", args.region, args.accountId, `table/${table}`),
            ),
        ),
        allow(
            "ReadSsmParameters",
            "ssm:GetParameter",
            args.ssmParameters.map((name) =>
                arn("ssm", args.region, args.accountId, `parameter/${name.replace(/^\//, "")}`),
            ),
        ),
    );
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
