import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { certificateChecks } from "../../../commands/verify/certificates";
import { certificateArchive, certificateArchiveKey } from "../../../components/domain/certificate-archive";
import { identity } from "../../support/authority";
import { type Answers, refusal } from "../../support/fake-aws";
import { MINIMAL } from "../../support/run";
import { contextOf, findings, outputsOf } from "./context";

const OPTIONS = { archive: true, warnDays: 30, failDays: 7 };
const CERTS = "snowplow-dev-certs-placeholder";
const EXISTING = "s3://acme/emr/nodes.zip";
const ENDS = "2027-06-01T00:00:00.000Z";

describe("verify, certificates:", () => {
    let outputs: StackOutputs;
    let url: string;
    /** The outputs of a stack with an existing archive. */
    let existing: StackOutputs;
    let bytes: Uint8Array;
    let chain: string;

    before(async () => {
        const root = await identity("root", { ca: true, to: "2030-01-01" });
        const leaf = await identity("nodes", {
            issuer: root,
            dnsNames: ["*.eu-west-1.compute.internal"],
            to: ENDS,
        });
        chain = leaf.certificate;
        const certificates = { chain, trusted: root.certificate };
        bytes = certificateArchive({ ...certificates, privateKey: leaf.key("pkcs8") });
        const own = await outputsOf();
        url = `s3://${CERTS}/${certificateArchiveKey(certificates)}`;
        outputs = {
            ...own,
            certificateExpiresAt: ENDS,
            forCommands: { ...own.forCommands, certificateArchive: url },
        };
        existing = await outputsOf({ ...MINIMAL, certificates: { archive: EXISTING } });
    });

    const body = (content: Uint8Array = bytes) => ({ transformToByteArray: async () => content });
    const underKey = (): Answers => ({
        GetObject: () => ({ Body: body(), ServerSideEncryption: "aws:kms", SSEKMSKeyId: outputs.kmsKeyArn }),
    });
    const run = (answers: Answers, of = outputs, options: Partial<typeof OPTIONS> = {}) =>
        certificateChecks(contextOf(of, answers), { ...OPTIONS, ...options });

    it("pass in an archive under the stack's key", async () => {
        const context = contextOf(outputs, underKey());
        const checks = await certificateChecks(context, OPTIONS);
        expect(findings(checks)).to.deep.equal([]);
        expect(checks.map(({ on }) => on)).to.deep.equal([
            `archive ${url}: encryption`,
            `archive ${url}: files`,
            `archive ${url}: chain`,
            `archive ${url}: names`,
            `archive ${url}: name`,
            "the nodes' certificate: end",
            "the nodes' authorities: end",
            `archive ${url}: private key`,
        ]);
        expect(context.sent).to.deep.equal([
            ["GetObject", { Bucket: CERTS, Key: url.slice(`s3://${CERTS}/`.length) }],
        ]);
    });

    it("are not checked without encryption in transit", async () => {
        for (const encryption of [
            { inTransit: false },
            { inTransit: false, atRestS3: false, atRestLocalDisks: false },
        ]) {
            const off = await outputsOf({ ...MINIMAL, encryption });
            expect(await run({}, off)).to.deep.equal([
                {
                    status: "ok",
                    on: "certificates",
                    expected: "none: encryption in transit is off",
                    found: "encryption in transit is off",
                },
            ]);
        }
    });

    it("end at the time in the outputs if the archive is not to be read", async () => {
        const context = contextOf(outputs, {});
        expect(await certificateChecks(context, { ...OPTIONS, archive: false })).to.deep.equal([
            {
                status: "ok",
                on: "the nodes' certificate: end",
                expected: "more than 30 days from now",
                found: "2027-06-01, in 189 days",
            },
        ]);
        expect(context.sent).to.deep.equal([]);
        expect(await run({}, outputs, { archive: false, warnDays: 200 })).to.deep.equal([
            {
                status: "warning",
                on: "the nodes' certificate: end",
                expected: "more than 200 days from now",
                found: "2027-06-01, in 189 days",
                remedy: "npx pulumi up --stack dev (with a certificate of your own, another one before that), then the new config.yml",
            },
        ]);
        expect(await run({}, existing, { archive: false })).to.deep.equal([]);
    });

    it("yield a warning if the credentials cannot read them", async () => {
        const denied = {
            GetObject: () => {
                throw refusal("AccessDenied", "not authorized to perform: kms:Decrypt");
            },
        };
        expect(await run(denied)).to.deep.equal([
            {
                status: "warning",
                on: `archive ${url}`,
                expected: "an archive as EMR reads it",
                found: "these credentials may not read it: it holds the nodes' private key, and the operator policy leaves it out",
                remedy: "an administrator's credentials; or --no-archive, which looks at the certificate's end alone",
            },
            {
                status: "ok",
                on: "the nodes' certificate: end",
                expected: "more than 30 days from now",
                found: "2027-06-01, in 189 days",
            },
        ]);
        expect(findings(await run(denied, existing)).map(([status, on]) => [status, on])).to.deep.equal([
            ["warning", `archive ${EXISTING}`],
        ]);
    });

    it("fail if the key is disabled", async () => {
        const disabled = {
            GetObject: () => {
                throw refusal("KMS.DisabledException", "the key is disabled");
            },
        };
        expect(findings(await run(disabled))).to.deep.equal([
            [
                "failed",
                `archive ${url}`,
                `no answer: s3:GetObject on ${url}: KMS.DisabledException: the key is disabled`,
            ],
        ]);
    });

    it("fail if they or their bucket are missing", async () => {
        for (const code of ["NoSuchKey", "NoSuchBucket"]) {
            const gone = {
                GetObject: () => {
                    throw refusal(code);
                },
            };
            expect((await run(gone))[0]).to.deep.equal({
                status: "failed",
                on: `archive ${url}`,
                expected: "an archive as EMR reads it",
                found: "no such object",
                remedy: "in Pulumi.dev.yaml a higher certificates.generation (or, of your own, another certificate), npx pulumi up --stack dev, then the new config.yml",
            });
        }
    });

    it("fail under another key or none", async () => {
        const encryption = (found: string) => [["failed", `archive ${url}: encryption`, found]];
        for (const [answer, found] of [
            [{ SSEKMSKeyId: "arn:another", ServerSideEncryption: "aws:kms" }, "arn:another"],
            [{ ServerSideEncryption: "AES256" }, "AES256"],
            [{}, "none"],
        ] as const) {
            const checks = await run({ GetObject: () => ({ Body: body(), ...answer }) });
            expect(findings(checks)).to.deep.equal(encryption(found));
        }
    });

    it("may have any encryption and name if they exist already", async () => {
        const of = (answer: object): Answers => ({ GetObject: () => ({ Body: body(), ...answer }) });
        expect(findings(await run(of({ ServerSideEncryption: "AES256" }), existing))).to.deep.equal([]);
        expect((await run(of({}), existing)).filter(({ status }) => status !== "ok")).to.deep.equal([
            {
                status: "failed",
                on: `archive ${EXISTING}: encryption`,
                expected: "any",
                found: "none",
                remedy: `another archive, as EMR reads it, to ${EXISTING}`,
            },
        ]);
    });

    it("fail without content", async () => {
        const empty = { GetObject: () => ({ ServerSideEncryption: "AES256" }) };
        expect(findings(await run(empty, existing))).to.deep.equal([
            ["failed", `archive ${EXISTING}: files`, "no ZIP archive with files in it"],
        ]);
    });

    it("with other host names fail, warn in an existing VPC, and pass if nodes accept any", async () => {
        const named = (of: StackOutputs) => ({
            ...of,
            forCommands: { ...of.forCommands, nodeDomain: "corp.example" },
        });
        const found = "a certificate with the alternative names DNS:*.eu-west-1.compute.internal";
        const answers: Answers = { GetObject: () => ({ Body: body(), ServerSideEncryption: "AES256" }) };
        const names = (status: string) => [[status, `archive ${EXISTING}: names`, found]];
        expect(findings(await run(answers, named(existing)))).to.deep.equal(names("failed"));
        const inTheirs = { ...existing, forCommands: { ...existing.forCommands, ownsNetwork: false } };
        expect(findings(await run(answers, named(inTheirs)))).to.deep.equal(names("warning"));
        const any = await outputsOf({
            ...MINIMAL,
            certificates: { archive: EXISTING },
            emrEtlRunner: {
                collectors: { format: "cloudfront" },
                aws: {
                    emr: { configuration: { "core-site": { "hadoop.ssl.hostname.verifier": "ALLOW_ALL" } } },
                },
            },
        });
        expect(findings(await run(answers, named(any)))).to.deep.equal([]);
    });
});
