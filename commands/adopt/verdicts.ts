import { OWNED_KEYS, type OwnedKey } from "../../components/args/emr-etl-runner";
import { isNullLike, templateIn } from "../../components/args/open-value";
import { kindAt } from "../../components/args/schema-guide";
import { secretIn } from "../../components/args/secrets";
import { acceptsAt } from "../../components/args/stand-ins";
import { unknownKeyError } from "../../components/args/unknown-key";
import { isWithin, type Path } from "../../components/domain/errors";
import { LOCATIONS, type Mode } from "../../components/domain/locations";
import { EMR_TAG, STACK_TAG } from "../../components/domain/naming";
import { redact } from "../credentials";
import type { Leaf } from "./leaves";
import { shown } from "./templates";

/** What happens to a leaf of config.yml. */
export type Verdict =
    /** The stack file holds it; `change`: what is otherwise there than in config.yml, its path or its value. */
    | { readonly kind: "kept"; readonly value: unknown; readonly to?: Path; readonly change?: string }
    /** `opens`: the key that replaces it, which is open now. `place`: the path that is omitted with all below it. */
    | {
          readonly kind: "omitted";
          readonly reason: string;
          readonly opens?: Opened;
          readonly place?: Path;
      }
    | ({ readonly kind: "open" } & Opened);

/** A value that a person has to fill in. */
export interface Opened {
    readonly reason: string;
    /** Where in the stack file, below emrEtlRunner. Default: the leaf's path. */
    readonly to?: Path;
    /** What config.yml has, for a comment; undefined for what may be a secret. */
    readonly original?: string;
}

/** What the verdict on one leaf depends on in the others. */
export interface Surroundings {
    readonly mode: Mode;
    /** Whether config.yml has a leaf at a path or below it, or a value in place of a part with the path. */
    readonly has: (path: string) => boolean;
    /** Whether a string contains the file's own credentials. */
    readonly isOwnCredential: (text: string) => boolean;
    /** The other region of the file, or what a part with it is, if it is not the same. */
    readonly otherRegion: (leaf: Leaf) => Leaf | undefined;
}

/** The path that stands for `aws:region`, which both regions of config.yml decide. */
export const REGION: Path = ["aws:region"];

/** Where config.yml has it; a template tool may compute all of `aws.s3`. */
export const REGIONS = ["aws.s3.region", "aws.emr.region"];

/** Keys that EmrEtlRunner has replaced, with their successors. A version's successor is another job: it stays open. */
const REPLACED: Readonly<Record<string, { readonly to: string; readonly since: string }>> = {
    "enrich.job_name": { to: "aws.emr.jobflow.job_name", since: "0.25.0" },
    "enrich.versions.hadoop_enrich": { to: "enrich.versions.spark_enrich", since: "0.25.0" },
    "enrich.versions.hadoop_shred": { to: "storage.versions.rdb_shredder", since: "0.25.0" },
};

export const isRegion = (path: Path) => REGIONS.includes(path.join("."));

export const pathOf = (place: string): Path => place.split(".");

type Rule = (leaf: Leaf, surroundings: Surroundings) => Verdict | undefined;

const omitted = (reason: string): Verdict => ({ kind: "omitted", reason });

/** The rules on a leaf, in order: the first that knows the leaf decides. */
const RULES: readonly Rule[] = [
    ({ isReplaced }) =>
        isReplaced ? omitted("a later key of the same name replaces it, in EmrEtlRunner too") : undefined,
    ({ path }, { isOwnCredential }) =>
        path.some((key) => key === "__proto__" || isSecretKey(key, isOwnCredential))
            ? omitted("its key looks like a credential, or no reader takes it")
            : undefined,
    region,
    ownedKey,
    ({ path }) =>
        OWN_TAGS.some((tag) => path.join("\n") === `monitoring\ntags\n${tag}`)
            ? omitted("the stack sets it")
            : undefined,
    unknownKey,
    ({ path }, { mode }) =>
        mode === "stream-enrich" && BATCH_ONLY.some((place) => isWithin(path, place))
            ? omitted("enriched.stream means stream-enrich mode, which does not use it")
            : undefined,
    secretValue,
    unfinished,
    ({ path, value }) =>
        isEmpty(value) && !acceptsAt(["emrEtlRunner", ...path], value)
            ? omitted("null or empty, which EmrEtlRunner does not accept here")
            : undefined,
    olderScheme,
];

/** Whether a leaf says that there is no value. */
export function isEmpty(value: unknown): boolean {
    return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

/** The verdict on a leaf. */
export function verdictOn(leaf: Leaf, surroundings: Surroundings): Verdict {
    for (const rule of RULES) {
        const verdict = rule(leaf, surroundings);
        if (verdict !== undefined) {
            return verdict;
        }
    }
    return { kind: "kept", value: leaf.value };
}

function region(leaf: Leaf, surroundings: Surroundings): Verdict | undefined {
    const at = leaf.path.join(".");
    if (!isRegion(leaf.path) || isEmpty(leaf.value)) {
        return undefined;
    }
    const to = REGION;
    const open = openedBy(leaf, surroundings);
    if (open !== undefined) {
        return { kind: "open", ...open, to };
    }
    const other = surroundings.otherRegion(leaf);
    const text = shownValue(leaf);
    if (other && openedBy(other, surroundings)) {
        return omitted(`${OWNED_KEYS["aws.s3.region"]}; here it is ${text}`);
    }
    if (other) {
        const reason = `${text}, but ${other.path.join(".")} is ${shownValue(other)}: the stack has one region`;
        return { kind: "open", to, reason, original: `${at}: ${text}` };
    }
    return { kind: "kept", value: leaf.value, to, change: "aws:region holds it, for everything" };
}

function ownedKey({ path }: Leaf): Verdict | undefined {
    const key = Object.keys(OWNED_KEYS).find((owned) => isWithin(path, pathOf(owned)));
    return key === undefined ? undefined : omitted(OWNED_KEYS[key as OwnedKey]);
}

const OWN_TAGS: readonly string[] = [...Object.keys(EMR_TAG), STACK_TAG];

const BATCH_ONLY: readonly Path[] = [
    ["collectors"],
    ...LOCATIONS.filter(({ modes }) => !modes.includes("stream-enrich")).map((row) =>
        pathOf(`aws.s3.buckets.${row.path}`),
    ),
];

function unknownKey(leaf: Leaf, surroundings: Surroundings): Verdict | undefined {
    const { path } = leaf;
    const end = path.findIndex(
        (_, index) => kindAt(["emrEtlRunner", ...path.slice(0, index + 1)]) === undefined,
    );
    if (end === -1) {
        return undefined;
    }
    const place = path.slice(0, end + 1);
    if (leaf.templateKey === path[end]) {
        return undefined; // An open key.
    }
    const replaced = REPLACED[place.join(".")];
    if (replaced !== undefined && place.length === path.length) {
        return replacedKey(leaf, replaced, surroundings);
    }
    const { code, fix } = unknownKeyError(["emrEtlRunner", ...place]);
    const words = (fix ?? "").replaceAll("emrEtlRunner.", "").replace(/^omit this key: /, "");
    const reason =
        code === "credential"
            ? words
            : ["EmrEtlRunner 1.0.4 reads no such key", words].filter(Boolean).join("; ");
    return { kind: "omitted", reason, place };
}

function replacedKey(
    leaf: Leaf,
    { to, since }: { readonly to: string; readonly since: string },
    surroundings: Surroundings,
): Verdict {
    const successor = `since EmrEtlRunner ${since} it is ${to}`;
    if (surroundings.has(to) || isEmpty(leaf.value)) {
        return omitted(successor);
    }
    const path = pathOf(to);
    const reason = `config.yml has ${leaf.path.at(-1)} instead, a job for Hadoop: upgrade it first`;
    const original = `${leaf.path.at(-1)} ${shownValue(leaf)}`;
    const opens =
        openedBy({ ...leaf, path }, surroundings) ??
        (path.includes("versions") ? { reason, original } : undefined);
    return opens
        ? { kind: "omitted", reason: successor, opens: { ...opens, to: path } }
        : { kind: "kept", value: leaf.value, to: path, change: successor };
}

export function nameOf(path: Path): string {
    return String(path.findLast((part) => typeof part === "string") ?? "");
}

function isSecretKey(key: string | number, isOwnCredential: Surroundings["isOwnCredential"]): boolean {
    const text = String(key);
    return secretIn("", text) !== undefined || redact(text) !== text || isOwnCredential(text);
}

/** A path for messages, without the keys that may be secrets or hold a template. */
export function shownPath(path: Path, { isOwnCredential }: Surroundings): Path {
    return path.map((key) => {
        const isTemplate = typeof key === "string" && templateIn(key, []) !== undefined;
        return isSecretKey(key, isOwnCredential) ? "…" : isTemplate ? shown(key) : key;
    });
}

/** Whether a user chooses the keys, and so what a value means. */
function isUsers(path: Path): boolean {
    return /^(aws\.emr\.configuration|monitoring\.tags)\./.test(path.join("."));
}

/** Why a person has to fill a value in; undefined for a finished one. */
function openedBy(leaf: Leaf, surroundings: Surroundings): Opened | undefined {
    const verdict = secretValue(leaf, surroundings) ?? unfinished(leaf, surroundings);
    return verdict?.kind === "open" ? verdict : undefined;
}

/** A property or a tag that holds a secret is omitted; a value that EmrEtlRunner needs is open. */
function secretValue({ path, value, source }: Leaf, { isOwnCredential }: Surroundings): Verdict | undefined {
    const text = typeof value === "object" ? "" : String(value ?? source);
    const kind =
        secretIn(nameOf(path), text) ??
        (redact(text) !== text || isOwnCredential(text) ? "a credential" : undefined);
    const reason = `it looks like ${kind}, which config.yml would hold in plain text`;
    return kind === undefined ? undefined : { kind: isUsers(path) ? "omitted" : "open", reason };
}

/** What another tool should have computed, or a person should have written. */
function unfinished(leaf: Leaf, { isOwnCredential }: Surroundings): Verdict | undefined {
    const { path, source, tag, instruction } = leaf;
    const kind = unfinishedKind(leaf);
    if (kind === undefined) {
        return undefined;
    }
    const text = tag === undefined ? shownValue(leaf) : shownTag(tag, source);
    const original = [instruction, text].filter(Boolean).join(" … ");
    const isSecret = secretIn(nameOf(path), text) !== undefined || isOwnCredential(text);
    return { kind: "open", reason: kind, ...(!isSecret && original !== "" && { original }) };
}

/** A number as it is written, such as 5.30. */
function shownValue({ value, source }: Leaf): string {
    return shown(typeof value === "string" ? value : source);
}

/** CloudFormation's tags name a resource; what others have may be a secret, such as Ansible's `!vault`. */
function shownTag(tag: string, source: string): string {
    return /^!(?:Ref|Sub|GetAtt|ImportValue|ENV)$/.test(tag) ? `${tag} ${shown(source)}` : `${shown(tag)} …`;
}

function unfinishedKind({ path, value, tool, templateKey, tag, instruction }: Leaf): string | undefined {
    const isWord =
        typeof value === "string" && !isUsers(path) && isNullLike(value, ["emrEtlRunner", ...path]);
    return [
        instruction && `${instruction} decides whether it is there`,
        templateKey && "a template tool computes its key",
        tag && `a YAML tag, ${shown(tag)}`,
        value === undefined ? "not a string, a number or a boolean, but one belongs here" : undefined,
        tool && (tool === "a placeholder" ? tool : `${tool} computes it`),
        isWord ? "a word for a missing value" : undefined,
    ].find((reason) => reason !== undefined);
}

/** S3's older names in Hadoop: on EMR, s3:// is what the security configuration encrypts. */
function olderScheme({ path, value }: Leaf): Verdict | undefined {
    const isUrl = /^aws\.(s3\.buckets|emr\.bootstrap)\./.test(path.join("."));
    const [scheme] = (isUrl && typeof value === "string" && /^s3[an]:\/\//.exec(value)) || [];
    return scheme === undefined
        ? undefined
        : {
              kind: "kept",
              value: String(value).replace(scheme, "s3://"),
              change: `s3:// instead of ${scheme}`,
          };
}
