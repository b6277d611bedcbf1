import type { ArgumentError, Path } from "../domain/errors";
import { OWNED_KEYS } from "./emr-etl-runner";
import { expectedAt, FORMER_KEYS, nearestKey, placesOf } from "./schema-guide";

/** The error of a key that the schema does not know. `path` ends with the key. */
export function unknownKeyError(path: Path): ArgumentError {
    const key = String(path.at(-1));
    const found = "an unknown key";
    const credential = credentialFix(path);
    if (credential !== undefined) {
        return { code: "credential", path, found, fix: credential };
    }
    if (Object.hasOwn(FORMER_KEYS, key)) {
        return { code: "former-key", path, found, fix: FORMER_KEYS[key] };
    }
    const places = placesOf(key);
    const [place] = places;
    if (place !== undefined && places.length === 1) {
        return { code: "misplaced-key", path, found, fix: `move it to ${place.join(".")}` };
    }
    const near = nearestKey(path);
    return near === undefined
        ? {
              code: "unknown-key",
              path,
              found: `an unknown key of ${key.length} characters`,
              expected: expectedAt(path),
          }
        : { code: "unknown-key", path, found, fix: `did you mean ${near}?` };
}

/** The fix of a key that would hold a credential, however it is spelt: this config holds none. */
function credentialFix(path: Path): string | undefined {
    const key = String(path.at(-1)).toLowerCase().replace(/:.*/s, "");
    if (path[0] === "certificates") {
        return key.includes("key")
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
