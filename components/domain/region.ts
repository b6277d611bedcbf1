/**
 * The regions that Snowplow hosts EmrEtlRunner's assets in. Every cluster fetches its bootstrap script from
 * `snowplow-hosted-assets[-<region>]` and runs it with the jobflow role, whatever `aws.s3.buckets.assets` says; in
 * any other region a bucket of that name may be anybody's.
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

export function isRegion(text: string): text is Region {
    return (REGIONS as readonly string[]).includes(text);
}

/**
 * The domain that AWS's DNS gives to instances, and so the one that the nodes' certificate is made for.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
 */
export function internalDomain(region: Region): string {
    return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}

/** Of DHCP options: Linux takes several, with spaces between. */
export function domainNames(domainName: string): readonly string[] {
    return domainName.split(/\s+/).filter((name) => name !== "");
}

/** The bucket that EmrEtlRunner derives from the region (its utils.rb, `get_hosted_assets_bucket`). */
export function hostedAssetsBucket(region: Region): string {
    return region === "eu-west-1" ? "snowplow-hosted-assets" : `snowplow-hosted-assets-${region}`;
}

/** All of these regions are in AWS's standard partition. */
const PARTITION = "aws";

/** An ARN for what is named in policies without being a resource of the stack, or is not known yet. */
export function arn(service: string, region: string, accountId: string, resource: string): string {
    return ["arn", PARTITION, service, region, accountId, resource].join(":");
}
