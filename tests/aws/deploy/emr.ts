import { CreateSecurityConfigurationCommand } from "@aws-sdk/client-emr";
import { generated, type Resources, resource, text } from "./resource";

export const emr: Resources = {
    "aws:emr/securityConfiguration:SecurityConfiguration": resource(
        { namePrefix: text, configuration: text },
        async (inputs, { emr }) => {
            const name = generated(inputs.namePrefix);
            await emr.send(
                new CreateSecurityConfigurationCommand({
                    Name: name,
                    SecurityConfiguration: inputs.configuration,
                }),
            );
            return { id: name, state: { name } };
        },
    ),
};
