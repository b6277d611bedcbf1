import { valueAt } from "../../domain/value-at";
import { DEFAULTS, type Environment } from "../schema";
import type { Finding } from "./rule";

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
export function* existingReplaces(environment: Environment): Iterable<Finding> {
    const { archive } = environment.certificates;
    for (const { section, by, keys } of REPLACED.filter((row) => archive === null || row.by !== "chainPem")) {
        for (const path of keys.map((key) => [section, key])) {
            const differs =
                JSON.stringify(valueAt(environment, path)) !== JSON.stringify(valueAt(DEFAULTS, path));
            if (valueAt(environment, [section, by]) !== null && differs) {
                yield { code: "replaced", path, fix: `omit this key: ${section}.${by} replaces it` };
            }
        }
    }
}
