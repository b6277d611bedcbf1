import type { ArgumentError, Path } from "../domain/errors";
import { flatMapValues } from "../domain/value-at";
import { OWNED_KEYS } from "./emr-etl-runner";

/**
 * The last word of a secret's name, with or without separators, and the names of Hadoop that end with a host. Hadoop
 * and Spark redact by the same words; a word after them, as in `password.file` and `token.renew-interval`, means
 * another thing.
 * @see https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-common/core-default.xml:
 *     hadoop.security.sensitive-config-keys
 * @see https://spark.apache.org/docs/latest/configuration.html: spark.redaction.regex
 */
const SECRET_NAME = new RegExp(
    [
        "(?:password|passwd|passphrase|secret|credential)s?$|token$",
        "(?:^|\\.|bind|db|key|store)(?:pass|pwd)$|(?:bind|db)\\.?pw$",
        "(?:access|secret|api|private|account|license|key\\.?store)\\.?key$|(?:access\\.?key|secret)\\.?id$",
        "fs\\.s?ftp\\.password\\.|fs\\.azure\\.account\\.key\\.",
    ].join("|"),
);

/** A copy of a name for another environment, or the second of several. */
const NAME_SUFFIX = /\.?\d+$|\.(?:dev|test|staging|prod|production|old|new)$/;

/** A value that says whether there is a secret, counts, or hides it. */
const NO_SECRET = /^(?:ADD HERE|true|false|yes|no|on|off|none|null|n\/a|\d{1,3}|\*+|…)?$/i;

/** A value that says where the secret is. */
const REFERENCE = new RegExp(
    [
        "\\$\\{(?:env\\.\\w+|(?!env\\.)[\\w.:-]+)\\}|\\$[A-Z_][A-Z\\d_]*", // without the default of ${env.NAME:-default}
        "\\{\\{.*\\}\\}|<.*>",
        "(?:arn|ssm|vault|file):.*|[a-z][a-z\\d+-]*:/.*", // A URL with a password has a form of its own.
        "(?:/[a-z\\d_.-]+){2,}", // a file, or a parameter of SSM
    ]
        .map((pattern) => `^(?:${pattern})$`)
        .join("|"),
    "s",
);

/** In a URL, what follows the user and its colon: not a port, and not a reference. */
const PASSWORD = String.raw`(?!\d{1,5}[/?#,;]|\$\{[\w.]+\}|\*+@)[^\s"'<>]+?@`;
const HOST = String.raw`(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[a-z\d-]+\.)+[a-z]{2,}|[\w-]+:\d{2,5})(?![\w-])`;
/** What precedes the colon before an address of e-mail, or in another notation that has both signs. */
const LABEL = String.raw`[\w.-]*(?:mail(?:to)?|contact|owner|team|support|maintainers?|on-?call|slack|sips?|xmpp|acct|jdbc|arn|urn)`;

const URL_WITH_PASSWORD = "a URL with a password";

/** Secrets that their form gives away, under any name. */
const FORMS: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
    { kind: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*/s },
    { kind: URL_WITH_PASSWORD, pattern: new RegExp(String.raw`//[^\s/?#@:"'<>]*:${PASSWORD}`) },
    { kind: URL_WITH_PASSWORD, pattern: /\bjdbc:oracle:\w+:[^\s/@]+\/[^\s/@]+@/i },
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    { kind: "the ID of an access key", pattern: /(?<![A-Za-z\d])(?:AKIA|ASIA)[A-Z\d]{16}(?![A-Za-z\d])/ },
    // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
    // https://docs.slack.dev/authentication/tokens/
    {
        kind: "a token",
        pattern:
            /\b(?:gh[pousr]_\w{36}|github_pat_\w{22}|xox[abposr]-[\w-]{10}|hooks\.slack\.com\/services\/\w+\/\w+\/)[\w-]*/,
    },
];

/** `user:password@host`, which prose may look like. */
const WITHOUT_SCHEME = {
    kind: URL_WITH_PASSWORD,
    pattern: new RegExp(
        String.raw`(?<![\w.:/@%+[-])(?!(?:${LABEL}):)[\w.~%+-]+:(?=${PASSWORD})[^@/,;:]+@(?=${HOST})`,
        "i",
    ),
};

/** A name with a value inside a string: of a URL's query, a JDBC URL, JSON, Java's options, or a line of YAML. */
const ASSIGNMENT =
    /(?<![\w./-])([\w.-]+)(?:[ \t]*=[ \t]*|\\*["'][ \t]*:\s*|(?<!:\1):(?:(?=[^\s:=,;]+(?:[\s,;]|$))|[ \t]+(?=\S+[ \t]*$)))[[\\"']*([^\s"'\\,;&(){}[\]]+)/gm;

const NAMED = "a password, a token or a key, by its name";

/** The kind of secret in a string, by its form or its name; undefined if there is none. `name`: the string's key. */
export function secretIn(name: string, text: string): string | undefined {
    const texts = [text, decoded(text)];
    const form = [...FORMS, WITHOUT_SCHEME].find(({ pattern }) => texts.some((each) => pattern.test(each)));
    const isNamed =
        isSecret(name, text) ||
        texts.some((each) =>
            [...each.matchAll(ASSIGNMENT)].some(([, key = "", value = ""]) => isSecret(key, value)),
        );
    return form?.kind ?? (isNamed ? NAMED : undefined);
}

/** The kind of secret in prose, such as a comment, by its form. */
export function secretInProse(text: string): string | undefined {
    return FORMS.find(({ pattern }) => pattern.test(text))?.kind;
}

/** A string with `…` for each secret. */
export function withoutSecrets(text: string): string {
    const named = text.replace(ASSIGNMENT, (whole: string, name: string, value: string) =>
        isSecret(name, value) ? `${whole.slice(0, -value.length)}…` : whole,
    );
    const rest = [...FORMS, WITHOUT_SCHEME].reduce(
        (shown, { pattern }) => shown.replace(new RegExp(pattern, `${pattern.flags}g`), "…"),
        named,
    );
    return secretIn("", rest) === undefined ? rest : "…"; // Percent-encoded.
}

function isSecret(name: string, value: string): boolean {
    const words = name
        .replace(/(?<=[a-z\d])(?=[A-Z])/g, ".")
        .replace(/[._:/ -]+/g, ".")
        .toLowerCase()
        .replace(NAME_SUFFIX, "");
    return SECRET_NAME.test(words) && !NO_SECRET.test(value) && !REFERENCE.test(value);
}

function decoded(text: string): string {
    return text.replace(/%([\da-f]{2})/gi, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
    );
}

/** The errors of every string and key below a value that holds a secret. */
export function secretErrors(root: unknown, at: Path = []): readonly ArgumentError[] {
    return flatMapValues(
        root,
        (value, path) => {
            const key = path.at(-1);
            const ofKey = typeof key === "string" ? errorOf(secretIn("", key), path) : [];
            return typeof value === "object"
                ? ofKey
                : [...ofKey, ...errorOf(secretIn(nameOf(path), String(value ?? "")), path)];
        },
        at,
    );
}

/** The last key of a path: that of an item is its list's. */
export function nameOf(path: Path): string {
    return String(path.findLast((key) => typeof key === "string") ?? "");
}

function errorOf(kind: string | undefined, path: Path): readonly ArgumentError[] {
    if (kind === undefined) {
        return [];
    }
    return kind === "a private key"
        ? [{ code: "private-key-in-plain", path, found: kind, fix: PRIVATE_KEY_FIX }]
        : [
              {
                  code: "credential",
                  path,
                  found: kind,
                  fix: `${fixOf(path, kind)}${EXPOSED}`,
              },
          ];
}

const PRIVATE_KEY_FIX =
    "pass the private key as the secret certificatePrivateKey, and replace this one, since it is exposed";

/** The end of a fix: what was in a stack file is in git, and may be in state. */
export const EXPOSED = "; replace the secret, since it is exposed";

/** Where a secret belongs. */
function fixOf(path: Path, kind: string): string {
    if (path.includes("tags")) {
        return "omit it: whoever may list the account's resources reads their tags";
    }
    if (String(path[0]).includes(":")) {
        return "encrypt it with `npx pulumi config set --secret`, or use a profile or environment variables";
    }
    if (path.includes("configuration")) {
        return "omit it: jobs have the rights of the jobflow role, and Hadoop reads passwords from the file that hadoop.security.credential.provider.path names";
    }
    if (kind === URL_WITH_PASSWORD) {
        return "omit the user and the password: config.yml would hold them in plain text";
    }
    return (
        credentialFix(path) ??
        "omit it: EmrEtlRunner reads AWS's keys from its environment, and RDB Loader reads a target's password from one of access.ssmParameters (ec2ParameterStore)"
    );
}

/** The fix of a key that would hold a credential, however it is spelt: this config holds none. */
export function credentialFix(path: Path): string | undefined {
    const key = String(path.at(-1)).toLowerCase().replace(/:.*/s, "");
    if (path[0] === "certificates") {
        return key.includes("key") ? PRIVATE_KEY_FIX : undefined;
    }
    const letters = key.replace(/[^a-z]/g, "");
    if (!/acc?ess?key|secretkey/.test(letters)) {
        return undefined;
    }
    const owned = letters.includes("secret") ? "aws.secret_access_key" : "aws.access_key_id";
    return `omit this key: ${OWNED_KEYS[owned]}`;
}
