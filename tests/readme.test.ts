import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { REFERENCE_FILE, withReference } from "../commands/config-reference";
import { MINIMAL, runStack } from "./support/run";

const root = path.join(__dirname, "..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");
const reference = readFileSync(path.join(root, REFERENCE_FILE), "utf8");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
};

/** As GitHub names them in links. */
function headings(file: string): ReadonlySet<string> {
    return new Set(
        [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
            text
                .toLowerCase()
                .replace(/[^\p{L}\p{N} _-]/gu, "")
                .replaceAll(" ", "-"),
        ),
    );
}

describe("README.md and docs/", () => {
    it("has the stack config of today (npm run schema)", () => {
        expect(withReference(reference)).to.equal(reference);
    });

    it("cannot take the stack config without the two marks", () => {
        expect(() => withReference("# nothing here")).to.throw(
            "docs/reference.md: expected <!-- npm run schema: begin -->",
        );
    });

    const folders = [".", "docs", "examples", "examples/component"];
    for (const page of folders.flatMap((folder) =>
        readdirSync(path.join(root, folder)).map((file) => path.join(folder, file)),
    )) {
        if (page.endsWith(".md")) {
            it(`names scripts, files and headings that exist: ${page}`, () => {
                const text = readFileSync(path.join(root, page), "utf8");
                const named = [...text.matchAll(/npm run (?:-s )?([a-z]+(?:[:-][a-z]+)*)/g)];
                expect(named.filter(([, script = ""]) => !(script in scripts)).map(String)).to.deep.equal([]);
                const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
                const broken = links.filter(([, file = "", heading]) => {
                    const target = file === "" ? path.join(root, page) : path.resolve(root, page, "..", file);
                    return !existsSync(target) || (heading !== undefined && !headings(target).has(heading));
                });
                expect(broken.map(String)).to.deep.equal([]);
            });
        }
    }

    it("shows the program of examples/component second, after how to try it", () => {
        const [, , second = ""] = readme.split(/^## /m);
        const program = readFileSync(path.join(root, "examples", "component", "index.ts"), "utf8");
        expect(second).to.include(`\`\`\`ts\n${program}\`\`\``);
    });

    it("lists the outputs that there are", async () => {
        const arn = "arn:aws:kms:eu-west-1:111122223333:key/1234"; // Another account's.
        const { outputs } = await runStack({
            ...MINIMAL,
            encryption: { kmsKeyArn: arn },
            access: { serviceRole: { existing: "emr" } },
        });
        const section = reference.split("## Outputs")[1]?.split("\n## ")[0] ?? "";
        const cells = [...section.matchAll(/^\| (`.+?) \|/gm)].map(([, cell]) => cell ?? "");
        const listed = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
        expect(listed).to.have.members(Object.keys(outputs));
    });
});
