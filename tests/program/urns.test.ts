import { expect } from "chai";
import { renderStack } from "../../commands/render";
import type { Registration } from "../../testing/mock-engine";
import { expectGolden } from "../support/golden";

/** The URNs of a stack without its project and name: the types of all parents, the type, and the logical name. */
function urns(registrations: readonly Registration[]): readonly string[] {
    const byName = new Map(registrations.map((each) => [`${each.name} ${each.custom}`, each]));
    /** The parents of all resources are components, whose names are unique. */
    const types = ({ type, parent }: Registration): readonly string[] => {
        const above = byName.get(`${parent} false`);
        return above === undefined || above.type === "pulumi:pulumi:Stack" ? [type] : [...types(above), type];
    };
    return registrations
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .map((each) => `${types(each).join("$")}::${each.name}`)
        .sort();
}

const OWED =
    "A URN changed: an `up` of every deployed stack would delete the resource of the old URN and create another one. Give the resource `aliases`, write a release note into CHANGELOG.md, then update the golden file";

describe("the shipped stacks", () => {
    for (const stack of ["dev", "prod"]) {
        it(`keep the URNs of their resources: ${stack}`, async () => {
            const { registrations } = await renderStack(process.cwd(), stack);
            expectGolden(`urns.${stack}.txt`, `${urns(registrations).join("\n")}\n`, OWED);
        });
    }

    it("have components with names of their own", async () => {
        const { registrations } = await renderStack(process.cwd(), "prod");
        const names = registrations.filter(({ custom }) => !custom).map(({ name }) => name);
        expect(new Set(names).size).to.equal(names.length);
    });
});
