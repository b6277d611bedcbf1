import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Comparison, compareRecordings } from "./compare";
import { type Program, type Recording, record, type Stack } from "./record";
import { stacks } from "./stacks";

const ROOT = path.join(__dirname, "..", "..");
/** At most so many differences of a stack are printed. */
const SHOWN_DIFFERENCES = 8;

/** `npm run compare -- <git revision>`: runs the program of that revision and this one, and compares them. */
async function main([revision, ...others]: readonly string[]): Promise<void> {
    if (revision === undefined || others.length > 0) {
        throw new Error("expected: one git revision, as in npm run compare -- HEAD~1");
    }
    const folder = checkOut(revision);
    const [before, after] = [loadProgram(folder), loadProgram(ROOT)];
    console.warn = () => undefined; // The programs print warnings.
    const all = Object.entries(await stacks(folder));
    const width = Math.max(...all.map(([title]) => title.length));
    const information = new Set<string>();
    let different = 0;
    for (const [title, stack] of all) {
        const comparison = await compareStack(before, after, stack);
        comparison.information.forEach((line) => void information.add(line));
        different += comparison.differences.length > 0 ? 1 : 0;
        console.log(`${title.padEnd(width)}  ${describe(comparison)}`);
    }
    information.forEach((line) => void console.log(`information: ${line}`));
    console.log(`${all.length} stacks, ${different} with differences from ${revision}`);
    process.exitCode = different > 0 ? 1 : 0;
}

/** Checks the revision out into a temporary folder, which the end of this process removes. */
function checkOut(revision: string): string {
    const git = (...args: readonly string[]) =>
        execFileSync("git", args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
    const commit = git("rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`).trim();
    const folder = mkdtempSync(path.join(tmpdir(), "compare-"));
    process.once("exit", () => {
        rmSync(folder, { recursive: true, force: true });
        git("worktree", "prune");
    });
    for (const signal of ["SIGINT", "SIGTERM"]) {
        process.once(signal, () => process.exit(1));
    }
    git("worktree", "add", "--detach", folder, commit);
    symlinkSync(realpathSync(path.join(ROOT, "node_modules")), path.join(folder, "node_modules"));
    return folder;
}

function loadProgram(folder: string): Program {
    return require(path.join(folder, "index")) as Program;
}

async function compareStack(before: Program, after: Program, stack: Stack): Promise<Comparison> {
    const [old, current] = [await attempt(before, stack), await attempt(after, stack)];
    if (!(old instanceof Error) && !(current instanceof Error)) {
        return compareRecordings(old, current);
    }
    const differences =
        old instanceof Error && current instanceof Error
            ? []
            : [old, current].map((run, index) => {
                  const outcome = run instanceof Error ? run.message : "accepted";
                  return `${index === 0 ? "before" : "after"}: ${outcome}`;
              });
    return { resources: "refused", differences, information: [] };
}

/** A program throws an error to refuse a stack. */
async function attempt(program: Program, stack: Stack): Promise<Recording | Error> {
    return record(program, stack).catch((error: Error) => error);
}

function describe({ resources, differences }: Comparison): string {
    const size = resources === "refused" ? resources : `${resources} resources`;
    const more = differences.length - SHOWN_DIFFERENCES;
    const same = resources === "refused" ? "by both" : "same";
    return [
        `${size.padEnd(13)}  ${differences.length === 0 ? same : `differences: ${differences.length}`}`,
        ...differences.slice(0, SHOWN_DIFFERENCES),
        ...(more > 0 ? [`and ${more} more`] : []),
    ].join("\n    ");
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
