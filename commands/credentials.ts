import { withoutSecrets } from "../components/args/secrets";

/** The 40 characters of a secret access key. */
const SECRET_KEY = /(?<![\w/+])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[A-Za-z0-9/+]{40}(?![\w/+=])/g;

/** A long run of base64's characters, with the lines that continue it. */
const BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}(?:\s+[A-Za-z0-9+/]+={0,2}(?!\S))*/g;

/**
 * Replaces the secrets that a stack file may not hold, and strings that only look like one, in a config.yml that this
 * program did not render.
 */
export function redact(text: string): string {
    return withoutSecrets(text)
        .replace(SECRET_KEY, "…")
        .replace(BASE64, (run) => (isKeyMaterial(run) ? "…" : run));
}

/**
 * Whether lower case, upper case and digits alternate as in a key: in base64, six in ten neighbours are of different
 * kinds. Names in ARNs and S3 URLs, which have the same characters, seldom change case and have few digits.
 */
function isKeyMaterial(run: string): boolean {
    const kinds = [...run.replace(/[=\s]/g, "")].map((character) =>
        KINDS.findIndex((kind) => kind.test(character)),
    );
    const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
    return KINDS.every((_, kind) => kinds.includes(kind)) && changes > 0.4 * kinds.length;
}

const KINDS = [/[a-z]/, /[A-Z]/, /[\d+/]/];
