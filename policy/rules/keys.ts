import { awsType, isKnown, type ResourceRule } from "./resource";

/**
 * KMS can rotate symmetric keys with material that KMS generated, in KMS's own key store. It cannot rotate asymmetric
 * keys, HMAC keys and keys in custom stores, and replicas follow their primary key. Imported material is refused.
 */
export const keysRotate: ResourceRule = {
    name: "kms-keys-rotate",
    description: "KMS rotates every symmetric key.",
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
                    : [
                          enableKeyRotation === undefined
                              ? "found no enableKeyRotation: set it to true"
                              : `found enableKeyRotation ${enableKeyRotation}: set it to true`,
                      ];
            case "kms/externalKey":
                return ["found imported key material, which KMS does not rotate: use an aws.kms.Key"];
            default:
                return [];
        }
    },
};
