import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Registration } from "../../../testing/mock-engine";
import { MINIMAL, runStack } from "../../support/run";

/** A file for `pulumi import`, as far as docs/existing.md uses it. */
interface ImportFile {
    /** Of parents that are in the state already: their URNs. */
    readonly nameTable: Readonly<Record<string, string>>;
    readonly resources: readonly {
        readonly type: string;
        /** What other entries call it. */
        readonly name: string;
        /** What the program calls it. Default: its name. */
        readonly logicalName?: string;
        readonly component?: boolean;
        readonly id?: string;
        readonly parent?: string;
    }[];
}

const doc = readFileSync(path.join(__dirname, "..", "..", "..", "docs", "existing.md"), "utf8");
const STACK = "urn:pulumi:prod::snowplow-emr-encryption";

describe("the import file of docs/existing.md", () => {
    const blocks = [...doc.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
    const [json = "{}", ...others] = blocks.filter((text) => text.includes("nameTable"));
    const file = JSON.parse(json) as ImportFile;
    let registrations: readonly Registration[] = [];
    const { warn } = console;

    before(async () => {
        console.warn = () => undefined;
        registrations = (await runStack(MINIMAL)).registrations;
    });

    after(() => {
        console.warn = warn;
    });

    it("is the only one there", () => {
        expect(others).to.deep.equal([]);
    });

    it("has each name once: Pulumi's CLI refuses a parent whose name is another's too", () => {
        const names = [...Object.keys(file.nameTable), ...file.resources.map(({ name }) => name)];
        expect(new Set(names).size).to.equal(names.length);
        const parents = file.resources.map(({ parent = "" }) => parent);
        expect(parents.filter((parent) => !names.includes(parent))).to.deep.equal([]);
    });

    it("hangs it where the program will, by the program's types and names", () => {
        const logical = new Map([
            ...Object.entries(file.nameTable).map(([name, urn]) => [name, urn.split("::").at(-1)] as const),
            ...file.resources.map(({ name, logicalName }) => [name, logicalName ?? name] as const),
        ]);
        const made = registrations.map(({ type, name, parent, custom }) => ({ type, name, parent, custom }));
        for (const { type, name, parent = "", component = false } of file.resources) {
            expect(made).to.deep.include({
                type,
                name: logical.get(name),
                parent: logical.get(parent),
                custom: !component,
            });
        }
        const urns = made
            .filter(({ parent }) => parent === "emr")
            .map(
                ({ type, name }) => `${STACK}::snowplow-emr-encryption:index:EmrEncryption$${type}::${name}`,
            );
        expect(urns).to.include.members(Object.values(file.nameTable));
    });

    it("brings what exists, by its id, and components without one", () => {
        expect(file.resources.map(({ component = false, id }) => [component, id])).to.deep.equal([
            [true, undefined],
            [false, "my-archive"],
        ]);
    });
});
