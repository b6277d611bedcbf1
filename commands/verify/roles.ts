import type { IAM } from "@aws-sdk/client-iam";
import { canonicalStatement } from "../../components/checks/document-differences";
import { arn } from "../../components/domain/arn";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import { documentDigest, type PolicyDocument } from "../../components/policies/document";
import { jobflowRoleTrust, SERVICES, serviceRoleTrust } from "../../components/policies/emr-roles";
import { reencryptionRoleTrust } from "../../components/policies/reencryption";
import { reminderRoleTrust } from "../../components/policies/renewal-reminder";
import { bucketArn } from "../../components/policies/s3-access";
import { baseName, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { ask, type Context, type Evidence, restore } from "./control";
import { isPolicyReadable, KEY_ACTIONS, keyPolicyOf } from "./key";
import { bucketsOf } from "./s3";
import {
    accountOf,
    describeStatement,
    givesAccess,
    isForAction,
    isForOthers,
    type LiveStatement,
    list,
    principalsOf,
    statementsOf,
    touches,
    uncovered,
} from "./statements";

interface Role {
    readonly name: string;
    readonly service: string;
    /** As the stack writes it. */
    readonly trust: PolicyDocument;
    /** Undefined for an existing role. */
    readonly policies: AttachedPolicies | undefined;
}

function rolesOf({ serviceRole, jobflowRole, forCommands }: StackOutputs): readonly Role[] {
    const { accountId, region, rolePolicies, reencryptionRoleArn, reminderSchedule } = forCommands;
    const roles = [
        [serviceRole, SERVICES.serviceRole, serviceRoleTrust(accountId, region), rolePolicies.serviceRole],
        [jobflowRole, SERVICES.jobflowRole, jobflowRoleTrust(), rolePolicies.jobflowRole],
        [
            reencryptionRoleArn,
            "batchoperations.s3.amazonaws.com",
            reencryptionRoleTrust(),
            rolePolicies.reencryptionRole,
        ],
        [
            reminderSchedule?.roleArn,
            "scheduler.amazonaws.com",
            reminderRoleTrust(accountId, region),
            rolePolicies.reminderRole,
        ],
    ] as const;
    return roles.flatMap(([role, service, trust, policies]) =>
        role ? [{ name: baseName(role), service, trust, policies }] : [],
    );
}

/** Who may assume the roles, and whether the instance profile holds the jobflow role. */
export async function roleTrust(context: Context): Promise<readonly Evidence[]> {
    const { clients, outputs } = context;
    const { accountId } = outputs.forCommands;
    const trusts = rolesOf(outputs).map(({ name, service, trust, policies }) => {
        const line = {
            subject: `role ${name}: trust policy`,
            expected: policies ? `${service} only` : `${service}, and no other account`,
            fix: policies ? restore(outputs) : "change the role's trust policy",
        };
        return ask(line, async () => {
            const { Role } = await clients.iam.getRole({ RoleName: name });
            const live = statementsOf(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "{}"));
            const own = trust.Statement.map(canonicalStatement);
            const isAdded = (statement: LiveStatement) =>
                policies ? !own.includes(canonicalStatement(statement)) : isForOthers(statement, [accountId]);
            const added = live.filter((each) => each.Effect === "Allow" && isAdded(each));
            const ofService = live.filter(
                (each) =>
                    isForAction(each, "sts:AssumeRole") &&
                    principalsOf(each).some((principal) => [service, "*"].includes(principal)),
            );
            const isTrusted =
                ofService.some(({ Effect }) => Effect === "Allow") &&
                !ofService.some(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined);
            const missing = isTrusted ? [] : [`${service} may not assume the role`];
            return [...missing, ...added.map(describeStatement)];
        });
    });
    return (await Promise.all([...trusts, instanceProfile(context)])).flat();
}

/** EMR takes the role of the nodes from the instance profile of that name. */
function instanceProfile({ clients: { iam }, outputs }: Context): Promise<readonly Evidence[]> {
    const name = outputs.jobflowRole;
    const fix = outputs.forCommands.rolePolicies.jobflowRole
        ? restore(outputs)
        : `an instance profile ${name} that holds the role ${name}`;
    return ask({ subject: `instance profile ${name}: role`, expected: name, fix }, async () => {
        const { InstanceProfile } = await iam.getInstanceProfile({ InstanceProfileName: name });
        return InstanceProfile?.Roles?.[0]?.RoleName ?? "none";
    });
}

/** A policy of a role. */
interface Policy {
    /** The ARN of a managed policy, the name of an inline one. */
    readonly name: string;
    readonly json: string;
}

async function inlinePolicies(iam: IAM, RoleName: string): Promise<readonly Policy[]> {
    const pages = iam.paginateListRolePolicies({ RoleName });
    const names = await collect(pages, ({ PolicyNames }) => PolicyNames);
    return Promise.all(
        names.map(async (name) => {
            const { PolicyDocument = "{}" } = await iam.getRolePolicy({ RoleName, PolicyName: name });
            return { name, json: decodeURIComponent(PolicyDocument) };
        }),
    );
}

function attachedPolicies(iam: IAM, RoleName: string): Promise<readonly string[]> {
    const pages = iam.paginateListAttachedRolePolicies({ RoleName });
    return collect(pages, ({ AttachedPolicies }) =>
        AttachedPolicies?.flatMap(({ PolicyArn }) => PolicyArn ?? []),
    );
}

function managedPolicies(iam: IAM, arns: readonly string[]): Promise<readonly Policy[]> {
    return Promise.all(
        arns.map(async (PolicyArn) => {
            const { Policy } = await iam.getPolicy({ PolicyArn });
            const { PolicyVersion } = await iam.getPolicyVersion({
                PolicyArn,
                VersionId: Policy?.DefaultVersionId,
            });
            return { name: PolicyArn, json: decodeURIComponent(PolicyVersion?.Document ?? "{}") };
        }),
    );
}

/** Policies beside those of the stack that let a role of the stack at data, at the key, or at more rights. */
export async function rolePolicies(context: Context): Promise<readonly Evidence[]> {
    const { clients, outputs } = context;
    const { iam } = clients;
    const { accountId, region } = outputs.forCommands;
    const protectedArns = [
        ...bucketsOf(outputs).flatMap(({ name }) => [bucketArn(name), `${bucketArn(name)}/*`]),
        arn("s3", region, accountId, "accesspoint/*"),
        outputs.kmsKeyArn,
        arn("iam", "", accountId, "*"),
    ];
    const each = rolesOf(outputs).map(({ name, policies: own }) => {
        if (own === undefined) {
            return [];
        }
        const line = {
            subject: `role ${name}: policies`,
            expected: "no access to data, key or IAM but by the stack's policies",
            fix: `${restore(outputs)} restores the stack's policy; \`aws iam delete-role-policy\` or \`detach-role-policy\` removes another`,
        };
        return ask(line, async () => {
            const inline = (await inlinePolicies(iam, name)).filter(
                ({ json }) => documentDigest(json) !== own.policyDigest,
            );
            const others = (await attachedPolicies(iam, name)).filter(
                (attached) => !own.managedPolicyArns.includes(attached),
            );
            return [...inline, ...(await managedPolicies(iam, others))].flatMap((policy) =>
                statementsOf(policy.json)
                    .filter((live) => givesAccess(live, SENSITIVE) && touches(live, protectedArns))
                    .map((live) => `${policy.name}: ${describeStatement(live)}`),
            );
        });
    });
    return (await Promise.all(each)).flat();
}

/** The actions on data, on the key, and on either by way of IAM. */
const SENSITIVE = ["s3:*", "kms:*", "iam:*", "sts:AssumeRole*"];

/** What existing roles and an existing key must allow. */
export async function existingRequirements(context: Context): Promise<readonly Evidence[]> {
    const { requiredPolicies, serviceRole, jobflowRole } = context.outputs;
    const each = [
        roleRequirements(context, serviceRole, requiredPolicies?.serviceRole),
        roleRequirements(context, jobflowRole, requiredPolicies?.jobflowRole),
        keyRequirements(context),
    ];
    return (await Promise.all(each)).flat();
}

type Required = NonNullable<StackOutputs["requiredPolicies"]>["serviceRole"];

async function roleRequirements(
    { clients: { iam }, outputs }: Context,
    name: string,
    required: Required,
): Promise<readonly Evidence[]> {
    if (required === undefined) {
        return [];
    }
    const line = {
        subject: `role ${name}: permissions`,
        expected: "all of the output requiredPolicies",
        fix: `attach the policies that \`npx pulumi stack output requiredPolicies --stack ${outputs.forCommands.stack}\` prints`,
    };
    return ask(line, async () => {
        const attached = await attachedPolicies(iam, name);
        const documents = [...(await inlinePolicies(iam, name)), ...(await managedPolicies(iam, attached))];
        const live = documents.flatMap(({ json }) => statementsOf(json));
        const missing = required.managedPolicyArns.filter((each) => !attached.includes(each));
        const wanted = (await managedPolicies(iam, missing)).map(({ json }) => json);
        return uncovered([required.policyDocument, ...wanted].flatMap(statementsOf), () => live);
    });
}

async function keyRequirements(context: Context): Promise<readonly Evidence[]> {
    const { kmsKeyArn, kmsKeyPolicyStatements = [], serviceRole, jobflowRole, forCommands } = context.outputs;
    const { accountId, ownsKey } = forCommands;
    if (ownsKey || !isPolicyReadable(context.outputs)) {
        return [];
    }
    const line = {
        subject: `key ${kmsKeyArn}: permissions`,
        expected: "the use of the key by the roles, and all of the output kmsKeyPolicyStatements",
        fix: "change the key's policy",
    };
    /** A policy that names the account leaves the decision to IAM. */
    const root = arn("iam", "", accountId, "root");
    const isFor = (statement: LiveStatement, principals: readonly string[]) =>
        principalsOf(statement).some((live) =>
            ["*", ...principals].includes(live === accountId ? root : live),
        );
    return ask(line, async () => {
        const live = await keyPolicyOf(context);
        const named = live.flatMap(principalsOf).filter((each) => accountOf(each) === accountId);
        const use = [serviceRole, jobflowRole].map(
            (role): LiveStatement => ({
                Sid: `use by ${role}`,
                Effect: "Allow",
                Principal: { AWS: [root, ...named.filter((each) => each.endsWith(`/${role}`))] },
                Action: KEY_ACTIONS,
            }),
        );
        return uncovered([...use, ...kmsKeyPolicyStatements], (required) => {
            // The policy may name the role of Spot in place of the condition that names it.
            const spot = list(required.Condition?.StringEquals?.["aws:PrincipalArn"]);
            return live.filter((statement) => isFor(statement, [...principalsOf(required), ...spot]));
        });
    });
}
