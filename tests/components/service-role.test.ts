import { expect } from "chai";
import { serviceRolePolicy, serviceRoleTrust } from "../../components/policies/emr-roles";
import { ServiceRole } from "../../components/service-role";
import { resourceInputs, resourceLines } from "../support/golden";
import { POLICY_FACTS, SHARED_ROLE_ARGS } from "../support/roles";
import { run } from "../support/run";

const NAME = "snowplow-dev-service-placeholder";
const MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";
const ARGS = {
    ...POLICY_FACTS,
    ...SHARED_ROLE_ARGS,
    jobflowRoleArn: "arn:aws:iam::111122223333:role/nodes",
    vpcId: "vpc-1",
    spot: true,
};
const POLICY = JSON.stringify(serviceRolePolicy(ARGS));

describe("ServiceRole", () => {
    it("creates EMR's role with AmazonEMRServicePolicy_v2 and the stack's inline policy", async () => {
        const result = await run(() => ({ ...pick(new ServiceRole("service", ARGS)) }));
        expect(resourceLines(result)).to.have.members([
            "snowplow-emr-encryption:index:ServiceRole service < snowplow-emr-encryption-dev",
            "snowplow-emr-encryption:index:Role service-role < service",
            "aws:iam/role:Role service-role < service-role",
            "aws:iam/rolePolicy:RolePolicy service-role-policy < service-role",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment service-role-aws:policy/service-role/AmazonEMRServicePolicy_v2 < service-role",
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            "aws:iam/role:Role service-role": {
                path: "/",
                namePrefix: "snowplow-dev-service-",
                description: "EMR: launches and manages clusters",
                assumeRolePolicy: JSON.stringify(serviceRoleTrust("111122223333", "eu-west-1")),
                tags: { stack: "tag" },
            },
            "aws:iam/rolePolicy:RolePolicy service-role-policy": { role: NAME, policy: POLICY },
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment service-role-aws:policy/service-role/AmazonEMRServicePolicy_v2":
                { role: NAME, policyArn: MANAGED },
        });
        expect(result.outputs).to.deep.equal({
            arn: `arn:aws:iam::000000000000:role/${NAME}`,
            name: NAME,
            nameForEmr: NAME,
        });
    });

    for (const [path, nameForEmr] of [
        ["", "emr"],
        ["data/", "arn:aws:iam::111122223333:role/data/emr"],
    ]) {
        it(`names an existing role for EMR, by its ARN where it has a path: ${nameForEmr}`, async () => {
            const role = { name: "emr", arn: `arn:aws:iam::111122223333:role/${path}emr` };
            const result = await run(() => ({ ...ServiceRole.existing(role, ARGS) }));
            expect(resourceLines(result)).to.deep.equal([]);
            expect(result.outputs).to.deep.equal({
                ...role,
                nameForEmr,
                requiredPolicies: { managedPolicyArns: [MANAGED], policyDocument: POLICY },
            });
        });
    }
});

function pick({ arn, name, nameForEmr }: ServiceRole) {
    return { arn, name, nameForEmr };
}
