import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { expect } from "chai";
import { parseStackOutputs, readStackOutputs } from "../../commands/stack-outputs";
import { documentDigest } from "../../components/policies/document";
import { MINIMAL, registration, runStack } from "../support/run";
import { streams } from "../support/streams";

const TOPIC = "arn:aws:sns:eu-west-1:111122223333:pipeline-alarms";

const FIX =
    "Pass what `npx pulumi stack output --json --stack NAME` prints, after an `up` of this version: piped in, or as a file with --outputs FILE.";

describe("readStackOutputs", () => {
    let outputs: Readonly<Record<string, unknown>>;
    const changed = (change: Readonly<Record<string, unknown>>) => JSON.stringify({ ...outputs, ...change });
    let folder: string;

    before(async () => {
        ({ outputs } = await runStack());
        folder = mkdtempSync(path.join(tmpdir(), "outputs-"));
    });

    after(() => rmSync(folder, { recursive: true }));

    it("parses the outputs of the program, with created and with existing resources", async () => {
        const { forCommands } = parseStackOutputs("here", JSON.stringify(outputs));
        // The engine omits undefined values from outputs, as JSON does.
        expect(forCommands).to.deep.equal(JSON.parse(JSON.stringify(outputs.forCommands)));
        const existing = await runStack({
            ...MINIMAL,
            encryption: { atRestS3: false, atRestLocalDisks: false, inTransit: false },
            certificates: { archive: "s3://acme/emr/nodes.zip" },
            access: { serviceRole: { existing: "emr" }, jobflowRole: { existing: "nodes" } },
        });
        const { securityConfiguration, certificateExpiresAt, ...read } = parseStackOutputs(
            "here",
            JSON.stringify(existing.outputs),
        );
        expect({ securityConfiguration, certificateExpiresAt }).to.deep.equal({
            securityConfiguration: null,
            certificateExpiresAt: null,
        });
        expect(read.forCommands.rolePolicies).to.deep.equal({});
    });

    it("parses the outputs about the optional roles and schedule", async () => {
        const { outputs: optional, ...result } = await runStack({
            ...MINIMAL,
            storage: { reencryption: true },
            certificates: { remindTopicArn: TOPIC, renewBeforeDays: 30 },
        });
        const { rolePolicies, reencryptionRoleArn, reminderSchedule } = parseStackOutputs(
            "here",
            JSON.stringify(optional),
        ).forCommands;
        const policies = (name: string) => ({
            managedPolicyArns: [],
            policyDigest: documentDigest(
                String(registration(result, "aws:iam/rolePolicy:RolePolicy", name).inputs.policy),
            ),
            policyName: `${name}-placeholder`,
        });
        const { forCommands } = parseStackOutputs("here", JSON.stringify(outputs));
        expect({ rolePolicies, reencryptionRoleArn, reminderSchedule }).to.deep.equal({
            rolePolicies: {
                ...forCommands.rolePolicies,
                reencryptionRole: policies("emr-storage-reencryption-role-policy"),
                reminderRole: policies("emr-certificates-renewal-reminder-role-policy"),
            },
            reencryptionRoleArn: "arn:aws:iam::000000000000:role/snowplow-dev-reencrypt-placeholder",
            reminderSchedule: {
                name: "snowplow-dev-reminder-placeholder",
                topicArn: TOPIC,
                roleArn: "arn:aws:iam::000000000000:role/snowplow-dev-reminder-placeholder",
            },
        });
    });

    it("reads standard input, or a file", async () => {
        const file = path.join(folder, "outputs.json");
        writeFileSync(file, changed({ vpcId: "vpc-in-the-file" }));
        const { stdin } = streams(JSON.stringify(outputs)).streams;
        expect((await readStackOutputs(undefined, stdin)).vpcId).to.equal(outputs.vpcId);
        expect((await readStackOutputs(file, stdin)).vpcId).to.equal("vpc-in-the-file");
    });

    it("asks for outputs if standard input is a terminal", async () => {
        const terminal = Object.assign(new PassThrough(), { isTTY: true });
        expect(await failure(readStackOutputs(undefined, terminal))).to.equal(
            `no stack outputs on standard input. ${FIX}`,
        );
    });

    it("names a missing file", async () => {
        const { stdin } = streams().streams;
        expect(await failure(readStackOutputs("/nowhere/o.json", stdin))).to.equal(
            "--outputs /nowhere/o.json: ENOENT: no such file or directory, open '/nowhere/o.json'",
        );
    });

    it("refuses an empty path, and does not read standard input instead", async () => {
        const { stdin } = streams(JSON.stringify(outputs)).streams;
        expect(await failure(readStackOutputs("", stdin))).to.equal(`--outputs: found an empty path. ${FIX}`);
        expect((await readStackOutputs(undefined, stdin)).vpcId).to.equal(outputs.vpcId);
    });

    for (const [text, found] of [
        ["", "an empty text"],
        [" \n", "an empty text"],
        ["error: no stack named 'prod' found", "no JSON"],
        ["[]", "other JSON"],
        ['{"forCommands":"1"}', "other JSON"],
    ] as const) {
        it(`refuses the text ${JSON.stringify(text)} without quoting it`, () => {
            expect(() => parseStackOutputs("o.json", text)).to.throw(
                `o.json: found ${found}, not the outputs of a stack of this program. ${FIX}`,
            );
        });
    }

    for (const [version, found] of [
        [undefined, "none"],
        [2, "2"],
        ["a secret", "none"],
    ] as const) {
        it(`refuses outputs of version ${version}`, () => {
            const forCommands = { ...(outputs.forCommands as object), version };
            expect(() => parseStackOutputs("o.json", changed({ forCommands }))).to.throw(
                `o.json: forCommands.version: found ${found}, expected 1: the last \`up\` was of another version of this program. ${FIX}`,
            );
        });
    }

    it("names every missing or invalid output", () => {
        const forCommands = { ...(outputs.forCommands as object), region: "mars-1", accountId: 7 };
        expect(() => parseStackOutputs("o.json", changed({ vpcId: undefined, forCommands }))).to.throw(
            `o.json: not the outputs of a stack of this program:
  vpcId: Invalid input: expected string, received undefined
  forCommands.region: Invalid option: expected one of "ap-northeast-1"|`,
        );
        expect(() => parseStackOutputs("o.json", changed({ forCommands }))).to.throw(
            `\n  forCommands.accountId: Invalid input: expected string, received number\n${FIX}`,
        );
    });

    for (const securityConfiguration of ["{", "", "null", "[]"]) {
        it(`refuses the security configuration ${JSON.stringify(securityConfiguration)}`, () => {
            expect(() => parseStackOutputs("o.json", changed({ securityConfiguration }))).to.throw(
                `o.json: not the outputs of a stack of this program:\n  securityConfiguration: Invalid input: expected the JSON of an object\n${FIX}`,
            );
        });
    }
});

async function failure(promise: Promise<unknown>): Promise<string> {
    try {
        await promise;
    } catch (error) {
        return (error as Error).message;
    }
    throw new Error("did not fail");
}
