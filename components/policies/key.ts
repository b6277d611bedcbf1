import { arn } from "../domain/region";
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
    return policyDocument(
        {
            Sid: "DelegateToIam",
            Effect: "Allow",
            Principal: { AWS: accountRoot(accountId) },
            Action: "kms:*",
            Resource: "*", // In a key's policy: this key.
        },
        spot ? spotStatements(accountId) : [],
    );
}

/**
 * What the policy of a key that is not the stack's must say; undefined: nothing. In the stack's own account, IAM says
 * the rest, as long as the key's policy delegates to it. Another account's lets this one in as a whole, and IAM here
 * decides: the roles do not exist before the first `up`, and KMS refuses a principal that does not.
 */
export function existingKeyStatements(
    keyArn: string,
    accountId: string,
    spot: boolean,
): readonly Statement[] | undefined {
    const own = keyArn.split(":")[4] === accountId;
    if (own) {
        return spot ? spotStatements(accountId) : undefined;
    }
    return usersStatements({ AWS: accountRoot(accountId) }, "Account", {});
}

function spotStatements(accountId: string): readonly Statement[] {
    const spotRole = {
        "kms:CallerAccount": accountId,
        "aws:PrincipalArn": arn(
            "iam",
            "",
            accountId,
            "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
        ),
    };
    return usersStatements("*", "Spot", { StringEquals: spotRole });
}

function accountRoot(accountId: string): string {
    return arn("iam", "", accountId, "root");
}

function usersStatements(
    principal: Statement["Principal"],
    name: string,
    condition: NonNullable<Statement["Condition"]>,
): readonly Statement[] {
    return [
        {
            Sid: `${name}UsesKey`,
            Effect: "Allow",
            Principal: principal,
            Action: KEY_USE,
            Resource: "*",
            ...(Object.keys(condition).length > 0 && { Condition: condition }),
        },
        {
            Sid: `${name}GrantsKey`,
            Effect: "Allow",
            Principal: principal,
            Action: "kms:CreateGrant",
            Resource: "*",
            Condition: { ...condition, Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
    ];
}
