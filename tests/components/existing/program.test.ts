import { expect } from "chai";
import { loadProgram } from "../../../commands/render";
import { SettingsError } from "../../../components/config";
import { existingKeyStatements } from "../../../components/policies/key";
import { type Run, Secret } from "../../../testing/mock-engine";
import { certificateAuthority } from "../../support/authority";
import { type Answers, existingAws, refuse, SUBNET, SUBNET_2, VPC } from "../../support/existing-aws";
import { expectGolden, resourceInputs, resourceLines } from "../../support/golden";
import { REGION, run, runStack } from "../../support/run";

type ResolvedArgs = Readonly<Record<string, unknown>>;

const ACCOUNT = "000000000000";
const OTHERS = "444455556666";
const keyOf = (account: string) => `arn:aws:kms:${REGION}:${account}:key/5678abcd`;
const STACKS_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/placeholder`;
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const ARCHIVE = "s3://acme-certificates/emr/nodes.zip";
/** What the default release is told of in every stack. */
const OF_THE_RELEASE =
    "EMR 5.29.0: the nodes' metadata service answers IMDSv1 too; it can be turned off on 5.23.1, 5.27.1, 5.32.0 and later 5.x, 6.2.0 and later.";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/team/boundary`;

/** CloudFront's format has no core-site of EmrEtlRunner's own. */
const emrEtlRunner = (aws: ResolvedArgs = {}) => ({ collectors: { format: "cloudfront" }, aws });
const existingNetwork = (existing: ResolvedArgs = {}, network: ResolvedArgs = {}) => ({
    ...network,
    existing: { vpcId: VPC, subnetIds: [SUBNET, SUBNET_2], ...existing },
});

const EVERYTHING = {
    network: existingNetwork(),
    encryption: { kmsKeyArn: keyOf(OTHERS) },
    certificates: { archive: ARCHIVE },
    storage: { policiesOnExistingBuckets: ["acme-data"], encryptExistingBuckets: ["acme-data"] },
    access: {
        path: "/data/",
        policyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`],
        serviceRole: { existing: "my-service" },
        jobflowRole: { existing: "my-nodes" },
    },
    emrEtlRunner: emrEtlRunner({
        s3: {
            buckets: {
                log: "s3://acme-data/emr",
                raw: {
                    in: ["s3://acme-data/in"],
                    processing: "s3://acme-data/processing",
                    archive: "s3://acme-data/raw",
                },
                enriched: {
                    good: "s3://acme-data/good",
                    bad: "s3://acme-data/bad",
                    archive: "s3://acme-data/enriched",
                },
                shredded: {
                    good: "s3://acme-data/shredded",
                    bad: "s3://acme-data/shredded-bad",
                    archive: "s3://acme-data/shredded-archive",
                },
            },
        },
        emr: { ec2_key_name: "my-key" },
    }),
};

interface Mode {
    readonly settings: ResolvedArgs;
    readonly answers?: Answers;
}

/** Each beside what the stack makes itself; together, nothing is left to make but an operator's policy. */
const MODES = {
    plain: { settings: {} },
    network: { settings: { network: existingNetwork() } },
    "network-public-create": {
        settings: {
            network: existingNetwork({ emrSecurityGroups: "create" }, { internetAccess: "public" }),
        },
    },
    "network-other-names": {
        settings: { network: existingNetwork({ allowHostnameMismatch: true }) },
        answers: { getVpcDhcpOptions: () => ({ domainName: "corp.example" }) },
    },
    key: { settings: { encryption: { kmsKeyArn: keyOf(ACCOUNT) } } },
    "key-of-another-account": { settings: { encryption: { kmsKeyArn: keyOf(OTHERS) } } },
    archive: { settings: { certificates: { archive: ARCHIVE } } },
    "service-role": { settings: { access: { serviceRole: { existing: "my-service" } } } },
    "jobflow-role": {
        settings: {
            access: {
                jobflowRole: { existing: "my-nodes" },
                policyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`],
            },
        },
        // A role with a path: EMR finds its profile by name all the same.
        answers: { getRole: () => ({ arn: roleArn("team/my-nodes") }) },
    },
    "role-with-a-path": {
        settings: { access: { serviceRole: { existing: "my-service" } } },
        answers: { getRole: () => ({ arn: roleArn("team/my-service") }) },
    },
    boundary: { settings: { access: { path: "/data/snowplow/", permissionsBoundary: BOUNDARY } } },
    "bucket-policy": {
        settings: {
            storage: { policiesOnExistingBuckets: ["acme-archive"] },
            emrEtlRunner: emrEtlRunner({ s3: { buckets: { raw: { archive: "s3://acme-archive/raw" } } } }),
        },
    },
    "bucket-of-another-account": {
        settings: {
            emrEtlRunner: emrEtlRunner({ s3: { buckets: { raw: { archive: "s3://acme-archive/raw" } } } }),
        },
        answers: { getBucket: () => refuse("StatusCode: 403") },
    },
    everything: { settings: EVERYTHING },
} as const satisfies Readonly<Record<string, Mode>>;

/** A run, and what happened in it, in order. */
interface Made extends Run {
    readonly events: readonly string[];
}

const runs = new Map<string, Made>();

function made(mode: keyof typeof MODES): Made {
    const found = runs.get(mode);
    if (!found) {
        throw new Error(`no run for ${mode}`);
    }
    return found;
}

async function make(
    { settings, answers }: Mode,
    options: { readonly preview?: boolean } = {},
): Promise<Made> {
    const { provider, events } = existingAws(answers);
    const result = await runStack({ emrEtlRunner: emrEtlRunner(), ...settings }, { provider, ...options });
    return { ...result, events };
}

/** What is there in the first list alone, and in the second alone. */
function difference(before: readonly string[], after: readonly string[]) {
    return {
        gone: before.filter((line) => !after.includes(line)),
        new: after.filter((line) => !before.includes(line)),
    };
}

const comparedWith = (mode: keyof typeof MODES, other: keyof typeof MODES = "plain") => ({
    resources: difference(resourceLines(made(other)), resourceLines(made(mode))),
    config: difference(configLines(made(other)), configLines(made(mode))),
    outputs: difference(Object.keys(made(other).outputs), Object.keys(made(mode).outputs)),
});

function configLines({ outputs }: Run): readonly string[] {
    return String(outputs.emrEtlRunnerConfig)
        .split("\n")
        .map((line) => line.trim());
}

/** The whole inputs of all that both runs made, after replacing some texts of the second's. */
function expectSameInputs(
    mode: keyof typeof MODES,
    renamed: readonly (readonly [string, string])[] = [],
): void {
    const before = resourceInputs(made("plain"));
    const after = resourceInputs(made(mode));
    const common = Object.keys(before).filter((key) => key in after);
    const expected = renamed.reduce(
        (text, [stacks, theirs]) => text.replaceAll(stacks, theirs),
        JSON.stringify(common.map((key) => [key, before[key]])),
    );
    expect(common.map((key) => [key, after[key]])).to.deep.equal(JSON.parse(expected));
}

/** Where inputs hold a text: `type name path`. */
function places({ registrations }: Run, ...texts: readonly string[]): readonly string[] {
    return registrations
        .flatMap(({ type, name, inputs }) =>
            plainTexts(inputs).map(([path, text]) => [`${type} ${name} ${path}`, text] as const),
        )
        .filter(([, value]) => texts.some((text) => value.includes(text)))
        .map(([place]) => place)
        .sort();
}

function plainTexts(value: unknown, path = ""): readonly (readonly [path: string, text: string])[] {
    const inner = value instanceof Secret ? value.value : value;
    if (typeof inner !== "object" || inner === null) {
        return [[path, String(inner)]];
    }
    return Object.entries(inner).flatMap(([key, below]) => plainTexts(below, path ? `${path}.${key}` : key));
}

function output(mode: keyof typeof MODES, key: string): unknown {
    return made(mode).outputs[key];
}

const NETWORK = /^\S+ (network|emr-security-groups)\b/;
const KEY = /^\S+ key\b/;
const CERTIFICATES = /^\S+ certificates\b/;
const linesOf = (pattern: RegExp) => resourceLines(made("plain")).filter((line) => pattern.test(line));

describe("a stack beside what is the user's own", () => {
    const { warn } = console;

    before(async () => {
        console.warn = () => undefined;
        for (const [name, mode] of Object.entries<Mode>(MODES)) {
            runs.set(name, await make(mode));
        }
    });

    after(() => {
        console.warn = warn;
    });

    it("looks everything up before it makes anything", () => {
        for (const [name, { events }] of runs) {
            const firstMade = events.findIndex((event) => !/^get[A-Z]/.test(event));
            const lastLookedUp = events.findLastIndex((event) => /^get[A-Z]/.test(event));
            expect(lastLookedUp, name).to.be.lessThan(firstMade);
        }
        const lookups = (mode: keyof typeof MODES) =>
            [...new Set(made(mode).events.filter((event) => /^get[A-Z]/.test(event)))].sort();
        expect(lookups("plain")).to.deep.equal(["getCallerIdentity"]);
        expect(lookups("archive")).to.deep.equal(["getCallerIdentity"]);
        expect(lookups("everything")).to.deep.equal([
            "getBucket",
            "getBucketPolicy",
            "getCallerIdentity",
            "getInstanceProfile",
            "getKey",
            "getRole",
            "getRouteTable",
            "getSecurityGroups",
            "getSubnet",
            "getVpc",
            "getVpcDhcpOptions",
        ]);
    });

    describe("with a network of theirs", () => {
        it("makes none, nor EMR's groups, and all else as before", () => {
            expect(linesOf(NETWORK)).to.have.length.of.at.least(20);
            expect(comparedWith("network")).to.deep.equal({
                resources: { gone: linesOf(NETWORK), new: [] },
                config: {
                    gone: ['ec2_subnet_id: "subnet-placeholder-network-nodes"'],
                    new: [`ec2_subnet_id: "${SUBNET}"`],
                },
                outputs: { gone: [], new: [] },
            });
            expectSameInputs("network");
            expect(places(made("network"), VPC, SUBNET, SUBNET_2)).to.deep.equal([]);
            expect([
                output("network", "vpcId"),
                output("network", "subnetIds"),
                output("network", "egressIps"),
                output("network", "warnings"),
            ]).to.deep.equal([VPC, [SUBNET, SUBNET_2], [], [OF_THE_RELEASE]]);
        });

        it("makes EMR's groups where it is asked to, in that VPC, and names it nowhere else", () => {
            const run = made("network-public-create");
            expect(comparedWith("network-public-create", "network").resources).to.deep.equal({
                gone: [],
                new: [
                    ...["core", "master", "primary", "slave"].map(
                        (group) =>
                            `aws:ec2/securityGroup:SecurityGroup emr-security-groups-${group} < emr-security-groups, ignoreChanges ingress`,
                    ),
                    "snowplow-emr-encryption:network:EmrSecurityGroups emr-security-groups < snowplow-emr-encryption-dev",
                ],
            });
            expect(places(run, VPC, SUBNET, SUBNET_2)).to.deep.equal(
                ["core", "master", "primary", "slave"].map(
                    (group) => `aws:ec2/securityGroup:SecurityGroup emr-security-groups-${group} vpcId`,
                ),
            );
            expect(
                run.registrations
                    .filter(({ type }) => type === "aws:ec2/securityGroup:SecurityGroup")
                    .map(({ inputs }) => inputs.name)
                    .sort(),
            ).to.deep.equal([
                "ElasticMapReduce-core",
                "ElasticMapReduce-master",
                "ElasticMapReduce-primary",
                "ElasticMapReduce-slave",
            ]);
        });

        it("finds its own groups at the second up, and goes on", async () => {
            const groups = ["sg-1", "sg-2", "sg-3", "sg-4"];
            const mode = MODES["network-public-create"];
            const again = await make({
                ...mode,
                // All of them carry the stack's tag, and EMR's.
                answers: { getSecurityGroups: () => ({ ids: groups }) },
            });
            expect(resourceLines(again)).to.deep.equal(resourceLines(made("network-public-create")));
            expect(resourceInputs(again)).to.deep.equal(resourceInputs(made("network-public-create")));
        });

        it("has nodes accept any name where theirs are others, and says so", () => {
            expect(comparedWith("network-other-names", "network")).to.deep.equal({
                resources: { gone: [], new: [] },
                config: {
                    gone: [],
                    new: ['"core-site":', '"hadoop.ssl.hostname.verifier": "ALLOW_ALL"'],
                },
                outputs: { gone: [], new: [] },
            });
            expect(resourceInputs(made("network-other-names"))).to.deep.equal(
                resourceInputs(made("network")),
            );
            expect(output("network-other-names", "warnings")).to.deep.equal([
                OF_THE_RELEASE,
                "The nodes' names are not in their certificate: Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).",
            ]);
        });

        it("checks names as ever where others are allowed, but not there", async () => {
            const { outputs } = await make({ settings: MODES["network-other-names"].settings });
            expect(outputs.emrEtlRunnerConfig).to.equal(output("network", "emrEtlRunnerConfig"));
            expect(outputs.warnings).to.deep.equal([OF_THE_RELEASE]);
        });

        it("keeps what the user's own core-site says beside", async () => {
            const { outputs } = await make({
                ...MODES["network-other-names"],
                settings: {
                    ...MODES["network-other-names"].settings,
                    emrEtlRunner: emrEtlRunner({
                        emr: { configuration: { "core-site": { "io.file.buffer.size": "65536" } } },
                    }),
                },
            });
            const text = String(outputs.emrEtlRunnerConfig);
            expect(/^ *configuration:\n(.*\n){3}/m.exec(text)?.[0].replace(/^ +/gm, "")).to.equal(
                'configuration:\n"core-site":\n"io.file.buffer.size": "65536"\n"hadoop.ssl.hostname.verifier": "ALLOW_ALL"\n',
            );
        });

        for (const [title, settings, warnings] of [
            [
                "an archive of theirs, whose names nobody sees",
                { certificates: { archive: ARCHIVE }, network: existingNetwork() },
                [
                    "The VPC's DHCP options name another domain than AWS's own. Whether the certificate in certificates.archive carries it cannot be seen from here.",
                ],
            ],
            [
                "nothing encrypted between nodes",
                {
                    encryption: { inTransit: false },
                    network: existingNetwork({ allowHostnameMismatch: true }),
                },
                [],
            ],
        ] as const) {
            it(`goes on under other names with ${title}, and leaves config.yml as it is`, async () => {
                const { outputs } = await make({
                    settings,
                    answers: { getVpcDhcpOptions: () => ({ domainName: "corp.example" }) },
                });
                expect(outputs.warnings).to.deep.equal([OF_THE_RELEASE, ...warnings]);
                expect(outputs.emrEtlRunnerConfig).not.to.include("core-site");
            });
        }
    });

    it("goes on where a way to the internet cannot be seen, and is not to be, and says so", async () => {
        const { outputs } = await make({
            settings: { network: existingNetwork({ subnetIds: [SUBNET], allowUnseenRoute: true }) },
            answers: { getRouteTable: () => ({ routeTableId: "rtb-1", routes: [] }) },
        });
        expect(outputs.warnings).to.deep.equal([
            OF_THE_RELEASE,
            `${SUBNET} with the route table rtb-1: no way to the internet (0.0.0.0/0) was seen, nor so to S3. If no VPN or Direct Connect gateway propagates one, no cluster gets past its bootstrap; verify sees those routes.`,
        ]);
        expect(outputs.emrEtlRunnerConfig).to.equal(output("network", "emrEtlRunnerConfig"));
    });

    describe("with a network and a certificate of theirs", () => {
        const COMPANY = { getVpcDhcpOptions: () => ({ domainName: "corp.example" }) };
        /** With `thrift`, which has a core-site of EmrEtlRunner's own. */
        const theirs = async (domain: string, answers: Answers) => {
            const authority = await certificateAuthority("acme");
            const { chain, privateKey } = await authority.issue([`*.${domain}`]);
            const { provider } = existingAws(answers);
            const { outputs } = await runStack(
                {
                    emrEtlRunner: { collectors: { format: "thrift" } },
                    network: existingNetwork(),
                    certificates: { chainPem: chain, trustedPem: authority.certificate },
                    certificatePrivateKey: privateKey,
                },
                { provider, secretKeys: ["snowplow-emr-encryption:certificatePrivateKey"] },
            );
            return { config: String(outputs.emrEtlRunnerConfig), warnings: outputs.warnings };
        };

        it("checks names where the company's certificate is for the company's domain, with thrift", async () => {
            // Unasked, as `render` has it, the VPC is as the certificate needs it.
            for (const answers of [COMPANY, {}]) {
                const { config, warnings } = await theirs("corp.example", answers);
                expect(config).not.to.include("core-site");
                expect(warnings).to.deep.equal([OF_THE_RELEASE]);
            }
        });

        it("is refused where it is for another", async () => {
            for (const [domain, answers] of [
                [`${REGION}.compute.internal`, COMPANY],
                ["corp.example", { getVpcDhcpOptions: () => ({ domainName: "other.example" }) }],
            ] as const) {
                const error = await theirs(domain, answers).catch((reason: Error) => reason);
                expect((error as Error).message).to.include(`the nodes' certificate is for DNS:*.${domain}`);
            }
        });
    });

    describe("with a key of theirs", () => {
        for (const [mode, key, statements] of [
            ["key", keyOf(ACCOUNT), undefined],
            ["key-of-another-account", keyOf(OTHERS), existingKeyStatements(keyOf(OTHERS), ACCOUNT, false)],
        ] as const) {
            it(`makes none, and grants the use of it to the roles: ${mode}`, () => {
                expect(linesOf(KEY)).to.have.length(3);
                expect(comparedWith(mode)).to.deep.equal({
                    resources: { gone: linesOf(KEY), new: [] },
                    config: { gone: [], new: [] },
                    outputs: { gone: [], new: statements ? ["kmsKeyPolicyStatements"] : [] },
                });
                expectSameInputs(mode, [[STACKS_KEY, key]]);
                expect(places(made(mode), key)).to.deep.equal([
                    "aws:emr/securityConfiguration:SecurityConfiguration security-configuration configuration",
                    "aws:iam/rolePolicy:RolePolicy roles-jobflow-policy policy",
                    "aws:iam/rolePolicy:RolePolicy roles-service-policy policy",
                    "aws:s3/bucketObjectv2:BucketObjectv2 certificates-archive kmsKeyId",
                ]);
                expect(output(mode, "kmsKeyArn")).to.equal(key);
                expect(output(mode, "kmsKeyPolicyStatements")).to.deep.equal(statements);
            });
        }

        it("says what Spot's role needs of it", async () => {
            const spot = emrEtlRunner({ emr: { jobflow: { core_instance_bid: 0.05 } } });
            const { outputs } = await make({
                settings: { encryption: { kmsKeyArn: keyOf(ACCOUNT) }, emrEtlRunner: spot },
            });
            expect(outputs.kmsKeyPolicyStatements).to.deep.equal(
                existingKeyStatements(keyOf(ACCOUNT), ACCOUNT, true),
            );
        });
    });

    it("with a certificate of theirs makes none, and uploads it as the stack's own", async () => {
        const authority = await certificateAuthority("acme");
        const { chain, privateKey } = await authority.issue([`*.${REGION}.compute.internal`]);
        const { provider } = existingAws();
        const result = await runStack(
            {
                emrEtlRunner: emrEtlRunner(),
                certificates: { chainPem: chain, trustedPem: authority.certificate },
                certificatePrivateKey: privateKey,
            },
            { provider, secretKeys: ["snowplow-emr-encryption:certificatePrivateKey"] },
        );
        expect(difference(resourceLines(made("plain")), resourceLines(result))).to.deep.equal({
            gone: linesOf(/^tls:\S+ certificates-/),
            new: [],
        });
        expect(difference(configLines(made("plain")), configLines(result))).to.deep.equal({
            gone: [],
            new: [],
        });
        // The archive alone has the private key, as a secret.
        const archive = "aws:s3/bucketObjectv2:BucketObjectv2 certificates-archive";
        const others = ([key]: readonly [string, unknown]) =>
            key !== archive && !key.startsWith("tls:") && !key.includes("SecurityConfiguration");
        const [before, after] = [made("plain"), result].map((each) => Object.entries(resourceInputs(each)));
        expect(after?.filter(others)).to.have.deep.members(before?.filter(others) ?? []);
        const { contentBase64 } = resourceInputs(result)[archive] as { readonly contentBase64: unknown };
        expect(contentBase64).to.be.instanceOf(Secret);
        expect(places(result, "PRIVATE KEY")).to.deep.equal([]);
        expect(result.secretOutputs).to.deep.equal([]);
        expect(JSON.stringify(result.outputs)).not.to.include("PRIVATE KEY");
        expect(result.outputs.certificateExpiresAt).to.match(/^\d{4}-\d\d-\d\dT/);
    });

    it("with an archive of theirs makes no certificates, and lets the roles read that object alone", () => {
        expect(linesOf(CERTIFICATES)).to.have.length.of.at.least(10);
        const { gone } = comparedWith("archive").resources;
        expect(comparedWith("archive")).to.deep.equal({
            resources: { gone: linesOf(CERTIFICATES), new: [] },
            config: { gone: [], new: [] },
            outputs: { gone: [], new: [] },
        });
        expect(gone.filter((line) => /tls:/.test(line))).to.have.length.of.at.least(4);
        expect(places(made("archive"), "acme-certificates")).to.deep.equal([
            "aws:emr/securityConfiguration:SecurityConfiguration security-configuration configuration",
            "aws:iam/rolePolicy:RolePolicy roles-jobflow-policy policy",
            "aws:iam/rolePolicy:RolePolicy roles-service-policy policy",
        ]);
        for (const name of ["jobflow", "service"]) {
            const inputs = resourceInputs(made("archive"))[
                `aws:iam/rolePolicy:RolePolicy roles-${name}-policy`
            ] as { readonly policy: string };
            expect(JSON.parse(inputs.policy).Statement).to.deep.include({
                Sid: "ReadCertificateArchives",
                Effect: "Allow",
                Action: "s3:GetObject",
                Resource: "arn:aws:s3:::acme-certificates/emr/nodes.zip",
            });
        }
        expect(output("archive", "securityConfiguration")).to.include(`"S3Object":"${ARCHIVE}"`);
        expect(output("archive", "certificateExpiresAt")).to.equal(null);
    });

    describe("with roles of theirs", () => {
        const policyOf = (mode: keyof typeof MODES, role: string) =>
            (
                resourceInputs(made(mode))[`aws:iam/rolePolicy:RolePolicy roles-${role}-policy`] as {
                    readonly policy: string;
                }
            ).policy;
        const roleLines = (role: string) => linesOf(new RegExp(`^\\S+ roles-${role}`));
        const MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2";

        it("makes no service role, and says what theirs needs: what the stack's own would have", () => {
            expect(roleLines("service")).to.have.length(3);
            expect(comparedWith("service-role")).to.deep.equal({
                resources: { gone: roleLines("service"), new: [] },
                config: {
                    gone: ['service_role: "snowplow-dev-service-placeholder"'],
                    new: ['service_role: "my-service"'],
                },
                outputs: { gone: [], new: ["requiredPolicies"] },
            });
            expectSameInputs("service-role", [
                [roleArn("snowplow-dev-service-placeholder"), roleArn("my-service")],
            ]);
            expect(places(made("service-role"), "my-service")).to.deep.equal([
                "aws:iam/policy:Policy roles-operator policy",
            ]);
            expect(output("service-role", "serviceRole")).to.equal("my-service");
            expect(output("service-role", "requiredPolicies")).to.deep.equal({
                jobflowRole: undefined,
                serviceRole: { managedPolicyArns: [MANAGED], policyDocument: policyOf("plain", "service") },
            });
        });

        it("hands EMR the ARN of a service role with a path, which its name would not find", () => {
            expect(comparedWith("role-with-a-path", "service-role")).to.deep.equal({
                resources: { gone: [], new: [] },
                config: {
                    gone: ['service_role: "my-service"'],
                    new: [`service_role: "${roleArn("team/my-service")}"`],
                },
                outputs: { gone: [], new: [] },
            });
            expect(output("role-with-a-path", "serviceRole")).to.equal("my-service");
        });

        it("makes no jobflow role and no profile, and attaches nothing to theirs", () => {
            expect(roleLines("jobflow")).to.have.length(3);
            expect(comparedWith("jobflow-role")).to.deep.equal({
                resources: { gone: roleLines("jobflow"), new: [] },
                config: {
                    gone: ['jobflow_role: "snowplow-dev-jobflow-placeholder"'],
                    new: ['jobflow_role: "my-nodes"'],
                },
                outputs: { gone: [], new: ["requiredPolicies"] },
            });
            expectSameInputs("jobflow-role", [
                [roleArn("snowplow-dev-jobflow-placeholder"), roleArn("team/my-nodes")],
            ]);
            expect(places(made("jobflow-role"), "my-nodes")).to.deep.equal([
                "aws:iam/policy:Policy roles-operator policy",
                "aws:iam/rolePolicy:RolePolicy roles-service-policy policy",
            ]);
            expect(output("jobflow-role", "jobflowRole")).to.equal("my-nodes");
            expect(output("jobflow-role", "requiredPolicies")).to.deep.equal({
                serviceRole: undefined,
                jobflowRole: {
                    managedPolicyArns: [`arn:aws:iam::${ACCOUNT}:policy/extra`],
                    policyDocument: policyOf("plain", "jobflow"),
                },
            });
        });

        it("bounds all of its own, in their path", () => {
            expect(comparedWith("boundary").resources).to.deep.equal({ gone: [], new: [] });
            expect(comparedWith("boundary").outputs).to.deep.equal({ gone: [], new: [] });
            const { registrations } = made("boundary");
            expect(
                registrations
                    .filter(({ inputs }) => "path" in inputs)
                    .map(({ type, name, inputs }) => [type, name, inputs.path, inputs.permissionsBoundary])
                    .sort(),
            ).to.deep.equal([
                [
                    "aws:iam/instanceProfile:InstanceProfile",
                    "roles-jobflow-profile",
                    "/data/snowplow/",
                    undefined,
                ],
                ["aws:iam/policy:Policy", "roles-operator", "/data/snowplow/", undefined],
                ["aws:iam/role:Role", "roles-jobflow", "/data/snowplow/", BOUNDARY],
                ["aws:iam/role:Role", "roles-service", "/data/snowplow/", BOUNDARY],
            ]);
            expect(registrations.filter(({ type }) => type === "aws:iam/role:Role")).to.have.length(2);
            expect(places(made("boundary"), BOUNDARY)).to.deep.equal([
                "aws:iam/role:Role roles-jobflow permissionsBoundary",
                "aws:iam/role:Role roles-service permissionsBoundary",
            ]);
        });
    });

    describe("with buckets of theirs", () => {
        const POLICY = "aws:s3/bucketPolicy:BucketPolicy storage-existing-acme-archive";

        it("writes the policy that managed buckets have where it is asked to, and nothing else of theirs", () => {
            expect(comparedWith("bucket-policy", "bucket-of-another-account").resources).to.deep.equal({
                gone: [],
                new: [`${POLICY} < storage`],
            });
            const inputs = resourceInputs(made("bucket-policy"));
            const managed = inputs["aws:s3/bucketPolicy:BucketPolicy storage-archive-policy"] as {
                readonly bucket: string;
                readonly policy: string;
            };
            expect(inputs[POLICY]).to.deep.equal({
                bucket: "acme-archive",
                policy: managed.policy.replaceAll(managed.bucket, "acme-archive"),
            });
            expect(places(made("bucket-policy"), "acme-archive")).to.deep.equal([
                "aws:iam/rolePolicy:RolePolicy roles-jobflow-policy policy",
                `${POLICY} bucket`,
                `${POLICY} policy`,
            ]);
        });

        it("finds its own policy at the second up, and goes on", async () => {
            const inputs = resourceInputs(made("bucket-policy"))[POLICY] as { readonly policy: string };
            const again = await make({
                ...MODES["bucket-policy"],
                answers: { getBucketPolicy: () => ({ policy: inputs.policy }) },
            });
            expect(resourceInputs(again)).to.deep.equal(resourceInputs(made("bucket-policy")));
        });

        it("tells of one that may not be looked at, and goes on", () => {
            expect(comparedWith("bucket-of-another-account").resources).to.deep.equal({ gone: [], new: [] });
            expect(output("bucket-of-another-account", "warnings")).to.deep.equal([
                OF_THE_RELEASE,
                "acme-archive cannot be looked at (StatusCode: 403). If it is another account's, its owner must let the jobflow role and the operator in, as the roles' policies say, with BucketOwnerEnforced; nothing here can set its encryption or its policy.",
            ]);
            expect(output("bucket-policy", "warnings")).to.deep.equal([OF_THE_RELEASE]);
        });
    });

    describe("with nothing of its own", () => {
        it("makes an operator's policy and a security configuration, and the two settings of their bucket", () => {
            expect(resourceLines(made("everything"))).to.deep.equal([
                "aws:emr/securityConfiguration:SecurityConfiguration security-configuration < security-configuration, retainOnDelete",
                "aws:iam/policy:Policy roles-operator < roles",
                "aws:s3/bucketPolicy:BucketPolicy storage-existing-acme-data < storage",
                "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration storage-existing-acme-data < storage, retainOnDelete",
                "snowplow-emr-encryption:emr:SecurityConfiguration security-configuration < snowplow-emr-encryption-dev",
                "snowplow-emr-encryption:iam:EmrRoles roles < snowplow-emr-encryption-dev",
                "snowplow-emr-encryption:s3:PipelineStorage storage < snowplow-emr-encryption-dev",
            ]);
            const S3 = "aws:s3/bucketPolicy:BucketPolicy storage-existing-acme-data";
            expect(
                places(made("everything"), VPC, SUBNET, SUBNET_2, "5678abcd", "my-", "acme-"),
            ).to.deep.equal([
                "aws:emr/securityConfiguration:SecurityConfiguration security-configuration configuration",
                "aws:iam/policy:Policy roles-operator policy",
                `${S3} bucket`,
                `${S3} policy`,
                "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration storage-existing-acme-data bucket",
            ]);
        });

        it("has an output of each kind", () => {
            const { emrEtlRunnerConfig, securityConfiguration, buckets, requiredPolicies, ...outputs } =
                made("everything").outputs;
            expect(outputs).to.deep.equal({
                securityConfigurationName: "snowplow-dev-placeholder",
                jobflowRole: "my-nodes",
                serviceRole: "my-service",
                operatorPolicyArn: `arn:aws:iam::${ACCOUNT}:policy/data/snowplow-dev-operator-placeholder`,
                vpcId: VPC,
                subnetIds: [SUBNET, SUBNET_2],
                egressIps: [],
                kmsKeyArn: keyOf(OTHERS),
                kmsKeyPolicyStatements: existingKeyStatements(keyOf(OTHERS), ACCOUNT, false),
                certificateExpiresAt: null,
                warnings: [OF_THE_RELEASE],
                forCommands: {
                    stack: "dev",
                    region: REGION,
                    accountId: ACCOUNT,
                    prefix: "snowplow-dev",
                    certificateArchive: ARCHIVE,
                    managedBuckets: {},
                    encryptedExistingBuckets: ["acme-data"],
                    policiesOnExistingBuckets: ["acme-data"],
                    existingKmsKeyArns: [],
                    rolePolicies: {},
                    reencryptionRoleArn: null,
                    reminderSchedule: null,
                    internetAccess: "nat",
                    nodeDomain: "eu-west-1.compute.internal",
                    ownsNetwork: false,
                    ownsSecurityGroups: false,
                    ownsKey: false,
                    protect: true,
                },
            });
            expect(made("everything").secretOutputs).to.deep.equal([]);
            expectGolden("config.existing.yml", String(emrEtlRunnerConfig));
            expect(securityConfiguration).to.include(keyOf(OTHERS)).and.to.include(ARCHIVE);
            const required = requiredPolicies as Readonly<
                Record<string, { readonly managedPolicyArns: unknown; readonly policyDocument: string }>
            >;
            expect(
                Object.entries(required).map(([role, { managedPolicyArns }]) => [role, managedPolicyArns]),
            ).to.deep.equal([
                ["serviceRole", ["arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"]],
                ["jobflowRole", [`arn:aws:iam::${ACCOUNT}:policy/extra`]],
            ]);
            const statements = Object.values(required).map(
                ({ policyDocument }) =>
                    (JSON.parse(policyDocument) as { Statement: { Sid: string; Resource: unknown }[] })
                        .Statement,
            );
            for (const statement of statements) {
                expect(statement.find(({ Sid }) => Sid === "UseKey")?.Resource).to.equal(keyOf(OTHERS));
            }
            expect(statements[0]?.find(({ Sid }) => Sid === "PassJobflowRoleToNodes")?.Resource).to.equal(
                roleArn("my-nodes"),
            );
        });

        it("knows in a preview what does not depend on what it makes", async () => {
            const preview = await make(MODES.everything, { preview: true });
            expect(resourceLines(preview)).to.deep.equal(resourceLines(made("everything")));
            expect(preview.events.filter((event) => !/^get[A-Z]/.test(event))).to.deep.equal([]);
            const unknown = Object.keys(preview.outputs).filter((key) => preview.outputs[key] === undefined);
            expect(unknown).to.deep.equal([
                "emrEtlRunnerConfig",
                "securityConfigurationName",
                "operatorPolicyArn",
            ]);
            const { kmsKeyPolicyStatements, requiredPolicies } = preview.outputs;
            expect({ kmsKeyPolicyStatements, requiredPolicies }).to.deep.equal({
                kmsKeyPolicyStatements: output("everything", "kmsKeyPolicyStatements"),
                requiredPolicies: output("everything", "requiredPolicies"),
            });
        });
    });
});

describe("a stack beside what does not fit", () => {
    /** What the program throws, and what it has registered by then. */
    async function refusal(settings: ResolvedArgs, answers: Answers, preview = false) {
        const { provider, events } = existingAws(answers);
        const thrown: unknown[] = [];
        const config = Object.entries({ "aws:region": REGION, ...settings }).map(([key, value]) => [
            key.includes(":") ? key : `snowplow-emr-encryption:${key}`,
            value,
        ]);
        const { registrations } = await run(
            async () => {
                try {
                    return await loadProgram();
                } catch (error) {
                    thrown.push(error);
                    return {};
                }
            },
            { provider, config: Object.fromEntries(config), preview },
        );
        return {
            error: thrown[0],
            registrations: registrations.map(({ type, name }) => `${type} ${name}`),
            made: events.filter((event) => !/^get[A-Z]/.test(event)),
        };
    }

    const ANSWERS: Answers = {
        getVpc: () => ({ enableDnsHostnames: false, tags: {} }),
        getVpcDhcpOptions: () => ({ domainName: "corp.example" }),
        getSubnet: ({ id }) => (id === SUBNET ? { tags: {} } : refuse("InvalidSubnetID.NotFound")),
        getRouteTable: () => ({ routes: [] }),
        getSecurityGroups: ({ filters }) => ({ ids: (filters as unknown[]).length === 2 ? ["sg-1"] : [] }),
        getKey: () => ({ enabled: false, keyState: "PendingDeletion" }),
        getRole: ({ name }) => (name === "my-nodes" ? refuse("NoSuchEntity") : { assumeRolePolicy: "{}" }),
        getInstanceProfile: () => refuse("NoSuchEntity"),
        getBucket: () => ({ bucketRegion: "us-east-1" }),
        getBucketPolicy: () => ({ policy: '{"Statement":[{"Sid":"Theirs"}]}' }),
    };

    for (const preview of [false, true]) {
        it(`tells every finding in one error, and makes nothing, in ${preview ? "a preview" : "an up"}`, async () => {
            const { error, registrations, made } = await refusal(EVERYTHING, ANSWERS, preview);
            expect(registrations).to.deep.equal(["pulumi:pulumi:Stack snowplow-emr-encryption-dev"]);
            expect(made).to.deep.equal([]);
            expect(error).to.be.instanceOf(SettingsError);
            expectGolden("findings.existing.txt", `${(error as Error).message}\n`);
        });
    }

    it("tells a single finding as one problem", async () => {
        const { error, registrations } = await refusal(
            { emrEtlRunner: emrEtlRunner(), encryption: { kmsKeyArn: keyOf(ACCOUNT) } },
            { getKey: () => ({ enabled: false, keyState: "Disabled" }) },
        );
        expect(registrations).to.deep.equal(["pulumi:pulumi:Stack snowplow-emr-encryption-dev"]);
        expect((error as Error).message).to.equal(
            [
                "Pulumi.dev.yaml: 1 problem",
                "  snowplow-emr-encryption:encryption.kmsKeyArn",
                "    found:   a key that is Disabled",
                "    remedy:  an enabled key",
            ].join("\n"),
        );
    });

    it("looks nothing up where the stack config itself is wrong", async () => {
        const { provider, calls } = existingAws();
        let message = "accepted";
        try {
            await runStack({ network: existingNetwork({ subnetIds: [] }) }, { provider });
        } catch (error) {
            message = (error as Error).message;
        }
        expect(message).to.match(/^Pulumi\.dev\.yaml: 2 problems\n/);
        expect(calls).to.deep.equal([]);
    });

    it("passes on what is no answer at all", async () => {
        const { provider } = existingAws({
            getCallerIdentity: () => refuse("no valid credential sources found"),
        });
        let message = "accepted";
        try {
            await runStack({ emrEtlRunner: emrEtlRunner() }, { provider });
        } catch (error) {
            message = (error as Error).message;
        }
        expect(message).to.include("no valid credential sources found");
    });
});
