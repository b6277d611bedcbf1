import { spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { checkServerIdentity, connect, createServer, type SecureVersion } from "node:tls";
import * as tls from "@pulumi/tls";
import { expect } from "chai";
import { fromBufferPromise } from "yauzl";
import { NodeCertificates } from "../../components/node-certificates";
import { type Run, Secret } from "../../testing/mock-engine";
import { NODE_CERTIFICATES } from "../support/node-certificates";
import { registration, run } from "../support/run";
import { TlsProvider } from "../support/tls-provider";

/** The domains in which AWS's DNS names nodes, stated independently of the program. */
const DOMAINS = { "us-east-1": "ec2.internal", "eu-central-1": "eu-central-1.compute.internal" } as const;
type Region = keyof typeof DOMAINS;
const SERVER = "ip-10-64-0-10.ec2.internal";
const CLIENT = "ip-10-64-0-11.ec2.internal";

const DAY = 86_400_000;

/** The files of a certificate archive, in PEM. */
interface Archive {
    readonly privateKey: string;
    readonly chain: string;
    readonly trusted: string;
}

/** Opens the archive that a run uploads. */
async function uploaded(result: Run): Promise<Archive> {
    const type = "aws:s3/bucketObjectv2:BucketObjectv2";
    const { contentBase64 } = registration(result, type, "emr-certificates-archive").inputs;
    expect(contentBase64).to.be.instanceOf(Secret);
    const zip = await fromBufferPromise(Buffer.from(String((contentBase64 as Secret).value), "base64"));
    const files = new Map<string, string>();
    for await (const entry of zip.eachEntry()) {
        files.set(entry.fileName, (await buffer(await zip.openReadStreamPromise(entry))).toString());
    }
    expect([...files.keys()]).to.have.members([
        "privateKey.pem",
        "certificateChain.pem",
        "trustedCertificates.pem",
    ]);
    const file = (name: string) => files.get(`${name}.pem`) ?? "";
    return {
        privateKey: file("privateKey"),
        chain: file("certificateChain"),
        trusted: file("trustedCertificates"),
    };
}

const pems = (text: string) => text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];

function certificates({ chain, trusted }: Archive): { leaf: X509Certificate; ca: X509Certificate } {
    const [leaf, ...rest] = pems(chain).map((pem) => new X509Certificate(pem));
    const authorities = pems(trusted).map((pem) => new X509Certificate(pem));
    expect([rest.length, authorities.length]).to.deep.equal([1, 1]);
    const [ca] = authorities;
    if (!leaf || !ca || !rest[0]?.raw.equals(ca.raw)) {
        throw new Error("the chain does not end with the trusted authority");
    }
    return { leaf, ca };
}

/** A node: its name, the certificate it presents, if any, and the authorities it trusts. */
interface Endpoint {
    readonly name: string;
    readonly key?: string;
    readonly cert?: string;
    readonly ca: string;
}

/** Each side's verdict on the other: "accepted" or an error's code. */
interface Handshake {
    readonly server: string;
    readonly client: string;
}

/** A TLS handshake in which each side verifies the other's certificate and name. */
async function handshake(server: Endpoint, client: Endpoint, version?: SecureVersion): Promise<Handshake> {
    const options = ({ key, cert, ca }: Endpoint) => ({ key, cert, ca, rejectUnauthorized: true });
    const reason = (error: unknown) => (error as { code?: string } | undefined)?.code ?? String(error);
    const listener = createServer({ ...options(server), requestCert: true });
    const ofClient = new Promise<string>((resolve) => {
        listener.once("secureConnection", (socket) => {
            socket.on("error", () => undefined);
            // Node's TLS servers do not compare the name.
            const mismatch = checkServerIdentity(client.name, socket.getPeerCertificate());
            resolve(mismatch ? reason(mismatch) : "accepted");
        });
        listener.once("tlsClientError", (error, { authorizationError }) =>
            resolve(authorizationError ? String(authorizationError) : reason(error)),
        );
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const socket = connect({
        ...options(client),
        host: "127.0.0.1",
        port,
        servername: server.name,
        checkServerIdentity,
        ...(version && { minVersion: version, maxVersion: version }),
    });
    const ofServer = new Promise<string>((resolve) => {
        socket.once("secureConnect", () => resolve("accepted"));
        socket.on("error", (error) => resolve(reason(error)));
    });
    const [clientSays, serverSays] = await Promise.all([ofServer, ofClient]);
    socket.destroy();
    listener.close();
    return { server: serverSays, client: clientSays };
}

/** Runs the component with the program's defaults. */
function nodeCertificates(provider: TlsProvider, region: Region = "us-east-1"): Promise<Run> {
    return run(
        () => {
            const { expiresAt } = new NodeCertificates("emr-certificates", {
                ...NODE_CERTIFICATES,
                region,
                keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234",
                tags: {},
            });
            return { expiresAt };
        },
        { provider },
    );
}

/** Signs a certificate for node 11 with the leaf of one archive, for the private key of another. */
async function forge(leaf: Archive, { privateKey }: Archive, provider: TlsProvider): Promise<string> {
    const { outputs } = await run(
        () => {
            const request = new tls.CertRequest("request", {
                privateKeyPem: privateKey,
                subject: { commonName: CLIENT },
                dnsNames: [CLIENT],
            });
            const { certPem } = new tls.LocallySignedCert("forged", {
                certRequestPem: request.certRequestPem,
                caPrivateKeyPem: leaf.privateKey,
                caCertPem: pems(leaf.chain)[0] ?? "",
                validityPeriodHours: 24,
                allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
            });
            return { certPem };
        },
        { provider },
    );
    return String(outputs.certPem);
}

describe("the certificates of NodeCertificates", () => {
    let expiresAt: string;
    let current: Archive;
    /** By the same authority, a year earlier. */
    let expired: Archive;
    /** By an authority with the same name and another key. */
    let stranger: Archive;
    /** Of the other region. */
    let foreign: Archive;
    /** Signed by the current leaf, with the key of `stranger`. */
    let forged: string;

    before(async () => {
        const now = new Date();
        const provider = new TlsProvider("us-east-1");
        provider.now = new Date(now.getTime() - 366 * DAY);
        expired = await uploaded(await nodeCertificates(provider));
        provider.now = now;
        const result = await nodeCertificates(provider);
        expiresAt = String(result.outputs.expiresAt);
        current = await uploaded(result);
        stranger = await uploaded(await nodeCertificates(new TlsProvider("us-east-1")));
        foreign = await uploaded(await nodeCertificates(new TlsProvider("eu-central-1"), "eu-central-1"));
        forged = await forge(current, stranger, provider);
    });

    const node = (name: string, { privateKey, chain, trusted } = current): Endpoint => ({
        name,
        key: privateKey,
        cert: chain,
        ca: trusted,
    });

    it("have the leaf's private key: RSA, 2048 bits, PKCS#8", () => {
        const body = /^-----BEGIN PRIVATE KEY-----\n([^-]+)-----END PRIVATE KEY-----\n$/.exec(
            current.privateKey,
        )?.[1];
        // EMR's nodes read PKCS#8 only.
        const key = createPrivateKey({
            key: Buffer.from(body ?? "", "base64"),
            format: "der",
            type: "pkcs8",
        });
        expect([key.asymmetricKeyType, key.asymmetricKeyDetails?.modulusLength]).to.deep.equal(["rsa", 2048]);
        expect(certificates(current).leaf.checkPrivateKey(key)).to.equal(true);
    });

    it("are a leaf and the authority that signed it, which the nodes trust", () => {
        const { leaf, ca } = certificates(current);
        expect([leaf.checkIssued(ca), leaf.verify(ca.publicKey)]).to.deep.equal([true, true]);
        expect([ca.checkIssued(ca), ca.verify(ca.publicKey)]).to.deep.equal([true, true]);
        expect([leaf.ca, ca.ca]).to.deep.equal([false, true]);
    });

    it("cover every node of the region by the alternative name, and no other host", () => {
        for (const [archive, domain, other] of [
            [current, DOMAINS["us-east-1"], DOMAINS["eu-central-1"]],
            [foreign, DOMAINS["eu-central-1"], DOMAINS["us-east-1"]],
        ] as const) {
            const { leaf } = certificates(archive);
            expect(leaf.subjectAltName).to.equal(`DNS:*.${domain}`);
            expect(leaf.checkHost(`ip-10-64-0-10.${domain}`, { subject: "never" })).to.equal(`*.${domain}`);
            const hosts = [domain, `a.b.${domain}`, `ip-10-64-0-10.${other}`];
            expect(hosts.filter((host) => leaf.checkHost(host))).to.deep.equal([]);
        }
    });

    it("expire at the time of `expiresAt`, after a year and before their authority", () => {
        const { leaf, ca } = certificates(current);
        const end = Date.parse(leaf.validTo);
        // Certificates know whole seconds.
        expect(Math.floor(Date.parse(expiresAt) / 1000)).to.equal(end / 1000);
        expect(end - Date.parse(leaf.validFrom)).to.equal(365 * DAY);
        expect(end).to.be.lessThan(Date.parse(ca.validTo));
    });

    it("forbid the leaf to sign certificates, by its DER", () => {
        const der = certificates(current).leaf.raw.toString("hex");
        const critical = "0101ff";
        // basicConstraints: an empty sequence, neither CA nor path length.
        expect(der).to.include(`0603551d13${critical}04023000`);
        // keyUsage: five of the bits unused, the first (digitalSignature) and the third (keyEncipherment) set.
        expect(der).to.include(`0603551d0f${critical}0404030205a0`);
    });

    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        it(`are accepted by two nodes of each other over ${version}`, async () => {
            expect(await handshake(node(SERVER), node(CLIENT), version)).to.deep.equal({
                server: "accepted",
                client: "accepted",
            });
        });
    }

    describe("let a node, as server and as client,", () => {
        /** The verdicts of node 10 on another node. */
        const verdicts = async (other: Endpoint, ca = current.trusted) => {
            const self = { ...node(SERVER), ca };
            return [(await handshake(other, self)).client, (await handshake(self, other)).server];
        };
        const both = (code: string) => [code, code];

        it("refuse the other region's name, even from a trusted authority", async () => {
            const ca = current.trusted + foreign.trusted;
            expect(await verdicts({ ...node(CLIENT, foreign), ca }, ca)).to.deep.equal(
                both("ERR_TLS_CERT_ALTNAME_INVALID"),
            );
        });

        it("refuse an expired leaf of the same authority", async () => {
            expect(expired.trusted).to.equal(current.trusted);
            expect(await verdicts(node(CLIENT, expired))).to.deep.equal(both("CERT_HAS_EXPIRED"));
        });

        it("refuse a leaf of another authority with the same name", async () => {
            expect(certificates(stranger).ca.subject).to.equal(certificates(current).ca.subject);
            expect(await verdicts({ ...node(CLIENT, stranger), ca: current.trusted })).to.deep.equal(
                both("SELF_SIGNED_CERT_IN_CHAIN"),
            );
        });

        it("refuse a node without a certificate", async () => {
            const [asServer, asClient] = await verdicts({ name: CLIENT, ca: current.trusted });
            expect(asServer).to.match(/^ERR_SSL_.*_ALERT_HANDSHAKE_FAILURE$/);
            expect(asClient).to.equal("ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE");
        });

        it("refuse a certificate that a leaf signed", async () => {
            const { leaf } = certificates(current);
            const certificate = new X509Certificate(forged);
            // The signature is valid, but the leaf is not an authority.
            expect([certificate.verify(leaf.publicKey), certificate.checkIssued(leaf)]).to.deep.equal([
                true,
                false,
            ]);
            const other = { ...node(CLIENT), key: stranger.privateKey, cert: forged + current.chain };
            // Node has no name for "key usage does not include certificate signing".
            expect(await verdicts(other)).to.deep.equal(both("UNSPECIFIED"));
        });
    });

    it("pass openssl's strict verification, and a certificate that a leaf signed does not", function () {
        // LibreSSL, also installed as `openssl`, has other options.
        if (!/^OpenSSL /.test(String(spawnSync("openssl", ["version"]).stdout))) {
            this.skip();
        }
        const folder = mkdtempSync(path.join(tmpdir(), "certificates-"));
        const openssl = (...args: readonly string[]) => {
            const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: folder });
            return { status, text: `${stdout}${stderr}` };
        };
        try {
            for (const [name, text] of Object.entries({ ...current, forged })) {
                writeFileSync(path.join(folder, name), text);
            }
            const verify = ["verify", "-x509_strict", "-CAfile", "trusted"];
            for (const purpose of ["sslserver", "sslclient"]) {
                expect(
                    openssl(...verify, "-purpose", purpose, "-verify_hostname", SERVER, "chain"),
                ).to.deep.equal({ status: 0, text: "chain: OK\n" });
            }
            const refused = openssl(...verify, "-untrusted", "chain", "forged");
            expect(refused.status).to.equal(2);
            expect(refused.text).to.include("at 1 depth lookup: invalid CA certificate");

            const extensions = "keyUsage,extendedKeyUsage,basicConstraints";
            const show = ["x509", "-noout", "-ext", extensions, "-in"];
            expect(openssl(...show, "chain").text.split(/\n */)).to.have.members([
                "X509v3 Key Usage: critical",
                "Digital Signature, Key Encipherment",
                "X509v3 Extended Key Usage: ",
                "TLS Web Server Authentication, TLS Web Client Authentication",
                "X509v3 Basic Constraints: critical",
                "CA:FALSE",
                "",
            ]);
            expect(openssl(...show, "trusted").text.split(/\n */)).to.have.members([
                "X509v3 Key Usage: critical",
                "Certificate Sign, CRL Sign",
                "X509v3 Basic Constraints: critical",
                "CA:TRUE",
                "",
            ]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("are renewed in time, with the same private key, and never outlive their authority", async () => {
        const provider = new TlsProvider("us-east-1");
        const start = Date.now();
        const ups: Archive[] = [];
        // The leaf's last 60 days begin on day 305. From day 3285 on, the authority ends before a new leaf would.
        for (const day of [0, 304, 306, 3284, 3286]) {
            provider.now = new Date(start + day * DAY);
            ups.push(await uploaded(await nodeCertificates(provider)));
        }
        const first = (texts: readonly string[]) => texts.map((text) => texts.indexOf(text));
        expect({
            privateKey: first(ups.map(({ privateKey }) => privateKey)),
            chain: first(ups.map(({ chain }) => chain)),
            trusted: first(ups.map(({ trusted }) => trusted)),
        }).to.deep.equal({
            privateKey: [0, 0, 0, 0, 0],
            chain: [0, 0, 2, 3, 4],
            trusted: [0, 0, 0, 0, 4],
        });
        for (const { leaf, ca } of ups.map(certificates)) {
            expect(leaf.verify(ca.publicKey)).to.equal(true);
            expect(Date.parse(leaf.validTo)).to.be.at.most(Date.parse(ca.validTo));
        }
    });
});
