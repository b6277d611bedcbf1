import * as pulumi from "@pulumi/pulumi";
import { isConfigSecret } from "@pulumi/pulumi/runtime/config";
import type { ResolvedArgs } from "../args";
import { describe, formatPath, isMissing, Problems, valueAt } from "../args/errors";
import { checkExisting, checkReplaced, endsSoonAt } from "../args/existing-rules";
import { jobflowGrants } from "../args/jobflow-grants";
import { locationsOf, modeOf } from "../args/locations";
import { checkRules } from "../args/rules";
import { stackConfig } from "../args/schema";
import { textProblems } from "../args/unreadable-text";
import { parseRelease, releaseWarnings } from "../domain/emr-release";
import { physicalPrefix } from "../domain/naming";
import { isRegion, REGIONS, type Region } from "../domain/region";
import { isNear, templateHint } from "./explain";
import { checkOwnedKeys } from "./owned-keys";
import { parseShape } from "./shape";

export { SettingsError } from "../args/errors";

/** What Pulumi knows of the stack. */
export interface StackInput {
    readonly stack: string;
    /** `aws:region`. */
    readonly region: string | undefined;
    /** `aws:defaultTags`, as it was written. */
    readonly defaultTags: unknown;
    /** The keys below the project's own namespace, with their values. */
    readonly config: Readonly<Record<string, unknown>>;
    /** Those of them that hold an encrypted value anywhere. */
    readonly encryptedKeys: readonly string[];
    /** The keys of other namespaces. Default: none. */
    readonly otherKeys?: readonly string[];
    /** What certificates must be valid at. Default: now. */
    readonly now?: Date;
}

/** It is there (the engine hands over which keys hold secrets), but Pulumi's own types leave it out. */
declare module "@pulumi/pulumi/runtime/config" {
    export function isConfigSecret(key: string): boolean;
}

/** The project's name, and so the namespace of its stack config. */
export const NAMESPACE = "snowplow-emr-encryption";

/** The key of the only secret: the private key of `certificates.chainPem`, in PEM. Beside the six objects. */
export const PRIVATE_KEY = "certificatePrivateKey";

/** S3 objects take 10 tags; the certificates' archive is one, and carries none of the stack's own. */
const MAX_DEFAULT_TAGS = 10;

/**
 * Reads and checks the stack config of the running program.
 * @throws SettingsError with every problem there is.
 */
export function readSettings(): ResolvedArgs {
    const aws = new pulumi.Config("aws");
    const all = Object.entries(pulumi.runtime.allConfig());
    const own = all
        .filter(([key]) => key.startsWith(`${NAMESPACE}:`))
        .map(([key, value]) => [key.slice(NAMESPACE.length + 1), value] as const);
    return parseSettings({
        stack: pulumi.getStack(),
        region: aws.get("region"),
        defaultTags: parseJson(aws.get("defaultTags")),
        config: Object.fromEntries(own.map(([key, value]) => [key, parseJson(value)])),
        otherKeys: all.map(([key]) => key).filter((key) => !key.startsWith(`${NAMESPACE}:`)),
        encryptedKeys: own.map(([key]) => key).filter((key) => isConfigSecret(`${NAMESPACE}:${key}`)),
    });
}

/** Pulumi hands over objects as JSON and anything else as text; the schema says which it wanted. */
function parseJson(text: string | undefined): unknown {
    try {
        return text === undefined ? undefined : JSON.parse(text);
    } catch {
        return text;
    }
}

/**
 * Checks a stack config as a whole.
 * @throws SettingsError with every problem there is.
 */
export function parseSettings(input: StackInput): ResolvedArgs {
    // What is encrypted is not looked at: no message may show a part of it.
    const encrypted = input.encryptedKeys.filter((key) => Object.hasOwn(stackConfig.shape, key));
    const misnamed = Object.keys(input.config).filter((key) => meantKeys(key, input.config[key]).length > 0);
    const unread = [PRIVATE_KEY, ...encrypted, ...misnamed];
    const plain = Object.fromEntries(Object.entries(input.config).filter(([key]) => !unread.includes(key)));
    const problems = new Problems(NAMESPACE, plain);
    const region = checkRegion(input, problems);
    checkDefaultTags(input, problems);
    checkNamespaces(input, problems);
    checkNames(input, misnamed, problems);
    for (const key of encrypted) {
        problems.add(
            [key],
            "values in plain: a secret among them is encrypted, but would be written in plain to config.yml",
            "an encrypted value",
        );
    }
    const context = { stack: input.stack, region, prefix: physicalPrefix(input.stack) };
    checkPrivateKey(input, problems);
    checkOwnedKeys(plain, context, problems);
    checkReplaced(plain, problems);
    for (const { path, allowed, found } of textProblems(plain, [])) {
        problems.add(path, allowed, found);
    }

    const config = parseShape(plain, problems);
    checkRules(config, context, problems);
    const now = input.now ?? new Date();
    checkExisting(config, { ...context, now }, problems);
    problems.throwIfAny(input.stack);

    const { ami_version: amiVersion, jobflow } = config.emrEtlRunner.aws.emr;
    const release = parseRelease(amiVersion);
    if (region === undefined || release === undefined) {
        throw new Error("a missing region and a release of another form are problems, and were thrown above");
    }
    const end = endsSoonAt(config, now);
    return deepFreeze({
        ...config,
        ...context,
        region,
        mode: modeOf(config),
        locations: locationsOf(config),
        release,
        cloudfrontCollector: isCloudfront(config.emrEtlRunner.collectors.format),
        spot: jobflow.core_instance_bid !== null || jobflow.task_instance_bid !== null,
        jobflowGrants: jobflowGrants(config),
        remindTopicArn: end ? null : config.certificates.remindTopicArn,
        warnings: [
            ...releaseWarnings(release, config.encryption),
            ...(end
                ? [
                      `certificates.chainPem, or what it leads to in trustedPem, ends at ${end.toISOString()}: bring another one before that.`,
                  ]
                : []),
        ],
    });
}

/** As EmrEtlRunner tells them (its utils.rb, `is_cloudfront_log`). */
function isCloudfront(format: string | null): boolean {
    return format === "cloudfront" || format?.startsWith("tsv/com.amazon.aws.cloudfront/") === true;
}

function checkRegion({ region }: StackInput, problems: Problems): Region | undefined {
    if (region !== undefined && isRegion(region)) {
        return region;
    }
    // In capitals, or one of its zones.
    const meant = region?.toLowerCase().replace(/(?<=\d)[a-z]$/, "");
    const mend = meant !== undefined && isRegion(meant) ? `; did you mean ${meant}?` : templateHint(region);
    problems.addAt(
        "aws:region",
        `one of ${REGIONS.join(", ")}: elsewhere Snowplow hosts no assets, and no cluster gets past EmrEtlRunner's bootstrap${mend}`,
        describe(region),
    );
    return undefined;
}

/** It is never looked at here: no message may show a part of it. */
function checkPrivateKey({ config, encryptedKeys }: StackInput, problems: Problems): void {
    const given = Object.hasOwn(config, PRIVATE_KEY);
    const needed = typeof valueAt(config, ["certificates", "chainPem"]) === "string";
    const asSecret = `npx pulumi config set --secret ${PRIVATE_KEY} < key.pem`;
    const isOut = `a secret: ${asSecret}, and another private key, since this one is out`;
    for (const key of Object.keys(config).filter((name) => name !== PRIVATE_KEY)) {
        if (/private_?key/i.test(key) || isNear(key, PRIVATE_KEY, 0.25)) {
            const meant = `did you mean ${PRIVATE_KEY}?`;
            problems.addMisspelt(
                [key],
                [PRIVATE_KEY],
                encryptedKeys.includes(key) ? meant : `${meant} It is ${isOut}`,
            );
        }
    }
    for (const key of Object.keys(Object(config.certificates))) {
        if (/key/i.test(key)) {
            problems.add(
                ["certificates", key],
                `no such line: the private key is a secret, ${asSecret}, and another one, since this one is out`,
                "an unknown key",
            );
        }
    }
    if (given && !encryptedKeys.includes(PRIVATE_KEY)) {
        problems.add([PRIVATE_KEY], isOut, "a text in plain");
    } else if (given && !needed) {
        problems.add(
            [PRIVATE_KEY],
            "no such line: it is the private key of certificates.chainPem, which is not there",
            "a secret",
        );
    } else if (needed && !given && !problems.has([PRIVATE_KEY])) {
        problems.add([PRIVATE_KEY], `the private key of certificates.chainPem: ${asSecret}`, "nothing");
    }
}

/** A whole object would be lost without a word: other namespaces are not the program's to judge. */
function checkNamespaces(input: StackInput, problems: Problems): void {
    for (const key of input.otherKeys ?? []) {
        const [namespace = "", ...name] = key.split(":");
        if (isNear(namespace, NAMESPACE, 0.25)) {
            const meant = [`${NAMESPACE}:${name.join(":")}`];
            const found = "a namespace that is almost the project's";
            problems.addMisspeltKey(key, meant, missing(input, meant), found);
        }
    }
}

/** The AWS provider's keys that this program reads. */
const AWS_KEYS = ["region", "defaultTags"];

/**
 * What a key without a namespace means that has one nevertheless: the provider's `region`, `aws: { region: … }`, or
 * another sign than the colon. Pulumi takes each for a key of the project's.
 */
function meantKeys(key: string, value: unknown): readonly string[] {
    if (AWS_KEYS.includes(key)) {
        return [`aws:${key}`];
    }
    const [namespace = "", ...name] = key.split(/[./]/);
    const below = typeof value === "object" ? Object.keys(value ?? {}) : [];
    const names = name.length > 0 ? [name.join(".")] : below;
    if (namespace === "aws" && names.every((one) => AWS_KEYS.includes(one))) {
        return names.map((one) => `aws:${one}`);
    }
    return isNear(namespace, NAMESPACE, 0.25) ? names.map((one) => `${NAMESPACE}:${one}`) : [];
}

function checkNames(input: StackInput, misnamed: readonly string[], problems: Problems): void {
    for (const key of misnamed) {
        const meant = meantKeys(key, input.config[key]);
        // With another sign after its namespace, it stands in the file as it is.
        const [path, found] = /[./]/.test(key)
            ? [key, "a key without a colon after its namespace"]
            : [formatPath(NAMESPACE, [key]), "an unknown key"];
        problems.addMisspeltKey(path, meant, missing(input, meant), found);
    }
}

/** Those of some keys that the stack file does not have. */
function missing({ region, defaultTags, config }: StackInput, keys: readonly string[]): readonly string[] {
    const all: Readonly<Record<string, unknown>> = {
        "aws:region": region,
        "aws:defaultTags": defaultTags,
        ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`${NAMESPACE}:${key}`, value])),
    };
    return keys.filter((key) => isMissing(all[key]));
}

/** The values stay out of the messages: they are not ours to print. */
function checkDefaultTags({ defaultTags }: StackInput, problems: Problems): void {
    if (defaultTags === undefined) {
        return;
    }
    const keys = Object.keys(Object(defaultTags));
    if (typeof defaultTags !== "object" || keys.some((key) => key !== "tags")) {
        const found = typeof defaultTags === "object" ? `the keys ${keys.join(", ")}` : kindOf(defaultTags);
        problems.addAt("aws:defaultTags", "an object with the one key tags, and the tags below it", found);
    }
    const value = valueAt(defaultTags, ["tags"]) ?? {};
    const tags = Object.keys(Object(value));
    if (typeof value !== "object" || Array.isArray(value)) {
        problems.addAt("aws:defaultTags.tags", "an object, each tag's name with its text", kindOf(value));
    } else if (tags.length > MAX_DEFAULT_TAGS) {
        problems.addAt(
            "aws:defaultTags.tags",
            `at most ${MAX_DEFAULT_TAGS}: S3 objects take no more, and the certificates' archive is one`,
            `${tags.length} tags`,
        );
    }
}

function kindOf(value: unknown): string {
    return Array.isArray(value) ? "a list" : `a ${typeof value === "string" ? "text" : typeof value}`;
}

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(deepFreeze);
    }
    return value;
}
