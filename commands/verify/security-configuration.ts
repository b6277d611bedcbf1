import { DescribeSecurityConfigurationCommand } from "@aws-sdk/client-emr";
import { callIfThere } from "../aws";
import { isTree } from "../config-yml";
import { attempt, type Check, type Context, compare } from "./check";

/**
 * The security configuration that config.yml names, field by field. EMR changes none, but whoever deletes one can make
 * another of its name. Nothing to look at where every switch is off.
 */
export async function securityConfigurationChecks({
    clients: { emr },
    outputs,
}: Context): Promise<readonly Check[]> {
    const { securityConfigurationName: name, securityConfiguration, forCommands } = outputs;
    if (name === null || securityConfiguration === null) {
        return [];
    }
    const on = `security configuration ${name}`;
    const remedy = `npx pulumi up --refresh --stack ${forCommands.stack}, which makes another, then the new config.yml`;
    return attempt(on, "what the stack wrote", async () => {
        const answer = await callIfThere(
            ["InvalidRequestException"], // What EMR says of a name that it does not know.
            "elasticmapreduce:DescribeSecurityConfiguration",
            name,
            () => emr.send(new DescribeSecurityConfigurationCommand({ Name: name })),
        );
        if (!answer) {
            return compare({ on, expected: "there", found: "no such security configuration", remedy });
        }
        const wanted = fieldsOf(JSON.parse(securityConfiguration));
        const found = fieldsOf(JSON.parse(answer.SecurityConfiguration ?? "{}"));
        return [...new Set([...wanted.keys(), ...found.keys()])].map((field) =>
            compare({
                on: `${on}: ${field}`,
                expected: wanted.get(field) ?? NOTHING,
                found: found.get(field) ?? NOTHING,
                remedy,
            }),
        );
    });
}

const NOTHING = "no such field";

/** The values in a document, as JSON, by their names with dots between. */
function fieldsOf(value: unknown, way: readonly string[] = []): ReadonlyMap<string, string> {
    return isTree(value)
        ? new Map(Object.entries(value).flatMap(([key, below]) => [...fieldsOf(below, [...way, key])]))
        : new Map([[way.join("."), JSON.stringify(value)]]);
}
