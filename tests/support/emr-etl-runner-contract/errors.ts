import type { Run } from "../../../testing/mock-engine";
import type { AnyStack } from "../arbitrary-config";
import { EMR_RULES } from "./emr";
import { type Existing, roleOf } from "./made";
import { BUCKET_RULES } from "./made-buckets";
import { ENCRYPTION_RULES } from "./made-encryption";
import { NETWORK_RULES } from "./made-network";
import { OUTPUT_RULES } from "./made-outputs";
import { ROLE_RULES } from "./made-roles";
import { OTHER_RULES } from "./others";
import { fileErrors, load } from "./reader";
import { broken, read, valueAt } from "./rules";
import { S3_RULES } from "./s3";
import { configYml } from "./schema";

const PROGRAM_RULES = {
    ...BUCKET_RULES,
    ...ENCRYPTION_RULES,
    ...NETWORK_RULES,
    ...ROLE_RULES,
    ...OUTPUT_RULES,
};

/** Everything wrong with a config.yml for the stack that it was rendered for. */
export function configErrors(source: string, given: AnyStack): readonly string[] {
    const inFile = fileErrors(source);
    const { data: yml, error } = configYml.safeParse(load(source));
    return yml === undefined
        ? [...inFile, ...error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)]
        : [...inFile, ...broken({ ...S3_RULES, ...EMR_RULES, ...OTHER_RULES }, read(yml, given))];
}

/** Everything wrong with a run of the program, including its config.yml. */
export function programErrors(run: Run, given: AnyStack): readonly string[] {
    const source = String(run.outputs.emrEtlRunnerConfig);
    const inFile = configErrors(source, given);
    if (inFile.length > 0) {
        return inFile;
    }
    const { securityConfiguration } = run.outputs;
    return broken(PROGRAM_RULES, {
        ...read(configYml.parse(load(source)), given),
        run,
        region: given.region,
        security: JSON.parse(String(securityConfiguration ?? null)),
        roles: { jobflow: roleOf(run, given, "jobflow"), service: roleOf(run, given, "service") },
        existing: {
            network: valueAt(given.config, ["network", "existing"]) as Existing["network"],
            securityGroups: valueAt(given.config, ["network", "existing", "emrSecurityGroups"]) as string,
            keyArn: valueAt(given.config, ["encryption", "kmsKeyArn"]) as string,
            archive: valueAt(given.config, ["certificates", "archive"]) as string,
            chain: valueAt(given.config, ["certificates", "chainPem"]) as string,
        },
    });
}
