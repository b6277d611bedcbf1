import { expect } from "chai";
import { EmrSecurityGroups, type EmrSecurityGroupsArgs } from "../../components/emr-security-groups";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const COMPONENT = "snowplow-emr-encryption:index:EmrSecurityGroups";

function groups(internetAccess: EmrSecurityGroupsArgs["internetAccess"]): Promise<Run> {
    return run(() => {
        new EmrSecurityGroups("emr", { vpcId: "vpc-1", internetAccess, tags: { stack: "tag" } });
        return {};
    });
}

const SHARED = {
    vpcId: "vpc-1",
    revokeRulesOnDelete: true,
    tags: { stack: "tag", "for-use-with-amazon-emr-managed-policies": "true" },
};

/** A group for nodes: no ingress, because EMR adds its own rules. */
const nodeGroup = (key: string, name: string) => ({
    [`${GROUP} emr-${key}`]: {
        ...SHARED,
        name,
        description: `EMR ${key} nodes`,
        egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
    },
});

const NODE_LINES = ["core", "master", "primary", "slave"].map(
    (key) => `${GROUP} emr-${key} < emr, ignoreChanges ingress`,
);
const COMPONENT_LINE = `${COMPONENT} emr < snowplow-emr-encryption-dev`;

describe("EmrSecurityGroups", () => {
    it("creates EMR's default groups for private subnets, in both spellings, and ServiceAccess with its rules", async () => {
        const result = await groups("nat");
        expect(resourceLines(result)).to.have.members([
            ...NODE_LINES,
            `${GROUP} emr-service-access < emr`,
            COMPONENT_LINE,
        ]);
        const nodes = ["master", "slave", "primary", "core"].map((key) => `sg-placeholder-emr-${key}`);
        expect(resourceInputs(result)).to.deep.equal({
            ...nodeGroup("master", "ElasticMapReduce-Master-Private"),
            ...nodeGroup("slave", "ElasticMapReduce-Slave-Private"),
            ...nodeGroup("primary", "ElasticMapReduce-Primary-Private"),
            ...nodeGroup("core", "ElasticMapReduce-Core-Private"),
            [`${GROUP} emr-service-access`]: {
                ...SHARED,
                name: "ElasticMapReduce-ServiceAccess",
                description: "EMR service access to private nodes",
                ingress: [{ protocol: "tcp", fromPort: 9443, toPort: 9443, securityGroups: nodes }],
                egress: [{ protocol: "tcp", fromPort: 8443, toPort: 8443, securityGroups: nodes }],
            },
        });
        expect(registration(result, COMPONENT, "emr").outputs).to.deep.equal({});
    });

    it("creates EMR's default groups for public subnets, without ServiceAccess", async () => {
        const result = await groups("public");
        expect(resourceLines(result)).to.have.members([...NODE_LINES, COMPONENT_LINE]);
        expect(resourceInputs(result)).to.deep.equal({
            ...nodeGroup("master", "ElasticMapReduce-master"),
            ...nodeGroup("slave", "ElasticMapReduce-slave"),
            ...nodeGroup("primary", "ElasticMapReduce-primary"),
            ...nodeGroup("core", "ElasticMapReduce-core"),
        });
    });
});
