import type { ArgumentError } from "../../domain/errors";
import { valueAt } from "../../domain/value-at";
import type { CompleteArgs } from "../complete";
import { describe } from "../describe";
import { bucketPolicyStatementRules } from "./bucket-policy-statements";
import { certificateRules } from "./certificates";
import type { LookedUp } from "./deployed";
import { documentLimits } from "./document-limits";
import { emrRules } from "./emr";
import { executedFiles } from "./executed-files";
import { existingReplaces } from "./existing-replaces";
import { objectKeyLengths, stepArgumentLimit, stepNameLengths } from "./lengths";
import { locationRules } from "./locations";
import { networkRules } from "./network";
import { ownedKeys } from "./owned-keys";
import { releaseRules } from "./release";
import type { Rule, RuleArgs } from "./rule";

const RULES: readonly Rule[] = [
    existingReplaces,
    ...networkRules,
    ...certificateRules,
    ...releaseRules,
    ...emrRules,
    ...locationRules,
    executedFiles,
    ...bucketPolicyStatementRules,
    ownedKeys,
    documentLimits,
    stepNameLengths,
    objectKeyLengths,
    stepArgumentLimit,
];

/** The second phase: every error of arguments that contradict each other. */
export function ruleErrors(args: RuleArgs): readonly ArgumentError[] {
    return RULES.flatMap((rule) => [...rule(args)]).map((finding) => ({
        found: describe(valueAt(args, finding.path)),
        ...finding,
    }));
}

/** The errors that only the look-ups show: existing roles with paths, and a property for host names, take more space. */
export function lookedUpErrors(args: CompleteArgs, existing: LookedUp): readonly ArgumentError[] {
    return [...documentLimits(args, existing), ...stepArgumentLimit(args, existing)];
}
