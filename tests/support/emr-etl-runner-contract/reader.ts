import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, parseDocument, type Scalar } from "yaml";
import { wrong } from "./rules";

const CREDENTIALS: Readonly<Record<string, string>> = {
    "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>": "an access key",
    "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>": "a secret key",
};

/** Evaluates ERB as Ruby does: `<%%` becomes `<%`, and the text between `<%` and `%>` runs. */
function erb(source: string): { readonly text: string; readonly tags: readonly string[] } {
    const tags: string[] = [];
    const text = source.replace(/<%%|<%(?:[\s\S]*?%>|[\s\S]*$)/g, (token) => {
        if (token === "<%%") {
            return "<%";
        }
        tags.push(token);
        return CREDENTIALS[token] ?? "";
    });
    return { text, tags };
}

/** The value that EmrEtlRunner reads from a config.yml. */
export function load(source: string): unknown {
    return parseDocument(erb(source).text, { version: "1.1" }).toJS();
}

/** The objects whose keys the user chooses; EmrEtlRunner defines all other keys. */
export const FREE_KEYS = /^aws\.emr\.configuration(\.|$)|^monitoring\.tags$/;

/** Characters that end a line or begin a file in YAML 1.1. */
const LINE_BREAK = /[\n\r\u0085\u2028\u2029\ufeff]/;

/** Control characters, noncharacters and surrogates: Ruby changes them or refuses the file. */
const UNREADABLE = /(?![\t\n])\p{Cc}|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;

export function fileErrors(source: string): readonly string[] {
    const { text, tags } = erb(source);
    const document = parseDocument(text, { version: "1.1", prettyErrors: false });
    const other = parseDocument(text, { version: "1.2", prettyErrors: false });
    return [
        ...[...document.errors, ...document.warnings].map(({ message }) => message),
        ...nodeErrors(document.contents, "", text),
        ...wrong({
            "ERB tags other than the two credentials": !isDeepStrictEqual(tags, Object.keys(CREDENTIALS)),
            "YAML 1.2 reads it differently": !isDeepStrictEqual(document.toJS(), other.toJS()),
        }),
    ];
}

/** Nodes that two readers of YAML might read differently. */
function nodeErrors(node: unknown, path: string, text: string): readonly string[] {
    if (isMap(node)) {
        return node.items.flatMap(({ key, value }) => {
            const name = isScalar(key) ? String(key.value) : "";
            const isKnownForm = isScalar(key) && key.type === "PLAIN" && /^[a-z][a-z0-9_]*$/.test(name);
            const isFreeForm = isScalar(key) && isQuoted(key, text);
            return [
                ...((FREE_KEYS.test(path) ? isFreeForm : isKnownForm)
                    ? []
                    : [`${path}: ${JSON.stringify(name)} as a key`]),
                ...nodeErrors(value, path === "" ? name : `${path}.${name}`, text),
            ];
        });
    }
    if (isSeq(node)) {
        return node.items.flatMap((item) => nodeErrors(item, path, text));
    }
    if (!isScalar(node)) {
        return [`${path}: not an object, list, string, number, boolean or null`];
    }
    const plain = node.type === "PLAIN" && /^(null|true|false|\d+(\.\d+)?)$/.test(node.source ?? "");
    return (typeof node.value === "string" ? isQuoted(node, text) : plain)
        ? []
        : [`${path}: ${node.source} in a form that readers may take differently`];
}

/** Whether a string is in double quotes, on one line, and of characters that Ruby accepts. */
function isQuoted({ type, value, range }: Scalar, text: string): boolean {
    const written = text.slice(range?.[0], range?.[1]);
    return (
        typeof value === "string" &&
        type === "QUOTE_DOUBLE" &&
        !LINE_BREAK.test(written) &&
        !UNREADABLE.test(value)
    );
}
