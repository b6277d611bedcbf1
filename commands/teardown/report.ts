import { escaped, jsonText } from "../escape";
import type { Finding } from "./finding";

/** A finding, and what became of it. */
export interface Outcome extends Finding {
    readonly removed?: boolean;
    /** Why it could not be deleted. */
    readonly error?: string;
}

export interface Report {
    readonly stack: string;
    readonly outcomes: readonly Outcome[];
    /** The checks that could not be made, each with AWS's error. */
    readonly unknown: readonly string[];
}

/** What no check of this command sees. */
const NOT_CHECKED = [
    "protection that was set with `pulumi state protect`: the preview of `pulumi destroy` reports it",
    "what the credentials of `pulumi destroy` may do: IAM policies, policies of buckets, Object Lock",
    "other VPCs that use the stack's DHCP options: the destroy gives them EC2's default ones",
    "the VPC's associations with VPC Lattice, Route 53 Resolver and Outposts, and its groups' with other VPCs",
    "Multi-Region Access Points, and access points of other accounts",
    "what else is encrypted under the stack's KMS key, which the destroy schedules for deletion",
];

/** For machines. */
export function reportJson({ stack, outcomes, unknown }: Report): string {
    const findings = outcomes.map(({ remove: _, removed = false, isLeftBehind = false, ...outcome }) => ({
        ...outcome,
        blocks: !isLeftBehind,
        removed,
    }));
    const next = destroy(stack);
    return jsonText({ version: 1, stack, findings, unknown, notChecked: NOT_CHECKED, next });
}

/** For people: the steps that are left. */
export function reportText({ stack, outcomes, unknown }: Report): string {
    const left = outcomes.filter(({ removed }) => !removed);
    const blocking = left.filter(({ isLeftBehind }) => !isLeftBehind);
    const behind = left.filter(({ isLeftBehind }) => isLeftBehind);
    const steps = [
        ...blocking.flatMap((outcome, index) => item(`${index + 1}.`, outcome)),
        `${blocking.length + 1}. \`${destroy(stack)}\``,
    ];
    const title =
        blocking.length > 0
            ? `These block the destroy of stack ${stack}, in the order to deal with them:`
            : unknown.length > 0
              ? `No check found what blocks the destroy of stack ${stack}, but some could not be made.`
              : `Nothing blocks the destroy of stack ${stack}, as far as this command checks.`;
    const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
        [title, steps],
        ["The destroy leaves these behind:", behind.flatMap((outcome) => item("-", outcome))],
        ["Could not be checked:", unknown.map((sentence) => `- ${sentence}`)],
        ["Never checked:", NOT_CHECKED.map((sentence) => `- ${sentence}`)],
    ];
    const lines = sections.flatMap((section) => (section[1].length > 0 ? section.flat() : []));
    return lines.map((line) => `${escaped(line)}\n`).join("");
}

function item(bullet: string, { kind, name, why, fix, error }: Outcome): readonly string[] {
    const next = error === undefined ? `fix: ${fix}` : `could not be deleted: ${error}`;
    return [`${bullet} ${kind} ${name}: ${why}`, `   ${next}`];
}

function destroy(stack: string): string {
    return `npx pulumi destroy --stack ${stack}`;
}
