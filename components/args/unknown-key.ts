import type { ArgumentError, Path } from "../domain/errors";
import { OWNED_KEYS } from "./emr-etl-runner";
import { FORMER_KEYS } from "./former-keys";
import type { SchemaGuide } from "./schema-guide";

/** The error of a key that the schema does not know. `path` ends with the key. */
export function unknownKeyError(path: Path, guide: SchemaGuide): ArgumentError {
    const key = String(path.at(-1));
    const parent = path.slice(0, -1);
    const found = "an unknown key";
    const credential = credentialFix(path);
    if (credential !== undefined) {
        return { code: "credential", path, found, fix: credential };
    }
    if (Object.hasOwn(FORMER_KEYS, key)) {
        return { code: "former-key", path, found, fix: FORMER_KEYS[key] };
    }
    const [place, ...others] = guide.placesOf(key);
    if (place !== undefined && others.length === 0) {
        return { code: "misplaced-key", path, found, fix: `move it to ${place.join(".")}` };
    }
    const near = guide.nearestKey(path);
    if (near !== undefined) {
        return { code: "unknown-key", path, found, fix: `did you mean ${near}?` };
    }
    const keys = guide.keys(parent);
    return {
        code: "unknown-key",
        path,
        found: `an unknown key of ${key.length} characters`,
        expected: keys.length === 1 ? `only ${keys[0]}` : `one of ${keys.join(", ")}`,
    };
}

/** The fix of a key that would hold a credential, whatever its spelling: it belongs nowhere in this config. */
function credentialFix(path: Path): string | undefined {
    const key = String(path.at(-1)).toLowerCase().replace(/:.*/s, "");
    if (path[0] === "certificates") {
        return /key/.test(key)
            ? "pass the private key as the secret certificatePrivateKey, and replace this one, since it is exposed"
            : undefined;
    }
    const letters = key.replace(/[^a-z]/g, "");
    if (!/acc?ess?key|secretkey/.test(letters)) {
        return undefined;
    }
    const owned = letters.includes("secret") ? "aws.secret_access_key" : "aws.access_key_id";
    return `omit this key: ${OWNED_KEYS[owned]}`;
}
