import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const root = path.join(__dirname, "..");

/** `pulumi up` only strips types (`noCheck` in tsconfig.json); without a flag, so would the check. */
describe("the type check", () => {
    let folder: string;
    let withFlag: string;
    let withoutFlag: string;

    const tsc = (...flags: readonly string[]): Promise<string> =>
        new Promise((resolve) => {
            const script = require.resolve("typescript/bin/tsc");
            execFile(process.execPath, [script, ...flags, "-p", folder], { cwd: root }, (error, stdout) =>
                resolve(`${stdout.trim()} (exit code ${error?.code ?? 0})`.trim()),
            );
        });

    before(async () => {
        mkdirSync(path.join(root, "build"), { recursive: true });
        folder = mkdtempSync(path.join(root, "build", "types-"));
        writeFileSync(path.join(folder, "planted.ts"), 'export const count: number = "2";\n');
        writeFileSync(
            path.join(folder, "tsconfig.json"),
            // Without the types of node and mocha, which nothing here uses: a second less.
            JSON.stringify({
                extends: "../../tsconfig.json",
                compilerOptions: { types: [] },
                include: ["*.ts"],
            }),
        );
        [withFlag, withoutFlag] = await Promise.all([tsc("--noEmit", "--noCheck", "false"), tsc("--noEmit")]);
    });

    after(() => rmSync(folder, { recursive: true }));

    it("is the one of `npm run types`", () => {
        const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
            readonly scripts: Readonly<Record<string, string>>;
        };
        expect(scripts.types).to.equal("tsc --noEmit --noCheck false");
        expect(scripts.test).to.include("npm run types");
    });

    it("finds a planted error", () => {
        expect(withFlag).to.match(
            /planted\.ts\(1,14\): error TS2322: Type 'string' is not assignable to type 'number'\. \(exit code [12]\)$/,
        );
    });

    it("would find none without its flag", () => {
        expect(withoutFlag).to.equal("(exit code 0)");
    });
});
