import { expect } from "chai";
import { JobflowRole } from "../../components/jobflow-role";
import { jobflowRolePolicy, jobflowRoleTrust } from "../../components/policies/emr-roles";
import { resourceInputs, resourceLines } from "../support/golden";
import { JOBFLOW_GRANTS, POLICY_FACTS, SHARED_ROLE_ARGS } from "../support/roles";
import { registration, run } from "../support/run";

const NAME = "snowplow-dev-jobflow-placeholder";
const POLICY = JSON.stringify(jobflowRolePolicy({ ...POLICY_FACTS, ...JOBFLOW_GRANTS }));
const ARGS = {
    ...POLICY_FACTS,
    ...SHARED_ROLE_ARGS,
    ...JOBFLOW_GRANTS,
    policyArns: ["arn:aws:iam::111122223333:policy/extra"],
};

describe("JobflowRole", () => {
    it("creates the nodes' role with the jobflow policy, and an instance profile of the role's name", async () => {
        const result = await run(() => {
            const { arn, name } = new JobflowRole("jobflow", ARGS);
            return { arn, name };
        });
        expect(resourceLines(result)).to.have.members([
            "snowplow-emr-encryption:index:JobflowRole jobflow < snowplow-emr-encryption-dev",
            "snowplow-emr-encryption:index:Role jobflow-role < jobflow",
            "aws:iam/role:Role jobflow-role < jobflow-role",
            "aws:iam/rolePolicy:RolePolicy jobflow-role-policy < jobflow-role",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment jobflow-role-111122223333:policy/extra < jobflow-role",
            "aws:iam/instanceProfile:InstanceProfile jobflow-profile < jobflow",
        ]);
        const inputs = resourceInputs(result);
        expect(inputs["aws:iam/role:Role jobflow-role"]).to.deep.equal({
            path: "/",
            namePrefix: "snowplow-dev-jobflow-",
            description: "The nodes of EMR clusters",
            assumeRolePolicy: JSON.stringify(jobflowRoleTrust()),
            tags: { stack: "tag" },
        });
        expect(inputs["aws:iam/rolePolicy:RolePolicy jobflow-role-policy"]).to.deep.equal({
            role: NAME,
            policy: POLICY,
        });
        expect(inputs["aws:iam/instanceProfile:InstanceProfile jobflow-profile"]).to.deep.equal({
            name: NAME,
            role: NAME,
            path: "/",
            tags: { stack: "tag" },
        });
        expect(result.outputs).to.deep.equal({ arn: `arn:aws:iam::000000000000:role/${NAME}`, name: NAME });
        // The profile's own name must be known in a preview that changes a policy.
        expect(
            registration(result, "aws:iam/instanceProfile:InstanceProfile", "jobflow-profile").dependencies,
        ).to.deep.equal(["jobflow-role"]);
    });

    it("creates nothing for an existing role, and outputs the policies that it must have", async () => {
        const role = { name: "nodes", arn: "arn:aws:iam::111122223333:role/data/nodes" };
        const result = await run(() => ({ ...JobflowRole.existing(role, ARGS) }));
        expect(resourceLines(result)).to.deep.equal([]);
        expect(result.outputs).to.deep.equal({
            ...role,
            requiredPolicies: { managedPolicyArns: ARGS.policyArns, policyDocument: POLICY },
        });
    });
});
