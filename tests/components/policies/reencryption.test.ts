import { expect } from "chai";
import { LOCATIONS, type ResolvedLocation } from "../../../components/domain/locations";
import { reencryptionRolePolicy, reencryptionRoleTrust } from "../../../components/policies/reencryption";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234";
const resolved = (path: string, ...folders: ResolvedLocation["folders"]): readonly ResolvedLocation[] =>
    LOCATIONS.filter((row) => row.path === path).map((row) => ({ ...row, managed: false, folders }));

describe("the re-encryption role", () => {
    it("is assumed by S3 Batch Operations", () => {
        expect(reencryptionRoleTrust()).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "BatchOperations",
                    Effect: "Allow",
                    Principal: { Service: "batchoperations.s3.amazonaws.com" },
                    Action: "sts:AssumeRole",
                },
            ],
        });
    });

    it("copies objects in the locations, deletes none, and writes its reports below `log`", () => {
        const policy = reencryptionRolePolicy({
            region: "eu-west-1",
            existingKmsKeyArns: [KEY],
            locations: [
                ...resolved("raw.in", { bucket: "one", prefix: "" }, { bucket: "two", prefix: "raw/" }),
                ...resolved("raw.archive", { bucket: "two", prefix: "archive/" }),
                ...resolved("log", { bucket: "logs", prefix: "emr/" }),
            ],
        });
        expect(policy).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "ListObjects",
                    Effect: "Allow",
                    Action: "s3:ListBucket",
                    Resource: ["arn:aws:s3:::one", "arn:aws:s3:::two", "arn:aws:s3:::logs"],
                },
                {
                    Sid: "CopyInPlace",
                    Effect: "Allow",
                    Action: [
                        "s3:GetObject",
                        "s3:GetObjectAcl",
                        "s3:GetObjectTagging",
                        "s3:PutObject",
                        "s3:PutObjectAcl",
                        "s3:PutObjectTagging",
                    ],
                    Resource: [
                        "arn:aws:s3:::one/*",
                        "arn:aws:s3:::two/raw/*",
                        "arn:aws:s3:::two/archive/*",
                        "arn:aws:s3:::logs/emr/*",
                    ],
                },
                {
                    Sid: "ManifestsAndReports",
                    Effect: "Allow",
                    Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
                    Resource: ["arn:aws:s3:::logs/emr/encrypt-existing/*"],
                },
                {
                    Sid: "UseExistingKeys",
                    Effect: "Allow",
                    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                    Resource: [KEY],
                    Condition: { StringEquals: { "kms:ViaService": ["s3.eu-west-1.amazonaws.com"] } },
                },
            ],
        });
    });
});
