import { accountArn } from "../../components/checks/document-differences";
import { checkKeyState, KEY_SPEC, KEY_USAGE } from "../../components/checks/key";
import { parseArn } from "../../components/domain/arn";
import { formatDay } from "../../components/domain/time";
import { keyPolicy, keyUse } from "../../components/policies/key";
import { baseName, collect } from "../aws";
import { type Context, type Found, type Line, type Observation, restore } from "./control";
import {
    accountOf,
    describeStatement,
    givesAccess,
    isForEveryone,
    isForOthers,
    type LiveStatement,
    list,
    notAmong,
    principalsOf,
    statementsOf,
    uncovered,
} from "./statements";

/** The key can be used now, by what encrypts disks; a key of the stack rotates. */
export function keyUsable({ clients: { kms }, outputs }: Context): Observation {
    const { kmsKeyArn, forCommands } = outputs;
    const { region, ownsKey } = forCommands;
    return {
        subject: `key ${kmsKeyArn}: state`,
        expected: "Enabled",
        fix: ownsKey
            ? "what the key encrypted is lost; restore the key within its waiting period"
            : `a symmetric key of ${region} in encryption.kmsKeyArn`,
        found: async () => {
            const { KeyMetadata: key } = await kms.describeKey({ KeyId: kmsKeyArn });
            const bad = checkKeyState(kmsKeyArn, key?.KeyState);
            const ends = key?.DeletionDate ? `, on ${formatDay(key.DeletionDate)}` : "";
            const state = {
                fix: bad?.fix === undefined ? bad?.expected : `\`${bad.fix}\``,
                found: `${key?.KeyState}${ends}`,
            };
            const kind = {
                subject: `key ${kmsKeyArn}: kind`,
                expected: `${KEY_SPEC} for ${KEY_USAGE}`,
                found: `${key?.KeySpec} for ${key?.KeyUsage}`,
            };
            const rotation = {
                subject: `key ${kmsKeyArn}: rotation`,
                expected: "on",
                fix: `\`aws kms enable-key-rotation --region ${region} --key-id ${kmsKeyArn}\``,
                found: async () =>
                    (await kms.getKeyRotationStatus({ KeyId: kmsKeyArn })).KeyRotationEnabled ? "on" : "off",
            };
            // KMS reports no rotation of a key that is to be deleted.
            const rotates = ownsKey && !key?.DeletionDate && key?.Origin === "AWS_KMS";
            return [state, kind, ...(rotates ? [rotation] : [])];
        },
    };
}

/** Who may use the key, by its policy and by grants: a key of the stack leaves all decisions but Spot's to IAM. */
export function keyAccess(context: Context): readonly Observation[] {
    const { jobflowRole, serviceRole, forCommands } = context.outputs;
    const { accountId, ownsKey } = forCommands;
    if (!ownsKey) {
        return policyAccess(context, "no access for everyone", isForEveryone);
    }
    const isNew = notAmong(keyPolicy(accountId, true).Statement);
    const isAdded = (statement: LiveStatement) =>
        isNew(statement) && principalsOf(statement).some((principal) => principal !== accountArn(accountId));
    // EC2 holds the grant for a volume under a role of its own.
    const roles = [jobflowRole, serviceRole, "AWSServiceRoleForEC2Spot", "aws:ec2-infrastructure"];
    const isKnown = (principal: string) =>
        accountOf(principal) === accountId && roles.some((role) => principal.split("/").includes(role));
    return [
        ...policyAccess(context, "no access but through IAM of this account, and for Spot", isAdded),
        grantAccess(context, "only for AWS services, the stack's roles and Spot", isKnown),
    ];
}

/** Which other accounts may use an existing key; its own account may. */
export function existingKeyAccess(context: Context): readonly Observation[] {
    const { kmsKeyArn, forCommands } = context.outputs;
    const accounts = [forCommands.accountId, parseArn(kmsKeyArn).account];
    const isForeign = (live: LiveStatement) => isForOthers(live, accounts);
    const isKnown = (principal: string) => accounts.includes(accountOf(principal) ?? "");
    return forCommands.ownsKey
        ? []
        : [
              ...policyAccess(context, "no access for other accounts", isForeign),
              grantAccess(context, "only for AWS services and principals of this account", isKnown),
          ];
}

function policyAccess(
    context: Context,
    expected: string,
    isAdded: (statement: LiveStatement) => boolean,
): readonly Observation[] {
    const { kmsKeyArn, forCommands } = context.outputs;
    const fix = forCommands.ownsKey
        ? restore(context.outputs)
        : "remove the statement from the key's policy, or keep it if you know the account";
    return ofPolicy(context, { subject: `key ${kmsKeyArn}: policy`, expected, fix }, (live) =>
        live
            .filter((statement) => givesAccess(statement, ["kms:*"]) && isAdded(statement))
            .map(describeStatement),
    );
}

/**
 * An observation of the key's policy, which KMS shows to the key's account only.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 */
function ofPolicy(
    { clients: { kms }, outputs: { kmsKeyArn, forCommands } }: Context,
    line: Line,
    judge: (live: readonly LiveStatement[]) => Found,
): readonly Observation[] {
    const found = async () => {
        const { Policy } = await kms.getKeyPolicy({ KeyId: kmsKeyArn, PolicyName: "default" });
        return judge(statementsOf(Policy));
    };
    return accountOf(kmsKeyArn) === forCommands.accountId ? [{ ...line, found }] : [];
}

function grantAccess(
    { clients: { kms }, outputs: { kmsKeyArn } }: Context,
    expected: string,
    isKnown: (principal: string) => boolean,
): Observation {
    return {
        subject: `key ${kmsKeyArn}: grants`,
        expected,
        fix: `\`aws kms revoke-grant --key-id ${kmsKeyArn} --grant-id ID\``,
        found: async () => {
            const pages = kms.paginateListGrants({ KeyId: kmsKeyArn });
            const grants = await collect(pages, ({ Grants }) => Grants);
            return grants
                .map(({ GranteePrincipal: who = "", ...grant }) => ({ who, ...grant }))
                .filter(({ who }) => !/(^|\.)amazonaws\.com$/.test(who) && !isKnown(who))
                .map(
                    ({ GrantId, who, Operations = [] }) => `${GrantId}: ${who} may ${Operations.join(", ")}`,
                );
        },
    };
}

/** What the policy of an existing key must allow. */
export function keyRequirements(context: Context): readonly Observation[] {
    const { kmsKeyArn, kmsKeyPolicyStatements = [], serviceRole, jobflowRole, forCommands } = context.outputs;
    /** A policy that names the account leaves the decision to IAM. */
    const root = accountArn(forCommands.accountId);
    const line = {
        subject: `key ${kmsKeyArn}: permissions`,
        expected: "the use of the key by the roles, and all of the output kmsKeyPolicyStatements",
        fix: "change the key's policy",
    };
    const found = (live: readonly LiveStatement[]) => {
        const named = live.flatMap(principalsOf).filter((each) => accountOf(each) === forCommands.accountId);
        const use = [serviceRole, jobflowRole].map((role) => ({
            ...keyUse("*"),
            Sid: `use by ${role}`,
            Principal: { AWS: [root, ...named.filter((each) => baseName(each) === role)] },
        }));
        return uncovered([...use, ...kmsKeyPolicyStatements], (required) => {
            // The policy may name the role of Spot in place of the condition that names it.
            const spot = list(required.Condition?.StringEquals?.["aws:PrincipalArn"]);
            const principals = ["*", ...principalsOf(required), ...spot];
            return live.filter((each) => principalsOf(each).some((who) => principals.includes(who)));
        });
    };
    return forCommands.ownsKey ? [] : ofPolicy(context, line, found);
}
