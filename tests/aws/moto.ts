import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CONTROL_HOST, resolveControlHost } from "../support/control-host";

const REQUIREMENTS = path.join(__dirname, "requirements.txt");
const SERVER = path.join(__dirname, "server.py");
const HOME = path.resolve(__dirname, "../../build/moto");
const INSTALLED = path.join(HOME, "installed.txt");
const LOG = path.join(HOME, "server.log");

/** How long the server may take to start, in seconds. */
const PATIENCE = 60;

/** Moto's account. */
export const ACCOUNT = "123456789012";

/** Replaces every source of credentials and settings of the SDK, so that tests reach moto only. Child processes inherit it. */
const ENVIRONMENT = {
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    // The SDK would write it to standard error.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** Mocha calls this once, before the first test. */
export async function mochaGlobalSetup(): Promise<void> {
    await install();
    for (const name of Object.keys(process.env).filter((key) => key.startsWith("AWS_"))) {
        delete process.env[name];
    }
    const url = await startServer();
    Object.assign(process.env, ENVIRONMENT, {
        AWS_ENDPOINT_URL: url,
        AWS_ENDPOINT_URL_S3_CONTROL: `http://${CONTROL_HOST}:${new URL(url).port}`,
    });
    resolveControlHost();
}

/** Deletes everything in moto. */
export async function reset(): Promise<void> {
    const { ok, status } = await fetch(`${process.env.AWS_ENDPOINT_URL}/moto-api/reset`, { method: "POST" });
    if (!ok) {
        throw new Error(`moto's reset: HTTP ${status}`);
    }
}

/** Installs moto into a virtual environment, unless one with the same requirements exists. */
async function install(): Promise<void> {
    const wanted = readFileSync(REQUIREMENTS, "utf8");
    if (existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === wanted) {
        return;
    }
    console.log("Installing moto into build/moto");
    rmSync(HOME, { recursive: true, force: true });
    await command("python3", ["-m", "venv", HOME], "Python 3.10 or later with venv (Debian: python3-venv)");
    await command(
        path.join(HOME, "bin/pip"),
        ["install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS],
        "access to PyPI or to a mirror in pip's configuration",
    );
    writeFileSync(INSTALLED, wanted);
}

async function command(file: string, args: readonly string[], needs: string): Promise<void> {
    try {
        await promisify(execFile)(file, args);
    } catch (error) {
        const { stderr, message } = error as Error & { readonly stderr?: string };
        throw new Error(
            `${[file, ...args].join(" ")} failed; it needs ${needs}.\n${stderr?.trim() || message}`,
            { cause: error },
        );
    }
}

/** Starts moto on a free local port; it ends with this process. */
async function startServer(): Promise<string> {
    mkdirSync(HOME, { recursive: true });
    // A file, not a pipe: a full pipe that is not read would stop the server.
    const log = openSync(LOG, "w");
    const server = spawn(path.join(HOME, "bin/python"), [SERVER, "--host", "127.0.0.1", "--port", "0"], {
        env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
        stdio: ["ignore", log, log],
    });
    let ended: string | undefined;
    server.on("error", (error) => {
        ended = error.message;
    });
    server.on("exit", (code, signal) => {
        ended = `the server ended with ${signal ?? `exit code ${code}`}`;
    });
    process.on("exit", () => server.kill());
    for (const signal of ["SIGTERM", "SIGHUP"]) {
        process.once(signal, () => process.exit(1));
    }
    server.unref();
    for (const started = Date.now(); Date.now() - started < PATIENCE * 1000; await sleep(50)) {
        const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(readFileSync(LOG, "utf8"))?.[1];
        if (url) {
            return url;
        }
        if (ended) {
            break;
        }
    }
    throw new Error(
        `moto_server did not start: ${ended ?? `no answer within ${PATIENCE} seconds`}.\n${readFileSync(LOG, "utf8")}`,
    );
}
