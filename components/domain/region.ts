/**
 * The regions in which Snowplow hosts EmrEtlRunner's assets. Every cluster fetches its bootstrap script from
 * `snowplow-hosted-assets[-<region>]` and runs it with the jobflow role; `aws.s3.buckets.assets` does not change that.
 * In other regions, any account may own the bucket of that name.
 * @see https://github.com/snowplow/emr-etl-runner: lib/snowplow-emr-etl-runner/emr_job.rb
 */
export const REGIONS = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
] as const;

export type Region = (typeof REGIONS)[number];

/**
 * AWS's other regions, which are no typos of the ones above.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const OTHER_REGIONS: readonly string[] = `
    af-south-1 ap-east-1 ap-east-2 ap-northeast-3 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-
    southeast-6 ap-southeast-7 ca-west-1 cn-north-1 cn-northwest-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
    eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 us-gov-east-1 us-gov-west-1
`
    .trim()
    .split(/\s+/);

export function isRegion(text: string): text is Region {
    return (REGIONS as readonly string[]).includes(text);
}

/**
 * The domain of the host names that AWS's DNS gives to instances. The nodes' certificate is issued for it.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
 */
export function internalDomain(region: Region): string {
    return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}

/** The domain names in the DHCP option `domain-name`: Linux accepts several, separated by spaces. */
export function domainNames(domainName: string): readonly string[] {
    return domainName.split(/\s+/).filter((name) => name !== "");
}

/**
 * Snowplow's bucket in eu-west-1. Snowplow's documentation points enrichments of all regions to it, such as ua-parser's.
 * @see https://github.com/snowplow/snowplow/wiki/ua-parser-enrichment
 */
export const HOSTED_ASSETS = "snowplow-hosted-assets";

/** The bucket that EmrEtlRunner derives from the region (its utils.rb, `get_hosted_assets_bucket`). */
export function hostedAssetsBucket(region: Region): string {
    return region === "eu-west-1" ? HOSTED_ASSETS : `${HOSTED_ASSETS}-${region}`;
}

/** The public buckets that nodes read: EmrEtlRunner's jars and scripts, enrichment files, and EMR's own scripts. */
export function publicBuckets(region: Region): readonly string[] {
    return [...new Set([hostedAssetsBucket(region), HOSTED_ASSETS, `${region}.elasticmapreduce`])];
}
