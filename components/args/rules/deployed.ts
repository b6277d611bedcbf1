import { arn } from "../../domain/arn";
import type { ExistingRole } from "../../domain/existing-role";
import { resolveLocations } from "../../domain/locations";
import { bucketPrefix, GENERATED_SUFFIX_LENGTH, type NameWord, namePrefix } from "../../domain/naming";
import { bucketArn, urlArn } from "../../policies/s3-access";
import type { CompleteArgs } from "../complete";

/** What the look-ups know of existing resources, and the arguments do not. */
export interface LookedUp {
    readonly serviceRole?: ExistingRole | undefined;
    readonly jobflowRole?: ExistingRole | undefined;
    /** @default false */
    readonly anyHostname?: boolean;
}

/**
 * What is known after a deployment only, as placeholders that are as long as at AWS: the rules measure documents with
 * them. An existing role that is not looked up yet has the path `/`.
 */
export function deployed(args: CompleteArgs, existing: LookedUp = {}) {
    const { access, certificates, encryption, prefix, region } = args;
    const accountId = "0".repeat(12);
    const generated = (name: string) => `${name}${"x".repeat(GENERATED_SUFFIX_LENGTH)}`;
    const role = (kind: "serviceRole" | "jobflowRole", word: "service" | "jobflow"): ExistingRole => {
        const name = access[kind]?.existing ?? generated(namePrefix("role", prefix, word));
        const path = access[kind] ? "/" : access.path;
        return existing[kind] ?? { name, arn: arn("iam", "", accountId, `role${path}${name}`) };
    };
    const bucket = (name: NameWord<"bucket">) => generated(bucketPrefix(prefix, name));
    return {
        accountId,
        locations: resolveLocations(args.locations, bucket),
        serviceRole: role("serviceRole", "service"),
        jobflowRole: role("jobflowRole", "jobflow"),
        keyArn: encryption.kmsKeyArn ?? arn("kms", region, accountId, `key/${"x".repeat(36)}`),
        certificateArchives: certificates.archive
            ? urlArn(certificates.archive)
            : bucketArn(`${bucket("certs")}/*`),
        vpcId: args.network.existing?.vpcId ?? `vpc-${"x".repeat(17)}`,
        subnetId: args.network.existing?.subnetIds[0] ?? `subnet-${"x".repeat(17)}`,
        keyName: args.emrEtlRunner.aws.emr.ec2_key_name ?? generated(namePrefix("keyPair", prefix)),
        securityConfiguration: generated(namePrefix("securityConfiguration", prefix)),
    };
}
