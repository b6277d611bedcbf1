import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { readStackFile } from "../../commands/stack-file";
import { stackOf } from "../../commands/stack-name";
import { InvalidArguments } from "../../components/domain/errors";

describe("the argument of a command", () => {
    let directory: string;

    before(() => {
        directory = mkdtempSync(path.join(tmpdir(), "stacks-"));
        for (const name of [
            "Pulumi.yaml",
            "Pulumi.prod.yaml",
            "Pulumi.eu.test.yaml",
            "Pulumi.x.yml",
            "config.yml",
        ]) {
            writeFileSync(path.join(directory, name), "");
        }
        mkdirSync(path.join(directory, "empty"));
        mkdirSync(path.join(directory, "Pulumi.folder.yaml"));
        symlinkSync(directory, path.join(directory, "link"));
        writeFileSync(path.join(directory, "Pulumi.dots.yml.yaml"), "");
    });

    after(() => rmSync(directory, { recursive: true }));

    const linesOf = (run: () => unknown) => {
        try {
            return run();
        } catch (error) {
            expect(error).to.be.instanceOf(InvalidArguments);
            return (error as Error).message.replaceAll(directory, "DIRECTORY").split("\n").slice(2);
        }
    };

    it("is a stack, or its file in this directory", () => {
        const absolute = path.join(directory, "Pulumi.prod.yaml");
        for (const [argument, stack] of [
            ...["prod", "Pulumi.prod.yaml", "./Pulumi.prod.yaml", ".\\Pulumi.prod.yaml"].map((text) => [
                text,
                "prod",
            ]),
            ...[
                "Pulumi.prod.yml",
                "pulumi.prod.yaml",
                absolute,
                "empty/../Pulumi.prod.yaml",
                "link/Pulumi.prod.yaml",
            ].map((text) => [text, "prod"]),
            ...["eu.test", "Pulumi.eu.test.yaml"].map((text) => [text, "eu.test"]),
            ...["dots.yml", "new", "new.stack"].map((text) => [text, text]),
        ]) {
            expect(stackOf(argument ?? "", directory), argument).to.equal(stack);
        }
    });

    it("may be a path from where npm was called", () => {
        const { INIT_CWD } = process.env;
        process.env.INIT_CWD = path.join(directory, "empty");
        try {
            expect(stackOf("../Pulumi.prod.yaml", directory)).to.equal("prod");
        } finally {
            Object.assign(process.env, { INIT_CWD });
            if (INIT_CWD === undefined) {
                delete process.env.INIT_CWD;
            }
        }
    });

    it("is refused with what to pass instead", () => {
        const stacks = "    expected: the name of a stack: dots.yml, eu.test, folder, prod";
        const copy =
            "    fix:      run this command in the stack file's project, or copy the file to DIRECTORY";
        const adopt = (file: string) =>
            `    fix:      if it is EmrEtlRunner's config.yml: \`npm run -s adopt -- ${file}\` prints a stack file for it`;
        for (const [argument, found, rest] of [
            ["../Pulumi.prod.yaml", "a stack file of another directory", copy],
            ["empty/Pulumi.prod.yaml", "a stack file of another directory", copy],
            ["/none/Pulumi.prod.yaml", "a stack file of another directory", copy],
            ["Pulumi.yaml", "the project's file", stacks],
            ["config.yml", "a file that is not a stack file", adopt("config.yml")],
            [
                "../etl/config.yml.sample",
                "a file that is not a stack file",
                adopt("../etl/config.yml.sample"),
            ],
            ["acme/prod", "not a stack's name", stacks],
            ["prod\u2028", "not a stack's name", stacks],
        ] as const) {
            expect(
                linesOf(() => stackOf(argument, directory)),
                argument,
            ).to.deep.equal([`    found:    ${found}`, rest]);
        }
    });

    it("is refused with the stacks that have a file, the nearest first", () => {
        for (const [stack, ...rest] of [
            ["prd", "expected: one of prod, folder, dots.yml, eu.test", "fix:      did you mean prod?"],
            [
                "q",
                "expected: one of dots.yml, eu.test, folder, prod",
                "fix:      write Pulumi.q.yaml: examples/ has some to copy",
            ],
            ["x", "fix:      rename Pulumi.x.yml: Pulumi's CLI reads .yaml, as of Pulumi.yaml"],
        ] as const) {
            const expected = ["found:    missing", ...rest].map((line) => `    ${line}`);
            expect(
                linesOf(() => readStackFile(directory, stack)),
                stack,
            ).to.deep.equal(expected);
        }
        expect(linesOf(() => readStackFile(path.join(directory, "empty"), "dev"))).to.deep.equal([
            "    found:    missing",
            "    fix:      run this command in the directory of the stack files: DIRECTORY/empty has none",
        ]);
        expect(linesOf(() => readStackFile(directory, "folder"))).to.deep.equal([
            "    found:    an error (EISDIR)",
        ]);
    });
});
