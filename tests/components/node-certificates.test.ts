import { createHash } from "node:crypto";
import { expect } from "chai";
import { certificateArchive, certificateArchiveKey } from "../../components/domain/certificate-archive";
import { PrivateKeyError } from "../../components/domain/certificate-chain";
import { EncryptedBucket } from "../../components/encrypted-bucket";
import { NodeCertificates, type NodeCertificatesArgs } from "../../components/node-certificates";
import { RenewalReminder } from "../../components/renewal-reminder";
import { type Provider, type Run, Secret } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { certificateAuthority } from "../support/authority";
import { childLines, resourceInputs, resourceLines } from "../support/golden";
import { NODE_CERTIFICATES } from "../support/node-certificates";
import { REGION, registration, run, type TestOptions } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:index:NodeCertificates";
const STACK = "snowplow-emr-encryption-dev";
const ARCHIVE = "aws:s3/bucketObjectv2:BucketObjectv2";
const KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234";
const TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms";
const KEY = { algorithm: "RSA", rsaBits: 2048 };

function certificates(args: Partial<NodeCertificatesArgs> = {}, options?: TestOptions): Promise<Run> {
    return run(() => {
        const { archives, archive, expiresAt, managedBuckets } = new NodeCertificates("tls", {
            ...NODE_CERTIFICATES,
            keyArn: KEY_ARN,
            ...args,
        });
        return { archives, archive, expiresAt, managedBuckets };
    }, options);
}

/** The archives' bucket without its parent; EncryptedBucket's test expects its resources. */
const bucket = () =>
    run(() => {
        new EncryptedBucket("tls-bucket", {
            bucketPrefix: "snowplow-dev-certs-",
            acceptedSse: "aws:kms",
            forceDestroy: true,
            tags: { stack: "tag" },
        });
        return {};
    });

/** The reminder without its parent; RenewalReminder's test expects its resources. */
const reminder = (expiresAt: string, renewedByUp: boolean) =>
    run(() => {
        new RenewalReminder("tls-renewal-reminder", {
            ...NODE_CERTIFICATES,
            topicArn: TOPIC,
            expiresAt,
            renewedByUp,
        });
        return {};
    });

const lines = async (generation: number) => [
    ...childLines(await bucket(), "tls"),
    `${ARCHIVE} tls-archive < tls, retainOnDelete`,
    `${COMPONENT} tls < ${STACK}`,
    "snowplow-emr-encryption:index:IssuedCertificate tls-node < tls",
    "tls:index/certRequest:CertRequest tls-node-request < tls-node",
    "tls:index/locallySignedCert:LocallySignedCert tls-node < tls-node",
    "tls:index/privateKey:PrivateKey tls-node-ca-key < tls-node",
    `tls:index/privateKey:PrivateKey tls-node-key-${generation} < tls-node`,
    "tls:index/selfSignedCert:SelfSignedCert tls-node-ca < tls-node",
];

const pem = (label: string, name: string) =>
    `-----BEGIN ${label}-----\nplaceholder ${name}\n-----END ${label}-----\n`;
const LEAF = pem("CERTIFICATE", "tls-node");
const CA = pem("CERTIFICATE", "tls-node-ca");
const OBJECT_KEY = certificateArchiveKey({ chain: LEAF + CA, trusted: CA });

const inputs = async (generation: number) => ({
    ...resourceInputs(await bucket()),
    "tls:index/privateKey:PrivateKey tls-node-ca-key": KEY,
    [`tls:index/privateKey:PrivateKey tls-node-key-${generation}`]: KEY,
    "tls:index/selfSignedCert:SelfSignedCert tls-node-ca": {
        privateKeyPem: new Secret(pem("RSA PRIVATE KEY", "tls-node-ca-key")),
        isCaCertificate: true,
        subject: { commonName: "snowplow-dev EMR nodes CA" },
        validityPeriodHours: 87_600,
        earlyRenewalHours: 8_760,
        allowedUses: ["cert_signing", "crl_signing"],
        setSubjectKeyId: true,
        setAuthorityKeyId: true,
    },
    "tls:index/certRequest:CertRequest tls-node-request": {
        privateKeyPem: new Secret(pem("RSA PRIVATE KEY", `tls-node-key-${generation}`)),
        subject: { commonName: "*.eu-west-1.compute.internal" },
        dnsNames: ["*.eu-west-1.compute.internal"],
    },
    "tls:index/locallySignedCert:LocallySignedCert tls-node": {
        certRequestPem: pem("CERTIFICATE REQUEST", "tls-node-request"),
        caPrivateKeyPem: new Secret(pem("RSA PRIVATE KEY", "tls-node-ca-key")),
        caCertPem: CA,
        validityPeriodHours: 8_760,
        earlyRenewalHours: 1_440,
        allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
        setSubjectKeyId: true,
    },
    [`${ARCHIVE} tls-archive`]: {
        bucket: "snowplow-dev-certs-placeholder",
        key: OBJECT_KEY,
        contentBase64: new Secret(
            Buffer.from(
                certificateArchive({
                    privateKey: pem("PRIVATE KEY", `tls-node-key-${generation}`),
                    chain: LEAF + CA,
                    trusted: CA,
                }),
            ).toString("base64"),
        ),
        contentType: "application/zip",
        serverSideEncryption: "aws:kms",
        kmsKeyId: KEY_ARN,
    },
});

/** Certificates that, like real ones, depend on their inputs. */
const provider: Provider = {
    ...placeholderProvider(REGION),
    create(type, name, made) {
        const result = placeholderProvider(REGION).create(type, name, made);
        const text = pem("CERTIFICATE", createHash("sha256").update(JSON.stringify(made)).digest("hex"));
        return type.startsWith("tls:") && !type.endsWith(":PrivateKey")
            ? { ...result, state: { ...result.state, certPem: text, certRequestPem: text } }
            : result;
    },
};

describe("NodeCertificates", () => {
    it("creates an authority, the nodes' certificate, and the archive of both under the KMS key", async () => {
        const result = await certificates();
        expect(resourceLines(result)).to.have.members(await lines(1));
        expect(resourceInputs(result)).to.deep.equal(await inputs(1));
        const outputs = {
            archives: "arn:aws:s3:::snowplow-dev-certs-placeholder/*",
            archive: `s3://snowplow-dev-certs-placeholder/${OBJECT_KEY}`,
            expiresAt: "9999-12-31T23:59:59Z",
            managedBuckets: {
                "snowplow-dev-certs-placeholder": {
                    acceptedSse: "aws:kms",
                },
            },
        };
        expect(result.outputs).to.deep.equal(outputs);
        expect(result.secretOutputs).to.deep.equal([]);
        expect(registration(result, COMPONENT, "tls").outputs).to.deep.equal(outputs);
    });

    it("creates only another private key, with another name, for another generation", async () => {
        const result = await certificates({ generation: 2 });
        expect(resourceLines(result)).to.have.members(await lines(2));
        expect(resourceInputs(result)).to.deep.equal(await inputs(2));
    });

    it("gives the archive another object key when the private key or a certificate changes", async () => {
        const archives = [
            await certificates({}, { provider }),
            await certificates({}, { provider }),
            await certificates({ generation: 2 }, { provider }),
            await certificates({ validityDays: 30, renewBeforeDays: 10 }, { provider }),
            await certificates({ region: "us-east-1" }, { provider }),
        ].map(({ outputs }) => outputs.archive);
        expect(archives[1]).to.equal(archives[0]);
        expect(new Set(archives).size).to.equal(4);
    });

    it("converts validity and renewal into hours, and renews the authority while a certificate still fits into it", async () => {
        const result = await certificates({ validityDays: 30, renewBeforeDays: 7 });
        const expected = await inputs(1);
        const ca = "tls:index/selfSignedCert:SelfSignedCert tls-node-ca";
        const leaf = "tls:index/locallySignedCert:LocallySignedCert tls-node";
        expect(resourceInputs(result)).to.deep.equal({
            ...expected,
            [ca]: { ...expected[ca], earlyRenewalHours: 720 },
            [leaf]: { ...expected[leaf], validityPeriodHours: 720, earlyRenewalHours: 168 },
        });
    });

    it("issues the certificate for ec2.internal in us-east-1", async () => {
        const result = await certificates({ region: "us-east-1" });
        const expected = await inputs(1);
        const request = "tls:index/certRequest:CertRequest tls-node-request";
        expect(resourceInputs(result)).to.deep.equal({
            ...expected,
            [request]: {
                ...expected[request],
                subject: { commonName: "*.ec2.internal" },
                dnsNames: ["*.ec2.internal"],
            },
        });
    });

    it("uploads the archive as a secret, even if the private key is not marked as one", async () => {
        const careless: Provider = {
            ...provider,
            create(type, name, made) {
                const result = provider.create(type, name, made);
                return type.endsWith(":PrivateKey")
                    ? { ...result, state: { ...result.state, privateKeyPemPkcs8: pem("PRIVATE KEY", name) } }
                    : result;
            },
        };
        const result = await certificates({}, { provider: careless });
        const { contentBase64, key } = registration(result, ARCHIVE, "tls-archive").inputs;
        expect(contentBase64).to.be.instanceOf(Secret);
        expect(key).to.be.a("string");
    });

    it("uploads the archive after its bucket's encryption, policy and public access block", async () => {
        const { dependencies } = registration(await certificates(), ARCHIVE, "tls-archive");
        expect(dependencies).to.include.members([
            "tls-bucket",
            "tls-bucket-encryption",
            "tls-bucket-lifecycle",
            "tls-bucket-ownership",
            "tls-bucket-policy",
            "tls-bucket-public-access",
        ]);
    });

    it("creates the reminder of the issued certificate's end as a child, with a topic only", async () => {
        const result = await certificates({ remindTopicArn: TOPIC });
        const alone = await reminder("9999-12-31T23:59:59Z", true);
        expect(resourceLines(result)).to.have.members([...(await lines(1)), ...childLines(alone, "tls")]);
        expect(resourceInputs(result)).to.deep.equal({ ...(await inputs(1)), ...resourceInputs(alone) });
    });

    it("refuses a provided certificate without its private key, and issues none", async () => {
        const authority = await certificateAuthority("acme");
        const { chain } = await authority.issue(["*.eu-west-1.compute.internal"]);
        const error = await certificates({ chainPem: chain, trustedPem: authority.certificate }).catch(
            (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(PrivateKeyError);
    });

    it("uploads a provided certificate and reminds of its end, and issues none", async () => {
        const authority = await certificateAuthority("acme");
        const { chain, privateKey } = await authority.issue(["*.eu-west-1.compute.internal"]);
        const trusted = authority.certificate;
        const result = await certificates({
            chainPem: chain,
            trustedPem: trusted,
            privateKey,
            remindTopicArn: TOPIC,
        });
        const alone = await reminder("2100-01-01T00:00:00.000Z", false);
        expect(resourceLines(result)).to.have.members([
            ...childLines(await bucket(), "tls"),
            ...childLines(alone, "tls"),
            `${ARCHIVE} tls-archive < tls, retainOnDelete`,
            `${COMPONENT} tls < ${STACK}`,
        ]);
        const zip = certificateArchive({ privateKey, chain, trusted });
        expect(resourceInputs(result)).to.deep.equal({
            ...resourceInputs(await bucket()),
            ...resourceInputs(alone),
            [`${ARCHIVE} tls-archive`]: {
                ...(await inputs(1))[`${ARCHIVE} tls-archive`],
                key: certificateArchiveKey({ chain, trusted }),
                contentBase64: new Secret(Buffer.from(zip).toString("base64")),
            },
        });
        expect(result.outputs.expiresAt).to.equal("2100-01-01T00:00:00.000Z");
        expect(result.secretOutputs).to.deep.equal([]);
    });
});

describe("NodeCertificates.existing", () => {
    it("returns the archive, and grants to read it alone; it registers nothing", async () => {
        const result = await run(() => ({ ...NodeCertificates.existing("s3://security/emr/nodes.zip") }));
        expect(resourceLines(result)).to.deep.equal([]);
        expect(result.outputs).to.deep.equal({
            archive: "s3://security/emr/nodes.zip",
            archives: "arn:aws:s3:::security/emr/nodes.zip",
            expiresAt: null,
            managedBuckets: {},
        });
    });
});
