import { X509Certificate } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Registration, Secret } from "../../../testing/mock-engine";
import { PLACEHOLDER, PLACEHOLDER_TIME } from "../../../testing/placeholder-provider";
import { internalDomain } from "../arbitrary-config";
import { mayRead, mayUseKey } from "./access";
import { keyArn, type Made, resources } from "./made";
import { atLeast, HOSTNAME_VERIFIER, type Rule, takesAnyHostname, valueAt } from "./rules";

const AT_REST = ["EncryptionConfiguration", "AtRestEncryptionConfiguration"];
const IN_TRANSIT = ["EncryptionConfiguration", "InTransitEncryptionConfiguration"];

export const ENCRYPTION_RULES: Readonly<Record<string, Rule<Made>>> = {
    "security configuration": ({ yml, run, security, switches }) => {
        const isSet = (...keys: readonly string[]) =>
            valueAt(security, ["EncryptionConfiguration", ...keys]) !== undefined;
        const isEnabled = (key: string) => valueAt(security, ["EncryptionConfiguration", key]) === true;
        const named = yml.aws.emr.security_configuration;
        const made = resources(run, "aws:emr/securityConfiguration:SecurityConfiguration");
        return {
            "not the created one": !isDeepStrictEqual(
                made.map(({ inputs }) => `${inputs.namePrefix}${PLACEHOLDER}`),
                named === null ? [] : [named],
            ),
            "not the output": run.outputs.securityConfigurationName !== named,
            "at rest in S3":
                isSet("AtRestEncryptionConfiguration", "S3EncryptionConfiguration") !== switches.atRestS3,
            "at rest on local disks":
                isSet("AtRestEncryptionConfiguration", "LocalDiskEncryptionConfiguration") !==
                switches.atRestLocalDisks,
            "at rest, as a whole":
                isEnabled("EnableAtRestEncryption") !== (switches.atRestS3 || switches.atRestLocalDisks),
            "in transit":
                isEnabled("EnableInTransitEncryption") !== switches.inTransit ||
                isSet("InTransitEncryptionConfiguration") !== switches.inTransit,
        };
    },
    "local disks": (made) => {
        const { run, release, security, switches, roles, existing } = made;
        const disks = valueAt(security, [...AT_REST, "LocalDiskEncryptionConfiguration"]);
        const uses = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey"];
        const forAws = { "kms:GrantIsForAWSResource": "true" };
        const archives = resources(run, "aws:s3/bucketObjectv2:BucketObjectv2");
        return {
            "not under the key":
                switches.atRestLocalDisks &&
                !isDeepStrictEqual(disks, {
                    EncryptionKeyProviderType: "AwsKms",
                    AwsKmsKey: keyArn(made),
                    ...(atLeast(release, 5, 24) && { EnableEbsEncryption: true }),
                }),
            "another key in the outputs": run.outputs.kmsKeyArn !== keyArn(made),
            "another key for the archive": archives.some(({ inputs }) => inputs.kmsKeyId !== keyArn(made)),
            "a missing key, or one in addition to the existing one":
                resources(run, "aws:kms/key:Key").length !== (existing.keyArn ? 0 : 1) ||
                resources(run, "aws:kms/alias:Alias").length !== (existing.keyArn ? 0 : 1),
            "a role may not use the key": Object.values(roles).some((role) =>
                uses.some((action) => !mayUseKey(made, role, action)),
            ),
            "the service role may not grant the use of the key": !mayUseKey(
                made,
                roles.service,
                "kms:CreateGrant",
                forAws,
            ),
        };
    },
    "in transit": (made) => {
        const { run, region, release, security, switches, roles, existing, given } = made;
        const domain = internalDomain(region);
        const requested = resources(run, "tls:index/certRequest:CertRequest").map(
            ({ inputs }) => inputs.dnsNames,
        );
        const options = resources(run, "aws:ec2/vpcDhcpOptions:VpcDhcpOptions").map(
            ({ inputs }) => inputs.domainName,
        );
        const tls = (key: string) => valueAt(security, [...IN_TRANSIT, "TLSCertificateConfiguration", key]);
        const uploads = resources(run, "aws:s3/bucketObjectv2:BucketObjectv2");
        const [archive] = existing.archive
            ? [existing.archive]
            : uploads.map(({ inputs }) => `s3://${inputs.bucket}/${inputs.key}`);
        const object = String(archive).replace(/^s3:\/\//, "arn:aws:s3:::");
        const issued = run.registrations.filter(({ type }) => type.startsWith("tls:"));
        const { certificateExpiresAt: end } = run.outputs;
        return {
            "another domain in the certificate": !isDeepStrictEqual(
                requested,
                existing.archive || existing.chain ? [] : [[`*.${domain}`]],
            ),
            "a certificate in addition to the existing one":
                Boolean(existing.archive || existing.chain) && issued.some(isNodes),
            "another domain in the VPC": !isDeepStrictEqual(options, existing.network ? [] : [domain]),
            "not PEM": switches.inTransit && tls("CertificateProviderType") !== "PEM",
            "another archive": switches.inTransit && tls("S3Object") !== archive,
            "an archive in addition to the existing one": uploads.length !== (existing.archive ? 0 : 1),
            "an archive that is not secret": uploads.some(
                ({ inputs }) => !(inputs.contentBase64 instanceof Secret),
            ),
            "a role cannot read the archive": Object.values(roles).some(
                (role) => !mayRead(made, role, object),
            ),
            "another expiry in the outputs": existing.archive
                ? end !== null
                : existing.chain
                  ? end !== new Date(new X509Certificate(existing.chain).validTo).toISOString()
                  : end !== PLACEHOLDER_TIME,
            "no warning about SASL":
                switches.inTransit &&
                !atLeast(release, 5, 9) &&
                !String(run.outputs.warnings).includes("5.9.0"),
            "no warning about host names":
                String(run.outputs.warnings).includes(HOSTNAME_VERIFIER) !== takesAnyHostname(given),
        };
    },
    "what EmrEtlRunner cannot use": ({ security, switches }) => {
        const s3 = valueAt(security, [...AT_REST, "S3EncryptionConfiguration"]);
        return {
            Kerberos: valueAt(security, ["AuthenticationConfiguration"]) !== undefined,
            "another S3 mode than SSE-S3":
                switches.atRestS3 && !isDeepStrictEqual(s3, { EncryptionMode: "SSE-S3" }),
            IMDSv2: !isDeepStrictEqual(
                valueAt(security, ["InstanceMetadataServiceConfiguration"]),
                switches.requireImdsV2
                    ? { MinimumInstanceMetadataServiceVersion: 2, HttpPutResponseHopLimit: 1 }
                    : undefined,
            ),
        };
    },
};

/** Whether a TLS resource is for the nodes, and not for the SSH key pair. */
function isNodes({ name }: Registration): boolean {
    return !name.startsWith("emr-ssh-");
}
