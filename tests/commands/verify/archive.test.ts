import { expect } from "chai";
import { zipSync } from "fflate";
import { type ArchiveTerms, archiveChecks, endCheck } from "../../../commands/verify/archive";
import { certificateArchive, certificateArchiveKey } from "../../../components/domain/certificate-archive";
import { CLIENT_AUTH, type Identity, identity, SERVER_AUTH } from "../../support/authority";
import { findings, NOW } from "./context";

const DOMAIN = "eu-west-1.compute.internal";
const OURS = { dnsNames: [`*.${DOMAIN}`], uses: [SERVER_AUTH, CLIENT_AUTH] };
const FILES = "certificateChain.pem, privateKey.pem, trustedCertificates.pem";
const WHOLE = "signed, one by the next, up to an authority that nodes trust";

describe("verify, certificate archive:", () => {
    let root: Identity;
    let intermediate: Identity;
    let leaf: Identity;
    let terms: ArchiveTerms;

    before(async () => {
        root = await identity("root", { ca: true, to: "2030-01-01" });
        intermediate = await identity("between", { ca: true, issuer: root, to: "2027-02-01" });
        leaf = await identity("nodes", { ...OURS, issuer: intermediate, to: "2027-01-01" });
        terms = {
            domain: DOMAIN,
            otherNames: "failed",
            key: certificateArchiveKey(certificates()),
            ends: { now: NOW, warnDays: 30, failDays: 7, remedy: "renew" },
            remedy: "replace",
        };
    });

    const certificates = () => ({
        chain: leaf.certificate + intermediate.certificate,
        trusted: root.certificate,
    });
    const sound = () => ({ ...certificates(), privateKey: leaf.key("pkcs8") });
    const run = (contents: Partial<ReturnType<typeof sound>> = {}, others: Partial<ArchiveTerms> = {}) =>
        archiveChecks("archive", certificateArchive({ ...sound(), ...contents }), { ...terms, ...others });
    const zip = (files: Readonly<Record<string, string>>) =>
        zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));

    it("is correct in each property that EMR and the nodes read", () => {
        const ok = (on: string, expected: string, found = expected) => ({
            status: "ok",
            on,
            expected,
            found,
        });
        const soon = "more than 30 days from now";
        expect(run()).to.deep.equal([
            ok("archive: files", FILES),
            ok("archive: chain", WHOLE),
            ok("archive: names", `*.${DOMAIN}`),
            ok("archive: name", terms.key ?? ""),
            ok("the nodes' certificate: end", soon, "2027-01-01, in 38 days"),
            ok("the nodes' authorities: end", soon, "2027-02-01, in 69 days"),
            ok("archive: private key", "the certificate's, in PKCS#8"),
        ]);
    });

    it("may have any name and host names if it exists and nodes accept any", async () => {
        const other = await identity("nodes", {
            ...OURS,
            dnsNames: ["*.corp"],
            issuer: root,
            to: "2029-01-01",
        });
        const existing = { chain: other.certificate, privateKey: other.key("pkcs8") };
        const checks = run(existing, { key: undefined, domain: undefined });
        expect(findings(checks)).to.deep.equal([]);
        expect(checks.map(({ on }) => on)).not.to.include("archive: name");
        expect(checks.find(({ on }) => on === "archive: names")?.expected).to.equal("any");
        const found = "a certificate with the alternative names DNS:*.corp";
        expect(findings(run(existing, { key: undefined, otherNames: "warning" }))).to.deep.equal([
            ["warning", "archive: names", found],
        ]);
        expect(findings(run(existing, { key: undefined }))).to.deep.equal([
            ["failed", "archive: names", found],
        ]);
    });

    it("may be no archive, or empty", () => {
        for (const bytes of [new Uint8Array(), Buffer.from("PK, but no more"), zipSync({})]) {
            expect(archiveChecks("archive", bytes, terms)).to.deep.equal([
                {
                    status: "failed",
                    on: "archive: files",
                    expected: FILES,
                    found: "no ZIP archive with files in it",
                    remedy: "replace",
                },
            ]);
        }
    });

    it("may lack files, or hold others", () => {
        const { chain, trusted, privateKey } = sound();
        const files = { "certificateChain.pem": chain, "trustedCertificates.pem": trusted };
        const lacks = zip({ ...files, "emr/privateKey.pem": privateKey });
        expect(findings(archiveChecks("archive", lacks, terms))).to.deep.equal([
            ["failed", "archive: files", "certificateChain.pem, emr/privateKey.pem, trustedCertificates.pem"],
        ]);
        const more = zip({ ...files, "privateKey.pem": privateKey, "notes.txt": "x" });
        expect(findings(archiveChecks("archive", more, terms))).to.deep.equal([
            [
                "warning",
                "archive: files",
                "certificateChain.pem, notes.txt, privateKey.pem, trustedCertificates.pem",
            ],
        ]);
    });

    it("may hold another chain than its name says", async () => {
        const other = await identity("nodes", { ...OURS, issuer: root, keys: leaf.keys, to: "2029-01-01" });
        expect(findings(run({ chain: other.certificate }))).to.deep.equal([
            [
                "failed",
                "archive: name",
                certificateArchiveKey({ chain: other.certificate, trusted: root.certificate }),
            ],
        ]);
    });

    it("with a broken chain yields no further findings", async () => {
        const stranger = await identity("stranger", { ca: true });
        const [broken] = run({ trusted: stranger.certificate }).filter(({ status }) => status === "failed");
        expect(broken).to.deep.equal({
            status: "failed",
            on: "archive: chain",
            expected: "CN=root",
            found: "no authority that signed CN=between, the chain's last certificate",
            remedy: "replace",
        });
        const unread = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        expect(findings(run({ chain: unread, trusted: "nothing" }))).to.deep.equal([
            ["failed", "archive: chain", "certificate 1 of 1, which is unreadable; no certificate"],
            ["failed", "archive: private key", "not to be compared with the certificate"],
        ]);
    });

    it("may hold a private key in another form, of another certificate, with a passphrase, or none", async () => {
        const other = await identity("other");
        const key = (found: string) => [["failed", "archive: private key", found]];
        const reported = (privateKey: string) => findings(run({ privateKey }));
        expect(reported(leaf.key("sec1"))).to.deep.equal(key("the certificate's, in another form"));
        expect(reported(other.key("pkcs8"))).to.deep.equal(key("a key of another certificate"));
        expect(reported("nothing")).to.deep.equal(key("no private key"));
        const locked = leaf.key("pkcs8").replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        expect(reported(locked)).to.deep.equal(key("a private key with a passphrase"));
    });

    it("never shows the private key", () => {
        const privateKey = leaf.key("pkcs8");
        const secret = privateKey.split("\n")[1] ?? "";
        expect(secret).to.have.length(64);
        for (const contents of [
            {},
            { privateKey: privateKey.slice(0, 120) },
            { privateKey: `${privateKey}${privateKey}` },
            { privateKey: privateKey.replace(secret, `${secret.slice(1)}?`) },
            { chain: privateKey },
            { chain: privateKey + certificates().chain },
            { trusted: privateKey, chain: "" },
        ]) {
            const reported = JSON.stringify(run(contents));
            for (const part of [secret, secret.slice(0, 16), secret.slice(-16)]) {
                expect(reported).not.to.include(part);
            }
        }
    });

    describe("ends", () => {
        const end = (from: string, to: string, ...more: readonly (readonly [string, string])[]) =>
            endCheck(
                "end",
                [[from, to] as const, ...more].map(([a, b]) => ({ from: new Date(a), to: new Date(b) })),
                terms.ends,
            );

        for (const [to, status, found] of [
            ["2026-12-24T12:00:00Z", "ok", "2026-12-24, in 31 days"],
            ["2026-12-24T11:59:59Z", "warning", "2026-12-24, in 30 days"],
            ["2026-12-01T12:00:00Z", "warning", "2026-12-01, in 8 days"],
            ["2026-12-01T11:59:59Z", "failed", "2026-12-01, in 7 days"],
            ["2026-11-23T12:00:00Z", "failed", "2026-11-23, in 0 days"],
            ["2026-11-23T11:59:59Z", "failed", "ended on 2026-11-23"],
        ] as const) {
            it(`at ${to}: ${status}`, () => {
                const { remedy, ...reported } = end("2026-01-01", to);
                expect(reported).to.deep.equal({
                    status,
                    on: "end",
                    expected: "more than 30 days from now",
                    found,
                });
                expect(remedy).to.equal(status === "ok" ? undefined : "renew");
            });
        }

        it("with the earliest end of several certificates, and starts with the latest start", () => {
            const several = end("2026-01-01", "2030-01-01", ["2026-01-01", "2026-12-10"]);
            expect([several.status, several.found]).to.deep.equal(["warning", "2026-12-10, in 16 days"]);
            const early = end("2026-01-01", "2030-01-01", ["2026-11-24", "2030-01-01"]);
            expect([early.status, early.found]).to.deep.equal(["failed", "begins only on 2026-11-24"]);
        });
    });
});
