import type { Registration, Run } from "../../../testing/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER } from "../../../testing/placeholder-provider";
import type { AnyStack } from "../arbitrary-config";
import { type Read, valueAt } from "./rules";

export interface Made extends Read {
    readonly run: Run;
    readonly region: string;
    /** The security configuration that config.yml names, as JSON gives it; undefined without one. */
    readonly security: unknown;
    readonly roles: { readonly jobflow: MadeRole; readonly service: MadeRole };
    readonly existing: Existing;
}

export interface MadeRole {
    readonly name: string;
    readonly arn: string;
    /** Whether the role existed before the stack. */
    readonly existing: boolean;
    readonly inlinePolicies: readonly string[];
    readonly managedPolicyArns: readonly string[];
}

/** The existing resources that the stack config names; undefined or null where the stack creates them. */
export interface Existing {
    readonly network: { readonly vpcId: string; readonly subnetIds: readonly string[] } | null | undefined;
    readonly securityGroups: string | undefined;
    readonly keyArn: string | null | undefined;
    readonly archive: string | null | undefined;
    readonly chain: string | null | undefined;
}

export function resources({ registrations }: Run, type: string): readonly Registration[] {
    return registrations.filter((registration) => registration.type === type);
}

export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const KEY_PAIR = "aws:ec2/keyPair:KeyPair";
export const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

export function listOf({ config }: AnyStack, path: readonly string[]): readonly string[] {
    return (valueAt(config, path) ?? []) as readonly string[];
}

/** The existing key, or the stack's. */
export function keyArn({ existing, region }: Made): string {
    return existing.keyArn ?? `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${PLACEHOLDER}`;
}

export function accountOf(arn: string): string {
    return arn.split(":")[4] ?? "";
}

/** The path begins and ends with a slash. */
export function roleArn(path: string, name: string): string {
    return `arn:aws:iam::${ACCOUNT_ID}:role${path}${name}`;
}

/** The path of existing roles: EMR finds a service role with a path by its ARN only. */
export const EXISTING_PATH = "/existing/";

/** A role with its policies: those that the stack attaches, or those that the outputs ask the owner to attach. */
export function roleOf(run: Run, { config }: AnyStack, kind: "jobflow" | "service"): MadeRole {
    const existing = valueAt(config, ["access", `${kind}Role`, "existing"]);
    if (typeof existing === "string") {
        const required = valueAt(run.outputs.requiredPolicies, [`${kind}Role`]);
        return {
            name: existing,
            arn: roleArn(EXISTING_PATH, existing),
            existing: true,
            inlinePolicies: [String(valueAt(required, ["policyDocument"]))],
            managedPolicyArns: valueAt(required, ["managedPolicyArns"]) as readonly string[],
        };
    }
    return ownRole(run, { config }, kind);
}

export function ownRole(run: Run, { config }: Pick<AnyStack, "config">, kind: string): MadeRole {
    const names = resources(run, "aws:iam/role:Role")
        .map(({ inputs }) => String(inputs.namePrefix))
        .filter((start) => start.endsWith(`-${kind}-`))
        .map((start) => `${start}${PLACEHOLDER}`);
    const name = names.join();
    const of = (type: string) => resources(run, type).filter(({ inputs }) => inputs.role === name);
    return {
        name,
        arn: roleArn(String(valueAt(config, ["access", "path"]) ?? "/"), name),
        existing: false,
        inlinePolicies: of(ROLE_POLICY).map(({ inputs }) => String(inputs.policy)),
        managedPolicyArns: of(ATTACHMENT).map(({ inputs }) => String(inputs.policyArn)),
    };
}
