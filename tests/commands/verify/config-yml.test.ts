import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { configChecks, readConfigFile } from "../../../commands/verify/config-yml";
import { MINIMAL } from "../../support/run";
import { contextOf, type Finding, findings, outputsOf } from "./context";

const FILE = "config.yml";
const ON = `config.yml ${FILE}`;
const ID = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

describe("verify, the operator's config.yml:", () => {
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

    const run = (config: string, of = outputs) =>
        configChecks(contextOf(of, {}), { file: FILE, text: config });
    const same = [{ status: "ok", on: ON, expected: "as the stack's", found: "as the stack's" }];

    it("passes if it equals the output", () => {
        expect(run(text)).to.deep.equal(same);
    });

    it("passes if EmrEtlRunner reads the same", () => {
        for (const [pattern, replacement] of [
            [/^# .*\n/, ""],
            [/"(s3:[^"]*)\/"/g, '"$1"'],
            [/"(subnet-[^"]*)"/, "$1"],
            [/access_key_id: .*/, `access_key_id: ${ID}`],
            [/secret_access_key: .*/, `secret_access_key: "${SECRET}"`],
            [/ +jsonpath_assets: null\n/, ""],
            [/placement: null/, "placement: ~"],
            [/bootstrap: \[\]/, "bootstrap:"],
            [/encrypted: true/, "encrypted: yes"],
            [/^( +)(core_instance_type: .*)\n( +core_instance_bid: .*)\n/m, "$3\n$1$2\n"],
        ] as const) {
            const changed = text.replace(pattern, replacement);
            expect(changed, String(pattern)).not.to.equal(text);
            expect(run(changed), String(pattern)).to.deep.equal(same);
        }
    });

    const differences: readonly (readonly [
        title: string,
        pattern: RegExp,
        replacement: string,
        ...Finding[],
    ])[] = [
        [
            "another security configuration",
            /security_configuration: .*/,
            "security_configuration: snowplow-old",
            ["failed", `${ON}: aws.emr.security_configuration`, '"snowplow-old"'],
        ],
        [
            "no security configuration",
            / +security_configuration: .*\n/,
            "",
            ["failed", `${ON}: aws.emr.security_configuration`, "nothing"],
        ],
        [
            "no header for encryption",
            /encrypted: true/,
            "encrypted: false",
            ["failed", `${ON}: aws.s3.buckets.encrypted`, "false"],
        ],
        [
            "a text for a switch",
            /encrypted: true/,
            'encrypted: "true"',
            ["failed", `${ON}: aws.s3.buckets.encrypted`, '"true"'],
        ],
        [
            "another location, and one more",
            /- "s3:\/\/acme\/two\/"/,
            '- "s3://acme/three/"\n          - "s3://acme/four/"',
            ["failed", `${ON}: aws.s3.buckets.raw.in[1]`, '"s3://acme/three"'],
            ["failed", `${ON}: aws.s3.buckets.raw.in[2]`, "a value, which is not shown"],
        ],
        [
            "a cluster that is no cluster of the stack",
            /"snowplow-emr-stack": "snowplow-emr-encryption\/dev"/,
            "owner: me",
            ["failed", `${ON}: monitoring.tags.snowplow-emr-stack`, "nothing"],
            ["failed", `${ON}: monitoring.tags.owner`, "a value, which is not shown"],
        ],
        [
            "other settings of Hadoop",
            /"yarn.resourcemanager.am.max-attempts": "1"/,
            '"yarn.resourcemanager.am.max-attempts": "5"',
            [
                "failed",
                `${ON}: aws.emr.configuration.yarn-site["yarn.resourcemanager.am.max-attempts"]`,
                '"5"',
            ],
        ],
        [
            "a larger cluster, and other jobs",
            /core_instance_count: 2([\s\S]*)level: "DEBUG"/,
            'core_instance_count: 20$1level: "INFO"',
            ["warning", `${ON}: aws.emr.jobflow.core_instance_count`, "20"],
            ["warning", `${ON}: monitoring.logging.level`, '"INFO"'],
        ],
        [
            "an ERB tag, which is not run",
            /ec2_subnet_id: .*/,
            `ec2_subnet_id: subnet-<%= ENV["${SECRET}"] %>`,
            ["warning", `${ON}: aws.emr.ec2_subnet_id`, "subnet-<%= … %>, which is not run here"],
        ],
        [
            "no credentials",
            / +access_key_id: .*\n +secret_access_key: .*\n/,
            "",
            ["failed", `${ON}: aws.access_key_id`, "nothing"],
            ["failed", `${ON}: aws.secret_access_key`, "nothing"],
        ],
        [
            "fields that EmrEtlRunner has no use for",
            /^aws:\n/m,
            "aws:\n  session_token: hunter2\n",
            ["failed", `${ON}: aws.session_token`, "a value, which is not shown"],
        ],
        [
            "what is no config.yml",
            /[\s\S]*/,
            "a: [",
            [
                "failed",
                ON,
                "not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
            ],
        ],
        [
            "Ruby that is run",
            /^aws:/m,
            "<% if false %>\naws:",
            ["failed", ON, "<% … %>, Ruby that includes or omits lines"],
        ],
    ];
    for (const [title, pattern, replacement, ...expected] of differences) {
        it(`has ${title}`, () => {
            const changed = text.replace(pattern, replacement);
            expect(changed).not.to.equal(text);
            expect(findings(run(changed))).to.deep.equal(expected);
        });
    }

    it("fails with the differences, and says how to get the output", () => {
        const [line] = run(
            text.replace(/security_configuration: .*/, "security_configuration: old\n    extra: 1"),
        );
        expect(line).to.deep.equal({
            status: "failed",
            on: `${ON}: aws.emr.security_configuration`,
            expected: '"snowplow-dev-placeholder"',
            found: '"old"',
            remedy: "npx pulumi stack output emrEtlRunnerConfig --stack dev > config.yml",
        });
        const expected = run(`${text}extra: 1\n`).map((check) => check.expected);
        expect(expected).to.deep.equal(["no such field"]);
        expect(run(text.replace(/ +access_key_id: .*\n/, "")).map((check) => check.expected)).to.deep.equal([
            "a value",
        ]);
    });

    it("is never quoted with a credential", () => {
        const own = text
            .replace(/access_key_id: .*/, "access_key_id: an-id-of-its-own-kind")
            .replace(/secret_access_key: .*/, "secret_access_key: a-secret-of-its-own-kind");
        for (const secret of [ID, SECRET, "an-id-of-its-own-kind", "a-secret-of-its-own-kind"]) {
            for (const [pattern, replacement] of [
                [/service_role: .*/, `service_role: "${secret}"`],
                [/log: .*/, `log: "${secret}/"`],
                [/"spark":/, `"${secret}":`],
                [/"snowplow-emr-stack": "snowplow-emr-encryption\/dev"/, `"${secret}": "${secret}"`],
            ] as const) {
                const checks = run(own.replace(pattern, replacement));
                expect(checks).not.to.deep.equal(same);
                expect(JSON.stringify(checks), `${pattern} ${secret}`).not.to.include(secret);
            }
        }
    });

    it("may be of stream-enrich mode", async () => {
        const stream = await outputsOf({
            ...MINIMAL,
            emrEtlRunner: { aws: { s3: { buckets: { enriched: { stream: "managed" } } } } },
        });
        expect(run(stream.emrEtlRunnerConfig, stream)).to.deep.equal(same);
        const raw = stream.emrEtlRunnerConfig.replace(/raw: null/, 'raw: { processing: "s3://acme/x/" }');
        expect(findings(run(raw, stream))).to.deep.equal([
            ["failed", `${ON}: aws.s3.buckets.raw.processing`, "a value, which is not shown"],
        ]);
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
