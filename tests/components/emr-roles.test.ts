import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { LOCATIONS, type ResolvedLocation } from "../../components/domain/locations";
import { EmrRoles, type EmrRolesArgs } from "../../components/emr-roles";
import { documentDigest } from "../../components/policies/document";
import {
    type JobflowGrants,
    jobflowRolePolicy,
    jobflowRoleTrust,
    serviceRolePolicy,
    serviceRoleTrust,
} from "../../components/policies/emr-roles";
import { operatorPolicy } from "../../components/policies/operator";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run, type TestOptions } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:iam:EmrRoles";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const TAGS = { stack: "tag" };
const JOBFLOW = "snowplow-dev-jobflow-placeholder";
const SERVICE = "snowplow-dev-service-placeholder";

const locations: readonly ResolvedLocation[] = LOCATIONS.filter(({ optional }) => !optional).map((row) => ({
    ...row,
    folders: [{ bucket: `b-${row.bucket}`, prefix: row.prefix }],
}));

/** What is known of the stack, as plain values. */
const FACTS = {
    accountId: "111122223333",
    region: "eu-west-1" as const,
    locations,
    keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234",
    certificateArchives: "arn:aws:s3:::b-certs/*",
};

const NO_GRANTS: JobflowGrants = {
    readFolders: [],
    bootstrapScripts: [],
    dynamodbTables: [],
    ssmParameters: [],
    existingKmsKeyArns: [],
};

const GRANTS: JobflowGrants = {
    readFolders: [{ bucket: "enrichments", prefix: "maxmind/" }],
    bootstrapScripts: [{ bucket: "scripts", prefix: "boot.sh/" }],
    dynamodbTables: ["duplicates"],
    ssmParameters: ["/redshift/password"],
    existingKmsKeyArns: ["arn:aws:kms:eu-west-1:111122223333:key/theirs"],
};

const ARGS: EmrRolesArgs = {
    ...FACTS,
    stack: "dev",
    prefix: "snowplow-dev",
    jobflowGrants: NO_GRANTS,
    policyArns: [],
    permissionsBoundary: null,
    path: "/",
    serviceRole: undefined,
    jobflowRole: undefined,
    spot: false,
    tags: TAGS,
};

function roles(args: Partial<EmrRolesArgs> = {}, options?: TestOptions): Promise<Run> {
    return run(() => {
        const { serviceRole, jobflowRole, operatorPolicyArn } = new EmrRoles("iam", { ...ARGS, ...args });
        return { serviceRole, jobflowRole, operatorPolicyArn };
    }, options);
}

const LINES = [
    "aws:iam/instanceProfile:InstanceProfile iam-jobflow-profile < iam",
    "aws:iam/policy:Policy iam-operator < iam",
    "aws:iam/role:Role iam-jobflow < iam",
    "aws:iam/role:Role iam-service < iam",
    "aws:iam/rolePolicy:RolePolicy iam-jobflow-policy < iam",
    "aws:iam/rolePolicy:RolePolicy iam-service-policy < iam",
    `${ATTACHMENT} iam-service-managed-policy < iam`,
    `${COMPONENT} iam < snowplow-emr-encryption-dev`,
];

const inputs = ({ grants = NO_GRANTS, spot = false } = {}) => {
    const jobflowRoleArn = `arn:aws:iam::000000000000:role/${JOBFLOW}`;
    const serviceRoleArn = `arn:aws:iam::000000000000:role/${SERVICE}`;
    return {
        "aws:iam/role:Role iam-jobflow": {
            path: "/",
            namePrefix: "snowplow-dev-jobflow-",
            description: "The nodes of EMR clusters",
            assumeRolePolicy: JSON.stringify(jobflowRoleTrust()),
            tags: TAGS,
        },
        "aws:iam/rolePolicy:RolePolicy iam-jobflow-policy": {
            role: JOBFLOW,
            policy: JSON.stringify(jobflowRolePolicy({ ...FACTS, ...grants })),
        },
        // EMR rejects a profile of another name than its role's.
        "aws:iam/instanceProfile:InstanceProfile iam-jobflow-profile": {
            name: JOBFLOW,
            role: JOBFLOW,
            path: "/",
            tags: TAGS,
        },
        "aws:iam/role:Role iam-service": {
            path: "/",
            namePrefix: "snowplow-dev-service-",
            description: "EMR itself",
            assumeRolePolicy: JSON.stringify(serviceRoleTrust("111122223333", "eu-west-1")),
            tags: TAGS,
        },
        [`${ATTACHMENT} iam-service-managed-policy`]: {
            role: SERVICE,
            policyArn: "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2",
        },
        "aws:iam/rolePolicy:RolePolicy iam-service-policy": {
            role: SERVICE,
            policy: JSON.stringify(serviceRolePolicy({ ...FACTS, jobflowRoleArn, spot })),
        },
        "aws:iam/policy:Policy iam-operator": {
            path: "/",
            namePrefix: "snowplow-dev-operator-",
            description: "What EmrEtlRunner calls",
            policy: JSON.stringify(
                operatorPolicy({ ...FACTS, stack: "dev", jobflowRoleArn, serviceRoleArn }),
            ),
            tags: TAGS,
        },
    };
};

describe("EmrRoles", () => {
    it("makes EMR's role, the nodes' role with its profile, and the operator's policy", async () => {
        const result = await roles();
        expect(resourceLines(result)).to.have.members(LINES);
        expect(resourceInputs(result)).to.deep.equal(inputs());
        const outputs = {
            serviceRole: SERVICE,
            jobflowRole: JOBFLOW,
            operatorPolicyArn: "arn:aws:iam::000000000000:policy/snowplow-dev-operator-placeholder",
        };
        expect(result.outputs).to.deep.equal(outputs);
        expect(registration(result, COMPONENT, "iam").outputs).to.deep.equal({
            ...outputs,
            serviceRoleForEmr: SERVICE,
            requiredPolicies: {},
            attachedPolicies: {
                serviceRole: {
                    managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"],
                    policyDigest: documentDigest(
                        String(inputs()["aws:iam/rolePolicy:RolePolicy iam-service-policy"]?.policy),
                    ),
                },
                jobflowRole: {
                    managedPolicyArns: [],
                    policyDigest: documentDigest(
                        String(inputs()["aws:iam/rolePolicy:RolePolicy iam-jobflow-policy"]?.policy),
                    ),
                },
            },
        });
    });

    it("adds to the nodes' policy what the stack config grants", async () => {
        const result = await roles({ jobflowGrants: GRANTS });
        expect(resourceLines(result)).to.have.members(LINES);
        expect(resourceInputs(result)).to.deep.equal(inputs({ grants: GRANTS }));
        expect(inputs({ grants: GRANTS })).not.to.deep.equal(inputs());
    });

    it("lets EMR make Spot's role where there may be Spot instances", async () => {
        expect(resourceInputs(await roles({ spot: true }))).to.deep.equal(inputs({ spot: true }));
        expect(inputs({ spot: true })).not.to.deep.equal(inputs());
    });

    it("attaches further managed policies to the nodes' role, each under a name made of its ARN", async () => {
        const policyArns = [
            "arn:aws:iam::111122223333:policy/extra",
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        ];
        const result = await roles({ policyArns });
        const names = [
            "iam-jobflow-111122223333:policy/extra",
            "iam-jobflow-aws:policy/AmazonSSMManagedInstanceCore",
        ];
        expect(resourceLines(result)).to.have.members([
            ...LINES,
            ...names.map((name) => `${ATTACHMENT} ${name} < iam`),
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            ...inputs(),
            [`${ATTACHMENT} ${names[0]}`]: { role: JOBFLOW, policyArn: policyArns[0] },
            [`${ATTACHMENT} ${names[1]}`]: { role: JOBFLOW, policyArn: policyArns[1] },
        });
    });

    it("gives each attachment a name of its own, whatever slashes and hyphens the policies' names have", async () => {
        const result = await roles({
            policyArns: [
                "arn:aws:iam::111122223333:policy/team/extra",
                "arn:aws:iam::111122223333:policy/team-extra",
            ],
        });
        const names = result.registrations.filter(({ type }) => type === ATTACHMENT).map(({ name }) => name);
        expect(new Set(names).size).to.equal(3);
    });

    it("hands out names that also mean that the policies are attached, and uses plain ones itself", async () => {
        const result = await run(() => {
            const { jobflowRole, serviceRole } = new EmrRoles("iam", {
                ...ARGS,
                policyArns: ["arn:aws:iam::111122223333:policy/extra"],
            });
            new aws.ssm.Parameter("jobflow", { type: "String", value: jobflowRole });
            new aws.ssm.Parameter("service", { type: "String", value: serviceRole });
            return {};
        });
        const dependencies = (type: string, name: string) => [
            ...registration(result, type, name).dependencies,
        ];
        expect(dependencies("aws:ssm/parameter:Parameter", "jobflow")).to.have.members([
            "iam-jobflow-111122223333:policy/extra",
            "iam-jobflow-policy",
            "iam-jobflow-profile",
        ]);
        expect(dependencies("aws:ssm/parameter:Parameter", "service")).to.have.members([
            "iam-service",
            "iam-service-managed-policy",
            "iam-service-policy",
        ]);
        expect(dependencies("aws:iam/instanceProfile:InstanceProfile", "iam-jobflow-profile")).to.deep.equal([
            "iam-jobflow",
        ]);
        expect(dependencies("aws:iam/rolePolicy:RolePolicy", "iam-service-policy")).to.have.members([
            "iam-jobflow",
            "iam-service",
        ]);
        expect(dependencies("aws:iam/policy:Policy", "iam-operator")).to.have.members([
            "iam-jobflow",
            "iam-service",
        ]);
    });

    it("knows in a preview what does not depend on a role that is not there yet", async () => {
        const result = await roles({}, { preview: true });
        expect(result.outputs).to.deep.equal({
            serviceRole: undefined,
            jobflowRole: undefined,
            operatorPolicyArn: undefined,
        });
        expect(registration(result, "aws:iam/role:Role", "iam-service").inputs).to.deep.equal(
            inputs()["aws:iam/role:Role iam-service"],
        );
        expect(
            registration(result, "aws:iam/rolePolicy:RolePolicy", "iam-jobflow-policy").inputs,
        ).to.deep.equal({
            ...inputs()["aws:iam/rolePolicy:RolePolicy iam-jobflow-policy"],
            role: undefined,
        });
    });

    for (const [path, expected] of [
        ["", "theirs"],
        ["data/", "arn:aws:iam::111122223333:role/data/theirs"],
    ]) {
        it(`gives EMR a service role's name, or its ARN where the name alone is not enough: ${expected}`, async () => {
            const serviceRole = { name: "theirs", arn: `arn:aws:iam::111122223333:role/${path}theirs` };
            const result = await roles({ serviceRole });
            const outputs = registration(result, COMPONENT, "iam").outputs ?? {};
            expect(outputs.serviceRole).to.equal("theirs");
            expect(outputs.serviceRoleForEmr).to.equal(expected);
            const jobflowRoleArn = `arn:aws:iam::000000000000:role/${JOBFLOW}`;
            expect(outputs.requiredPolicies).to.deep.equal({
                serviceRole: {
                    managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"],
                    policyDocument: JSON.stringify(
                        serviceRolePolicy({ ...FACTS, jobflowRoleArn, spot: false }),
                    ),
                },
            });
            expect(registration(result, "aws:iam/policy:Policy", "iam-operator").inputs.policy).to.include(
                serviceRole.arn,
            );
        });
    }
});
