import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";

const ROOT = path.join(__dirname, "..", "..");
const { main } = parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as { readonly main: string };

/** What `npm ci --omit=dev` and `pulumi up` need of a clone. */
const PROGRAM = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "Pulumi.yaml",
    "index.ts",
    "components",
];

describe("the program, under Pulumi's Node.js host, after npm ci --omit=dev", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "program-"));
    const npm = (...args: readonly string[]) =>
        execFileSync("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund"], {
            cwd: folder,
            stdio: "pipe",
        });
    /** The host passes `.` for a project without `main`. */
    const registered = (entry: string) => {
        const output = execFileSync(process.execPath, [path.join(__dirname, "host.cjs"), folder, entry], {
            cwd: folder,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
        });
        return JSON.parse(output.trim().split("\n").at(-1) ?? "") as readonly string[];
    };

    before(() => {
        for (const name of PROGRAM) {
            cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
        }
        npm("ci", "--omit=dev");
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it("is index.ts, without the compiled package", () => {
        expect(registered(main)).to.include("snowplow-emr-encryption:index:EmrEncryption");
    });

    describe("with the compiled package", () => {
        before(() => {
            execFileSync(process.execPath, [path.join(ROOT, ".ci", "compile-package.cjs")], {
                stdio: "pipe",
            });
            cpSync(path.join(ROOT, "dist"), path.join(folder, "dist"), { recursive: true });
        });

        it("is index.ts", () => {
            expect(registered(main)).to.include("snowplow-emr-encryption:index:EmrEncryption");
        });

        it("would be the library without `main` in Pulumi.yaml, and an up would delete the stack", () => {
            expect(registered(".")).to.deep.equal(["pulumi:pulumi:Stack"]);
        });
    });
});
