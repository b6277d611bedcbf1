/** The codes of errors. They are stable, for tests and for programs that catch an `InvalidArguments`. */
export const ERROR_CODES = [
    "action-not-allowed", // in a statement for a bucket policy
    "aws-tag", // AWS reserves keys and values that begin with aws:
    "bucket-accepts-acls", // and is to accept none
    "bucket-in-another-region",
    "bucket-missing",
    "bucket-of-another-account",
    "bucket-of-no-location",
    "bucket-policy-exists",
    "bucket-root", // a location at the root of a bucket that must be a folder
    "certificate",
    "collector-format-missing",
    "config-not-an-object",
    "config-yml-as-stack-file",
    "configuration-of-thrift", // EmrEtlRunner adds this classification itself
    "credential", // a password, a token or an access key in plain text, or a key for one
    "default-route-blackhole",
    "default-route-missing",
    "default-route-not-nat-gateway",
    "default-route-private",
    "default-route-public",
    "default-tags",
    "dhcp-options-missing",
    "document-too-long", // an IAM policy over its quota
    "domain-name-not-in-certificate",
    "duplicate-item",
    "duplicate-sid",
    "emr-tag-missing",
    "encrypted-value",
    "erb-line", // ERB that adds or removes lines
    "errors-location-missing",
    "executed-file-writable",
    "former-key", // a key of older versions of EmrEtlRunner
    "hostname-mismatch-with-thrift",
    "instance-profile-with-another-role",
    "instance-type",
    "invalid-tag", // by its length or characters
    "invalid-value",
    "invalid-yaml",
    "job-version", // of RDB Loader or RDB Shredder
    "key-aws-managed",
    "key-not-enabled",
    "key-of-another-account-with-spot",
    "key-of-another-region",
    "key-spec",
    "key-usage",
    "key-with-and-without-namespace",
    "location-not-managed",
    "location-overlap",
    "lookup-failed",
    "merge-conflict",
    "misnamed-key", // in another namespace, or in none
    "misplaced-key", // a known key at another path
    "missing-value",
    "mode", // not available in stream-enrich mode
    "not-a-config-yml", // adopt
    "not-a-stack", // the argument of a command
    "not-a-stack-file",
    "not-plain", // an output or an instance of a class in an argument that decides which resources there are
    "not-utf-8",
    "object-key-too-long", // a folder that leaves no room for the keys of its objects
    "open-value", // one that a person has to fill in, or that a template tool computes
    "owned-key", // the stack decides this key of config.yml
    "owned-tag",
    "private-key-in-plain",
    "private-key-missing",
    "private-key-unused",
    "raw-in-missing",
    "read-differently", // Pulumi's CLI reads another value than this program
    "region-of-another-provider",
    "release",
    "renewal-on-every-up",
    "replaced", // an existing resource makes this key meaningless
    "role-does-not-trust-service",
    "security-group-exists",
    "service-for-all-accounts",
    "stack-file-missing",
    "stack-name",
    "statement-for-all-principals",
    "step-argument-too-long", // config.yml, which is one argument of RDB Loader's step
    "step-name-too-long", // a step's name contains an S3 URL
    "subnet-of-another-vpc",
    "subnet-range-not-private",
    "subnet-without-public-addresses",
    "table-key-not-named",
    "table-missing",
    "tag-differs-in-case",
    "too-many-bootstrap-scripts",
    "too-many-tags",
    "topic-of-another-region",
    "trusted-pem-alone", // chainPem and trustedPem need each other
    "unknown-key",
    "unknown-top-level-key",
    "unreadable-key",
    "unreadable-text",
    "unresolved-alias",
    "unseen-route-when-public",
    "unsupported-instance-type", // EMR does not list it for the release
    "unsupported-region",
    "volume-iops", // over what EC2 offers
    "volume-iops-missing",
    "volume-size",
    "vpc-dns-hostnames-off",
    "vpc-dns-support-off",
    "wrong-type",
    "zone-of-another-region",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];
