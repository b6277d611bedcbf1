import { expect } from "chai";
import { LOCATIONS } from "./locations";
import { BOTH, deployed, namesOf, physical, role } from "./stacks";

for (const stack of BOTH) {
    describe(`the tables of policy decisions, ${stack} stack`, () => {
        it("use the folders of the output `buckets`", async () => {
            const { run } = await deployed(stack);
            const named: Record<string, string | readonly string[]> = {};
            for (const [path, folder] of LOCATIONS[stack]) {
                const url = `s3://${physical(stack, folder)}`;
                named[path] = path === "raw.in" ? [...(named[path] ?? []), url] : url;
            }
            expect(run.outputs.buckets).to.deep.equal(named);
        });

        it("use the roles of the outputs", async () => {
            const { serviceRole, jobflowRole } = (await deployed(stack)).run.outputs;
            expect([role(String(serviceRole)), role(String(jobflowRole))]).to.deep.equal([
                namesOf(stack).serviceRole,
                namesOf(stack).jobflowRole,
            ]);
        });
    });
}

describe("the tables of policy decisions, stacks with existing resources", () => {
    it("use the outputs for the owners of existing roles and keys", async () => {
        const { outputs } = (await deployed("existing")).run;
        expect([outputs.serviceRole, outputs.jobflowRole]).to.deep.equal(["acme-emr", "acme-nodes"]);
        expect(Object.keys(Object(outputs.requiredPolicies))).to.have.members(["serviceRole", "jobflowRole"]);
        expect(outputs.kmsKeyPolicyStatements).to.be.an("array");
        expect((await deployed("own-key")).run.outputs).not.to.have.property("requiredPolicies");
    });
});
