import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Path } from "../domain/errors";
import { NAMESPACE } from "../domain/naming";

/** Finds the line of a path in the text of a stack file: of the key itself or, if it is missing, of its parent. */
export function stackFileLines(text: string): (path: Path) => number | undefined {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    return (path) => {
        let [node, offset]: Found = [document.get("config", true), undefined];
        for (const [depth, key] of path.entries()) {
            const found = depth === 0 ? topLevel(document, node, String(key)) : child(document, node, key);
            if (found === undefined) {
                break;
            }
            [node, offset] = found;
        }
        return offset === undefined ? undefined : lines.linePos(offset).line;
    };
}

/** A value, and the offset of its key or, in a list, of the value itself. */
type Found = readonly [value: unknown, offset: number | undefined];

/** The CLI reads a key without a namespace as a key of the project's. */
function topLevel(document: Document, config: unknown, key: string): Found | undefined {
    const names = key.includes(":") ? [key] : [`${NAMESPACE}:${key}`, key];
    return names.map((name) => child(document, config, name)).find((found) => found !== undefined);
}

function child(document: Document, parent: unknown, key: string | number): Found | undefined {
    const node = isNode(parent) ? resolved(document, parent) : parent;
    if (isSeq(node)) {
        const item = node.items[Number(key)];
        return isNode(item) ? [item, item.range?.[0]] : undefined;
    }
    const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
        : undefined;
    return pair && isScalar(pair.key) ? [pair.value, pair.key.range?.[0]] : undefined;
}

function resolved(document: Document, node: Node): unknown {
    return "resolve" in node && typeof node.resolve === "function" ? node.resolve(document) : node;
}
