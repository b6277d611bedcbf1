import { readFileSync } from "node:fs";
import { formatPath, InvalidArguments, type Path } from "../../components/domain/errors";
import { valueAt } from "../../components/domain/value-at";
import { isTree, readConfig, TAG, type Tree, withoutTags } from "../config-yml";
import { redact } from "../credentials";
import { type Check, type Context, compare } from "./check";

/** A config.yml as it was found. */
export interface ConfigFile {
    readonly file: string;
    readonly text: string;
}

/** @throws Error where there is no such file. */
export function readConfigFile(file: string): ConfigFile {
    try {
        return { file, text: readFileSync(file, "utf8") };
    } catch (error) {
        throw new Error(`--config ${file}: ${error instanceof Error ? error.message : error}`);
    }
}

/** The stack's file takes them from the environment; an operator may have others, or have them written in. */
const CREDENTIALS = ["aws.access_key_id", "aws.secret_access_key"];

/** How jobs run, and on how large a cluster: it says nothing of what is encrypted, or of where data goes. */
const JOBS_OWN =
    /^(aws\.emr\.(jobflow|bootstrap_failure_tries)|aws\.s3\.consolidate_shredded_output|collectors|enrich|storage|monitoring\.(logging|snowplow))(\.|$)/;

/** An operator's config.yml against the stack's, field by field: a line for each field that is another. */
export function configChecks({ outputs }: Context, { file, text }: ConfigFile): readonly Check[] {
    const on = `config.yml ${file}`;
    const remedy = `npx pulumi stack output emrEtlRunnerConfig --stack ${outputs.forCommands.stack} > ${file}`;
    let config: Tree;
    try {
        config = readConfig(text, file);
    } catch (error) {
        if (error instanceof InvalidArguments) {
            const found = error.errors.map((each) => each.found).join("; ");
            return [compare({ on, expected: "readable", found, remedy })];
        }
        throw error;
    }
    const wanted = fieldsOf(readConfig(outputs.emrEtlRunnerConfig, "emrEtlRunnerConfig"));
    const found = fieldsOf(config);
    const hide = hiding(config);
    const lines = [...new Set([...wanted.keys(), ...found.keys()])]
        .filter((field) =>
            CREDENTIALS.includes(field)
                ? !found.has(field)
                : JSON.stringify(wanted.get(field)) !== JSON.stringify(found.get(field)),
        )
        .map((field) => {
            const value = found.get(field);
            const isTag = typeof value === "string" && value.includes(TAG);
            return compare({
                on: `${on}: ${hide(field)}`,
                expected: expectedAt(field, wanted),
                found: isTag
                    ? `${hide(withoutTags(value))}, which is not run here`
                    : wanted.has(field)
                      ? hide(value === undefined ? "nothing" : JSON.stringify(value))
                      : "a value, which is not shown",
                isOk: false,
                severity: isTag || JOBS_OWN.test(field) ? "warning" : "failed",
                remedy,
            });
        });
    const same = "as the stack's";
    return lines.length === 0 ? [compare({ on, expected: same, found: same, remedy })] : lines;
}

function expectedAt(field: string, wanted: ReadonlyMap<string, unknown>): string {
    if (CREDENTIALS.includes(field)) {
        return "a value";
    }
    return wanted.has(field) ? JSON.stringify(wanted.get(field)) : "no such field";
}

/**
 * The values in a config, by their fields' names, as EmrEtlRunner takes them: null and what is empty are nothing, and
 * a location is the same with or without a slash at its end (cli.rb, `add_trailing_slashes`).
 */
function fieldsOf(value: unknown, way: Path = []): ReadonlyMap<string, unknown> {
    if (Array.isArray(value)) {
        return new Map(value.flatMap((item, index) => [...fieldsOf(item, [...way, index])]));
    }
    if (isTree(value)) {
        return new Map(Object.entries(value).flatMap(([key, item]) => [...fieldsOf(item, [...way, key])]));
    }
    if (value === null || value === undefined) {
        return new Map();
    }
    const name = formatPath(way);
    const isUrl = typeof value === "string" && name.startsWith("aws.s3.buckets.");
    return new Map([[name, isUrl ? value.replace(/\/$/, "") : value]]);
}

/** Leaves out what looks like a credential, and the file's own. */
function hiding(config: Tree): (text: string) => string {
    const own = CREDENTIALS.map((field) => valueAt(config, field.split("."))).filter(
        // AWS has none that are shorter.
        (value): value is string => typeof value === "string" && value.length >= 16 && !value.includes(TAG),
    );
    return (text) => redact(own.reduce((shown, key) => shown.replaceAll(key, "…"), withoutTags(text)));
}
