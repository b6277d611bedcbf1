import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable, Writable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { adoptMain } from "../../commands/adopt";
import { renderedFiles, renderStack } from "../../commands/render";
import { InvalidArguments } from "../../components/domain/errors";
import { type MutatedConfig, mutatedConfig } from "../support/config-yml-mutations";
import {
    filledIn,
    lostLeaves,
    type Outcome,
    unlistedDifferences,
    unlistedOpenValues,
} from "../support/config-yml-mutations/account";

const RUNS = Number(process.env.RUNS ?? 200);

/** Whether a file is a config.yml once its open values are words; only then adopt must read it. */
function isReadable({ finished }: MutatedConfig): boolean {
    const document = parseDocument(finished, { version: "1.1", uniqueKeys: false, logLevel: "silent" });
    if (document.errors.length > 0 || /(?![\t\n\r])\p{Cc}|\p{Noncharacter_Code_Point}/u.test(finished)) {
        return false;
    }
    try {
        const content = document.toJS() as Record<string, Record<string, unknown>>;
        const plain = (key: string) =>
            content[":aws"]?.[key] ??
            content.aws?.[key] ??
            content.aws?.[`:${key}`] ??
            content[":aws"]?.[`:${key}`];
        return ["s3", "emr"].every(
            (key) => typeof plain(key) === "object" && plain(key) !== null && !Array.isArray(plain(key)),
        );
    } catch {
        return false; // An alias without an anchor.
    }
}

/** A stream that keeps everything: a stack file can be larger than the buffer of a pipe. */
function sink(): { readonly stream: Writable; readonly text: () => string } {
    const chunks: string[] = [];
    const stream = new Writable({
        write: (chunk, _, done) => {
            chunks.push(String(chunk));
            done();
        },
    });
    return { stream, text: () => chunks.join("") };
}

describe("adopt", () => {
    const { warn } = console;
    let folder = "";

    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "adopt-property-"));
        console.warn = () => undefined; // Old releases have warnings.
    });

    after(() => {
        console.warn = warn;
        rmSync(folder, { recursive: true });
    });

    /** How the program reads a stack file. */
    const outcome = async (stackFile: string): Promise<Outcome & { readonly errors: readonly string[] }> => {
        writeFileSync(path.join(folder, "Pulumi.dev.yaml"), stackFile);
        try {
            const run = await renderStack(folder, "dev");
            return { stackFile, openPaths: [], rendered: renderedFiles(run)["config.yml"], errors: [] };
        } catch (error) {
            if (!(error instanceof InvalidArguments)) {
                throw error;
            }
            const open = error.errors.filter(({ code }) => (code as string) === "open-value");
            return {
                stackFile,
                openPaths: open.map(({ path: [first, ...rest] }) =>
                    first === "emrEtlRunner" ? rest : [first ?? "", ...rest],
                ),
                rendered: undefined,
                errors: error.errors.map(({ code, path: keys }) => `${code} ${keys.join(".")}`),
            };
        }
    };

    it(`accounts for every leaf of any mutated config.yml that it reads: ${RUNS} times`, async () => {
        let read = 0;
        await fc.assert(
            fc.asyncProperty(mutatedConfig, async (config) => {
                const [out, err] = [sink(), sink()];
                const stdin = Readable.from([config.text]);
                const code = await adoptMain(["-"], { stdin, stdout: out.stream, stderr: err.stream });
                const [stdout, stderr] = [out.text(), err.text()];
                const leaked = config.secrets.filter((secret) => `${stdout}${stderr}`.includes(secret));
                expect(leaked, "secrets in the output").to.deep.equal([]);
                expect(stderr, "a stack trace").not.to.match(/^ +at .*[:(]\d+/m);
                if (code === 2) {
                    expect(stdout, "the output of a refusal").to.equal("");
                    expect(stderr, "the reason of a refusal").not.to.equal("");
                    expect(isReadable(config), `a refusal of a readable file: ${stderr}`).to.equal(false);
                    return;
                }
                read++;
                const found = await outcome(stdout);
                expect(lostLeaves(config.root, found), "leaves").to.deep.equal([]);
                expect(unlistedDifferences(config.root, found), "differences").to.deep.equal([]);
                expect(unlistedOpenValues(found), "the list of open values").to.deep.equal([]);
                const isOpenOnly = found.errors.every((error) => error.startsWith("open-value"));
                const filled = isOpenOnly ? filledIn(found) : undefined;
                const rendered = filled && (await outcome(filled)).rendered;
                expect(
                    unlistedDifferences(config.root, { ...found, rendered }),
                    "differences with open values filled in",
                ).to.deep.equal([]);
                expect(
                    code === 0,
                    `exit code ${code}, and render: ${found.errors.join("; ") || "no errors"}`,
                ).to.equal(found.rendered !== undefined);
            }),
            { numRuns: RUNS },
        );
        expect(read, "files that adopt read").to.be.above(RUNS / 2);
    });
});
