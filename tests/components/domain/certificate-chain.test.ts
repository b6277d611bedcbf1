import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import {
    alternativeNames,
    type ChainArgs,
    chainExpiresAt,
    chainFindings,
    isForNodesOf,
    normalisePem,
    privateKeyFor,
    wildcardDomains,
} from "../../../components/domain/certificate-chain";
import { CLIENT_AUTH, generateKeys, type Identity, identity, SERVER_AUTH } from "../../support/authority";

const DOMAIN = "eu-west-1.compute.internal";
const NOW = new Date("2026-11-23T12:00:00Z");
const NAMES = [`*.${DOMAIN}`];
const BOTH = [SERVER_AUTH, CLIENT_AUTH];

const rsa = (modulusLength: number) => ({
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength,
});

describe("existing certificates", () => {
    let root: Identity;
    let intermediate: Identity;
    let leaf: Identity;
    let stranger: Identity;

    before(async () => {
        root = await identity("root", { ca: true });
        intermediate = await identity("intermediate", { ca: true, issuer: root, to: "2080-01-01" });
        leaf = await identity("nodes", {
            issuer: intermediate,
            dnsNames: NAMES,
            uses: BOTH,
            to: "2027-06-01",
        });
        stranger = await identity("root", { ca: true });
    });

    const chainOf = (...identities: readonly Identity[]) =>
        identities.map(({ certificate }) => certificate).join("");
    const findings = (args: Partial<ChainArgs> = {}) =>
        chainFindings({
            chainPem: chainOf(leaf, intermediate),
            trustedPem: root.certificate,
            domain: DOMAIN,
            now: NOW,
            ...args,
        });
    const inChain = (found: string, expected: string) => ({ key: "chainPem", found, expected });
    const inTrusted = (found: string, expected: string) => ({ key: "trustedPem", found, expected });
    /** The findings in a leaf that the root issued with these arguments. */
    const issued = async (args: Parameters<typeof identity>[1]) => {
        const nodes = await identity("nodes", { issuer: root, dnsNames: NAMES, uses: BOTH, ...args });
        return findings({ chainPem: nodes.certificate });
    };

    describe("are accepted", () => {
        it("with and without an intermediate authority", async () => {
            expect(findings()).to.deep.equal([]);
            expect(await issued({})).to.deep.equal([]);
        });

        it("with the trusted authority at the end of the chain", () => {
            expect(findings({ chainPem: chainOf(leaf, intermediate, root) })).to.deep.equal([]);
            expect(findings({ trustedPem: intermediate.certificate })).to.deep.equal([]);
        });

        it("from the first second of their validity", async () => {
            expect(await issued({ from: NOW.toISOString() })).to.deep.equal([]);
        });

        it("with a key on each curve that Java's TLS accepts", async () => {
            for (const namedCurve of ["P-256", "P-384", "P-521"]) {
                const keys = await generateKeys({ name: "ECDSA", namedCurve });
                const nodes = await identity("nodes", { issuer: root, dnsNames: NAMES, keys });
                expect(findings({ chainPem: nodes.certificate })).to.deep.equal([]);
                expect(privateKeyFor(nodes.certificate, nodes.key("sec1"))).to.equal(nodes.key("pkcs8"));
            }
        });

        it("with several trusted authorities", () => {
            expect(findings({ trustedPem: chainOf(stranger, root) })).to.deep.equal([]);
        });

        it("without extended key usage, and with any name if no domain is given", async () => {
            expect(await issued({ uses: undefined })).to.deep.equal([]);
            const other = await identity("nodes", { issuer: root, dnsNames: ["*.corp.example"] });
            expect(findings({ chainPem: other.certificate, domain: undefined })).to.deep.equal([]);
        });

        it("with other text and Windows line ends, which normalisePem removes", () => {
            const written = `Bag Attributes\r\n${chainOf(leaf, intermediate).replaceAll("\n", "\r\n")}\r\n`;
            expect(findings({ chainPem: written })).to.deep.equal([]);
            expect(normalisePem(written)).to.equal(chainOf(leaf, intermediate));
            expect(normalisePem(chainOf(leaf).trimEnd())).to.equal(leaf.certificate);
        });
    });

    describe("are refused", () => {
        it("if the PEM holds no certificate", () => {
            const expected = "PEM, -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";
            expect(
                findings({ chainPem: "hello", trustedPem: root.certificate.replace("END", "NED") }),
            ).to.deep.equal([
                inChain("no certificate", expected),
                inTrusted("certificates begun: 1, complete: 0", expected),
            ]);
        });

        it("if a certificate is incomplete or has another label, and would be skipped", () => {
            const expected = "PEM, -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";
            for (const other of [
                intermediate.certificate.replace(/-----END.*/, ""),
                intermediate.certificate.replace("-----END CERT", "----END CERT"),
                intermediate.certificate.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"),
                intermediate.certificate.replaceAll("CERTIFICATE", "X509 CERTIFICATE"),
            ]) {
                for (const chainPem of [leaf.certificate + other, other + leaf.certificate]) {
                    expect(findings({ chainPem, trustedPem: root.certificate + other })).to.deep.equal([
                        inChain("certificates begun: 2, complete: 1", expected),
                        inTrusted("certificates begun: 2, complete: 1", expected),
                    ]);
                }
            }
        });

        it("if one cannot be parsed, by its number", () => {
            const broken = leaf.certificate.replace(/\n[^\n]+/, "\nAAAA");
            expect(findings({ chainPem: broken + intermediate.certificate })).to.deep.equal([
                inChain("certificate 1 of 2, which is unreadable", "an X.509 certificate in PEM"),
            ]);
        });

        it("with a private key among them, which no message quotes", () => {
            const key = leaf.key("pkcs8");
            const refusals = findings({ chainPem: key + leaf.certificate });
            expect(refusals).to.deep.equal([
                inChain(
                    "a private key",
                    "certificates only: pass the private key as the secret certificatePrivateKey, and replace this one, since it is exposed",
                ),
            ]);
            expect(parts(key).filter((part) => JSON.stringify(refusals).includes(part))).to.deep.equal([]);
            for (const kind of ["RSA ", "EC ", "ENCRYPTED "]) {
                const other = key.replace("BEGIN PRIVATE", `BEGIN ${kind}PRIVATE`);
                expect(findings({ chainPem: leaf.certificate + other })).to.deep.include(refusals[0]);
            }
        });

        it("if an authority comes first", () => {
            expect(findings({ chainPem: chainOf(intermediate, leaf) })).to.deep.equal([
                inChain(
                    "CN=intermediate, an authority, as the first certificate",
                    "the nodes' own certificate first",
                ),
                inChain(
                    "certificate 1 of 2 (CN=intermediate), which the next one (CN=nodes) did not sign",
                    "the nodes' own certificate, then the certificate that signed it, and so on",
                ),
                inChain(
                    "CN=nodes, which is not an authority",
                    "certificates of authorities (CA:TRUE) after the nodes' own",
                ),
            ]);
        });

        it("if the next certificate has the issuer's name but another key", async () => {
            const signed = await identity("nodes", { issuer: stranger, dnsNames: NAMES });
            expect(findings({ chainPem: chainOf(signed, root) })).to.deep.equal([
                inChain(
                    "certificate 1 of 2 (CN=nodes), which the next one (CN=root) did not sign",
                    "the nodes' own certificate, then the certificate that signed it, and so on",
                ),
            ]);
        });

        it("if no trusted authority signed the last of the chain", () => {
            const trustedPem = stranger.certificate;
            for (const [chain, last] of [
                [[leaf, intermediate], "CN=intermediate"],
                [[leaf, intermediate, root], "CN=root"],
            ] as const) {
                expect(findings({ chainPem: chainOf(...chain), trustedPem })).to.deep.equal([
                    inTrusted(`no authority that signed ${last}, the chain's last certificate`, "CN=root"),
                ]);
            }
        });

        it("if a certificate without CA:TRUE signed another", async () => {
            const between = await identity("between", { issuer: root });
            const nodes = await identity("nodes", { issuer: between, dnsNames: NAMES, uses: BOTH });
            expect(findings({ chainPem: chainOf(nodes, between) })).to.deep.equal([
                inChain(
                    "CN=between, which is not an authority",
                    "certificates of authorities (CA:TRUE) after the nodes' own",
                ),
            ]);
        });

        it("if a trusted certificate is not an authority", () => {
            expect(findings({ trustedPem: chainOf(root, leaf) })).to.deep.equal([
                inTrusted("CN=nodes, which is not an authority", "certificates of authorities (CA:TRUE)"),
            ]);
        });

        it("without the region's wildcard in the alternative names, whatever the subject", async () => {
            const expected = `the alternative name DNS:*.${DOMAIN}, which covers the nodes' names`;
            expect(await issued({ dnsNames: ["*.ec2.internal"] })).to.deep.equal([
                inChain("a certificate with the alternative names DNS:*.ec2.internal", expected),
            ]);
            const subject = await identity(`*.${DOMAIN}`, { issuer: root });
            expect(findings({ chainPem: subject.certificate })).to.deep.equal([
                inChain("a certificate with the alternative names none", expected),
            ]);
        });

        for (const [use, found] of [
            [SERVER_AUTH, "clientAuth"],
            [CLIENT_AUTH, "serverAuth"],
            ["1.3.6.1.5.5.7.3.3", "serverAuth and clientAuth"],
        ] as const) {
            it(`if not meant for ${found}`, async () => {
                expect(await issued({ uses: [use] })).to.deep.equal([
                    inChain(
                        `a certificate whose extended key usage lacks ${found}`,
                        "serverAuth and clientAuth, or no extended key usage: each node is server and client",
                    ),
                ]);
            });
        }

        it("with a key that Java's TLS refuses", async () => {
            const keys = await generateKeys(rsa(1024));
            expect(await issued({ keys })).to.deep.equal([
                inChain(
                    "a certificate for an RSA key of 1024 bits",
                    "a certificate for an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521",
                ),
            ]);
        });

        it("before and after their validity, including the authorities'", async () => {
            const expected = "a certificate that is valid now, on 2026-11-23";
            expect(await issued({ from: "2026-11-24", to: "2027-01-01" })).to.deep.equal([
                inChain("CN=nodes, valid from 2026-11-24 to 2027-01-01", expected),
            ]);
            expect(await issued({ to: NOW.toISOString() })).to.deep.equal([
                inChain("CN=nodes, valid from 2020-01-01 to 2026-11-23", expected),
            ]);
            const old = await identity("old", { ca: true, to: "2021-01-01" });
            const nodes = await identity("nodes", { issuer: old, dnsNames: NAMES });
            expect(findings({ chainPem: nodes.certificate, trustedPem: old.certificate })).to.deep.equal([
                inTrusted("CN=old, valid from 2020-01-01 to 2021-01-01", expected),
            ]);
        });

        it("with all findings at once", async () => {
            const nodes = await identity("nodes", {
                issuer: stranger,
                dnsNames: ["a.b"],
                uses: [],
                to: "2021-01-01",
            });
            expect(findings({ chainPem: nodes.certificate }).map(({ key }) => key)).to.deep.equal([
                "chainPem",
                "chainPem",
                "trustedPem",
                "chainPem",
            ]);
        });
    });

    it("cover the domains of their alternative names, not the subject's", async () => {
        const names = ["*.corp.example", "nodes.b.example", `*.${DOMAIN}`];
        const several = (await identity("*.a.example", { issuer: root, dnsNames: names })).certificate;
        const none = (await identity("*.a.example", { issuer: root })).certificate;
        for (const domain of ["corp.example", DOMAIN]) {
            expect(isForNodesOf(domain, several + root.certificate)).to.equal(true);
            expect(isForNodesOf(domain, none)).to.equal(false);
        }
        for (const domain of ["a.example", "b.example", "x.corp.example", "example"]) {
            expect(isForNodesOf(domain, several)).to.equal(false);
        }
        expect(alternativeNames(several)).to.equal(names.map((name) => `DNS:${name}`).join(", "));
        expect(wildcardDomains(several)).to.deep.equal(["corp.example", DOMAIN]);
        expect([alternativeNames(none), wildcardDomains(none)]).to.deep.equal(["none", []]);
    });

    it("expire with the first of the chain, or with the last of the authorities that the chain leads to", async () => {
        const end = (chain: readonly Identity[], trusted: readonly Identity[]) =>
            chainExpiresAt(chainOf(...chain), chainOf(...trusted))
                .toISOString()
                .slice(0, 10);
        expect(end([leaf, intermediate], [root])).to.equal("2027-06-01");
        const soon = await identity("soon", { ca: true, to: "2027-02-01" });
        const renewed = await identity("soon", { ca: true, to: "2027-05-01", keys: soon.keys });
        const nodes = await identity("nodes", { issuer: soon, to: "2027-06-01" });
        expect(end([nodes], [soon])).to.equal("2027-02-01");
        expect(end([nodes], [soon, renewed, root])).to.equal("2027-05-01");
        expect(end([nodes], [root, renewed, soon])).to.equal("2027-05-01");
        expect(end([nodes, soon], [renewed])).to.equal("2027-02-01");
        // The chain does not lead to this authority.
        const others = await identity("others", { ca: true, to: "2027-01-01" });
        expect(end([leaf, intermediate], [others, root])).to.equal("2027-06-01");
    });

    describe("need a private key that", () => {
        const refused = (chainPem: string, privateKey: string): string => {
            try {
                privateKeyFor(chainPem, privateKey);
                return "accepted";
            } catch (error) {
                return (error as Error).message;
            }
        };
        const message = (
            found: string,
            expected = "one private key in PEM, without a passphrase: PKCS#8, PKCS#1 or SEC1",
        ) =>
            `snowplow-emr-encryption:certificatePrivateKey\n    found:    ${found}\n    expected: ${expected}`;
        const pem = (key: KeyObject, options: object) =>
            String(key.export({ type: "pkcs8", format: "pem", ...options } as never));

        it("is PKCS#8 or SEC1, and becomes PKCS#8", () => {
            for (const type of ["pkcs8", "sec1"] as const) {
                expect(privateKeyFor(chainOf(leaf, intermediate), leaf.key(type))).to.equal(
                    leaf.key("pkcs8"),
                );
            }
        });

        it("is PKCS#1 with any line ends, and becomes PKCS#8", async () => {
            const nodes = await identity("nodes", {
                issuer: root,
                keys: await generateKeys(rsa(2048)),
            });
            const key = nodes.key("pkcs1");
            expect(key).to.match(/^-----BEGIN RSA PRIVATE KEY-----/);
            expect(privateKeyFor(nodes.certificate, key)).to.equal(nodes.key("pkcs8"));
            expect(privateKeyFor(nodes.certificate, key.replaceAll("\n", "\r\n"))).to.equal(
                nodes.key("pkcs8"),
            );
        });

        it("belongs to the first certificate of the chain", () => {
            expect(refused(chainOf(leaf, intermediate), intermediate.key("pkcs8"))).to.equal(
                message(
                    "a key of another certificate",
                    "the key of the first certificate in certificates.chainPem",
                ),
            );
        });

        it("is present once, complete and without a passphrase", () => {
            const key = leaf.key("pkcs8");
            const encrypted = pem(createPrivateKey(key), { cipher: "aes-256-cbc", passphrase: "secret" });
            const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
            const old = pem(privateKey, { type: "pkcs1", cipher: "aes-128-cbc", passphrase: "secret" });
            const passphrase = message(
                "a private key with a passphrase",
                "one private key in PEM, without a passphrase: PKCS#8, PKCS#1 or SEC1 (`openssl pkey -in key.pem` removes the passphrase)",
            );
            expect(refused(leaf.certificate, leaf.certificate)).to.equal(message("no private key"));
            expect(refused(leaf.certificate, key + key)).to.equal(message("2 private keys"));
            expect(refused(leaf.certificate, key.slice(0, 100))).to.equal(
                message("an unreadable private key"),
            );
            expect(refused(leaf.certificate, encrypted)).to.equal(passphrase);
            expect(old).to.include("Proc-Type");
            expect(refused(leaf.certificate, old)).to.equal(passphrase);
        });

        it("has a type that Java's TLS accepts", () => {
            const expected = "an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521";
            for (const [key, found] of [
                [generateKeyPairSync("ed25519"), "a key of the kind ed25519"],
                [generateKeyPairSync("rsa", { modulusLength: 1024 }), "an RSA key of 1024 bits"],
                [generateKeyPairSync("ec", { namedCurve: "secp256k1" }), "an EC key on secp256k1"],
            ] as const) {
                expect(refused(leaf.certificate, pem(key.privateKey, {}))).to.equal(message(found, expected));
            }
        });

        it("appears in no message, wherever it is damaged", () => {
            const key = leaf.key("pkcs8");
            fc.assert(
                fc.property(fc.nat({ max: key.length }), fc.string({ maxLength: 4 }), (at, text) => {
                    const message = refused(
                        intermediate.certificate,
                        key.slice(0, at) + text + key.slice(at),
                    );
                    expect(parts(key).filter((part) => message.includes(part))).to.deep.equal([]);
                }),
                { numRuns: 100 },
            );
        });
    });
});

/** All strings of 12 characters in a key's base64. */
function parts(key: string): readonly string[] {
    const body = key.split("\n").slice(1, -2).join("");
    return Array.from({ length: body.length - 12 }, (_, index) => body.slice(index, index + 12));
}
