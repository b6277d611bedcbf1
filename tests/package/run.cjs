// Runs a program of an importing project under Pulumi's own mocks, in plain Node.js: `node run.cjs FILE`. Prints what it
// registered, looked up and exported as JSON, or the message of its error.
const path = require("node:path");
const { createRequire } = require("node:module");

const program = path.resolve(process.argv[2] ?? "");
const pulumi = createRequire(program)("@pulumi/pulumi");

const ACCOUNT = "111122223333";
const registered = [];
const lookedUp = [];

/** The ids that an argument of EmrEncryption must have the form of. */
const IDS = { Vpc: "vpc-00000000000000001", Subnet: "subnet-00000000000000001" };

/** What the provider tls computes. */
const PEM = Object.fromEntries(
    ["certPem", "certRequestPem", "privateKeyPem", "privateKeyPemPkcs8", "publicKeyOpenssh"].map((key) => [
        key,
        key,
    ]),
);

/** The answers to look-ups: existing resources that fit. */
const ANSWERS = {
    getCallerIdentity: () => ({ accountId: ACCOUNT }),
    getRegion: () => ({ region: "eu-west-1" }),
    getVpc: () => ({
        dhcpOptionsId: "dopt-1",
        enableDnsSupport: true,
        enableDnsHostnames: true,
        mainRouteTableId: "rtb-1",
        tags: { "for-use-with-amazon-emr-managed-policies": "true" },
    }),
    getVpcDhcpOptions: () => ({ domainName: "eu-west-1.compute.internal" }),
    getSubnet: () => ({
        vpcId: "vpc-0123456789abcdef0",
        cidrBlock: "10.0.0.0/24",
        tags: { "for-use-with-amazon-emr-managed-policies": "true" },
    }),
    getRouteTable: () => ({
        routeTableId: "rtb-1",
        routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }],
    }),
    getSecurityGroups: () => ({ ids: [] }),
};

pulumi.runtime.setMocks(
    {
        newResource({ type, name, inputs }) {
            registered.push({ type, name, inputs });
            const service = type.split(/[:/]/)[1];
            const kind = type.split(":").at(-1);
            const arn = `arn:aws:${service}:eu-west-1:${ACCOUNT}:${kind.toLowerCase()}/${name}`;
            const bucket = `${inputs.bucketPrefix}1`;
            const state = { bucket, name: `${name}-name`, arn, ...PEM, ...inputs };
            return { id: IDS[kind] ?? `${name}-id`, state };
        },
        call({ token }) {
            const name = token.split(":").at(-1);
            lookedUp.push(name);
            if (!Object.hasOwn(ANSWERS, name)) {
                throw new Error(`${name}: access denied`);
            }
            return ANSWERS[name]();
        },
    },
    "platform",
    "dev",
);
pulumi.runtime.setAllConfig({ "aws:region": "eu-west-1" });

function fail(error) {
    console.error(error.message);
    process.exit(1);
}
process.on("unhandledRejection", fail);

pulumi.runtime
    .runInPulumiStack(async () => require(program))
    .then(async () => {
        await pulumi.runtime.disconnect();
        pulumi.output({ ...require(program) }).apply((outputs) => {
            console.log(JSON.stringify({ registered, lookedUp, outputs }));
        });
    })
    .catch(fail);
