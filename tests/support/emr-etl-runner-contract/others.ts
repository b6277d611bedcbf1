import { isDeepStrictEqual } from "node:util";
import { type AnyStack, REGIONS } from "../arbitrary-config";
import { FREE_KEYS } from "./reader";
import { HOSTNAME_VERIFIER, MANAGED, type Read, type Rule, takesAnyHostname, valueAt } from "./rules";
import type { ConfigYml } from "./schema";

export const OTHER_RULES: Readonly<Record<string, Rule<Read>>> = {
    tags: ({ yml, given }) => ({
        "not EMR's": yml.monitoring.tags["for-use-with-amazon-emr-managed-policies"] !== "true",
        "not the stack's":
            yml.monitoring.tags["snowplow-emr-stack"] !== `snowplow-emr-encryption/${given.stack}`,
    }),
    region: ({ yml, given }) => ({
        "not the stack's": ![yml.aws.s3.region, yml.aws.emr.region].every(
            (region) => region === given.region,
        ),
        "without hosted assets": !REGIONS.some((region) => region === given.region),
    }),
    "values of the stack config": ({ yml, given }) => ({
        [`missing: ${lost(yml, given).join(", ")}`]: lost(yml, given).length > 0,
    }),
};

/** The paths of values in the stack config that config.yml does not have. */
function lost(yml: ConfigYml, stack: AnyStack): readonly string[] {
    const given = stack.config.emrEtlRunner;
    return written(given, [])
        .filter((path) => {
            const wanted = valueAt(given, path.split("."));
            const expected =
                path === "aws.emr.configuration" && wanted !== null && takesAnyHostname(stack)
                    ? withCoreSite(wanted as Texts)
                    : wanted;
            return !arrives(path, expected, valueAt(yml, path.split(".")));
        })
        .sort();
}

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

function withCoreSite(configuration: Texts): Texts {
    return {
        ...configuration,
        "core-site": { ...configuration["core-site"], [HOSTNAME_VERIFIER]: "ALLOW_ALL" },
    };
}

/** The paths of values; an object whose keys the user chooses is one value. */
function written(value: unknown, path: readonly string[]): readonly string[] {
    const name = path.join(".");
    const isLeaf = typeof value !== "object" || value === null || Array.isArray(value);
    return isLeaf || FREE_KEYS.test(name)
        ? [name]
        : Object.entries(value).flatMap(([key, below]) => written(below, [...path, key]));
}

function arrives(path: string, wanted: unknown, found: unknown): boolean {
    if (wanted === null || wanted === undefined || /^aws\.\w+_key(_id)?$/.test(path)) {
        return true; // Null stands for the default, and credentials are ERB.
    }
    const location = path.replace(/^aws\.s3\.buckets\./, "");
    if (Object.hasOwn(MANAGED, location)) {
        const urls = [wanted].flat().map((url) => String(url).replace(/\/?$/, "/"));
        return wanted === "managed" || isDeepStrictEqual([found].flat(), urls);
    }
    return isDeepStrictEqual(
        path === "monitoring.tags" ? { ...Object(found), ...Object(wanted) } : wanted,
        found,
    );
}
