import { expect } from "chai";
import type { Problem } from "../../../components/args/errors";
import { readSettings, SettingsError } from "../../../components/config";
import type { Run } from "../../../testing/mock-engine";
import { MINIMAL, run, runStack, type TestOptions } from "../../support/run";
import { batch, type Config, parse, problem, problems } from "../args/parse";

const ENCRYPTED =
    "values in plain: a secret among them is encrypted, but would be written in plain to config.yml";

/** What a program reads from the engine: its settings, or everything that is wrong with them. */
function read(config: Config, options: Omit<TestOptions, "config"> = {}): Promise<unknown> {
    return settingsOf(run(() => ({ settings: readSettings() }), { ...options, config }));
}

async function settingsOf(running: Promise<Run>): Promise<unknown> {
    try {
        return (await running).outputs.settings;
    } catch (error) {
        if (error instanceof SettingsError) {
            return error.problems;
        }
        throw error;
    }
}

const own = (config: Config) =>
    Object.fromEntries(
        Object.entries(config).map(([key, value]) => [`snowplow-emr-encryption:${key}`, value]),
    );

describe("settings as the engine hands them over", () => {
    it("are those of the stack file, whatever other namespaces there are", async () => {
        const config = {
            ...batch({ monitoring: { tags: { team: "data" } } }),
            network: { availabilityZones: ["us-west-2b"] },
        };
        const settings = await read(
            {
                ...own(config),
                "aws:region": "us-west-2",
                "snowplow:netwrok": "x",
                "other:network": { cidrBlock: 3 },
            },
            { stack: "prod" },
        );
        expect(settings).to.deep.equal(parse(config, { stack: "prod", region: "us-west-2" }));
    });

    it("may be JSON in a text, as `pulumi config set` without --path writes it", async () => {
        const config = {
            "aws:region": "eu-west-1",
            "snowplow-emr-encryption:emrEtlRunner": JSON.stringify(MINIMAL.emrEtlRunner),
        };
        expect(await read(config)).to.deep.equal(parse(MINIMAL));
    });

    it("may not be any other text", async () => {
        expect(
            await read({ "aws:region": "eu-west-1", ...own({ ...MINIMAL, network: "nat" }) }),
        ).to.deep.equal([
            problem(
                "network",
                '"nat"',
                "an object with the keys cidrBlock, availabilityZones, internetAccess, existing",
            ),
        ]);
    });

    it("need aws:region, and at most 10 of aws:defaultTags", async () => {
        const tags = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`tag${index}`, "x"]));
        const told = (await read({
            ...own(MINIMAL),
            "aws:defaultTags": { tags },
        })) as readonly Problem[];
        expect(told.map(({ path, found }) => [path, found])).to.deep.equal([
            ["aws:region", "nothing"],
            ["aws:defaultTags.tags", "11 tags"],
        ]);
    });

    it("tell of aws:defaultTags that the AWS provider would make nothing of", async () => {
        const tagged = (defaultTags: unknown) =>
            read({ "aws:region": "eu-west-1", "aws:defaultTags": defaultTags, ...own(MINIMAL) });
        const told = (below: string, found: string, allowed: string) => [
            { path: `aws:defaultTags${below}`, found, allowed },
        ];
        const object = "an object with the one key tags, and the tags below it";
        expect(await tagged({ tags: { team: "data" } })).to.deep.equal(parse(MINIMAL));
        expect(await tagged(null)).to.deep.equal(parse(MINIMAL));
        expect(await tagged("hello")).to.deep.equal(told("", "a text", object));
        expect(await tagged({ team: "data" })).to.deep.equal(told("", "the keys team", object));
        const texts = "an object, each tag's name with its text";
        expect(await tagged({ tags: ["data"] })).to.deep.equal(told(".tags", "a list", texts));
        expect(await tagged({ tags: "data" })).to.deep.equal(told(".tags", "a text", texts));
        expect(await tagged({ tags: 1 })).to.deep.equal(told(".tags", "a number", texts));
    });

    it("are not lost to a namespace that is almost theirs", async () => {
        const config = {
            "aws:region": "eu-west-1",
            "snowplow-emr-encrypton:network": { cidrBlock: "10.0.0.0/16" },
            "snowplow-emr-encryption-:a:b": "x",
            "snowplow:network": {},
            "snowplow-emr-adder:network": {},
            ...own(MINIMAL),
        };
        const found = "a namespace that is almost the project's";
        expect(await read(config)).to.deep.equal([
            {
                path: "snowplow-emr-encrypton:network",
                found,
                allowed: "did you mean snowplow-emr-encryption:network?",
            },
            {
                path: "snowplow-emr-encryption-:a:b",
                found,
                allowed: "did you mean snowplow-emr-encryption:a:b?",
            },
        ]);
    });

    it("are told once, where a key has no namespace, or another sign than the colon behind it", async () => {
        const { emrEtlRunner: runner } = MINIMAL;
        const meant = async (config: Config) => (await read(config)) as readonly Problem[];
        const told = (path: string, found: string, key: string) => ({
            path,
            found,
            allowed: `did you mean ${key}?`,
        });
        const dotted = "a key without a colon after its namespace";
        const unknown = "an unknown key";
        const inNamespace = own(MINIMAL);
        expect(await meant({ ...own({ region: "eu-west-1" }), ...inNamespace })).to.deep.equal([
            told("snowplow-emr-encryption:region", unknown, "aws:region"),
        ]);
        expect(
            await meant({ ...own({ aws: { region: "eu-west-1", defaultTags: {} } }), ...inNamespace }),
        ).to.deep.equal([told("snowplow-emr-encryption:aws", unknown, "aws:region and aws:defaultTags")]);
        expect(await meant({ ...own({ "aws.region": "eu-west-1" }), ...inNamespace })).to.deep.equal([
            told("aws.region", dotted, "aws:region"),
        ]);
        const region = { "aws:region": "eu-west-1" };
        // As the engine hands it over: Pulumi.yaml has an empty object for each that is left out.
        const leftOut = own({ emrEtlRunner: {} });
        for (const sign of [".", "/"]) {
            const key = `snowplow-emr-encryption${sign}emrEtlRunner`;
            expect(await meant({ ...region, ...leftOut, ...own({ [key]: runner }) })).to.deep.equal([
                told(key, dotted, "snowplow-emr-encryption:emrEtlRunner"),
            ]);
        }
        expect(
            await meant({ ...region, ...leftOut, ...own({ "snowplow-emr-encryption": MINIMAL }) }),
        ).to.deep.equal([
            told(
                "snowplow-emr-encryption:snowplow-emr-encryption",
                unknown,
                "snowplow-emr-encryption:emrEtlRunner",
            ),
        ]);
    });

    it("leave EmrEtlRunner's own aws to EmrEtlRunner", async () => {
        const told = (await read({
            "aws:region": "eu-west-1",
            ...own({ ...MINIMAL, aws: { region: "eu-west-1", emr: {} } }),
        })) as readonly Problem[];
        expect(told.map(({ path, allowed }) => [path, allowed])).to.deep.equal([
            ["snowplow-emr-encryption:aws", "aws below emrEtlRunner: move it there"],
        ]);
    });

    for (const [written, meant] of [
        ["EU-West-1", "eu-west-1"],
        ["eu-west-1b", "eu-west-1"],
    ]) {
        it(`know the region that ${written} means`, async () => {
            const [told] = (await read({ "aws:region": written, ...own(MINIMAL) })) as readonly Problem[];
            expect(told?.found).to.equal(JSON.stringify(written));
            expect(told?.allowed).to.match(new RegExp(`bootstrap; did you mean ${meant}\\?$`));
        });
    }

    it("stop the whole program before it makes anything, with an unknown object", async () => {
        expect(
            await settingsOf(runStack({ ...MINIMAL, netwrok: { cidrBlock: "10.0.0.0/16" } })),
        ).to.deep.equal([problem("netwrok", "an unknown key", "did you mean network?")]);
    });

    it("stop the whole program with an encrypted value, of which nothing is shown", async () => {
        const secretKeys = ["snowplow-emr-encryption:access"];
        const settings = { ...MINIMAL, access: { readLocations: ["s3cr3t"], tables: "s3cr3t" } };
        const found = await settingsOf(runStack(settings, { secretKeys }));
        expect(found).to.deep.equal([problem("access", "an encrypted value", ENCRYPTED)]);
        expect(JSON.stringify(found)).not.to.include("s3cr3t");
    });

    it("are not troubled by secrets of other namespaces", async () => {
        const config = {
            "aws:region": "eu-west-1",
            "aws:secretKey": "x",
            "my:network": "y",
            ...own(MINIMAL),
        };
        expect(await read(config, { secretKeys: ["aws:secretKey", "my:network"] })).to.deep.equal(
            parse(MINIMAL),
        );
    });
});

describe("encrypted values", () => {
    it("are refused in each of the six objects, and nothing is said of what may be in them", () => {
        const objects = ["network", "encryption", "certificates", "storage", "access", "emrEtlRunner"];
        const config = Object.fromEntries(objects.map((key) => [key, { s3cr3t: "s3cr3t\u0000" }]));
        expect(problems(config, { encryptedKeys: objects })).to.deep.equal(
            objects.map((key) => problem(key, "an encrypted value", ENCRYPTED)),
        );
    });

    it("leave the other objects' mistakes to be told", () => {
        const config = { ...MINIMAL, network: { cidr: 1 }, storage: { protect: 3 } };
        expect(problems(config, { encryptedKeys: ["network"] })).to.deep.equal([
            problem("network", "an encrypted value", ENCRYPTED),
            problem("storage.protect", "3", "true or false"),
        ]);
    });

    it("under a key that is unknown make it no better known: nothing of it would go to config.yml", () => {
        expect(problems({ ...MINIMAL, acces: "s3cr3t" }, { encryptedKeys: ["acces"] })).to.deep.equal([
            problem("acces", "an unknown key", "did you mean access?"),
        ]);
    });
});
