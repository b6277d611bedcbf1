import { expect } from "chai";
import { endpointsToOpen } from "../../../components/existing/endpoints";
import { type Answers, lookUp, refuse, VPC } from "../../support/existing-aws";
import { type Config, parse } from "../args/parse";

const argsOf = (access: Config = {}, certificates: Config = {}, ami_version = "5.29.0", versions = {}) =>
    parse(
        {
            access,
            certificates,
            emrEtlRunner: {
                aws: {
                    s3: { buckets: { enriched: { stream: "s3://acme-collector/eu" } } },
                    emr: { ami_version, bootstrap: ["s3://acme-scripts/boot.sh"] },
                },
                storage: { versions },
            },
        },
        { region: "us-east-2" },
    );
const ALL = argsOf(
    { dynamodbTables: ["duplicates"], ssmParameters: ["/password"], readLocations: ["s3://acme-maxmind"] },
    { archive: "s3://acme-certificates/nodes.zip" },
);

const policy = (...statements: readonly object[]) => ({ policy: JSON.stringify({ Statement: statements }) });
const EVERYTHING = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const OPEN = policy(EVERYTHING);
const CLOSED = policy({ ...EVERYTHING, Resource: "arn:aws:s3:::acme-*" });

type Endpoint = Readonly<Record<string, unknown>>;

/** A VPC with these endpoints, by service and kind; the provider finds no other. */
const vpcWith = (endpoints: Readonly<Record<string, Endpoint>>): Answers => ({
    getVpcEndpoint: ({ serviceName, vpcEndpointType }) => {
        const found = endpoints[`${String(serviceName).split(".").at(-1)} ${vpcEndpointType}`];
        return found === undefined
            ? refuse("no matching EC2 VPC Endpoint found")
            : {
                  id: "vpce-1",
                  vpcEndpointType,
                  securityGroupIds: ["sg-1"],
                  privateDnsEnabled: true,
                  ...OPEN,
                  ...found,
              };
    },
});
const warningsOf = async (args: ReturnType<typeof parse>, answers: Answers) =>
    (await lookUp(() => endpointsToOpen(args, VPC), answers)).facts;

describe("endpointsToOpen", () => {
    for (const [situation, endpoint, expected] of [
        ["AWS's default policy", OPEN, 0],
        ["no policy in the answer", { policy: "" }, 0],
        [
            "the default policy in another form",
            policy({ ...EVERYTHING, Principal: { AWS: ["*"] }, Action: ["*"] }),
            0,
        ],
        ["a policy for some buckets", CLOSED, 1],
        [
            "a policy for some principals",
            policy({ ...EVERYTHING, Principal: { AWS: "arn:aws:iam::1:root" } }),
            1,
        ],
        ["a policy for some actions", policy({ ...EVERYTHING, Action: "s3:Get*" }), 1],
        ["a policy with a condition", policy({ ...EVERYTHING, Condition: {} }), 1],
        ["a policy with a Deny", policy(EVERYTHING, { ...EVERYTHING, Effect: "Deny" }), 1],
        ["a policy without statements", policy(), 1],
    ] as const) {
        it(`${expected === 0 ? "accepts" : "warns of"} an S3 endpoint with ${situation}`, async () => {
            expect(await warningsOf(argsOf(), vpcWith({ "s3 Gateway": endpoint }))).to.have.length(expected);
        });
    }

    it("names what each endpoint must let through", async () => {
        const endpoints = {
            "s3 Gateway": { id: "vpce-1", ...CLOSED },
            "s3 Interface": { id: "vpce-2" },
            "kms Interface": { id: "vpce-3", ...CLOSED },
            "ssm Interface": { id: "vpce-4", ...CLOSED, securityGroupIds: ["sg-1", "sg-2"] },
            "dynamodb Gateway": { id: "vpce-5", ...CLOSED },
        };
        const groups =
            "must accept TCP 443 from EMR's groups ElasticMapReduce-Master-Private, ElasticMapReduce-Slave-Private, ElasticMapReduce-Primary-Private, ElasticMapReduce-Core-Private. Otherwise clusters fail.";
        const own = "with a policy of its own, which must let the nodes through:";
        expect(await warningsOf(ALL, vpcWith(endpoints))).to.deep.equal([
            `vpce-1 is an endpoint for s3 ${own} the buckets snowplow-dev-*, acme-collector, acme-maxmind, snowplow-hosted-assets, acme-scripts, acme-certificates, snowplow-hosted-assets-us-east-2, us-east-2.elasticmapreduce, packages.us-east-2.amazonaws.com, repo.us-east-2.amazonaws.com, repo.us-east-2.emr.amazonaws.com, prod.us-east-2.appinfo.src, aws157-logs-*. Otherwise clusters fail.`,
            `vpce-2 is an endpoint for s3: its security groups (sg-1) ${groups}`,
            `vpce-3 is an endpoint for kms: its security groups (sg-1) ${groups}`,
            `vpce-3 is an endpoint for kms ${own} the calls in the roles' policies, with the key of the disks and of the certificates, and the keys in storage.existingKmsKeyArns. Otherwise clusters fail.`,
            `vpce-4 is an endpoint for ssm: its security groups (sg-1, sg-2) ${groups}`,
            `vpce-4 is an endpoint for ssm ${own} ssm:GetParameter on the parameters in access.ssmParameters. Otherwise clusters fail.`,
            `vpce-5 is an endpoint for dynamodb ${own} the tables duplicates. Otherwise clusters fail.`,
        ]);
    });

    const spark3 = { rdb_loader: "0.18.2", rdb_shredder: "0.18.2" };
    for (const [release, versions, ...repositories] of [
        ["5.20.0", {}, "packages.us-east-2.amazonaws.com", "repo.us-east-2.amazonaws.com"],
        ["5.36.2", {}, "amazonlinux.us-east-2.amazonaws.com", "amazonlinux-2-repos-us-east-2"],
        ["7.0.0", spark3, "al2023-repos-us-east-2-de612dc2"],
    ] as const) {
        it(`names the repositories of Amazon Linux that EMR ${release} reads`, async () => {
            const [warning = ""] = await warningsOf(
                argsOf({}, {}, release, versions),
                vpcWith({ "s3 Gateway": CLOSED }),
            );
            expect(warning.match(/(packages|repo|amazonlinux|al2023)[\w.-]*us-east-2[\w.-]*/g)).to.deep.equal(
                [...repositories, ...(release === "5.20.0" ? [] : ["repo.us-east-2.emr.amazonaws.com"])],
            );
        });
    }

    it("is silent about an interface endpoint without private DNS, and about services not in use", async () => {
        const closed = { ...CLOSED, privateDnsEnabled: false };
        const endpoints = { "kms Interface": closed, "ssm Interface": CLOSED, "dynamodb Gateway": CLOSED };
        expect(await warningsOf(argsOf(), vpcWith(endpoints))).to.deep.equal([]);
    });

    it("warns once of look-ups that are refused, and of several endpoints for one service", async () => {
        const denied = { getVpcEndpoint: () => refuse("StatusCode: 403") };
        expect(await warningsOf(argsOf(), denied)).to.deep.equal([
            `The VPC's endpoints cannot be looked up (StatusCode: 403; ec2:DescribeVpcEndpoints): if it has any, they must let the nodes through (docs/existing.md, "Endpoints").`,
        ]);
        const several: Answers = {
            getVpcEndpoint: ({ vpcEndpointType }) =>
                refuse(
                    vpcEndpointType === "Gateway"
                        ? "multiple EC2 VPC Endpoints matched; use additional constraints to reduce matches to a single EC2 VPC Endpoint"
                        : "no matching EC2 VPC Endpoint found",
                ),
        };
        expect(await warningsOf(argsOf(), several)).to.deep.equal([
            `There are several endpoints for s3 (Gateway) in ${VPC}, and none was checked: those that the nodes use must let them through (docs/existing.md, "Endpoints").`,
        ]);
    });
});
