import { CreateAliasCommand, CreateKeyCommand, EnableKeyRotationCommand } from "@aws-sdk/client-kms";
import { z } from "zod";
import { generated, known, type Resources, resource, tags, text, untold } from "./resource";

export const kms: Resources = {
    "aws:kms/key:Key": resource(
        {
            description: text,
            keyUsage: z.literal("ENCRYPT_DECRYPT"),
            customerMasterKeySpec: z.literal("SYMMETRIC_DEFAULT"),
            enableKeyRotation: z.boolean(),
            deletionWindowInDays: untold,
            policy: text,
            tags,
        },
        async (inputs, { kms }) => {
            const { KeyMetadata } = await kms.send(
                new CreateKeyCommand({
                    Description: inputs.description,
                    KeyUsage: inputs.keyUsage,
                    KeySpec: inputs.customerMasterKeySpec,
                    Policy: inputs.policy,
                    Tags: Object.entries(inputs.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
                }),
            );
            const keyId = known(KeyMetadata?.KeyId);
            if (inputs.enableKeyRotation) {
                await kms.send(new EnableKeyRotationCommand({ KeyId: keyId }));
            }
            return { id: keyId, state: { keyId, arn: known(KeyMetadata?.Arn) } };
        },
    ),
    "aws:kms/alias:Alias": resource({ namePrefix: text, targetKeyId: text }, async (inputs, { kms }) => {
        const name = generated(inputs.namePrefix);
        await kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: inputs.targetKeyId }));
        return { id: name, state: { name } };
    }),
};
