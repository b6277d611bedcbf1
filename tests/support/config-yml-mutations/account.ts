import { isDeepStrictEqual } from "node:util";
import { parseDocument, parse as parseYaml } from "yaml";
import { type Leaf, meaningOf, type Node } from "./tree";

type Path = readonly (string | number)[];

/** A leaf of a config.yml; an empty mapping or list is one too. */
interface Account {
    readonly path: Path;
    readonly value: unknown;
    /** The value as the file has it. */
    readonly source?: string;
    readonly isOpen: boolean;
    /** Whether the leaf, a key on its path, or another item of its list is secret: paths are masked, and items move. */
    readonly isSecret: boolean;
    /** The element of the path that is a template's expression. */
    readonly openKey?: number;
    /** Whether the same key follows in the same mapping: Ruby takes the last one. */
    readonly isShadowed: boolean;
}

/** The titles of the lists at the top of a stack file, in their order. */
const TITLES = ["Open values, to fill in", "Omitted", "Changed", "Set by default"] as const;

type Title = (typeof TITLES)[number];

/** What adopt printed, and how the program reads it. */
export interface Outcome {
    readonly stackFile: string;
    /** Of the errors with the code open-value, below `emrEtlRunner`; `aws:region` stands alone. */
    readonly openPaths: readonly Path[];
    /** The config.yml that the program renders; undefined if it refuses the stack file. */
    readonly rendered: string | undefined;
}

const OWN = "snowplow-emr-encryption:emrEtlRunner";

/** Keys that EmrEtlRunner reads and the stack does not own, as patterns of dotted paths. Their leaves may not be omitted. */
const KEPT = [
    /^aws\.s3\.buckets\.(assets|jsonpath_assets|log)$/,
    /^aws\.s3\.buckets\.(raw\.in\.\d+|raw\.(processing|archive))$/,
    /^aws\.s3\.buckets\.enriched\.(good|bad|errors|archive|stream)$/,
    /^aws\.s3\.buckets\.shredded\.(good|bad|errors|archive)$/,
    /^aws\.s3\.consolidate_shredded_output$/,
    /^aws\.emr\.(ami_version|ec2_key_name|bootstrap\.\d+|bootstrap_failure_tries|additional_info)$/,
    /^aws\.emr\.jobflow\.(job_name|(master|core|task)_instance_type|(core|task)_instance_(count|bid))$/,
    /^aws\.emr\.jobflow\.core_instance_ebs\.(volume_(size|type|iops)|ebs_optimized)$/,
    /^collectors\.format$/,
    /^enrich\.(versions\.spark_enrich|continue_on_unexpected_error|output_compression)$/,
    /^storage\.versions\.(rdb_loader|rdb_shredder)$/,
    /^monitoring\.logging\.level$/,
    /^monitoring\.snowplow\.(method|protocol|port|app_id|collector)$/,
];

/** Objects whose keys the operator chooses, and the length of the paths of their leaves. */
const FREE: readonly (readonly [RegExp, number])[] = [
    [/^aws\.emr\.configuration\./, 5],
    [/^monitoring\.tags\.(?!snowplow-emr-stack$|for-use-with-amazon-emr-managed-policies$)/, 3],
];

const KEPT_SECTIONS =
    /^(aws\.s3\.buckets(\.(raw|raw\.in|enriched|shredded))?|aws\.emr\.(bootstrap|jobflow|jobflow\.core_instance_ebs|configuration)|collectors|enrich|enrich\.versions|storage|storage\.versions|monitoring|monitoring\.(tags|logging|snowplow))$/;

const BATCH_ONLY =
    /^(aws\.s3\.buckets\.(raw|enriched\.(bad|errors))|collectors|enrich\.versions|enrich\.continue_on_unexpected_error)(\.|$)/;

/** Values of these keys are S3 URLs, whose older schemes are replaced. */
const S3_URLS = /^aws\.(s3\.buckets|emr\.bootstrap)\./;

/** Locations, which are rendered with a slash at their end. */
const FOLDERS = /^aws\.s3\.buckets\.(log|(raw|enriched|shredded)\..*)$/;

/** Two keys that become one, `aws:region`. */
const REGIONS = /^aws\.(s3|emr)\.region$/;

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** A key whose value moved, and where to: then it is listed as changed. */
const MOVED: Readonly<Record<string, Path>> = { "enrich.job_name": ["aws", "emr", "jobflow", "job_name"] };

const dotted = (path: Path) => path.join(".");

export function accountsOf(root: Node): readonly Account[] {
    const below = (node: Node, outer: Omit<Account, "value" | "isOpen">): readonly Account[] => {
        if (node.kind === "leaf") {
            const { source, isOpen, isSecret } = node.alias ?? node;
            return [
                { ...outer, value: meaningOf(node), source, isOpen, isSecret: outer.isSecret || isSecret },
            ];
        }
        if (node.kind === "list") {
            const isSecret =
                outer.isSecret || node.items.some((item) => item.kind === "leaf" && item.isSecret);
            return node.items.length === 0
                ? [{ ...outer, value: [], isOpen: false }]
                : node.items.flatMap((item, index) =>
                      below(item, { ...outer, isSecret, path: [...outer.path, index] }),
                  );
        }
        const names = node.entries.map(({ key }) => key);
        return names.length === 0
            ? [{ ...outer, value: {}, isOpen: false }]
            : node.entries.flatMap((each, index) =>
                  below(each.node, {
                      path: [...outer.path, each.key],
                      isSecret: outer.isSecret || each.isSecret,
                      openKey: outer.openKey ?? (each.isOpen ? outer.path.length : undefined),
                      isShadowed: outer.isShadowed || names.includes(each.key, index + 1),
                  }),
              );
    };
    return below(root, { path: [], isSecret: false, isShadowed: false });
}

/** The lists at the top of a stack file: of each line its path, from config.yml. */
export function listsOf(stackFile: string): Readonly<Record<Title, readonly Path[]>> {
    const lists = Object.fromEntries(TITLES.map((title) => [title, [] as Path[]])) as Record<Title, Path[]>;
    let list: Path[] | undefined;
    let position = -1;
    for (const line of stackFile.split("\n")) {
        if (!line.startsWith("#")) {
            break;
        }
        const title = TITLES.find((each) => line === `# ${each}:`);
        if (title) {
            if (TITLES.indexOf(title) <= position) {
                throw new Error(`the section ${title} is repeated or misplaced`);
            }
            position = TITLES.indexOf(title);
            list = lists[title];
        } else if (line === "#") {
            list = undefined;
        } else if (list && line.startsWith("#   ")) {
            list.push(readPath(line.slice(4)));
        }
    }
    return lists;
}

/** Reads a path such as `aws.s3.buckets.raw.in[1]` or `a["b.c"]` at the start of a line, up to its colon. */
function readPath(line: string): Path {
    const path: (string | number)[] = [];
    const part = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
    for (let match = part.exec(line); match; match = part.exec(line)) {
        const [whole, plain, index, quoted] = match;
        path.push(plain ?? (index === undefined ? String(JSON.parse(quoted ?? '""')) : Number(index)));
        line = line.slice(whole.length);
        part.lastIndex = 0;
    }
    if (!line.startsWith(":")) {
        throw new Error(`a line of the header without a path: ${path.join(".")} … ${line.slice(0, 40)}`);
    }
    return path;
}

/** Whether a path in a list is the leaf's or an ancestor's. A masked element stands for any. */
function covers(
    listed: Path,
    { path, isSecret, openKey }: Pick<Account, "path" | "isSecret" | "openKey">,
): boolean {
    return (
        listed.length > 0 &&
        listed.length <= path.length &&
        listed.every(
            (part, index) =>
                String(part) === String(path[index]) ||
                (typeof part === "string" && index === openKey) ||
                (isSecret && (part === "…" || typeof part === "number")),
        )
    );
}

function at(value: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (outer, part) =>
            typeof outer === "object" && outer !== null && Object.hasOwn(outer, part)
                ? (outer as Record<string | number, unknown>)[part]
                : undefined,
        value,
    );
}

function isEmpty(value: unknown): boolean {
    return (
        value === undefined ||
        value === null ||
        (typeof value === "object" && Object.keys(value).length === 0)
    );
}

function normalised(path: Path, value: unknown): unknown {
    return typeof value === "string" && S3_URLS.test(dotted(path))
        ? value.replace(/^s3[an]:\/\//, "s3://")
        : value;
}

/** Every leaf of a config.yml that is in none of the three places, in two of them, or wrongly omitted. */
export function lostLeaves(root: Node, { stackFile, openPaths, rendered }: Outcome): readonly string[] {
    const lists = listsOf(stackFile);
    const config = (parseYaml(stackFile) as { config: Record<string, unknown> }).config;
    const accounts = accountsOf(root);
    const current = accounts.filter(({ isShadowed }) => !isShadowed);
    const isStream = current.some(
        ({ path, value, isOpen }) =>
            (dotted(path) === "aws.s3.buckets.enriched.stream" && (isOpen || value !== null)) ||
            (isOpen && /^aws\.s3\.buckets(\.enriched)?$/.test(dotted(path))),
    );
    const regions = new Set(
        current
            .filter(({ path, value }) => REGIONS.test(dotted(path)) && !isEmpty(value))
            .map(({ value }) => value),
    );
    return accounts.flatMap((account) => {
        const { path, value, source, isOpen, isSecret, openKey, isShadowed } = account;
        const name = dotted(path);
        const say = (what: string) => [`${name}: ${what}`];
        const isListed = lists.Omitted.some((listed) => covers(listed, account));
        // Open keys are kept apart by their lines, so that none replaces another.
        if (isShadowed && openKey === undefined) {
            // An object in a scalar's place is open as a whole.
            const isBelowOpen = openPaths.some((open) => open.length < path.length && covers(open, account));
            return isListed || (isBelowOpen && isShown(source, stackFile))
                ? []
                : say("a repeated key is not listed");
        }
        if (!isOpen && openKey === undefined && isEmpty(value)) {
            return [];
        }
        const isRegion = REGIONS.test(name);
        const found = isRegion ? config["aws:region"] : at(config[OWN], path);
        const isOpenThere =
            openPaths.some((open) => covers(open, account) && !isRegion) ||
            (isRegion && openPaths.some((open) => dotted(open) === "aws:region"));
        const isOpenItself = openPaths.some((open) => open.length === path.length && covers(open, account));
        const isKept =
            !isSecret &&
            openKey === undefined &&
            (KEPT.some((pattern) => pattern.test(name)) ||
                FREE.some(([pattern, length]) => pattern.test(name) && path.length === length) ||
                (isOpen && KEPT_SECTIONS.test(name))) &&
            !(isStream && BATCH_ONLY.test(name));
        if (isOpen || openKey !== undefined) {
            if (isRegion) {
                return isOpenThere ? [] : say("the region is open, and aws:region is not");
            }
            const isAboveOpen =
                openKey !== undefined &&
                openPaths.some(
                    (open) => open.length <= openKey && open.every((part, index) => part === path[index]),
                );
            if (isOpen && !isSecret && isOpenItself && !isShown(source, stackFile)) {
                return say("no comment has the original of an open value");
            }
            return isOpenThere || isAboveOpen || (isListed && !isKept)
                ? []
                : say(isListed ? "an open value is omitted" : "an open value is neither open nor omitted");
        }
        if (isRegion) {
            const isOne = regions.size === 1 && REGION.test(String(value));
            return found === value || isOpenThere || (!isOne && isListed && rendered === undefined)
                ? []
                : say("the region is lost");
        }
        const expected = normalised(path, value);
        const isThere =
            isDeepStrictEqual(found, expected) ||
            (isSecret &&
                Object.values(at(config[OWN], path.slice(0, -1)) ?? {}).some((each) =>
                    isDeepStrictEqual(each, expected),
                ));
        const isChanged = !isDeepStrictEqual(value, expected);
        // The objects whose keys the operator chooses, and objects with an open key, are refused as a whole.
        const isRefused = openPaths.some(
            (open) =>
                covers(open, { ...account, isSecret: false }) &&
                !lists["Open values, to fill in"].some(
                    (listed) => listed.length > open.length && isPrefix(open, listed),
                ),
        );
        if (isThere) {
            return [
                ...(isRefused ? say("a value is refused as open") : []),
                ...(isListed && isKept && !isRepeated(accounts, account)
                    ? say("a kept leaf is listed as omitted")
                    : []),
                ...(isChanged && !lists.Changed.some((listed) => covers(listed, account))
                    ? say("a change is not listed")
                    : []),
            ];
        }
        // Jobs that the stack cannot run, and what it takes for a mistake: a person decides, and sees the value.
        if (isOpenThere && (!isOpenItself || isShown(source, stackFile))) {
            return [];
        }
        const isMoved = isDeepStrictEqual(at(config[OWN], MOVED[name] ?? []), value);
        if (isMoved && lists.Changed.some((listed) => covers(listed, account))) {
            return [];
        }
        if (isListed) {
            return isKept ? say("a leaf that the stack can hold is omitted") : [];
        }
        return isOpenThere && isSecret ? [] : say(`lost: ${JSON.stringify(found)?.slice(0, 60)}`);
    });
}

/** Whether a comment has a value's words, apart from the defaults and strings of templates, which may be secret. */
function isShown(source: string | undefined, stackFile: string): boolean {
    const words = (source ?? "").replace(/(?<=\$\{\w+)-[^}]*|(:-|\|\|?).*|'[^']*'/g, "").match(/[\w.-]{3,}/g);
    return (words ?? []).slice(0, 5).every((word) => word.length > 60 || stackFile.includes(word));
}

function isPrefix(outer: Path, inner: Path): boolean {
    return outer.every((part, index) => part === inner[index]);
}

/** The open values that the program refuses and the list does not have, and the reverse. */
export function unlistedOpenValues({ stackFile, openPaths }: Outcome): readonly string[] {
    const listed = listsOf(stackFile)["Open values, to fill in"].map((path) =>
        REGIONS.test(dotted(path)) ? ["aws:region"] : path,
    );
    // An open key is refused at the path of its object.
    const lacks = (path: Path, others: readonly Path[]) =>
        !others.some((other) => isPrefix(other, path) || isPrefix(path, other));
    return [
        ...openPaths
            .filter((path) => lacks(path, listed))
            .map((path) => `${dotted(path)}: not listed as open`),
        ...listed.filter((path) => lacks(path, openPaths)).map((path) => `${dotted(path)}: not refused`),
    ];
}

function isRepeated(accounts: readonly Account[], { path }: Account): boolean {
    return accounts.some(
        (other) =>
            other.isShadowed &&
            other.path.every((part, index) => String(part) === String(path[index]) || index >= 1),
    );
}

/** A config.yml as EmrEtlRunner reads it: of repeated keys the last. */
function contentOf(node: Node): unknown {
    if (node.kind === "leaf") {
        return meaningOf(node as Leaf);
    }
    return node.kind === "list"
        ? node.items.map(contentOf)
        : Object.fromEntries(node.entries.map(({ key, node: below }) => [key, contentOf(below)]));
}

function leavesOf(value: unknown, path: Path = []): readonly (readonly [Path, unknown])[] {
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
        return [[path, value]];
    }
    return Object.entries(value).flatMap(([key, below]) =>
        leavesOf(below, [...path, Array.isArray(value) ? Number(key) : key]),
    );
}

/** Every leaf of the rendered config.yml that differs from the input's and that no list names. */
export function unlistedDifferences(
    root: Node,
    { stackFile, openPaths, rendered }: Outcome,
): readonly string[] {
    if (rendered === undefined) {
        return [];
    }
    const lists = listsOf(stackFile);
    const before = contentOf(root);
    const after: unknown = parseYaml(rendered, { version: "1.1" });
    const comparable = (path: Path, value: unknown) => {
        const text = normalised(path, value);
        return isEmpty(value)
            ? null
            : typeof text === "string" && FOLDERS.test(dotted(path))
              ? text.replace(/\/?$/, "/")
              : text;
    };
    const paths = [...leavesOf(before), ...leavesOf(after)].map(([path]) => path);
    const missing = paths.flatMap((path) => {
        const [was, is] = [comparable(path, at(before, path)), comparable(path, at(after, path))];
        const bare = { path, isSecret: true, openKey: undefined };
        const names = [...lists.Changed, ...(is === null ? [] : lists["Set by default"]), ...lists.Omitted];
        return isDeepStrictEqual(was, is) ||
            openPaths.some((open) => covers(open, bare) || REGIONS.test(dotted(path))) ||
            isCollection(was) ||
            isCollection(is) ||
            isSameByNull(path, was, is) ||
            names.some((listed) => covers(listed, bare))
            ? []
            : [`${dotted(path)}: ${JSON.stringify(was)} became ${JSON.stringify(is)}, and no list names it`];
    });
    return [...new Set(missing)];
}

/** Its leaves are compared. */
function isCollection(value: unknown): boolean {
    return typeof value === "object" && value !== null;
}

/** For EmrEtlRunner, null means the same. */
function isSameByNull(path: Path, was: unknown, is: unknown): boolean {
    return was === null && is === false && dotted(path) === "enrich.continue_on_unexpected_error";
}

/** What a person might fill in, by patterns of dotted paths. */
const FILLINGS: readonly (readonly [RegExp, unknown])[] = [
    [/^aws:region$/, "eu-west-1"],
    [/buckets\.assets$/, "s3://acme-filled-assets"],
    [/^aws\.s3\.buckets\./, "s3://acme-filled"],
    [/consolidate_shredded_output$|ebs_optimized$|continue_on_unexpected_error$/, true],
    [/ami_version$/, "5.36.2"],
    [/bootstrap\.\d+$/, "s3://acme-filled/setup.sh"],
    [/_(count|tries)$|volume_(size|iops)$/, 3],
    [/_bid$/, 0.2],
    [/_instance_type$/, "m5.xlarge"],
    [/volume_type$/, "gp2"],
    [/additional_info$/, "{}"],
    [/collectors\.format$/, "thrift"],
    [/spark_enrich$/, "1.18.0"],
    [/rdb_loader$/, "0.17.0"],
    [/rdb_shredder$/, "0.16.0"],
    [/output_compression$/, "GZIP"],
    [/logging\.level$/, "INFO"],
    [/snowplow\.method$/, "get"],
    [/snowplow\.protocol$/, "https"],
    [/snowplow\.port$/, 443],
    [/(key_name|job_name|app_id|collector)$|^monitoring\.tags\.|^aws\.emr\.configuration\..*\./, "filled"],
];

/** The stack file with values in place of its open ones; undefined if one of them is a whole section. */
export function filledIn({ stackFile, openPaths }: Outcome): string | undefined {
    const document = parseDocument(stackFile);
    for (const [index, path] of openPaths.entries()) {
        const name = dotted(path);
        const filling = FILLINGS.find(([pattern]) => pattern.test(name))?.[1];
        const keys = name === "aws:region" ? path : [OWN, ...path];
        if (filling === undefined || !document.hasIn(["config", ...keys])) {
            return undefined;
        }
        const isFolder = FOLDERS.test(name) || name.startsWith("aws.s3.buckets.jsonpath");
        document.setIn(["config", ...keys], isFolder ? `${filling}-${index}/x` : filling);
    }
    return document.toString({ lineWidth: 0 });
}
