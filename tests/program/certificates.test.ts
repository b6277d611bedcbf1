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
import { MINIMAL, registration, run, runStack } from "../support/run";
import { TlsProvider } from "../support/tls-provider";

/** As AWS's DNS names nodes, written out: the program has its own idea of it. */
const DOMAINS = { "us-east-1": "ec2.internal", "eu-central-1": "eu-central-1.compute.internal" } as const;
type Region = keyof typeof DOMAINS;
const OTHER_REGION = { "us-east-1": "eu-central-1", "eu-central-1": "us-east-1" } as const;

const DAY = 86_400_000;

/** What is in an archive, in PEM. */
interface Archive {
    readonly privateKey: string;
    readonly chain: string;
    readonly trusted: string;
}

/** What the program uploads, opened again. */
async function uploaded(result: Run, name = "certificates-archive"): Promise<Archive> {
    const { contentBase64 } = registration(result, "aws:s3/bucketObjectv2:BucketObjectv2", name).inputs;
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
        throw new Error("the chain does not end with what is trusted");
    }
    return { leaf, ca };
}

/** A node: its name, what it shows, if anything, and whom it trusts. */
interface Endpoint {
    readonly name: string;
    readonly key?: string;
    readonly cert?: string;
    readonly ca: string;
}

/** What each side says of the other one: "accepted", or why not. */
interface Handshake {
    readonly server: string;
    readonly client: string;
}

/** Each side asks for the other one's certificate, and holds it to the other one's name. */
async function handshake(server: Endpoint, client: Endpoint, version?: SecureVersion): Promise<Handshake> {
    const options = ({ key, cert, ca }: Endpoint) => ({ key, cert, ca, rejectUnauthorized: true });
    const reason = (error: unknown) => (error as { code?: string } | undefined)?.code ?? String(error);
    const listener = createServer({ ...options(server), requestCert: true });
    const ofClient = new Promise<string>((resolve) => {
        listener.once("secureConnection", (socket) => {
            socket.on("error", () => undefined);
            // Servers are left to compare the name by themselves.
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

interface Made {
    readonly result: Run;
    readonly current: Archive;
    /** A year older, of the same authority. */
    readonly expired: Archive;
    /** Of an authority of the same name and another key. */
    readonly stranger: Archive;
    /** Made with the current leaf as its authority: a certificate for node 11, the key of `stranger`. */
    readonly forged: string;
}

const made = new Map<Region, Made>();

function of(region: Region): Made {
    const found = made.get(region);
    if (!found) {
        throw new Error(`nothing was made for ${region}`);
    }
    return found;
}

async function make(region: Region): Promise<Made> {
    const now = new Date();
    const provider = new TlsProvider(region);
    provider.now = new Date(now.getTime() - 366 * DAY);
    const expired = await uploaded(await runStack(MINIMAL, { region, provider }));
    provider.now = now;
    const result = await runStack(MINIMAL, { region, provider });
    const current = await uploaded(result);
    const stranger = await uploaded(await nodeCertificates(new TlsProvider(region), DOMAINS[region]));
    const { outputs } = await run(
        () => {
            const name = `ip-10-64-0-11.${DOMAINS[region]}`;
            const request = new tls.CertRequest("request", {
                privateKeyPem: stranger.privateKey,
                subject: { commonName: name },
                dnsNames: [name],
            });
            const { certPem } = new tls.LocallySignedCert("forged", {
                certRequestPem: request.certRequestPem,
                caPrivateKeyPem: current.privateKey,
                caCertPem: pems(current.chain)[0] ?? "",
                validityPeriodHours: 24,
                allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
            });
            return { certPem };
        },
        { provider },
    );
    return { result, current, expired, stranger, forged: String(outputs.certPem) };
}

/** The component by itself, with what the program's defaults give it. */
function nodeCertificates(provider: TlsProvider, domain: string): Promise<Run> {
    return run(
        () => {
            new NodeCertificates("certificates", {
                prefix: "snowplow-dev",
                certificate: { domain, validityDays: 365, renewBeforeDays: 60, generation: 1 },
                keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234",
                tags: {},
            });
            return {};
        },
        { provider },
    );
}

describe("the nodes' certificates", () => {
    before(async () => {
        for (const region of Object.keys(DOMAINS) as Region[]) {
            made.set(region, await make(region));
        }
    });

    for (const [region, domain] of Object.entries(DOMAINS) as [Region, string][]) {
        const SERVER = `ip-10-64-0-10.${domain}`;
        const CLIENT = `ip-10-64-0-11.${domain}`;

        const node = (
            name: string,
            { privateKey, chain, trusted }: Archive = of(region).current,
        ): Endpoint => ({
            name,
            key: privateKey,
            cert: chain,
            ca: trusted,
        });

        describe(`in ${region}`, () => {
            it("have a key that is PKCS#8, RSA of 2048 bits, and the leaf's", () => {
                const { current } = of(region);
                const body = /^-----BEGIN PRIVATE KEY-----\n([^-]+)-----END PRIVATE KEY-----\n$/.exec(
                    current.privateKey,
                )?.[1];
                // As EMR's nodes read it: no other form would do.
                const key = createPrivateKey({
                    key: Buffer.from(body ?? "", "base64"),
                    format: "der",
                    type: "pkcs8",
                });
                expect([key.asymmetricKeyType, key.asymmetricKeyDetails?.modulusLength]).to.deep.equal([
                    "rsa",
                    2048,
                ]);
                expect(certificates(current).leaf.checkPrivateKey(key)).to.equal(true);
            });

            it("are a leaf and the authority that signed it, which is what nodes trust", () => {
                const { leaf, ca } = certificates(of(region).current);
                expect([leaf.checkIssued(ca), leaf.verify(ca.publicKey)]).to.deep.equal([true, true]);
                expect([ca.checkIssued(ca), ca.verify(ca.publicKey)]).to.deep.equal([true, true]);
                expect([leaf.ca, ca.ca]).to.deep.equal([false, true]);
            });

            it("name all nodes of the region, by the name that counts, and nothing else", () => {
                const { leaf } = certificates(of(region).current);
                expect(leaf.subjectAltName).to.equal(`DNS:*.${domain}`);
                for (const name of [SERVER, CLIENT]) {
                    expect(leaf.checkHost(name, { subject: "never" })).to.equal(`*.${domain}`);
                }
                const others = [domain, `a.b.${domain}`, `ip-10-64-0-10.${DOMAINS[OTHER_REGION[region]]}`];
                expect(others.map((name) => leaf.checkHost(name))).to.deep.equal(others.map(() => undefined));
            });

            it("end when the stack says, a year from now, before their authority", () => {
                const { result, current } = of(region);
                const { leaf, ca } = certificates(current);
                const end = Date.parse(leaf.validTo);
                // Certificates know whole seconds.
                expect(Math.floor(Date.parse(String(result.outputs.certificateExpiresAt)) / 1000)).to.equal(
                    end / 1000,
                );
                expect(end - Date.parse(leaf.validFrom)).to.equal(365 * DAY);
                expect(end).to.be.lessThan(Date.parse(ca.validTo));
            });

            it("say that the leaf signs no certificates, by its DER", () => {
                const der = certificates(of(region).current).leaf.raw.toString("hex");
                const critical = "0101ff";
                // basicConstraints: an empty sequence, neither CA nor path length.
                expect(der).to.include(`0603551d13${critical}04023000`);
                // keyUsage: five of the bits unused, the first (digitalSignature) and the third (keyEncipherment) set.
                expect(der).to.include(`0603551d0f${critical}0404030205a0`);
            });

            for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
                it(`let two nodes accept each other over ${version}`, async () => {
                    expect(await handshake(node(SERVER), node(CLIENT), version)).to.deep.equal({
                        server: "accepted",
                        client: "accepted",
                    });
                });
            }

            describe("refuse, as server and as client,", () => {
                /** What node 10 says of another one that calls itself node 11. */
                const verdicts = async (other: Endpoint, ca = of(region).current.trusted) => {
                    const self = { ...node(SERVER), ca };
                    return {
                        asServer: (await handshake(other, self)).client,
                        asClient: (await handshake(self, other)).server,
                    };
                };
                const both = (code: string) => ({ asServer: code, asClient: code });

                it("the other region's name, though its authority be trusted", async () => {
                    const foreign = of(OTHER_REGION[region]).current;
                    const trusted = of(region).current.trusted + foreign.trusted;
                    expect(await verdicts({ ...node(CLIENT, foreign), ca: trusted }, trusted)).to.deep.equal(
                        both("ERR_TLS_CERT_ALTNAME_INVALID"),
                    );
                });

                it("a leaf of the same authority that has expired", async () => {
                    const { expired, current } = of(region);
                    expect(expired.trusted).to.equal(current.trusted);
                    expect(await verdicts(node(CLIENT, expired))).to.deep.equal(both("CERT_HAS_EXPIRED"));
                });

                it("a leaf of another authority of the same name", async () => {
                    const { stranger, current } = of(region);
                    expect(certificates(stranger).ca.subject).to.equal(certificates(current).ca.subject);
                    expect(await verdicts({ ...node(CLIENT, stranger), ca: current.trusted })).to.deep.equal(
                        both("SELF_SIGNED_CERT_IN_CHAIN"),
                    );
                });

                it("a node without a certificate", async () => {
                    const { asServer, asClient } = await verdicts({
                        name: CLIENT,
                        ca: of(region).current.trusted,
                    });
                    expect(asServer).to.match(/^ERR_SSL_.*_ALERT_HANDSHAKE_FAILURE$/);
                    expect(asClient).to.equal("ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE");
                });

                it("what the leaf has signed", async () => {
                    const { forged, current, stranger } = of(region);
                    const { leaf } = certificates(current);
                    const certificate = new X509Certificate(forged);
                    // The signature is good; the leaf may not give one.
                    expect(certificate.verify(leaf.publicKey)).to.equal(true);
                    expect(certificate.checkIssued(leaf)).to.equal(false);
                    const other = { ...node(CLIENT), key: stranger.privateKey, cert: forged + current.chain };
                    // Node has no name for "key usage does not include certificate signing".
                    expect(await verdicts(other)).to.deep.equal(both("UNSPECIFIED"));
                });
            });

            it("are all of that to openssl, too", function () {
                // LibreSSL is installed as `openssl`, too, and knows other options.
                if (!/^OpenSSL /.test(String(spawnSync("openssl", ["version"]).stdout))) {
                    this.skip();
                }
                const { current, forged } = of(region);
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
        });
    }

    it("are renewed in time, under the same private key, and never outlive their authority", async () => {
        const provider = new TlsProvider("us-east-1");
        const start = Date.now();
        const ups: Archive[] = [];
        // The leaf's last 60 days begin on day 305, the days of the authority that no leaf fits into on day 3285.
        for (const day of [0, 304, 306, 3284, 3286]) {
            provider.now = new Date(start + day * DAY);
            ups.push(await uploaded(await nodeCertificates(provider, "ec2.internal")));
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

    it("leave EC2 a public key of its own, in the form and of a size that it takes", () => {
        const { publicKey } = registration(
            of("us-east-1").result,
            "aws:ec2/keyPair:KeyPair",
            "ssh-key-pair",
        ).inputs;
        const [form, body] = String(publicKey).split(" ");
        const bytes = Buffer.from(body ?? "", "base64");
        const parts: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
            parts.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
        }
        const [name, exponent, modulus] = parts;
        expect([form, name?.toString(), exponent?.toString("hex")]).to.deep.equal([
            "ssh-rsa",
            "ssh-rsa",
            "010001",
        ]);
        // Its first bit is set: a zero byte says that it is no negative number.
        expect([modulus?.length, modulus?.[0]]).to.deep.equal([513, 0]);
    });
});
