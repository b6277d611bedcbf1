import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Entry, fromBufferPromise } from "yauzl";
import { certificateArchive, certificateArchiveKey } from "../../../components/domain/certificate-archive";

const pem = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const PEMS = {
    privateKey: pem("PRIVATE KEY", "a2V5"),
    chain: pem("CERTIFICATE", "bGVhZg==") + pem("CERTIFICATE", "Y2E="),
    trusted: pem("CERTIFICATE", "Y2E="),
};

/** The files that EMR reads. */
const FILES = {
    "privateKey.pem": PEMS.privateKey,
    "certificateChain.pem": PEMS.chain,
    "trustedCertificates.pem": PEMS.trusted,
};

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

describe("certificateArchive", () => {
    it("holds EMR's three files at its root, the leaf before its authority", async () => {
        const zip = await fromBufferPromise(Buffer.from(certificateArchive(PEMS)));
        const entries: Entry[] = [];
        const texts: string[] = [];
        for await (const entry of zip.eachEntry()) {
            entries.push(entry);
            texts.push((await buffer(await zip.openReadStreamPromise(entry))).toString());
        }
        expect(entries.map(({ fileName }, index) => [fileName, texts[index]])).to.deep.equal(
            Object.entries(FILES),
        );
        expect(entries.map((entry) => [entry.compressionMethod, entry.isEncrypted()])).to.deep.equal([
            [0, false],
            [0, false],
            [0, false],
        ]);
    });

    it("is also read by Python's zipfile", function () {
        const script = [
            "import io, json, sys, zipfile",
            "archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))",
            "assert archive.testzip() is None",
            "read = lambda info: [info.filename, archive.read(info).decode(), info.compress_type, info.date_time]",
            "json.dump([read(info) for info in archive.infolist()], sys.stdout)",
        ].join("\n");
        const python = spawnSync("python3", ["-I", "-c", script], { input: certificateArchive(PEMS) });
        if (python.error) {
            this.skip();
        }
        expect(python.stderr.toString()).to.equal("");
        expect(JSON.parse(python.stdout.toString())).to.deep.equal(
            Object.entries(FILES).map(([name, text]) => [name, text, 0, [1980, 1, 1, 0, 0, 0]]),
        );
    });

    it("is byte for byte the same for the same PEMs in every time zone", async () => {
        const expected = sha256(certificateArchive(PEMS));
        expect(sha256(certificateArchive({ ...PEMS }))).to.equal(expected);
        const zones = ["Asia/Tokyo", "America/New_York"];
        expect(await Promise.all(zones.map(sha256InZone))).to.deep.equal([expected, expected]);
    });

    it("ends each PEM with one newline, whether or not the PEM has one", () => {
        const trimmed = {
            privateKey: PEMS.privateKey.trimEnd(),
            chain: PEMS.chain.trimEnd(),
            trusted: `${PEMS.trusted}\n`,
        };
        expect(sha256(certificateArchive(trimmed))).to.equal(sha256(certificateArchive(PEMS)));
    });

    it("differs if one of the three PEMs differs", () => {
        const archives = [
            PEMS,
            { ...PEMS, privateKey: PEMS.chain },
            { ...PEMS, chain: PEMS.trusted },
            { ...PEMS, trusted: PEMS.chain },
        ].map((pems) => sha256(certificateArchive(pems)));
        expect(new Set(archives).size).to.equal(archives.length);
    });
});

describe("certificateArchiveKey", () => {
    it("is the start of a hash of the certificates as the archive writes them", () => {
        const certificates = FILES["certificateChain.pem"] + FILES["trustedCertificates.pem"];
        expect(certificateArchiveKey(PEMS)).to.equal(`certificates/${sha256(certificates).slice(0, 32)}.zip`);
    });

    it("does not depend on the private key", () => {
        const others = { ...PEMS, privateKey: pem("PRIVATE KEY", "b3RoZXI=") };
        expect(certificateArchiveKey(others)).to.equal(certificateArchiveKey(PEMS));
    });

    it("changes with each certificate, and with their order", () => {
        const other = pem("CERTIFICATE", "b3RoZXI=");
        const { chain, trusted } = PEMS;
        const keys = [
            { chain, trusted },
            { chain: other, trusted },
            { chain, trusted: other },
            { chain: trusted, trusted: chain },
        ].map(certificateArchiveKey);
        expect(new Set(keys).size).to.equal(keys.length);
    });
});

/** In a separate process, because a process reads its time zone at its start. */
async function sha256InZone(zone: string): Promise<string> {
    const script = `
        const { createHash } = require("node:crypto");
        const { certificateArchive } = require("./components/domain/certificate-archive.ts");
        if (Intl.DateTimeFormat().resolvedOptions().timeZone !== ${JSON.stringify(zone)}) throw new Error("not in ${zone}");
        process.stdout.write(createHash("sha256").update(certificateArchive(${JSON.stringify(PEMS)})).digest("hex"));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--eval", script], {
        cwd: path.join(__dirname, "../../.."),
        env: { ...process.env, TZ: zone },
    });
    return stdout;
}
