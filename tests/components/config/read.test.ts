import { expect } from "chai";
import { NAMESPACE, PRIVATE_KEY, readConfig, type StackInput } from "../../../components/config";
import { formatPath, InvalidArguments } from "../../../components/domain/errors";
import type { Run } from "../../../testing/mock-engine";
import { certificateAuthority } from "../../support/authority";
import { MINIMAL, run, runStack, type TestOptions } from "../../support/run";
import { batch, type Case, type Config, errorsOf, judges, parse } from "../args/parse";

/** The config that a program reads from the engine, without its report, or its errors as `code at path`. */
async function read(config: Config, options: Omit<TestOptions, "config"> = {}): Promise<unknown> {
    return outcome(
        run(
            () => {
                const { report, ...resolved } = readConfig();
                return { resolved };
            },
            { ...options, config: { "aws:region": "eu-west-1", ...config } },
        ),
    );
}

async function outcome(running: Promise<Run>): Promise<unknown> {
    try {
        return (await running).outputs.resolved;
    } catch (error) {
        if (error instanceof InvalidArguments) {
            return error.errors.map(({ code, path }) => `${code} at ${formatPath(path)}`);
        }
        throw error;
    }
}

const own = (config: Config) =>
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`${NAMESPACE}:${key}`, value]));

describe("the stack config, as the engine passes it,", () => {
    it("is read from its namespace alone", async () => {
        const config = {
            ...batch({ monitoring: { tags: { team: "data" } } }),
            network: { availabilityZones: ["us-west-2b"] },
        };
        const others = { "snowplow:netwrok": "x", "other:network": { cidrBlock: 3 }, "aws:secretKey": "x" };
        const found = await read(
            { ...own(config), ...others, "aws:region": "us-west-2" },
            { stack: "prod", secretKeys: ["aws:secretKey"] },
        );
        expect(found).to.deep.equal(parse(config, { stack: "prod", region: "us-west-2" }));
    });

    it("may hold an encrypted secret in another namespace, and no secret in plain text", async () => {
        const config = { ...own(batch()), "aws:secretKey": "x", "github:owner": { token: "x" } };
        expect(await read(config, { secretKeys: ["aws:secretKey", "github:owner"] })).to.deep.equal(
            parse(batch()),
        );
        expect(await read(config)).to.deep.equal([
            'credential at ["aws:secretKey"]',
            'credential at ["github:owner"].token',
        ]);
    });

    it("is the same in a project of another name, whose Pulumi.yaml adds an empty object for each key", async () => {
        const added = Object.fromEntries(["network", "storage"].map((key) => [`acme:${key}`, {}]));
        const found = await read({ ...own(batch()), ...added }, { project: "acme" });
        expect(found).to.deep.equal(parse(batch(), { project: "acme" }));
        expect(found).to.have.property("stackTag", "acme/dev");
    });

    it("may be JSON in a string, as `pulumi config set` without --path writes it", async () => {
        const json = JSON.stringify(MINIMAL.emrEtlRunner);
        expect(await read({ [`${NAMESPACE}:emrEtlRunner`]: json })).to.deep.equal(parse(MINIMAL));
        expect(await read(own({ ...MINIMAL, network: "nat" }))).to.deep.equal(["wrong-type at network"]);
    });

    it("stops the whole program before its first resource, with nothing shown of an encrypted value", async () => {
        const config = { ...MINIMAL, access: { readLocations: ["s3cr3t"], tables: "s3cr3t" }, netwrok: {} };
        const running = runStack(config, { secretKeys: [`${NAMESPACE}:access`] });
        const error = await running.then(
            () => undefined,
            (reason: unknown) => reason as InvalidArguments,
        );
        expect(error?.errors.map(({ code }) => code)).to.deep.equal(["encrypted-value", "unknown-key"]);
        expect(error?.message).to.match(/^Pulumi.dev.yaml: 2 errors\n/);
        expect(error?.message).not.to.include("s3cr3t");
    });

    it("has the private key as a secret output, and nowhere else", async () => {
        const authority = await certificateAuthority("acme");
        const { chain, privateKey } = await authority.issue(["*.eu-west-1.compute.internal"]);
        const certificates = { chainPem: chain, trustedPem: authority.certificate };
        const { outputs } = await run(
            () => {
                const { certificatePrivateKey, report, ...resolved } = readConfig();
                return { certificatePrivateKey, resolved };
            },
            {
                config: {
                    "aws:region": "eu-west-1",
                    ...own({ ...MINIMAL, certificates, [PRIVATE_KEY]: privateKey }),
                },
                secretKeys: [`${NAMESPACE}:${PRIVATE_KEY}`],
            },
        );
        expect(outputs.certificatePrivateKey).to.equal(privateKey);
        expect(JSON.stringify(outputs.resolved)).not.to.include("PRIVATE KEY");
    });
});

describe("the keys of a stack file", () => {
    const encrypted = (...encryptedKeys: readonly string[]): Partial<StackInput> => ({ encryptedKeys });
    const tags = (defaultTags: unknown): Partial<StackInput> => ({ defaultTags });
    const manyTags = (count: number) => ({
        tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"])),
    });
    const objects = ["network", "encryption", "certificates", "storage", "access", "emrEtlRunner"];
    judges([
        ...[undefined, "", "af-south-1", "us-gov-west-1", "EU-West-1"].map(
            (region): Case => [
                `the region ${region}`,
                batch(),
                'unsupported-region at ["aws:region"]',
                { region },
            ],
        ),
        ["null for default tags", batch(), [], tags(null)],
        ["default tags without tags", batch(), [], tags({ tags: null })],
        ["10 default tags", batch(), [], tags(manyTags(10))],
        ["11 default tags", batch(), 'too-many-tags at ["aws:defaultTags"].tags', tags(manyTags(11))],
        [
            "default tags that some service refuses, without their keys unless these are only a name",
            batch(),
            [
                'invalid-tag at ["aws:defaultTags"].tags.owner',
                'tag-differs-in-case at ["aws:defaultTags"].tags.team',
                'invalid-tag at ["aws:defaultTags"].tags',
                'owned-tag at ["aws:defaultTags"].tags.snowplow-emr-stack',
            ],
            tags({
                tags: { owner: "R&D", Team: "a", team: "b", "hunter#2": "x", "snowplow-emr-stack": "x" },
            }),
        ],
        [
            "the stack's own tags as default tags",
            batch(),
            [],
            tags({
                tags: {
                    "snowplow-emr-stack": "snowplow-emr-encryption/dev",
                    "for-use-with-amazon-emr-managed-policies": "true",
                },
            }),
        ],
        ...["hello", { team: "data" }].map(
            (value): Case => [
                `${JSON.stringify(value)} for default tags`,
                batch(),
                'default-tags at ["aws:defaultTags"]',
                tags(value),
            ],
        ),
        ...[["data"], "data", 1].map(
            (value): Case => [
                `${JSON.stringify(value)} for the tags of default tags`,
                batch(),
                'default-tags at ["aws:defaultTags"].tags',
                tags({ tags: value }),
            ],
        ),
        [
            "encrypted values in each of the six objects",
            Object.fromEntries(objects.map((key) => [key, { s3cr3t: "s3cr3t\u0000" }])),
            objects.map((key) => `encrypted-value at ${key}`),
            encrypted(...objects),
        ],
        [
            "an encrypted value next to other mistakes",
            { ...batch(), network: { cidr: 1 }, storage: { protect: 3 } },
            ["encrypted-value at network", "wrong-type at storage.protect"],
            encrypted("network"),
        ],
        [
            "an encrypted value under an unknown key",
            { ...batch(), acces: "s3cr3t" },
            "unknown-key at acces",
            encrypted("acces"),
        ],
        ["other namespaces", batch(), [], { otherKeys: ["snowplow:network", "snowplow-emr-adder:network"] }],
        [
            "namespaces that are almost the program's",
            batch(),
            ["snowplow-emr-encrypton:network", "snowplow-emr-encryption-:a:b"].map(
                (key) => `misnamed-key at ["${key}"]`,
            ),
            { otherKeys: ["snowplow-emr-encrypton:network", "snowplow-emr-encryption-:a:b"] },
        ],
        [
            "keys of the project's namespace, where it has another name",
            batch(),
            'misnamed-key at ["snowplow-emr-encryption-eu:network"]',
            {
                project: "snowplow-emr-encryption-eu",
                otherKeys: ["snowplow-emr-encryption-eu:network", "snowplow-emr-encryption-eu:mine"],
            },
        ],
        [
            "a private key in plain",
            { ...batch(), [PRIVATE_KEY]: "MIIEvQ" },
            `private-key-in-plain at ${PRIVATE_KEY}`,
        ],
        ...["certificatesPrivateKey", "privateKey", "private_key", "nodesPrivateKeyPem"].map(
            (key): Case => [
                `a private key as ${key}`,
                { ...batch(), [key]: "MIIEvQ" },
                `misnamed-key at ${key}`,
            ],
        ),
        ["a private key in a key", { ...batch(), "privateKey=MIIEvQ": "" }, "misnamed-key at "],
        ["EmrEtlRunner's own aws", { ...batch(), aws: { region: "x", emr: {} } }, "misplaced-key at aws"],
    ]);

    for (const [key, value, meant] of [
        ["region", "eu-west-1", "aws:region"],
        ["aws", { region: "eu-west-1", defaultTags: {} }, "aws:region and aws:defaultTags"],
        ["aws.region", "eu-west-1", "aws:region"],
        [`${NAMESPACE}.emrEtlRunner`, {}, `${NAMESPACE}:emrEtlRunner`],
        [`${NAMESPACE}/emrEtlRunner`, {}, `${NAMESPACE}:emrEtlRunner`],
        [NAMESPACE, MINIMAL, `${NAMESPACE}:emrEtlRunner`],
    ] as const) {
        it(`are recognised where ${key} means ${meant}`, () => {
            const [error, ...others] = errorsOf({ ...batch(), [key]: value });
            expect(others).to.deep.equal([]);
            expect([error?.code, error?.path, error?.fix]).to.deep.equal([
                "misnamed-key",
                [key],
                `did you mean ${meant}?`,
            ]);
        });
    }

    it("tell a private key in plain from one that is encrypted under another name", () => {
        const fix = (keys: readonly string[]) =>
            errorsOf({ ...batch(), privateKey: "MIIEvQ" }, encrypted(...keys)).map((error) => error.fix);
        expect(fix(["privateKey"])).to.deep.equal([`did you mean ${PRIVATE_KEY}?`]);
        expect(fix([])).to.deep.equal([
            `did you mean ${PRIVATE_KEY}? Set it with --secret, and replace this private key, since it is exposed`,
        ]);
    });

    for (const [written, meant] of [
        ["EU-West-1", "eu-west-1"],
        ["eu-west-1b", "eu-west-1"],
    ]) {
        it(`are guessed where the region is ${written}`, () => {
            const [error] = errorsOf(batch(), { region: written });
            expect(error?.fix).to.equal(`did you mean ${meant}?`);
        });
    }
});
