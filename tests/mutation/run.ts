/**
 * Runs Stryker part by part, each with the tests that are about it: `npm run mutation`, or `npm run mutation -- verify
 * settings`. A part's report goes to `build/mutation-PART.json`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

interface Part {
    readonly mutate: string;
    /** Files below `tests/`, or folders of them. */
    readonly tests: readonly string[];
}

/** By the time that they take, the shortest first. */
const PARTS: Readonly<Record<string, Part>> = {
    policies: {
        mutate: "components/policies/**/*.ts",
        tests: [
            "policies",
            "emr-roles",
            "encrypted-bucket",
            "encryption-key",
            "reencryption-role",
            ...["renewal-reminder", "existing/roles", "settings/limits"],
        ],
    },
    components: {
        mutate: "components/*.ts",
        tests: [
            ...["certificate-archive", "cidr", "emr-etl-runner-config", "emr-release", "emr-roles"],
            ...["emr-security-groups", "encrypted-bucket", "encryption-key", "index", "locations", "naming"],
            ...["network", "node-certificates", "pipeline-storage", "provided-certificates", "region"],
            ...["reencryption-role", "renewal-reminder", "security-configuration", "ssh-key-pair"],
            ...["existing", "settings/existing", "verify/archive"],
        ],
    },
    existing: { mutate: "components/existing/**/*.ts", tests: ["existing"] },
    teardown: { mutate: "commands/teardown/**/*.ts", tests: ["teardown", "clusters"] },
    settings: {
        mutate: "components/{args,config}/**/*.ts",
        tests: ["settings", "bad-stacks", "schema"],
    },
    commands: {
        mutate: "commands/*.ts",
        tests: [
            ...["adopt", "aws", "cli", "clusters", "mock-engine", "readme", "render", "schema"],
            ...["stack-file", "stack-outputs", "teardown", "verify"],
        ],
    },
    verify: { mutate: "commands/verify/**/*.ts", tests: ["verify"] },
    "encrypt-existing": { mutate: "commands/encrypt-existing/**/*.ts", tests: ["encrypt-existing"] },
};

function main(asked: readonly string[]): void {
    const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
    if (unknown.length > 0) {
        throw new Error(`found ${unknown.join(", ")}; allowed: ${Object.keys(PARTS).join(", ")}`);
    }
    mkdirSync("build", { recursive: true });
    for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
        const config = path.join("build", `stryker-${name}.json`);
        writeFileSync(config, JSON.stringify(configOf(name, PARTS[name] as Part)));
        const { status } = spawnSync("npx", ["stryker", "run", config], { stdio: "inherit" });
        if (status !== 0) {
            process.exitCode = 1;
        }
    }
}

function configOf(name: string, { mutate, tests }: Part): object {
    const common = JSON.parse(readFileSync(path.join(__dirname, "stryker.config.json"), "utf8")) as {
        readonly mochaOptions: object;
    };
    return {
        ...common,
        mutate: [mutate],
        mochaOptions: {
            ...common.mochaOptions,
            spec: tests.flatMap((test) => [`tests/${test}.test.ts`, `tests/${test}/**/*.test.ts`]),
        },
        jsonReporter: { fileName: `build/mutation-${name}.json` },
    };
}

main(process.argv.slice(2));
