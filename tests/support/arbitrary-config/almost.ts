import fc from "fast-check";
import { PRIVATE_KEY, type StackInput } from "../../../components/config";
import { certificate } from "./certificate";
import { config } from "./config";
import { parts } from "./parts";
import { anyStack } from "./stack";
import { text } from "./strings";
import type { AnyStack, Config } from "./types";
import { s3Url } from "./values";

const CHANGES = ["replace", "move", "drop", "add", "spoil"] as const;

/** Characters that some reader of YAML refuses or changes. */
const UNREADABLE = ["\u0085", "\u0000", "\u007f", "\u009f", "\ud800", "\udfff", "\ufffe", "\ufdd0", "\r"];

/** As `fc.string({ unit: "binary" })`, which takes seconds to prepare in each process. */
const anyCharacters = fc.string({
    unit: fc
        .nat(0x10_ffff)
        .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
        .map((codePoint) => String.fromCodePoint(codePoint)),
});

interface Change {
    readonly kind: (typeof CHANGES)[number];
    readonly at: number;
    readonly from: number;
    readonly key: string;
    readonly unreadable: string;
    readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
    kind: fc.constantFrom(...CHANGES),
    at: fc.nat(1_000_000),
    from: fc.nat(1_000_000),
    key: fc.oneof(
        fc.constantFrom("<<", "__proto__", "constructor", "toString", "0", "", "aws:x", "in", "bad", "tags"),
        fc.string(),
        text(200),
    ),
    unreadable: fc.constantFrom(...UNREADABLE),
    value: fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom(
            ...[null, true, false, "", 0, -1, 1, 0.5, 1e21, 1e-7, -0, "true", "2", "managed", "s3://abc"],
            ...["s3://abc/d", "s3://abc/d/", "s3://ABC/d", "s3://a.b.c/d", "s3://abc//d", "s3://abc/./d"],
            ...["thrift", "clj-tomcat", "6.1.0", "4.1.9", "5.32.0", "eu-west-1", "eu-west-1a", "io1"],
            ...["GZIP", "10.0.0.0/24", "010.0.0.0/24", "ADD HERE"],
            ...[3, 99, 100, 200, 201, 1_024, 1_025, 16_384, 16_385, 64_000, 64_001, "standard", "gp2"],
            ...[39, 128, 129, 255, 256, 257, 768, 1_011, 1_012, 10_281].map((length) => "x".repeat(length)),
            ...[510, 511].map((length) => `/${"p".repeat(length)}/`),
            ...[767, 768, 1_024].map((length) => `s3://abc/${"x".repeat(length)}`),
            ...[15, 16].map((length) => Array.from({ length }, (_, index) => `s3://abc/${index}`)),
            ...[9, 10, 11, 48, 49].map((length) =>
                Object.fromEntries(Array.from({ length }, (_, index) => [`t${index}`, "x"])),
            ),
        ),
        text(400),
        anyCharacters,
        s3Url,
        fc.array(s3Url, { maxLength: 2 }),
    ),
});

/** A valid stack with one or two values replaced, moved, dropped, added or spoilt. */
const changedStack: fc.Arbitrary<AnyStack> = fc
    .tuple(anyStack, fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([stack, changes]) => ({
        ...stack,
        config: throughPulumi(changes.reduce(changed, stack.config)),
        domainName: undefined, // The changes may have changed whether another domain is accepted.
    }));

/** A mix of two valid stacks: each value is valid, the rules across values may be broken. */
const mixedStack: fc.Arbitrary<AnyStack> = fc
    .tuple(parts, parts, fc.array(fc.nat(7), { minLength: 31, maxLength: 31 }))
    .map(([first, second, dice]) => {
        const { stack, region, defaultTags } = first;
        let leaf = 0;
        const isOther = () => dice[leaf++ % dice.length] === 1;
        return {
            stack,
            region,
            defaultTags,
            privateKey: first.certificateSource === "chain" ? certificate().privateKey : undefined,
            domainName: undefined,
            config: mixed(config(first), config({ ...second, stack, region }), isOther) as Config,
        };
    });

export const almostAnyStack = fc.oneof(changedStack, mixedStack);

const keyOfAnotherNamespace = fc.string().map((key) => `snowplow-emr:${key}`);

/** A valid stack with anything in one of the inputs outside of the config. */
export const anyStackInput: fc.Arbitrary<StackInput> = fc
    .tuple(
        anyStack,
        fc.oneof<fc.Arbitrary<Partial<StackInput>>[]>(
            fc.record({ stack: fc.oneof(fc.string(), anyCharacters) }),
            fc.record({ region: fc.oneof(fc.constantFrom(undefined, "toString", "EU"), fc.string()) }),
            fc.record({ defaultTags: fc.oneof(fc.jsonValue(), fc.record({ tags: fc.jsonValue() })) }),
            fc.record({
                encryptedKeys: fc.array(fc.oneof(fc.string(), fc.constantFrom("access", "constructor"))),
            }),
            fc.record({ otherKeys: fc.array(fc.oneof(fc.string(), keyOfAnotherNamespace)) }),
        ),
    )
    .map(([stack, other]) => ({ ...inputOf(stack), ...other }));

/** A stack as Pulumi passes it to the program. */
export function inputOf({ privateKey, ...stack }: AnyStack): StackInput {
    return privateKey === undefined
        ? { ...stack, encryptedKeys: [] }
        : { ...stack, config: { ...stack.config, [PRIVATE_KEY]: privateKey }, encryptedKeys: [PRIVATE_KEY] };
}

type Path = readonly (string | number)[];

/** Pulumi passes strings unchanged and other values as JSON, and the program parses strings that are JSON. */
function throughPulumi(config: Config): Config {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => {
            const text = typeof value === "string" ? value : JSON.stringify(value);
            try {
                return [key, JSON.parse(text)];
            } catch {
                return [key, text];
            }
        }),
    );
}

function changed(config: Config, { kind, at, from, key, unreadable, value }: Change): Config {
    const all = paths(config);
    const path = all[at % all.length];
    if (!path) {
        return { ...config, [key]: value };
    }
    switch (kind) {
        case "replace":
            return put(config, path, value) as Config;
        case "move":
            return put(config, path, valueAt(config, all[from % all.length] ?? [])) as Config;
        case "drop":
            return put(config, path, undefined) as Config;
        case "spoil": {
            const found = valueAt(config, path);
            return put(config, path, typeof found === "string" ? found + unreadable : value) as Config;
        }
        case "add":
            return put(config, [...path.slice(0, -1), key], value) as Config;
    }
}

/** One of two values; for two objects, key by key. */
function mixed(one: unknown, other: unknown, isOther: () => boolean): unknown {
    if (!isObject(one) || !isObject(other)) {
        return isOther() ? other : one;
    }
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return Object.fromEntries(
        keys
            .map((key) => [key, mixed(own(one, key), own(other, key), isOther)] as const)
            .filter(([, value]) => value !== undefined),
    );
}

function own(object: Config, key: string): unknown {
    return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: unknown): value is Config {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function paths(value: unknown): readonly Path[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, below]) => [
        [key],
        ...paths(below).map((path) => [key, ...path]),
    ]);
}

function valueAt(root: unknown, path: Path): unknown {
    return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], root);
}

/** A copy with another value at a path; undefined removes the value. `__proto__` is an ordinary key. */
function put(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
    if (key === undefined) {
        return replacement;
    }
    const all = Object.entries(Object(value));
    const below = put(all.find(([name]) => name === String(key))?.[1], rest, replacement);
    if (Array.isArray(value)) {
        return value
            .map((item, index) => (String(index) === String(key) ? below : item))
            .filter((item) => item !== undefined);
    }
    const others = all.filter(([name]) => name !== String(key));
    return Object.fromEntries(below === undefined ? others : [...others, [key, below]]);
}
