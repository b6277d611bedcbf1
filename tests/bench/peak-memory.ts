import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";

const ROOT = path.join(__dirname, "../..");
const REPORT = `data:text/javascript,${encodeURIComponent(
    "process.on('exit',()=>process.stderr.write('\\nmaxRSS='+process.resourceUsage().maxRSS))",
)}`;

export interface Measurement {
    readonly status: number | null;
    readonly milliseconds: number;
    /** Peak resident memory. */
    readonly megabytes: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Runs a script under tsx, in a process of its own. */
export async function measure(
    args: readonly string[],
    input = "",
    env: Readonly<Record<string, string>> = {},
): Promise<Measurement> {
    const start = performance.now();
    const child = spawn(
        process.execPath,
        ["--import", REPORT, "--import", "tsx", "--import", "./tests/aws/control-host.ts", ...args],
        { cwd: ROOT, env: { ...process.env, ...env } },
    );
    child.stdin.end(input);
    const [stdout, stderr, status] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise<number | null>((resolve) => child.on("close", resolve)),
    ]);
    const milliseconds = performance.now() - start;
    const megabytes = Number(/maxRSS=(\d+)$/.exec(stderr)?.[1]) / 1024;
    return { status, milliseconds, megabytes, stdout, stderr };
}

/** @throws Error if the process has another exit code. */
export async function succeeded(status: number, running: Promise<Measurement>): Promise<Measurement> {
    const measurement = await running;
    if (measurement.status !== status) {
        throw new Error(`${measurement.stdout}${measurement.stderr}`);
    }
    return measurement;
}

/** The flags and the file of a script in package.json, without the command `tsx`. */
export function scriptArgs(name: string): readonly string[] {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
    return String(scripts[name]).split(" ").slice(1);
}
