import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { configReference, withReference } from "../commands/config-reference";
import { MINIMAL, runStack } from "./support/run";

const root = path.join(__dirname, "..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");

describe("README.md", () => {
    it("has the stack config of today (npm run schema)", () => {
        expect(withReference(readme)).to.equal(readme);
        expect(configReference()).to.include(
            "| `validityDays` | `365` | How long the nodes' certificate is valid, in days. |",
        );
    });

    it("cannot take the stack config without the two marks", () => {
        expect(() => withReference("# nothing here")).to.throw(
            "README.md: found no <!-- npm run schema: begin -->",
        );
    });

    it("names scripts and files that exist", () => {
        const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
            readonly scripts: Readonly<Record<string, string>>;
        };
        const named = [...readme.matchAll(/npm run (?:-s )?([a-z]+(?::[a-z]+)*)/g)].map(
            ([, name]) => name ?? "",
        );
        expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
        const links = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, file]) => file ?? "");
        expect(links.filter((file) => !existsSync(path.join(root, file)))).to.deep.equal([]);
    });

    it("lists the outputs that there are", async () => {
        const arn = "arn:aws:kms:eu-west-1:111122223333:key/1234"; // Another account's.
        const { outputs } = await runStack({
            ...MINIMAL,
            encryption: { kmsKeyArn: arn },
            access: { serviceRole: { existing: "emr" } },
        });
        const section = readme.split("## Outputs")[1]?.split("\n## ")[0] ?? "";
        const cells = [...section.matchAll(/^\| (`.+?) \|/gm)].map(([, cell]) => cell ?? "");
        const listed = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
        expect(listed).to.have.members(Object.keys(outputs));
    });
});
