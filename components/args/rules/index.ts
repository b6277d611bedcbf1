import type { ArgumentError } from "../../domain/errors";
import { valueAt } from "../../domain/value-at";
import { describe } from "../describe";
import { certificateRules } from "./certificates";
import { documentLimits } from "./document-limits";
import { emrRules } from "./emr";
import { existingReplaces } from "./existing-replaces";
import { locationRules } from "./locations";
import { networkRules } from "./network";
import { ownedKeys } from "./owned-keys";
import type { Rule, RuleArgs } from "./rule";

const RULES: readonly Rule[] = [
    existingReplaces,
    ...networkRules,
    ...certificateRules,
    ...emrRules,
    ...locationRules,
    ownedKeys,
    documentLimits,
];

/** The second phase: every error of arguments that contradict each other. */
export function ruleErrors(args: RuleArgs): readonly ArgumentError[] {
    return RULES.flatMap((rule) => [...rule(args)]).map((finding) => ({
        found: describe(valueAt(args, finding.path)),
        ...finding,
    }));
}
