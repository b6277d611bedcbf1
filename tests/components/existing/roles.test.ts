import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import { FailedLookup } from "../../../components/existing/lookup";
import { checkRole, lookUpJobflowRole, lookUpServiceRole } from "../../../components/existing/roles";
import { answer, codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, parse } from "../args/parse";

const ARGS = parse({
    ...batch(),
    access: { serviceRole: { existing: "my-service" }, jobflowRole: { existing: "my-nodes" } },
});
const EMR = "elasticmapreduce.amazonaws.com";
const EC2 = "ec2.amazonaws.com";
const FAILED = new FailedLookup("no");

const trusting = (Service: string) =>
    answer<aws.iam.GetRoleResult>({
        assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service } }] }),
    });
const profileWith = (roleName: string) => answer<aws.iam.GetInstanceProfileResult>({ roleName });

describe("checkRole", () => {
    for (const [situation, which, facts, ...expected] of [
        ["a service role of EMR's", "serviceRole", { role: trusting(EMR) }],
        ["a service role of EC2's", "serviceRole", { role: trusting(EC2) }, "role-does-not-trust-service"],
        ["a service role without answer", "serviceRole", { role: FAILED }, "lookup-failed"],
        ["a jobflow role of EC2's", "jobflowRole", { role: trusting(EC2), profile: profileWith("my-role") }],
        [
            "a jobflow role of EMR's",
            "jobflowRole",
            { role: trusting(EMR), profile: profileWith("my-role") },
            "role-does-not-trust-service",
        ],
        [
            "a jobflow role without answer, once",
            "jobflowRole",
            { role: FAILED, profile: FAILED },
            "lookup-failed",
        ],
        [
            "an instance profile without answer",
            "jobflowRole",
            { role: trusting(EC2), profile: FAILED },
            "lookup-failed",
        ],
        [
            "an instance profile with another role",
            "jobflowRole",
            { role: trusting(EC2), profile: profileWith("my-role-2") },
            "instance-profile-with-another-role",
        ],
        [
            "everything that can be wrong with a role",
            "jobflowRole",
            { role: trusting(EMR), profile: FAILED },
            "role-does-not-trust-service",
            "lookup-failed",
        ],
    ] as const) {
        it(`${expected.length === 0 ? "accepts" : "reports"} ${situation}`, () => {
            expect(codes(checkRole(which, { name: "my-role", ...facts }))).to.deep.equal(
                expected.map((code) => [code, `access.${which}.existing`]),
            );
        });
    }
});

describe("lookUpServiceRole and lookUpJobflowRole", () => {
    const role = (name: string) => ({
        name,
        arn: `arn:aws:iam::000000000000:role/${name}`,
        assumeRolePolicy: `["${EMR}","${EC2}"]`,
    });

    it("make no look-up if the stack creates its own roles", async () => {
        const none = parse(batch());
        expect(await lookUp(() => lookUpServiceRole(none))).to.deep.equal({ facts: undefined, calls: [] });
        expect(await lookUp(() => lookUpJobflowRole(none))).to.deep.equal({ facts: undefined, calls: [] });
    });

    it("look up the service role, which has no profile", async () => {
        expect(await lookUp(() => lookUpServiceRole(ARGS))).to.deep.equal({
            facts: { name: "my-service", role: role("my-service") },
            calls: [["getRole", { name: "my-service" }]],
        });
    });

    it("look up the jobflow role, and the instance profile of its name", async () => {
        expect(await lookUp(() => lookUpJobflowRole(ARGS))).to.deep.equal({
            facts: {
                name: "my-nodes",
                role: role("my-nodes"),
                profile: { name: "my-nodes", roleName: "my-nodes" },
            },
            calls: [
                ["getInstanceProfile", { name: "my-nodes" }],
                ["getRole", { name: "my-nodes" }],
            ],
        });
    });

    it("return failures", async () => {
        const refused = { getRole: () => refuse("no role"), getInstanceProfile: () => refuse("no profile") };
        expect((await lookUp(() => lookUpServiceRole(ARGS), refused)).facts).to.deep.equal({
            name: "my-service",
            role: new FailedLookup("no role"),
        });
        expect((await lookUp(() => lookUpJobflowRole(ARGS), refused)).facts).to.deep.equal({
            name: "my-nodes",
            role: new FailedLookup("no role"),
            profile: new FailedLookup("no profile"),
        });
    });
});
