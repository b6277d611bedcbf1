/** By the name before it, or by its looks: an access key's id, or a secret key's 40 characters of every kind. */
const CREDENTIALS = [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----.*/gs,
    /(?<=(?:access_?key(?:_?id)?|private_?key|secret|password|token)[^:=]{0,3}[:=]\s*[\\"']*)[^\s"'\\,}]+/gi,
    /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
    /(?<![\w/+])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[A-Za-z0-9/+]{40}(?![\w/+=])/g,
];

/** What may be base64: a long run of its characters, and the lines that continue it. */
const BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}(?:\s+[A-Za-z0-9+/]+={0,2}(?!\S))*/g;

/** Replaces what looks like a credential in a config.yml that this program did not render. */
export function redact(text: string): string {
    return CREDENTIALS.reduce((shown, pattern) => shown.replace(pattern, "…"), text).replace(BASE64, (run) =>
        isKeyMaterial(run) ? "…" : run,
    );
}

/**
 * In base64, six in ten neighbours are of different kinds. Words keep their case and have few digits: names in ARNs
 * and in S3 URLs, which have the same characters, stay readable.
 */
function isKeyMaterial(run: string): boolean {
    const kinds = [...run.replace(/[=\s]/g, "")].map((character) =>
        KINDS.findIndex((kind) => kind.test(character)),
    );
    const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
    return KINDS.every((_, kind) => kinds.includes(kind)) && changes > 0.4 * kinds.length;
}

const KINDS = [/[a-z]/, /[A-Z]/, /[\d+/]/];
