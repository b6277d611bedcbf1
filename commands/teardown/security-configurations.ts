import {
    DeleteSecurityConfigurationCommand,
    DescribeSecurityConfigurationCommand,
    type EMRClient,
    paginateListSecurityConfigurations,
} from "@aws-sdk/client-emr";
import { GENERATED_SUFFIX_PATTERN, namePrefix } from "../../components/domain/naming";
import { call } from "../aws";
import type { ActiveCluster } from "../clusters";
import type { StackOutputs } from "../stack-outputs";
import type { Obstacle } from "./obstacle";

/**
 * Security configurations that the stack made and keeps when it makes another: running clusters may still use them.
 * @param all The current one too: config.yml names it, so that only leaving is a reason.
 */
export async function securityConfigurationObstacles(
    emr: EMRClient,
    outputs: StackOutputs,
    clusters: readonly ActiveCluster[],
    all: boolean,
): Promise<readonly Obstacle[]> {
    const { prefix } = outputs.forCommands;
    const ofItsNames = new RegExp(
        `^${namePrefix("securityConfiguration", prefix)}${GENERATED_SUFFIX_PATTERN}$`,
    );
    const names = (await listNames(emr)).filter((name) => ofItsNames.test(name));
    const found: Obstacle[] = [];
    for (const name of names) {
        const users = clusters.filter(({ securityConfiguration }) => securityConfiguration === name);
        const whose = await ownership(emr, name, outputs);
        if (whose !== "another's") {
            found.push({
                kind: "security configuration",
                name,
                ...terms({ name, users, whose, all, current: name === outputs.securityConfigurationName }),
                ...(users.length === 0 &&
                    whose === "the stack's" &&
                    (all || name !== outputs.securityConfigurationName) && {
                        remove: () => remove(emr, name),
                    }),
            });
        }
    }
    return found;
}

interface Circumstances {
    readonly name: string;
    readonly users: readonly ActiveCluster[];
    readonly whose: Ownership;
    readonly all: boolean;
    readonly current: boolean;
}

function terms({ name, users, whose, all, current }: Circumstances): Pick<Obstacle, "why" | "remedy"> {
    if (users.length > 0) {
        return {
            why: `in use by ${users.map(({ id }) => id).join(", ")}`,
            remedy: "when that cluster has ended, run this again",
        };
    }
    if (whose === "unknown") {
        return {
            why: "no cluster uses it, but it names neither key nor archive: it may be another stack's of the same prefix",
            remedy: `if it is this stack's: aws emr delete-security-configuration --name ${name}`,
        };
    }
    if (current && !all) {
        return {
            why: "the current one, which config.yml names",
            remedy: "when you leave for good, run this again with --yes --all",
        };
    }
    return {
        why: current ? "the current one; no cluster uses it" : "an earlier one; no cluster uses it",
        remedy: `run this again with --yes${all ? " --all" : ""}: it deletes the configuration`,
    };
}

type Ownership = "the stack's" | "another's" | "unknown";

/** Two stacks may have names with the same beginning; what a configuration names is one stack's only. */
async function ownership(emr: EMRClient, name: string, outputs: StackOutputs): Promise<Ownership> {
    if (name === outputs.securityConfigurationName) {
        return "the stack's";
    }
    const { SecurityConfiguration = "" } = await call(
        "elasticmapreduce:DescribeSecurityConfiguration",
        name,
        () => emr.send(new DescribeSecurityConfigurationCommand({ Name: name })),
    );
    const { forCommands, kmsKeyArn } = outputs;
    const own = [
        ...(forCommands.ownsKey ? [kmsKeyArn] : []),
        ...Object.keys(forCommands.managedBuckets).map((bucket) => `s3://${bucket}/`),
    ];
    if (own.some((named) => SecurityConfiguration.includes(named))) {
        return "the stack's";
    }
    return /arn:aws:kms:|s3:\/\//.test(SecurityConfiguration) && forCommands.ownsKey
        ? "another's"
        : "unknown";
}

function listNames(emr: EMRClient): Promise<readonly string[]> {
    return call("elasticmapreduce:ListSecurityConfigurations", "*", async () => {
        const names: string[] = [];
        for await (const { SecurityConfigurations = [] } of paginateListSecurityConfigurations(
            { client: emr },
            {},
        )) {
            names.push(...SecurityConfigurations.flatMap(({ Name }) => Name ?? []));
        }
        return names;
    });
}

async function remove(emr: EMRClient, name: string): Promise<void> {
    await call("elasticmapreduce:DeleteSecurityConfiguration", name, () =>
        emr.send(new DeleteSecurityConfigurationCommand({ Name: name })),
    );
}
