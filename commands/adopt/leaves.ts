import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { isNullLike, isOpenKey, openKey, templateIn } from "../../components/args/open-value";
import { kindAt } from "../../components/args/schema-guide";
import type { Path } from "../../components/domain/errors";
import { parseConfigYml, unescaped } from "../config-yml";
import { errorOf, lineOf } from "../yaml-error";
import { type Masked, mask, restored, shown } from "./templates";

/** One leaf of config.yml: a scalar, null, an empty list or an empty map, or what stands in a scalar's place. */
export interface Leaf {
    readonly path: Path;
    /** The value, with what a template tool would replace; undefined for a map or a list in a scalar's place. */
    readonly value: unknown;
    /** As it is written in the file. */
    readonly source: string;
    /** For a comment or a message: on one line, without strings that may be secrets. */
    readonly shown: string;
    /** Why a person has to write the value; undefined for a finished one. */
    readonly unfinished: string | undefined;
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
    const reader = new Reader(document, text, masked, file);
    const leaves = isMap(document.contents) ? reader.leavesOf(document.contents, []) : [];
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

    /** @param key where a key without a value stands. */
    leavesOf(value: unknown, path: Path, isReplaced = false, key: Node | null = null): readonly Leaf[] {
        const node = this.resolved(value);
        if (node === null || isScalar(node)) {
            return [this.leaf(path, node ?? key, isScalar(node) ? node.value : null, isReplaced)];
        }
        if (!isCollection(node) || isForeign(node.tag)) {
            return [this.leaf(path, node, undefined, isReplaced)];
        }
        if (node.items.length === 0) {
            return [this.leaf(path, node, node.toJSON(), isReplaced)];
        }
        const kind = isSeq(node) ? "list" : "map";
        if (kind !== (kindAt(["emrEtlRunner", ...path]) ?? kind)) {
            return [this.leaf(path, node, undefined, isReplaced)];
        }
        if (isSeq(node)) {
            return node.items.flatMap((item, index) => this.leavesOf(item, [...path, index], isReplaced));
        }
        const keys = this.keysOf(node.items as Pair[]);
        const last = new Map(keys.map(({ name }, index) => [name, index]));
        return keys.flatMap((each, index) =>
            this.leavesOf(
                each.value,
                [...path, each.name],
                isReplaced || last.get(each.name) !== index,
                each.key,
            ),
        );
    }

    /** The keys of a map, with those that it merges in their place: Ruby takes the last of each name. */
    private keysOf(
        pairs: readonly Pair[],
    ): readonly { readonly name: string; readonly key: Node; readonly value: unknown }[] {
        return pairs.flatMap(({ key, value }) => {
            if (isScalar(key) && key.type === "PLAIN" && key.source === "<<") {
                const merged = this.resolved(value);
                const maps = isSeq(merged)
                    ? merged.items.map((item) => this.resolved(item)).toReversed()
                    : [merged];
                return maps.flatMap((map) => (isMap(map) ? this.keysOf(map.items) : []));
            }
            return [{ name: this.name(key as Node), key: key as Node, value }];
        });
    }

    /** The name of a key. One that a template tool computes is shown without its literals, and stays apart from others. */
    private name(key: Node): string {
        this.counted();
        const name = restored(String(key), this.masked, key.range ?? []);
        return templateIn(name, []) === undefined
            ? unescaped(name)
            : openKey(shown(name), lineOf(this.text, key.range?.[0] ?? 0));
    }

    private leaf(path: Path, node: Node | null, value: unknown, isReplaced: boolean): Leaf {
        this.counted();
        const range = node?.range ?? [0, 0];
        const source = this.text.slice(...range);
        const text = typeof value === "string" ? restored(value, this.masked, range) : value;
        const at = ["emrEtlRunner", ...path];
        const tool = typeof text === "string" ? templateIn(text, at) : undefined;
        const block = this.masked.blocks.find(({ start, end }) => range[0] > start && range[0] <= end);
        const tag = isForeign(node?.tag) ? node?.tag : undefined;
        const final = typeof text === "string" ? unescaped(text) : text;
        const reasons = [
            block && `${block.instruction} decides whether it is there`,
            path.some(isOpenKey) && "a template tool computes its key",
            tag && `a YAML tag, ${shown(tag)}`,
            value === undefined && "not a string, a number or a boolean, but one belongs here",
            tool && (tool === "a placeholder" ? tool : `${tool} computes it`),
            isNullLike(final, at) && "a word for a missing value",
        ];
        // A number as it is written, such as 5.30.
        const original = tag ? shownTag(tag, source) : shown(typeof final === "string" ? final : source);
        return {
            path,
            value: final,
            source,
            shown: [block?.instruction, original].filter(Boolean).join(" … "),
            unfinished: reasons.find(Boolean) || undefined,
            isReplaced,
        };
    }

    private resolved(node: unknown): Node | null {
        return isAlias(node) ? (node.resolve(this.document) ?? null) : (node as Node | null);
    }

    /** @throws InvalidArguments */
    private counted(): void {
        this.count += 1;
        if (this.count > MOST_LEAVES) {
            const found = `more than ${MOST_LEAVES} values, those of aliases included`;
            const expected = "EmrEtlRunner's config.yml";
            throw errorOf(this.file, { code: "not-a-config-yml", found, expected });
        }
    }
}

/** YAML's own types are `tag:yaml.org,2002:str` and the like; Ruby makes objects of the others. */
function isForeign(tag: string | undefined): boolean {
    return tag !== undefined && !/^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/.test(tag);
}

/** CloudFormation's tags name a resource; what others have may be a secret, such as Ansible's `!vault`. */
function shownTag(tag: string, source: string): string {
    return /^!(?:Ref|Sub|GetAtt|ImportValue|ENV)$/.test(tag) ? `${tag} ${shown(source)}` : `${shown(tag)} …`;
}
