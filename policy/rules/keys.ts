import { awsType, isKnown, type ResourceRule } from "./resource";

/**
 * KMS rotates symmetric keys whose material it made itself, in its own key store. Asymmetric and HMAC keys, and those
 * in custom stores, have no such switch, and replicas take their primary's; imported material is a choice against it.
 */
export const keysRotate: ResourceRule = {
    name: "kms-keys-rotate",
    description: "Every symmetric KMS key is rotated by KMS.",
    check: (resource) => {
        const {
            enableKeyRotation,
            customerMasterKeySpec = "SYMMETRIC_DEFAULT",
            customKeyStoreId,
        } = resource.props;
        switch (awsType(resource)) {
            case "kms/key":
                return enableKeyRotation === true ||
                    !isKnown(enableKeyRotation) ||
                    customerMasterKeySpec !== "SYMMETRIC_DEFAULT" ||
                    customKeyStoreId
                    ? []
                    : [`found enableKeyRotation ${enableKeyRotation ?? "left out"}: set it to true`];
            case "kms/externalKey":
                return ["found imported key material, which KMS does not rotate: use an aws.kms.Key"];
            default:
                return [];
        }
    },
};
