import { expect } from "chai";
import { checkRole } from "../../../components/existing/roles";
import { codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, parse } from "../args/parse";

const ARGS = parse({
    ...batch(),
    access: { serviceRole: { existing: "my-service" }, jobflowRole: { existing: "my-nodes" } },
});
const trusting = (service: string) => ({
    getRole: () => ({
        assumeRolePolicy: JSON.stringify({
            Statement: [{ Effect: "Allow", Principal: { Service: service } }],
        }),
    }),
});
const EMR = trusting("elasticmapreduce.amazonaws.com");
const EC2 = trusting("ec2.amazonaws.com");
const NO_ROLE = { getRole: () => refuse("no") };
const NO_PROFILE = { getInstanceProfile: () => refuse("no") };

describe("checkRole", () => {
    for (const [situation, which, answers, ...expected] of [
        ["a service role for EMR", "serviceRole", EMR],
        ["a service role for EC2", "serviceRole", EC2, "role-does-not-trust-service"],
        ["a service role without an answer", "serviceRole", NO_ROLE, "lookup-failed"],
        ["a jobflow role for EC2", "jobflowRole", EC2],
        ["a jobflow role for EMR", "jobflowRole", EMR, "role-does-not-trust-service"],
        [
            "a jobflow role without an answer, once",
            "jobflowRole",
            { ...NO_ROLE, ...NO_PROFILE },
            "lookup-failed",
        ],
        ["an instance profile without an answer", "jobflowRole", { ...EC2, ...NO_PROFILE }, "lookup-failed"],
        [
            "an instance profile with another role",
            "jobflowRole",
            { ...EC2, getInstanceProfile: () => ({ roleName: "my-nodes-2" }) },
            "instance-profile-with-another-role",
        ],
        [
            "all faults of a role",
            "jobflowRole",
            { ...EMR, ...NO_PROFILE },
            "role-does-not-trust-service",
            "lookup-failed",
        ],
    ] as const) {
        it(`${expected.length === 0 ? "accepts" : "reports"} ${situation}`, async () => {
            const { facts } = await lookUp(() => checkRole(which, ARGS), answers);
            expect(codes(facts.errors)).to.deep.equal(
                expected.map((code) => [code, `access.${which}.existing`]),
            );
        });
    }

    it("makes no look-up if the stack creates the role", async () => {
        for (const which of ["serviceRole", "jobflowRole"] as const) {
            const none = { facts: { errors: [] }, calls: [] };
            expect(await lookUp(() => checkRole(which, parse(batch())))).to.deep.equal(none);
        }
    });

    for (const [which, name, ...profileCalls] of [
        ["serviceRole", "my-service"],
        ["jobflowRole", "my-nodes", ["getInstanceProfile", { name: "my-nodes" }]],
    ] as const) {
        it(`looks up the ${which}${profileCalls.length > 0 ? " and the instance profile of its name" : ""}`, async () => {
            expect(await lookUp(() => checkRole(which, ARGS))).to.deep.equal({
                facts: { errors: [], role: { name, arn: `arn:aws:iam::000000000000:role/${name}` } },
                calls: [...profileCalls, ["getRole", { name }]],
            });
        });
    }
});
