/*
 * The values of arguments that are one of a few. An importing program may write `InternetAccess.public` or `"public"`.
 */

/** How nodes reach the internet: `nat`, private subnets behind a NAT gateway; `public`, public addresses. */
export const InternetAccess = { nat: "nat", public: "public" } as const;
export type InternetAccess = (typeof InternetAccess)[keyof typeof InternetAccess];

/** EMR's default security groups in an existing VPC: `use`, existing groups or EMR's; `create`, the component's. */
export const EmrDefaultGroups = { use: "use", create: "create" } as const;
export type EmrDefaultGroups = (typeof EmrDefaultGroups)[keyof typeof EmrDefaultGroups];

/** What the collector writes. The formats `json/…/…`, `tsv/…/…` and `ndjson/…/…` are strings. */
export const CollectorFormat = {
    cloudfront: "cloudfront",
    cljTomcat: "clj-tomcat",
    thrift: "thrift",
} as const;
export type CollectorFormat = (typeof CollectorFormat)[keyof typeof CollectorFormat];

/** The compression of enriched and shredded events. */
export const OutputCompression = { none: "NONE", gzip: "GZIP" } as const;
export type OutputCompression = (typeof OutputCompression)[keyof typeof OutputCompression];

/** The kinds of EBS volumes that EmrEtlRunner knows. */
export const VolumeType = { standard: "standard", gp2: "gp2", io1: "io1" } as const;
export type VolumeType = (typeof VolumeType)[keyof typeof VolumeType];

/** The log levels that RDB Loader accepts. */
export const LogLevel = { debug: "DEBUG", info: "INFO" } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** How EmrEtlRunner sends its own events. */
export const TrackingMethod = { get: "get", post: "post" } as const;
export type TrackingMethod = (typeof TrackingMethod)[keyof typeof TrackingMethod];

/** The protocol of EmrEtlRunner's own events. */
export const TrackingProtocol = { http: "http", https: "https" } as const;
export type TrackingProtocol = (typeof TrackingProtocol)[keyof typeof TrackingProtocol];

/** Where Dataflow Runner takes its AWS credentials from: AWS's default chain, the environment, or the instance's role. */
export const CredentialsFrom = { default: "default", env: "env", iam: "iam" } as const;
export type CredentialsFrom = (typeof CredentialsFrom)[keyof typeof CredentialsFrom];

/** The value of a location that is null by default and is to be managed instead, such as `enriched.stream`. */
export const MANAGED = "managed";
