import { RunError } from "@pulumi/pulumi/errors"; // Alone: commands need nothing else of Pulumi, which is large.

/** The path of a value below the project's namespace: an object's key, then keys and list positions. */
export type Path = readonly (string | number)[];

/** One thing wrong with the stack config, in words that lead to the mend. */
export interface Problem {
    /** As the stack file writes it, such as `snowplow-emr-encryption:emrEtlRunner.aws.emr.ami_version`. */
    readonly path: string;
    readonly found: string;
    readonly allowed: string;
    /** Whether `allowed` is what to do, such as a command. */
    readonly remedy?: boolean;
}

/** Pulumi's CLI prints a RunError's message alone, without a stack of calls. */
export class SettingsError extends RunError {
    constructor(
        readonly problems: readonly Problem[],
        stack: string,
    ) {
        const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
        super(`Pulumi.${stack}.yaml: ${count}\n${problems.map(formatProblem).join("\n")}`);
    }
}

function formatProblem({ path, found, allowed, remedy }: Problem): string {
    return `  ${redact(path)}\n    found:   ${found}\n    ${remedy ? "remedy: " : "allowed:"} ${allowed}`;
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

export function formatPath(namespace: string, path: Path): string {
    const [object, ...rest] = path;
    const below = rest.map((part) =>
        typeof part === "string" && PLAIN_KEY.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`,
    );
    return `${namespace}:${object}${below.join("")}`;
}

const LONGEST_FOUND = 120;

/** What was found, as the reader can find it again: JSON text, and what it is where that is not plain to see. */
export function describe(value: unknown): string {
    if (value === undefined) {
        return "nothing";
    }
    if (value === null) {
        return "nothing after the colon (null)";
    }
    // Texts first, each by itself: what is left out of one must not take the rest of the JSON with it.
    const told = JSON.stringify(value, (_, below) => (typeof below === "string" ? redact(below) : below));
    const text = withoutCredentials(told);
    const shown = text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)}…` : text;
    if (value === "") {
        return `${shown} (an empty text)`;
    }
    const kind = Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : "";
    return kind === "" ? shown : `${kind}, ${shown}`;
}

/** By the name before it, or by its looks: an access key's id, or a secret key's 40 characters of every kind. */
const CREDENTIALS = [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----.*/gs,
    /(?<=(?:access_?key(?:_?id)?|private_?key|secret|password|token)[^:=]{0,3}[:=]\s*[\\"']*)[^\s"'\\,}]+/gi,
    /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
    /(?<![\w/+])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[A-Za-z0-9/+]{40}(?![\w/+=])/g,
];

/** What may be base64: a long run of its characters, and whatever follows in it, in lines or in one. */
const BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}(?:\s+[A-Za-z0-9+/]+={0,2}(?!\S))*/g;

/** A whole config.yml may have landed in the wrong place, credentials and all, or a key without its first line. */
export function redact(text: string): string {
    return withoutCredentials(text).replace(BASE64, (run) => (isKeyMaterial(run) ? "…" : run));
}

function withoutCredentials(text: string): string {
    return CREDENTIALS.reduce((shown, pattern) => shown.replace(pattern, "…"), text);
}

/**
 * Of two neighbours in base64, six in ten are of different kinds. Words keep their case and have few digits: the names
 * in ARNs and in S3 URLs, which have its characters too, stay readable.
 */
function isKeyMaterial(run: string): boolean {
    const kinds = [...run.replace(/[=\s]/g, "")].map((character) =>
        KINDS.findIndex((kind) => kind.test(character)),
    );
    const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
    return KINDS.every((_, kind) => kinds.includes(kind)) && changes > 0.4 * kinds.length;
}

const KINDS = [/[a-z]/, /[A-Z]/, /[\d+/]/];

/** Whether a value is PEM by its key's name: nobody finds anything by it, and a private key may be in it. */
export function isPem(path: Path): boolean {
    return path.some((part) => typeof part === "string" && /pem$/i.test(part));
}

function withheld(value: unknown): string {
    if (typeof value === "string") {
        return `a text of ${value.length} characters`;
    }
    return typeof value === "object" && value !== null
        ? Array.isArray(value)
            ? "a list"
            : "an object"
        : describe(value);
}

export function valueAt(root: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (value, key) =>
            typeof value === "object" && value !== null && Object.hasOwn(value, key)
                ? (value as Record<string | number, unknown>)[key]
                : undefined,
        root,
    );
}

/** Whether nothing was written there: Pulumi's engine hands over an object without keys for one that is left out. */
export function isMissing(value: unknown): boolean {
    return JSON.stringify(value ?? {}) === "{}";
}

/** Collects problems, so that all are reported in one go; the first on a path stands for it, unless told otherwise. */
export class Problems {
    private readonly byPath = new Map<string, readonly Problem[]>();
    private readonly misspelt = new Set<string>();

    /** `root`: the stack config as it was written, the keys below `namespace`. */
    constructor(
        private readonly namespace: string,
        private readonly root: unknown,
    ) {}

    /** `found` left out: the value itself. */
    add(path: Path, allowed: string, found = this.found(path)): void {
        this.addAt(formatPath(this.namespace, path), allowed, found);
    }

    private found(path: Path): string {
        const value = valueAt(this.root, path);
        return isPem(path) ? withheld(value) : describe(value);
    }

    /** What stands somewhere else, or under another name, is not missing here as well. */
    addMisspelt(path: Path, meant: Path, allowed: string): void {
        this.add(path, allowed, "an unknown key");
        if (isMissing(valueAt(this.root, meant))) {
            this.misspelt.add(formatPath(this.namespace, meant));
        }
    }

    /** The same for a key of the stack file, of whatever namespace; `missing`: those of the meant ones that are. */
    addMisspeltKey(key: string, meant: readonly string[], missing: readonly string[], found: string): void {
        this.addAt(key, `did you mean ${meant.join(" and ")}?`, found);
        for (const path of missing) {
            this.misspelt.add(path);
        }
    }

    /** For keys of other namespaces. */
    addAt(path: string, allowed: string, found: string): void {
        if (!this.byPath.has(path)) {
            this.byPath.set(path, [{ path, found, allowed }]);
        }
    }

    /** Beside what is wrong on that path already. */
    addAnother(path: Path, allowed: string, found: string): void {
        const text = formatPath(this.namespace, path);
        this.byPath.set(text, [...(this.byPath.get(text) ?? []), { path: text, found, allowed }]);
    }

    /** Whether a value, or one above or below it, already has a problem: rules about it would only repeat it. */
    has(path: Path): boolean {
        const text = formatPath(this.namespace, path);
        return [...this.byPath.keys(), ...this.misspelt].some(
            (known) => isOnTheWay(known, text) || isOnTheWay(text, known),
        );
    }

    /** @throws SettingsError with everything that was added. */
    throwIfAny(stack: string): void {
        if (this.byPath.size > 0) {
            const told = [...this.byPath.values()].flat().filter(({ path }) => !this.misspelt.has(path));
            throw new SettingsError(told, stack);
        }
    }
}

export function isOnTheWay(outer: string, inner: string): boolean {
    return (
        inner.startsWith(outer) && (inner.length === outer.length || /^[.[]/.test(inner.slice(outer.length)))
    );
}
