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
import { renderStack } from "../../commands/render";
import { NAMESPACE } from "../../components/config";

const FOLDER = path.join(__dirname, "bad-stacks");

/** Each named for what is wrong with it: NN-what-is-wrong. */
const STACKS = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => path.basename(file, ".yaml"))
    .sort();

/** What the files hold that no message may repeat: credentials, what the CLI has encrypted, a line of a private key. */
const SECRETS = [
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "5hV7Jp0eKq0nAn3v",
    "9aX2Lm1bQz8cRt5w",
    "EsreJBIaYZlE41nuGlChRANCAASZnNM5",
];

/** Keys that are told of, though they are not in the file, and the reason for each. */
const NOT_WRITTEN: Readonly<Record<string, readonly [key: string, because: string]>> = {
    "16-no-namespace-and-misspelt": [NAMESPACE, "Pulumi's CLI puts it before a key that has none"],
    "76-renewal-longer-than-validity": ["renewBeforeDays", "its default does not go with what is written"],
    "102-imds-v2-with-the-default-release": ["ami_version", "its default does not go with what is written"],
};

/**
 * Stack files as people write them, each with the whole text that `render` refuses it with in a golden file of its
 * name beside it. `UPDATE_GOLDEN=1` writes those anew: read them as whoever made the mistake would.
 */
describe("a bad stack file", () => {
    const { warn } = console;
    let folder = "";

    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "bad-stacks-"));
        for (const stack of STACKS) {
            copyFileSync(path.join(FOLDER, `${stack}.yaml`), path.join(folder, `Pulumi.${stack}.yaml`));
        }
        // Where only `render` finds something wrong, the program has its usual warnings.
        console.warn = () => undefined;
    });

    after(() => {
        console.warn = warn;
        rmSync(folder, { recursive: true });
    });

    for (const stack of STACKS) {
        it(`is refused: ${stack}`, async () => {
            const message = `${await refusal(folder, stack)}\n`;
            expect(message).to.match(new RegExp(`^Pulumi\\.${stack}\\.yaml: `));
            expect(SECRETS.filter((secret) => message.includes(secret))).to.deep.equal([]);
            const golden = path.join(FOLDER, `${stack}.txt`);
            if (process.env.UPDATE_GOLDEN === "1") {
                writeFileSync(golden, message);
            }
            expect(message).to.equal(
                existsSync(golden) ? readFileSync(golden, "utf8") : "no such file: UPDATE_GOLDEN=1 writes it",
            );
        });
    }

    describe("is told where, what was found and what is meant:", () => {
        for (const stack of STACKS) {
            it(stack, () => {
                const [title = "", ...lines] = read(`${stack}.txt`).trimEnd().split("\n");
                if (lines.length === 0) {
                    expect(title).to.match(/: found \S.*; allowed: \S.* \(line \d+(, column \d+)?\)$/);
                    return;
                }
                const told = Array.from({ length: lines.length / 3 }, (_, index) =>
                    lines.slice(3 * index, 3 * index + 3),
                );
                expect(title).to.match(new RegExp(`: ${told.length} problems?$`));
                const written = read(`${stack}.yaml`);
                for (const [place = "", found = "", allowed = ""] of told) {
                    expect(place).to.match(/^ {2}\S+$/);
                    expect(found).to.match(/^ {4}found: {3}\S/);
                    expect(allowed).to.match(/^ {4}(allowed:|remedy: ) \S/);
                    // What is missing has a place too, but not in the file.
                    const keys = found.endsWith(" nothing") ? [] : place.match(/[\w-]+/g);
                    const notWritten = keys?.filter((key) => !written.includes(key) && !/^\d+$/.test(key));
                    expect(notWritten).to.deep.equal(NOT_WRITTEN[stack]?.slice(0, 1) ?? []);
                }
            });
        }
    });

    it("leaves nothing behind", () => {
        expect(readdirSync(folder).sort()).to.have.members(STACKS.map((stack) => `Pulumi.${stack}.yaml`));
        expect(STACKS.filter((stack) => existsSync(path.join("build", stack)))).to.deep.equal([]);
    });

    it("is one of many, and no golden file is without one", () => {
        expect(STACKS).to.have.length.of.at.least(40);
        expect(goldens().filter((file) => !STACKS.includes(path.basename(file, ".txt")))).to.deep.equal([]);
        expect(new Set(STACKS.map((stack) => stack.split("-")[0])).size).to.equal(STACKS.length);
    });

    it("may hold a secret, which no golden file repeats", () => {
        const files = STACKS.map((stack) => read(`${stack}.yaml`));
        expect(SECRETS.filter((secret) => !files.some((file) => file.includes(secret)))).to.deep.equal([]);
        const telling = goldens().filter((file) => SECRETS.some((secret) => read(file).includes(secret)));
        expect(telling).to.deep.equal([]);
    });
});

async function refusal(folder: string, stack: string): Promise<string> {
    try {
        await renderStack(folder, stack);
    } catch (error) {
        if (error instanceof Error) {
            return error.message;
        }
        throw error;
    }
    return expect.fail(`${stack} is accepted`);
}

function goldens(): readonly string[] {
    return readdirSync(FOLDER).filter((file) => file.endsWith(".txt"));
}

function read(file: string): string {
    return readFileSync(path.join(FOLDER, file), "utf8");
}
