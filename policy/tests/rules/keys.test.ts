import { keysRotate } from "../../rules/keys";
import { UNKNOWN } from "../../rules/resource";
import { judges, resource } from "../support/judge";

const KEY = "aws:kms/key:Key";

describe("kms-keys-rotate", () => {
    judges(keysRotate, [
        ["takes a key that rotates", resource(KEY, { enableKeyRotation: true }), []],
        [
            "refuses one that does not",
            resource(KEY, { enableKeyRotation: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT" }),
            ["found enableKeyRotation false: set it to true"],
        ],
        [
            "refuses one that nothing is said of",
            resource(KEY, { description: "of somebody's" }),
            ["found enableKeyRotation left out: set it to true"],
        ],
        [
            "refuses imported material",
            resource("aws:kms/externalKey:ExternalKey"),
            ["found imported key material, which KMS does not rotate: use an aws.kms.Key"],
        ],
        [
            "takes what KMS cannot rotate: an asymmetric key",
            resource(KEY, { customerMasterKeySpec: "RSA_4096" }),
            [],
        ],
        ["takes a key of another store", resource(KEY, { customKeyStoreId: "cks-1" }), []],
        ["says nothing of what is not known yet", resource(KEY, { enableKeyRotation: UNKNOWN }), []],
        ["says nothing of other resources", resource("aws:kms/alias:Alias"), []],
        ["says nothing of other providers' keys", resource("gcp:kms/key:Key"), []],
    ]);
});
