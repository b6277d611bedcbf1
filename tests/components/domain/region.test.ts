import { expect } from "chai";
import { hostedAssetsBucket, internalDomain, isRegion, REGIONS } from "../../../components/domain/region";

/** The regions in which Snowplow hosts EmrEtlRunner's assets, from its release script. */
const TABLE = [
    ["ap-northeast-1", "ap-northeast-1.compute.internal", "snowplow-hosted-assets-ap-northeast-1"],
    ["ap-northeast-2", "ap-northeast-2.compute.internal", "snowplow-hosted-assets-ap-northeast-2"],
    ["ap-south-1", "ap-south-1.compute.internal", "snowplow-hosted-assets-ap-south-1"],
    ["ap-southeast-1", "ap-southeast-1.compute.internal", "snowplow-hosted-assets-ap-southeast-1"],
    ["ap-southeast-2", "ap-southeast-2.compute.internal", "snowplow-hosted-assets-ap-southeast-2"],
    ["ca-central-1", "ca-central-1.compute.internal", "snowplow-hosted-assets-ca-central-1"],
    ["eu-central-1", "eu-central-1.compute.internal", "snowplow-hosted-assets-eu-central-1"],
    ["eu-west-1", "eu-west-1.compute.internal", "snowplow-hosted-assets"],
    ["eu-west-2", "eu-west-2.compute.internal", "snowplow-hosted-assets-eu-west-2"],
    ["sa-east-1", "sa-east-1.compute.internal", "snowplow-hosted-assets-sa-east-1"],
    ["us-east-1", "ec2.internal", "snowplow-hosted-assets-us-east-1"],
    ["us-east-2", "us-east-2.compute.internal", "snowplow-hosted-assets-us-east-2"],
    ["us-west-1", "us-west-1.compute.internal", "snowplow-hosted-assets-us-west-1"],
    ["us-west-2", "us-west-2.compute.internal", "snowplow-hosted-assets-us-west-2"],
] as const;

describe("regions", () => {
    it("are the 14 with hosted assets, each with its internal domain and bucket", () => {
        expect(
            REGIONS.map((region) => [region, internalDomain(region), hostedAssetsBucket(region)]),
        ).to.deep.equal(TABLE);
    });

    it("are distinguished from other strings", () => {
        expect(REGIONS.filter(isRegion)).to.deep.equal(REGIONS);
        const others = ["us-gov-west-1", "cn-north-1", "eu-north-1", "EU-WEST-1", "eu-west-1 ", "", "length"];
        expect(others.filter(isRegion)).to.deep.equal([]);
    });
});
