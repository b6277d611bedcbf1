import { batch, type Config, judges, stream } from "../parse";

const VPC = { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] };

const network = (below: Config, base: Config = stream()) => ({ ...base, network: below });
const existing = (below: Config, base?: Config) => network({ existing: { ...VPC, ...below } }, base);

describe("the network", () => {
    judges([
        [
            "zones of another region, and what is not a zone",
            network({
                availabilityZones: ["us-east-1a", "eu-west-1b", "eu-west-1", "eu-west-1z", "euw1-az1"],
            }),
            [0, 2, 3, 4].map((index) => `zone-of-another-region at network.availabilityZones[${index}]`),
        ],
        [
            "several zones of the region",
            network({ availabilityZones: ["us-east-1f", "us-east-1a"] }),
            [],
            { region: "us-east-1" },
        ],
        ["an existing VPC", existing({})],
        ["an existing VPC with public subnets", network({ existing: VPC, internetAccess: "public" })],
        [
            "range and zones next to an existing VPC",
            network({ existing: VPC, cidrBlock: "10.0.0.0/16", availabilityZones: ["eu-west-1a"] }),
            ["replaced at network.cidrBlock", "replaced at network.availabilityZones"],
        ],
        ["the default range next to an existing VPC", network({ existing: VPC, cidrBlock: "10.64.0.0/20" })],
        ["a range without an existing VPC", network({ existing: null, cidrBlock: "10.0.0.0/16" })],
        ["an unseen route from private subnets", existing({ allowUnseenRoute: true })],
        [
            "an unseen route from public subnets",
            network({ existing: { ...VPC, allowUnseenRoute: true }, internetAccess: "public" }),
            "unseen-route-when-public at network.existing.allowUnseenRoute",
        ],
        ["other host names in stream-enrich mode", existing({ allowHostnameMismatch: true })],
        [
            "other host names with another collector",
            existing(
                { allowHostnameMismatch: true },
                { emrEtlRunner: { collectors: { format: "cloudfront" } } },
            ),
        ],
        [
            "other host names with thrift, which has a core-site of its own",
            existing({ allowHostnameMismatch: true }, batch()),
            "hostname-mismatch-with-thrift at network.existing.allowHostnameMismatch",
        ],
        [
            "other host names with thrift where nothing is encrypted in transit",
            existing({ allowHostnameMismatch: true }, { ...batch(), encryption: { inTransit: false } }),
        ],
    ]);
});
