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
import { expect } from "chai";
import { z } from "zod";
import { renderStack } from "../../commands/render";
import { environment } from "../../components/args/schema";
import { ERROR_CODES, type ErrorCode } from "../../components/domain/error-codes";
import { InvalidArguments } from "../../components/domain/errors";

const FOLDER = path.join(__dirname, "bad-stacks");
const LOOKUP_ERRORS = path.join(__dirname, "../golden/errors.existing.txt");

const STACKS = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => path.basename(file, ".yaml"));

/** The codes of `adopt`, of commands' arguments, of programs that import EmrEncryption, and those of the look-ups, whose golden file has each code in a line above its words. */
const OTHER_CODES: readonly string[] = [
    ...["not-a-config-yml"],
    ...["not-a-stack", "stack-file-missing"],
    ...["not-plain", "region-of-another-provider"],
    ...(readFileSync(LOOKUP_ERRORS, "utf8").match(/^\S+$/gm) ?? []),
];

/** What no message may repeat: credentials, ciphertexts, lines of a private key, a password. */
const SECRETS = [
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "v1:5hV7Jp0eKq0nAn3v:Zb1zq4j0F4vYp2u3gW6s3A==",
    "E2FlDvi5EsreJBIaYZlE41nuGlChRANCAASZnNM5fwVLGRKE7Uzdkej2ilinpNDM",
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49\n-----END PRIVATE KEY-----\n",
    "hunter2",
];

/**
 * The catalogue of error messages: stack files as people write them, each with the whole message that `render`
 * refuses it with in a golden file of its name. `UPDATE_GOLDEN=1` writes those anew: read them as whoever made the
 * mistake would.
 */
describe("a bad stack file", () => {
    const codes = new Map<string, readonly ErrorCode[]>();
    let directory = "";

    before(() => {
        directory = mkdtempSync(path.join(tmpdir(), "bad-stacks-"));
    });

    after(() => {
        rmSync(directory, { recursive: true });
    });

    const refusal = async (stack: string): Promise<InvalidArguments> => {
        try {
            await renderStack(directory, stack);
        } catch (error) {
            if (error instanceof InvalidArguments) {
                return error;
            }
            throw error;
        }
        return expect.fail(`${stack} is accepted`);
    };

    for (const stack of STACKS) {
        it(`is refused with its golden message: ${stack}`, async () => {
            copyFileSync(path.join(FOLDER, `${stack}.yaml`), path.join(directory, `Pulumi.${stack}.yaml`));
            const { errors, message } = await refusal(stack);
            codes.set(stack, [...new Set(errors.map(({ code }) => code))]);
            const golden = path.join(FOLDER, `${stack}.txt`);
            if (process.env.UPDATE_GOLDEN === "1") {
                writeFileSync(golden, `${message}\n`);
            }
            expect(`${message}\n`).to.equal(
                existsSync(golden) ? readFileSync(golden, "utf8") : "no such file: UPDATE_GOLDEN=1 writes it",
            );
            expect(SECRETS.filter((secret) => message.includes(secret))).to.deep.equal([]);
        });
    }

    it("is there for each error code that a stack file can cause", () => {
        expect([...new Set([...codes.values()].flat())].sort()).to.deep.equal(
            ERROR_CODES.filter((code) => !OTHER_CODES.includes(code)),
        );
    });

    it("is there for at least one code that no other has", () => {
        const others = (stack: string) => [...codes].flatMap(([name, list]) => (name === stack ? [] : list));
        const redundant = [...codes].filter(([stack, list]) =>
            list.every((code) => others(stack).includes(code)),
        );
        expect(redundant.map(([stack]) => stack)).to.deep.equal([]);
    });

    it("has a golden message, and no golden is without one", () => {
        const files = STACKS.flatMap((stack) => [`${stack}.txt`, `${stack}.yaml`]);
        expect(readdirSync(FOLDER)).to.have.members(files);
    });

    describe("is refused without repeating a secret that is", () => {
        const schema = z.toJSONSchema(environment, { io: "input" }) as SchemaNode;
        let drawn = 0;
        const next = () => SECRETS[drawn++ % SECRETS.length];
        const asKeys = Object.fromEntries(SECRETS.map((secret) => [secret, secret]));
        const ofEncrypted = Object.fromEntries(SECRETS.map((secret) => [secret, { secure: secret }]));
        const PLACES: Readonly<Record<string, () => object>> = {
            "the value of a key": () => filled(schema, next),
            "in a list": () => filled(schema, () => [next()]),
            "a key": () => filled(schema, () => asKeys, asKeys),
            "the key of an encrypted value": () => filled(schema, next, ofEncrypted),
            "one of the six objects": () => ({
                ...Object.fromEntries(Object.keys(environment.shape).map((key) => [key, next()])),
                ...asKeys,
            }),
        };
        for (const [place, configOf] of Object.entries(PLACES)) {
            it(place, async () => {
                const config = { ...configOf(), "aws:region": next(), "aws:defaultTags": asKeys };
                writeFileSync(path.join(directory, "Pulumi.secret.yaml"), JSON.stringify({ config }));
                const { message } = await refusal("secret");
                expect(SECRETS.filter((secret) => message.includes(secret))).to.deep.equal([]);
            });
        }
    });
});

interface SchemaNode {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly anyOf?: readonly SchemaNode[];
}

/** An object with every key of a schema, at all depths, and `more` in each object. */
function filled(node: SchemaNode, leaf: () => unknown, more: object = {}): object {
    const entries = Object.entries(propertiesOf(node) ?? {}).map(([key, below]) => [
        key,
        propertiesOf(below) === undefined ? leaf() : filled(below, leaf, more),
    ]);
    return { ...Object.fromEntries(entries), ...more };
}

/** The keys of an object's schema; a nullable one is one of two. */
function propertiesOf({ anyOf = [], properties }: SchemaNode): SchemaNode["properties"] {
    return properties ?? anyOf.find(({ type }) => type === "object")?.properties;
}
