import type { ArgumentError } from "../../domain/errors";
import { valueAt } from "../../domain/value-at";
import { describe } from "../describe";
import type { Environment } from "../schema";
import { certificateRules } from "./certificates";
import { documentLimits } from "./document-limits";
import { emrRules } from "./emr";
import { existingReplaces } from "./existing-replaces";
import { locationRules } from "./locations";
import { networkRules } from "./network";
import { ownedKeys } from "./owned-keys";
import type { Rule, RuleContext } from "./rule";

const RULES: readonly Rule[] = [
    existingReplaces,
    ...networkRules,
    ...certificateRules,
    ...emrRules,
    ...locationRules,
    ownedKeys,
    documentLimits,
];

/** The second phase: every error of fields that contradict each other or the context. */
export function ruleErrors(environment: Environment, context: RuleContext): readonly ArgumentError[] {
    return RULES.flatMap((rule) => [...rule(environment, context)]).map((finding) => ({
        found: describe(valueAt(environment, finding.path)),
        ...finding,
    }));
}
