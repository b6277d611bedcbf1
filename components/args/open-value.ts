import type { ArgumentError, Path } from "../domain/errors";
import { OWNED_KEYS } from "./emr-etl-runner";
import { expectedAt, isUsersKey, knownValues } from "./schema-guide";

/** The value that stands for one that a person has to fill in. No rule accepts it, in any place. */
export const OPEN_VALUE = "FILL IN";

/** The values that have to be replaced, each with the words for it in an error. */
const OPEN_VALUES: Readonly<Record<string, string>> = {
    [OPEN_VALUE]: `an open value, ${OPEN_VALUE}`,
    "ADD HERE": "an open value: ADD HERE, from EmrEtlRunner's sample",
};

/** The error of every open value below a value, and of every open key. */
export function openValueErrors(value: unknown, path: Path = []): readonly ArgumentError[] {
    if (typeof value === "string") {
        return Object.hasOwn(OPEN_VALUES, value) ? [openValueError(path, OPEN_VALUES[value])] : [];
    }
    return Object.entries(value ?? {}).flatMap(([key, item]) => {
        const below = [...path, Array.isArray(value) ? Number(key) : key];
        return Object.hasOwn(OPEN_VALUES, key) || isOpenKey(key)
            ? [{ ...openValueError(below, "an open key"), fix: "write the key itself, and its value" }]
            : openValueErrors(item, below);
    });
}

/** The name in a stack file of a key that a template tool computes. Two such keys may have the same template. */
export function openKey(template: string, line: number): string {
    return `${template} (line ${line})`;
}

/** Whether a key of a stack file is one that a template tool computes. */
export function isOpenKey(key: string | number): boolean {
    return typeof key === "string" && / \(line \d+\)$/.test(key) && templateIn(key, []) !== undefined;
}

/** The error of a value that a person has to fill in. */
export function openValueError(path: Path, found = "an open value"): ArgumentError {
    const owned = path[0] === "emrEtlRunner" ? path.slice(1).join(".") : "";
    const reason = Object.hasOwn(OWNED_KEYS, owned)
        ? OWNED_KEYS[owned as keyof typeof OWNED_KEYS]
        : undefined;
    return reason === undefined
        ? { code: "open-value", path, found, expected: expectedAt(path), fix: "write the value itself" }
        : { code: "open-value", path, found, fix: `omit this key: ${reason}` };
}

/** Where Hadoop, Spark or a shell on the nodes evaluates variables. */
const CONFIGURATION = /^emrEtlRunner\.aws\.emr\.configuration\./;

/** In Hadoop's configuration: `${hadoop.tmp.dir}` and `${env.HOME}`, but not Terraform's `${var.name}`. */
const OF_HADOOP =
    /\$\{(?!(?:var|local|module|data|each|self|path|terraform|aws_\w+)\.)(?:[\w-]+\.)+[\w.-]+\}/g;

/**
 * What template tools compute, and what people write for a value to come. All of a tool's notations: in a value, as a
 * whole value, with and without quotes.
 */
const TEMPLATES: readonly { readonly tool: string; readonly pattern: RegExp }[] = [
    // Chef; Puppet's EPP too.
    { tool: "ERB", pattern: /<%(?!%)/ },
    // Ansible, Salt; Handlebars; Go's templates.
    {
        tool: "Jinja, Mustache or Helm",
        pattern: /\{\{|\{%|\[\[[^\]]*\]\]/,
    },
    // CloudFormation's !Sub and envsubst too.
    { tool: "Terraform or a shell", pattern: /[$%]\{[^}]*\}|\$\([^)]*\)/ },
    // Also Windows's, but not a URL's %AB.
    {
        tool: "a shell",
        pattern: /(?<![\w$])\$[A-Za-z_]\w*|\$[A-Z_][A-Z\d_]+|%[A-Z][A-Z_]{2,}%(?![\dA-F]{2})/,
    },
    { tool: "Python", pattern: /%\([^)]*\)[a-z]|(?<![\w$%{}])\{[a-z_]\w*\}/ },
    { tool: "Maven, Ant or autoconf", pattern: /@[A-Za-z_][\w.-]*@/ },
    { tool: "sops", pattern: /^ENC\[/ },
    {
        tool: "a placeholder",
        pattern: new RegExp(
            [
                "__[A-Z][A-Z0-9_]*__|<[A-Za-z][^<>]*>|\\*{3,}|(?<![^/\\s])(?:\\.{3,}|…)(?![^/\\s])",
                "(?<![A-Za-z0-9])(?:[xX]{3,20}|TODO|TBD|FIXME|(?:ADD|FILL|CHANGE|REPLACE)[ _-]?(?:HERE|IN|IT|ME|THIS))(?![A-Za-z0-9])",
                "(?<![A-Za-z0-9])(?:changeme|replaceme|your[ _-][a-z])|(?<![A-Za-z0-9])YOUR[ _-][A-Z]",
            ].join("|"),
        ),
    },
];

/** What other readers of YAML, and templates without a value, leave of a value; a key may accept one of them. */
const NULL_LIKE = /^(?:none|nil|null|undefined|n\/a|[-?])$/i;

/** The tool that should have computed a string, or `a placeholder`; undefined for a finished value. */
export function templateIn(text: string, path: Path): string | undefined {
    const shown = CONFIGURATION.test(path.join(".")) ? text.replace(OF_HADOOP, "") : text;
    return TEMPLATES.find(({ pattern }) => pattern.test(shown))?.tool;
}

/** Whether a value at a key of EmrEtlRunner's, not at a key that the user chose, is a word for no value. */
export function isNullLike(value: unknown, path: Path): boolean {
    return (
        typeof value === "string" &&
        NULL_LIKE.test(value) &&
        !isUsersKey(path) &&
        !knownValues(path).includes(value)
    );
}
