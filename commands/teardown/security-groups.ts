import type { EC2, NetworkInterface, SecurityGroup } from "@aws-sdk/client-ec2";
import { EMR_GROUP_NAMES } from "../../components/domain/emr-security-groups";
import type { StackOutputs } from "../stack-outputs";
import { type Finding, stackOf } from "./finding";
import { describeInterface } from "./vpc";

const EMR_NAMES: readonly (string | undefined)[] = Object.values(EMR_GROUP_NAMES).flat();

/** Whose a group in the stack's VPCs is. `unclear`: it has the name of a group of the stack, but no tag. */
type Owner = "stack" | "EMR" | "unclear" | "other";

function ownerOf(group: SecurityGroup, { vpcId, forCommands }: StackOutputs): Owner {
    const tag = stackOf(group);
    if (tag === forCommands.stackTag) {
        return "stack";
    }
    if (tag !== undefined || !EMR_NAMES.includes(group.GroupName)) {
        return "other";
    }
    // A name is unique in its VPC, and EMR uses the stack's groups.
    const own: readonly (string | undefined)[] = EMR_GROUP_NAMES[forCommands.internetAccess];
    return group.VpcId === vpcId && own.includes(group.GroupName) ? "unclear" : "EMR";
}

/**
 * The security groups that keep the stack's VPCs from being deleted, because Pulumi does not know them, and the stack's
 * groups that a network interface in an existing VPC or a rule of another group still uses. EMR's default groups may be
 * deleted if no network interface, no rule of a group that stays, and no cluster uses them.
 * @param vpcIds The stack's VPCs.
 * @param groups Every group of the region: a rule may refer to a group of another VPC.
 * @param interfaces Every network interface of the region: a group may be in use in another VPC. Undefined if they are
 * not known: then no group may be deleted.
 * @param clustersRun Whether a cluster uses the stack, or none is known.
 */
export function groupFindings(
    ec2: EC2,
    outputs: StackOutputs,
    vpcIds: readonly string[],
    groups: readonly SecurityGroup[],
    interfaces: readonly NetworkInterface[] | undefined,
    clustersRun: boolean,
): readonly Finding[] {
    const { stack, region } = outputs.forCommands;
    const inVpcs = ({ VpcId = "" }: SecurityGroup) => vpcIds.includes(VpcId);
    // EC2 deletes a default group with its VPC.
    const isIgnored = (group: SecurityGroup) =>
        group.GroupName === "default" || !(inVpcs(group) || ownerOf(group, outputs) === "stack");
    const usersOf = ({ GroupId }: SecurityGroup) =>
        (interfaces ?? [])
            .filter(({ Groups = [] }) => Groups.some((group) => group.GroupId === GroupId))
            .map((user) => `${user.NetworkInterfaceId}${describeInterface(user)}`);
    const emrs = groups.filter((group) => inVpcs(group) && ownerOf(group, outputs) === "EMR");
    const isSafe = interfaces !== undefined && !clustersRun;
    const deletable = isSafe ? unusedOf(emrs, groups, (group) => usersOf(group).length > 0) : [];
    // The groups refer to one another: while one has rules, another cannot be deleted.
    let rulesAreGone: Promise<void> | undefined;
    return groups.flatMap((group): Finding | readonly Finding[] => {
        const { GroupId = "", GroupName, VpcId } = group;
        const finding = { kind: "security group", name: GroupId };
        const owner = ownerOf(group, outputs);
        if (isIgnored(group)) {
            return [];
        }
        if (deletable.includes(group)) {
            return {
                ...finding,
                why: `EMR created ${GroupName} in ${VpcId}, and nothing uses it`,
                fix: "run this again with --yes: it deletes the group, its rules first",
                remove: async () => {
                    rulesAreGone ??= revokeRules(ec2, deletable);
                    await rulesAreGone;
                    await ec2.deleteSecurityGroup({ GroupId });
                },
            };
        }
        // In the stack's VPCs, the users of the stack's groups are findings themselves, except the default group.
        const users = owner === "stack" && inVpcs(group) ? [] : usersOf(group);
        const referring = groups.filter(
            (other) =>
                other !== group &&
                refersTo(other, GroupId) &&
                // Rules in other VPCs do not block the stack's groups, and Pulumi revokes those of its own groups.
                (owner !== "stack" || (other.VpcId === VpcId && isIgnored(other))),
        );
        const rules = referring.map((other) => other.GroupId).join(", ");
        const use = `${users.length > 0 ? `; it is used by ${users.join(", ")}` : ""}${rules && `; rules of ${rules} refer to it`}`;
        const fix = "delete what uses it, and the rules that refer to it";
        if (owner === "stack") {
            return use ? { ...finding, why: `${GroupName} is the stack's${use}`, fix } : [];
        }
        const tag = stackOf(group);
        const command = `\`aws ec2 delete-security-group --region ${region} --group-id ${GroupId}\``;
        const [whose, next] = (
            {
                EMR: [
                    "EMR created it",
                    clustersRun
                        ? "when the clusters have ended, run this again"
                        : `${fix}, then run this again`,
                ],
                unclear: [
                    "it has the name of a group of the stack, but no tag",
                    `if \`npx pulumi up --refresh --stack ${stack}\` does not restore its tag, EMR created it: ${command}`,
                ],
                other: [
                    tag ? `it has the tag of stack ${tag}` : "it is not the stack's",
                    `if it is not needed, ${command}`,
                ],
            } as const
        )[owner];
        return { ...finding, why: `${GroupName} is in ${VpcId}: ${whose}${use}`, fix: next };
    });
}

/** The candidates without users to which no rule of a group that stays refers. */
function unusedOf(
    candidates: readonly SecurityGroup[],
    groups: readonly SecurityGroup[],
    isUsed: (group: SecurityGroup) => boolean,
): readonly SecurityGroup[] {
    const stay = groups.filter((group) => !candidates.includes(group) || isUsed(group));
    const unused = candidates.filter(
        (group) => !isUsed(group) && !stay.some((other) => refersTo(other, String(group.GroupId))),
    );
    return unused.length === candidates.length ? unused : unusedOf(unused, groups, isUsed);
}

function refersTo({ IpPermissions = [], IpPermissionsEgress = [] }: SecurityGroup, id: string): boolean {
    return [...IpPermissions, ...IpPermissionsEgress].some(({ UserIdGroupPairs = [] }) =>
        UserIdGroupPairs.some(({ GroupId }) => GroupId === id),
    );
}

async function revokeRules(ec2: EC2, groups: readonly SecurityGroup[]): Promise<void> {
    for (const { GroupId = "", IpPermissions = [], IpPermissionsEgress = [] } of groups) {
        if (IpPermissions.length > 0) {
            await ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions });
        }
        if (IpPermissionsEgress.length > 0) {
            await ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: IpPermissionsEgress });
        }
    }
}
