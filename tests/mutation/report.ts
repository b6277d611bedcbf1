/**
 * Writes docs/mutation.md from Stryker's JSON reports, of the whole or of parts (of a file that is in several, the
 * last counts), and from the reasons in survivors.json:
 * `npx tsx tests/mutation/report.ts build/mutation-*.json > docs/mutation.md`.
 * `--forget` takes the reasons that no survivor has out of survivors.json. Exits with 1 where a survivor has no reason, a reason no survivor, or a report is not of the code that is here.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

interface Mutant {
    readonly mutatorName: string;
    readonly replacement?: string;
    readonly status: string;
    readonly location: { readonly start: { readonly line: number } };
}

interface MutatedFile {
    readonly source: string;
    readonly mutants: readonly Mutant[];
}

export type Files = Readonly<Record<string, MutatedFile>>;

/** Survivors that stay, with the one reason for all of them: by file, each as `code ⇒ mutator: replacement`. */
export interface Kept {
    readonly reason: string;
    readonly mutants: Readonly<Record<string, readonly string[]>>;
}

/** What a page is of. */
interface Facts {
    readonly date: string;
    readonly commit: string;
    readonly versions: string;
}

export interface Page {
    readonly text: string;
    /** What is to be done before the page is true. */
    readonly faults: readonly string[];
    /** The reasons that some survivor has. */
    readonly inUse: readonly Kept[];
}

interface Survivor {
    readonly file: string;
    readonly line: number;
    /** By what it says: lines move. */
    readonly key: string;
}

const LONGEST = 90;

export function mutationPage(files: Files, kept: readonly Kept[], facts: Facts): Page {
    const found = Object.entries(files).flatMap(([file, { source, mutants }]) =>
        mutants.filter(survives).map((mutant) => survivorOf(file, source, mutant)),
    );
    const reasons = new Map(
        kept.flatMap(({ reason, mutants }) =>
            Object.entries(mutants).flatMap(([file, keys]) =>
                keys.map((key) => [`${file}: ${key}`, reason] as const),
            ),
        ),
    );
    const reasonOf = ({ file, key }: Survivor) => reasons.get(`${file}: ${key}`);
    const survived = new Set(found.map(({ file, key }) => `${file}: ${key}`));
    const unexplained = found.filter((survivor) => reasonOf(survivor) === undefined);
    // A file that is in no report says nothing about its reasons.
    const stale = [...reasons.keys()].filter(
        (name) => Object.hasOwn(files, name.slice(0, name.indexOf(": "))) && !survived.has(name),
    );
    const sections = kept.flatMap(({ reason }) => {
        const those = found.filter((survivor) => reasonOf(survivor) === reason);
        return those.length === 0 ? [] : [`### ${those.length}: ${reason}\n\n${table(those)}`];
    });
    return {
        text: [
            head(scores(files), facts),
            ...(unexplained.length > 0
                ? [`### ${unexplained.length}: no reason yet\n\n${table(unexplained)}`]
                : []),
            ...sections,
        ].join("\n\n"),
        inUse: kept.flatMap(({ reason, mutants }) => {
            const used = Object.entries(mutants).flatMap(([file, keys]) => {
                const left = keys.filter((key) => !stale.includes(`${file}: ${key}`));
                return left.length === 0 ? [] : [[file, left] as const];
            });
            return used.length === 0 ? [] : [{ reason, mutants: Object.fromEntries(used) }];
        }),
        faults: [
            ...unexplained.map(({ file, line, key }) => `no reason: ${file}:${line}: ${key}`),
            ...stale.map((name) => `no such survivor: ${name}`),
        ],
    };
}

function head(scored: string, { date, commit, versions }: Facts): string {
    return `# The tests' own strength

[Stryker](https://stryker-mutator.io) plants mistakes in \`components/\` and \`commands/\`, one at a time, and runs the tests that are about that part (\`tests/mutation/run.ts\` says which): a mutant that none of them fails on has survived. It is no part of \`npm test\`, and no test of its own: the figures are those of the day below.

${scored}

${date}, commit ${commit}, ${versions}.

- **Static mutants are left out** (\`ignoreStatic\`): those in code that runs once, when a file is loaded, such as tables and schemas. Each takes all tests in a new process, and all of them hours. ${STATIC}
- **All other tests are left out,** so the score is a lower bound: those that run the whole program many times (\`any-config\`, \`changes\`, \`policy-pack\`, \`secrets\`), shake hands with its certificates, evaluate its policies (\`policy-decisions\`), and \`npm run test:aws\`.
- **Timed out** counts as found: a loop without its end.

## Measuring anew

Nothing may be changed while it runs, and nothing be left uncommitted: the page says which commit it is of, and \`report.ts\` refuses a report of other code.

1. \`npm run mutation\` plants all of them, part by part, in about an hour on two cores; \`npm run mutation -- verify settings\` some parts. Each part's report is \`build/mutation-PART.json\`.
2. \`npx tsx tests/mutation/report.ts build/mutation-*.json > docs/mutation.md\` writes this page. It exits with 1 and says so where a survivor has no reason, or a reason has no survivor any more.
3. A survivor is killed by a test, or its reason goes into \`tests/mutation/survivors.json\`: by its code and not by its line, so that a reason lasts as long as the code that it is about. The same mistake in equal lines of a file is one there. \`--forget\` takes the reasons out that no survivor has any more, and \`npm run format\` puts the file in order.

## What survived

By reason, each with the number of its survivors.`;
}

const STATIC =
    "The tests that compare the schema, the policies and `config.yml` as a whole see what is in them: measured once, on 2026-11-25, for `components/policies/` with `ignoreStatic` off and the tests of roles, buckets and policies alone, 55 of 61 were killed, and with the other 6 no test could start.";

const STATUSES = ["Killed", "Timeout", "Survived", "NoCoverage", "Ignored"] as const;

function scores(files: Files): string {
    const folders = [...new Set(Object.keys(files).map((file) => path.posix.dirname(file)))].sort();
    const below = (folder: string) =>
        Object.entries(files).flatMap(([file, { mutants }]) =>
            file.startsWith(`${folder}/`) ? mutants : [],
        );
    const inside = (folder: string) =>
        Object.entries(files).flatMap(([file, { mutants }]) =>
            path.posix.dirname(file) === folder ? mutants : [],
        );
    const roots = [...new Set(folders.map((folder) => folder.split("/")[0] ?? ""))];
    return [
        "| Folder | Mutants | Killed | Timed out | Survived | Not covered | Score | Static, left out |",
        "|---|---|---|---|---|---|---|---|",
        ...folders.map((folder) => row(`\`${folder}/\``, inside(folder))),
        ...roots.map((root) => row(`all of \`${root}/\``, below(root))),
        row(
            "All",
            Object.values(files).flatMap(({ mutants }) => mutants),
        ),
    ].join("\n");
}

function row(title: string, mutants: readonly Mutant[]): string {
    const [killed = 0, timedOut = 0, survived = 0, uncovered = 0, left = 0] = STATUSES.map(
        (status) => mutants.filter((mutant) => mutant.status === status).length,
    );
    const judged = killed + timedOut + survived + uncovered;
    const score = judged === 0 ? "–" : `**${((100 * (killed + timedOut)) / judged).toFixed(1)} %**`;
    return `| ${title} | ${judged} | ${killed} | ${timedOut} | ${survived} | ${uncovered} | ${score} | ${left} |`;
}

function survives({ status }: Mutant): boolean {
    return status === "Survived" || status === "NoCoverage";
}

function survivorOf(
    file: string,
    source: string,
    { location, mutatorName, replacement = "" }: Mutant,
): Survivor {
    const { line } = location.start;
    const code = source.split("\n")[line - 1] ?? "";
    return { file, line, key: `${short(code)} ⇒ ${short(`${mutatorName}: ${replacement}`)}` };
}

function short(text: string): string {
    return text.trim().replace(/\s+/g, " ").replaceAll("`", "'").slice(0, LONGEST).trim();
}

function table(found: readonly Survivor[]): string {
    const rows = found.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
    return [
        "| Place | Code | Mutant |",
        "|---|---|---|",
        ...rows.map(({ file, line, key }) => {
            const cells = [`${file}:${line}`, ...key.split(" ⇒ ")];
            return `| ${cells.map((cell) => `\`${inTable(cell)}\``).join(" | ")} |`;
        }),
    ].join("\n");
}

/** With an ellipsis for a command that is cut off: it would name a script that there is not. */
function inTable(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll("npm run ", "npm … ");
}

function main(args: readonly string[]): void {
    const reports = args.filter((arg) => arg !== "--forget");
    const files: Files = Object.assign({}, ...reports.map((report) => read(report).files));
    const { framework } = read(reports[0] ?? "");
    const versions = [
        `Stryker ${framework?.version}`,
        `mocha ${(JSON.parse(readFileSync("node_modules/mocha/package.json", "utf8")) as { version: string }).version}`,
        `Node ${process.versions.node}`,
    ].join(", ");
    const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
    const date = new Date().toISOString().slice(0, 10);
    const survivors = path.join(__dirname, "survivors.json");
    const kept = JSON.parse(readFileSync(survivors, "utf8")) as readonly Kept[];
    const { text, faults, inUse } = mutationPage(files, kept, { date, commit, versions });
    console.log(text);
    if (args.includes("--forget")) {
        writeFileSync(survivors, `${JSON.stringify(inUse, undefined, 4)}\n`);
    }
    const others = Object.entries(files)
        .filter(([file, { source }]) => !existsSync(file) || readFileSync(file, "utf8") !== source)
        .map(([file]) => `not the code that is here: ${file}`);
    const missing = execFileSync("git", ["ls-files", "components/**.ts", "commands/**.ts"], {
        encoding: "utf8",
    })
        .split("\n")
        .filter((file) => file !== "" && !Object.hasOwn(files, file) && hasCode(file))
        .map((file) => `in no report: ${file}`);
    for (const fault of [...faults, ...others, ...missing]) {
        console.error(fault);
        process.exitCode = 1;
    }
}

/** Nothing can be planted in types alone. */
function hasCode(file: string): boolean {
    return /^(export )?(async )?(abstract )?(function|const|class)\b/m.test(readFileSync(file, "utf8"));
}

function read(report: string): { readonly files: Files; readonly framework?: { readonly version?: string } } {
    return JSON.parse(readFileSync(report, "utf8"));
}

if (require.main === module) {
    main(process.argv.slice(2));
}
