import { strFromU8, unzipSync } from "fflate";
import { NAMESPACE } from "../../components/config";
import { Secret } from "../../testing/mock-engine";

/** Descriptions are prose; a digest is a hash over names. */
const SKIPPED_KEYS = ["description", "policyDigest"];

/** The leaves of a value as JSON, by their path. */
export function leaves(
    value: unknown,
    text: (value: string) => string = (same) => same,
    path = "",
): ReadonlyMap<string, string> {
    if (value instanceof Secret) {
        return leaves(value.value, text, `${path}[secret]`);
    }
    if (/\bcontentBase64(\[secret\])?$/.test(path) && typeof value === "string") {
        return leaves(unzip(value), text, path);
    }
    const isEmpty = Object.values(Object(value)).every((below) => below === undefined);
    if (typeof value !== "object" || value === null || isEmpty) {
        return new Map([
            [path, JSON.stringify(typeof value === "string" ? text(normalise(value)) : value) ?? ""],
        ]);
    }
    return new Map(
        Object.entries(value)
            .filter(([key, below]) => below !== undefined && !SKIPPED_KEYS.includes(key))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .flatMap(([key, below]) => [...leaves(below, text, path === "" ? key : `${path}.${key}`)]),
    );
}

/** Removes the project from the stack's tag value, and the hash over certificates from the archive's key in S3. */
function normalise(text: string): string {
    return text
        .replaceAll(`${NAMESPACE}/`, "")
        .replaceAll(/certificates\/[0-9a-f]{32}\.zip/g, "certificates/<hash>.zip");
}

function unzip(base64: string): Readonly<Record<string, string>> {
    const files = Object.entries(unzipSync(Buffer.from(base64, "base64")));
    return Object.fromEntries(files.map(([name, bytes]) => [name, strFromU8(bytes)]));
}
