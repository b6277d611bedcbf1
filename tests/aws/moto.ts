import { execFile, spawn } from "node:child_process";
import dns from "node:dns";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const REQUIREMENTS = path.join(__dirname, "requirements.txt");
const SERVER = path.join(__dirname, "server.py");
const HOME = path.resolve(__dirname, "../../build/moto");
const INSTALLED = path.join(HOME, "installed.txt");
const LOG = path.join(HOME, "server.log");

/** How long the server may take to start, in seconds. */
const PATIENCE = 60;

/** Of S3 Control, whose host begins with the account's number: no address can. */
const CONTROL_HOST = "s3-control.test";

/** The account that moto plays. */
export const ACCOUNT = "123456789012";

/** Instead of all that the SDK would read else: with it, nobody reaches more than moto. Child processes inherit it. */
const ENVIRONMENT = {
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    // On stderr, and in no test's interest.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** Mocha calls it once, before the first test. */
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

function resolveControlHost(): void {
    const { lookup } = dns;
    dns.lookup = ((host: string, options: { all?: boolean }, done: (...args: unknown[]) => void) =>
        lookup(
            host.endsWith(`.${CONTROL_HOST}`) ? "127.0.0.1" : host,
            options as never,
            done as never,
        )) as never;
}

/** Everything that was made in moto is gone after it. */
export async function reset(): Promise<void> {
    const { ok, status } = await fetch(`${process.env.AWS_ENDPOINT_URL}/moto-api/reset`, { method: "POST" });
    if (!ok) {
        throw new Error(`moto's reset: HTTP ${status}`);
    }
}

/** Into a virtual environment, unless it is there already, of the same requirements. */
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
        "a way to PyPI, or to a mirror of it that pip is set to",
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

/** On a free port of this machine alone. It ends with this process, however that ends. */
async function startServer(): Promise<string> {
    mkdirSync(HOME, { recursive: true });
    // A file, not a pipe: where nobody reads for a while, a full pipe would stop the server.
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
        ended = `it ended with ${signal ?? `exit code ${code}`}`;
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
