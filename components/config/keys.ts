import { describe } from "../args/describe";
import { isNear } from "../args/nearest";
import { openValueErrors } from "../args/open-value";
import { environment } from "../args/schema";
import { secretErrors, secretIn } from "../args/secrets";
import type { ArgumentError, Path } from "../domain/errors";
import { LIMITS } from "../domain/limits";
import { EMR_TAG, NAMESPACE, STACK_TAG } from "../domain/naming";
import { tagErrors } from "../domain/tags";
import { valueAt } from "../domain/value-at";

/** The key of the only secret: the private key of `certificates.chainPem`, in PEM. */
export const PRIVATE_KEY = "certificatePrivateKey";

/** The stack config and what else Pulumi knows of the stack. */
export interface StackInput {
    readonly stack: string;
    /** The project's name. Default: `NAMESPACE`, as in Pulumi.yaml. */
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
    /** The values of other namespaces, `aws:` included, that are not encrypted. Default: none. */
    readonly otherValues?: Readonly<Record<string, unknown>>;
    /** When certificates must be valid. Default: now. */
    readonly now?: Date;
}

/** The AWS provider's keys that this program reads. */
const AWS_KEYS = ["region", "defaultTags"];

const OWN_KEYS = [...Object.keys(environment.shape), PRIVATE_KEY];

/** Keys that are only a name. Other keys may hold a secret, and are not printed. */
const PLAIN_KEY = /^[A-Za-z][A-Za-z./_-]{0,60}$/;
const PLAIN_OTHER_KEY = /^[A-Za-z:._-]{1,80}$/;

/** The errors of the stack file's keys, and the keys below the namespace that the objects can be read from. */
export function readKeys(input: StackInput): {
    readonly errors: readonly ArgumentError[];
    readonly objects: Readonly<Record<string, unknown>>;
} {
    const read = Object.entries(input.config).map(([key, value]) => {
        return { key, value, error: keyError(key, value, input.encryptedKeys.includes(key)) };
    });
    const objects = read
        .filter(({ key, error }) => key !== PRIVATE_KEY && error === undefined)
        // An encrypted value under an unknown key is not a secret in plain text.
        .map(({ key, value }) => [key, input.encryptedKeys.includes(key) ? null : value]);
    const own = read.flatMap(({ error }) => error ?? []);
    return {
        errors: [
            ...otherNamespaceErrors(input),
            ...otherValueErrors(input),
            ...defaultTagErrors(input),
            ...own,
        ],
        objects: Object.fromEntries(objects),
    };
}

function keyError(key: string, value: unknown, isEncrypted: boolean): ArgumentError | undefined {
    const path = PLAIN_KEY.test(key) ? [key] : [];
    if (Object.hasOwn(environment.shape, key)) {
        return isEncrypted ? encryptedValueError(path) : undefined;
    }
    const replacement = "and replace this private key, since it is exposed";
    if (key === PRIVATE_KEY) {
        const fix = `\`npx pulumi config set --secret ${PRIVATE_KEY} < key.pem\`, ${replacement}`;
        return isEncrypted ? undefined : { code: "private-key-in-plain", path, found: "plain text", fix };
    }
    if (/private_?key/i.test(key) || isNear(key, PRIVATE_KEY, 0.25)) {
        const fix = `did you mean ${PRIVATE_KEY}?${isEncrypted ? "" : ` Set it with --secret, ${replacement}`}`;
        return { code: "misnamed-key", path, found: "an unknown key", fix };
    }
    const meant = meantKeys(key, value);
    const found = "a key without a namespace and a colon";
    const fix = `did you mean ${meant.join(" and ")}?`;
    return meant.length === 0 ? undefined : { code: "misnamed-key", path, found, fix };
}

/** The error of an encrypted value, or of an object that contains one: the program would write it in plain text. */
export function encryptedValueError(path: Path): ArgumentError {
    const place = path[0] === "emrEtlRunner" ? "config.yml" : "AWS's resources and the stack's state";
    const fix = `write it in plain text, or omit the key if it is a credential: ${place} would hold it in plain text`;
    return { code: "encrypted-value", path, found: "an encrypted value", fix };
}

/**
 * The keys meant by a key that Pulumi reads as the project's own: the provider's `region`, `aws: { region: … }`, or a
 * namespace with another sign than the colon after it.
 */
function meantKeys(key: string, value: unknown): readonly string[] {
    if (AWS_KEYS.includes(key)) {
        return [`aws:${key}`];
    }
    const [namespace = "", ...name] = key.split(/[./]/);
    const names = name.length > 0 ? [name.join(".")] : Object.keys(Object(value));
    const areAll = (known: readonly string[]) =>
        names.length > 0 && names.every((text) => known.includes(text));
    if (namespace === "aws" && areAll(AWS_KEYS)) {
        return names.map((text) => `aws:${text}`);
    }
    return isNear(namespace, NAMESPACE, 0.25) && areAll(OWN_KEYS)
        ? names.map((text) => `${NAMESPACE}:${text}`)
        : [];
}

/**
 * A whole object would be ignored silently under a misspelt namespace, or without a namespace in a project of another
 * name. Other namespaces belong to other programs.
 */
function otherNamespaceErrors({ otherKeys = [], project }: StackInput): readonly ArgumentError[] {
    return otherKeys
        .filter((key) => {
            const [namespace = "", name = ""] = key.split(":");
            return namespace === project ? OWN_KEYS.includes(name) : isNear(namespace, NAMESPACE, 0.25);
        })
        .map((key) => ({
            code: "misnamed-key",
            path: PLAIN_OTHER_KEY.test(key) ? [key] : [],
            found: "a key of another namespace",
            fix: `did you mean the namespace ${NAMESPACE}?`,
        }));
}

/** Open values and secrets. A key that may hold a secret, and what is below it, is not printed. */
function otherValueErrors({ otherValues = {} }: StackInput): readonly ArgumentError[] {
    const { "aws:region": _, ...values } = otherValues;
    return [...openValueErrors(values), ...secretErrors(otherValues)].map((error) => {
        const end = error.path.findIndex(
            (key) => !PLAIN_OTHER_KEY.test(String(key)) || secretIn("", String(key)) !== undefined,
        );
        return end === -1 ? error : { ...error, path: error.path.slice(0, end) };
    });
}

/** They reach every resource that takes tags, IAM's and S3's objects too. */
function defaultTagErrors({ defaultTags, project = NAMESPACE, stack }: StackInput): readonly ArgumentError[] {
    const path = ["aws:defaultTags"];
    if (defaultTags === undefined || defaultTags === null) {
        return [];
    }
    if (typeof defaultTags !== "object" || Object.keys(defaultTags).some((key) => key !== "tags")) {
        const found = typeof defaultTags === "object" ? "keys other than tags" : describe(defaultTags);
        return [{ code: "default-tags", path, found, expected: "an object with the one key tags" }];
    }
    const below = [...path, "tags"];
    const tags = valueAt(defaultTags, ["tags"]) ?? {};
    if (typeof tags !== "object" || Array.isArray(tags)) {
        const expected = "an object of keys, each with a string";
        return [{ code: "default-tags", path: below, found: describe(tags), expected }];
    }
    const found = `${Object.keys(tags).length} tags`;
    const expected = `at most ${LIMITS.s3.objectTags}: an S3 object, such as the certificates' archive, takes no more`;
    return [
        ...(Object.keys(tags).length <= LIMITS.s3.objectTags
            ? []
            : [{ code: "too-many-tags", path: below, found, expected } as const]),
        ...tagErrors(tags as Readonly<Record<string, unknown>>, {
            pathOf: (key) => (PLAIN_OTHER_KEY.test(key) ? [...below, key] : below),
            own: { ...EMR_TAG, [STACK_TAG]: `${project}/${stack}` },
            iam: true,
        }),
    ];
}
