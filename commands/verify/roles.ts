import type { IAM } from "@aws-sdk/client-iam";
import { arn } from "../../components/domain/arn";
import { documentDigest } from "../../components/policies/document";
import { jobflowRoleTrust, serviceRoleTrust } from "../../components/policies/emr-roles";
import { reencryptionRoleTrust } from "../../components/policies/reencryption";
import { reminderRoleTrust } from "../../components/policies/renewal-reminder";
import { bucketArn } from "../../components/policies/s3-access";
import { baseName, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { bucketsOf } from "./buckets";
import { type Context, type Observation, restore } from "./control";
import {
    describeStatement,
    givesAccess,
    isFor,
    isForOthers,
    type LiveStatement,
    notAmong,
    principalsOf,
    statementsOf,
    touches,
    uncovered,
} from "./statements";

/** The roles with their trust policies as the stack writes them, each for one service; `policies`: undefined if a role exists. */
function rolesOf({ serviceRole, jobflowRole, forCommands }: StackOutputs) {
    const { accountId, region, rolePolicies, reencryptionRoleArn, reminderSchedule } = forCommands;
    const roles = [
        [serviceRole, serviceRoleTrust(accountId, region), rolePolicies.serviceRole],
        [jobflowRole, jobflowRoleTrust(), rolePolicies.jobflowRole],
        [reencryptionRoleArn, reencryptionRoleTrust(), rolePolicies.reencryptionRole],
        [reminderSchedule?.roleArn, reminderRoleTrust(accountId, region), rolePolicies.reminderRole],
    ] as const;
    return roles.flatMap(([role, trust, policies]) =>
        role ? [{ name: baseName(role), trust, policies }] : [],
    );
}

/** Who may assume the roles, and whether the instance profile holds the jobflow role. */
export function roleTrust(context: Context): readonly Observation[] {
    const { clients, outputs } = context;
    const { accountId } = outputs.forCommands;
    const trusts = rolesOf(outputs).map(({ name, trust, policies }) => {
        const [service = ""] = trust.Statement.flatMap(principalsOf);
        const isAdded = policies
            ? notAmong(trust.Statement)
            : (statement: LiveStatement) => isForOthers(statement, [accountId]);
        return {
            subject: `role ${name}: trust policy`,
            expected: policies ? `${service} only` : `${service}, and no other account`,
            fix: policies ? restore(outputs) : "change the role's trust policy",
            found: async () => {
                const { Role } = await clients.iam.getRole({ RoleName: name });
                const live = statementsOf(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "{}"));
                const added = live.filter((each) => each.Effect === "Allow" && isAdded(each));
                const ofService = live.filter(
                    (each) =>
                        isFor(each, "Action", "sts:AssumeRole") &&
                        principalsOf(each).some((principal) => [service, "*"].includes(principal)),
                );
                const isTrusted =
                    ofService.some(({ Effect }) => Effect === "Allow") &&
                    !ofService.some(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined);
                const missing = isTrusted ? [] : [`${service} may not assume the role`];
                return [...missing, ...added.map(describeStatement)];
            },
        };
    });
    return [...trusts, instanceProfile(context)];
}

/** EMR takes the role of the nodes from the instance profile of that name. */
function instanceProfile({ clients: { iam }, outputs }: Context): Observation {
    const name = outputs.jobflowRole;
    return {
        subject: `instance profile ${name}: role`,
        expected: name,
        fix: outputs.forCommands.rolePolicies.jobflowRole
            ? restore(outputs)
            : `an instance profile ${name} that holds the role ${name}`,
        found: async () => {
            const { InstanceProfile } = await iam.getInstanceProfile({ InstanceProfileName: name });
            return InstanceProfile?.Roles?.[0]?.RoleName ?? "none";
        },
    };
}

async function inlinePolicies(iam: IAM, RoleName: string) {
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
    return collect(pages, ({ AttachedPolicies: all }) => all?.map(({ PolicyArn = "" }) => PolicyArn));
}

function managedPolicies(iam: IAM, arns: readonly string[]) {
    return Promise.all(
        arns.map(async (PolicyArn) => {
            const VersionId = (await iam.getPolicy({ PolicyArn })).Policy?.DefaultVersionId;
            const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId });
            return { name: PolicyArn, json: decodeURIComponent(PolicyVersion?.Document ?? "{}") };
        }),
    );
}

/** The actions on data, on the key, and on either by way of IAM. */
const SENSITIVE = ["s3:*", "kms:*", "iam:*", "sts:AssumeRole*"];

/** Policies beside those of the stack that let a role of the stack at data, at the key, or at more rights. */
export function rolePolicies({ clients: { iam }, outputs }: Context): readonly Observation[] {
    const { accountId, region } = outputs.forCommands;
    const protectedArns = [
        ...bucketsOf(outputs).flatMap(({ name }) => [bucketArn(name), `${bucketArn(name)}/*`]),
        arn("s3", region, accountId, "accesspoint/*"),
        outputs.kmsKeyArn,
        arn("iam", "", accountId, "*"),
    ];
    return rolesOf(outputs).flatMap(({ name, policies: own }) => {
        if (own === undefined) {
            return [];
        }
        return {
            subject: `role ${name}: policies`,
            expected: "no access to data, key or IAM but by the stack's policies",
            fix: `${restore(outputs)} restores the stack's policy; \`aws iam delete-role-policy\` or \`detach-role-policy\` removes another`,
            found: async () => {
                const inline = await inlinePolicies(iam, name);
                const attached = await attachedPolicies(iam, name);
                const added = attached.filter((each) => !own.managedPolicyArns.includes(each));
                return [...inline, ...(await managedPolicies(iam, added))]
                    .filter(({ json }) => documentDigest(json) !== own.policyDigest)
                    .flatMap((policy) =>
                        statementsOf(policy.json)
                            .filter((live) => givesAccess(live, SENSITIVE) && touches(live, protectedArns))
                            .map((live) => `${policy.name}: ${describeStatement(live)}`),
                    );
            },
        };
    });
}

/** What existing roles must allow. */
export function roleRequirements({ clients: { iam }, outputs }: Context): readonly Observation[] {
    return (["serviceRole", "jobflowRole"] as const).flatMap((role) => {
        const name = outputs[role];
        const required = outputs.requiredPolicies?.[role];
        if (required === undefined) {
            return [];
        }
        return {
            subject: `role ${name}: permissions`,
            expected: "all of the output requiredPolicies",
            fix: `attach the policies that \`npx pulumi stack output requiredPolicies --stack ${outputs.forCommands.stack}\` prints`,
            found: async () => {
                const attached = await attachedPolicies(iam, name);
                const inline = await inlinePolicies(iam, name);
                const managed = await managedPolicies(iam, attached);
                const missing = required.managedPolicyArns.filter((each) => !attached.includes(each));
                const wanted = [{ json: required.policyDocument }, ...(await managedPolicies(iam, missing))];
                const statementsIn = (policies: readonly { readonly json: string }[]) =>
                    policies.flatMap(({ json }) => statementsOf(json));
                return uncovered(statementsIn(wanted), () => statementsIn([...inline, ...managed]));
            },
        };
    });
}
