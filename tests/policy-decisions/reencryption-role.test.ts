import { ACCOUNT_ID } from "../../testing/placeholder-provider";
import { REGION } from "../support/run";
import { AES256, decides, decidesFor, HTTP, passedTo, type Row, SSE_KMS, via } from "./decides";
import { LOCATIONS, split } from "./locations";
import { CERTIFICATE_ARCHIVE, OLD_KEY, REENCRYPTION_ROLE, USUAL, type Who } from "./stacks";

const copier = decidesFor("the re-encryption role");

describe("the re-encryption role's policy", () => {
    copier(
        "batch",
        "copies objects in place in each location, and deletes none",
        LOCATIONS.batch.flatMap(([, folder]): readonly Row[] => {
            const file = `${folder}run=2026-01-02-03-04-05/part-00000`;
            const { bucket } = split(folder);
            const versions = ["s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:GetObjectVersionAcl"];
            const lose = ["s3:DeleteObject", "s3:DeleteObjectVersion"];
            const retain = ["s3:BypassGovernanceRetention", "s3:PutObjectRetention"];
            return [
                [["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectAcl"], file, {}, "allowed"],
                [["s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectAcl"], file, AES256, "allowed"],
                ["s3:ListBucket", bucket, {}, "allowed"],
                ["s3:PutInventoryConfiguration", bucket, {}, "implicitDeny"],
                [[...versions, ...lose, ...retain], file, {}, "implicitDeny"],
            ];
        }),
    );

    const report = "s3://logs/emr/encrypt-existing/job-1/manifest.csv";
    const file = "s3://pipeline/raw/processing/part-00000";
    // biome-ignore format: a table
    copier("batch", "writes manifests and reports below `log`, and reaches nothing else", ({ key, jobflowRole }) => [
        [["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], report,              {},  "allowed"],
        ["s3:DeleteObject",                                       report,              {},  "implicitDeny"],
        ["s3:PutObject",                                          file,                SSE_KMS, "explicitDeny", "by the bucket's policy"],
        ["s3:PutObject",                                          file,                HTTP,    "explicitDeny", "by the bucket's policy"],
        [["s3:ListBucket", "s3:PutInventoryConfiguration"],       "s3://certs",        {},  "implicitDeny"],
        [["s3:GetObject", "s3:GetObjectVersion"],                 CERTIFICATE_ARCHIVE, {},  "implicitDeny"],
        ["s3:PutObject",                                          CERTIFICATE_ARCHIVE, SSE_KMS, "implicitDeny"],
        ["kms:Decrypt",                                           key,                 via("s3", REGION), "implicitDeny"],
        [["kms:Decrypt", "kms:GenerateDataKey"],                  OLD_KEY,             via("s3", REGION), "allowed", "existing buckets may encrypt under it by default"],
        ["kms:Decrypt",                                           OLD_KEY,             {},  "implicitDeny"],
        ["kms:Decrypt",                                           OLD_KEY,             via("dynamodb", REGION), "implicitDeny"],
        [["s3:GetObject", "s3:PutObject"], "s3://acme-collector/us/part-00000",        {},  "implicitDeny"],
        ["s3:GetObject",    "s3://acme-enrichments/maxmind/GeoLite2-City.mmdb",        {},  "implicitDeny"],
        ["iam:PassRole",                                          REENCRYPTION_ROLE,   {},  "implicitDeny"],
        ["iam:PassRole",                                          jobflowRole, passedTo("ec2"), "implicitDeny"],
        ["s3:CreateJob",                                          "*",                 {},  "implicitDeny"],
    ]);
});

describe("the re-encryption role's trust policy", () => {
    const assume = "sts:AssumeRole";
    const source = { "aws:SourceAccount": ACCOUNT_ID };
    const otherPrincipals: Who[] = [...USUAL, "an administrator", "another account's administrator"];

    // biome-ignore format: a table
    decides("batch", "the re-encryption role is assumed by Batch Operations only", ({ jobflowRole, serviceRole }) => [
        ["Batch Operations",          assume,         REENCRYPTION_ROLE,          {},     "allowed"],
        ["Batch Operations",          assume,         [jobflowRole, serviceRole], source, "implicitDeny"],
        [["EMR", "EC2", "Scheduler"], assume,         REENCRYPTION_ROLE,          source, "implicitDeny"],
        [otherPrincipals,                      assume,         REENCRYPTION_ROLE,          {},     "implicitDeny"],
        ["the operator",              "iam:PassRole", REENCRYPTION_ROLE, passedTo("batchoperations.s3"), "implicitDeny"],
    ]);
});
