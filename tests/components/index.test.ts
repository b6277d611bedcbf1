import { expect } from "chai";
import * as exported from "../../components";

describe("the package", () => {
    it("exports these names: removing one takes a major version (CHANGELOG.md)", () => {
        expect(Object.keys(exported).sort()).to.deep.equal([
            "CollectorFormat",
            "CredentialsFrom",
            "ERROR_CODES",
            "EmrDefaultGroups",
            "EmrEncryption",
            "EmrSecurityGroups",
            "EncryptedBucket",
            "EncryptionKey",
            "InternetAccess",
            "InvalidArguments",
            "LogLevel",
            "MANAGED",
            "Network",
            "OutputCompression",
            "REGIONS",
            "TrackingMethod",
            "TrackingProtocol",
            "VolumeType",
        ]);
    });
});
