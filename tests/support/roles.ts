import { LOCATIONS, type ResolvedLocation } from "../../components/domain/locations";
import type { JobflowGrants } from "../../components/policies/emr-roles";
import type { SharedRoleArgs } from "../../components/role";

/** All locations, each in an existing bucket of the name `b-<managed bucket>`. */
export const RESOLVED_LOCATIONS: readonly ResolvedLocation[] = LOCATIONS.map((row) => ({
    ...row,
    managed: false,
    folders: [{ bucket: `b-${row.bucket}`, prefix: row.prefix }],
}));

/** The arguments of every policy, as plain values. */
export const POLICY_FACTS = {
    accountId: "111122223333",
    region: "eu-west-1" as const,
    locations: RESOLVED_LOCATIONS,
    keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234",
    certificateArchives: "arn:aws:s3:::b-certs/*",
    existingKmsKeyArns: ["arn:aws:kms:eu-west-1:111122223333:key/5678"],
};

export const JOBFLOW_GRANTS: JobflowGrants = {
    readFolders: [{ bucket: "enrichments", prefix: "maxmind/" }],
    bootstrapScripts: [{ bucket: "scripts", prefix: "boot.sh/" }],
    dynamodbTables: ["duplicates"],
    ssmParameters: ["/redshift/password"],
    queueArns: [
        "arn:aws:sqs:eu-west-1:111122223333:loader.fifo",
        "arn:aws:sns:eu-west-1:111122223333:loader.fifo",
    ],
};

/** The arguments of every created role. */
export const SHARED_ROLE_ARGS: SharedRoleArgs = {
    prefix: "snowplow-dev",
    path: "/",
    permissionsBoundary: null,
    tags: { stack: "tag" },
};
