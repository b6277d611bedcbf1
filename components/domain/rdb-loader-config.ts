import type { ConfigTree } from "./emr-etl-runner-config";

/**
 * An upper bound of the length of RDB Loader's argument `--config`, in characters. EmrEtlRunner parses config.yml, empties
 * the credentials, adds a slash to every S3 URL below `buckets`, and passes Ruby's `to_yaml` of the result in base64
 * (cli.rb, `add_trailing_slashes`; emr_job.rb, `get_rdb_loader_steps`).
 * @see https://github.com/snowplow/emr-etl-runner: Gemfile.lock names JRuby 9.2.11.1 (Psych 3.1.0, SnakeYAML 1.23)
 */
export function rdbLoaderConfigLength({ aws, ...rest }: ConfigTree): number {
    const { assets, jsonpath_assets } = aws.s3.buckets;
    const slashes = [assets, jsonpath_assets].filter((url) => url !== null && !url.endsWith("/")).length;
    const tree = { aws: { access_key_id: "", secret_access_key: "", ...aws }, ...rest };
    return 4 * Math.ceil(("---".length + yamlLength(tree) + slashes) / 3);
}

/**
 * An upper bound of the length of a value in Ruby's YAML, in bytes: from its key's colon to the end of the last line. Ruby
 * writes a string plain, quoted or as a block; the bound assumes the longest form that the string can have.
 * @param indent The column of the value's key.
 * @param start The column at which the value begins.
 */
export function yamlLength(value: unknown, indent = -2, start = 0): number {
    if (typeof value === "string") {
        return " \n".length + stringLength(value, indent + 2, start);
    }
    if (value === null) {
        return "\n".length;
    }
    if (typeof value !== "object") {
        return " \n".length + String(value).length;
    }
    const lines = Array.isArray(value)
        ? value.map((item) => indent + "-".length + yamlLength(item, indent, indent + 2)) // A list is not indented.
        : Object.entries(value).map(([key, below]) => entryLength(key, below, indent + 2));
    return lines.length === 0 ? " {}\n".length : lines.reduce((sum, length) => sum + length, "\n".length);
}

/** The columns after which Ruby writes a long key as `? key` and `: value`, in two lines. It does so after 128. */
const LONG_KEY = 100;

function entryLength(key: string, value: unknown, indent: number): number {
    const length = stringLength(key, indent + 2, indent);
    const own = indent + length + ":".length + (length > LONG_KEY ? "? \n".length + indent : 0);
    return own + yamlLength(value, indent, indent + length + 2);
}

/** Strings that Ruby writes without quotes; not all of them. */
const PLAIN =
    /^(?!(?:true|false|yes|no|on|off|null|y|n)$)(?:[a-z]|(?:0|[1-9]\d*)\.\d+\.\d+)(?:[\w./=@+,-]|[: ](?=[\w/]))*$/i;

/** Line breaks, which begin another line in a block and in single quotes. */
const BREAKS = /[\n\u0085\u2028\u2029]/g;

/** Characters that Ruby may escape, which takes double quotes. */
const ESCAPED = /[^\n -~\u00a1-\u2027\u202a-\ud7ff]/;

/** Strings for which Psych asks for double quotes: they begin with a character that is not of a word (yaml_tree.rb). */
const DOUBLE_QUOTED = /^[^\p{L}\p{M}\p{Nd}\p{Pc}][^"]*$/mu;

/** SnakeYAML folds a string at the first chance after this column. */
const WIDTH = 80;

/** @param indent The column of the lines that continue the string. */
function stringLength(text: string, indent: number, start: number): number {
    const escaped = ESCAPED.test(text);
    const breaks = text.match(BREAKS)?.length ?? 0;
    const block = breaks === 0 ? 0 : "|2+\n".length + indent + breaks * ("\n".length + indent);
    const characters = [...text].reduce((sum, character) => sum + characterLength(character, escaped), 0);
    const quotes = PLAIN.test(text) ? 0 : "''".length;
    const length = quotes + block + characters + (text === "<<" ? "!!str ".length : 0);
    const folds = Math.floor((start + length) / (WIDTH + 1 - indent));
    // Single-quoted and plain strings are folded at spaces, which the line break replaces.
    return escaped || DOUBLE_QUOTED.test(text)
        ? length + folds * ("\\\n\\".length + indent)
        : length + Math.min(folds, text.split(" ").length - 1) * indent;
}

function characterLength(character: string, escaped: boolean): number {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f) {
        return character === "'" || character === "\\" || (character === '"' && escaped) ? 2 : 1;
    }
    if (code >= 0xe000) {
        return code > 0xffff ? "\\U0001f600".length : "\\ufeff".length;
    }
    return code < 0xa0 ? "\\x00".length : Buffer.byteLength(character);
}
