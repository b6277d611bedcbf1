/**
 * Measures against a baseline in the same run, in turns, because machines drift, and prints docs/performance.md:
 * `npm run -s bench > docs/performance.md`. Figures, no assertions.
 */
import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { commandRows } from "./commands";
import { median } from "./median";
import { type Measurement, measure, succeeded } from "./peak-memory";

const ROUNDS = 10;
const ROOT = path.join(__dirname, "../..");
const GIB = 2 ** 30;

function timeTests(): number {
    const start = performance.now();
    const { status, stdout } = spawnSync("npm", ["test"], { cwd: ROOT, encoding: "utf8" });
    if (status !== 0) {
        throw new Error(stdout);
    }
    return (performance.now() - start) / 1000;
}

function summary(measurements: readonly Measurement[]) {
    return {
        seconds: median(measurements.map(({ milliseconds }) => milliseconds)) / 1000,
        megabytes: Math.max(...measurements.map(({ megabytes }) => megabytes)),
    };
}

async function main(): Promise<void> {
    const [loads, renders]: [Measurement[], Measurement[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
        loads.push(await succeeded(0, measure(["tests/bench/load-only.ts"])));
        renders.push(await succeeded(0, measure(["commands/render.ts"])));
    }
    const load = summary(loads);
    const render = summary(renders);
    const { stdout } = await succeeded(0, measure(["tests/bench/program.ts"]));
    const program = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
        readonly index: number;
        readonly flat: number;
        readonly resources: number;
    };
    const tests = timeTests();
    const commands = await commandRows();

    console.log(`# Performance

Printed by \`npm run -s bench > docs/performance.md\` on ${cpus().length} cores, ${Math.round(totalmem() / GIB)} GiB, Node ${process.versions.node}. Only the ratios carry over to other machines.

| What | Against | Ratio | Peak memory |
|---|---|---|---|
| \`render\` of the dev stack, cold start: ${render.seconds.toFixed(2)} s | a script that only loads the same packages: ${load.seconds.toFixed(2)} s, ${Math.round(load.megabytes)} MB | ${(render.seconds / load.seconds).toFixed(2)} | ${Math.round(render.megabytes)} MB |
| \`index.ts\` under mocks, warm: ${program.index.toFixed(0)} ms | the same ${program.resources} resources registered flat: ${program.flat.toFixed(0)} ms | ${(program.index / program.flat).toFixed(2)} | |
| \`npm test\`, all of it: lint, types, tests with their coverage: ${tests.toFixed(0)} s | | | |

Medians of ${ROUNDS} turns each (the program: 20), the tests once.

## Commands on many objects

Peak memory of the command's process, with the flags of its npm script, against an S3 that generates objects. The goal is less than 250 MB; most of it is what the packages need.

| What | Peak memory |
|---|---|
${commands.map((row) => `| ${row} |`).join("\n")}`);
}

void main();
