import { valueAt } from "../../domain/value-at";
import { DEFAULTS } from "../schema";
import type { Finding, RuleArgs } from "./rule";

/** The keys that have no meaning next to an existing resource. */
const REPLACED = [
    { section: "network", by: "existing", keys: ["cidrBlock", "availabilityZones"] },
    {
        section: "certificates",
        by: "archive",
        keys: ["validityDays", "renewBeforeDays", "generation", "chainPem", "trustedPem", "remindTopicArn"],
    },
    { section: "certificates", by: "chainPem", keys: ["validityDays", "generation"] },
] as const;

/** A key that has its default is accepted: resolved arguments have all of them. */
export function* existingReplaces(args: RuleArgs): Iterable<Finding> {
    const value = (path: readonly string[], of: unknown = args) => JSON.stringify(valueAt(of, path));
    const hasArchive = args.certificates.archive !== null;
    for (const { section, by, keys } of REPLACED) {
        if (value([section, by]) === "null" || (hasArchive && by === "chainPem")) {
            continue;
        }
        for (const path of keys.map((key) => [section, key])) {
            if (value(path) !== value(path, DEFAULTS)) {
                yield { code: "replaced", path, fix: `omit this key: ${section}.${by} replaces it` };
            }
        }
    }
}
