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
import { renderedFiles, renderMain, renderStack, resourceTree, type StackRun } from "../../commands/render";
import { InvalidArguments } from "../../components/domain/errors";
import { type Registration, type Run, Secret } from "../../testing/mock-engine";
import { identity } from "../support/authority";
import { holdsPrivateKey } from "../support/secrets";
import { streams } from "../support/streams";

const root = path.join(__dirname, "../..");
const FILES = ["config.yml", "cluster.json", "security-configuration.json", "resources.json"];
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
        provider: undefined,
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
    let dev: StackRun;

    before(async () => {
        dev = await renderStack(root, "dev");
    });

    it("gives config.yml, the security configuration and every resource", () => {
        const files = renderedFiles(dev);
        expect(Object.keys(files)).to.deep.equal(FILES);
        expect(files["config.yml"]).to.equal(dev.outputs.emrEtlRunnerConfig);
        expect(JSON.parse(files["security-configuration.json"])).to.deep.equal(
            JSON.parse(String(dev.outputs.securityConfiguration)),
        );
        expect(JSON.parse(files["resources.json"])).to.have.length(dev.registrations.length);
    });

    it("writes no secret", () => {
        const files = Object.values(renderedFiles(dev));
        expect(holdsPrivateKey(JSON.stringify(dev.registrations))).to.equal(true);
        expect(files.filter(holdsPrivateKey)).to.deep.equal([]);
        expect(files.join()).to.include('"[secret]"');
    });

    describe("of a bad stack file", () => {
        let directory: string;

        before(() => {
            directory = scratch();
        });

        after(() => rmSync(directory, { recursive: true }));

        const errorsOf = async (config: string) => {
            writeFileSync(path.join(directory, "Pulumi.test.yaml"), `config:${config}`);
            try {
                await renderStack(directory, "test");
            } catch (error) {
                if (error instanceof InvalidArguments) {
                    return error.errors.map(({ code, path: where }) => [code, where]);
                }
                throw error;
            }
            return "it was rendered";
        };

        it("prints the errors of the YAML and of the shape together, each once", async () => {
            expect(
                await errorsOf(`
    aws:region: eu-west-1
    network: { secure: "v1:abc" }
    snowplow-emr-encryption:emrEtlRunner:
        collectors: { format: [thrift] }
        monitoring: { tags: { a: 0123, b: 3 } }
        aws: { emr: { ec2_key_name: { secure: "v1:abc" } } }
`),
            ).to.have.deep.members([
                ["read-differently", ["emrEtlRunner", "monitoring", "tags", "a"]],
                ["encrypted-value", ["emrEtlRunner", "aws", "emr", "ec2_key_name"]],
                ["encrypted-value", ["network"]],
                ["wrong-type", ["emrEtlRunner", "collectors", "format"]],
                ["wrong-type", ["emrEtlRunner", "monitoring", "tags", "b"]],
            ]);
        });

        it("takes the project's name from Pulumi.yaml, in which a key without a namespace is lost", async () => {
            writeFileSync(path.join(directory, "Pulumi.yaml"), "name: acme\n");
            try {
                expect(await errorsOf(`${MINIMAL}    network: { internetAccess: public }\n`)).to.deep.equal([
                    ["misnamed-key", ["acme:network"]],
                ]);
                writeFileSync(path.join(directory, "Pulumi.test.yaml"), `config:${MINIMAL}`);
                const { outputs } = await renderStack(directory, "test");
                expect(outputs.forCommands).to.have.property("stackTag", "acme/test");
            } finally {
                rmSync(path.join(directory, "Pulumi.yaml"));
            }
        });

        it("prints the errors of the YAML where the program has none", async () => {
            expect(await errorsOf(`${MINIMAL}    my:number: 1_000\n`)).to.deep.equal([
                ["read-differently", ["my:number"]],
            ]);
        });

        it("says of a missing value that it may come from Pulumi ESC, and warns of the rest", async () => {
            const messageOf = async (config: string) => {
                writeFileSync(
                    path.join(directory, "Pulumi.test.yaml"),
                    `environment: [shared]\nconfig:${config}`,
                );
                return renderStack(directory, "test").then(
                    ({ warnings }) => warnings.join("\n"),
                    ({ message }: Error) => message,
                );
            };
            const missing = await messageOf("\n    network: { cidrBlock: 7 }\n");
            expect(missing.match(/^ +(?:found|fix): .*/gm)).to.deep.equal([
                "    found:    missing",
                "    fix:      if `environment:` sets it, run `npx pulumi preview` instead: only Pulumi's engine reads it (Pulumi ESC)",
                "    found:    7",
            ]);
            expect(await messageOf(MINIMAL)).to.match(/^environment: values that it sets are missing here/);
        });

        it("names a path like the stack file, with its line", async () => {
            writeFileSync(
                path.join(directory, "Pulumi.test.yaml"),
                `config:${MINIMAL}    network: { cidrBlock: 7 }\n    my:number: 0123\n`,
            );
            const { message } = (await renderStack(directory, "test").catch(
                (error: Error) => error,
            )) as Error;
            expect(message.split("\n").filter((line) => /^(Pulumi| {2}\S)/.test(line))).to.deep.equal([
                "Pulumi.test.yaml: 2 errors",
                "  my:number (line 5)",
                "  snowplow-emr-encryption:network.cidrBlock (line 4)",
            ]);
        });
    });

    describe("writes", () => {
        it("no cluster.json and null without a security configuration", () => {
            const files = renderedFiles(
                ranWith([], {
                    emrEtlRunnerConfig: "a: 1\n",
                    dataflowRunnerCluster: null,
                    securityConfiguration: undefined,
                }),
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

    it("shows types like Pulumi's CLI, on a line of their own after a long name", () => {
        const name = "x".repeat(77);
        expect(
            resourceTree([
                registered("stack", { parent: undefined, custom: false, type: "pulumi:pulumi:Stack" }),
                registered("bucket", { type: "aws:s3/bucket:Bucket" }),
                registered(name, { type: "aws:s3/bucketPolicy:BucketPolicy" }),
            ]),
        ).to.deep.equal([
            "stack  pulumi:pulumi:Stack",
            "├─ bucket  aws:s3:Bucket",
            `└─ ${name}`,
            "     aws:s3:BucketPolicy",
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
        let existing: Ended;

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
            const [authority, nodes] = await existingCertificates();
            writeFileSync(
                path.join(folder, "Pulumi.existing.yaml"),
                JSON.stringify({
                    config: {
                        "aws:region": "eu-west-1",
                        "snowplow-emr-encryption:network": { internetAccess: "public" },
                        "snowplow-emr-encryption:encryption": {
                            kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234",
                        },
                        "snowplow-emr-encryption:certificates": { chainPem: nodes, trustedPem: authority },
                        "snowplow-emr-encryption:certificatePrivateKey": { secure: ENCRYPTED },
                        "snowplow-emr-encryption:emrEtlRunner": {
                            collectors: { format: "cloudfront" },
                            // Refused with a key of another account: only an account can tell.
                            aws: { emr: { jobflow: { task_instance_count: 1, task_instance_bid: 0.1 } } },
                        },
                    },
                }),
            );
            [good, bad, existing] = await Promise.all([
                command(),
                command("./Pulumi.bad.yaml"),
                command("existing"),
            ]);
        });

        after(() => rmSync(folder, { recursive: true }));

        it("renders dev by default, into build/dev, the same in every process", () => {
            expect([good.code, readdirSync(path.join(folder, "build"))]).to.deep.equal([
                0,
                ["dev", "existing"],
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

        it("prints the errors of a stack file and nothing else, exits with 1, and writes nothing", () => {
            expect([bad.code, bad.stdout]).to.deep.equal([1, ""]);
            expect(bad.stderr).to.match(/^Pulumi\.bad\.yaml: 2 errors\n {2}my:a \(line 3\)\n/);
            expect(existsSync(path.join(folder, "build", "bad"))).to.equal(false);
        });

        it("says that existing resources were not checked, and shows all of an archive but what a secret decides", () => {
            expect([existing.code, existing.stdout.trimEnd().split("\n").at(-1)]).to.deep.equal([
                0,
                "Existing resources were not checked: `npx pulumi preview` checks them.",
            ]);
            const file = path.join(folder, "build", "existing", "resources.json");
            const resources = JSON.parse(readFileSync(file, "utf8")) as readonly Registration[];
            const archive = resources.find(({ name }) => name.endsWith("certificates-archive"));
            expect(Object.keys(archive?.inputs ?? {}).sort()).to.deep.equal([
                "bucket",
                "contentType",
                "key",
                "kmsKeyId",
                "serverSideEncryption",
            ]);
            expect(archive?.inputs.key).to.match(/^certificates\/[0-9a-f]{32}\.zip$/);
        });

        it("writes and prints no private key, managed or existing, and no ciphertext", () => {
            const written = ["dev", "existing"].flatMap((stack) =>
                FILES.map((name) => readFileSync(path.join(folder, "build", stack, name), "utf8")),
            );
            const texts = [...written, good.stdout, good.stderr, existing.stdout, existing.stderr];
            expect(texts.filter((text) => holdsPrivateKey(text) || text.includes(ENCRYPTED))).to.deep.equal(
                [],
            );
        });

        it("prints warnings on standard error, under their number", () => {
            const [, heading, first = ""] = existing.stderr.split("\n");
            expect(heading).to.equal("1 warning");
            expect(first).to.match(/^ {2}- network\.internetAccess is public:/);
            expect(good.stderr).to.equal("");
        });

        it("fits 100 columns", () => {
            const lines = [good, bad, existing].flatMap(({ stdout, stderr }) =>
                `${stdout}${stderr}`.split("\n"),
            );
            expect(lines.filter((line) => line.length > 100)).to.deep.equal([]);
        });

        it("prints its usage, or refuses other arguments, and renders nothing", async () => {
            for (const [args, code, written] of [
                [["--help"], 0, "Usage: npm run render -- [options] [stack]"],
                [["dev", "prod"], 2, "error: too many arguments. Expected 1 argument but got 2."],
                [["--stack", "dev"], 2, "error: unknown option '--stack'"],
                [["config.yml"], 1, "config.yml: 1 error"],
                [["missing"], 1, "Pulumi.missing.yaml: 1 error"],
            ] as const) {
                const io = streams();
                expect(await renderMain(args, io.streams), written).to.equal(code);
                const { stdout, stderr } = await io.written();
                const lines = (code === 0 ? stdout : stderr).split("\n");
                expect(lines[0]).to.equal(written);
                expect(code === 0 ? stderr : stdout).to.equal("");
                expect(lines.filter((line) => line.length > 100)).to.deep.equal([]);
                expect(lines.includes("(`npm run render -- --help` prints the usage)")).to.equal(code === 2);
            }
        });
    });
});

/** An authority, and a certificate for nodes by it, in PEM. */
async function existingCertificates(): Promise<readonly [string, string]> {
    const authority = await identity("authority", { ca: true });
    const dnsNames = ["*.eu-west-1.compute.internal"];
    const nodes = await identity("nodes", { issuer: authority, dnsNames });
    return [authority.certificate, nodes.certificate];
}
