import {
    DeleteSecurityConfigurationCommand,
    DescribeSecurityConfigurationCommand,
    type EMRClient,
    paginateListSecurityConfigurations,
} from "@aws-sdk/client-emr";
import { GENERATED_SUFFIX_PATTERN, namePrefix } from "../../components/domain/naming";
import { call, collect } from "../aws";
import type { ActiveCluster } from "../clusters";
import type { StackOutputs } from "../stack-outputs";
import type { Finding } from "./finding";
import { staleOutputs } from "./vpc";

/**
 * The security configurations that `pulumi destroy` leaves behind: the current one, and the earlier ones, which running
 * clusters may still use. An earlier one may be deleted if all that it names is the stack's, and no cluster uses it.
 * @param clusters Undefined if they are not known: then none may be deleted.
 * @throws Error if the stack has a security configuration that is newer than the outputs' one.
 */
export async function securityConfigurations(
    emr: EMRClient,
    outputs: StackOutputs,
    clusters: readonly ActiveCluster[] | undefined,
): Promise<readonly Finding[]> {
    const { prefix, stack, region } = outputs.forCommands;
    const generated = new RegExp(
        `^${namePrefix("securityConfiguration", prefix)}${GENERATED_SUFFIX_PATTERN}$`,
    );
    const current = outputs.securityConfigurationName;
    if (current === null || !generated.test(current)) {
        return []; // It is not known which ones are earlier, or whether the outputs are old.
    }
    const listed = await collect(
        "elasticmapreduce:ListSecurityConfigurations",
        "*",
        paginateListSecurityConfigurations({ client: emr }, {}),
        (page) => page.SecurityConfigurations,
    );
    const kind = "security configuration";
    const found: Finding[] = [];
    for (const { Name = "" } of listed) {
        if (Name === current) {
            found.push({
                kind,
                name: Name,
                isLeftBehind: true,
                why: "the current one, which config.yml names",
                fix: `after the destroy, ${deletion(region, Name)}`,
            });
        }
        if (Name === current || !generated.test(Name)) {
            continue;
        }
        const { SecurityConfiguration = "" } = await call(
            "elasticmapreduce:DescribeSecurityConfiguration",
            Name,
            () => emr.send(new DescribeSecurityConfigurationCommand({ Name })),
        );
        const named = SecurityConfiguration.match(/(arn:|s3:\/\/)[^"]+/g) ?? [];
        if (!named.some((value) => isStacks(outputs, value))) {
            continue;
        }
        // A generated name holds the time of its creation.
        if (Name > current) {
            throw staleOutputs(
                stack,
                `they name security configuration ${current}, and EMR has the newer ${Name}`,
            );
        }
        const users = clusters?.filter(({ securityConfiguration }) => securityConfiguration === Name) ?? [];
        const isOnlyStacks = named.every(
            (value) =>
                isStacks(outputs, value) ||
                value === outputs.kmsKeyArn ||
                value === outputs.forCommands.certificateArchive,
        );
        const isDeletable = isOnlyStacks && clusters !== undefined && users.length === 0;
        found.push({
            kind,
            name: Name,
            isLeftBehind: true,
            why: [
                "an earlier one",
                ...(isOnlyStacks ? [] : ["it also names what is not the stack's"]),
                ...(users.length > 0 ? [`used by ${users.map(({ id }) => id).join(", ")}`] : []),
            ].join("; "),
            fix: isDeletable
                ? "run this again with --yes: it deletes the configuration"
                : isOnlyStacks
                  ? "when no cluster uses it, run this again"
                  : `if no other stack uses it, ${deletion(region, Name)}`,
            ...(isDeletable && { remove: () => remove(emr, Name) }),
        });
    }
    return found;
}

/** Whether only this stack has the key or the archive: an existing one may be used by other stacks. */
function isStacks(
    { kmsKeyArn, forCommands: { ownsKey, managedBuckets } }: StackOutputs,
    value: string,
): boolean {
    return (
        (ownsKey && value === kmsKeyArn) ||
        Object.keys(managedBuckets).some((bucket) => value.startsWith(`s3://${bucket}/`))
    );
}

function deletion(region: string, name: string): string {
    return `\`aws emr delete-security-configuration --region ${region} --name ${name}\``;
}

async function remove(emr: EMRClient, name: string): Promise<void> {
    await call("elasticmapreduce:DeleteSecurityConfiguration", name, () =>
        emr.send(new DeleteSecurityConfigurationCommand({ Name: name })),
    );
}
