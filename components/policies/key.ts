import { arn } from "../region";
import { type PolicyDocument, policyDocument, type Statement } from "./document";

/**
 * What LUKS and EBS encryption need of a key.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
 */
const KEY_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

export function keyUse(keyArn: string): Statement {
    return { Sid: "UseKey", Effect: "Allow", Action: KEY_USE, Resource: keyArn };
}

/** A statement of its own: the condition's key is absent from the calls of `keyUse`, and would make them fail. */
export function keyGrants(keyArn: string): Statement {
    return {
        Sid: "GrantKeyToAwsResources",
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: keyArn,
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    };
}

/** Reading objects that other keys encrypted, through S3 alone. */
export function keysThroughS3(keyArns: readonly string[], region: string): readonly Statement[] {
    if (keyArns.length === 0) {
        return [];
    }
    return [
        {
            Sid: "DecryptExistingObjects",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: keyArns,
            Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
        },
    ];
}

/**
 * The key's own policy hands control to IAM: each role's inline policy grants the use. A key policy that named the
 * roles, whose policies name the key, would be a cycle.
 *
 * Spot instances are launched by a service-linked role that has no policy of ours. It is named by a condition: a
 * principal that does not exist yet makes KMS refuse the whole policy.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
 */
export function keyPolicy(accountId: string, spot: boolean): PolicyDocument {
    const spotRole = {
        "kms:CallerAccount": accountId,
        "aws:PrincipalArn": arn(
            "iam",
            "",
            accountId,
            "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
        ),
    };
    const delegation: Statement = {
        Sid: "DelegateToIam",
        Effect: "Allow",
        Principal: { AWS: arn("iam", "", accountId, "root") },
        Action: "kms:*",
        Resource: "*", // In a key's policy: this key.
    };
    if (!spot) {
        return policyDocument(delegation);
    }
    return policyDocument(
        delegation,
        {
            Sid: "SpotUsesKey",
            Effect: "Allow",
            Principal: "*",
            Action: KEY_USE,
            Resource: "*",
            Condition: { StringEquals: spotRole },
        },
        {
            Sid: "SpotGrantsKey",
            Effect: "Allow",
            Principal: "*",
            Action: "kms:CreateGrant",
            Resource: "*",
            Condition: { StringEquals: spotRole, Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
    );
}
