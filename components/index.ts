/*
 * The package: `import * as snowplow from "snowplow-emr-encryption"`. What this file exports is stable, as CHANGELOG.md
 * says; nothing else is.
 */

export {
    CollectorFormat,
    CredentialsFrom,
    EmrDefaultGroups,
    InternetAccess,
    LogLevel,
    MANAGED,
    OutputCompression,
    TrackingMethod,
    TrackingProtocol,
    VolumeType,
} from "./domain/choices";
export { ERROR_CODES, type ErrorCode } from "./domain/error-codes";
export { type ArgumentError, type ErrorReport, InvalidArguments, type Path } from "./domain/errors";
export type { AdditionalStatement } from "./domain/for-commands";
export type { Tags } from "./domain/naming";
export { REGIONS, type Region } from "./domain/region";
export { EmrEncryption, type ExistingRequirements } from "./emr-encryption";
export type { EmrEncryptionArgs } from "./emr-encryption-args";
export { EmrSecurityGroups, type EmrSecurityGroupsArgs } from "./emr-security-groups";
export { EncryptedBucket, type EncryptedBucketArgs } from "./encrypted-bucket";
export { EncryptionKey, type EncryptionKeyArgs, type KmsKey } from "./encryption-key";
export type * from "./environment-settings";
export type { ExistingNetworkArgs } from "./existing-network";
export { type ClusterNetwork, Network, type NetworkArgs } from "./network";
export type { Statement } from "./policies/document";
export type { RequiredPolicies } from "./role";
