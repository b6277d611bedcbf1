import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { describe, isPem, type Path, redact, valueAt } from "../args/errors";
import { credentialRefusal } from "./owned-keys";

/** A value that the schema refused; `found` only where it is not the value itself. */
export interface Refusal {
    readonly path: Path;
    readonly allowed: string;
    readonly found?: string;
    /** Of an unknown key: the known one that must have been meant. */
    readonly meant?: Path;
}

/** The part of a JSON Schema that is used here. */
interface SchemaNode {
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly additionalProperties?: SchemaNode | boolean;
    readonly items?: SchemaNode;
    readonly anyOf?: readonly SchemaNode[];
    readonly errorMessage?: string;
    readonly type?: string;
    readonly default?: unknown;
}

/** Looks up, for a path, what the schema says there: which keys it knows, and its own words for what it allows. */
export class SchemaGuide {
    private readonly root: SchemaNode;

    constructor(schema: z.ZodType) {
        this.root = z.toJSONSchema(schema, { io: "input" }) as SchemaNode;
    }

    knownKeys(path: Path): readonly string[] {
        return Object.keys(objectOf(this.nodes(path).at(-1))?.properties ?? {});
    }

    /** Those of them that a stack file has a use for. */
    usualKeys(path: Path): readonly string[] {
        return this.knownKeys(path).filter(
            (key) => this.nodes([...path, key]).at(-1)?.errorMessage !== undefined,
        );
    }

    /** Whether a value is taken where the line is left out, and not none. */
    hasDefault(path: Path): boolean {
        const nodes = this.nodes(path);
        return nodes.length > path.length && (nodes.at(-1)?.default ?? null) !== null;
    }

    /** The words of the deepest node on the way that has any: a list's speak for its items. */
    allowed(path: Path): string | undefined {
        return this.nodes(path)
            .map(({ errorMessage }) => errorMessage)
            .filter((words) => words !== undefined)
            .at(-1);
    }

    /** Every path whose last key it is. */
    placesOf(key: string, node: SchemaNode | undefined = this.root, way: Path = []): readonly Path[] {
        return Object.entries(objectOf(node)?.properties ?? {}).flatMap(([name, below]) => [
            ...(name === key ? [[...way, name]] : []),
            ...this.placesOf(key, below, [...way, name]),
        ]);
    }

    private nodes(path: Path): readonly SchemaNode[] {
        const nodes = [this.root];
        for (const key of path) {
            const next = child(nodes.at(-1), key);
            if (next === undefined) {
                break;
            }
            nodes.push(next);
        }
        return nodes;
    }
}

function child(node: SchemaNode | undefined, key: string | number): SchemaNode | undefined {
    if (typeof key === "number") {
        return (node?.items ?? node?.anyOf?.find(({ items }) => items !== undefined)?.items) as SchemaNode;
    }
    const object = objectOf(node);
    const additional = object?.additionalProperties;
    return object?.properties?.[key] ?? (typeof additional === "object" ? additional : undefined);
}

/** A nullable object's schema is one of two. */
function objectOf(node: SchemaNode | undefined): SchemaNode | undefined {
    return node?.anyOf?.find(({ type }) => type === "object") ?? node;
}

/** The nearest known key, where one is near, or all of them. */
export function suggest(key: string, known: readonly string[]): string {
    const near = nearest(key, known);
    const which = known.length === 1 ? `only ${known.join()}` : `one of ${known.join(", ")}`;
    return near === undefined ? which : `did you mean ${near}?`;
}

function nearest(key: string, known: readonly string[]): string | undefined {
    return known
        .filter((word) => isNear(key, word) && isNearWordByWord(key, word))
        .sort((a, b) => differing(key, a) - differing(key, b))
        .at(0);
}

/** Half of the longer word at most may differ. */
export function isNear(word: string, known: string, most = 0.5): boolean {
    return differing(word, known) <= most;
}

/** `master_instance_count` is near to `core_instance_count` by its letters, and means something else. */
function isNearWordByWord(key: string, known: string): boolean {
    const [words, others] = [wordsOf(key), wordsOf(known)];
    return (
        words.length !== others.length || words.every((word, index) => isNear(word, others[index] ?? "", 0.6))
    );
}

/** Of `snake_case` and of `camelCase`. */
function wordsOf(key: string): readonly string[] {
    return key
        .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
        .toLowerCase()
        .split(/[_-]/);
}

function differing(a: string, b: string): number {
    return distance(a, b) / Math.max(a.length, b.length);
}

/** Whether the schema would take another value at a path. */
export type Mends = (path: Path, value: unknown) => boolean;

/** Turns the schema's findings into words: unknown keys get the nearest known one, others the field's own words. */
export function explainIssue(
    issue: z.core.$ZodIssue,
    root: unknown,
    guide: SchemaGuide,
    mends: Mends,
): readonly Refusal[] {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => explainUnknownKey([...path, key], key, guide));
    }
    const value = valueAt(root, path);
    const allowed = guide.allowed(path) ?? issue.message;
    const found = issue.code === "too_big" && Array.isArray(value) ? `a list of ${value.length}` : undefined;
    return [{ path, found, allowed: `${allowed}${hint(path, value, guide, mends)}` }];
}

/** Keys that people know from elsewhere: an older config.yml, or another group of nodes. */
const KEYS_OF_OLD: Readonly<Record<string, { readonly allowed: string; readonly meant?: Path }>> = {
    hadoop_enrich: {
        allowed: "did you mean spark_enrich, which took its place?",
        meant: ["emrEtlRunner", "enrich", "versions", "spark_enrich"],
    },
    hadoop_shred: {
        allowed: "did you mean emrEtlRunner.storage.versions.rdb_shredder, which took its place?",
        meant: ["emrEtlRunner", "storage", "versions", "rdb_shredder"],
    },
    download: { allowed: "no such line: StorageLoader read it, and RDB Loader took that one's place" },
    ...Object.fromEntries(
        ["master", "task"].map((group) => [
            `${group}_instance_ebs`,
            {
                allowed:
                    "no such line: EmrEtlRunner gives EBS volumes to core nodes alone, by core_instance_ebs",
            },
        ]),
    ),
};

/** One that is known elsewhere, and in one place only, is indented wrongly; else the nearest one was meant. */
function explainUnknownKey(path: Path, key: string, guide: SchemaGuide): Refusal {
    const found = "an unknown key";
    const known = guide.knownKeys(path.slice(0, -1));
    const near = nearest(key, known);
    const credential = credentialRefusal(key) ?? credentialRefusal(near ?? "");
    if (credential !== undefined) {
        return { path, found, allowed: credential };
    }
    if (Object.hasOwn(KEYS_OF_OLD, key)) {
        return { path, found, allowed: "", ...KEYS_OF_OLD[key] };
    }
    const [place, ...others] = guide.placesOf(key);
    if (place !== undefined && others.length === 0) {
        return { path, meant: place, allowed: `${key} below ${place.slice(0, -1).join(".")}: move it there` };
    }
    return near === undefined
        ? { path, found, allowed: suggest(key, guide.usualKeys(path.slice(0, -1))) }
        : { path, allowed: suggest(key, known), meant: [...path.slice(0, -1), near] };
}

/** Whether a text is there to be evaluated, by ERB as config.yml is, or by a shell. */
function isTemplate(text: string): boolean {
    return /<%|\$\{|^\$\w+$/.test(text);
}

/** To be added to what is allowed, where a text is there to be evaluated. */
export function templateHint(text: unknown): string {
    return typeof text === "string" && isTemplate(text)
        ? "; nothing is evaluated in a stack file, no ERB tag and no variable: write the value itself"
        : "";
}

/** What people do most: quotes where none belong, none where they do, an empty text for "none". */
function hint(path: Path, found: unknown, guide: SchemaGuide, mends: Mends): string {
    if (found === "" && path.includes("buckets")) {
        return ". EmrEtlRunner crashes on an empty text: delete the line";
    }
    if (found === "" || found === null) {
        return guide.hasDefault(path) ? "; or no such line" : "";
    }
    if (typeof found === "number" || typeof found === "boolean") {
        return mends(path, String(found))
            ? "; put it in quotes"
            : mends(path, `${found}.0`)
              ? `; two alone are a number, and ${found}0 is ${found} to every YAML reader`
              : "";
    }
    if (typeof found === "object" || typeof found === "string") {
        if (/access_?key|secret_?key/i.test(JSON.stringify(found))) {
            return "; without credentials, which EmrEtlRunner takes from its environment";
        }
    }
    if (Array.isArray(found)) {
        const twice = found.find((item, index) => found.indexOf(item) !== index);
        return twice === undefined ? "" : `; ${describe(twice)} is there twice`;
    }
    // A mend repeats what was found.
    if (typeof found !== "string" || isPem(path) || redact(found) !== found) {
        return "";
    }
    if (isTemplate(found)) {
        return templateHint(found);
    }
    if (/^[A-Za-z]\w*:\S/.test(found) && mends(path, {})) {
        return "; put a space after each colon";
    }
    if (/^-\S/.test(found) && mends(path, found.split(/(?:^|\s+)-/).slice(1))) {
        return "; put a space after each hyphen";
    }
    if (/^(true|false|-?(0|[1-9]\d*)(\.\d+)?)$/.test(found) && mends(path, JSON.parse(found))) {
        return "; take off the quotes";
    }
    if (!/^-|, /.test(found) && mends(path, [found])) {
        return `; a list of one is [${found}]`;
    }
    const meant = SLIPS.map((mend) => mend(found)).find((text) => text !== found && mends(path, text));
    return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** How people write what another tool would take. A bucket's name is left as it is: another spelling is another one. */
const SLIPS: readonly ((text: string) => unknown)[] = [
    (text) => (/^(yes|on)$/i.test(text) ? true : /^(no|off)$/i.test(text) ? false : text),
    (text) => (/^[A-Za-z]+$/.test(text) ? text.toLowerCase() : text),
    (text) => text.toUpperCase(),
    (text) => text.replace(/^emr-/, ""),
    (text) => folder(text.replace(/^s3[an]:/, "s3:")),
    (text) => folder(text.replace(/^arn:aws:s3:::/, "s3://")),
    (text) => text.replace(/^https:\/\/([a-z0-9-]+)\.s3[a-z0-9.-]*\.amazonaws\.com\//, "s3://$1/"),
    (text) =>
        text.replace(/^https:\/\/.*\/s3\/buckets\/([a-z0-9-]+)\?(?:.*&)?prefix=([^&]*).*$/, "s3://$1/$2"),
    (text) => (/^[a-z0-9-]+\//.test(text) ? `s3://${text}` : text),
];

/** A folder stands for all that is below it. */
function folder(url: string): string {
    return url.replace(/(?<=\/)\*+$/, "");
}
