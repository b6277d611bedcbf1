import { arn, parseArn } from "../domain/arn";
import { allow, type PolicyDocument, policyDocument, type Statement } from "./document";

/**
 * The calls of LUKS and EBS encryption on a key.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
 */
const KEY_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

export function keyUse(keyArn: string): Statement {
    return { Sid: "UseKey", Effect: "Allow", Action: KEY_USE, Resource: keyArn };
}

/** A statement apart from `keyUse`, whose calls do not carry the condition's key and would be denied. */
export function keyGrants(keyArn: string): Statement {
    return {
        Sid: "GrantKeyToAwsResources",
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: keyArn,
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    };
}

/** Keys that encrypt existing data, and the services that call KMS with them for their own callers. */
export interface ExistingKeys {
    readonly sid: string;
    readonly keyArns: readonly string[];
    readonly region: string;
    /** The services, such as `s3`. */
    readonly services: readonly string[];
    /** Whether data is written under the keys too: under a bucket's default encryption, or into a table. */
    readonly write: boolean;
    /** Additional condition keys. */
    readonly context?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Allows to read, or to read and write, data that a service encrypts under keys, through that service only.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function existingKeys(keys: ExistingKeys): readonly Statement[] {
    const actions = keys.write ? ["kms:Decrypt", "kms:GenerateDataKey"] : "kms:Decrypt";
    const services = keys.services.map((service) => `${service}.${keys.region}.amazonaws.com`);
    return allow(keys.sid, actions, keys.keyArns).map((statement) => ({
        ...statement,
        Condition: { StringEquals: { "kms:ViaService": services, ...keys.context } },
    }));
}

/**
 * The policy of the stack's key. It delegates to IAM: each role's inline policy grants the use of the key. If the key's
 * policy named the roles, the key and the roles would depend on each other.
 *
 * A service-linked role launches Spot instances. The stack cannot attach a policy to it, so the key's policy allows it:
 * by a condition, because KMS refuses a policy with a principal that does not exist yet.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
 */
export function keyPolicy(accountId: string, spot: boolean): PolicyDocument {
    return policyDocument(
        {
            Sid: "DelegateToIam",
            Effect: "Allow",
            Principal: { AWS: accountRoot(accountId) },
            Action: "kms:*",
            Resource: "*", // In a key's policy, `*` is this key.
        },
        spot ? spotStatements(accountId) : [],
    );
}

/**
 * The statements that the policy of an existing key must have; undefined if none. A key of the stack's account delegates
 * to IAM, as KMS's default policy does, and the roles' policies grant its use. A key of another account must allow the
 * stack's whole account, because the roles do not exist before the first `up`, and KMS refuses a principal that does not
 * exist.
 */
export function existingKeyStatements(
    keyArn: string,
    accountId: string,
    spot: boolean,
): readonly Statement[] | undefined {
    if (parseArn(keyArn).account === accountId) {
        return spot ? spotStatements(accountId) : undefined;
    }
    return useStatements({ AWS: accountRoot(accountId) }, "Account");
}

function spotStatements(accountId: string): readonly Statement[] {
    const spotRole = { "kms:CallerAccount": accountId, "aws:PrincipalArn": spotRoleArn(accountId) };
    // Not `"*"`: the KMS console does not save a key policy with it.
    return useStatements({ AWS: "*" }, "Spot", { StringEquals: spotRole });
}

/** The service-linked role that launches Spot instances. */
export function spotRoleArn(accountId: string): string {
    const role = "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot";
    return arn("iam", "", accountId, role);
}

function accountRoot(accountId: string): string {
    return arn("iam", "", accountId, "root");
}

/** The statements of a key's policy that let a principal encrypt disks with the key. */
function useStatements(
    principal: Statement["Principal"],
    name: string,
    condition?: Statement["Condition"],
): readonly Statement[] {
    return [
        {
            Sid: `${name}UsesKey`,
            Effect: "Allow",
            Principal: principal,
            Action: KEY_USE,
            Resource: "*",
            ...(condition && { Condition: condition }),
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
