import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { EXIT, execute } from "../../../commands/cli";
import { type VerifyOptions, verify, verifyCommand } from "../../../commands/verify";
import type { Check } from "../../../commands/verify/check";
import { type Answers, fakeAws } from "../../support/fake-aws";
import { MINIMAL, runStack } from "../../support/run";
import { streams } from "../../support/streams";
import { NOW } from "./context";

/** Answers about objects only: each check has tests of its own. */
const ANSWERS: Answers = {
    GetCallerIdentity: () => ({ Account: "000000000000" }),
    ListObjectsV2: () => ({ Contents: [{ Key: "a" }, { Key: "b" }] }),
    HeadObject: () => ({ ServerSideEncryption: "AES256" }),
};

describe("verify", () => {
    let outputs: Readonly<Record<string, unknown>>;
    let folder: string;

    before(async () => {
        outputs = { ...(await runStack()).outputs, certificateExpiresAt: "2026-12-13T12:00:00Z" };
        folder = mkdtempSync(path.join(tmpdir(), "verify-"));
    });

    after(() => rmSync(folder, { recursive: true }));

    async function run(options: VerifyOptions = {}, of = outputs) {
        const io = streams(JSON.stringify(of));
        const { clients, sent } = fakeAws(ANSWERS);
        const exit = await verify(options, io.streams, () => clients, NOW);
        return { exit, sent, ...(await io.written()) };
    }

    async function checksOf(options: VerifyOptions, of = outputs): Promise<readonly Check[]> {
        const { stdout } = await run({ ...options, json: true }, of);
        return (JSON.parse(stdout) as { checks: readonly Check[] }).checks;
    }

    it("reports a call without an answer, continues, and shows no progress without a terminal", async () => {
        const { exit, stdout, stderr } = await run();
        expect(exit).to.equal(EXIT.failed);
        expect(stderr).to.equal("");
        expect(stdout).to.include(
            "ok       location log, s3://snowplow-dev-logs-placeholder/emr/: objects: 2 of 2 looked at: all encrypted\n",
        );
        expect(stdout).to.include(`failed   bucket snowplow-dev-logs-placeholder: policy
         expected: the stack's: no plain HTTP, no other encryption, no customer-provided keys
         found:    no answer: s3:GetBucketPolicy on snowplow-dev-logs-placeholder: Error: no answer to GetBucketPolicy
         remedy:   see AWS's error, and run this again
`);
        expect(stdout).to.match(/\nstack dev: \d+ checks: \d+ ok, 1 warning, \d+ failed\n$/);
    });

    it("prints the result as JSON", async () => {
        const { exit, stdout } = await run({ json: true });
        expect(exit).to.equal(EXIT.failed);
        const { stack, result } = JSON.parse(stdout) as { readonly stack: string; readonly result: string };
        expect({ stack, result }).to.deep.equal({ stack: "dev", result: "failed" });
    });

    it("checks every kind of resource", async () => {
        const remindTopicArn = "arn:aws:sns:eu-west-1:111122223333:alarms";
        const { outputs } = await runStack({ ...MINIMAL, certificates: { remindTopicArn } });
        const kinds = (await checksOf({}, outputs)).map(({ on }) => /^(security )?\w+/.exec(on)?.[0] ?? on);
        expect([...new Set(kinds)].toSorted()).to.deep.equal([
            "VPC",
            "archive",
            "asset",
            "bucket",
            "instance",
            "key",
            "location",
            "operator",
            "reminder",
            "role",
            "security configuration",
            "security groups",
            "the",
        ]);
    });

    it("sends only read requests", async () => {
        const { sent } = await run();
        expect(
            sent.map(([name]) => name).filter((name) => !/^(Get|List|Head|Describe)/.test(name)),
        ).to.deep.equal([]);
    });

    it("checks as many objects as --sample says", async () => {
        const looked = async (sample: number) =>
            (await run({ sample })).sent.filter(
                ([name, { Key }]) => name === "HeadObject" && /^[ab]$/.test(String(Key)),
            ).length;
        expect([await looked(1), await looked(0)]).to.deep.equal([10, 0]);
    });

    it("compares the config.yml of --config", async () => {
        const file = path.join(folder, "config.yml");
        writeFileSync(file, String(outputs.emrEtlRunnerConfig));
        const reported = (checks: readonly Check[]) => checks.filter(({ on }) => on.startsWith("config.yml"));
        expect(reported(await checksOf({}))).to.deep.equal([]);
        expect(reported(await checksOf({ config: file }))).to.deep.equal([
            { status: "ok", on: `config.yml ${file}`, expected: "as the stack's", found: "as the stack's" },
        ]);
    });

    it("does not read the archive with --no-archive, and applies --warn-days and --fail-days", async () => {
        const reported = async (options: VerifyOptions) =>
            (await checksOf({ archive: false, ...options })).filter(({ on }) => on.includes("certificate"));
        const end = { on: "the nodes' certificate: end", found: "2026-12-13, in 20 days" };
        const [line, ...others] = await reported({});
        expect(others).to.deep.equal([]);
        expect(line).to.deep.include({ ...end, status: "warning", expected: "more than 30 days from now" });
        expect((await reported({ warnDays: 19 }))[0]).to.deep.include({ ...end, status: "ok" });
        expect((await reported({ failDays: 20 }))[0]).to.deep.include({ ...end, status: "failed" });
    });

    it("shows a progress bar on a terminal", async () => {
        const { clients } = fakeAws(ANSWERS);
        const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
        const io = streams(JSON.stringify(outputs));
        await verify({}, { ...io.streams, stderr }, () => clients, NOW);
        stderr.end();
        const shown = await text(stderr);
        expect(shown).to.include("0 of 10 locations; 0 listed, 0 looked at");
    });

    for (const [args, message] of [
        [
            ["--sample", "many"],
            "error: option '--sample <n>' argument 'many' is invalid. Allowed: a whole number from 0 to 10000.\n",
        ],
        [
            ["--sample", "10001"],
            "error: option '--sample <n>' argument '10001' is invalid. Allowed: a whole number from 0 to 10000.\n",
        ],
        [
            ["--sample", "-1"],
            "error: option '--sample <n>' argument '-1' is invalid. Allowed: a whole number from 0 to 10000.\n",
        ],
        [
            ["--warn-days", "1.5"],
            "error: option '--warn-days <n>' argument '1.5' is invalid. Allowed: a whole number from 0 to 3650.\n",
        ],
        [["--fail-days", "31"], "--fail-days: found 31; allowed: at most the 30 days of --warn-days\n"],
        [
            ["--config", "/nowhere/config.yml"],
            "--config /nowhere/config.yml: ENOENT: no such file or directory, open '/nowhere/config.yml'\n",
        ],
    ] as const) {
        it(`refuses ${args.join(" ")} before any call`, async () => {
            const io = streams(JSON.stringify(outputs));
            const { clients, sent } = fakeAws({});
            const exit = await execute<VerifyOptions>(
                verifyCommand(),
                (options, given) => verify(options, given, () => clients, NOW),
                args,
                io.streams,
            );
            expect({ exit, ...(await io.written()) }).to.deep.equal({
                exit: EXIT.failed,
                stdout: "",
                stderr: message,
            });
            expect(sent).to.deep.equal([]);
        });
    }

    it("reads its options from the command line, with defaults", async () => {
        const seen: VerifyOptions[] = [];
        for (const args of [
            [],
            ["--sample", "0", "--no-archive", "--warn-days", "60", "--fail-days", "14", "--config", "c.yml"],
        ]) {
            const io = streams();
            const keep = async (options: VerifyOptions) => {
                seen.push(options);
                return EXIT.ok;
            };
            expect(await execute<VerifyOptions>(verifyCommand(), keep, args, io.streams)).to.equal(EXIT.ok);
        }
        expect(seen).to.deep.equal([
            { sample: 20, archive: true, warnDays: 30, failDays: 7 },
            { sample: 0, archive: false, warnDays: 60, failDays: 14, config: "c.yml" },
        ]);
    });

    it("refuses another account's credentials before any other call", async () => {
        const io = streams(JSON.stringify(outputs));
        const { clients, sent } = fakeAws({ GetCallerIdentity: () => ({ Account: "999988887777" }) });
        let message = "";
        await verify({}, io.streams, () => clients, NOW).catch((error: Error) => {
            ({ message } = error);
        });
        expect(message).to.include("stack dev is in account 000000000000");
        expect(sent.map(([name]) => name)).to.deep.equal(["GetCallerIdentity"]);
    });
});
