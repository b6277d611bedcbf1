import { arn, parseArn } from "../domain/arn";
import { type PolicyDocument, policyDocument, type Statement } from "./document";

/**
 * What LUKS and EBS encryption call on a key.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
 */
const KEY_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

export function keyUse(keyArn: string): Statement {
    return { Sid: "UseKey", Effect: "Allow", Action: KEY_USE, Resource: keyArn };
}

/** A separate statement: the calls of `keyUse` do not carry the condition's key, and would be denied. */
export function keyGrants(keyArn: string): Statement {
    return {
        Sid: "GrantKeyToAwsResources",
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: keyArn,
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    };
}

/** Allows to read objects that other keys encrypt, through S3 only. */
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
 * The key's policy delegates to IAM: each role's inline policy grants the use of the key. If the key's policy named the
 * roles, the key and the roles would depend on each other.
 *
 * A service-linked role, which no policy of ours reaches, launches Spot instances. A condition names it, because KMS
 * refuses a policy with a principal that does not exist yet.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
 */
export function keyPolicy(accountId: string, spot: boolean): PolicyDocument {
    return policyDocument(
        {
            Sid: "DelegateToIam",
            Effect: "Allow",
            Principal: { AWS: accountRoot(accountId) },
            Action: "kms:*",
            Resource: "*", // In a key policy, this key.
        },
        spot ? spotStatements(accountId) : [],
    );
}

/**
 * The statements that the policy of an existing key must have; undefined if none. In the stack's account, IAM grants the
 * rest, provided that the key's policy delegates to IAM. A key of another account must allow this account as a whole, and
 * IAM decides here: the roles do not exist before the first `up`, and KMS refuses a principal that does not exist.
 */
export function existingKeyStatements(
    keyArn: string,
    accountId: string,
    spot: boolean,
): readonly Statement[] | undefined {
    if (parseArn(keyArn).account === accountId) {
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
