import * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "./args";
import { FOR_COMMANDS_VERSION, type ForCommands } from "./domain/for-commands";
import type { Existing } from "./existing";
import type { CertificateArchive } from "./node-certificates";
import type { PipelineStorage } from "./pipeline-storage";
import type { EmrRole } from "./role";

/** The components whose facts `verify`, `teardown` and `encrypt-existing` need. */
interface Components {
    readonly storage: PipelineStorage;
    readonly certificates: CertificateArchive;
    readonly serviceRole: EmrRole;
    readonly jobflowRole: EmrRole;
}

/** The stack output `forCommands`. */
export function forCommandsOf(
    { storage, certificates, serviceRole, jobflowRole }: Components,
    args: ResolvedArgs,
    { accountId, nodeDomain }: pulumi.Output<Existing>,
): pulumi.Output<ForCommands> {
    const { reencryptionRole } = storage;
    const { reminder } = certificates;
    return pulumi.output({
        version: FOR_COMMANDS_VERSION,
        stack: args.stack,
        stackTag: args.stackTag,
        region: args.region,
        accountId,
        prefix: args.prefix,
        certificateArchive: certificates.archive,
        managedBuckets: pulumi
            .all([storage.managedBuckets, certificates.managedBuckets])
            .apply(([data, archives]) => ({ ...data, ...archives })),
        encryptedExistingBuckets: args.storage.encryptExistingBuckets,
        policiesOnExistingBuckets: args.storage.policiesOnExistingBuckets,
        existingKmsKeyArns: args.storage.existingKmsKeyArns,
        rolePolicies: {
            serviceRole: serviceRole.attachedPolicies,
            jobflowRole: jobflowRole.attachedPolicies,
            reencryptionRole: reencryptionRole?.attachedPolicies,
            reminderRole: reminder?.attachedPolicies,
        },
        reencryptionRoleArn: reencryptionRole?.arn ?? null,
        reminderSchedule: reminder?.schedule ?? null,
        internetAccess: args.network.internetAccess,
        nodeDomain,
        ownsNetwork: !args.network.existing,
        ownsKey: !args.encryption.kmsKeyArn,
        protect: args.storage.protect,
    });
}
