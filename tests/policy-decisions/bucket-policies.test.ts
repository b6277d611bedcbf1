import { AES256, type CallerRow, decides, HTTP, SSE_C, SSE_DSSE, SSE_KMS, via } from "./decides";
import { BOTH, CERTIFICATE_ARCHIVE, EXISTING_ARCHIVE, type Who } from "./stacks";

/** Allowed everything that a bucket's policy does not forbid. */
const ADMINISTRATOR = "an administrator";
const STRANGER = "another account's administrator";
const READER = "a reader of all buckets";
const ROLES: readonly Who[] = ["the jobflow role", "the service role"];

function sseS3Rows(buckets: readonly string[], files: readonly string[]): readonly CallerRow[] {
    // biome-ignore format: a table
    return [
        [ADMINISTRATOR, "s3:PutObject",   files,   {},                      "allowed", "the bucket's default encryption serves it"],
        [ADMINISTRATOR, "s3:PutObject",   files,   AES256,                  "allowed"],
        [ADMINISTRATOR, "s3:PutObject",   files,   SSE_KMS,                 "explicitDeny"],
        [ADMINISTRATOR, "s3:PutObject",   files,   SSE_DSSE,                "explicitDeny"],
        [ADMINISTRATOR, "s3:PutObject",   files,   SSE_C,                   "explicitDeny"],
        [ADMINISTRATOR, "s3:PutObject",   files,   { ...AES256, ...SSE_C }, "explicitDeny"],
        [ADMINISTRATOR, "s3:PutObject",   files,   { ...AES256, ...HTTP },  "explicitDeny"],
        [ADMINISTRATOR, "s3:PutObject",   files,   HTTP,                    "explicitDeny"],
        [ADMINISTRATOR, "s3:GetObject",   files,   HTTP,                    "explicitDeny"],
        [ADMINISTRATOR, "s3:DeleteObject", files,  HTTP,                    "explicitDeny"],
        [ADMINISTRATOR, "s3:ListBucket",  buckets, HTTP,                    "explicitDeny"],
        [ADMINISTRATOR, "s3:GetObject",   files,   {},                      "allowed"],
        [ADMINISTRATOR, "s3:ListBucket",  buckets, {},                      "allowed"],
        [STRANGER,      "s3:GetObject",   files,   {},                      "implicitDeny"],
        [STRANGER,      "s3:PutObject",   files,   AES256,                  "implicitDeny"],
        [STRANGER,      "s3:ListBucket",  buckets, {},                      "implicitDeny"],
    ];
}

describe("bucket policies", () => {
    for (const [stack, buckets] of [
        ["batch", ["s3://pipeline", "s3://archive", "s3://logs"]],
        ["stream", ["s3://collector", "s3://pipeline", "s3://archive", "s3://logs"]],
        ["existing", ["s3://acme-collector"]],
        ["statements", ["s3://collector", "s3://pipeline", "s3://archive", "s3://logs"]],
    ] as const) {
        const files = buckets.map((bucket) => `${bucket}/raw/part-00000`);
        decides(stack, "buckets take SSE-S3 or no header, over TLS only", sseS3Rows(buckets, files));
    }

    const file = "s3://pipeline/enriched/good/run=2026-01-02-03-04-05/part-00000";
    // biome-ignore format: a table
    decides(BOTH, "buckets refuse other encryption from the jobflow role, whatever EMR's config says", [
        ["the jobflow role", "s3:PutObject",                   file, SSE_KMS,  "explicitDeny"],
        ["the jobflow role", "s3:PutObject",                   file, SSE_DSSE, "explicitDeny"],
        ["the jobflow role", "s3:PutObject",                   file, SSE_C,    "explicitDeny"],
        ["the jobflow role", ["s3:PutObject", "s3:GetObject"], file, HTTP,     "explicitDeny"],
    ]);
    decides(
        "existing",
        "an existing bucket refuses the jobflow role's plain HTTP only with the policy added",
        [
            ["the jobflow role", "s3:GetObject", "s3://acme-collector/eu/part-00000", HTTP, "explicitDeny"],
            [
                ADMINISTRATOR,
                "s3:PutObject",
                "s3://acme-bad/enriched/part-00000",
                { ...SSE_KMS, ...HTTP },
                "allowed",
            ],
        ],
    );
});

describe("additional statements of bucket policies", () => {
    const raw = "s3://collector/raw/2026-01-02/part-00000";
    const outsideRaw = [
        "s3://collector/other/part-00000",
        "s3://collector/raw",
        "s3://pipeline/raw/part-00000",
    ];
    const shredded = "s3://pipeline/shredded/good/run=2026-01-02-03-04-05/part-00000";
    const delivery = {
        "aws:SourceAccount": "111122223333",
        "aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:delivery-source:cloudfront",
        "s3:x-amz-acl": "bucket-owner-full-control",
    };
    const other = { ...delivery, "aws:SourceAccount": "444455556666" };
    const LOGS: Who = "log delivery";
    const PRODUCER: Who = "a partner's producer";
    const REDSHIFT: Who = "a partner's Redshift";
    const PARTNERS: readonly Who[] = [LOGS, PRODUCER, REDSHIFT, "a partner's administrator"];
    const settings = [
        "s3:PutBucketPolicy",
        "s3:PutEncryptionConfiguration",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketAcl",
        "s3:PutBucketOwnershipControls",
        "s3:DeleteBucketPolicy",
    ];
    // biome-ignore format: a table
    decides("statements", "the statements in docs/runbooks.md allow what they say", [
        [LOGS,     "s3:PutObject",                                raw,           delivery,                           "allowed"],
        [LOGS,     "s3:PutObject",                                raw,           other,                              "implicitDeny", "CloudFront of another account"],
        [LOGS,     "s3:PutObject",                                outsideRaw,    delivery,                           "implicitDeny"],
        [LOGS,     ["s3:GetObject", "s3:DeleteObject"],           raw,           delivery,                           "implicitDeny"],
        [PRODUCER, ["s3:PutObject", "s3:AbortMultipartUpload"],   raw,           {},                                 "allowed"],
        [PRODUCER, "s3:PutObject",                                outsideRaw,    {},                                 "implicitDeny"],
        [PRODUCER, ["s3:GetObject", "s3:DeleteObject", "s3:PutObjectAcl"], raw,  {},                                 "implicitDeny"],
        [REDSHIFT, "s3:GetObject",                                shredded,      {},                                 "allowed"],
        [REDSHIFT, "s3:GetObject",                                raw,           {},                                 "implicitDeny"],
        [REDSHIFT, "s3:PutObject",                                shredded,      {},                                 "implicitDeny"],
        [REDSHIFT, "s3:ListBucket",                               "s3://pipeline", { "s3:prefix": "shredded/good/run=2026-01-02-03-04-05/" }, "allowed"],
        [REDSHIFT, "s3:ListBucket",                               "s3://pipeline", { "s3:prefix": "enriched/good/" }, "implicitDeny"],
        [REDSHIFT, "s3:ListBucket",                               "s3://pipeline", {},                               "implicitDeny"],
        ["a partner's administrator", ["s3:GetObject", "s3:PutObject"], [raw, shredded], {},                         "implicitDeny"],
        [PARTNERS, settings,                                      ["s3://collector", "s3://pipeline"], delivery,     "implicitDeny"],
    ]);
    // biome-ignore format: a table
    decides("statements", "no statement weakens the bucket's own", [
        [PRODUCER, "s3:PutObject", raw,      AES256,                  "allowed"],
        [PRODUCER, "s3:PutObject", raw,      SSE_KMS,                 "explicitDeny"],
        [PRODUCER, "s3:PutObject", raw,      SSE_C,                   "explicitDeny"],
        [PRODUCER, "s3:PutObject", raw,      HTTP,                    "explicitDeny"],
        [LOGS,     "s3:PutObject", raw,      { ...delivery, ...SSE_KMS }, "explicitDeny"],
        [REDSHIFT, "s3:GetObject", shredded, HTTP,                    "explicitDeny"],
    ]);
});

describe("certificate archives", () => {
    const change = ["s3:PutObject", "s3:DeleteObject"];
    // biome-ignore format: a table
    decides(BOTH, "archives are read by both roles only: S3 and the key decide", ({ key, region }) => [
        [[...ROLES, READER],                 "s3:GetObject", CERTIFICATE_ARCHIVE, {},                "allowed", "S3 sends nothing without the key"],
        [["the operator", STRANGER],         "s3:GetObject", CERTIFICATE_ARCHIVE, {},                "implicitDeny"],
        [ROLES,                              "kms:Decrypt",  key,                 via("s3", region), "allowed"],
        [["the operator", READER, STRANGER], "kms:Decrypt",  key,                 via("s3", region), "implicitDeny"],
    ]);
    // biome-ignore format: a table
    decides(BOTH, "archives are written under a KMS key only, over TLS only, and by no principal of the stack", [
        ["every principal", change,          CERTIFICATE_ARCHIVE, SSE_KMS,                 "implicitDeny"],
        [ADMINISTRATOR,     "s3:PutObject",  CERTIFICATE_ARCHIVE, SSE_KMS,                 "allowed"],
        [ADMINISTRATOR,     "s3:PutObject",  CERTIFICATE_ARCHIVE, AES256,                  "explicitDeny"],
        [ADMINISTRATOR,     "s3:PutObject",  CERTIFICATE_ARCHIVE, SSE_C,                   "explicitDeny"],
        [ADMINISTRATOR,     "s3:PutObject",  CERTIFICATE_ARCHIVE, { ...SSE_KMS, ...HTTP }, "explicitDeny"],
        [ADMINISTRATOR,     "s3:GetObject",  CERTIFICATE_ARCHIVE, HTTP,                    "explicitDeny"],
        [ADMINISTRATOR,     "s3:ListBucket", "s3://certs",        HTTP,                    "explicitDeny"],
    ]);

    const otherObjects = [
        `${EXISTING_ARCHIVE}.bak`,
        "s3://acme-certificates/emr/nodes-2.zip",
        "s3://acme-certificates/ca.key",
    ];
    const list = ["s3:ListBucket", "s3:ListBucketVersions"];
    // biome-ignore format: a table
    decides(["existing", "own-key"], "an existing archive is read by both roles, and nothing else in its bucket", [
        [ROLES,          "s3:GetObject", EXISTING_ARCHIVE,         {}, "allowed"],
        [ROLES,          "s3:GetObject", otherObjects,                   {}, "implicitDeny"],
        [ROLES,          list,           "s3://acme-certificates", {}, "implicitDeny"],
        [ROLES,          change,         EXISTING_ARCHIVE,         {}, "implicitDeny"],
        ["the operator", "s3:GetObject", EXISTING_ARCHIVE,         {}, "implicitDeny"],
    ]);
});
