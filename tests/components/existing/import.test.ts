import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Registration } from "../../../testing/mock-engine";
import { MINIMAL, runStack } from "../../support/run";

/** The fields of `pulumi import`'s file that docs/existing.md uses. */
interface ImportFile {
    /** The URNs of parents that are already in the state. */
    readonly nameTable: Readonly<Record<string, string>>;
    readonly resources: readonly {
        readonly type: string;
        /** The name that other entries use for it. */
        readonly name: string;
        /** Its name in the program. Default: `name`. */
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

    it("is the only import file", () => {
        expect(others).to.deep.equal([]);
    });

    it("has unique names, since Pulumi's CLI refuses an ambiguous parent", () => {
        const names = [...Object.keys(file.nameTable), ...file.resources.map(({ name }) => name)];
        expect(new Set(names).size).to.equal(names.length);
        const parents = file.resources.map(({ parent = "" }) => parent);
        expect(parents.filter((parent) => !names.includes(parent))).to.deep.equal([]);
    });

    it("has the types, names and parents that the program registers", () => {
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

    it("imports the bucket by its id, and components without an id", () => {
        expect(file.resources.map(({ component = false, id }) => [component, id])).to.deep.equal([
            [true, undefined],
            [false, "my-archive"],
        ]);
    });
});
