import { expect } from "chai";
import { type Files, type Kept, mutationPage } from "./mutation/report";

const FACTS = { date: "2026-01-02", commit: "0123abc", versions: "Stryker 9" };

const mutant = (line: number, replacement: string, status: string) => ({
    mutatorName: "StringLiteral",
    replacement,
    status,
    location: { start: { line } },
});

const FILES: Files = {
    "commands/verify/a.ts": { source: 'x("a");', mutants: [mutant(1, '""', "Killed")] },
    "components/b.ts": {
        source: 'first();\n    const y = x || "npm run ren";\n',
        mutants: [
            mutant(2, '""', "Survived"),
            mutant(2, '"!"', "NoCoverage"),
            mutant(1, "z", "Timeout"),
            mutant(1, "z", "Ignored"),
        ],
    },
};

const CODE = 'const y = x || "npm run ren"; ⇒ StringLiteral:';

describe("the page of the tests' own strength", () => {
    const page = (kept: readonly Kept[]) => mutationPage(FILES, kept, FACTS);

    it("has a row for each folder, for all of each root, and for all", () => {
        const { text } = page([]);
        expect(
            text.split("\n").filter((line) => /^\| (`c|a|A)/.test(line) && line.includes("%")),
        ).to.deep.equal([
            "| `commands/verify/` | 1 | 1 | 0 | 0 | 0 | **100.0 %** | 0 |",
            "| `components/` | 3 | 0 | 1 | 1 | 1 | **33.3 %** | 1 |",
            "| all of `commands/` | 1 | 1 | 0 | 0 | 0 | **100.0 %** | 0 |",
            "| all of `components/` | 3 | 0 | 1 | 1 | 1 | **33.3 %** | 1 |",
            "| All | 4 | 1 | 1 | 1 | 1 | **50.0 %** | 1 |",
        ]);
        expect(text).to.include("\n2026-01-02, commit 0123abc, Stryker 9.\n");
    });

    it("lists survivors by their reason, wherever their lines have gone to", () => {
        const kept = [
            { reason: "It is a word.", mutants: { "components/b.ts": [`${CODE} ""`, `${CODE} "!"`] } },
        ];
        const { text, faults, inUse } = page(kept);
        expect(text.slice(text.indexOf("### "))).to.equal(
            [
                "### 2: It is a word.\n",
                "| Place | Code | Mutant |",
                "|---|---|---|",
                '| `components/b.ts:2` | `const y = x \\|\\| "npm … ren";` | `StringLiteral: ""` |',
                '| `components/b.ts:2` | `const y = x \\|\\| "npm … ren";` | `StringLiteral: "!"` |',
            ].join("\n"),
        );
        expect(faults).to.deep.equal([]);
        expect(inUse).to.deep.equal(kept);
    });

    it("tells of survivors without a reason, and of reasons without a survivor", () => {
        const { text, faults, inUse } = page([
            {
                reason: "It is a word.",
                mutants: {
                    "components/b.ts": [`${CODE} ""`, `${CODE} gone`],
                    "commands/other.ts": ["a ⇒ b"],
                },
            },
            { reason: "Nothing.", mutants: { "commands/verify/a.ts": ['x("a"); ⇒ StringLiteral: ""'] } },
        ]);
        expect(text).to.include("### 1: no reason yet\n").and.to.include("### 1: It is a word.\n");
        expect(faults).to.deep.equal([
            `no reason: components/b.ts:2: ${CODE} "!"`,
            `no such survivor: components/b.ts: ${CODE} gone`,
            'no such survivor: commands/verify/a.ts: x("a"); ⇒ StringLiteral: ""',
        ]);
        // A part of the code says nothing about the rest.
        expect(inUse).to.deep.equal([
            {
                reason: "It is a word.",
                mutants: { "components/b.ts": [`${CODE} ""`], "commands/other.ts": ["a ⇒ b"] },
            },
        ]);
    });
});
