import { createPrivateKey } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { renderedFiles, resourceTree } from "../../commands/render";
import { type Run, Secret } from "../../testing/mock-engine";

/** `PRIVATE KEY` in plain, and in base64 at each of the three offsets. */
const PRIVATE_KEY = ["PRIVATE KEY", ...base64Spellings(Buffer.from("PRIVATE KEY"))];

/** Searches for the label of PEM, so that it also finds placeholders. */
export function holdsPrivateKey(text: string): boolean {
    return PRIVATE_KEY.some((spelling) => text.includes(spelling));
}

/** A secret in the forms in which it might leak. */
export interface Sought {
    readonly name: string;
    readonly spellings: readonly string[];
    /** Compared without case. */
    readonly hex: string;
}

function sought(name: string, bytes: Buffer): Sought {
    const raw = bytes.toString("latin1");
    return { name, hex: bytes.toString("hex"), spellings: [squeezed(raw), ...base64Spellings(bytes)] };
}

export function soughtText(name: string, text: string): Sought {
    return sought(name, Buffer.from(text));
}

/**
 * A private key by its numbers, each of which reveals the key, and which every form contains: PKCS#1, PKCS#8, SEC1
 * and JWK. Half of a number is enough.
 */
export function soughtKey(name: string, pem: string): readonly Sought[] {
    const { d, p, q, dp, dq, qi } = createPrivateKey(pem).export({ format: "jwk" });
    return Object.entries({ d, p, q, dp, dq, qi }).flatMap(([number, text]) => {
        const bytes = Buffer.from(text ?? "", "base64url");
        const half = Math.ceil(bytes.length / 2);
        return text === undefined
            ? []
            : [bytes.subarray(0, half), bytes.subarray(-half)].map((part) =>
                  sought(`${name}: ${number}`, part),
              );
    });
}

/** The base64 of bytes after none, one or two other bytes: base64 writes three bytes as four characters. */
function base64Spellings(bytes: Buffer): readonly string[] {
    return [0, 1, 2].map((before) => {
        const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
        return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    });
}

/** The secrets in a string: in plain, in hex, in base64, and in an archive in base64. */
export function found(text: string, secrets: readonly Sought[], depth = 0): readonly string[] {
    const whole = squeezed(text);
    const hex = whole.replaceAll(":", "").toLowerCase();
    const here = secrets
        .filter(
            (secret) =>
                hex.includes(secret.hex) || secret.spellings.some((spelling) => whole.includes(spelling)),
        )
        .map(({ name }) => name);
    const inside = depth === 3 ? [] : contents(whole).flatMap((below) => found(below, secrets, depth + 1));
    return [...new Set([...here, ...inside])];
}

/** Removes line breaks, also escaped ones, and converts base64url to base64. */
function squeezed(text: string): string {
    return text
        .replace(/\\[nrt]|\s/g, "")
        .replaceAll("-", "+")
        .replaceAll("_", "/");
}

/** Decodes base64 at every offset: the bytes as latin1, and the files if they are an archive. */
function contents(text: string): readonly string[] {
    return [...text.matchAll(/[A-Za-z0-9+/]{100,}/g)].flatMap(([run]) =>
        [0, 1, 2, 3].flatMap((start) => unpacked(Buffer.from(run.slice(start), "base64"))),
    );
}

function unpacked(bytes: Buffer): readonly string[] {
    const texts = [bytes.toString("latin1")];
    const zip = bytes.indexOf("PK\x03\x04");
    const gzip = bytes.indexOf("\x1f\x8b\x08", 0, "latin1");
    try {
        if (zip >= 0) {
            const files = Object.entries(unzipSync(bytes.subarray(zip)));
            texts.push(...files.map(([name, file]) => `${name} ${Buffer.from(file).toString("latin1")}`));
        }
        if (gzip >= 0) {
            texts.push(gunzipSync(bytes.subarray(gzip)).toString("latin1"));
        }
    } catch {
        // These bytes only look like an archive.
    }
    return texts;
}

/** The parts of a run that a reader without access to its secrets can read: place → string. */
export function readable(run: Run): Readonly<Record<string, string>> {
    const hidden = (_: string, value: unknown) => (value instanceof Secret ? "[secret]" : value);
    return {
        ...Object.fromEntries(
            run.registrations.map((registration) => [
                `${registration.type} ${registration.name}`,
                // The outputs of a component hold no secrets.
                JSON.stringify({ ...registration, outputs: undefined }, hidden) +
                    revealed(registration.outputs),
            ]),
        ),
        ...Object.fromEntries(
            Object.entries(run.outputs).map(([name, value]) => [`the output ${name}`, revealed(value)]),
        ),
        ...renderedFiles(run),
        "what render prints": resourceTree(run.registrations).join("\n"),
    };
}

/** JSON with the values of secrets. */
export function revealed(value: unknown): string {
    return (
        JSON.stringify(value, (_, below: unknown) => (below instanceof Secret ? below.value : below)) ?? ""
    );
}
