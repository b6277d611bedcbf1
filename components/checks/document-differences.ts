import { arn } from "../domain/arn";
import type { PolicyDocument } from "../policies/document";

/**
 * The statements, by their Sids, in which a JSON document differs from the expected one. AWS rewrites documents: the
 * order of keys and lists, a list of one value as the value, and the principals `"*"` and an account's id, which becomes
 * the account's ARN, do not count as differences.
 */
export function documentDifferences(expected: PolicyDocument, json: string): readonly string[] {
    const { Statement = [] } = JSON.parse(json) as { readonly Statement?: unknown };
    const found = [Statement].flat().map((statement) => ({
        sid: (statement as { readonly Sid?: string }).Sid ?? "statement without a Sid",
        text: canonicalStatement(statement),
    }));
    const expectedSids = expected.Statement.map(({ Sid }) => Sid);
    return [
        ...expected.Statement.flatMap((statement) => {
            const sameSid = found.filter(({ sid }) => sid === statement.Sid);
            if (sameSid.length === 0) {
                return [`missing ${statement.Sid}`];
            }
            const text = canonicalStatement(statement);
            return sameSid.every((other) => other.text === text) ? [] : [`changed ${statement.Sid}`];
        }),
        ...found.filter(({ sid }) => !expectedSids.includes(sid)).map(({ sid }) => `additional ${sid}`),
    ];
}

/** The same string for statements, or conditions, that AWS takes for the same. */
export function canonicalStatement(statement: unknown): string {
    return JSON.stringify(statement, (key, written: unknown) => {
        if (key === "Principal" && written === "*") {
            return { AWS: written };
        }
        const value = key === "AWS" ? [written].flat().map((each) => accountArn(String(each))) : written;
        if (Array.isArray(value)) {
            return value.length === 1 ? value[0] : value.toSorted();
        }
        return typeof value === "object" && value !== null
            ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
            : value;
    });
}

/** A principal as AWS writes it: an account's id becomes the account's ARN. */
export function accountArn(principal: string): string {
    return /^\d{12}$/.test(principal) ? arn("iam", "", principal, "root") : principal;
}
