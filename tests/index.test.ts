import { expect } from "chai";
import { runStack } from "./support/run";

describe("the whole program", () => {
    it("runs to its end for the least that a stack must say", async () => {
        const { outputs, secretOutputs } = await runStack();
        expect(secretOutputs).to.deep.equal([]);
        expect(outputs.emrEtlRunnerConfig).to.be.a("string");
    });
    it("breaks nowhere in a preview, where hardly anything is known", async () => {
        const { outputs } = await runStack(undefined, { preview: true });
        expect(outputs.emrEtlRunnerConfig).to.equal(undefined);
    });
});
