import {
    DescribeKeyCommand,
    GetKeyPolicyCommand,
    GetKeyRotationStatusCommand,
    paginateListGrants,
} from "@aws-sdk/client-kms";
import { canonicalStatement } from "../../components/checks/document-differences";
import { checkKeyKind, checkKeyState, KEY_SPEC, KEY_USAGE } from "../../components/checks/key";
import { arn, parseArn } from "../../components/domain/arn";
import { keyPolicy, keyUse } from "../../components/policies/key";
import { call, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { ask, type Context, type Evidence, observe, observeFaults } from "./control";
import {
    accountOf,
    actionsOf,
    describeStatement,
    isForOthers,
    type LiveStatement,
    list,
    principalsOf,
    statementsOf,
} from "./statements";

/** Every action with which a caller decrypts, encrypts, passes on, or disables. */
const USE = [
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
];

/** The key can be used now, by what encrypts disks; a key of the stack rotates. */
export async function keyUsable({ clients: { kms }, outputs }: Context): Promise<readonly Evidence[]> {
    const { kmsKeyArn, forCommands } = outputs;
    const subject = `key ${kmsKeyArn}: state`;
    const { region } = forCommands;
    const another = forCommands.ownsKey
        ? "what the key encrypted is lost; restore the key within its waiting period"
        : `a symmetric key of ${region} in encryption.kmsKeyArn`;
    if (parseArn(kmsKeyArn).region !== region) {
        return [observe({ subject, expected: region, found: parseArn(kmsKeyArn).region, fix: another })];
    }
    return ask({ subject, expected: "Enabled", fix: another }, async () => {
        const { KeyMetadata = {} as never } = await call("kms:DescribeKey", kmsKeyArn, () =>
            kms.send(new DescribeKeyCommand({ KeyId: kmsKeyArn })),
        );
        const { KeyState, DeletionDate, KeyUsage, KeySpec, Origin } = KeyMetadata;
        const bad = checkKeyState(kmsKeyArn, KeyState);
        return [
            observe({
                subject,
                expected: "Enabled",
                found: DeletionDate
                    ? `${KeyState}, on ${DeletionDate.toISOString().slice(0, 10)}`
                    : `${KeyState}`,
                fix: bad?.fix === undefined ? (bad?.expected ?? "") : `\`${bad.fix}\``,
            }),
            observe({
                subject: `key ${kmsKeyArn}: kind`,
                expected: `${KEY_SPEC} for ${KEY_USAGE}`,
                found: `${KeySpec} for ${KeyUsage}`,
                isOk: checkKeyKind({ usage: KeyUsage, spec: KeySpec }) === undefined,
                fix: another,
            }),
            // KMS reports no rotation of a key that is to be deleted.
            ...(forCommands.ownsKey && !DeletionDate && Origin === "AWS_KMS"
                ? await rotation({ kms }, kmsKeyArn, region)
                : []),
        ];
    });
}

function rotation({ kms }: Pick<Context["clients"], "kms">, KeyId: string, region: string) {
    const line = {
        subject: `key ${KeyId}: rotation`,
        expected: "on",
        fix: `\`aws kms enable-key-rotation --region ${region} --key-id ${KeyId}\``,
    };
    return ask(line, async () => {
        const { KeyRotationEnabled } = await call("kms:GetKeyRotationStatus", KeyId, () =>
            kms.send(new GetKeyRotationStatusCommand({ KeyId })),
        );
        return observe({ ...line, found: KeyRotationEnabled ? "on" : "off" });
    });
}

/** Who may use the key, by its policy and by grants. */
export async function keyAccess(context: Context): Promise<readonly Evidence[]> {
    return (await Promise.all([keyPolicyAccess(context), keyGrantAccess(context)])).flat();
}

function keyPolicyAccess(context: Context): Promise<readonly Evidence[]> {
    const { kmsKeyArn, forCommands } = context.outputs;
    const subject = `key ${kmsKeyArn}: policy`;
    const expected = forCommands.ownsKey
        ? "no access but through IAM of this account, and for Spot"
        : "no access for other accounts";
    const fix = forCommands.ownsKey
        ? `\`npx pulumi up --refresh --stack ${forCommands.stack}\``
        : "remove the statement from the key's policy, or keep it if you know the account";
    return ask({ subject, expected, fix }, async () => {
        const faults = (await keyPolicyOf(context)).filter(
            (statement) =>
                statement.Effect === "Allow" &&
                actionsOf(statement, USE).length > 0 &&
                !isExpected(context.outputs, statement),
        );
        return observeFaults(subject, expected, faults.map(describeStatement), fix);
    });
}

export async function keyPolicyOf({ clients: { kms }, outputs }: Context): Promise<readonly LiveStatement[]> {
    const { kmsKeyArn } = outputs;
    const { Policy = "{}" } = await call("kms:GetKeyPolicy", kmsKeyArn, () =>
        kms.send(new GetKeyPolicyCommand({ KeyId: kmsKeyArn, PolicyName: "default" })),
    );
    return statementsOf(Policy);
}

/** A key of the stack leaves all decisions but Spot's to IAM; an existing key may name principals of its accounts. */
function isExpected({ kmsKeyArn, forCommands }: StackOutputs, statement: LiveStatement): boolean {
    const { accountId, ownsKey } = forCommands;
    if (!ownsKey) {
        return !isForOthers(statement, [accountId, parseArn(kmsKeyArn).account]);
    }
    const own = keyPolicy(accountId, true).Statement.map(canonicalStatement);
    const root = [accountId, arn("iam", "", accountId, "root")];
    return (
        own.includes(canonicalStatement(statement)) ||
        principalsOf(statement).every((principal) => root.includes(principal))
    );
}

/** Services grant EBS the use of the key for each volume; EC2 holds such a grant under a role of its own. */
const OF_SERVICES = /(^|\.)amazonaws\.com$|:assumed-role\/aws:ec2-infrastructure\//;

function keyGrantAccess({ clients: { kms }, outputs }: Context): Promise<readonly Evidence[]> {
    const { kmsKeyArn, jobflowRole, serviceRole, forCommands } = outputs;
    const { accountId, ownsKey } = forCommands;
    const subject = `key ${kmsKeyArn}: grants`;
    const expected = ownsKey
        ? "only for AWS services, the stack's roles and Spot"
        : "only for AWS services and principals of this account";
    const fix = `\`aws kms revoke-grant --key-id ${kmsKeyArn} --grant-id ID\``;
    const roles = [jobflowRole, serviceRole, "AWSServiceRoleForEC2Spot"];
    const isKnown = (principal: string) =>
        OF_SERVICES.test(principal) ||
        ((accountOf(principal) ?? principal.split(":")[4]) === accountId &&
            (!ownsKey || roles.some((role) => principal.split("/").includes(role))));
    return ask({ subject, expected, fix }, async () => {
        const pages = paginateListGrants({ client: kms }, { KeyId: kmsKeyArn });
        const grants = await collect("kms:ListGrants", kmsKeyArn, pages, ({ Grants }) => Grants);
        const faults = grants
            .filter(({ GranteePrincipal = "" }) => !isKnown(GranteePrincipal))
            .map(
                ({ GrantId, GranteePrincipal, Operations = [] }) =>
                    `${GrantId}: ${GranteePrincipal} may ${Operations.join(", ")}`,
            );
        return observeFaults(subject, expected, faults, fix);
    });
}

export const KEY_ACTIONS = list(keyUse("").Action);
