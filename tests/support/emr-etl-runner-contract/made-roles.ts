import { isDeepStrictEqual } from "node:util";
import { ACCOUNT_ID } from "../../../testing/placeholder-provider";
import { mayPass, mayUseKey, operator } from "./access";
import { ATTACHMENT, listOf, type Made, ownRole, ROLE_POLICY, resources } from "./made";
import { type Rule, valueAt } from "./rules";

export const ROLE_RULES: Readonly<Record<string, Rule<Made>>> = {
    "as whom clusters run": ({ yml, run, given, roles }) => {
        const { jobflow, service } = roles;
        const profiles = resources(run, "aws:iam/instanceProfile:InstanceProfile");
        const path = String(valueAt(given.config, ["access", "path"]) ?? "/");
        const boundary = valueAt(given.config, ["access", "permissionsBoundary"]) ?? undefined;
        const required = run.outputs.requiredPolicies as Readonly<Record<string, unknown>> | undefined;
        const own = [
            ...Object.values(roles).filter(({ existing }) => !existing),
            ...Object.entries(OPTIONAL_ROLES)
                .filter(([, key]) => valueAt(given.config, key))
                .map(([kind]) => ownRole(run, given, kind)),
        ];
        const created = resources(run, "aws:iam/role:Role");
        const inPath = [...resources(run, "aws:iam/policy:Policy"), ...profiles, ...created];
        return {
            "an instance profile whose name is not its role's": profiles.some(
                ({ inputs }) => inputs.name !== jobflow.name || inputs.role !== jobflow.name,
            ),
            "a missing profile, or one in addition to the existing one":
                profiles.length !== (jobflow.existing ? 0 : 1),
            "not the jobflow role": ![yml.aws.emr.jobflow_role, run.outputs.jobflowRole].every(
                (name) => name === jobflow.name,
            ),
            // EMR finds a role by its name only if the role has no path.
            "not the service role":
                yml.aws.emr.service_role !==
                (service.arn.endsWith(`:role/${service.name}`) ? service.name : service.arn),
            "another service role in the outputs": run.outputs.serviceRole !== service.name,
            "roles in addition to the existing ones": created.length !== own.length,
            "another path": inPath.some(({ inputs }) => inputs.path !== path),
            "another boundary": created.some(({ inputs }) => inputs.permissionsBoundary !== boundary),
            "a change of an existing role": [ROLE_POLICY, ATTACHMENT]
                .flatMap((type) => resources(run, type))
                .some(({ inputs }) => !own.some(({ name }) => name === inputs.role)),
            "other managed policies on the jobflow role": !isDeepStrictEqual(
                new Set(jobflow.managedPolicyArns),
                new Set(listOf(given, ["access", "policyArns"])),
            ),
            "other managed policies on the service role": !isDeepStrictEqual(service.managedPolicyArns, [
                "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2",
            ]),
            "required policies of other than the existing roles": !isDeepStrictEqual(
                Object.keys(required ?? {}).filter((role) => required?.[role] !== undefined),
                [...(service.existing ? ["serviceRole"] : []), ...(jobflow.existing ? ["jobflowRole"] : [])],
            ),
            "a role that may not be passed": !(
                mayPass(operator(run), service, "elasticmapreduce.amazonaws.com") &&
                mayPass(operator(run), jobflow, "ec2.amazonaws.com") &&
                mayPass(service, jobflow, "ec2.amazonaws.com")
            ),
        };
    },
    Spot: (made) => {
        const { core_instance_bid: core, task_instance_bid: task } = made.yml.aws.emr.jobflow;
        const arn = `arn:aws:iam::${ACCOUNT_ID}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`;
        const role = { arn, inlinePolicies: [] };
        const context = { "kms:CallerAccount": ACCOUNT_ID, "kms:GrantIsForAWSResource": "true" };
        const may = ["kms:Decrypt", "kms:CreateGrant"].map((action) =>
            mayUseKey(made, role, action, context),
        );
        return {
            "may use the key without a bid": (core ?? task) === null && may.includes(true),
            "may not use the key with a bid": (core ?? task) !== null && may.includes(false),
        };
    },
};

/** Roles for other services, by the key of the stack config that creates them. */
const OPTIONAL_ROLES: Readonly<Record<string, readonly string[]>> = {
    reencrypt: ["storage", "reencryption"],
    reminder: ["certificates", "remindTopicArn"],
};
