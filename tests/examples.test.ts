import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { renderStack } from "../commands/render";
import { clusterErrors } from "./support/dataflow-runner-contract";
import { fileErrors } from "./support/emr-etl-runner-contract";
import { limitErrors } from "./support/limits";
import { findings } from "./support/policy-pack";

const folder = path.join(__dirname, "..", "examples");
const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);

/** The warnings that an example has on purpose. */
const WARNINGS: Readonly<Record<string, RegExp>> = {
    small: /^network\.internetAccess is public/,
    production: /is a topic of account 111122223333/, // Every account of an example is another than the placeholder's.
};

describe("the examples", () => {
    for (const stack of stacks) {
        it(`render: ${stack}`, async () => {
            const run = await renderStack(folder, stack);
            expect(fileErrors(String(run.outputs.emrEtlRunnerConfig))).to.deep.equal([]);
            expect(clusterErrors(run)).to.deep.equal([]);
            expect(limitErrors(run, {})).to.deep.equal([]);
            expect(findings(run)).to.deep.equal([]);
            expect(run.warnings.filter((warning) => !WARNINGS[stack]?.test(warning))).to.deep.equal([]);
        });
    }

    it("are all in the table of examples/README.md, with three lines of why", () => {
        const readme = readFileSync(path.join(folder, "README.md"), "utf8");
        const listed = [...readme.matchAll(/\]\(Pulumi\.(.+?)\.yaml\)/g)].map(([, stack]) => stack);
        expect(listed).to.have.members(stacks);
        for (const stack of stacks) {
            const text = readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), "utf8");
            const [before = ""] = text.split("\nconfig:");
            expect(before.split("\n").slice(2), stack).to.have.length(3);
        }
    });
});
