import type { Path } from "../domain/errors";
import { isQuotable } from "./describe";
import { nearest } from "./nearest";
import type { SchemaGuide } from "./schema-guide";

/** Whether the schema accepts another value in place of the one that was found. */
type Accepts = (value: unknown) => boolean;

/** The fix for a string that ERB, as in config.yml, or a shell would evaluate. */
export function templateFix(text: unknown): string | undefined {
    return typeof text === "string" && /<%|\$\{|^\$\w+$/.test(text)
        ? "write the value itself: ERB tags and variables are not evaluated"
        : undefined;
}

/** A fix for the most frequent mistakes: quotes, lists, empty strings, other spellings of an S3 URL. */
export function fixFor(path: Path, found: unknown, guide: SchemaGuide, accepts: Accepts): string | undefined {
    if (found === "" && path.includes("buckets")) {
        return "omit this key: EmrEtlRunner crashes on an empty string";
    }
    if (found === "" || found === null) {
        return guide.hasDefault(path) ? "omit this key for its default" : undefined;
    }
    if (typeof found === "number" || typeof found === "boolean") {
        return fixForScalar(found, accepts);
    }
    if (/access_?key|secret_?key/i.test(JSON.stringify(found))) {
        return "omit credentials: EmrEtlRunner reads them from its environment";
    }
    return typeof found === "string" ? fixForString(path, found, guide, accepts) : undefined;
}

function fixForScalar(found: number | boolean, accepts: Accepts): string | undefined {
    if (accepts(String(found))) {
        return "put it in quotes";
    }
    return accepts(`${found}.0`)
        ? `write all three numbers: YAML reads ${found}0 as the number ${found}`
        : undefined;
}

function fixForString(path: Path, found: string, guide: SchemaGuide, accepts: Accepts): string | undefined {
    const template = templateFix(found);
    if (template !== undefined) {
        return template;
    }
    if (/^[A-Za-z]\w*:\S/.test(found) && accepts({})) {
        return "put a space after each colon";
    }
    if (/^-\S/.test(found) && accepts(found.split(/(?:^|\s+)-/).slice(1))) {
        return "put a space after each hyphen";
    }
    if (/^(true|false|-?(0|[1-9]\d*)(\.\d+)?)$/.test(found) && accepts(JSON.parse(found))) {
        return "remove the quotes";
    }
    if (!/^-|, /.test(found) && accepts([found])) {
        return `write a list: [${isQuotable(found) ? found : "…"}]`;
    }
    const corrected = [
        nearest(found, guide.values(path)),
        /^(yes|on)$/i.test(found) ? true : /^(no|off)$/i.test(found) ? false : undefined,
        ...CORRECTIONS.map((correct) => correct(found)),
    ].find((value) => value !== undefined && value !== found && accepts(value));
    return corrected !== undefined && isQuotable(String(corrected), guide.values(path))
        ? `did you mean ${corrected}?`
        : undefined;
}

/** What other tools accept. A bucket's name is never corrected: it would be another bucket. */
const CORRECTIONS: readonly ((text: string) => string)[] = [
    (text) => text.replace(/^emr-/, ""),
    (text) => withoutWildcard(text.replace(/^s3[an]:/, "s3:")),
    (text) => withoutWildcard(text.replace(/^arn:aws:s3:::/, "s3://")),
    (text) => text.replace(/^https:\/\/([a-z0-9-]+)\.s3[a-z0-9.-]*\.amazonaws\.com\//, "s3://$1/"),
    (text) =>
        text.replace(/^https:\/\/.*\/s3\/buckets\/([a-z0-9-]+)\?(?:.*&)?prefix=([^&]*).*$/, "s3://$1/$2"),
    (text) => (/^[a-z0-9-]+\//.test(text) ? `s3://${text}` : text),
];

/** A location stands for everything below it. */
function withoutWildcard(url: string): string {
    return url.replace(/(?<=\/)\*+$/, "");
}
