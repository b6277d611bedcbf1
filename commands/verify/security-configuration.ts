import { ifThere } from "../aws";
import { fieldsOf } from "../config-yml";
import { ask, type Context, type Outcome, observe, restore } from "./control";

const AT_REST = "EncryptionConfiguration.AtRestEncryptionConfiguration";
const PARTS = {
    s3: [`${AT_REST}.S3EncryptionConfiguration.`],
    disks: [`${AT_REST}.LocalDiskEncryptionConfiguration.`],
    inTransit: [
        "EncryptionConfiguration.EnableInTransitEncryption",
        "EncryptionConfiguration.InTransitEncryptionConfiguration.",
    ],
};

/**
 * Compares a part of the security configuration that config.yml names, field by field. EMR does not change one, but who
 * may delete one may create another of its name.
 * @param part `rest`: all fields that no other part has.
 */
export function securityConfiguration(part: keyof typeof PARTS | "rest") {
    return async ({ clients: { emr }, outputs }: Context): Promise<Outcome> => {
        const { securityConfigurationName: name, securityConfiguration: json } = outputs;
        const isPart = (field: string) => {
            const starts = (prefixes: readonly string[]) =>
                prefixes.some((prefix) => field.startsWith(prefix));
            return part === "rest" ? !starts(Object.values(PARTS).flat()) : starts(PARTS[part]);
        };
        const wanted = fieldsOf(JSON.parse(json ?? "{}"));
        const fields = [...wanted.keys()].filter(isPart);
        if (name === null || fields.length === 0 || (part === "inTransit" && !isInTransitOn(json))) {
            return "the stack file switches it off";
        }
        const line = {
            subject: `security configuration ${name}`,
            expected: "as the stack created it",
            fix: `${restore(outputs)}, then the new config.yml`,
        };
        return ask(line, async () => {
            // EMR's code for an unknown name.
            const absent = "InvalidRequestException";
            const answer = await ifThere(emr.describeSecurityConfiguration({ Name: name }), absent);
            if (!answer) {
                return "missing";
            }
            const found = fieldsOf(JSON.parse(answer.SecurityConfiguration ?? "{}"));
            return [...new Set([...fields, ...[...found.keys()].filter(isPart)])].map((field) => {
                const shown = (of: typeof found) => JSON.stringify(of.get(field)) ?? "no such field";
                const subject = `${line.subject}: ${field}`;
                return observe({ ...line, subject, expected: shown(wanted) }, shown(found));
            });
        });
    };
}

export function isInTransitOn(json: string | null): boolean {
    return (
        fieldsOf(JSON.parse(json ?? "{}")).get("EncryptionConfiguration.EnableInTransitEncryption") === true
    );
}
