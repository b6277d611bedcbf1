import type { ArgumentError, Path } from "../domain/errors";
import { expectedAt, FORMER_KEYS, nearestKey, placesOf } from "./schema-guide";
import { credentialFix } from "./secrets";

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
              expected: expectedAt(path.slice(0, -1)),
          }
        : { code: "unknown-key", path, found, fix: `did you mean ${near}?` };
}
