import { isNear } from "../args/nearest";
import { environment } from "../args/schema";
import type { ArgumentError } from "../domain/errors";
import { valueAt } from "../domain/value-at";
import { NAMESPACE, PRIVATE_KEY } from "./namespace";

/** What Pulumi knows of the stack. */
export interface StackInput {
    readonly stack: string;
    /** The project's name. Default: `NAMESPACE`, as Pulumi.yaml has it. */
    readonly project?: string;
    /** `aws:region`. */
    readonly region: string | undefined;
    /** `aws:defaultTags`, as it was written. */
    readonly defaultTags: unknown;
    /** The keys below the namespace, with their values; the value of an encrypted one is never read. */
    readonly config: Readonly<Record<string, unknown>>;
    /** Those of them that contain an encrypted value. */
    readonly encryptedKeys: readonly string[];
    /** The keys of other namespaces that have a value. Default: none. */
    readonly otherKeys?: readonly string[];
    /** When certificates must be valid. Default: now. */
    readonly now?: Date;
}

/** S3 objects take 10 tags; the certificates' archive is one, and carries none of the stack's own. */
const MAX_DEFAULT_TAGS = 10;

/** The AWS provider's keys that this program reads. */
const AWS_KEYS = ["region", "defaultTags"];

const OWN_KEYS = [...Object.keys(environment.shape), PRIVATE_KEY];

/** A key that holds nothing but a name. Another one may hold a secret, and is not printed. */
const PLAIN_KEY = /^[A-Za-z][A-Za-z./_-]{0,60}$/;

/** What the keys of the stack file say, and the keys below the namespace that the six objects may be read from. */
export function readKeys(input: StackInput): {
    readonly errors: readonly ArgumentError[];
    readonly objects: Readonly<Record<string, unknown>>;
} {
    const errors = new Map(
        Object.entries(input.config).flatMap(([key, value]) => {
            const error = keyError(key, value, input);
            return error ? [[key, error] as const] : [];
        }),
    );
    const objects = Object.entries(input.config).filter(([key]) => key !== PRIVATE_KEY && !errors.has(key));
    return {
        errors: [...otherNamespaceErrors(input), ...defaultTagErrors(input), ...errors.values()],
        objects: Object.fromEntries(objects),
    };
}

function keyError(key: string, value: unknown, { encryptedKeys }: StackInput): ArgumentError | undefined {
    const isEncrypted = encryptedKeys.includes(key);
    const path = PLAIN_KEY.test(key) ? [key] : [];
    if (Object.hasOwn(environment.shape, key)) {
        const found = "an encrypted value";
        const expected = "plain values: config.yml would contain an encrypted one in plain";
        return isEncrypted ? { code: "encrypted-value", path, found, expected } : undefined;
    }
    const replacement = "and replace this private key, since it is exposed";
    if (key === PRIVATE_KEY) {
        const fix = `npx pulumi config set --secret ${PRIVATE_KEY} < key.pem, ${replacement}`;
        return isEncrypted ? undefined : { code: "private-key-in-plain", path, found: "a plain string", fix };
    }
    if (/private_?key/i.test(key) || isNear(key, PRIVATE_KEY, 0.25)) {
        const fix = `did you mean ${PRIVATE_KEY}?${isEncrypted ? "" : ` Set it with --secret, ${replacement}`}`;
        return { code: "misnamed-key", path, found: "an unknown key", fix };
    }
    const meant = meantKeys(key, value);
    return meant.length === 0
        ? undefined
        : {
              code: "misnamed-key",
              path,
              found: "a key without a namespace and a colon",
              fix: `did you mean ${meant.join(" and ")}?`,
          };
}

/**
 * The keys meant by one that Pulumi takes for the project's own: the provider's `region`, `aws: { region: … }`, or a
 * sign other than the colon after a namespace.
 */
function meantKeys(key: string, value: unknown): readonly string[] {
    if (AWS_KEYS.includes(key)) {
        return [`aws:${key}`];
    }
    const [namespace = "", ...name] = key.split(/[./]/);
    const names = name.length > 0 ? [name.join(".")] : Object.keys(Object(value));
    const known = (keys: readonly string[]) => names.length > 0 && names.every((one) => keys.includes(one));
    if (namespace === "aws" && known(AWS_KEYS)) {
        return names.map((one) => `aws:${one}`);
    }
    return isNear(namespace, NAMESPACE, 0.25) && known(OWN_KEYS)
        ? names.map((one) => `${NAMESPACE}:${one}`)
        : [];
}

/**
 * A misspelt namespace would lose a whole object without a word, and so would a key without one in a project of
 * another name. Other namespaces belong to other programs.
 */
function otherNamespaceErrors({ otherKeys = [], project }: StackInput): readonly ArgumentError[] {
    return otherKeys
        .filter((key) => {
            const [namespace = "", name = ""] = key.split(":");
            return namespace === project ? OWN_KEYS.includes(name) : isNear(namespace, NAMESPACE, 0.25);
        })
        .map((key) => ({
            code: "misnamed-key",
            path: /^[A-Za-z:._-]{1,80}$/.test(key) ? [key] : [],
            found: "a key of another namespace",
            fix: `did you mean the namespace ${NAMESPACE}?`,
        }));
}

/** The names and values of tags are not printed. */
function defaultTagErrors({ defaultTags }: StackInput): readonly ArgumentError[] {
    const path = ["aws:defaultTags"];
    if (defaultTags === undefined || defaultTags === null) {
        return [];
    }
    const keys = Object.keys(Object(defaultTags));
    if (typeof defaultTags !== "object" || keys.some((key) => key !== "tags")) {
        const found = typeof defaultTags === "object" ? "other keys than tags" : kindOf(defaultTags);
        return [{ code: "default-tags", path, found, expected: "an object with the one key tags" }];
    }
    const tags = valueAt(defaultTags, ["tags"]) ?? {};
    if (typeof tags !== "object" || Array.isArray(tags)) {
        const expected = "an object of names, each with a string";
        return [{ code: "default-tags", path: [...path, "tags"], found: kindOf(tags), expected }];
    }
    const count = Object.keys(tags).length;
    const expected = `at most ${MAX_DEFAULT_TAGS}: S3 objects take no more, and the certificates' archive is one`;
    return count <= MAX_DEFAULT_TAGS
        ? []
        : [{ code: "too-many-tags", path: [...path, "tags"], found: `${count} tags`, expected }];
}

function kindOf(value: unknown): string {
    return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
