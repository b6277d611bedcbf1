import { completeArgs } from "../../components/args/complete";
import { isOpenKey } from "../../components/args/open-value";
import { checkShape } from "../../components/args/shape";
import { withStandIns } from "../../components/args/stand-ins";
import { CREDENTIALS, configTree } from "../../components/domain/emr-etl-runner-config";
import { formatPath, isWithin, type Path } from "../../components/domain/errors";
import { resolveLocations } from "../../components/domain/locations";
import { NAMESPACE } from "../../components/domain/naming";
import { isRegion } from "../../components/domain/region";
import { flatMapValues } from "../../components/domain/value-at";
import { fieldsOf } from "../config-yml";
import type { Leaf } from "./leaves";
import type { Entry } from "./verdicts";
import { stackConfig } from "./write";

/** Names of resources that exist after an `up` only. */
const MANAGED = { jobflowRole: "the stack's", serviceRole: "the stack's", subnetId: "the stack's" } as const;
const BUCKET = "managed";

/** The config.yml that the program renders for the entries; what it would refuse has another value. */
function renderedTree(entries: readonly Entry[], stack: string) {
    const { region, emrEtlRunner } = stackConfig(entries);
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
            const tree = { aws: { ...CREDENTIALS, ...aws }, ...rest };
            return { tree, refused: [...refused.values()].map((path) => path.slice(1)) };
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
 * operator's has, if no entry names them or a part with them.
 */
export function differences(
    leaves: readonly Leaf[],
    entries: readonly Entry[],
    stack: string,
): readonly Entry[] {
    // The object around an open key is refused, but its other keys are as they will be.
    const withoutOpenKeys = entries.filter(({ to }) => !to?.some(isOpenKey));
    const { tree, refused } = renderedTree(withoutOpenKeys, stack);
    const named = entries.flatMap(({ list, path, to = path }) => (list === undefined ? [] : [path, to]));
    const known = [...named, ...refused];
    const given = new Map(leaves.flatMap(({ path, value }) => [...fieldsOf(value, path)]));
    const rendered = fieldsOf(tree);
    const ofTree = flatMapValues(tree, (value, path) => (typeof value === "object" ? [] : [path]));
    const paths = new Map(
        [...leaves.map(({ path }) => path), ...ofTree].map((path) => [formatPath(path), path]),
    );
    return [...paths].flatMap(([field, path]): readonly Entry[] => {
        const [before, value] = [given.get(field), rendered.get(field)];
        if (before === value || known.some((other) => isWithin(path, other) || isWithin(other, path))) {
            return [];
        }
        return before === undefined
            ? [{ list: "defaults", path, value: shown(value), reason: "config.yml has no value" }]
            : [{ list: "changed", path, reason: "the stack renders it otherwise" }];
    });
}

function shown(value: unknown): unknown {
    return typeof value === "string" && value.startsWith(`s3://${BUCKET}/`) ? "a managed bucket" : value;
}
