import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { openKey, templateIn } from "../../components/args/open-value";
import { kindAt } from "../../components/args/schema-guide";
import type { Path } from "../../components/domain/errors";
import { parseConfigYml } from "../config-yml";
import { errorOf } from "../yaml-error";
import { lineOf, type Masked, mask, restored, shown, unescaped } from "./templates";

/** One leaf of config.yml: a scalar, null, an empty list or an empty map, or what stands in a scalar's place. */
export interface Leaf {
    readonly path: Path;
    /** The value, with what a template tool would replace; undefined for a map or a list in a scalar's place. */
    readonly value: unknown;
    /** The tool that would compute the value. */
    readonly tool?: string;
    /** The first of the path's keys that a tool would compute. */
    readonly templateKey?: string;
    /** As it is written in the file. */
    readonly source: string;
    /** Its YAML tag, such as `!Ref`, if it is not one of YAML's own. */
    readonly tag?: string;
    /** The instruction of a template tool that decides whether the leaf is there. */
    readonly instruction?: string;
    /** Whether a later key of the same name replaces it, as in Ruby. */
    readonly isReplaced: boolean;
}

/** The leaves of a config.yml, in its order. */
export interface Leaves {
    readonly leaves: readonly Leaf[];
    readonly instructionLines: readonly number[];
}

/**
 * Reads a config.yml as Ruby does, with the later of two keys of the same name, but runs no ERB.
 * @throws InvalidArguments
 */
export function readLeaves(written: string, file: string): Leaves {
    // A line break to Ruby's YAML reader.
    const text = written.replace(/\r(?!\n)/g, "\n");
    const masked = mask(text, file);
    const document = parseConfigYml(masked.text, text, file);
    const leaves = isMap(document.contents)
        ? leavesOf(document.contents, [], new Reader(document, text, masked, file))
        : [];
    return { leaves, instructionLines: masked.instructionLines };
}

/** EmrEtlRunner's sample has some 80 leaves; aliases of aliases may stand for any number. */
const MOST_LEAVES = 10_000;

class Reader {
    private count = 0;

    constructor(
        private readonly document: Document.Parsed,
        private readonly text: string,
        private readonly masked: Masked,
        private readonly file: string,
    ) {}

    /** @throws InvalidArguments */
    private counted(): void {
        this.count += 1;
        if (this.count > MOST_LEAVES) {
            const found = `more than ${MOST_LEAVES} values, those of aliases included`;
            throw errorOf(this.file, {
                code: "not-a-config-yml",
                found,
                expected: "EmrEtlRunner's config.yml",
            });
        }
    }

    /** The name of a key. One that a template tool computes is shown without its literals, and stays apart from others. */
    name(key: Node): string {
        this.counted();
        const name = this.restored(isScalar(key) ? String(key.value) : String(key), key);
        return templateIn(name, []) === undefined
            ? name
            : openKey(shown(name), lineOf(this.text, key.range?.[0] ?? 0));
    }

    resolved(node: unknown): Node | null {
        return isAlias(node) ? (node.resolve(this.document) ?? null) : (node as Node | null);
    }

    private restored(masked: string, node: Node | null): string {
        const [start, end] = node?.range ?? [0, 0];
        return restored(masked, this.masked, start, end);
    }

    leaf(path: Path, node: Node | null, value: unknown, isReplaced: boolean): Leaf {
        this.counted();
        const [start, end] = node?.range ?? [0, 0];
        const templateKey = path.find(
            (key): key is string => typeof key === "string" && templateIn(key, []) !== undefined,
        );
        const text = typeof value === "string" ? this.restored(value, node) : value;
        const tool = typeof text === "string" ? templateIn(text, ["emrEtlRunner", ...path]) : undefined;
        const block = this.masked.blocks.findLast((each) => start > each.start && start <= each.end);
        return {
            path: path.map((key) => (typeof key === "string" ? unescaped(key) : key)),
            value: typeof text === "string" ? unescaped(text) : text,
            ...(tool !== undefined && { tool }),
            ...(templateKey !== undefined && { templateKey }),
            source: this.text.slice(start, end),
            isReplaced,
            ...(block && { instruction: block.instruction }),
            ...(isForeign(node?.tag) && { tag: node?.tag ?? "" }),
        };
    }
}

/** YAML's own types are `tag:yaml.org,2002:str` and the like; Ruby makes objects of the others. */
function isForeign(tag: string | undefined): boolean {
    return tag !== undefined && !/^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/.test(tag);
}

/** `key`: where a key without a value stands. */
function leavesOf(
    value: unknown,
    path: Path,
    reader: Reader,
    isReplaced = false,
    key?: Node,
): readonly Leaf[] {
    const node = reader.resolved(value);
    if (isForeign(node?.tag) || isScalar(node) || node === null) {
        return [
            reader.leaf(
                path,
                node ?? key ?? null,
                isScalar(node) ? node.value : node && undefined,
                isReplaced,
            ),
        ];
    }
    const isEmpty = (isMap(node) || isSeq(node)) && node.items.length === 0;
    const kind = kindAt(["emrEtlRunner", ...path]);
    if (isEmpty || kind === "scalar" || kind === (isSeq(node) ? "map" : "list")) {
        return [reader.leaf(path, node, isEmpty ? node.toJSON() : undefined, isReplaced)];
    }
    if (isSeq(node)) {
        return node.items.flatMap((item, index) => leavesOf(item, [...path, index], reader, isReplaced));
    }
    const pairs = isMap(node) ? pairsOf(node.items, reader) : [];
    const last = new Map(pairs.map(({ name }, index) => [name, index]));
    return pairs.flatMap(({ name, key: named, value: below }, index) =>
        leavesOf(below, [...path, name], reader, isReplaced || last.get(name) !== index, named),
    );
}

interface Named {
    readonly name: string;
    readonly key: Node;
    readonly value: unknown;
}

/** The keys of a map, with those that it merges in their place: Ruby takes the last of each name. */
function pairsOf(items: readonly Pair[], reader: Reader): readonly Named[] {
    return items.flatMap(({ key, value }) => {
        const merged = reader.resolved(value);
        if (isScalar(key) && key.type === "PLAIN" && key.source === "<<") {
            const maps = isSeq(merged)
                ? merged.items.map((item) => reader.resolved(item)).toReversed()
                : [merged];
            return maps.flatMap((map) => (isMap(map) ? pairsOf(map.items, reader) : []));
        }
        return [{ name: reader.name(key as Node), key: key as Node, value }];
    });
}
