import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { environment } from "../components/args/schema";
import { NAMESPACE, PRIVATE_KEY } from "../components/config";
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

/** The JSON Schema of a stack file, generated from the schema of the arguments. */
export function stackFileSchema(): unknown {
    const { $schema, properties } = z.toJSONSchema(environment, { io: "input" });
    const own = Object.entries(properties ?? {}).map(([key, value]) => [`${NAMESPACE}:${key}`, value]);
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
                    ...Object.fromEntries(own),
                    [`${NAMESPACE}:${PRIVATE_KEY}`]: {
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
            },
            // The keys that Pulumi's CLI itself writes.
            encryptionsalt: { type: "string" },
            secretsprovider: { type: "string" },
            encryptedkey: { type: "string" },
            environment: {},
        },
        additionalProperties: false,
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
