/*
 * Random config.yml files whose meaning is known without reading them: a file is written from a tree, and the tree says
 * of each leaf what it means, whether it is open, and whether it is secret.
 */
import fc from "fast-check";
import { ACCESS_KEY, PASSWORD, SECRET_KEY, SEEDS } from "./seeds";
import {
    type Entry,
    entry,
    type Layout,
    type Leaf,
    type List,
    leaf,
    type Mapping,
    type Node,
    readTree,
    writeTree,
} from "./tree";

export { type Leaf, meaningOf, type Node } from "./tree";

/** A config.yml, and what is known of it. */
export interface MutatedConfig {
    readonly text: string;
    /** The same file with words in place of open values. */
    readonly finished: string;
    readonly root: Node;
    /** Texts that no output may hold. */
    readonly secrets: readonly string[];
}

/** What the templates of other tools hold, and what people write as placeholders. */
const EXPRESSIONS = [
    "<%= ENV['ACME_VALUE'] %>",
    "<%= node['acme']['value'] || 'none' %>",
    "{{ acme.value }}",
    "{{acme_value}}",
    "{{{ACME_VALUE}}}",
    "{{ acme | default('x') }}",
    "$" + "{var.acme}",
    "$" + "{acme-value}",
    "$" + "{ACME_VALUE:-x}",
    "$ACME_VALUE",
    "$ACME_Value_ACME",
    "<your value>",
    "<ACME-VALUE>",
    "ADD HERE",
    "ADD HERE WITH SUB-FOLDER",
    "*****",
    "********************",
];

/** Secrets by their form, and how each stands in a value. */
const SECRETS: readonly { readonly secret: string; readonly text: string; readonly key?: string }[] = [
    { secret: "AKIA5WJUDGE7RTQX2LKD", text: "AKIA5WJUDGE7RTQX2LKD" },
    { secret: "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", text: "nX4/pL9sVq2Tz7+uBc8KdYw1RfGm5HjE6oAi0PvN" },
    { secret: "S3cr3t-Pass-77", text: "https://loader:S3cr3t-Pass-77@repo.example.com/x" },
    { secret: "P4ss-w0rd-88", text: "jdbc:redshift://db.example.com:5439/dw?user=etl&password=P4ss-w0rd-88" },
    { secret: "hunter2-swordfish", text: "hunter2-swordfish", key: "db_password" },
    { secret: "Zq81-token-of-acme", text: "Zq81-token-of-acme", key: "api_token" },
    { secret: "yH3kf8-s3a-secret", text: "yH3kf8-s3a-secret", key: "fs.s3a.secret.key" },
    { secret: "D3fault-passw0rd", text: "<%= ENV['DB_PASSWORD'] || 'D3fault-passw0rd' %>", key: "password" },
    { secret: "AKIA9ZXDEFAULT7KQ4MT", text: "$" + "{ACME_KEY:-AKIA9ZXDEFAULT7KQ4MT}" },
];

/** Scalars of other types, and strings that look like them. */
const SCALARS: readonly Leaf[] = [
    ...[
        "",
        "~",
        "null",
        "true",
        "no",
        "y",
        "0",
        "7",
        "-3",
        "1.5",
        ".5",
        "0x1f",
        "0123",
        "1_000",
        "12:30",
    ].map((source) => leaf(source)),
    ...["5.30", "2018-01-01", "text", "two words", "100%", "a & b", "m4.large", "s3a://acme-other/x"].map(
        (source) => leaf(source),
    ),
    ...[
        "",
        "null",
        "true",
        "0",
        "007",
        "1e3",
        "0x1f",
        "2018-01-01",
        "a: b",
        "# x",
        "it's",
        "{a}",
        "[a]",
        "- a",
    ].map((source) => leaf(source, { style: "double" })),
    ...["\u0007", "a\u0085b", "a\u2028b", "\ufeff", "a\nb", "a\tb", "\u{1f600}", "é"].map((source) =>
        leaf(source, { style: "double" }),
    ),
    ...["s3://acme-other/folder", " padded ", "x'y"].map((source) => leaf(source, { style: "single" })),
    leaf(`s3://acme-long/${"long-".repeat(200)}x`),
    leaf("x".repeat(5000), { style: "double" }),
];

const KEYS = [
    "region",
    "log",
    "in",
    "good",
    "tags",
    "versions",
    "job_name",
    "targets",
    "hadoop_enrich",
    "acme",
    "Acme Key",
    "0",
    "stream",
    "rdb_loader",
    "a.b",
    "é",
];

const LAYOUTS = fc.record<Layout>({
    indent: fc.constantFrom(2, 2, 2, 4, 3, 8),
    newline: fc.constantFrom("\n", "\n", "\n", "\r\n"),
    quotes: fc.constantFrom("as is", "as is", "as is", "single", "double"),
    symbols: fc.constantFrom(false, false, false, true),
    compactLists: fc.boolean(),
});

type Kind =
    | "delete"
    | "duplicate"
    | "rename"
    | "misspell"
    | "move"
    | "scalar"
    | "empty"
    | "expression"
    | "within"
    | "expression-key"
    | "secret"
    | "secret-key"
    | "unknown"
    | "comment"
    | "flow"
    | "symbol"
    | "alias"
    | "subtree";

const KINDS: readonly Kind[] = [
    "delete",
    "duplicate",
    "rename",
    "misspell",
    "move",
    "scalar",
    "scalar",
    "empty",
    "expression",
    "expression",
    "expression",
    "within",
    "within",
    "expression-key",
    "secret",
    "secret-key",
    "unknown",
    "comment",
    "flow",
    "symbol",
    "alias",
    "subtree",
];

interface Mutation {
    readonly kind: Kind;
    /** Which place, modulo the number of places. */
    readonly place: number;
    readonly other: number;
    readonly quoted: "plain" | "single" | "double";
}

const MUTATIONS = fc.array(
    fc.record<Mutation>({
        kind: fc.constantFrom(...KINDS),
        place: fc.nat(10_000),
        other: fc.nat(10_000),
        quoted: fc.constantFrom("plain", "plain", "single", "double"),
    }),
    { maxLength: 6 },
);

/** A place in a tree: an entry of a mapping, or an item of a list. */
interface Place {
    readonly parent: Mapping | List;
    readonly index: number;
    readonly node: Node;
}

function placesIn(node: Node): readonly Place[] {
    if (node.kind === "leaf") {
        return [];
    }
    const nodes = node.kind === "map" ? node.entries.map(({ node: below }) => below) : node.items;
    return nodes.flatMap((below, index) => [{ parent: node, index, node: below }, ...placesIn(below)]);
}

function put({ parent, index }: Place, node: Node): void {
    if (parent.kind === "map") {
        parent.entries[index] = { ...(parent.entries[index] as Entry), node };
    } else {
        parent.items[index] = node;
    }
}

const pick = <T>(from: readonly T[], number: number): T | undefined =>
    from[number % Math.max(1, from.length)];

function mutate(root: Node, { kind, place: number, other, quoted }: Mutation, secrets: string[]): void {
    const places = placesIn(root);
    // Keys at the top would only make the file something else than a config.yml.
    const deep = places.filter(({ parent }) => parent !== root);
    const leaves = deep.filter(({ node }) => node.kind === "leaf");
    const inMaps = deep.filter(({ parent }) => parent.kind === "map");
    const maps = [
        ...new Set(places.map(({ parent }) => parent).filter(({ kind: each }) => each === "map")),
    ] as Mapping[];
    const [place, anyLeaf, inMap, map] = [
        pick(deep, number),
        pick(leaves, number),
        pick(inMaps, number),
        pick(maps, number),
    ];
    if (!place || !anyLeaf || !inMap || !map) {
        return;
    }
    const entries = (inMap.parent as Mapping).entries;
    const own = entries[inMap.index] as Entry;
    const expression = pick(EXPRESSIONS, other) ?? "";
    const known = pick(SECRETS, other) ?? { secret: "", text: "" };
    const copy = (node: Node): Node => structuredClone(node);
    switch (kind) {
        case "delete":
            (place.parent.kind === "map" ? place.parent.entries : place.parent.items).splice(place.index, 1);
            break;
        case "duplicate":
            entries.splice(other % (entries.length + 1), 0, {
                ...own,
                node: pick(SCALARS, other) ?? own.node,
            });
            break;
        case "rename":
            entries[inMap.index] = {
                ...own,
                key: pick(KEYS, other) ?? "acme",
                style: "double",
                isOpen: false,
                isSecret: false,
            };
            break;
        case "misspell":
            // A template would be another one, or none.
            entries[inMap.index] = { ...own, key: own.isOpen ? own.key : own.key.replace(/.(?=.$)/, "") };
            break;
        case "move":
            entries.splice(inMap.index, 1);
            pick(maps, other)?.entries.push({ ...own, node: copy(own.node) });
            break;
        case "scalar":
            put(anyLeaf, copy(pick(SCALARS, other) ?? leaf("x")));
            break;
        case "subtree":
            put(place, copy(pick(SCALARS, other) ?? leaf("x")));
            break;
        case "empty":
            put(
                place,
                pick<Node>(
                    [leaf(""), { kind: "map", entries: [], isFlow: false }, { kind: "list", items: [] }],
                    other,
                ) ?? leaf(""),
            );
            break;
        case "expression":
            put(other % 5 === 0 ? place : anyLeaf, leaf(expression, { style: quoted, isOpen: true }));
            break;
        case "within": {
            const text =
                pick(
                    [
                        `s3://${expression}/folder`,
                        `s3://acme-${expression}`,
                        `${expression}/x`,
                        `a ${expression} b`,
                    ],
                    number,
                ) ?? "";
            put(anyLeaf, leaf(text, { style: quoted, isOpen: true }));
            break;
        }
        case "expression-key":
            map.entries.push(entry(expression, leaf("text"), { isOpen: true, style: "double" }));
            break;
        case "secret":
            secrets.push(known.secret);
            if (known.key === undefined) {
                put(anyLeaf, leaf(known.text, { style: "double", isSecret: true }));
            } else {
                map.entries.push(
                    // Whatever a later mutation makes its value.
                    entry(known.key, leaf(known.text, { style: "double", isSecret: true }), {
                        style: "double",
                        isSecret: true,
                    }),
                );
            }
            break;
        case "secret-key":
            if (known.key === undefined) {
                secrets.push(known.secret);
                map.entries.push(
                    entry(known.text, leaf("text"), {
                        style: "double",
                        isSecret: true,
                        isOpen: known.text.startsWith("$"),
                    }),
                );
            }
            break;
        case "unknown":
            map.entries.push(entry(`acme_${other % 10}`, copy(place.node)));
            break;
        case "comment":
            secrets.push(known.secret);
            entries[inMap.index] = { ...own, comment: `was ${known.key ?? "x"}: ${known.text}` };
            break;
        case "flow":
            map.isFlow = true;
            break;
        case "symbol":
            entries[inMap.index] = { ...own, style: /^\w+$/.test(own.key) ? "symbol" : own.style };
            break;
        case "alias": {
            const [first, second] = [number % leaves.length, other % leaves.length].sort((a, b) => a - b);
            const target = leaves[first ?? 0]?.node as Leaf;
            const at = leaves[second ?? 0];
            if (at && first !== second && target.source !== "" && !target.alias && !target.isOpen) {
                target.anchor ??= `a${first}`;
                put(at, leaf("", { alias: target }));
            }
        }
    }
}

/** A config.yml: one of the seeds, or a seed with mutations. */
export const mutatedConfig: fc.Arbitrary<MutatedConfig> = fc
    .tuple(fc.constantFrom(...Object.keys(SEEDS)), MUTATIONS, LAYOUTS)
    .map(([name, mutations, layout]) => {
        const secrets = [ACCESS_KEY, SECRET_KEY, PASSWORD];
        const root = readTree(SEEDS[name] ?? "", secrets);
        for (const mutation of mutations) {
            mutate(root, mutation, secrets);
        }
        const text = writeTree(root, layout);
        const config = { text, finished: writeTree(root, layout, "word"), root, secrets };
        // A counterexample is read as a file.
        return Object.defineProperty(config, fc.toStringMethod, {
            value: () => `\n${text}`,
            enumerable: false,
        });
    });
