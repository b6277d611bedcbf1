import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { roleChecks } from "../../../commands/verify/roles";
import { jobflowRoleTrust, serviceRoleTrust } from "../../../components/policies/emr-roles";
import { reencryptionRoleTrust } from "../../../components/policies/reencryption";
import { reminderRoleTrust } from "../../../components/policies/renewal-reminder";
import { type Answers, refusal } from "../../support/fake-aws";
import { MINIMAL, registration, runStack } from "../../support/run";
import { contextOf, outputsOf } from "./context";

const EMR_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";
const EXTRA = "arn:aws:iam::aws:policy/AdministratorAccess";
const ACCOUNT = "000000000000";
const REFRESH = "npx pulumi up --refresh --stack dev";
const SERVICE = "snowplow-dev-service-placeholder";
const JOBFLOW = "snowplow-dev-jobflow-placeholder";
const OPERATOR = "arn:aws:iam::000000000000:policy/snowplow-dev-operator-placeholder";
const WELL = {
    serviceTrust: "elasticmapreduce.amazonaws.com alone, as the stack wrote it",
    jobflowTrust: "ec2.amazonaws.com alone, as the stack wrote it",
};

type Input = Readonly<Record<string, unknown>>;

describe("verify, roles:", () => {
    let outputs: StackOutputs;
    /** Role → name → inline policy. */
    let inline: Readonly<Record<string, Readonly<Record<string, string>>>>;

    before(async () => {
        outputs = await outputsOf();
        const stack = await runStack();
        const policyOf = (role: string) =>
            String(
                registration(stack, "aws:iam/rolePolicy:RolePolicy", `emr-${role}-role-policy`).inputs.policy,
            );
        inline = {
            [SERVICE]: { "emr-service-role-policy-1234567": policyOf("service") },
            [JOBFLOW]: { "emr-jobflow-role-policy-1234567": policyOf("jobflow") },
        };
    });

    const trust = (document: object) => ({
        Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(document)) },
    });
    const sound = (policies = inline): Answers => ({
        GetRole: ({ RoleName }) =>
            trust(RoleName === SERVICE ? serviceRoleTrust(ACCOUNT, "eu-west-1") : jobflowRoleTrust()),
        ListAttachedRolePolicies: ({ RoleName }) => ({
            AttachedPolicies: RoleName === SERVICE ? [{ PolicyArn: EMR_POLICY }] : [],
        }),
        // One page for each.
        ListRolePolicies: ({ RoleName, Marker = "0" }) => {
            const names = Object.keys(policies[String(RoleName)] ?? {});
            const next = Number(Marker) + 1;
            return {
                PolicyNames: names.slice(Number(Marker), next),
                ...(next < names.length && { IsTruncated: true, Marker: String(next) }),
            };
        },
        GetRolePolicy: ({ RoleName, PolicyName }) => ({
            PolicyDocument: encodeURIComponent(policies[String(RoleName)]?.[String(PolicyName)] ?? ""),
        }),
        GetInstanceProfile: ({ InstanceProfileName }) => ({
            InstanceProfile: { Roles: [{ RoleName: InstanceProfileName }] },
        }),
        GetPolicy: ({ PolicyArn }) => ({ Policy: { Arn: PolicyArn } }),
    });
    const none = () => {
        throw refusal("NoSuchEntityException");
    };
    const check = (answers: Answers = {}, own: StackOutputs = outputs) =>
        roleChecks(contextOf(own, { ...sound(), ...answers }));
    const wrong = async (answers: Answers, own?: StackOutputs) =>
        (await check(answers, own)).filter(({ status }) => status !== "ok");

    it("passes roles as the stack created them", async () => {
        const line = (on: string, found: string) => ({ status: "ok", on, expected: found, found });
        expect(await check()).to.deep.equal([
            line(`role ${SERVICE}: trust policy`, WELL.serviceTrust),
            line(`role ${SERVICE}: managed policies`, EMR_POLICY),
            line(`role ${SERVICE}: inline policies`, "the stack's"),
            line(`role ${JOBFLOW}: trust policy`, WELL.jobflowTrust),
            line(`role ${JOBFLOW}: managed policies`, "none"),
            line(`role ${JOBFLOW}: inline policies`, "the stack's"),
            line(`instance profile ${JOBFLOW}: role`, JOBFLOW),
            line(`operator policy ${OPERATOR}`, "there"),
        ]);
    });

    it("names the managed policies to attach and to detach", async () => {
        const attached = (...arns: readonly string[]) => ({
            ListAttachedRolePolicies: ({ RoleName }: Input) => ({
                AttachedPolicies: RoleName === SERVICE ? arns.map((PolicyArn) => ({ PolicyArn })) : [],
            }),
        });
        expect(await wrong(attached(EXTRA))).to.deep.equal([
            {
                status: "failed",
                on: `role ${SERVICE}: managed policies`,
                expected: EMR_POLICY,
                found: EXTRA,
                remedy: `aws iam attach-role-policy --role-name ${SERVICE} --policy-arn ${EMR_POLICY}; aws iam detach-role-policy --role-name ${SERVICE} --policy-arn ${EXTRA}`,
            },
        ]);
        // The command names no policy that is already attached.
        expect(
            (await wrong(attached(EMR_POLICY, EXTRA))).map(({ found, remedy }) => [found, remedy]),
        ).to.deep.equal([
            [
                `${EXTRA}, ${EMR_POLICY}`,
                `aws iam detach-role-policy --role-name ${SERVICE} --policy-arn ${EXTRA}`,
            ],
        ]);
    });

    it("fails for a changed or an additional inline policy", async () => {
        const own = inline[JOBFLOW];
        const other = JSON.stringify({ Version: "2012-10-17", Statement: [] });
        const reported = async (policies: Readonly<Record<string, string>>) =>
            (await wrong(sound({ ...inline, [JOBFLOW]: policies }))).map(({ on, found, remedy }) => ({
                on,
                found,
                remedy,
            }));
        const on = `role ${JOBFLOW}: inline policies`;
        expect(await reported({ ...own, more: other, most: other })).to.deep.equal([
            {
                on,
                found: "the stack's; more, which says something else; most, which says something else",
                remedy: `aws iam delete-role-policy --role-name ${JOBFLOW} --policy-name more; aws iam delete-role-policy --role-name ${JOBFLOW} --policy-name most`,
            },
        ]);
        expect(await reported({ "emr-jobflow-role-policy-1234567": other })).to.deep.equal([
            { on, found: "emr-jobflow-role-policy-1234567, which says something else", remedy: REFRESH },
        ]);
        expect(await reported({})).to.deep.equal([{ on, found: "none", remedy: REFRESH }]);
    });

    it("names other principals that may assume a role", async () => {
        const { Statement } = jobflowRoleTrust();
        const open = trust({ Statement: [...Statement, { Sid: "Anybody", Principal: "*" }] });
        expect(
            await wrong({
                GetRole: (input) => (input.RoleName === JOBFLOW ? open : sound().GetRole?.(input)) ?? {},
            }),
        ).to.deep.equal([
            {
                status: "failed",
                on: `role ${JOBFLOW}: trust policy`,
                expected: WELL.jobflowTrust,
                found: "additional Anybody",
                remedy: REFRESH,
            },
        ]);
    });

    it("fails for missing roles, policies and profiles", async () => {
        const line = { status: "failed", expected: "there" };
        expect(await wrong({ GetRole: none, GetInstanceProfile: none, GetPolicy: none })).to.deep.equal([
            {
                ...line,
                on: `role ${SERVICE}`,
                found: "no such role",
                remedy: `${REFRESH}, then the new config.yml`,
            },
            {
                ...line,
                on: `role ${JOBFLOW}`,
                found: "no such role",
                remedy: `${REFRESH}, then the new config.yml`,
            },
            {
                ...line,
                on: `instance profile ${JOBFLOW}: role`,
                expected: JOBFLOW,
                found: "no such instance profile",
                remedy: REFRESH,
            },
            {
                ...line,
                on: `operator policy ${OPERATOR}`,
                found: "no such policy",
                remedy: `${REFRESH}, and attach it to the user that runs EmrEtlRunner`,
            },
        ]);
    });

    it("checks the trust and the instance profile of existing roles only", async () => {
        const existing: StackOutputs = {
            ...outputs,
            serviceRole: "their-service",
            jobflowRole: "their-jobflow",
            forCommands: { ...outputs.forCommands, rolePolicies: {} },
        };
        const trusting = (service: string) => trust({ Statement: { Principal: { Service: service } } });
        const context = contextOf(existing, {
            ...sound(),
            GetRole: ({ RoleName }) =>
                trusting(
                    RoleName === "their-service" ? "elasticmapreduce.amazonaws.com" : "ec2.amazonaws.com",
                ),
        });
        expect((await roleChecks(context)).map(({ status, on }) => [status, on])).to.deep.equal([
            ["ok", "role their-service: trust policy"],
            ["ok", "role their-jobflow: trust policy"],
            ["ok", "instance profile their-jobflow: role"],
            ["ok", `operator policy ${OPERATOR}`],
        ]);
        expect(context.sent.map(([name]) => name).toSorted()).to.deep.equal([
            "GetInstanceProfile",
            "GetPolicy",
            "GetRole",
            "GetRole",
        ]);
        const wrongs = await wrong(
            {
                GetRole: ({ RoleName }) =>
                    RoleName === "their-service" ? trusting("ec2.amazonaws.com") : none(),
                GetInstanceProfile: () => ({ InstanceProfile: { Roles: [] } }),
            },
            existing,
        );
        expect(wrongs).to.deep.equal([
            {
                status: "failed",
                on: "role their-service: trust policy",
                expected: "elasticmapreduce.amazonaws.com may take the role",
                found: "elasticmapreduce.amazonaws.com is not named",
                remedy: "a trust policy that allows sts:AssumeRole to the service elasticmapreduce.amazonaws.com",
            },
            {
                status: "failed",
                on: "role their-jobflow",
                expected: "there",
                found: "no such role",
                remedy: "a role of that name, which ec2.amazonaws.com may take",
            },
            {
                status: "failed",
                on: "instance profile their-jobflow: role",
                expected: "their-jobflow",
                found: "none",
                remedy: "an instance profile their-jobflow with the role their-jobflow in it: EMR finds the one by the other",
            },
        ]);
    });

    it("checks the roles for re-encryption and reminder like EMR's", async () => {
        const asked = {
            ...MINIMAL,
            storage: { reencryption: true },
            certificates: { remindTopicArn: "arn:aws:sns:eu-west-1:111122223333:alarms" },
            access: { path: "/data/" },
        };
        const [own, stack] = [await outputsOf(asked), await runStack(asked)];
        const policyOf = (name: string) =>
            String(registration(stack, "aws:iam/rolePolicy:RolePolicy", name).inputs.policy);
        const [copies, reminds] = ["reencrypt", "reminder"].map((name) => `snowplow-dev-${name}-placeholder`);
        const policies = {
            [SERVICE]: { own: policyOf("emr-service-role-policy") },
            [JOBFLOW]: { own: policyOf("emr-jobflow-role-policy") },
            [String(copies)]: { own: policyOf("emr-storage-reencryption-role-policy") },
            [String(reminds)]: { own: policyOf("emr-certificates-renewal-reminder-role-policy") },
        };
        const trusts: Readonly<Record<string, object>> = {
            [SERVICE]: serviceRoleTrust(ACCOUNT, "eu-west-1"),
            [JOBFLOW]: jobflowRoleTrust(),
            [String(copies)]: reencryptionRoleTrust(),
            [String(reminds)]: reminderRoleTrust(ACCOUNT, "eu-west-1"),
        };
        const answers = {
            ...sound(policies),
            GetRole: ({ RoleName }: Input) => trust(trusts[String(RoleName)] ?? {}),
        };
        const others = (await check(answers, own)).filter(({ on }) => on.match(/reencrypt|reminder/));
        const line = (on: string, found: string) => ({ status: "ok", on, expected: found, found });
        const written = "alone, as the stack wrote it";
        expect(others).to.deep.equal([
            line(`role ${copies}: trust policy`, `batchoperations.s3.amazonaws.com ${written}`),
            line(`role ${copies}: managed policies`, "none"),
            line(`role ${copies}: inline policies`, "the stack's"),
            line(`role ${reminds}: trust policy`, `scheduler.amazonaws.com ${written}`),
            line(`role ${reminds}: managed policies`, "none"),
            line(`role ${reminds}: inline policies`, "the stack's"),
        ]);
        const exchanged = {
            ...answers,
            ...sound({ ...policies, [String(copies)]: policies[String(reminds)] ?? {} }),
            GetRole: ({ RoleName }: Input) =>
                RoleName === reminds
                    ? none()
                    : trust(trusts[String(RoleName === copies ? reminds : RoleName)] ?? {}),
        };
        expect(
            (await wrong(exchanged, own)).map(({ on, found, remedy }) => [on, found, remedy]),
        ).to.deep.equal([
            [
                `role ${copies}: trust policy`,
                "missing BatchOperations, additional SchedulesOfThisAccountAndRegion",
                REFRESH,
            ],
            [`role ${copies}: inline policies`, "own, which says something else", REFRESH],
            [`role ${reminds}`, "no such role", `${REFRESH}, then the outputs anew`],
        ]);
    });

    it("continues after a refused call", async () => {
        const denied = () => {
            throw refusal("AccessDenied");
        };
        const reported = await wrong({ ListRolePolicies: denied, GetPolicy: denied });
        expect(reported.map(({ on, remedy }) => [on, remedy])).to.deep.equal([
            [`role ${SERVICE}: inline policies`, "run this with credentials that have iam:ListRolePolicies"],
            [`role ${JOBFLOW}: inline policies`, "run this with credentials that have iam:ListRolePolicies"],
            [`operator policy ${OPERATOR}`, "run this with credentials that have iam:GetPolicy"],
        ]);
    });
});
