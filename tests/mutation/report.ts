/**
 * Sums up Stryker's JSON reports, of the whole or of pieces, as the tables of docs/mutation.md:
 * `npx tsx tests/mutation/report.ts build/mutation.json`. Of a file that is in several, the last counts.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

interface Mutant {
    readonly mutatorName: string;
    readonly replacement?: string;
    readonly status: string;
    readonly static?: boolean;
    readonly location: { readonly start: { readonly line: number } };
}

interface MutatedFile {
    readonly source: string;
    readonly mutants: readonly Mutant[];
}

const files = new Map<string, MutatedFile>();
for (const report of process.argv.slice(2)) {
    const { files: found } = JSON.parse(readFileSync(report, "utf8")) as {
        readonly files: Readonly<Record<string, MutatedFile>>;
    };
    for (const [name, file] of Object.entries(found)) {
        files.set(name, file);
    }
}

const COLUMNS = ["Killed", "Timeout", "Survived", "NoCoverage", "Ignored"] as const;

function row(title: string, mutants: readonly Mutant[]): string {
    const [killed = 0, timedOut = 0, survived = 0, uncovered = 0, left = 0] = COLUMNS.map(
        (status) => mutants.filter((mutant) => mutant.status === status).length,
    );
    const judged = killed + timedOut + survived + uncovered;
    const score = judged === 0 ? "–" : `${((100 * (killed + timedOut)) / judged).toFixed(1)} %`;
    return `| ${title} | ${judged} | ${killed} | ${timedOut} | ${survived} | ${uncovered} | **${score}** | ${left} |`;
}

const byFolder = new Map<string, Mutant[]>();
for (const [name, { mutants }] of files) {
    const folder = path.dirname(name);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), ...mutants]);
}

console.log(`| Folder | Mutants | Killed | Timed out | Survived | Not covered | Score | Static, left out |
|---|---|---|---|---|---|---|---|`);
for (const [folder, mutants] of [...byFolder].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(row(`\`${folder}/\``, mutants));
}
console.log(row("All", [...byFolder.values()].flat()));

console.log("\n| Place | Code | Mutant |\n|---|---|---|");
for (const [name, { source, mutants }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const lines = source.split("\n");
    for (const { status, location, mutatorName, replacement = "" } of mutants) {
        if (status === "Survived" || status === "NoCoverage") {
            const { line } = location.start;
            const cells = [
                `${name}:${line}`,
                lines[line - 1]?.trim() ?? "",
                `${mutatorName}: ${replacement}`,
            ];
            console.log(`| ${cells.map((cell) => inTable(cell)).join(" | ")} |`);
        }
    }
}

function inTable(text: string): string {
    const short = text.replace(/\s+/g, " ").slice(0, 100);
    return `\`${short.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
