// Pulumi's own mocks, as the tests of an importing project would set them.

const ACCOUNT = "111122223333";

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

/** Sets the mocks for a project, and returns what it registers and looks up. `pulumi`: the project's own copy. */
module.exports = function setMocks(pulumi, project, config = {}) {
    const registered = [];
    const lookedUp = [];
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
        project,
        "dev",
    );
    pulumi.runtime.setAllConfig({ "aws:region": "eu-west-1", ...config });
    return { registered, lookedUp };
};
