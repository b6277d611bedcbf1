import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { OWNED_KEYS, type OwnedKey } from "../components/args/emr-etl-runner";
import { SAME_IN_EVERY_STACK, SET_BY } from "../components/args/rules/owned-keys";
import { environment } from "../components/args/schema";
import { NAMESPACE, PRIVATE_KEY } from "../components/config";
import type { Path } from "../components/domain/errors";
import { LIMITS } from "../components/domain/limits";
import { REGIONS } from "../components/domain/region";
import { ARGUMENT_TYPES_FILE, argumentTypes } from "./argument-types";
import { REFERENCE_FILE, withReference } from "./config-reference";

/** The stack files name it in their first line, so that an editor completes and checks them. */
export const SCHEMA_FILE = "docs/stack.schema.json";

/** The AWS provider's tags, as far as the program accepts them. */
const DEFAULT_TAGS = {
    description: "Tags of every resource, in addition to the stack's own.",
    type: ["object", "null"],
    properties: {
        tags: {
            description: "The tags, as IAM accepts them.",
            type: ["object", "null"],
            maxProperties: LIMITS.s3.objectTags,
            propertyNames: { minLength: 1, maxLength: LIMITS.tag.key },
            additionalProperties: { type: "string", maxLength: LIMITS.tag.value },
            errorMessage: `at most ${LIMITS.s3.objectTags} keys, each with a string`,
        },
    },
    additionalProperties: false,
    errorMessage: "an object with the one key tags",
};

const own = (object: string) => `${NAMESPACE}:${object}`;

/** Where a stack file's `config` has an argument. */
const inConfig = ([object, ...keys]: Path): Path =>
    object === "region" ? ["aws:region"] : [own(String(object)), ...keys];

/** What a schema says of the value at a path of keys, if it is there. */
const at = (path: Path, schema: object) =>
    path.reduceRight<object>((below, key) => ({ properties: { [key]: below } }), schema);

/** The value at a path is there, and is not null. */
const isSet = (path: Path) =>
    path.reduceRight<object>(
        (below, key) =>
            typeof key === "number"
                ? { type: "array", minItems: key + 1 }
                : { type: "object", required: [key], properties: { [key]: below } },
        { not: { type: "null" } },
    );

const unless = (condition: object, then: object) => ({ if: condition, else: then });

/** A key that the stack sets is null, or what every stack renders. */
function unset(key: OwnedKey): object {
    const value = SAME_IN_EVERY_STACK[key];
    return at(inConfig(["emrEtlRunner", ...key.split(".")]), {
        enum: value === undefined ? [null] : [null, value],
        errorMessage: `omit this key: ${OWNED_KEYS[key]}`,
    });
}

/** What `config` must be. */
const ALWAYS = (Object.keys(OWNED_KEYS) as OwnedKey[]).filter((key) => SET_BY[key] === undefined).map(unset);

/** What `config` must be, unless Pulumi ESC sets a part of it. */
const WITHOUT_ENVIRONMENT = [
    ...Object.entries(SET_BY).map(([key, path]) => unless(isSet(inConfig(path)), unset(key as OwnedKey))),
    unless(
        isSet(inConfig(["emrEtlRunner", "aws", "s3", "buckets", "enriched", "stream"])),
        isSet(inConfig(["emrEtlRunner", "collectors", "format"])),
    ),
];

/** The JSON Schema of a stack file, generated from the schema of the arguments. */
export function stackFileSchema() {
    const { $schema, properties } = z.toJSONSchema(environment, { io: "input" });
    const objects = Object.entries(properties ?? {}).map(([key, value]) => [own(key), value]);
    return {
        $schema,
        title: "A stack file of snowplow-emr-encryption",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: {
                    "aws:region": { enum: REGIONS, description: "The region of every resource." },
                    "aws:defaultTags": DEFAULT_TAGS,
                    ...Object.fromEntries(objects),
                    [own(PRIVATE_KEY)]: {
                        type: "object",
                        properties: {
                            secure: {
                                type: "string",
                                description: "As `pulumi config set --secret` writes it.",
                            },
                        },
                        required: ["secure"],
                        additionalProperties: false,
                        description: "The private key of certificates.chainPem, in PEM, as a secret.",
                    },
                },
                // Other namespaces belong to other programs.
                patternProperties: { [`^(?!${NAMESPACE}:)`]: {} },
                additionalProperties: false,
                allOf: ALWAYS,
            },
            // The keys that Pulumi's CLI itself writes.
            encryptionsalt: { type: "string" },
            secretsprovider: { type: "string" },
            encryptedkey: { type: "string" },
            environment: {},
        },
        additionalProperties: false,
        ...unless({ required: ["environment"] }, at(["config"], { allOf: WITHOUT_ENVIRONMENT })),
    };
}

export function schemaText(): string {
    return `${JSON.stringify(stackFileSchema(), null, 2)}\n`;
}

if (require.main === module) {
    writeFileSync(SCHEMA_FILE, schemaText());
    writeFileSync(ARGUMENT_TYPES_FILE, argumentTypes());
    writeFileSync(REFERENCE_FILE, withReference(readFileSync(REFERENCE_FILE, "utf8")));
}
