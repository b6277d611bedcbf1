import { PassThrough } from "node:stream";
import { expect } from "chai";
import { formatError, formatWarnings, type Terminal, wrapped } from "../../commands/terminal";

const stream = (columns?: number): Terminal => Object.assign(new PassThrough(), { columns });

/** A terminal that shows colours. */
const terminal: Terminal = Object.assign(stream(40), { isTTY: true });

const MESSAGE = [
    "Pulumi.dev.yaml: 1 error",
    "  network.cidrBlock (line 4)",
    "    found:    a string of 9 characters that is long",
    "    fix:      run `aws kms describe-key --key-id a`, then write it",
].join("\n");

const WRAPPED = [
    "Pulumi.dev.yaml: 1 error",
    "  network.cidrBlock (line 4)",
    "    found:    a string of 9 characters",
    "              that is long",
    "    fix:      run",
    "              `aws kms describe-key --key-id a`,",
    "              then write it",
];

describe("the text of a command", () => {
    const { NO_COLOR, FORCE_COLOR } = process.env;

    beforeEach(() => {
        delete process.env.NO_COLOR;
        delete process.env.FORCE_COLOR;
    });

    after(() => {
        for (const [name, value] of Object.entries({ NO_COLOR, FORCE_COLOR })) {
            if (value !== undefined) {
                process.env[name] = value;
            }
        }
    });

    it("is wrapped below its label, and no command in backticks is broken", () => {
        expect(wrapped(MESSAGE, stream(40)).split("\n")).to.deep.equal(WRAPPED);
    });

    it("has at most 100 columns, in a wider terminal and in a file", () => {
        const text = `- ${"word ".repeat(100)}`.trim();
        for (const columns of [200, 100, undefined, 0]) {
            const lengths = wrapped(text, stream(columns))
                .split("\n")
                .map((line) => line.length);
            expect(Math.max(...lengths), String(columns)).to.be.within(96, 100);
        }
    });

    it("keeps every word, and the spaces of a line that fits", () => {
        const excerpt = "      secret_access_key:  ····\n                          ^";
        expect(wrapped(excerpt, stream(40))).to.equal(excerpt);
        const long = `https://${"x".repeat(120)}`;
        expect(wrapped(`  - see ${long} for it`, stream()).split("\n")).to.deep.equal([
            "  - see",
            `    ${long}`,
            "    for it",
        ]);
    });

    it("has colours on a terminal only", () => {
        const [title = "", key = "", ...rest] = WRAPPED;
        const coloured = [`\u001b[31m${title}\u001b[39m`, `\u001b[1m${key}\u001b[22m`, ...rest].join("\n");
        expect(formatError(MESSAGE, terminal)).to.equal(coloured);
        expect(formatError(MESSAGE, stream(40))).to.equal(WRAPPED.join("\n"));
        process.env.FORCE_COLOR = "1";
        expect(formatError(MESSAGE, stream(40))).to.equal(coloured);
    });

    it("ends with the number of warnings, and each of them", () => {
        expect(formatWarnings([], stream())).to.equal("");
        expect(formatWarnings(["a"], stream())).to.equal("\n1 warning\n  - a\n");
        expect(formatWarnings([`a ${"b".repeat(20)} ${"c".repeat(20)}`, "d"], stream(40))).to.equal(
            `\n2 warnings\n  - a ${"b".repeat(20)}\n    ${"c".repeat(20)}\n  - d\n`,
        );
    });
});
