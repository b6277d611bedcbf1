import { checkDefaultRoutes } from "../../../components/checks/default-routes";
import { type ArgumentError, InvalidArguments } from "../../../components/domain/errors";
import { lookUpExisting } from "../../../components/existing";
import { at } from "../../../components/existing/lookup";
import { type Answers, lookUp, refuse, SUBNET, VPC } from "../../support/existing-aws";
import { expectGolden } from "../../support/golden";
import { routeOf } from "../../support/route";
import { batch, buckets, type Config, parse, stream } from "../args/parse";

const ACCOUNT = "111122223333";
const ANOTHER = "444455556666";
const SPOT = { aws: { emr: { jobflow: { core_instance_bid: 0.05 } } } };

async function errorsOf(config: Config, answers: Answers = {}): Promise<readonly ArgumentError[]> {
    const { facts } = await lookUp(() => lookUpExisting(parse(config)).catch((error: unknown) => error), {
        getCallerIdentity: () => ({ accountId: ACCOUNT }),
        ...answers,
    });
    if (!(facts instanceof InvalidArguments)) {
        throw new Error("the look-ups found no error");
    }
    return facts.errors;
}

function network(internetAccess: string, gatewayId: string) {
    const existing = { vpcId: VPC, subnetIds: [SUBNET], emrSecurityGroups: "create" };
    return errorsOf(
        { ...stream(), network: { internetAccess, existing } },
        {
            getVpc: () => ({ enableDnsSupport: false, enableDnsHostnames: false, tags: {} }),
            getVpcDhcpOptions: () => ({ domainName: "corp.example" }),
            getSubnet: () => ({
                vpcId: "vpc-2",
                cidrBlock: "100.64.0.0/20",
                mapPublicIpOnLaunch: false,
                tags: {},
            }),
            getRouteTable: () => ({
                routeTableId: "rtb-1",
                routes: gatewayId === "" ? [] : [routeOf({ cidrBlock: "0.0.0.0/0", gatewayId })],
            }),
            getSecurityGroups: ({ filters }) => ({
                ids: (filters as readonly unknown[]).length === 2 ? ["sg-1"] : [],
            }),
        },
    );
}

function key(account: string, getKey?: Answers[string], emrEtlRunner: Config = {}) {
    const kmsKeyArn = `arn:aws:kms:eu-west-1:${account}:key/1234abcd`;
    return errorsOf({ ...batch(emrEtlRunner), encryption: { kmsKeyArn } }, getKey && { getKey });
}

function bucket(reason: string, getBucketPolicy: Answers[string] = () => refuse("empty result")) {
    const storage = { encryptExistingBuckets: ["acme"], policiesOnExistingBuckets: ["acme"] };
    return errorsOf(
        { ...buckets({ raw: { archive: "s3://acme/raw" } }), storage },
        { getBucket: () => refuse(reason), getBucketPolicy },
    );
}

const TABLE_KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd`;

function tables(getTable: Answers[string]) {
    return errorsOf({ ...batch(), access: { dynamodbTables: ["duplicates"] } }, { getTable });
}

/** The errors of routes that only `verify` sees. */
const deletedTargets = [{ isBlackhole: true }, { isBlackhole: false }].map((state) =>
    checkDefaultRoutes(
        {
            subnetId: SUBNET,
            routeTableId: "rtb-1",
            routes: [{ range: "0.0.0.0/0", prefixList: undefined, target: undefined, ...state }],
        },
        { internetAccess: "nat", natGatewayOnly: true },
    ),
);

describe("the errors of the look-ups", () => {
    it("read as in the golden file", async () => {
        const denied = () => refuse("AccessDenied");
        const all = [
            ...at([], ...deletedTargets),
            ...(await network("nat", "")),
            ...(await network("nat", "igw-1")),
            ...(await network("public", "vgw-1")),
            ...(await errorsOf(
                { ...batch(), network: { existing: { vpcId: VPC, subnetIds: [SUBNET] } } },
                { getVpc: () => ({ dhcpOptionsId: "default" }) },
            )),
            ...(await key(ACCOUNT, denied)),
            ...(await key(ANOTHER, denied)),
            ...(await key(ANOTHER, undefined, SPOT)),
            ...(await key(ACCOUNT, () => ({ keyManager: "AWS", keyState: "Disabled", keySpec: "RSA_2048" }))),
            ...(await key(ACCOUNT, () => ({ keyState: "PendingDeletion", keyUsage: "SIGN_VERIFY" }))),
            ...(await key(ACCOUNT, () => ({ keyState: "Unavailable" }))),
            ...(await errorsOf(batch(), {
                getSupportedInstanceTypes: () => ({ supportedInstanceTypes: [{ type: "m4.xlarge" }] }),
            })),
            ...(await errorsOf(batch(), {
                getSupportedInstanceTypes: () => ({ supportedInstanceTypes: [{ type: "c5.xlarge" }] }),
            })),
            ...(await bucket("NotFound")),
            ...(await bucket("StatusCode: 301")),
            ...(await bucket("StatusCode: 400, api error BadRequest: Bad Request")),
            ...(await bucket("StatusCode: 403", () => ({ policy: '{"Statement":[{"Sid":"Another"}]}' }))),
            ...(await bucket("StatusCode: 403", () => refuse("StatusCode: 405"))),
            ...(await errorsOf(batch(), {
                getResources: () => ({
                    resourceTagMappingLists: [{ resourceArn: "arn:aws:s3:::snowplow-dev-collector-1" }],
                }),
                getResource: () => ({
                    properties:
                        '{"OwnershipControls":{"Rules":[{"ObjectOwnership":"BucketOwnerPreferred"}]}}',
                }),
            })),
            ...(await errorsOf(
                {
                    ...batch(),
                    access: {
                        serviceRole: { existing: "my-service" },
                        jobflowRole: { existing: "my-nodes" },
                    },
                    certificates: { remindTopicArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:operators` },
                },
                {
                    getRole: () => ({ assumeRolePolicy: "{}" }),
                    getInstanceProfile: () => ({ roleName: "" }),
                    getTopic: denied,
                },
            )),
            ...(await tables(() => refuse("reading Dynamodb Table (duplicates): couldn't find resource"))),
            ...(await tables(() => ({ serverSideEncryption: { kmsKeyArn: TABLE_KEY } }))),
        ];
        const texts = all.map(({ code, found, expected, fix }) =>
            [
                code,
                `    found:    ${found}`,
                ...(expected === undefined ? [] : [`    expected: ${expected}`]),
                ...(fix === undefined ? [] : [`    fix:      ${fix}`]),
            ].join("\n"),
        );
        expectGolden("errors.existing.txt", `${[...new Set(texts)].sort().join("\n")}\n`);
    });
});
