import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { documentDigest, policyDocument } from "../../components/policies/document";
import { Role, type RoleArgs } from "../../components/role";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run, type TestOptions } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:index:Role";
const ROLE = "aws:iam/role:Role nodes";
const POLICY = "aws:iam/rolePolicy:RolePolicy nodes-policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const TRUST = policyDocument({ Sid: "Trust", Effect: "Allow", Action: "sts:AssumeRole" });
const INLINE = policyDocument({ Sid: "Inline", Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
const MANAGED = [
    "arn:aws:iam::111122223333:policy/team/extra",
    "arn:aws:iam::111122223333:policy/team-extra",
    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
];
const ATTACHMENTS = [
    "nodes-111122223333:policy/team/extra",
    "nodes-111122223333:policy/team-extra",
    "nodes-aws:policy/AmazonSSMManagedInstanceCore",
];
const NAME = "snowplow-dev-jobflow-placeholder";

const ARGS: RoleArgs = {
    prefix: "snowplow-dev",
    kind: "jobflow",
    description: "Nodes",
    trustPolicy: TRUST,
    policies: { managedPolicyArns: MANAGED, inlinePolicy: INLINE },
    path: "/data/",
    permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary",
    tags: { stack: "tag" },
};

const role = (args: Partial<RoleArgs> = {}, options?: TestOptions) =>
    run(() => {
        const created = new Role("nodes", { ...ARGS, ...args });
        const { arn, name, attachedPolicies } = created;
        new aws.ssm.Parameter("reader", { type: "String", value: created.afterAttachments(name) });
        return { arn, name, attachedPolicies };
    }, options);

describe("Role", () => {
    it("creates the role, its inline policy, and an attachment for each managed policy, named by its ARN", async () => {
        const result = await role();
        expect(resourceLines(result)).to.have.members([
            `${COMPONENT} nodes < snowplow-emr-encryption-dev`,
            `${ROLE} < nodes`,
            `${POLICY} < nodes`,
            ...ATTACHMENTS.map((name) => `${ATTACHMENT} ${name} < nodes`),
            "aws:ssm/parameter:Parameter reader < snowplow-emr-encryption-dev",
        ]);
        const { "aws:ssm/parameter:Parameter reader": _, ...inputs } = resourceInputs(result);
        expect(inputs).to.deep.equal({
            [ROLE]: {
                namePrefix: "snowplow-dev-jobflow-",
                path: "/data/",
                description: "Nodes",
                permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary",
                assumeRolePolicy: JSON.stringify(TRUST),
                tags: { stack: "tag" },
            },
            [POLICY]: { role: NAME, policy: JSON.stringify(INLINE) },
            ...Object.fromEntries(
                ATTACHMENTS.map((name, index) => [
                    `${ATTACHMENT} ${name}`,
                    { role: NAME, policyArn: MANAGED[index] },
                ]),
            ),
        });
        expect(result.outputs).to.deep.equal({
            arn: `arn:aws:iam::000000000000:role/data/${NAME}`,
            name: NAME,
            attachedPolicies: {
                managedPolicyArns: MANAGED,
                policyDigest: documentDigest(JSON.stringify(INLINE)),
                policyName: "nodes-policy-placeholder",
            },
        });
        expect(registration(result, COMPONENT, "nodes").outputs).to.deep.equal(result.outputs);
    });

    it("sets no permissions boundary by default", async () => {
        const { inputs } = registration(
            await role({ permissionsBoundary: null }),
            "aws:iam/role:Role",
            "nodes",
        );
        expect(inputs).not.to.have.property("permissionsBoundary");
    });

    it("delays the value of afterAttachments until all policies are attached, and no resource of the role", async () => {
        const result = await role();
        const dependencies = (type: string, name: string) => [
            ...registration(result, type, name).dependencies,
        ];
        expect(dependencies("aws:ssm/parameter:Parameter", "reader")).to.have.members([
            "nodes",
            "nodes-policy",
            ...ATTACHMENTS,
        ]);
        expect(dependencies("aws:iam/rolePolicy:RolePolicy", "nodes-policy")).to.deep.equal(["nodes"]);
    });

    it("registers in a preview what does not depend on the role", async () => {
        const result = await role({}, { preview: true });
        expect(registration(result, "aws:iam/rolePolicy:RolePolicy", "nodes-policy").inputs).to.deep.equal({
            role: undefined,
            policy: JSON.stringify(INLINE),
        });
    });
});
