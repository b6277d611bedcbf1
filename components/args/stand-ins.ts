import { isWithin, type Path } from "../domain/errors";
import { valueAt } from "../domain/value-at";
import { environment } from "./schema";
import { knownValues } from "./schema-guide";

const STREAM: Path = ["emrEtlRunner", "aws", "s3", "buckets", "enriched", "stream"];

/** A part of the arguments that means stream-enrich mode. */
function streamBelow(path: Path): readonly unknown[] {
    const below = STREAM.slice(path.length);
    return path.length < STREAM.length && isWithin(STREAM, path)
        ? [below.reduceRight<unknown>((value, key) => ({ [key]: value }), "managed")]
        : [];
}

/** Values of every kind that the schema accepts somewhere; `n` keeps those of different places apart. */
const values = (path: Path, n: number): readonly unknown[] => [
    ...[`s3://open-value-${n}/folder`, `s3://other-value-${n}/script.sh`],
    ...knownValues(path),
    ...[2, 400, 0.5, true, false, "6.15.0", "5.36.2", "1.17.0", "0.16.0", "m5.xlarge", "r5.large", "{}"],
    ...[`open value ${n}`, `other-value-${n}`, [], {}, ...streamBelow(path)],
];

/** Arguments with a value that the schema accepts at each path; another value in each round, where there are several. */
export function withStandIns(args: unknown, paths: readonly Path[], round: number): unknown {
    const copy = structuredClone(args);
    for (const [index, path] of paths.entries()) {
        const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
        const key = path.at(-1);
        if (typeof parent !== "object" || parent === null || key === undefined) {
            continue; // `aws:region`, or a key that messages do not show.
        }
        const accepted = acceptedAt(path);
        if (accepted.length === 0) {
            delete parent[key];
        } else {
            parent[key] = values(path, index)[accepted[round % accepted.length] ?? 0];
        }
    }
    return copy;
}

const known = new Map<string, readonly number[]>();

/** The indexes of the values that the schema accepts at a path. */
function acceptedAt(path: Path): readonly number[] {
    const key = path.map((part) => (typeof part === "number" ? 0 : part)).join("\n");
    const accepted =
        known.get(key) ??
        [...values(path, 0).entries()].flatMap(([index, value]) => (acceptsAt(path, value) ? [index] : []));
    known.set(key, accepted);
    return accepted;
}

/** Whether the schema accepts a value at a path. */
export function acceptsAt(path: Path, value: unknown): boolean {
    const args = path.reduceRight<unknown>(
        (below, key) => (typeof key === "number" ? [below] : { [key]: below }),
        value,
    );
    const { error } = environment.safeParse(args);
    return !error?.issues.some(
        (issue) =>
            issue.code === "unrecognized_keys" ||
            (isWithin(
                issue.path as Path,
                path.map((key) => (typeof key === "number" ? 0 : key)),
            ) &&
                (issue.path.length === path.length || (value !== null && typeof value === "object"))),
    );
}
