import { expect } from "chai";
import type { StackOutputs } from "../../../commands/stack-outputs";
import { securityConfigurationChecks } from "../../../commands/verify/security-configuration";
import { refusal } from "../../support/fake-aws";
import { MINIMAL } from "../../support/run";
import { contextOf, findings, outputsOf } from "./context";

const NAME = "snowplow-dev-placeholder";
const ON = `security configuration ${NAME}`;
const REMEDY = "npx pulumi up --refresh --stack dev, which makes another, then the new config.yml";

describe("verify, security configuration:", () => {
    let outputs: StackOutputs;

    before(async () => {
        outputs = await outputsOf();
    });

    const check = (SecurityConfiguration: string) =>
        securityConfigurationChecks(
            contextOf(outputs, {
                DescribeSecurityConfiguration: ({ Name }) => ({ Name, SecurityConfiguration }),
            }),
        );

    it("passes in any order and spacing", async () => {
        const wanted = JSON.parse(String(outputs.securityConfiguration)).EncryptionConfiguration;
        const turned = { EncryptionConfiguration: Object.fromEntries(Object.entries(wanted).reverse()) };
        const checks = await check(JSON.stringify(turned, null, 4));
        const reported = checks.map(({ status, on, expected, found }) => {
            expect(found).to.equal(expected);
            return [status, on, found];
        });
        const field = (name: string, value: string) => [
            "ok",
            `${ON}: EncryptionConfiguration.${name}`,
            value,
        ];
        const atRest = "AtRestEncryptionConfiguration";
        const inTransit = "InTransitEncryptionConfiguration.TLSCertificateConfiguration";
        expect(reported).to.deep.equal([
            field("EnableInTransitEncryption", "true"),
            field("EnableAtRestEncryption", "true"),
            field(`${inTransit}.CertificateProviderType`, '"PEM"'),
            field(`${inTransit}.S3Object`, `"${outputs.forCommands.certificateArchive}"`),
            field(`${atRest}.S3EncryptionConfiguration.EncryptionMode`, '"SSE-S3"'),
            field(`${atRest}.LocalDiskEncryptionConfiguration.EncryptionKeyProviderType`, '"AwsKms"'),
            field(`${atRest}.LocalDiskEncryptionConfiguration.AwsKmsKey`, `"${outputs.kmsKeyArn}"`),
            field(`${atRest}.LocalDiskEncryptionConfiguration.EnableEbsEncryption`, "true"),
        ]);
    });

    it("names each changed, missing and additional field", async () => {
        const text = String(outputs.securityConfiguration)
            .replace('"EnableAtRestEncryption":true', '"EnableAtRestEncryption":false')
            .replace(',"EnableEbsEncryption":true', "")
            .replace(/}$/, ',"Other":{"List":[1]}}');
        expect((await check(text)).filter(({ status }) => status !== "ok")).to.deep.equal([
            {
                status: "failed",
                on: `${ON}: EncryptionConfiguration.EnableAtRestEncryption`,
                expected: "true",
                found: "false",
                remedy: REMEDY,
            },
            {
                status: "failed",
                on: `${ON}: EncryptionConfiguration.AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration.EnableEbsEncryption`,
                expected: "true",
                found: "no such field",
                remedy: REMEDY,
            },
            {
                status: "failed",
                on: `${ON}: Other.List`,
                expected: "no such field",
                found: "[1]",
                remedy: REMEDY,
            },
        ]);
    });

    it("distinguishes a missing one from one that it cannot read", async () => {
        const refused = async (name: string, message = "") =>
            securityConfigurationChecks(
                contextOf(outputs, {
                    DescribeSecurityConfiguration: () => {
                        throw refusal(name, message);
                    },
                }),
            );
        expect(
            await refused(
                "InvalidRequestException",
                `Security configuration with name '${NAME}' does not exist.`,
            ),
        ).to.deep.equal([
            {
                status: "failed",
                on: ON,
                expected: "there",
                found: "no such security configuration",
                remedy: REMEDY,
            },
        ]);
        expect(await refused("AccessDeniedException")).to.deep.equal([
            {
                status: "failed",
                on: ON,
                expected: "what the stack wrote",
                found: `no answer: elasticmapreduce:DescribeSecurityConfiguration on ${NAME}: AccessDeniedException. These credentials need elasticmapreduce:DescribeSecurityConfiguration on it.`,
                remedy: "run this with credentials that have elasticmapreduce:DescribeSecurityConfiguration",
            },
        ]);
    });

    it("checks nothing with all switches off", async () => {
        const encryption = { atRestS3: false, atRestLocalDisks: false, inTransit: false };
        const context = contextOf(await outputsOf({ ...MINIMAL, encryption }), {});
        expect(findings(await securityConfigurationChecks(context))).to.deep.equal([]);
        expect(context.sent).to.deep.equal([]);
    });
});
