import type { Path } from "../domain/errors";
import { isQuotable } from "./describe";
import { nearest } from "./nearest";
import { hasDefault, knownValues } from "./schema-guide";

/** Whether the schema accepts another value in place of the one that was found. */
type Accepts = (value: unknown) => boolean;

/** A fix for the most frequent mistakes: quotes, lists, empty strings, other spellings of an S3 URL. */
export function fixFor(path: Path, found: unknown, accepts: Accepts): string | undefined {
    if (found === "" && path.includes("buckets")) {
        return "omit this key: EmrEtlRunner crashes on an empty string";
    }
    if (found === "" || found === null) {
        return hasDefault(path) ? "omit this key for its default" : undefined;
    }
    if (typeof found === "number" || typeof found === "boolean") {
        return fixForScalar(found, accepts);
    }
    return typeof found === "string" ? fixForString(path, found, accepts) : undefined;
}

function fixForScalar(found: number | boolean, accepts: Accepts): string | undefined {
    if (accepts(String(found))) {
        return "put it in quotes";
    }
    return accepts(`${found}.0`)
        ? `write all three numbers: YAML reads ${found}0 as the number ${found}`
        : undefined;
}

function fixForString(path: Path, found: string, accepts: Accepts): string | undefined {
    const template = templateFix(found);
    if (template !== undefined) {
        return template;
    }
    const notation = NOTATIONS.find(({ pattern, read }) => pattern.test(found) && accepts(read(found)));
    if (notation) {
        return notation.fix;
    }
    if (!/^-|, /.test(found) && accepts([found])) {
        return `write a list: [${isQuotable(found) ? found : "…"}]`;
    }
    const known = knownValues(path);
    const corrected = [nearest(found, known), ...CORRECTIONS.map((correct) => correct(found))].find(
        (value) => value !== undefined && value !== found && accepts(value),
    );
    return corrected !== undefined && isQuotable(String(corrected), known)
        ? `did you mean ${corrected}?`
        : undefined;
}

/** The fix for a string that ERB, as in config.yml, or a shell would evaluate. */
export function templateFix(text: unknown): string | undefined {
    return typeof text === "string" && /<%|\$\{|^\$\w+$/.test(text)
        ? "write the value itself: ERB tags and variables are not evaluated"
        : undefined;
}

/** YAML that becomes a string for lack of a space, or because of quotes. `read`: the value that was meant. */
const NOTATIONS: readonly { pattern: RegExp; read: (text: string) => unknown; fix: string }[] = [
    { pattern: /^[A-Za-z]\w*:\S/, read: () => ({}), fix: "put a space after each colon" },
    {
        pattern: /^-\S/,
        read: (text) => text.split(/(?:^|\s+)-/).slice(1),
        fix: "put a space after each hyphen",
    },
    { pattern: /^(true|false|-?(0|[1-9]\d*)(\.\d+)?)$/, read: JSON.parse, fix: "remove the quotes" },
];

/** Corrects what other tools accept. A bucket's name is never corrected: it would be another bucket. */
const CORRECTIONS: readonly ((text: string) => string | boolean)[] = [
    (text) => /^(yes|on)$/i.test(text) || text,
    (text) => !/^(no|off)$/i.test(text) && text,
    (text) => text.replace(/^emr-/, ""),
    (text) => withoutWildcard(text.replace(/^s3[an]:/, "s3:")),
    (text) => withoutWildcard(text.replace(/^arn:aws:s3:::/, "s3://")),
    (text) => text.replace(/^https:\/\/([a-z0-9-]+)\.s3[a-z0-9.-]*\.amazonaws\.com\//, "s3://$1/"),
    (text) =>
        text.replace(/^https:\/\/.*\/s3\/buckets\/([a-z0-9-]+)\?(?:.*&)?prefix=([^&]*).*$/, "s3://$1/$2"),
    (text) => (/^[a-z0-9-]+\//.test(text) ? `s3://${text}` : text),
];

/** A location includes everything below it. */
function withoutWildcard(url: string): string {
    return url.replace(/(?<=\/)\*+$/, "");
}
