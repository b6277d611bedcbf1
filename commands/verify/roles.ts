import {
    GetInstanceProfileCommand,
    GetPolicyCommand,
    GetPolicyVersionCommand,
    GetRoleCommand,
    GetRolePolicyCommand,
    type IAMClient,
    paginateListAttachedRolePolicies,
    paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import { canonicalStatement } from "../../components/checks/document-differences";
import { arn, parseArn } from "../../components/domain/arn";
import type { AttachedPolicies } from "../../components/domain/for-commands";
import { documentDigest, type PolicyDocument } from "../../components/policies/document";
import { jobflowRoleTrust, SERVICES, serviceRoleTrust } from "../../components/policies/emr-roles";
import { reencryptionRoleTrust } from "../../components/policies/reencryption";
import { reminderRoleTrust } from "../../components/policies/renewal-reminder";
import { bucketArn } from "../../components/policies/s3-access";
import { call, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import {
    ask,
    type Context,
    type Evidence,
    observe,
    observeCoverage,
    observeFaults,
    restore,
} from "./control";
import { KEY_ACTIONS, keyPolicyOf } from "./key";
import { bucketsOf } from "./s3";
import {
    accountOf,
    actionsOf,
    describeStatement,
    isForOthers,
    type LiveStatement,
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
    const name = (roleArn: string) => parseArn(roleArn).resource.replace(/^.*\//, "");
    return [
        {
            name: serviceRole,
            service: SERVICES.serviceRole,
            trust: serviceRoleTrust(accountId, region),
            policies: rolePolicies.serviceRole,
        },
        {
            name: jobflowRole,
            service: SERVICES.jobflowRole,
            trust: jobflowRoleTrust(),
            policies: rolePolicies.jobflowRole,
        },
        ...(reencryptionRoleArn === null
            ? []
            : [
                  {
                      name: name(reencryptionRoleArn),
                      service: "batchoperations.s3.amazonaws.com",
                      trust: reencryptionRoleTrust(),
                      policies: rolePolicies.reencryptionRole,
                  },
              ]),
        ...(reminderSchedule === null
            ? []
            : [
                  {
                      name: name(reminderSchedule.roleArn),
                      service: "scheduler.amazonaws.com",
                      trust: reminderRoleTrust(accountId, region),
                      policies: rolePolicies.reminderRole,
                  },
              ]),
    ];
}

/** Who may assume the roles, and whether the instance profile holds the jobflow role. */
export async function roleTrust(context: Context): Promise<readonly Evidence[]> {
    const { clients, outputs } = context;
    const { accountId } = outputs.forCommands;
    const trusts = rolesOf(outputs).map(({ name, service, trust, policies }) => {
        const subject = `role ${name}: trust policy`;
        const expected = policies ? `${service} only` : `${service}, and no other account`;
        const fix = policies ? restore(outputs) : "change the role's trust policy";
        return ask({ subject, expected, fix }, async () => {
            const { Role } = await call("iam:GetRole", name, () =>
                clients.iam.send(new GetRoleCommand({ RoleName: name })),
            );
            const live = statementsOf(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "{}"));
            const own = policies ? trust.Statement.map(canonicalStatement) : [];
            const added = live.filter(
                (statement) =>
                    statement.Effect === "Allow" &&
                    (policies
                        ? !own.includes(canonicalStatement(statement))
                        : isForOthers(statement, [accountId])),
            );
            const isTrusted = live.some(
                (statement) =>
                    statement.Effect === "Allow" &&
                    principalsOf(statement).includes(service) &&
                    actionsOf(statement, ["sts:AssumeRole"]).length > 0,
            );
            const missing = isTrusted ? [] : [`${service} may not assume the role`];
            return observeFaults(subject, expected, [...missing, ...added.map(describeStatement)], fix);
        });
    });
    return (await Promise.all([...trusts, instanceProfile(context)])).flat();
}

/** EMR takes the role of the nodes from the instance profile of that name. */
function instanceProfile({ clients: { iam }, outputs }: Context): Promise<readonly Evidence[]> {
    const name = outputs.jobflowRole;
    const line = {
        subject: `instance profile ${name}: role`,
        expected: name,
        fix: outputs.forCommands.rolePolicies.jobflowRole
            ? restore(outputs)
            : `an instance profile ${name} that holds the role ${name}`,
    };
    return ask(line, async () => {
        const { InstanceProfile } = await call("iam:GetInstanceProfile", name, () =>
            iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })),
        );
        return observe({ ...line, found: InstanceProfile?.Roles?.[0]?.RoleName ?? "none" });
    });
}

/** A policy of a role. */
interface Policy {
    /** The ARN of a managed policy, the name of an inline one. */
    readonly name: string;
    readonly json: string;
}

async function inlinePolicies(iam: IAMClient, RoleName: string): Promise<readonly Policy[]> {
    const pages = paginateListRolePolicies({ client: iam }, { RoleName });
    const names = await collect("iam:ListRolePolicies", RoleName, pages, ({ PolicyNames }) => PolicyNames);
    return Promise.all(
        names.map(async (name) => {
            const { PolicyDocument = "{}" } = await call("iam:GetRolePolicy", `${RoleName}/${name}`, () =>
                iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: name })),
            );
            return { name, json: decodeURIComponent(PolicyDocument) };
        }),
    );
}

function attachedPolicies(iam: IAMClient, RoleName: string): Promise<readonly string[]> {
    const pages = paginateListAttachedRolePolicies({ client: iam }, { RoleName });
    return collect("iam:ListAttachedRolePolicies", RoleName, pages, ({ AttachedPolicies }) =>
        AttachedPolicies?.flatMap(({ PolicyArn }) => PolicyArn ?? []),
    );
}

async function managedPolicy(iam: IAMClient, PolicyArn: string): Promise<Policy> {
    const { Policy } = await call("iam:GetPolicy", PolicyArn, () =>
        iam.send(new GetPolicyCommand({ PolicyArn })),
    );
    const { PolicyVersion } = await call("iam:GetPolicyVersion", PolicyArn, () =>
        iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId })),
    );
    return { name: PolicyArn, json: decodeURIComponent(PolicyVersion?.Document ?? "{}") };
}

/** What gives access to data, to the key, or to either by way of IAM. */
const SENSITIVE = `
    s3:GetObject s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:DeleteObject s3:DeleteObjectVersion s3:DeleteBucket
    s3:PutBucketPolicy s3:DeleteBucketPolicy s3:PutBucketAcl s3:PutBucketOwnershipControls s3:PutBucketPublicAccessBlock
    s3:PutEncryptionConfiguration s3:PutReplicationConfiguration s3:PutLifecycleConfiguration s3:PutBucketNotification
    s3:PutInventoryConfiguration s3:CreateAccessPoint kms:Decrypt kms:GenerateDataKey kms:CreateGrant kms:PutKeyPolicy
    kms:ScheduleKeyDeletion kms:DisableKey sts:AssumeRole iam:PassRole iam:PutRolePolicy iam:AttachRolePolicy
    iam:UpdateAssumeRolePolicy iam:CreatePolicyVersion iam:CreateAccessKey iam:PutUserPolicy iam:AttachUserPolicy
`
    .trim()
    .split(/\s+/);

/** Policies beside those of the stack that let a role of the stack at data, at the key, or at more rights. */
export async function rolePolicies(context: Context): Promise<readonly Evidence[] | string> {
    const { clients, outputs } = context;
    const { iam } = clients;
    const roles = rolesOf(outputs).filter(({ policies }) => policies);
    if (roles.length === 0) {
        return "the stack has no role of its own";
    }
    const protectedArns = [
        ...bucketsOf(outputs).flatMap(({ name }) => [bucketArn(name), `${bucketArn(name)}/*`]),
        outputs.kmsKeyArn,
        arn("iam", "", outputs.forCommands.accountId, "*"),
    ];
    const grants = (statement: LiveStatement) =>
        statement.Effect === "Allow" &&
        actionsOf(statement, SENSITIVE).length > 0 &&
        touches(statement, protectedArns);
    const each = roles.map(({ name, policies: own }) => {
        const subject = `role ${name}: policies`;
        const expected = "no access to data, key or IAM but by the stack's policies";
        const fix = `${restore(outputs)} restores the stack's policy; \`aws iam delete-role-policy\` or \`detach-role-policy\` removes another`;
        return ask({ subject, expected, fix }, async () => {
            const inline = (await inlinePolicies(iam, name)).filter(
                ({ json }) => documentDigest(json) !== own?.policyDigest,
            );
            const others = (await attachedPolicies(iam, name)).filter(
                (each) => !own?.managedPolicyArns.includes(each),
            );
            const added = [...inline, ...(await Promise.all(others.map((each) => managedPolicy(iam, each))))];
            const faults = added.flatMap((policy) =>
                statementsOf(policy.json)
                    .filter(grants)
                    .map((statement) => `${policy.name}: ${describeStatement(statement)}`),
            );
            return observeFaults(subject, expected, faults, fix);
        });
    });
    return (await Promise.all(each)).flat();
}

/** What existing roles and an existing key must allow. */
export async function existingRequirements(context: Context): Promise<readonly Evidence[] | string> {
    const { outputs } = context;
    const { requiredPolicies, serviceRole, jobflowRole, forCommands } = outputs;
    if (!requiredPolicies && forCommands.ownsKey) {
        return "the stack has no existing role and no existing key";
    }
    const roles = Object.entries({ serviceRole, jobflowRole }).flatMap(([kind, name]) => {
        const required = requiredPolicies?.[kind as keyof typeof requiredPolicies];
        return required ? [roleRequirements(context, name, required)] : [];
    });
    return (await Promise.all([...roles, ...(forCommands.ownsKey ? [] : [keyRequirements(context)])])).flat();
}

type Required = NonNullable<NonNullable<StackOutputs["requiredPolicies"]>["serviceRole"]>;

function roleRequirements(
    { clients: { iam }, outputs }: Context,
    name: string,
    { managedPolicyArns, policyDocument }: Required,
): Promise<readonly Evidence[]> {
    const subject = `role ${name}: permissions`;
    const expected = "all of the output requiredPolicies";
    const fix = `attach the policies that \`npx pulumi stack output requiredPolicies --stack ${outputs.forCommands.stack}\` prints`;
    return ask({ subject, expected, fix }, async () => {
        const attached = await attachedPolicies(iam, name);
        const read = (arns: readonly string[]) => Promise.all(arns.map((each) => managedPolicy(iam, each)));
        const documents = [...(await inlinePolicies(iam, name)), ...(await read(attached))];
        const missing = await read(managedPolicyArns.filter((each) => !attached.includes(each)));
        const live = documents.flatMap(({ json }) => statementsOf(json));
        const required = [policyDocument, ...missing.map(({ json }) => json)].flatMap(statementsOf);
        return observeCoverage(
            { subject, expected, fix },
            uncovered(required, () => live),
        );
    });
}

function keyRequirements(context: Context): Promise<readonly Evidence[]> {
    const { kmsKeyArn, kmsKeyPolicyStatements = [], serviceRole, jobflowRole, forCommands } = context.outputs;
    const subject = `key ${kmsKeyArn}: permissions`;
    const expected = "the use of the key by the roles, and all of the output kmsKeyPolicyStatements";
    const fix = "change the key's policy";
    const root = arn("iam", "", forCommands.accountId, "root");
    /** A policy that names the account leaves the decision to IAM. */
    const isFor = (statement: LiveStatement, principals: readonly string[]) =>
        principalsOf(statement).some(
            (live) =>
                live === "*" ||
                principals.includes(live) ||
                (/^\d{12}$/.test(live) && live === accountOf(principals[0] ?? "")),
        );
    return ask({ subject, expected, fix }, async () => {
        const live = await keyPolicyOf(context);
        const roles = live.flatMap(principalsOf).filter((each) => {
            const last = each.split("/").at(-1) ?? "";
            return accountOf(each) === forCommands.accountId && [serviceRole, jobflowRole].includes(last);
        });
        const use: LiveStatement = { Sid: "UseKey", Effect: "Allow", Principal: root, Action: KEY_ACTIONS };
        const isAbout = (required: LiveStatement) => (statement: LiveStatement) =>
            statement.Effect === "Deny" ||
            isFor(statement, required === use ? [root, ...roles] : principalsOf(required));
        return observeCoverage(
            { subject, expected, fix },
            uncovered([use, ...kmsKeyPolicyStatements], (required) => live.filter(isAbout(required))),
        );
    });
}
