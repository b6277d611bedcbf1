import { hostedAssets } from "./assets";
import { archiveContent, certificateDates } from "./certificates";
import { liveClusters } from "./clusters";
import { configYml } from "./config-yml";
import type { Context, Outcome } from "./control";
import { existingKeyAccess, keyAccess, keyRequirements, keyUsable } from "./key";
import { nodeNames } from "./names";
import { endpointPolicies, ingress, networkAcls, routes } from "./network";
import { sampledObjects } from "./objects";
import { reminder } from "./reminder";
import { rolePolicies, roleRequirements, roleTrust } from "./roles";
import { dataAccess, defaultEncryption, existingBucketAccess, policyDenies, publicAccess } from "./s3";
import { securityConfiguration } from "./security-configuration";

export interface Control {
    /** Stable: reports of different runs are compared by it. */
    readonly id: string;
    readonly title: string;
    /** `high`: a failure ends `verify` with exit code 2; `low`: with 1. @default high */
    readonly severity?: "high" | "low";
    readonly states: string;
    readonly doesNotState: string;
    /** The IAM actions of its calls, or the file. */
    readonly evidence: string;
    /** The ids of public catalogues' controls about the same: see docs/controls.md. @default none */
    readonly catalogues?: string;
    readonly check: (context: Context) => Outcome;
}

const DATA_ACCESS =
    "s3:GetBucketPolicy, s3:GetBucketOwnershipControls, s3:GetBucketAcl, s3:GetReplicationConfiguration, s3:GetInventoryConfiguration, s3:GetBucketNotification, s3:ListAllMyBuckets";
const POLICIES =
    "iam:ListRolePolicies, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:GetPolicy, iam:GetPolicyVersion";
const ARCHIVE = "s3:GetObject, kms:Decrypt";

export const CONTROLS: readonly Control[] = [
    {
        id: "s3-default-encryption",
        title: "Buckets encrypt new objects",
        states: "The default encryption of each location's bucket and of the stack's bucket for certificates is SSE-S3; an existing bucket may have a KMS key of `storage.existingKmsKeyArns`. Each bucket of the stack blocks SSE-C.",
        doesNotState:
            "How objects are encrypted that name another encryption or exist already, and whether existing buckets block SSE-C.",
        evidence: "s3:GetEncryptionConfiguration",
        catalogues: "CKV_AWS_19",
        check: defaultEncryption,
    },
    {
        id: "s3-objects-encrypted",
        title: "Objects are encrypted",
        states: "In each location, sampled objects (`--sample`), and as many sampled ones from before February 2023, are under SSE-S3 or a KMS key of `storage.existingKmsKeyArns`.",
        doesNotState:
            "Objects that are not in the sample or after the first 100,000 of a location, and old versions.",
        evidence: "s3:ListBucket, s3:GetObject",
        check: sampledObjects,
    },
    {
        id: "s3-tls-only",
        title: "Buckets refuse plain HTTP and other encryption",
        states: "The policy of each bucket whose policy the stack sets denies plain HTTP, other encryption headers and SSE-C to everyone.",
        doesNotState: "Anything about existing buckets with a policy of their own.",
        evidence: "s3:GetBucketPolicy",
        catalogues:
            "S3.5, CIS 2.1.1, s3-bucket-ssl-requests-only, CKV_AWS_379, s3_bucket_secure_transport_policy",
        check: policyDenies,
    },
    {
        id: "s3-data-access",
        title: "No other principal has access to data",
        states: "In buckets of the stack, no statement but the stack's and `storage.bucketPolicyStatements`, and no ACL, gives access to objects or their names; log delivery may list and write. Replication, inventories and event targets stay in the account. No existing bucket, that of an existing archive among them, gives access to everyone.",
        doesNotState:
            "What IAM allows principals of the account, access points, ACLs of single objects, and where EventBridge sends events.",
        evidence: DATA_ACCESS,
        catalogues: "S3.2, S3.3",
        check: dataAccess,
    },
    {
        id: "existing-data-access",
        title: "Other accounts have no access to existing buckets and the existing key",
        severity: "low",
        states: "No statement and no ACL of an existing bucket gives another account access to its objects; its replication, inventories and event targets stay in the account. An existing key's policy and grants allow no account but the stack's and the key's. You may know the account: then this is for your information.",
        doesNotState:
            "Access points, ACLs of single objects, where EventBridge sends events, the policy of another account's key, which KMS does not show, and the keys of `storage.existingKmsKeyArns`.",
        evidence: `${DATA_ACCESS}, kms:GetKeyPolicy, kms:ListGrants`,
        check: (context) => [...existingBucketAccess(context), ...existingKeyAccess(context)],
    },
    {
        id: "s3-public-access",
        title: "Public access is blocked",
        states: "Each bucket blocks public access, or the account does.",
        doesNotState: "Data outside of the pipeline's buckets.",
        evidence: "s3:GetBucketPublicAccessBlock, s3:GetAccountPublicAccessBlock",
        catalogues:
            "S3.1, S3.8, CIS 2.1.4, s3-bucket-level-public-access-prohibited, CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56, CKV2_AWS_6, s3_bucket_level_public_access_block",
        check: publicAccess,
    },
    {
        id: "key-usable",
        title: "The KMS key is usable",
        states: "The key is enabled, symmetric, in the stack's region and not pending deletion; a key of the stack rotates.",
        doesNotState: "Whether an existing key rotates.",
        evidence: "kms:DescribeKey, kms:GetKeyRotationStatus",
        catalogues:
            "KMS.3, KMS.4, CIS 3.6, CIS 4.7, cmk-backing-key-rotation-enabled, kms-cmk-not-scheduled-for-deletion, CKV_AWS_7, kms_cmk_rotation_enabled, kms_cmk_not_deleted_unintentionally",
        check: keyUsable,
    },
    {
        id: "key-access",
        title: "No other principal may use the KMS key",
        states: "The policy of the stack's key allows its use and administration through IAM of the account and for Spot only; its grants are for AWS services, the stack's roles, Spot, and EC2's volumes of the account. An existing key's policy allows nothing to everyone.",
        doesNotState:
            "What IAM allows principals of the account, and the policy of another account's key, which KMS does not show.",
        evidence: "kms:GetKeyPolicy, kms:ListGrants",
        check: keyAccess,
    },
    {
        id: "role-trust",
        title: "Only their services assume the roles",
        states: "Each role of the stack trusts its service as the stack wrote it, and no other principal; an existing role trusts its service, and no other account. The instance profile holds the jobflow role.",
        doesNotState:
            "Which principals of the account an existing role trusts, and denials under a condition.",
        evidence: "iam:GetRole, iam:GetInstanceProfile",
        check: roleTrust,
    },
    {
        id: "role-policies",
        title: "No added policy gives the roles access",
        states: "No policy of a role of the stack, but those that the stack wrote, allows an action on the pipeline's buckets, access points of the account, the key, or IAM of the account, other than reading their configuration.",
        doesNotState:
            "Existing roles, the contents of the policies in `access.policyArns`, and added policies about other things.",
        evidence: POLICIES,
        catalogues:
            "IAM.1, IAM.21, CIS 1.16, iam-policy-no-statements-with-admin-access, CKV_AWS_62, CKV_AWS_63",
        check: rolePolicies,
    },
    {
        id: "existing-requirements",
        title: "Existing roles and key allow what they must",
        states: "The policies of existing roles allow each action of the output `requiredPolicies`; the policy of an existing key lets both roles use it, and has `kmsKeyPolicyStatements`. An action that only a statement with another condition allows is unknown.",
        doesNotState:
            "Service control policies, permissions boundaries, session policies, grants (what only a grant allows counts as missing), denials under a condition or by `NotPrincipal`, and the policy of another account's key, which KMS does not show.",
        evidence: `${POLICIES}, kms:GetKeyPolicy`,
        check: (context) => [...roleRequirements(context), ...keyRequirements(context)],
    },
    {
        id: "emrfs-encryption",
        title: "Clusters write encrypted objects",
        states: "The security configuration in EMR has SSE-S3 for EMRFS.",
        doesNotState: "Which security configuration clusters run with: see `live-clusters`.",
        evidence: "elasticmapreduce:DescribeSecurityConfiguration",
        catalogues: "EMR.3, emr-security-configuration-encryption-rest",
        check: securityConfiguration("s3"),
    },
    {
        id: "disk-encryption",
        title: "Local disks are encrypted",
        states: "The security configuration in EMR has local disk encryption with the stack's key, and EBS encryption where the release has it.",
        doesNotState: "Volumes of running instances. Before EMR 5.24, root volumes are not encrypted.",
        evidence: "elasticmapreduce:DescribeSecurityConfiguration",
        catalogues: "EMR.3, CT.EMR.PR.1, CT.EMR.PR.3, CKV_AWS_349, CKV_AWS_350",
        check: securityConfiguration("disks"),
    },
    {
        id: "transit-encryption",
        title: "Traffic between nodes is encrypted",
        states: "The security configuration in EMR has encryption in transit with the stack's certificate archive.",
        doesNotState: "Connections to Redshift, to collectors, and of EmrEtlRunner itself.",
        evidence: "elasticmapreduce:DescribeSecurityConfiguration",
        catalogues: "EMR.4, CT.EMR.PR.4, emr-security-configuration-encryption-transit, CKV_AWS_351",
        check: securityConfiguration("inTransit"),
    },
    {
        id: "security-configuration",
        title: "The security configuration is the stack's",
        states: "All other fields of the security configuration in EMR are as the stack wrote them, IMDSv2 among them.",
        doesNotState: "Fields that EMR may add and not return.",
        evidence: "elasticmapreduce:DescribeSecurityConfiguration",
        check: securityConfiguration("rest"),
    },
    {
        id: "certificate-archive",
        title: "The certificate archive is intact",
        states: "The archive is encrypted (the stack's: under its key), and has exactly EMR's three files, a chain up to a trusted authority, the nodes' names, and the certificate's private key in PKCS#8.",
        doesNotState: "Who has read the private key before.",
        evidence: `${ARCHIVE}, ec2:DescribeVpcs, ec2:DescribeDhcpOptions`,
        check: archiveContent,
    },
    {
        id: "certificate-valid",
        title: "The certificates are valid",
        states: "The nodes' certificate, and the authorities up to the one that nodes trust, are valid now and for more than `--fail-days` days.",
        doesNotState:
            "With `--no-archive`: authorities, and another certificate than the one that the stack created last.",
        evidence: ARCHIVE,
        check: certificateDates("failDays"),
    },
    {
        id: "certificate-renewed",
        title: "No certificate is due",
        severity: "low",
        states: "The same certificates are valid for more than `--warn-days` days.",
        doesNotState:
            "With `--no-archive`: authorities, and another certificate than the one that the stack created last.",
        evidence: ARCHIVE,
        check: certificateDates("warnDays"),
    },
    {
        id: "node-names",
        title: "Nodes have the certificate's names",
        states: "The VPC has DNS support and DNS host names on; its DHCP options have the domain of the certificate and AWS's name servers only. Whether another name server of an existing VPC knows the nodes' names is unknown.",
        doesNotState: "What a name server of AWS resolves through your rules.",
        evidence: "ec2:DescribeVpcAttribute, ec2:DescribeVpcs, ec2:DescribeDhcpOptions",
        check: nodeNames,
    },
    {
        id: "live-clusters",
        title: "Live clusters run encrypted",
        states: "Each cluster from STARTING to WAITING with the stack's tag, a role of the stack, or (without another stack's tag) an existing role or a subnet of the stack runs with the current security configuration. A cluster from before the last `up` that replaced it fails until it ends.",
        doesNotState: "Clusters that have ended or are terminating, and clusters without any of these.",
        evidence: "elasticmapreduce:ListClusters, elasticmapreduce:DescribeCluster",
        check: liveClusters,
    },
    {
        id: "network-ingress",
        title: "The internet cannot reach the nodes",
        states: "The rules of each of EMR's groups (in a VPC of the stack: of each group) admit public addresses of less than a /16 of IPv4 and a /32 of IPv6 in sum, prefix lists included.",
        doesNotState:
            "Ingress from private, carrier-grade NAT's and link-local ranges and from other groups, and ICMP.",
        evidence: "ec2:DescribeSecurityGroups, ec2:GetManagedPrefixListEntries",
        check: ingress,
    },
    {
        id: "network-routes",
        title: "Nodes' routes lead where they should",
        states: "The default route leads to a NAT gateway or an internet gateway, as `network.internetAccess` says; in a VPC of the stack, no other route leaves it except from a prefix list to an endpoint.",
        doesNotState: "Other routes of an existing VPC, and the route of the NAT gateway's own subnet.",
        evidence: "ec2:DescribeRouteTables",
        catalogues: "EMR.1, CKV2_AWS_7",
        check: routes,
    },
    {
        id: "network-acls",
        title: "Network ACLs let nodes work",
        states: "The network ACLs of the subnets let HTTPS and HTTP out to every address, and the answers in.",
        doesNotState:
            "Denied ranges narrower than half of all addresses (allowed ranges count only if they are all addresses), and what EMR itself needs to reach a public subnet.",
        evidence: "ec2:DescribeNetworkAcls",
        check: networkAcls,
    },
    {
        id: "endpoint-policies",
        title: "Endpoint policies let nodes work",
        states: "The policies of the endpoints for S3 and KMS that the subnets use (a gateway by a route, an interface by private DNS) allow reading and writing the locations, reading the archive and the hosted assets, and using the key. What only a statement with a condition allows is unknown.",
        doesNotState:
            "The package repositories of Amazon Linux and EMR, endpoints of other services, and denials under a condition.",
        evidence: "ec2:DescribeVpcEndpoints, ec2:DescribeRouteTables",
        check: endpointPolicies,
    },
    {
        id: "config-yml",
        title: "The operator's config.yml is the stack's",
        states: "Each field of the file of `--config` that says what is encrypted, where data goes and with which rights is as in the output; the file has no ERB but the two credentials from the environment, comments included, and no YAML tag.",
        doesNotState: "The environment's credentials, and which file EmrEtlRunner is started with.",
        evidence: "the file",
        check: configYml("stack"),
    },
    {
        id: "config-yml-jobs",
        title: "The operator's config.yml runs the stack's jobs",
        severity: "low",
        states: "The other fields of the file, such as the size of the cluster, are as in the output.",
        doesNotState: "Whether a difference is intended.",
        evidence: "the file",
        check: configYml("jobs"),
    },
    {
        id: "hosted-assets",
        title: "Hosted assets are there",
        states: "The bootstrap script and the jars that config.yml's versions need, and your bootstrap scripts, can be read.",
        doesNotState: "Their contents.",
        evidence: "s3:GetObject",
        check: hostedAssets,
    },
    {
        id: "reminder",
        title: "The reminder reaches its topic",
        severity: "low",
        states: "The schedule is enabled or has been sent, and has the topic and the role of the stack.",
        doesNotState: "Whether the topic has subscribers.",
        evidence: "scheduler:GetSchedule",
        check: reminder,
    },
];

/** What public catalogues ask and this design does not do. */
export const NOT_DONE: readonly Readonly<Record<"asks" | "ids" | "reason", string>>[] = [
    {
        asks: "SSE-KMS for S3",
        ids: "S3.17, s3-default-encryption-kms, CKV_AWS_145, CKV_AWS_171, CT.EMR.PR.2, s3_bucket_kms_encryption",
        reason: "EmrEtlRunner asks s3-dist-cp for AES256; the page asks for SSE-S3.",
    },
    {
        asks: "Access logs of buckets",
        ids: "CKV_AWS_18",
        reason: "The logs would need a bucket and a retention of your choice; CloudTrail's data events do the same for the account.",
    },
    {
        asks: "Versioning of each bucket",
        ids: "CKV_AWS_21",
        reason: "The archive is versioned. EmrEtlRunner moves objects by copy and delete: in the others, each would stay, and cost.",
    },
    {
        asks: "Replication of buckets",
        ids: "CKV_AWS_144",
        reason: "A second copy in another region needs the same protection there. Add it to the archive if you need it.",
    },
    {
        asks: "Event notifications of buckets",
        ids: "CKV2_AWS_62",
        reason: "Nothing in the pipeline listens.",
    },
    {
        asks: "Flow logs of the VPC",
        ids: "EC2.6, CIS 3.7, vpc-flow-logs-enabled, CKV2_AWS_11, vpc_flow_logs_enabled",
        reason: "Their destination and retention are the account's to decide.",
    },
    {
        asks: "EMR's block of public security groups",
        ids: "EMR.2, emr-block-public-access, CKV_AWS_390, emr_cluster_account_public_block_enabled",
        reason: "It is a setting for every cluster of the account and region, not the stack's to judge. `network-ingress` checks what it guards: the groups' rules.",
    },
    {
        asks: "A default security group without rules",
        ids: "EC2.2, CIS 5.4, vpc-default-security-group-closed, CKV2_AWS_12, ec2_securitygroup_default_restrict_traffic",
        reason: "The stack removes its rules, and Pulumi detects drift. `network-ingress` checks it for the internet only.",
    },
    {
        asks: "No resource `*` in IAM policies",
        ids: "CKV_AWS_355",
        reason: "Some actions know no resource; each such statement says why.",
    },
];
