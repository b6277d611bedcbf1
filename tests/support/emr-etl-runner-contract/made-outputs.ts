import { isDeepStrictEqual } from "node:util";
import { type Made, resources } from "./made";
import type { Rule } from "./rules";

export const OUTPUT_RULES: Readonly<Record<string, Rule<Made>>> = {
    partition: ({ run }) => {
        const arns = run.registrations.flatMap(
            ({ inputs }) => JSON.stringify(inputs).match(/arn:[^:]*:/g) ?? [],
        );
        return { "another partition than aws": arns.some((start) => start !== "arn:aws:") };
    },
    "no secret": ({ run }) => ({
        "a secret output": run.secretOutputs.length > 0,
        "a private key": /BEGIN [A-Z ]*PRIVATE KEY/.test(JSON.stringify(run.outputs)),
    }),
    "the outputs": ({ run, locations }) => ({
        "other locations than config.yml's": !isDeepStrictEqual(
            Object.fromEntries(
                Object.entries(run.outputs.buckets as object).map(([path, urls]) => [path, [urls].flat()]),
            ),
            Object.fromEntries(Object.entries(locations).filter(([, urls]) => urls.length > 0)),
        ),
        "another security configuration": !isDeepStrictEqual(
            run.outputs.securityConfiguration ?? undefined,
            resources(run, "aws:emr/securityConfiguration:SecurityConfiguration")[0]?.inputs.configuration,
        ),
    }),
};
