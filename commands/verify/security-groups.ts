import type { SecurityGroup } from "@aws-sdk/client-ec2";
import {
    EMR_GROUP_NAMES,
    MASTER_TO_SERVICE,
    SERVICE_ACCESS,
    SERVICE_TO_NODES,
} from "../../components/domain/emr-security-groups";
import { hasEmrsName, isStacks, securityGroupsOf } from "../security-groups";
import type { StackOutputs } from "../stack-outputs";
import { attempt, type Check, type Context, compare } from "./check";
import { rulesText, worldOpen } from "./ec2-rules";
import { emrTagChecks } from "./emr-tag";

/** Who may reach the nodes: EMR's default groups, and in a VPC of the stack's own, all that there are. */
export async function securityGroupChecks({ clients: { ec2 }, outputs }: Context): Promise<readonly Check[]> {
    const { vpcId, forCommands } = outputs;
    return attempt(`security groups of ${vpcId}`, "as the stack made them", async () => {
        const groups = await securityGroupsOf(ec2, vpcId);
        const emrs = groups.filter(hasEmrsName);
        return [
            ...(forCommands.ownsSecurityGroups ? ownershipChecks(outputs, groups) : []),
            ...(forCommands.ownsNetwork ? [checkLeftOver(outputs, emrs)] : []),
            ...tagChecks(outputs, groups),
            ...(forCommands.ownsNetwork ? groups : emrs).map(
                (group) => checkAllRules(outputs, group, groups) ?? checkWorld(outputs, group),
            ),
            ...(forCommands.ownsSecurityGroups ? egressChecks(outputs, groups) : []),
        ];
    });
}

/** EMR's default groups that are there. */
function defaultGroups(
    { forCommands }: StackOutputs,
    groups: readonly SecurityGroup[],
): readonly SecurityGroup[] {
    const names: readonly string[] = EMR_GROUP_NAMES[forCommands.internetAccess];
    return groups.filter(({ GroupName = "" }) => names.includes(GroupName));
}

function nodeGroups(outputs: StackOutputs, groups: readonly SecurityGroup[]): readonly SecurityGroup[] {
    return defaultGroups(outputs, groups).filter(({ GroupName }) => GroupName !== SERVICE_ACCESS);
}

function nameOf({ GroupId, GroupName }: SecurityGroup): string {
    return `security group ${GroupId} (${GroupName})`;
}

function restore({ forCommands }: StackOutputs): string {
    return `npx pulumi up --refresh --stack ${forCommands.stack}`;
}

/** EMR makes those that it does not find, and then no stack knows them. */
function ownershipChecks(outputs: StackOutputs, groups: readonly SecurityGroup[]): readonly Check[] {
    const { vpcId, forCommands } = outputs;
    return EMR_GROUP_NAMES[forCommands.internetAccess].map((name) => {
        const group = groups.find(({ GroupName }) => GroupName === name);
        const expected = "the stack's";
        return compare({
            on: `security group ${name} in ${vpcId}`,
            expected,
            found: !group
                ? "no such group"
                : isStacks(group, forCommands.stackTag)
                  ? expected
                  : `${group.GroupId}, which does not carry the stack's tag`,
            remedy: `${restore(outputs)}${group ? `; if EMR made the group, before that: npm run -s teardown -- --yes` : ""}`,
        });
    });
}

/** They keep the VPC from being deleted, and nodes in them have rules that nobody here has seen. */
function checkLeftOver(outputs: StackOutputs, emrs: readonly SecurityGroup[]): Check {
    const known = new Set(defaultGroups(outputs, emrs));
    const leftOver = emrs.filter(
        (group) => !known.has(group) && !isStacks(group, outputs.forCommands.stackTag),
    );
    return compare({
        on: `VPC ${outputs.vpcId}: security groups that EMR made`,
        expected: "none",
        found: leftOver.map(({ GroupId, GroupName }) => `${GroupId} (${GroupName})`).join(", ") || "none",
        severity: "warning",
        remedy: "when no cluster of this stack runs: npm run -s teardown -- --yes",
    });
}

/** The user's own service role may allow EMR to use groups without. */
function tagChecks(outputs: StackOutputs, groups: readonly SecurityGroup[]): readonly Check[] {
    const { region, rolePolicies } = outputs.forCommands;
    return rolePolicies.serviceRole
        ? defaultGroups(outputs, groups).flatMap((group) =>
              emrTagChecks(nameOf(group), { id: group.GroupId ?? "", region, tags: group.Tags }),
          )
        : [];
}

/** Of groups whose every rule the stack sets; undefined for others. */
function checkAllRules(
    outputs: StackOutputs,
    group: SecurityGroup,
    groups: readonly SecurityGroup[],
): Check | undefined {
    const { ownsSecurityGroups } = outputs.forCommands;
    const { GroupName, IpPermissions, IpPermissionsEgress } = group;
    const isDefault = GroupName === "default";
    if (!isDefault && !(ownsSecurityGroups && GroupName === SERVICE_ACCESS)) {
        return undefined;
    }
    const UserIdGroupPairs = nodeGroups(outputs, groups).map(({ GroupId }) => ({ GroupId }));
    const tcp = (port: number) =>
        isDefault ? [] : [{ IpProtocol: "tcp", FromPort: port, ToPort: port, UserIdGroupPairs }];
    return compare({
        on: `${nameOf(group)}: rules`,
        expected: `${rulesText("in", tcp(MASTER_TO_SERVICE))}, ${rulesText("out", tcp(SERVICE_TO_NODES))}`,
        found: `${rulesText("in", IpPermissions)}, ${rulesText("out", IpPermissionsEgress)}`,
        remedy: restore(outputs),
    });
}

/** EMR adds the ingress rules that it needs, between its groups; nobody needs the internet in. */
function checkWorld(outputs: StackOutputs, group: SecurityGroup): Check {
    const open = (group.IpPermissions ?? []).flatMap((permission) => worldOpen(permission) ?? []);
    return compare({
        on: `${nameOf(group)}: open to the internet`,
        expected: "no",
        found: open.length === 0 ? "no" : rulesText("in", open),
        remedy: `aws ec2 revoke-security-group-ingress --region ${outputs.forCommands.region} --group-id ${group.GroupId} --ip-permissions '${JSON.stringify(open)}'`,
    });
}

/** A node that cannot reach out cannot start. */
function egressChecks(outputs: StackOutputs, groups: readonly SecurityGroup[]): readonly Check[] {
    const everywhere = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    return nodeGroups(outputs, groups).map((group) =>
        compare({
            on: `${nameOf(group)}: egress`,
            expected: rulesText("out", everywhere),
            found: rulesText("out", group.IpPermissionsEgress),
            remedy: restore(outputs),
        }),
    );
}
