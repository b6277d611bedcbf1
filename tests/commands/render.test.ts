import { execFile } from "node:child_process";
import {
    copyFileSync,
    existsSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { parse as parseYaml } from "yaml";
import { renderedFiles, renderStack, resourceTree } from "../../commands/render";
import { SettingsError } from "../../components/config";
import { type Registration, type Run, Secret } from "../../testing/mock-engine";
import { identity } from "../support/authority";
import { holdsPrivateKey } from "../support/secrets";

const root = path.join(__dirname, "../..");
const FILES = ["config.yml", "security-configuration.json", "resources.json"];
const MINIMAL = `
    aws:region: eu-west-1
    snowplow-emr-encryption:emrEtlRunner: { collectors: { format: thrift } }
`;

/** As the CLI writes a secret. */
const ENCRYPTED = "v1:ZW5jcnlwdGVk:bm90IGEgc2VjcmV0";

const scratch = () => mkdtempSync(path.join(tmpdir(), "render-"));

function registered(name: string, more: Partial<Registration> = {}): Registration {
    return {
        type: "test:index:Thing",
        name,
        custom: true,
        inputs: {},
        parent: "stack",
        protect: false,
        retainOnDelete: false,
        deleteBeforeReplace: false,
        ignoreChanges: [],
        replaceOnChanges: [],
        deletedWith: undefined,
        dependencies: [],
        ...more,
    };
}

function ranWith(registrations: readonly Registration[], outputs: Readonly<Record<string, unknown>>): Run {
    return { registrations, invokes: [], outputs, secretOutputs: [] };
}

describe("render", () => {
    let dev: Run;

    before(async () => {
        dev = await renderStack(root, "dev");
    });

    describe("of a shipped stack", () => {
        for (const [stack, region, zones] of [
            ["dev", "eu-west-1", ["nodes"]],
            ["prod", "us-east-1", ["nodes-a", "nodes-b"]],
        ] as const) {
            it(`gives ${stack}'s config.yml, security configuration and resources`, async () => {
                const run = stack === "dev" ? dev : await renderStack(root, stack);
                const files = renderedFiles(run);
                expect(Object.keys(files)).to.deep.equal(FILES);

                const config: unknown = parseYaml(files["config.yml"], { version: "1.1" });
                expect(config).to.have.nested.property("aws.s3.region", region);
                expect(config).to.have.nested.property("monitoring.tags.snowplow-emr-stack", stack);
                expect(files["config.yml"]).to.match(
                    /security_configuration: "snowplow-[a-z-]+-placeholder"/,
                );

                const security: unknown = JSON.parse(files["security-configuration.json"]);
                expect(security).to.deep.equal(JSON.parse(String(run.outputs.securityConfiguration)));
                expect(security).to.have.nested.property(
                    "EncryptionConfiguration.EnableInTransitEncryption",
                    true,
                );

                const resources = JSON.parse(files["resources.json"]) as readonly Registration[];
                expect(resources).to.have.length(run.registrations.length);
                const subnets = resources.filter(
                    ({ type, name }) => /Subnet$/.test(type) && /nodes/.test(name),
                );
                expect(subnets.map(({ name }) => name.replace(/^.*(?=nodes)/, ""))).to.deep.equal(zones);
            });
        }

        it("writes no secret", () => {
            const files = Object.values(renderedFiles(dev));
            expect(holdsPrivateKey(JSON.stringify(dev.registrations))).to.equal(true);
            expect(files.filter(holdsPrivateKey)).to.deep.equal([]);
            expect(files.join()).to.include('"[secret]"');
        });
    });

    describe("of a stack file with mistakes", () => {
        let folder: string;

        before(() => {
            folder = scratch();
        });

        after(() => rmSync(folder, { recursive: true }));

        const failure = async (config: string): Promise<unknown> => {
            writeFileSync(path.join(folder, "Pulumi.test.yaml"), `config:${config}`);
            try {
                await renderStack(folder, "test");
            } catch (error) {
                return error;
            }
            return "it was rendered";
        };
        const told = async (config: string) => {
            const error = await failure(config);
            expect(error).to.be.instanceOf(SettingsError);
            return error instanceof SettingsError
                ? error.problems.map(({ path, found }) => [path, found])
                : [];
        };

        it("tells those of its YAML and those of its settings together, each once", async () => {
            const error = await failure(`
    aws:region: eu-west-1
    snowplow-emr-encryption:emrEtlRunner:
        collectors: { format: thrfit }
        monitoring: { tags: { a: 0123, b: 3 } }
        aws: { emr: { ec2_key_name: { secure: "v1:abc" } } }
`);
            expect(String(error).split("\n")).to.deep.equal([
                "Error: Pulumi.test.yaml: 4 problems",
                "  snowplow-emr-encryption:emrEtlRunner.monitoring.tags.a",
                "    found:   0123",
                `    allowed: quote it, "0123", or write a number in plain digits: Pulumi's CLI reads it as something else`,
                "  snowplow-emr-encryption:emrEtlRunner.aws.emr.ec2_key_name",
                "    found:   an encrypted value",
                "    allowed: a value in plain, or for credentials no such line: it is encrypted, but would be written in plain to config.yml",
                "  snowplow-emr-encryption:emrEtlRunner.collectors.format",
                '    found:   "thrfit"',
                "    allowed: cloudfront, clj-tomcat, thrift, json/…/…, tsv/…/… or ndjson/…/…",
                "  snowplow-emr-encryption:emrEtlRunner.monitoring.tags.b",
                "    found:   3",
                "    allowed: names of at most 128 characters with texts of at most 256; put it in quotes",
            ]);
        });

        it("tells those of its YAML where the settings have none", async () => {
            expect(await told(`${MINIMAL}    my:number: 1_000\nextra: {}\n`)).to.deep.equal([
                ["extra", "an unknown key"],
                ["my:number", "1_000"],
            ]);
        });

        it("tells of an object that is encrypted as a whole, though there is no reading it", async () => {
            expect(
                await told(`${MINIMAL}    snowplow-emr-encryption:network: { secure: "v1:abc" }\n`),
            ).to.deep.equal([["snowplow-emr-encryption:network", "an encrypted value"]]);
            expect(
                await told(`
    aws:region: eu-west-1
    snowplow-emr-encryption:emrEtlRunner: { secure: "v1:abc" }
`),
            ).to.deep.equal([["snowplow-emr-encryption:emrEtlRunner", "an encrypted value"]]);
        });

        it("tells of an object without the project's name before it, as `up` would take it", async () => {
            expect(await told(`${MINIMAL}    network: { cidrBlok: 10.0.0.0/16 }\n`)).to.deep.equal([
                ["snowplow-emr-encryption:network.cidrBlok", "an unknown key"],
            ]);
        });

        it("tells that a stack has no region", async () => {
            expect(
                await told(
                    "\n    snowplow-emr-encryption:emrEtlRunner: { collectors: { format: thrift } }\n",
                ),
            ).to.deep.equal([["aws:region", "nothing"]]);
        });

        it("leaves other errors as they are", async () => {
            expect(String(await renderStack(folder, "none").catch((error: unknown) => error))).to.equal(
                "Error: no Pulumi.none.yaml here; there is one for test",
            );
        });
    });

    describe("writes", () => {
        it("null for a security configuration that there is none of", () => {
            const files = renderedFiles(
                ranWith([], { emrEtlRunnerConfig: "a: 1\n", securityConfiguration: undefined }),
            );
            expect(files).to.deep.equal({
                "config.yml": "a: 1\n",
                "security-configuration.json": "null\n",
                "resources.json": "[]\n",
            });
        });

        it("resources by name, then by type, whatever came first, and their secrets hidden", () => {
            const inputs = { deep: [{ key: new Secret("s3cret") }] };
            const files = renderedFiles(
                ranWith([registered("b", { inputs }), registered("a", { type: "z" }), registered("a")], {}),
            );
            const resources = JSON.parse(files["resources.json"]) as readonly Registration[];
            expect(resources.map(({ name, type, inputs }) => [name, type, inputs])).to.deep.equal([
                ["a", "test:index:Thing", {}],
                ["a", "z", {}],
                ["b", "test:index:Thing", { deep: [{ key: "[secret]" }] }],
            ]);
        });
    });

    it("shows each resource below its parent, by name", () => {
        const component = { custom: false, type: "test:index:Part" };
        expect(
            resourceTree([
                registered("stack", { parent: undefined, custom: false, type: "pulumi:pulumi:Stack" }),
                registered("second", component),
                registered("second-b", { parent: "second" }),
                registered("first", component),
                registered("first-inner", { ...component, parent: "first" }),
                registered("deep", { parent: "first-inner" }),
                registered("second-a", { parent: "second" }),
                registered("alone"),
            ]),
        ).to.deep.equal([
            "stack  pulumi:pulumi:Stack",
            "├─ alone  test:index:Thing",
            "├─ first  test:index:Part",
            "│  └─ first-inner  test:index:Part",
            "│     └─ deep  test:index:Thing",
            "└─ second  test:index:Part",
            "   ├─ second-a  test:index:Thing",
            "   └─ second-b  test:index:Thing",
        ]);
    });

    describe("as a command", () => {
        interface Ended {
            readonly code: number;
            readonly stdout: string;
            readonly stderr: string;
        }

        let folder: string;
        let good: Ended;
        let bad: Ended;
        let theirs: Ended;
        let wrongArguments: Ended;

        const command = (...args: readonly string[]): Promise<Ended> =>
            new Promise((resolve) => {
                const loader = pathToFileURL(require.resolve("tsx")).href;
                const script = path.join(root, "commands", "render.ts");
                // In another folder tsx would find no tsconfig, and c8 take the lines of one process for others.
                const env = { ...process.env, TSX_TSCONFIG_PATH: path.join(root, "tsconfig.json") };
                execFile(
                    process.execPath,
                    ["--import", loader, script, ...args],
                    { cwd: folder, env },
                    (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
                );
            });

        before(async () => {
            folder = scratch();
            copyFileSync(path.join(root, "Pulumi.dev.yaml"), path.join(folder, "Pulumi.dev.yaml"));
            writeFileSync(
                path.join(folder, "Pulumi.bad.yaml"),
                "config:\n    aws:region: mars-north-1\n    my:a: 0123\n",
            );
            const [authority, nodes] = await theirCertificates();
            writeFileSync(
                path.join(folder, "Pulumi.theirs.yaml"),
                JSON.stringify({
                    config: {
                        "aws:region": "eu-west-1",
                        "snowplow-emr-encryption:encryption": {
                            kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234",
                        },
                        "snowplow-emr-encryption:certificates": { chainPem: nodes, trustedPem: authority },
                        "snowplow-emr-encryption:certificatePrivateKey": { secure: ENCRYPTED },
                        "snowplow-emr-encryption:emrEtlRunner": { collectors: { format: "cloudfront" } },
                    },
                }),
            );
            [good, bad, theirs, wrongArguments] = await Promise.all([
                command(),
                command("bad"),
                command("theirs"),
                command("dev", "prod"),
            ]);
        });

        after(() => rmSync(folder, { recursive: true }));

        it("renders dev where no stack is named, into build/dev, the same as in another process", () => {
            expect([good.code, readdirSync(path.join(folder, "build"))]).to.deep.equal([
                0,
                ["dev", "theirs"],
            ]);
            const written = FILES.map((name) => [
                name,
                readFileSync(path.join(folder, "build", "dev", name), "utf8"),
            ]);
            expect(Object.fromEntries(written)).to.deep.equal(renderedFiles(dev));
            expect(readdirSync(path.join(folder, "build", "dev"))).to.have.members(FILES);
        });

        it("prints the resources as a tree, config.yml, and where it is", () => {
            const count = dev.registrations.filter(({ custom }) => custom).length;
            expect(good.stdout).to.equal(
                [
                    ...resourceTree(dev.registrations),
                    "",
                    `${count} resources. Names with "placeholder" are known once they are deployed.`,
                    "",
                    renderedFiles(dev)["config.yml"],
                    `Written to build/dev: ${FILES.join(", ")}`,
                    "",
                ].join("\n"),
            );
        });

        it("prints what is wrong with a stack file, and nothing else, exits with 1, and writes nothing", () => {
            expect([bad.code, bad.stdout]).to.deep.equal([1, ""]);
            expect(bad.stderr.split("\n").filter((line) => /^(?!\s+allowed:)/.test(line))).to.deep.equal([
                "Pulumi.bad.yaml: 3 problems",
                "  my:a",
                "    found:   0123",
                "  aws:region",
                '    found:   "mars-north-1"',
                "  snowplow-emr-encryption:emrEtlRunner.collectors.format",
                "    found:   nothing",
                "",
            ]);
            expect(existsSync(path.join(folder, "build", "bad"))).to.equal(false);
        });

        it("says that nothing was looked up, and knows of the archive all but what a secret decides", () => {
            expect([theirs.code, theirs.stdout.split("\n\n")[1]?.split("\n")[1]]).to.deep.equal([
                0,
                "What is yours already was not looked at: `npx pulumi preview` does that.",
            ]);
            const file = path.join(folder, "build", "theirs", "resources.json");
            const resources = JSON.parse(readFileSync(file, "utf8")) as readonly Registration[];
            const archive = resources.find(({ name }) => name === "certificates-archive");
            expect(Object.keys(archive?.inputs ?? {}).sort()).to.deep.equal([
                "bucket",
                "contentType",
                "key",
                "kmsKeyId",
                "serverSideEncryption",
            ]);
            expect(archive?.inputs.key).to.match(/^certificates\/[0-9a-f]{32}\.zip$/);
        });

        it("writes and prints no private key, of the stack's own or the user's, and nothing of an encrypted one", () => {
            const written = ["dev", "theirs"].flatMap((stack) =>
                FILES.map((name) => readFileSync(path.join(folder, "build", stack, name), "utf8")),
            );
            const texts = [...written, good.stdout, good.stderr, theirs.stdout, theirs.stderr];
            expect(texts.filter((text) => holdsPrivateKey(text) || text.includes(ENCRYPTED))).to.deep.equal(
                [],
            );
        });

        it("takes one stack's name", () => {
            expect(wrongArguments).to.deep.equal({
                code: 1,
                stdout: "",
                stderr: 'found "dev prod"; allowed: the name of one stack, as in npm run render -- prod\n',
            });
        });
    });
});

/** An authority, and a certificate for nodes by it, in PEM. */
async function theirCertificates(): Promise<readonly [string, string]> {
    const authority = await identity("authority", { ca: true });
    const dnsNames = ["*.eu-west-1.compute.internal"];
    const nodes = await identity("nodes", { issuer: authority, dnsNames });
    return [authority.certificate, nodes.certificate];
}
