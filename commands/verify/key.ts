import type { KMS } from "@aws-sdk/client-kms";
import { canonicalStatement } from "../../components/checks/document-differences";
import { checkKeyState, KEY_SPEC, KEY_USAGE } from "../../components/checks/key";
import { arn, parseArn } from "../../components/domain/arn";
import { keyPolicy, keyUse } from "../../components/policies/key";
import { collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { ask, type Context, type Evidence, observe, restore } from "./control";
import {
    describeStatement,
    givesAccess,
    isForEveryone,
    isForOthers,
    type LiveStatement,
    list,
    principalsOf,
    statementsOf,
} from "./statements";

/** The key can be used now, by what encrypts disks; a key of the stack rotates. */
export async function keyUsable({ clients: { kms }, outputs }: Context): Promise<readonly Evidence[]> {
    const { kmsKeyArn, forCommands } = outputs;
    const { region, ownsKey } = forCommands;
    const fix = ownsKey
        ? "what the key encrypted is lost; restore the key within its waiting period"
        : `a symmetric key of ${region} in encryption.kmsKeyArn`;
    const state = { subject: `key ${kmsKeyArn}: state`, expected: "Enabled", fix };
    if (parseArn(kmsKeyArn).region !== region) {
        return [observe({ ...state, expected: region }, parseArn(kmsKeyArn).region)];
    }
    return ask(state, async () => {
        const { KeyMetadata = {} as never } = await kms.describeKey({ KeyId: kmsKeyArn });
        const { KeyState, DeletionDate, KeyUsage, KeySpec, Origin } = KeyMetadata;
        const bad = checkKeyState(kmsKeyArn, KeyState);
        const ends = DeletionDate ? `, on ${DeletionDate.toISOString().slice(0, 10)}` : "";
        const kind = {
            subject: `key ${kmsKeyArn}: kind`,
            expected: `${KEY_SPEC} for ${KEY_USAGE}`,
            fix,
        };
        return [
            observe(
                { ...state, fix: bad?.fix === undefined ? (bad?.expected ?? "") : `\`${bad.fix}\`` },
                `${KeyState}${ends}`,
            ),
            observe(kind, `${KeySpec} for ${KeyUsage}`),
            // KMS reports no rotation of a key that is to be deleted.
            ...(ownsKey && !DeletionDate && Origin === "AWS_KMS"
                ? await rotation(kms, kmsKeyArn, region)
                : []),
        ];
    });
}

function rotation(kms: KMS, KeyId: string, region: string): Promise<readonly Evidence[]> {
    const fix = `\`aws kms enable-key-rotation --region ${region} --key-id ${KeyId}\``;
    return ask({ subject: `key ${KeyId}: rotation`, expected: "on", fix }, async () => {
        const { KeyRotationEnabled } = await kms.getKeyRotationStatus({ KeyId });
        return KeyRotationEnabled ? "on" : "off";
    });
}

/** Who may use the key, by its policy and by grants: a key of the stack leaves all decisions but Spot's to IAM. */
export async function keyAccess(context: Context): Promise<readonly Evidence[]> {
    const { jobflowRole, serviceRole, forCommands } = context.outputs;
    const { accountId, ownsKey } = forCommands;
    if (!ownsKey) {
        return policyAccess(context, "no access for everyone", isForEveryone);
    }
    const own = keyPolicy(accountId, true).Statement.map(canonicalStatement);
    const root = [accountId, arn("iam", "", accountId, "root")];
    const isAdded = (statement: LiveStatement) =>
        !own.includes(canonicalStatement(statement)) &&
        !principalsOf(statement).every((principal) => root.includes(principal));
    // EC2 holds the grant for a volume under a role of its own.
    const roles = [jobflowRole, serviceRole, "AWSServiceRoleForEC2Spot", "aws:ec2-infrastructure"];
    const isKnown = (principal: string) =>
        principal.split(":")[4] === accountId && roles.some((role) => principal.split("/").includes(role));
    return [
        ...(await policyAccess(context, "no access but through IAM of this account, and for Spot", isAdded)),
        ...(await grantAccess(context, "only for AWS services, the stack's roles and Spot", isKnown)),
    ];
}

/** Which other accounts may use an existing key; its own account may. */
export async function existingKeyAccess(context: Context): Promise<readonly Evidence[]> {
    const { kmsKeyArn, forCommands } = context.outputs;
    if (forCommands.ownsKey) {
        return [];
    }
    const accounts = [forCommands.accountId, parseArn(kmsKeyArn).account];
    const isKnown = (principal: string) => accounts.includes(principal.split(":")[4] ?? "");
    return [
        ...(await policyAccess(context, "no access for other accounts", (live) =>
            isForOthers(live, accounts),
        )),
        ...(await grantAccess(context, "only for AWS services and principals of this account", isKnown)),
    ];
}

async function policyAccess(
    context: Context,
    expected: string,
    isAdded: (statement: LiveStatement) => boolean,
): Promise<readonly Evidence[]> {
    const { kmsKeyArn, forCommands } = context.outputs;
    const fix = forCommands.ownsKey
        ? restore(context.outputs)
        : "remove the statement from the key's policy, or keep it if you know the account";
    if (!isPolicyReadable(context.outputs)) {
        return [];
    }
    return ask({ subject: `key ${kmsKeyArn}: policy`, expected, fix }, async () =>
        (await keyPolicyOf(context))
            .filter((statement) => givesAccess(statement, ["kms:*"]) && isAdded(statement))
            .map(describeStatement),
    );
}

/**
 * KMS shows a key's policy to the key's account only.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 */
export function isPolicyReadable({ kmsKeyArn, forCommands }: StackOutputs): boolean {
    return parseArn(kmsKeyArn).account === forCommands.accountId;
}

export async function keyPolicyOf({ clients: { kms }, outputs }: Context): Promise<readonly LiveStatement[]> {
    const { kmsKeyArn } = outputs;
    const { Policy = "{}" } = await kms.getKeyPolicy({ KeyId: kmsKeyArn, PolicyName: "default" });
    return statementsOf(Policy);
}

function grantAccess(
    { clients: { kms }, outputs }: Context,
    expected: string,
    isKnown: (principal: string) => boolean,
): Promise<readonly Evidence[]> {
    const { kmsKeyArn } = outputs;
    const fix = `\`aws kms revoke-grant --key-id ${kmsKeyArn} --grant-id ID\``;
    return ask({ subject: `key ${kmsKeyArn}: grants`, expected, fix }, async () => {
        const pages = kms.paginateListGrants({ KeyId: kmsKeyArn });
        const grants = await collect(pages, ({ Grants }) => Grants);
        return grants
            .map(({ GranteePrincipal: who = "", ...grant }) => ({ who, ...grant }))
            .filter(({ who }) => !/(^|\.)amazonaws\.com$/.test(who) && !isKnown(who))
            .map(({ GrantId, who, Operations = [] }) => `${GrantId}: ${who} may ${Operations.join(", ")}`);
    });
}

export const KEY_ACTIONS = list(keyUse("").Action);
