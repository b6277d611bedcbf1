import { createHash } from "node:crypto";
import { expect } from "chai";
import { certificateArchive, certificateArchiveKey } from "../../components/domain/certificate-archive";
import { EncryptedBucket } from "../../components/encrypted-bucket";
import { type IssuedCertificate, NodeCertificates } from "../../components/node-certificates";
import { type Provider, type Run, Secret } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { resourceInputs, resourceLines } from "../support/golden";
import { REGION, registration, run, type TestOptions } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:tls:NodeCertificates";
const STACK = "snowplow-emr-encryption-dev";
const ARCHIVE = "aws:s3/bucketObjectv2:BucketObjectv2";
const KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234";
const KEY = { algorithm: "RSA", rsaBits: 2048 };

function certificates(certificate: Partial<IssuedCertificate> = {}, options?: TestOptions): Promise<Run> {
    return run(() => {
        const { archives, archive, expiresAt, managedBuckets } = new NodeCertificates("tls", {
            prefix: "snowplow-dev",
            certificate: {
                domain: "eu-west-1.compute.internal",
                validityDays: 365,
                renewBeforeDays: 60,
                generation: 1,
                ...certificate,
            },
            keyArn: KEY_ARN,
            tags: { stack: "tag" },
        });
        return { archives, archive, expiresAt, managedBuckets };
    }, options);
}

/** The archives' bucket on its own: what it consists of is EncryptedBucket's to test. */
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

const lines = async (generation: number) => [
    ...resourceLines(await bucket()).map((line) => line.replace(`< ${STACK}`, "< tls")),
    `${ARCHIVE} tls-archive < tls, retainOnDelete`,
    `${COMPONENT} tls < ${STACK}`,
    "tls:index/certRequest:CertRequest tls-node-request < tls",
    "tls:index/locallySignedCert:LocallySignedCert tls-node < tls",
    "tls:index/privateKey:PrivateKey tls-ca-key < tls",
    `tls:index/privateKey:PrivateKey tls-node-key-${generation} < tls`,
    "tls:index/selfSignedCert:SelfSignedCert tls-ca < tls",
];

const pem = (label: string, name: string) =>
    `-----BEGIN ${label}-----\nplaceholder ${name}\n-----END ${label}-----\n`;
const LEAF = pem("CERTIFICATE", "tls-node");
const CA = pem("CERTIFICATE", "tls-ca");
const OBJECT_KEY = certificateArchiveKey({ chain: LEAF + CA, trusted: CA });

const inputs = async (generation: number) => ({
    ...resourceInputs(await bucket()),
    "tls:index/privateKey:PrivateKey tls-ca-key": KEY,
    [`tls:index/privateKey:PrivateKey tls-node-key-${generation}`]: KEY,
    "tls:index/selfSignedCert:SelfSignedCert tls-ca": {
        privateKeyPem: new Secret(pem("RSA PRIVATE KEY", "tls-ca-key")),
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
        caPrivateKeyPem: new Secret(pem("RSA PRIVATE KEY", "tls-ca-key")),
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

/** Certificates that, as real ones, are others when what they are made of is. */
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
    it("makes an authority, the nodes' certificate, and the archive of both under the KMS key", async () => {
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
                    objectOwnership: "BucketOwnerEnforced",
                    versioned: false,
                },
            },
        };
        expect(result.outputs).to.deep.equal(outputs);
        expect(result.secretOutputs).to.deep.equal([]);
        expect(registration(result, COMPONENT, "tls").outputs).to.deep.equal(outputs);
    });

    it("makes another private key of another generation, under another name, and nothing else", async () => {
        const result = await certificates({ generation: 2 });
        expect(resourceLines(result)).to.have.members(await lines(2));
        expect(resourceInputs(result)).to.deep.equal(await inputs(2));
    });

    it("names the archive anew whenever the key or a certificate is", async () => {
        const archives = [
            await certificates({}, { provider }),
            await certificates({}, { provider }),
            await certificates({ generation: 2 }, { provider }),
            await certificates({ validityDays: 30, renewBeforeDays: 10 }, { provider }),
            await certificates({ domain: "ec2.internal" }, { provider }),
        ].map(({ outputs }) => outputs.archive);
        expect(archives[1]).to.equal(archives[0]);
        expect(new Set(archives).size).to.equal(4);
    });

    it("counts validity and renewal in hours, and renews the authority while a leaf still fits into it", async () => {
        const result = await certificates({ validityDays: 30, renewBeforeDays: 7, domain: "ec2.internal" });
        const expected = await inputs(1);
        const ca = "tls:index/selfSignedCert:SelfSignedCert tls-ca";
        const leaf = "tls:index/locallySignedCert:LocallySignedCert tls-node";
        const request = "tls:index/certRequest:CertRequest tls-node-request";
        expect(resourceInputs(result)).to.deep.equal({
            ...expected,
            [ca]: { ...expected[ca], earlyRenewalHours: 720 },
            [leaf]: { ...expected[leaf], validityPeriodHours: 720, earlyRenewalHours: 168 },
            [request]: {
                ...expected[request],
                subject: { commonName: "*.ec2.internal" },
                dnsNames: ["*.ec2.internal"],
            },
        });
    });

    it("uploads the archive as a secret, even of a key that nobody marked as one", async () => {
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

    it("uploads the archive once its bucket is encrypted and closed", async () => {
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
});
