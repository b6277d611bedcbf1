import { fieldsOf } from "../config-yml";
import { type Context, type Outcome, restore } from "./control";

const IN_TRANSIT = "EncryptionConfiguration.EnableInTransitEncryption";
const PARTS = {
    s3: /\.S3EncryptionConfiguration\./,
    disks: /\.LocalDiskEncryptionConfiguration\./,
    inTransit: /\.(EnableInTransitEncryption$|InTransitEncryptionConfiguration\.)/,
};

/**
 * Compares a part of the security configuration that config.yml names, field by field. EMR does not change one, but who
 * may delete one may create another of its name.
 * @param part `rest`: all fields that no other part has.
 */
export function securityConfiguration(part: keyof typeof PARTS | "rest") {
    const isPart = (field: string) =>
        part === "rest" ? !Object.values(PARTS).some((each) => each.test(field)) : PARTS[part].test(field);
    return ({ clients: { emr }, outputs }: Context): Outcome => {
        const { securityConfigurationName: name, securityConfiguration: json } = outputs;
        const wanted = fieldsOf(JSON.parse(json ?? "{}"));
        const fields = [...wanted.keys()].filter(isPart);
        if (name === null || fields.length === 0 || (part === "inTransit" && !isInTransitOn(json))) {
            return "the stack file switches it off";
        }
        const subject = `security configuration ${name}`;
        const fix = `${restore(outputs)}, then the new config.yml`;
        const found = async () => {
            const { SecurityConfiguration = "{}" } = await emr.describeSecurityConfiguration({ Name: name });
            const live = fieldsOf(JSON.parse(SecurityConfiguration));
            return [...new Set([...fields, ...[...live.keys()].filter(isPart)])].map((field) => {
                const shown = (of: typeof live) => JSON.stringify(of.get(field)) ?? "no such field";
                return { subject: `${subject}: ${field}`, expected: shown(wanted), found: shown(live) };
            });
        };
        return { subject, expected: "as the stack created it", fix, found };
    };
}

export function isInTransitOn(json: string | null): boolean {
    return fieldsOf(JSON.parse(json ?? "{}")).get(IN_TRANSIT) === true;
}
