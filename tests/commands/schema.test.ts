import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import { expect } from "chai";
import { parse as parseYaml } from "yaml";
import { ARGUMENT_TYPES_FILE, argumentTypes } from "../../commands/argument-types";
import { SCHEMA_FILE, schemaText, stackFileSchema } from "../../commands/schema";
import { OWNED_KEYS } from "../../components/args/emr-etl-runner";
import { environment } from "../../components/args/schema";
import { codesOf } from "../components/args/parse";

const read = (...names: readonly string[]) => readFileSync(join(__dirname, "../..", ...names), "utf8");
const shipped = (stack: string) => read(`Pulumi.${stack}.yaml`);
const EXAMPLES = join(__dirname, "../../examples");

describe("the JSON Schema of a stack file", () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(stackFileSchema() as object);
    /** Where a stack file is invalid, and why. */
    const invalid = (file: unknown): readonly string[] => {
        validate(file);
        return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
    };
    const file = (config: Readonly<Record<string, unknown>>) => ({
        config: Object.fromEntries(
            Object.entries(config).map(([key, value]) => [`snowplow-emr-encryption:${key}`, value]),
        ),
    });
    const jobflow = (below: object) => file({ emrEtlRunner: { aws: { emr: { jobflow: below } } } });

    const collectors = { collectors: { format: "thrift" } };
    const OWN = "/config/snowplow-emr-encryption:";
    const JOBFLOW = `${OWN}emrEtlRunner/aws/emr/jobflow`;

    it("is up to date (npm run schema)", () => {
        expect(read(SCHEMA_FILE), "run: npm run schema").to.equal(schemaText());
    });

    it("is that of EmrEncryption's arguments, with their types (npm run schema)", () => {
        expect(read(ARGUMENT_TYPES_FILE), "run: npm run schema").to.equal(argumentTypes());
    });

    for (const stack of ["dev", "prod"]) {
        it(`accepts the shipped stack ${stack}, which names it in its first line`, () => {
            expect(shipped(stack).split("\n")[0]).to.equal(`# yaml-language-server: $schema=${SCHEMA_FILE}`);
            expect(invalid(parseYaml(shipped(stack)))).to.deep.equal([]);
        });
    }

    it("accepts every example, which names it in its first line", () => {
        const names = readdirSync(EXAMPLES).filter((name) => name.endsWith(".yaml"));
        for (const name of names) {
            const text = readFileSync(join(EXAMPLES, name), "utf8");
            expect(text.split("\n")[0], name).to.equal(`# yaml-language-server: $schema=../${SCHEMA_FILE}`);
            expect(invalid(parseYaml(text)), name).to.deep.equal([]);
        }
        expect(names).not.to.deep.equal([]);
    });

    it("accepts the shipped stack dev with every commented line uncommented, as the program does", () => {
        const lines = shipped("dev").split("\n");
        const commentedOut = /^(\s*)# (?=(\s*)[a-zA-Z0-9:_-]+:( [^ ].*)?$)/;
        const start = lines.indexOf("config:");
        const all = lines
            .map((line, index) => (index > start ? line.replace(commentedOut, "$1") : line))
            .join("\n");
        const content = parseYaml(all) as { readonly config: Readonly<Record<string, unknown>> };
        const objects = Object.keys(environment.shape);
        const own = (key: string) => `snowplow-emr-encryption:${key}`;
        expect(Object.keys(content.config)).to.include.members(["aws:defaultTags", ...objects.map(own)]);
        expect(invalid(content)).to.deep.equal([]);
        expect(
            codesOf(Object.fromEntries(objects.map((key) => [key, content.config[own(key)]]))),
        ).to.deep.equal([]);
    });

    it("accepts the keys that the CLI itself writes, and other namespaces", () => {
        expect(
            invalid({
                secretsprovider: "awskms://alias/pulumi",
                encryptedkey: "AQICAHg=",
                encryptionsalt: "v1:abc",
                environment: ["shared"],
                config: {
                    "aws:region": "eu-west-1",
                    "aws:defaultTags": { tags: { team: "data" } },
                    "aws:secretKey": { secure: "v1:abc" },
                    "pulumi:tags": { any: "thing" },
                    "snowplow:netwrok": 3,
                },
            }),
        ).to.deep.equal([]);
        expect(invalid({})).to.deep.equal([]);
    });

    it("accepts null wherever the program does", () => {
        expect(
            invalid(file({ network: null, access: null, emrEtlRunner: { aws: null, ...collectors } })),
        ).to.deep.equal([]);
        const aws = { s3: null, emr: { jobflow: { core_instance_ebs: null, core_instance_bid: null } } };
        expect(invalid(file({ emrEtlRunner: { aws, ...collectors } }))).to.deep.equal([]);
    });

    it("accepts the values of a pasted config.yml that the stack renders too", () => {
        const pasted = {
            access_key_id: "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>",
            secret_access_key: null,
            s3: { region: "eu-west-1", buckets: { encrypted: true } },
            emr: {
                region: "eu-west-1",
                jobflow_role: "emr-nodes",
                placement: null,
                ec2_subnet_id: "subnet-1234567a",
            },
        };
        const { config } = file({
            network: { existing: { vpcId: "vpc-1234567a", subnetIds: ["subnet-1234567a"] } },
            access: { jobflowRole: { existing: "emr-nodes" } },
            emrEtlRunner: {
                aws: pasted,
                storage: { versions: { hadoop_elasticsearch: "0.1.0" } },
                ...collectors,
            },
        });
        expect(invalid({ config: { "aws:region": "eu-west-1", ...config } })).to.deep.equal([]);
    });

    it("does not miss what Pulumi ESC may set", () => {
        const { config } = file({ emrEtlRunner: { aws: { emr: { jobflow_role: "emr-nodes" } } } });
        expect(invalid({ environment: ["shared"], config })).to.deep.equal([]);
        const owned = file({ emrEtlRunner: { aws: { access_key_id: "ADD HERE" } } });
        expect(invalid({ environment: ["shared"], ...owned })).to.deep.equal([
            `${OWN}emrEtlRunner/aws/access_key_id enum`,
        ]);
    });

    it("needs no format in stream-enrich mode", () => {
        const aws = { s3: { buckets: { enriched: { stream: "managed" } } } };
        expect(invalid(file({ emrEtlRunner: { aws } }))).to.deep.equal([]);
    });

    for (const [key, value] of ownedKeyMistakes()) {
        it(`refuses ${key}: ${JSON.stringify(value)}`, () => {
            const path = key.split(".");
            const emrEtlRunner = path.reduceRight<unknown>((below, name) => ({ [name]: below }), value);
            expect(invalid(file({ emrEtlRunner }))).to.include(`${OWN}emrEtlRunner/${path.join("/")} enum`);
        });
    }

    const mistakes: readonly (readonly [title: string, file: unknown, error: string])[] = [
        ["an unknown key at the top", { confg: {} }, " additionalProperties"],
        ["an unknown object", file({ netwrok: {} }), "/config additionalProperties"],
        ["an unknown key in one", file({ network: { cidr: "x" } }), `${OWN}network additionalProperties`],
        ["an unknown key deep down", jobflow({ core_count: 2 }), `${JOBFLOW} additionalProperties`],
        [
            "a region without hosted assets",
            { config: { "aws:region": "af-south-1" } },
            "/config/aws:region enum",
        ],
        [
            "default tags without the key tags",
            { config: { "aws:defaultTags": { team: "data" } } },
            "/config/aws:defaultTags additionalProperties",
        ],
        [
            "a default tag that is a number",
            { config: { "aws:defaultTags": { tags: { team: 1 } } } },
            "/config/aws:defaultTags/tags/team type",
        ],
        ["no format in batch mode", file({ emrEtlRunner: null }), `${OWN}emrEtlRunner type`],
        [
            "an empty format in batch mode",
            file({ emrEtlRunner: { collectors: { format: null } } }),
            `${OWN}emrEtlRunner/collectors/format not`,
        ],
        ["a quoted count", jobflow({ core_instance_count: "2" }), `${JOBFLOW}/core_instance_count type`],
        ["a count of 0", jobflow({ core_instance_count: 0 }), `${JOBFLOW}/core_instance_count minimum`],
        [
            "gp3",
            jobflow({ core_instance_ebs: { volume_size: 1, volume_type: "gp3" } }),
            `${JOBFLOW}/core_instance_ebs/volume_type enum`,
        ],
        [
            "an EBS volume without a size",
            jobflow({ core_instance_ebs: { volume_type: "gp2" } }),
            `${JOBFLOW}/core_instance_ebs required`,
        ],
        [
            "a release that is a float",
            file({ emrEtlRunner: { aws: { emr: { ami_version: 5.3 } } } }),
            `${OWN}emrEtlRunner/aws/emr/ami_version type`,
        ],
        [
            "raw.in as a bare string",
            file({ emrEtlRunner: { aws: { s3: { buckets: { raw: { in: "s3://my-raw" } } } } } }),
            `${OWN}emrEtlRunner/aws/s3/buckets/raw/in type`,
        ],
        [
            "an empty string as a bucket",
            file({ emrEtlRunner: { aws: { s3: { buckets: { log: "" } } } } }),
            `${OWN}emrEtlRunner/aws/s3/buckets/log pattern`,
        ],
        [
            "a list that names something twice",
            file({ access: { dynamodbTables: ["abc", "abc"] } }),
            `${OWN}access/dynamodbTables uniqueItems`,
        ],
        [
            "an encrypted object",
            file({ network: { secure: "v1:abc" } }),
            `${OWN}network additionalProperties`,
        ],
        [
            "an encrypted value",
            file({ emrEtlRunner: { aws: { emr: { ec2_key_name: { secure: "v1:abc" } } } } }),
            `${OWN}emrEtlRunner/aws/emr/ec2_key_name type`,
        ],
    ];
    for (const [title, content, error] of mistakes) {
        it(`refuses ${title}`, () => {
            expect(invalid(content)).to.include(error);
        });
    }

    it("describes every key", () => {
        const undescribed = (node: SchemaNode, path: string): readonly string[] =>
            [node, ...(node.anyOf ?? [])]
                .flatMap(({ properties }) => Object.entries(properties ?? {}))
                .flatMap(([key, below]) => [
                    ...(below.description ? [] : [`${path}/${key}`]),
                    ...undescribed(below, `${path}/${key}`),
                ]);
        expect(undescribed(configSchema(), "/config")).to.deep.equal([]);
    });
});

describe("Pulumi.yaml", () => {
    const { main, config } = parseYaml(read("Pulumi.yaml")) as {
        readonly main: string;
        readonly config: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };

    it("lists the objects of the stack config, each with what is in it, and none of them required", () => {
        // Not the private key: a string has no default that means none. And no namespaces: with the constant one and
        // a default, the CLI rejects a project of another name.
        expect(Object.keys(config)).to.deep.equal(Object.keys(environment.shape));
        for (const [key, declared] of Object.entries(config)) {
            // A type would be one of the CLI's own, which knows no objects. Without a default, the CLI ends any
            // command on a stack file that leaves the key out: "Stack 'prod' is missing configuration value".
            expect(declared, key).to.have.all.keys("description", "default");
            expect(declared.default, key).to.deep.equal({});
            expect(declared.description, key).to.be.a("string").and.not.equal("");
        }
    });

    it("names the program, which package.json's entry points would replace", () => {
        expect(main).to.equal("index.ts");
    });

    it("names only existing keys in each description", () => {
        const objects = configSchema().properties ?? {};
        const described = Object.entries(config).filter(([, { description }]) =>
            /^.* - /.test(String(description)),
        );
        expect(described.map(([key]) => key)).to.have.length(6);
        for (const [key, { description }] of described) {
            const keys = String(description)
                .replace(/^.* - /, "")
                .split(", ");
            const known = objects[`snowplow-emr-encryption:${key}`]?.anyOf?.flatMap((one) =>
                Object.keys(one.properties ?? {}),
            );
            expect(known, key).to.have.members(keys);
        }
    });
});

/** Every key that the stack sets, with a value that it would not render. */
function ownedKeyMistakes(): readonly (readonly [key: string, value: unknown])[] {
    return [
        ...Object.keys(OWNED_KEYS).map((key) => [key, "ADD HERE"] as const),
        ["aws.secret_access_key", { secure: "v1:abc" }],
        ["aws.s3.buckets.encrypted", false],
    ];
}

interface SchemaNode {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly anyOf?: readonly SchemaNode[];
}

function configSchema(): SchemaNode {
    return (stackFileSchema() as SchemaNode).properties?.config ?? {};
}
