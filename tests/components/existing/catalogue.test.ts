import type * as aws from "@pulumi/aws";
import { checkDefaultRoutes } from "../../../components/checks/default-routes";
import type { ArgumentError } from "../../../components/domain/errors";
import { checkBuckets } from "../../../components/existing/buckets";
import { checkHostnames } from "../../../components/existing/hostnames";
import { checkKey } from "../../../components/existing/key";
import { at, FailedLookup } from "../../../components/existing/lookup";
import { checkNetwork } from "../../../components/existing/network";
import { checkRole } from "../../../components/existing/roles";
import { checkTopic } from "../../../components/existing/topic";
import { answer, SUBNET, VPC } from "../../support/existing-aws";
import { expectGolden } from "../../support/golden";
import { routeOf } from "../../support/route";
import { batch, buckets, type Config, parse, stream } from "../args/parse";

const FAILED = new FailedLookup("AccessDenied");
const ACCOUNT = "111122223333";
const keyArn = (account: string) => `arn:aws:kms:eu-west-1:${account}:key/1234abcd`;

function network(internetAccess: string, gatewayId: string): readonly ArgumentError[] {
    const existing = { vpcId: VPC, subnetIds: [SUBNET], emrSecurityGroups: "create" };
    const args = parse({ ...stream(), network: { internetAccess, existing } });
    const routes = gatewayId === "" ? [] : [routeOf({ cidrBlock: "0.0.0.0/0", gatewayId })];
    return checkNetwork(args, {
        vpc: answer<aws.ec2.GetVpcResult>({ tags: {} }),
        dhcpOptions: undefined,
        subnets: [
            {
                id: SUBNET,
                subnet: answer<aws.ec2.GetSubnetResult>({
                    vpcId: "vpc-2",
                    cidrBlock: "100.64.0.0/20",
                    tags: {},
                }),
                routeTable: answer<aws.ec2.GetRouteTableResult>({ routeTableId: "rtb-1", routes }),
            },
        ],
        groups: { all: ["sg-1"], tagged: [], own: [] },
    });
}

function key(config: Config, account: string, found: Partial<aws.kms.GetKeyResult> | FailedLookup) {
    const args = parse({ ...batch(config), encryption: { kmsKeyArn: keyArn(account) } });
    const facts = found instanceof FailedLookup ? found : answer<aws.kms.GetKeyResult>(found);
    return checkKey(args, ACCOUNT, { arn: keyArn(account), key: facts });
}

function bucket(reason: string, policy?: string | FailedLookup): readonly ArgumentError[] {
    const storage = { encryptExistingBuckets: ["acme"], policiesOnExistingBuckets: ["acme"] };
    const args = parse({ ...buckets({ raw: { archive: "s3://acme/raw" } }), storage });
    return checkBuckets(args, [{ name: "acme", bucket: new FailedLookup(reason), policy }]);
}

const USABLE = { keyManager: "CUSTOMER", keyState: "Enabled", keyUsage: "ENCRYPT_DECRYPT" };
const SPOT = { aws: { emr: { jobflow: { core_instance_bid: 0.05 } } } };
const TRUSTED_BY_NONE = answer<aws.iam.GetRoleResult>({ assumeRolePolicy: "{}" });
const EXISTING_NETWORK = { network: { existing: { vpcId: VPC, subnetIds: [SUBNET] } } };

/** Every error of the look-ups, in all of its wordings. */
const ERRORS: readonly ArgumentError[] = [
    ...network("nat", ""),
    ...network("nat", "igw-1"),
    ...network("public", "vgw-1"),
    ...at(
        ["network", "existing", "subnetIds", 0],
        [{ isBlackhole: true }, { isBlackhole: false }].flatMap((state) =>
            checkDefaultRoutes(
                {
                    subnetId: SUBNET,
                    routeTableId: "rtb-1",
                    routes: [{ range: "0.0.0.0/0", prefixList: undefined, target: undefined, ...state }],
                },
                { internetAccess: "nat", natGatewayOnly: true },
            ),
        ),
    ),
    ...checkHostnames(
        parse({ ...stream(), ...EXISTING_NETWORK }),
        answer<aws.ec2.GetVpcDhcpOptionsResult>({ domainName: "corp.example" }),
    ),
    ...key({}, ACCOUNT, FAILED),
    ...key({}, "444455556666", FAILED),
    ...key(SPOT, "444455556666", USABLE),
    ...key({}, ACCOUNT, { ...USABLE, keyManager: "AWS", keyState: "Disabled", keySpec: "RSA_2048" }),
    ...["PendingDeletion", "Unavailable"].flatMap((keyState) =>
        key({}, ACCOUNT, { ...USABLE, keyState, keyUsage: "SIGN_VERIFY" }),
    ),
    ...checkRole("serviceRole", { name: "my-service", role: TRUSTED_BY_NONE }),
    ...checkRole("jobflowRole", {
        name: "my-nodes",
        role: TRUSTED_BY_NONE,
        profile: answer<aws.iam.GetInstanceProfileResult>({ roleName: "" }),
    }),
    ...bucket("NotFound"),
    ...bucket("StatusCode: 301"),
    ...bucket("StatusCode: 403", '{"Statement":[{"Sid":"Another"}]}'),
    ...bucket("StatusCode: 403", new FailedLookup("StatusCode: 405")),
    ...checkTopic(FAILED),
];

describe("the errors of the look-ups", () => {
    it("read as in the golden file", () => {
        const texts = ERRORS.map(({ code, found, expected, fix }) =>
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
