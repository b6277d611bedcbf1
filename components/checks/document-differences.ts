import type { PolicyDocument } from "../policies/document";

/**
 * The statements, by their Sids, in which a JSON document differs from the expected one. AWS changes the order of
 * everything, lists of one value, and the principal `"*"`: these differences do not count.
 */
export function documentDifferences(expected: PolicyDocument, json: string): readonly string[] {
    const { Statement = [] } = JSON.parse(json) as { readonly Statement?: unknown };
    const found = [Statement].flat().map((statement) => [sidOf(statement), canonical(statement)] as const);
    const wanted = new Map(expected.Statement.map((statement) => [statement.Sid, canonical(statement)]));
    return [
        ...[...wanted].flatMap(([sid, text]) => {
            const same = found.filter(([other]) => other === sid);
            const isIt = same.every(([, other]) => other === text);
            return same.length === 0 ? [`missing ${sid}`] : isIt ? [] : [`changed ${sid}`];
        }),
        ...found.filter(([sid]) => !wanted.has(sid)).map(([sid]) => `additional ${sid}`),
    ];
}

function sidOf(statement: unknown): string {
    const { Sid } = statement as { readonly Sid?: string };
    return Sid ?? "statement without a Sid";
}

function canonical(value: unknown): string {
    return JSON.stringify(value, (key, below: unknown) => {
        if (key === "Principal" && below === "*") {
            return { AWS: below };
        }
        if (Array.isArray(below)) {
            return below.length === 1 ? below[0] : below.toSorted();
        }
        return typeof below === "object" && below !== null
            ? Object.fromEntries(Object.entries(below).toSorted(([a], [b]) => (a < b ? -1 : 1)))
            : below;
    });
}
