import { readFileSync } from "node:fs";
import { InvalidArguments } from "../../components/domain/errors";
import { valueAt } from "../../components/domain/value-at";
import { fieldsOf, readConfig, TAG, type Tree, withoutTags, yamlTags } from "../config-yml";
import { redact } from "../credentials";
import { type Context, type Line, type Observation, type Outcome, okIf } from "./control";

/** @throws Error if the file cannot be read. */
export function readConfigFile(file: string): { readonly file: string; readonly text: string } {
    try {
        return { file, text: readFileSync(file, "utf8") };
    } catch (error) {
        throw new Error(`--config ${file}: ${error instanceof Error ? error.message : error}`);
    }
}

const CREDENTIALS = ["aws.access_key_id", "aws.secret_access_key"];

/** A credential from the environment, as the stack renders it. */
const CREDENTIAL_LINE =
    /^\s*"?:?(access_key_id|secret_access_key)"?:\s*["']?<%=\s*ENV(\[["']\w+["']\]|\.fetch\(["']\w+["']\))\s*%>["']?\s*$/;

/** How jobs run, and on how large a cluster: not what is encrypted, nor where data goes. */
const JOBS =
    /^(aws\.emr\.(jobflow|bootstrap_failure_tries)|aws\.s3\.consolidate_shredded_output|collectors|enrich|storage|monitoring\.(logging|snowplow))(\.|$)/;

/**
 * Compares the operator's config.yml with the stack's, field by field.
 * @param part `jobs`: the fields of how jobs run. `stack`: all others, and what EmrEtlRunner would run.
 */
export function configYml(part: "stack" | "jobs") {
    return ({ outputs, settings }: Context): Outcome => {
        if (settings.config === undefined) {
            return "no --config";
        }
        const { file, text } = settings.config;
        const line = {
            subject: `config.yml ${file}`,
            expected: "as the stack's",
            fix: `\`npx pulumi stack output emrEtlRunnerConfig --stack ${outputs.forCommands.stack} > ${file}\``,
        };
        try {
            const differences = differencesOf(readConfig(text, file), outputs.emrEtlRunnerConfig)
                .filter(({ field }) => JOBS.test(field) === (part === "jobs"))
                .map(({ name, expected, found }) => {
                    const subject = `${line.subject}: ${name}`;
                    return { ...line, subject, expected, found: okIf(false, found) };
                });
            const fields = differences.length > 0 ? differences : [{ ...line, found: [] }];
            return part === "stack" ? [codeIn(line, text, file), ...fields] : fields;
        } catch (error) {
            if (!(error instanceof InvalidArguments)) {
                throw error;
            }
            const found = error.errors.map((each) => each.found).join("; ");
            return part === "jobs" ? "the file is not readable" : { ...line, expected: "readable", found };
        }
    };
}

/** Ruby runs ERB before it reads YAML: a tag in a comment runs as well. A YAML tag may create any of Ruby's objects. */
function codeIn(line: Line, text: string, file: string): Observation {
    const erb = text.split("\n").flatMap((code, index) => {
        const isCode = code.replaceAll("<%%", "").includes("<%") && !CREDENTIAL_LINE.test(code);
        return isCode ? [`ERB in line ${index + 1}`] : [];
    });
    const tags = yamlTags(text, file).map((tagged) => `a YAML tag in line ${tagged}`);
    const expected = "no ERB but the two credentials from the environment, and no YAML tag";
    return { ...line, subject: `${line.subject}: what Ruby runs`, expected, found: [...erb, ...tags] };
}

/** `name`: the field's as it may be shown. */
function differencesOf(config: Tree, stacks: string) {
    const wanted = fieldsOf(readConfig(stacks, "emrEtlRunnerConfig"));
    const live = fieldsOf(config);
    const hide = hiding(config);
    return [...new Set([...wanted.keys(), ...live.keys()])].flatMap((field) => {
        const [expected, found] = [wanted, live].map((of) => JSON.stringify(of.get(field)));
        if (CREDENTIALS.includes(field)) {
            return live.has(field) ? [] : [{ field, name: field, expected: "a value", found: "missing" }];
        }
        const shown = {
            expected: expected ?? "no such field",
            found: expected === undefined ? "a value, not shown" : hide(found ?? "missing"),
        };
        return expected === found ? [] : [{ field, name: hide(field), ...shown }];
    });
}

/** Replaces what looks like a credential, and the file's own. */
function hiding(config: Tree): (text: string) => string {
    const own = CREDENTIALS.map((field) => valueAt(config, field.split("."))).filter(
        // AWS has no shorter ones.
        (value): value is string => typeof value === "string" && value.length >= 16 && !value.includes(TAG),
    );
    return (text) => redact(own.reduce((shown, key) => shown.replaceAll(key, "…"), withoutTags(text)));
}
