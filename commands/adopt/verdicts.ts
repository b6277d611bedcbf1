import { OWNED_KEYS } from "../../components/args/emr-etl-runner";
import { NOT_IN_STREAM_MODE } from "../../components/args/locations";
import { isOpenKey, OPEN_VALUE, templateIn } from "../../components/args/open-value";
import { isUsersKey, kindAt } from "../../components/args/schema-guide";
import { nameOf, secretIn } from "../../components/args/secrets";
import { acceptsAt } from "../../components/args/stand-ins";
import { unknownKeyError } from "../../components/args/unknown-key";
import { isWithin, type Path } from "../../components/domain/errors";
import { LOCATIONS } from "../../components/domain/locations";
import { EMR_TAG, STACK_TAG } from "../../components/domain/naming";
import { redact } from "../credentials";
import type { Leaf } from "./leaves";

/** The lists at the top of a stack file, in this order, with their titles. */
export const LISTS = {
    open: "Open values, to fill in:",
    omitted: "Omitted:",
    changed: "Changed:",
    defaults: "Set by default:",
} as const;

/** What becomes of a leaf of config.yml, or of one that it lacks. */
export interface Entry {
    /** The list that names it; undefined for a leaf that the stack file holds as it is. */
    readonly list?: keyof typeof LISTS;
    /** Its path in config.yml, which the list shows. */
    readonly path: Path;
    readonly reason?: string;
    /** Where the stack file holds it, below emrEtlRunner or at `REGION`; undefined if it does not. */
    readonly to?: Path;
    /** What the stack file, or the rendered config.yml, holds. */
    readonly value?: unknown;
    /** What config.yml has in place of an open value, for a comment; undefined for what may be a secret. */
    readonly original?: string;
}

/** The path of `aws:region`, which both regions of config.yml decide. */
export const REGION: Path = ["aws:region"];

/** Where config.yml has it; a template tool may compute all of `aws.s3`. */
const REGIONS: readonly Path[] = [
    ["aws", "s3", "region"],
    ["aws", "emr", "region"],
];

/**
 * Keys that EmrEtlRunner 0.25.0 replaced, with their successors. A version's successor is another job: it stays open.
 */
const REPLACED = new Map([
    ["enrich.job_name", "aws.emr.jobflow.job_name"],
    ["enrich.versions.hadoop_enrich", "enrich.versions.spark_enrich"],
    ["enrich.versions.hadoop_shred", "storage.versions.rdb_shredder"],
]);

const OWN_TAGS = [...Object.keys(EMR_TAG), STACK_TAG].map((tag) => ["monitoring", "tags", tag]);

const BATCH_ONLY: readonly Path[] = [
    ["collectors"],
    ...LOCATIONS.filter(({ modes }) => !modes.includes("stream-enrich")).map((row) =>
        pathOf(`aws.s3.buckets.${row.path}`),
    ),
];

export function pathOf(place: string): Path {
    return place.split(".");
}

/** Whether a value says that there is none. */
function isEmpty(value: unknown): boolean {
    return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

/** The leaves that EmrEtlRunner reads, on which the verdict on each of them depends. */
export class ConfigYml {
    readonly leaves: readonly Leaf[];
    private readonly credentials: readonly string[];

    constructor(leaves: readonly Leaf[]) {
        this.leaves = leaves.filter(({ isReplaced }) => !isReplaced);
        // Another key may hold the same, by an alias. A shorter string may be a word.
        this.credentials = this.leaves
            .filter(({ path, value }) => secretIn(nameOf(path), String(value)) !== undefined)
            .flatMap(({ value, source }) => [String(value), source])
            .filter((secret) => secret.length >= 16 && templateIn(secret, []) === undefined);
    }

    /** Whether there is a leaf at a path or below it, or a value in place of a part with the path. */
    has(place: string): boolean {
        const at = pathOf(place);
        return this.leaves.some(
            ({ path, value }) => isWithin(path, at) || (!isEmpty(value) && isWithin(at, path)),
        );
    }

    get isStreamEnrich(): boolean {
        const stream = pathOf("aws.s3.buckets.enriched.stream");
        return this.leaves.some(({ path, value }) => isWithin(path, stream) && !isEmpty(value));
    }

    /** The other region, or what a part with it is, if it is not the same. */
    otherRegion({ path, value }: Leaf): Leaf | undefined {
        const other = REGIONS.find((region) => !isWithin(region, path)) ?? [];
        return this.leaves.find(
            (leaf) => isWithin(other, leaf.path) && !isEmpty(leaf.value) && leaf.value !== value,
        );
    }

    /** The kind of secret in a value or, without a name, in a key: of any form, or one of the file's own. */
    secretIn(name: string, text: string): string | undefined {
        const isCredential = redact(text) !== text || this.credentials.some((own) => text.includes(own));
        return secretIn(name, text) ?? (isCredential ? "a credential" : undefined);
    }

    /** A path for messages, without the keys that may be secrets. */
    shown(path: Path): Path {
        return path.map((key) => (this.secretIn("", String(key)) === undefined ? key : "…"));
    }
}

type Opened = Pick<Entry, "reason" | "original">;

/** An open value at a path; in place of a part with a region, `aws:region` is open too. */
function open(path: Path, opened: Opened): readonly Entry[] {
    const places = REGIONS.some((region) => isWithin(region, path)) ? [REGION, path] : [path];
    return places.map((to) => ({ list: "open", path: to, to, value: OPEN_VALUE, ...opened }));
}

/** A string: the reason to omit the leaf. Undefined or false: the rule does not know the leaf. */
type Verdict = readonly Entry[] | string | false | undefined;

/** The rules on a leaf, in order: the first that knows the leaf decides. */
const RULES: readonly ((leaf: Leaf, config: ConfigYml) => Verdict)[] = [
    ({ isReplaced }) => isReplaced && "a later key of the same name replaces it, in EmrEtlRunner too",
    ({ path }, config) =>
        path.some((key) => key === "__proto__" || config.secretIn("", String(key)) !== undefined) &&
        "its key looks like a credential, or no reader takes it",
    region,
    ({ path }) => Object.entries(OWNED_KEYS).find(([key]) => isWithin(path, pathOf(key)))?.[1],
    ({ path }) => OWN_TAGS.some((tag) => isWithin(path, tag)) && "the stack sets it",
    unknownKey,
    ({ path }, config) =>
        config.isStreamEnrich && BATCH_ONLY.some((place) => isWithin(path, place)) && NOT_IN_STREAM_MODE,
    unfinished,
    ({ path, value }) =>
        isEmpty(value) &&
        !acceptsAt(["emrEtlRunner", ...path], value) &&
        "null or empty, which EmrEtlRunner does not accept here",
    olderScheme,
];

/** What becomes of a leaf. Without a rule, the stack file holds it as it is. */
export function entriesOf(leaf: Leaf, config: ConfigYml): readonly Entry[] {
    const { path, value } = leaf;
    for (const rule of RULES) {
        const verdict = rule(leaf, config);
        if (verdict) {
            return typeof verdict === "string" ? [{ list: "omitted", path, reason: verdict }] : verdict;
        }
    }
    return [{ path, to: path, value }];
}

function region(leaf: Leaf, config: ConfigYml): Verdict {
    const { path, value, shown } = leaf;
    const at = path.join(".");
    if (!REGIONS.some((place) => place.join(".") === at) || isEmpty(value)) {
        return undefined;
    }
    const openRegion = (opened: Opened): Verdict => [
        { list: "open", path, to: REGION, value: OPEN_VALUE, ...opened },
    ];
    const opened = openedBy(leaf, config);
    const other = config.otherRegion(leaf);
    if (opened !== undefined) {
        return openRegion(opened);
    }
    if (other === undefined) {
        return [{ list: "changed", path, to: REGION, value, reason: "aws:region holds it, for everything" }];
    }
    if (openedBy(other, config)) {
        return `${OWNED_KEYS["aws.s3.region"]}; here it is ${shown}`;
    }
    const reason = `${shown}, but ${other.path.join(".")} is ${other.shown}: the stack has one region`;
    return openRegion({ reason, original: `${at}: ${shown}` });
}

function unknownKey(leaf: Leaf, config: ConfigYml): Verdict {
    const { path } = leaf;
    const end = path.findIndex(
        (_, index) => kindAt(["emrEtlRunner", ...path.slice(0, index + 1)]) === undefined,
    );
    if (end === -1 || isOpenKey(path[end] ?? "")) {
        return undefined;
    }
    const successor = REPLACED.get(path.join("."));
    if (successor !== undefined) {
        return replacedKey(leaf, successor, config);
    }
    const place = path.slice(0, end + 1);
    const { code, fix } = unknownKeyError(["emrEtlRunner", ...place]);
    const words = (fix ?? "").replaceAll("emrEtlRunner.", "").replace(/^omit this key: /, "");
    const unread = code === "credential" ? "" : "EmrEtlRunner 1.0.4 reads no such key";
    return [{ list: "omitted", path: place, reason: [unread, words].filter(Boolean).join("; ") }];
}

function replacedKey(leaf: Leaf, successor: string, config: ConfigYml): Verdict {
    const { path, value, shown } = leaf;
    const reason = `since EmrEtlRunner 0.25.0 it is ${successor}`;
    if (config.has(successor) || isEmpty(value)) {
        return reason;
    }
    const to = pathOf(successor);
    const upgrade = {
        reason: `config.yml has ${nameOf(path)} instead, a job for Hadoop: upgrade it first`,
        original: `${nameOf(path)} ${shown}`,
    };
    const opened = openedBy({ ...leaf, path: to }, config) ?? (to.includes("versions") ? upgrade : undefined);
    return opened
        ? [{ list: "omitted", path, reason }, ...open(to, opened)]
        : [{ list: "changed", path, to, value, reason }];
}

/** A property or a tag that holds a secret is omitted; a value that EmrEtlRunner needs is open. */
function unfinished(leaf: Leaf, config: ConfigYml): Verdict {
    const opened = openedBy(leaf, config);
    const isUsers = isUsersKey(["emrEtlRunner", ...leaf.path]);
    return isUsers && secretOf(leaf, config) !== undefined
        ? opened?.reason
        : opened && open(leaf.path, opened);
}

/** Why a person has to fill a value in; undefined for a finished one. */
function openedBy(leaf: Leaf, config: ConfigYml): Opened | undefined {
    const secret = secretOf(leaf, config);
    if (secret !== undefined) {
        return { reason: `it looks like ${secret}, which config.yml would hold in plain text` };
    }
    const { unfinished: reason, shown: original } = leaf;
    return reason === undefined ? undefined : { reason, original };
}

function secretOf({ path, value, source }: Leaf, config: ConfigYml): string | undefined {
    return typeof value === "object" ? undefined : config.secretIn(nameOf(path), String(value ?? source));
}

/** S3's older names in Hadoop: on EMR, s3:// is what the security configuration encrypts. */
function olderScheme({ path, value }: Leaf): Verdict {
    const isUrl = /^aws\.(s3\.buckets|emr\.bootstrap)\./.test(path.join("."));
    const [scheme] = (isUrl && /^s3[an]:\/\//.exec(String(value))) || [];
    const reason = `s3:// instead of ${scheme}`;
    return (
        scheme !== undefined && [
            { list: "changed", path, to: path, value: String(value).replace(scheme, "s3://"), reason },
        ]
    );
}
