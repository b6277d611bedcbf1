import type { EMR } from "@aws-sdk/client-emr";
import { GENERATED_SUFFIX_PATTERN, namePrefix } from "../../components/domain/naming";
import { collect, ifThere } from "../aws";
import type { ActiveCluster } from "../clusters";
import type { StackOutputs } from "../stack-outputs";
import type { Finding } from "./finding";
import { newestSuffix, staleOutputs, suffixOf } from "./generated-names";

/** A security configuration with a generated name of the stack. Another stack of the same prefix may have created it. */
export interface Configuration {
    readonly name: string;
    /** Whether it names what only this stack has. An existing key or archive may be in use by other stacks. */
    readonly isStacks: boolean;
    /** Whether all that it names is in the outputs. */
    readonly namesOutputsOnly: boolean;
}

/**
 * The security configurations that may be the stack's, except those that name only what is not in the outputs.
 * @throws Error if the stack has one that is newer than the outputs' one.
 */
export async function stackConfigurations(
    emr: EMR,
    outputs: StackOutputs,
): Promise<readonly Configuration[]> {
    const { kmsKeyArn, securityConfigurationName: current } = outputs;
    const { prefix, stack, ownsKey, managedBuckets, certificateArchive } = outputs.forCommands;
    const isOwn = (value: string) =>
        (ownsKey && value === kmsKeyArn) ||
        Object.keys(managedBuckets).some((bucket) => value.startsWith(`s3://${bucket}/`));
    const isInOutputs = (value: string) => isOwn(value) || [kmsKeyArn, certificateArchive].includes(value);
    const start = namePrefix("securityConfiguration", prefix);
    const generated = new RegExp(`^${start}${GENERATED_SUFFIX_PATTERN}$`);
    const newest = suffixOf(current ?? "") || newestSuffix(outputs);
    const names = await collect(emr.paginateListSecurityConfigurations({}), (page) =>
        page.SecurityConfigurations?.flatMap(({ Name }) => Name ?? []),
    );
    const found: Configuration[] = [];
    for (const name of names.filter((each) => each === current || generated.test(each))) {
        if (name === current) {
            found.push({ name, isStacks: true, namesOutputsOnly: true });
            continue;
        }
        const describing = emr.describeSecurityConfiguration({ Name: name });
        const text = (await ifThere(describing, "InvalidRequestException"))?.SecurityConfiguration;
        const named = text?.match(/(arn:|s3:\/\/)[^"]+/g) ?? [];
        const [isStacks, namesOutputsOnly] = [named.some(isOwn), named.every(isInOutputs)];
        if (isStacks && suffixOf(name) > newest) {
            const newer = `and EMR has the newer ${name}`;
            throw staleOutputs(stack, `they name security configuration ${current ?? "none"}, ${newer}`);
        }
        if (text !== undefined && (isStacks || namesOutputsOnly)) {
            found.push({ name, isStacks, namesOutputsOnly });
        }
    }
    return found;
}

/**
 * `pulumi destroy` leaves all security configurations behind, because clusters may use earlier ones. An earlier one may
 * be deleted if all that it names is the stack's, and no cluster uses it.
 * @param clusters Undefined if they are not known: then none may be deleted.
 */
export function configurationFindings(
    emr: EMR,
    { securityConfigurationName: current, forCommands: { region } }: StackOutputs,
    configurations: readonly Configuration[],
    clusters: readonly ActiveCluster[] | undefined,
): readonly Finding[] {
    return configurations.map(({ name, isStacks, namesOutputsOnly }) => {
        const command = `\`aws emr delete-security-configuration --region ${region} --name ${name}\``;
        const finding = { kind: "security configuration", name, isLeftBehind: true };
        if (name === current) {
            const why = "the current one, which config.yml names";
            return { ...finding, why, fix: `after the destroy, ${command}` };
        }
        const users = (clusters ?? [])
            .filter(({ securityConfiguration }) => securityConfiguration === name)
            .map(({ id }) => id);
        // Without a current one of a generated name, it is not known which are earlier.
        const isEarlier = isStacks && suffixOf(name) < suffixOf(current ?? "");
        const isOnlyStacks = isEarlier && namesOutputsOnly;
        const why = [
            isEarlier ? "an earlier one" : "not the one in the outputs",
            ...(isStacks ? [] : ["it names nothing that only this stack has"]),
            ...(namesOutputsOnly ? [] : ["it also names what is not the stack's"]),
            ...(users.length > 0 ? [`used by ${users.join(", ")}`] : []),
        ].join("; ");
        if (isOnlyStacks && clusters !== undefined && users.length === 0) {
            const fix =
                "if EmrEtlRunner's config.yml names the current one, run this again with --yes: it deletes the configuration";
            return { ...finding, why, fix, remove: () => emr.deleteSecurityConfiguration({ Name: name }) };
        }
        const fix = isOnlyStacks
            ? "when no cluster uses it, run this again"
            : `if no other stack and no config.yml names it, ${command}`;
        return { ...finding, why, fix };
    });
}
