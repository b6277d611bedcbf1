import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { configYml, readConfigFile } from "../../../commands/verify/config-yml";
import { contextOf, evidenceOf, outputsOf } from "./context";

const ID = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/** What each kind of difference is, tests/aws/verify.test.ts has. */
describe("verify, the operator's config.yml", () => {
    let outputs: StackOutputs;
    let text: string;

    before(async () => {
        outputs = await outputsOf({
            emrEtlRunner: {
                collectors: { format: "thrift" },
                aws: {
                    s3: { buckets: { raw: { in: ["s3://acme/one/", "s3://acme/two/"] } } },
                    emr: { additional_info: '{"a":"<% b %>"}' },
                },
            },
        });
        text = outputs.emrEtlRunnerConfig;
    });

    async function faults(config: string) {
        const context = contextOf(outputs, {}, { config: { file: "config.yml", text: config } });
        const outcomes = [configYml("stack")(context), configYml("jobs")(context)];
        const evidence = (await Promise.all(outcomes.map(evidenceOf))).flat();
        return evidence.filter(({ result }) => result !== "ok");
    }

    it("passes if EmrEtlRunner reads the same", async () => {
        for (const [pattern, replacement] of [
            [/^# .*\n/, ""],
            [/"(s3:[^"]*)\/"/g, '"$1"'],
            [/"(subnet-[^"]*)"/, "$1"],
            [/access_key_id: .*/, `access_key_id: ${ID}`],
            [/access_key_id: .*/, 'access_key_id: "<%= ENV.fetch("KEY_ID") %>"'],
            [/secret_access_key: .*/, `secret_access_key: "${SECRET}"`],
            [/ +jsonpath_assets: null\n/, ""],
            [/placement: null/, "placement: ~"],
            [/bootstrap: \[\]/, "bootstrap:"],
            [/encrypted: true/, "encrypted: yes"],
            [/^( +)(core_instance_type: .*)\n( +core_instance_bid: .*)\n/m, "$3\n$1$2\n"],
        ] as const) {
            const changed = text.replace(pattern, replacement);
            expect(changed, String(pattern)).not.to.equal(text);
            expect(await faults(changed), String(pattern)).to.deep.equal([]);
        }
    });

    for (const [title, pattern, replacement, ...expected] of [
        [
            "a string for a switch",
            /encrypted: true/,
            'encrypted: "true"',
            ["aws.s3.buckets.encrypted", "true", '"true"'],
        ],
        [
            "one more location",
            /- "s3:\/\/acme\/two\/"/,
            '- "s3://acme/two/"\n          - "s3://acme/four/"',
            ["aws.s3.buckets.raw.in[2]", "no such field", "a value, not shown"],
        ],
        [
            "no credentials",
            / +access_key_id: .*\n +secret_access_key: .*\n/,
            "",
            ["aws.access_key_id", "a value", "missing"],
            ["aws.secret_access_key", "a value", "missing"],
        ],
        [
            "fields that EmrEtlRunner has no use for",
            /^aws:\n/m,
            "aws:\n  session_token: hunter2\n",
            ["aws.session_token", "no such field", "a value, not shown"],
        ],
    ] as const) {
        it(`fails with ${title}`, async () => {
            const found = await faults(text.replace(pattern, replacement));
            expect(found.map((each) => [each.subject, each.expected, each.found])).to.deep.equal(
                expected.map(([field, ...values]) => [`config.yml config.yml: ${field}`, ...values]),
            );
        });
    }

    it("is never quoted with a credential", async () => {
        const own = text
            .replace(/access_key_id: .*/, "access_key_id: an-id-of-its-own-kind")
            .replace(/secret_access_key: .*/, "secret_access_key: a-secret-of-its-own-kind");
        for (const secret of [ID, SECRET, "an-id-of-its-own-kind", "a-secret-of-its-own-kind"]) {
            for (const [pattern, replacement] of [
                [/service_role: .*/, `service_role: "${secret}"`],
                [/log: .*/, `log: "${secret}/"`],
                [/service_role: .*/, `? !x "${secret}"\n    : 1`],
                [/"spark":/, `"${secret}":`],
                [/"snowplow-emr-stack": "snowplow-emr-encryption\/dev"/, `"${secret}": "${secret}"`],
            ] as const) {
                const found = await faults(own.replace(pattern, replacement));
                expect(found).not.to.deep.equal([]);
                expect(JSON.stringify(found), `${pattern} ${secret}`).not.to.include(secret);
            }
        }
    });

    it("must be a readable file", () => {
        const folder = mkdtempSync(path.join(tmpdir(), "config-"));
        const file = path.join(folder, "config.yml");
        writeFileSync(file, "aws: {}\n");
        expect(readConfigFile(file)).to.deep.equal({ file, text: "aws: {}\n" });
        rmSync(folder, { recursive: true });
        expect(() => readConfigFile(file)).to.throw(
            `--config ${file}: ENOENT: no such file or directory, open '${file}'`,
        );
    });
});
