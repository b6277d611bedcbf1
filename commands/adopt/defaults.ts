import { completeArgs } from "../../components/args/complete";
import { checkShape } from "../../components/args/shape";
import { withStandIns } from "../../components/args/stand-ins";
import { CREDENTIALS, configTree } from "../../components/domain/emr-etl-runner-config";
import { formatPath, isWithin, type Path } from "../../components/domain/errors";
import { resolveLocations } from "../../components/domain/locations";
import { NAMESPACE } from "../../components/domain/naming";
import { isRegion } from "../../components/domain/region";
import { fieldsOf, type Tree } from "../config-yml";
import type { Leaf } from "./leaves";
import type { Change, Default } from "./result";

/** Names of resources that exist after an `up` only. */
const MANAGED = { jobflowRole: "the stack's", serviceRole: "the stack's", subnetId: "the stack's" } as const;
const BUCKET = "managed";

/** The config.yml that the program renders for EmrEtlRunner's keys; what it would refuse has another value. */
function renderedTree(emrEtlRunner: Tree, region: unknown, stack: string) {
    const refused = new Map<string, Path>();
    for (;;) {
        const args = withStandIns({ emrEtlRunner }, [...refused.values()], 0);
        const { environment, errors } = checkShape(args);
        if (environment !== undefined) {
            const complete = completeArgs(environment, {
                region: typeof region === "string" && isRegion(region) ? region : "eu-west-1",
                stack,
                stackTag: `${NAMESPACE}/${stack}`,
            });
            const locations = resolveLocations(complete.locations, () => BUCKET);
            const keyName = complete.emrEtlRunner.aws.emr.ec2_key_name ?? "a managed key pair";
            const names = { ...MANAGED, keyName, securityConfiguration: "the stack's" };
            const { aws, ...rest } = configTree({ ...complete, ...names, locations });
            return { tree: { aws: { ...CREDENTIALS, ...aws }, ...rest }, refused: [...refused.values()] };
        }
        for (const { path } of errors) {
            // Where no value is accepted, none is accepted in the object around it either.
            const place = path.findLastIndex((_, end) => !refused.has(formatPath(path.slice(0, end + 1))));
            const outer = path.slice(0, place + 1);
            refused.set(formatPath(outer), outer);
        }
    }
}

/**
 * The fields of the rendered config.yml that the operator's has not, or has otherwise, and those that only the
 * operator's has: everything but the fields at or below the paths that are listed already.
 */
export function differences(
    leaves: readonly Leaf[],
    emrEtlRunner: Tree,
    {
        region,
        stack,
        listed,
    }: { readonly region: unknown; readonly stack: string; readonly listed: readonly Path[] },
): { readonly defaults: readonly Default[]; readonly changed: readonly Change[] } {
    const { tree, refused } = renderedTree(emrEtlRunner, region, stack);
    const given = new Map(leaves.flatMap(({ path, value }) => [...fieldsOf(value, path)]));
    const rendered = fieldsOf(tree);
    const paths = new Map(
        [...leaves.map(({ path }) => path), ...pathsOf(tree)].map((path) => [formatPath(path), path]),
    );
    const known = [...listed, ...refused.map((path) => path.slice(1))];
    const different = [...paths]
        .map(([field, path]) => ({ path, from: given.get(field), to: rendered.get(field) }))
        .filter(
            ({ path, from, to }) =>
                from !== to && !known.some((other) => isWithin(path, other) || isWithin(other, path)),
        );
    return {
        defaults: different
            .filter(({ from }) => from === undefined)
            .map(({ path, to }) => ({ path, value: shown(to), reason: "config.yml has no value" })),
        changed: different
            .filter(({ from }) => from !== undefined)
            .map(({ path, from, to }) => ({ path, from, to, reason: "the stack renders it otherwise" })),
    };
}

function shown(value: unknown): unknown {
    return typeof value === "string" && value.startsWith(`s3://${BUCKET}/`) ? "a managed bucket" : value;
}

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
    return typeof value !== "object" || value === null
        ? [path]
        : Object.entries(value).flatMap(([key, item]) =>
              pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
          );
}
