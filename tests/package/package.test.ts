import { execFileSync, spawnSync } from "node:child_process";
import {
    cpSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { unexportedTypes } from "./public-types";

const ROOT = path.join(__dirname, "..", "..");
const NAME = "snowplow-emr-encryption";
const MOST_FILES = 150;
const MOST_MEGABYTES = 15;

interface Packed {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
}

interface Ran {
    readonly registered: readonly {
        readonly type: string;
        readonly name: string;
        readonly inputs: Readonly<Record<string, unknown>>;
    }[];
    readonly lookedUp: readonly string[];
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** The size of a folder in MB. */
function megabytes(folder: string): number {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
        statSync(path.join(folder, name)),
    );
    return files.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0) / 1e6;
}

describe("the package, in an empty project", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "package-"));
    const project = path.join(folder, "project");
    const installed = path.join(project, "node_modules", NAME);
    const inProject = (command: string, ...args: readonly string[]) =>
        execFileSync(command, args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    let packed: Packed;

    /** Compiles the programs, and returns the compiler's messages. */
    const compile = (...options: readonly string[]) => {
        const tsc = path.join(ROOT, "node_modules", "typescript", "bin", "tsc");
        const { stdout } = spawnSync(process.execPath, [tsc, ...options], { cwd: project, encoding: "utf8" });
        return stdout.trim();
    };
    const start = (program: string) =>
        spawnSync(
            process.execPath,
            [path.join(__dirname, "run.cjs"), path.join(project, "out", `${program}.js`)],
            {
                cwd: project,
                encoding: "utf8",
            },
        );
    const ran = (program: string): Ran => {
        const { stdout, stderr } = start(program);
        const line = stdout.trim().split("\n").at(-1) ?? "";
        expect(line, stderr).to.match(/^\{/);
        return JSON.parse(line) as Ran;
    };
    const names = ({ registered }: Ran, type: string) =>
        registered.filter((resource) => resource.type === type).map(({ name }) => name);

    before(() => {
        const output = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
            cwd: ROOT,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
        });
        [packed] = JSON.parse(output.slice(output.indexOf("["))) as [Packed];
        mkdirSync(project);
        writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "project", private: true }));
        inProject(
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            path.join(folder, packed.filename),
        );
        for (const file of readdirSync(path.join(__dirname, "programs"))) {
            cpSync(path.join(__dirname, "programs", file), path.join(project, file));
        }
        cpSync(path.join(ROOT, "examples", "component", "index.ts"), path.join(project, "ten-lines.ts"));
        writeFileSync(
            path.join(project, "tsconfig.json"),
            JSON.stringify({
                compilerOptions: {
                    module: "nodenext",
                    target: "es2022",
                    strict: true,
                    exactOptionalPropertyTypes: true,
                    skipLibCheck: true,
                    types: [],
                    outDir: "out",
                },
            }),
        );
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it(`has fewer than ${MOST_FILES} files: the library, and no commands, tests or documents`, () => {
        const files = packed.files.map((file) => file.path);
        expect(files).to.have.length.below(MOST_FILES);
        const others = files.filter((file) => !file.startsWith("dist/"));
        expect(others.sort()).to.deep.equal(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
        expect(files.filter((file) => /^dist\/(config|commands|tests|testing)\//.test(file))).to.deep.equal(
            [],
        );
    });

    it(`adds less than ${MOST_MEGABYTES} MB to a project that has @pulumi/pulumi, aws and tls`, () => {
        const manifest = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")) as {
            readonly dependencies: Readonly<Record<string, string>>;
        };
        const added = new Set<string>();
        const add = (name: string, dependencies: Readonly<Record<string, string>> = {}) => {
            added.add(name);
            for (const other of Object.keys(dependencies)) {
                if (!other.startsWith("@pulumi/") && !added.has(other)) {
                    const file = path.join(project, "node_modules", other, "package.json");
                    add(other, (JSON.parse(readFileSync(file, "utf8")) as typeof manifest).dependencies);
                }
            }
        };
        add(NAME, manifest.dependencies);
        expect([...added].sort()).to.deep.equal(
            [NAME, "fastest-levenshtein", "fflate", "yaml", "zod"].sort(),
        );
        const sizes = [...added].map((name) => megabytes(path.join(project, "node_modules", name)));
        expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.below(MOST_MEGABYTES);
    });

    it("has no type in a signature that it does not export", () => {
        expect(unexportedTypes(path.join(installed, "dist", "index.d.ts"))).to.deep.equal([]);
    });

    it("compiles programs, in both of TypeScript's ways to find packages", () => {
        expect(compile()).to.equal("");
        const older = ["--module", "commonjs", "--moduleResolution", "node10", "--ignoreDeprecations", "6.0"];
        expect(compile(...older, "--noEmit")).to.equal("");
    });

    it("runs a program of ten lines", () => {
        const run = ran("ten-lines");
        expect(names(run, "snowplow-emr-encryption:index:EmrEncryption")).to.deep.equal(["snowplow"]);
        expect(names(run, "aws:s3/bucket:Bucket")).to.have.members(
            ["collector", "pipeline", "archive", "logs"]
                .map((bucket) => `snowplow-storage-${bucket}`)
                .concat("snowplow-certificates-bucket"),
        );
        expect(run.outputs.emrEtlRunnerConfig).to.include('"snowplow-emr-stack": "platform/dev/snowplow"');
    });

    it("runs programs with an existing VPC: one by its ids, one that the program creates", () => {
        const { lookedUp, outputs } = ran("existing-resources");
        expect(outputs.vpcIds).to.deep.equal(["vpc-0123456789abcdef0", "vpc-00000000000000001"]);
        expect(outputs.subnetIds).to.deep.equal([["subnet-0123456789abcdef0"], ["subnet-00000000000000001"]]);
        // Only the existing VPC can be looked up before the first resource.
        expect(lookedUp.filter((name) => name === "getVpc")).to.have.length(1);
    });

    it("runs two instances in one program, each with a tag and a name of its own", () => {
        const { outputs } = ran("two-instances");
        const configs = outputs.configs as readonly string[];
        expect(configs.map((text) => /job_name: "(.*)"/.exec(text)?.[1])).to.deep.equal([
            "Snowplow ETL dev-web",
            "Snowplow ETL dev-mobile",
        ]);
        expect(configs.map((text) => /snowplow-emr-stack": "(.*)"/.exec(text)?.[1])).to.deep.equal([
            "platform/dev/web",
            "platform/dev/mobile",
        ]);
    });

    it("has parts that work alone", () => {
        const run = ran("parts");
        expect(names(run, "aws:s3/bucketPolicy:BucketPolicy")).to.deep.equal(["data-policy"]);
        expect(names(run, "aws:ec2/natGateway:NatGateway")).to.deep.equal([]);
        expect(names(run, "aws:ec2/securityGroup:SecurityGroup")).to.include("groups-core");
    });

    for (const [program, lines] of [
        [
            "bad-arguments",
            [
                "arguments of EmrEncryption snowplow: 1 error",
                "  network.cidrBlock",
                "    found:    an output, whose value",
            ],
        ],
        [
            "bad-values",
            [
                "arguments of EmrEncryption snowplow: 3 errors",
                "  network.existing.vpcId",
                "  storage.logRetentionDays",
            ],
        ],
        [
            "refused-by-look-up",
            ["arguments of EmrEncryption snowplow: 1 error", "  access.serviceRole.existing"],
        ],
    ] as const) {
        it(`names the arguments, not a stack file's keys, and creates nothing: ${program}`, () => {
            const { status, stdout, stderr } = start(program);
            expect({ status, stdout: stdout.trim() }).to.deep.equal({ status: 1, stdout: "" });
            for (const line of lines) {
                expect(stderr).to.include(line);
            }
            expect(stderr).to.not.match(/\.yaml|snowplow-emr-encryption:|^ +at /m);
        });
    }

    it("is found by ES modules", () => {
        const code = `import { EmrEncryption, REGIONS } from "${NAME}"; console.log(typeof EmrEncryption, REGIONS.length);`;
        expect(inProject(process.execPath, "--input-type=module", "--eval", code)).to.equal("function 14\n");
    });
});
