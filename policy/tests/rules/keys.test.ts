import { keysRotate } from "../../rules/keys";
import { UNKNOWN } from "../../rules/resource";
import { expectMessages, resource } from "../support/rules";

const KEY = "aws:kms/key:Key";

describe("kms-keys-rotate", () => {
    expectMessages(keysRotate, [
        ["accepts a key with rotation", resource(KEY, { enableKeyRotation: true }), []],
        [
            "refuses a key without rotation",
            resource(KEY, { enableKeyRotation: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT" }),
            ["found enableKeyRotation false: set it to true"],
        ],
        [
            "refuses a key without the property",
            resource(KEY, { description: "a key" }),
            ["found no enableKeyRotation: set it to true"],
        ],
        [
            "refuses imported material",
            resource("aws:kms/externalKey:ExternalKey"),
            ["found imported key material, which KMS does not rotate: use an aws.kms.Key"],
        ],
        [
            "accepts an asymmetric key, which KMS cannot rotate",
            resource(KEY, { customerMasterKeySpec: "RSA_4096" }),
            [],
        ],
        ["accepts a key of a custom store", resource(KEY, { customKeyStoreId: "cks-1" }), []],
        ["ignores unknown values", resource(KEY, { enableKeyRotation: UNKNOWN }), []],
        ["ignores resources that are not keys", resource("aws:kms/alias:Alias"), []],
        ["ignores keys of other providers", resource("gcp:kms/key:Key"), []],
    ]);
});
