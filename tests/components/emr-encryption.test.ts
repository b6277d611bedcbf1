import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { InvalidArguments } from "../../components/domain/errors";
import { EmrEncryption } from "../../components/emr-encryption";
import type { EmrEncryptionArgs } from "../../components/emr-encryption-args";
import type { Run } from "../../testing/mock-engine";
import { codes, existingAws, refuse, SUBNET, VPC } from "../support/existing-aws";
import { expectGolden } from "../support/golden";
import { run, type TestOptions } from "../support/run";

/** As a program would write them. */
const ARGS: EmrEncryptionArgs = { emrEtlRunner: { collectors: { format: "thrift" } } };
const OREGON: TestOptions = {
    config: { "aws:region": "eu-west-1" },
    provider: existingAws({}, "us-west-2").provider,
};
const KEY = "arn:aws:kms:eu-west-1:000000000000:key/5678abcd";

/** Runs a program of the project `platform` with one component `snowplow`, and outputs everything of it. */
function create(args: object = {}, options: TestOptions = {}, opts?: pulumi.ComponentResourceOptions) {
    return run(() => outputsOf(new EmrEncryption("snowplow", { ...ARGS, ...args }, opts)), {
        project: "platform",
        config: { "aws:region": "eu-west-1" },
        ...options,
    });
}

function outputsOf({ emrEtlRunnerConfig, forCommands, warnings, vpcId }: EmrEncryption) {
    return { emrEtlRunnerConfig, forCommands, warnings, vpcId };
}

async function refusal(running: Promise<unknown>): Promise<InvalidArguments> {
    const error = await running.then(
        () => undefined,
        (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(InvalidArguments);
    return error as InvalidArguments;
}

const forCommands = ({ outputs }: Run) => outputs.forCommands as Readonly<Record<string, unknown>>;
const allInputs = ({ registrations }: Run) => JSON.stringify(registrations);

describe("EmrEncryption", () => {
    describe("without its optional arguments", () => {
        it("takes the region of the provider, and names from project, stack and component", async () => {
            const { stack, stackTag, region, prefix } = forCommands(await create());
            expect({ stack, stackTag, region, prefix }).to.deep.equal({
                stack: "dev-snowplow",
                stackTag: "platform/dev/snowplow",
                region: "eu-west-1",
                prefix: "snowplow-dev-snowplow",
            });
        });

        it("gives two instances different tags and names of clusters", async () => {
            const { outputs } = await run(
                () => {
                    const [one, other] = ["one", "other"].map((name) => new EmrEncryption(name, ARGS));
                    return { one: one?.emrEtlRunnerConfig, other: other?.emrEtlRunnerConfig };
                },
                { project: "platform", config: { "aws:region": "eu-west-1" } },
            );
            for (const name of ["one", "other"]) {
                expect(outputs[name])
                    .to.include(`"snowplow-emr-stack": "platform/dev/${name}"`)
                    .and.include(`job_name: "Snowplow ETL dev-${name}"`);
            }
        });

        it("requires the region with an explicit provider, whose region is an output", async () => {
            const explicit = () => ({ provider: new aws.Provider("oregon", { region: "us-west-2" }) });
            const parent = () => new pulumi.ComponentResource("test:index:Parent", "parent", {}, explicit());
            for (const opts of [
                explicit,
                () => ({ providers: [explicit().provider] }),
                () => ({ providers: { aws: explicit().provider } }),
                () => ({ parent: parent() }),
            ]) {
                const running = run(() => outputsOf(new EmrEncryption("snowplow", ARGS, opts())), OREGON);
                const { errors } = await refusal(running);
                expect(codes(errors)).to.deep.equal([["unsupported-region", "region"]]);
            }
        });
    });

    it("takes region, names and tag from its arguments, and keeps the URNs of the stack under its name", async () => {
        const { outputs, registrations } = await run(
            () =>
                outputsOf(
                    new EmrEncryption("emr", {
                        ...ARGS,
                        stack: "prod",
                        stackTag: "snowplow-emr-encryption/prod",
                    }),
                ),
            { project: "platform", stack: "unrelated", config: { "aws:region": "us-west-2" } },
        );
        const { stack, stackTag, region, prefix } = outputs.forCommands as Readonly<Record<string, unknown>>;
        expect({ stack, stackTag, region, prefix }).to.deep.equal({
            stack: "prod",
            stackTag: "snowplow-emr-encryption/prod",
            region: "us-west-2",
            prefix: "snowplow-prod",
        });
        expect(registrations.map(({ name }) => name)).to.include.members(["emr", "emr-storage-archive"]);
    });

    describe("refuses", () => {
        it("arguments of the wrong shape, all at once, by the argument's path and the component's name", async () => {
            const error = await refusal(
                create({
                    region: "eu-north-1",
                    network: { internetAccess: "none", cidr: "10.0.0.0/16" },
                }),
            );
            expect(codes(error.errors)).to.deep.equal([
                ["unsupported-region", "region"],
                ["invalid-value", "network.internetAccess"],
                ["unknown-key", "network"], // The key itself may be a secret.
            ]);
            expect(error.message).to.match(/^arguments of EmrEncryption snowplow: 3 errors\n {2}region\n/);
        });

        it("no arguments at all, in JavaScript", async () => {
            const { errors } = await refusal(
                run(() => outputsOf(new EmrEncryption("snowplow")), {
                    config: { "aws:region": "eu-west-1" },
                }),
            );
            expect(codes(errors)).to.deep.equal([
                ["collector-format-missing", "emrEtlRunner.collectors.format"],
            ]);
        });

        it("arguments that contradict one another, all at once", async () => {
            const { errors } = await refusal(
                create({
                    stackTag: "a<b",
                    network: { availabilityZones: ["us-east-1a"] },
                    certificates: { renewBeforeDays: 400 },
                    emrEtlRunner: {},
                }),
            );
            expect(codes(errors)).to.have.deep.members([
                ["zone-of-another-region", "network.availabilityZones[0]"],
                ["renewal-on-every-up", "certificates.renewBeforeDays"],
                ["invalid-tag", "stackTag"],
                ["collector-format-missing", "emrEtlRunner.collectors.format"],
            ]);
        });

        it("outputs and instances of classes where plain values decide, all at once", async () => {
            const { errors, message } = await refusal(
                create({
                    network: { cidrBlock: pulumi.output("10.0.0.0/16"), existing: new Map() },
                    storage: { encryptExistingBuckets: [Promise.resolve("acme-logs")], protect: () => true },
                }),
            );
            expect(codes(errors)).to.deep.equal([
                ["not-plain", "network.cidrBlock"],
                ["not-plain", "network.existing"],
                ["not-plain", "storage.encryptExistingBuckets[0]"],
                ["not-plain", "storage.protect"],
            ]);
            expectGolden("errors.not-plain.txt", `${message}\n`);
        });

        it("with nothing registered", async () => {
            const { registrations } = await run(
                () => {
                    expect(() => new EmrEncryption("emr", { ...ARGS, region: "eu-north-1" })).to.throw(
                        InvalidArguments,
                    );
                    return {};
                },
                { project: "platform" },
            );
            expect(registrations.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
        });

        it("a region other than the provider's, before it looks up anything else", async () => {
            const error = await refusal(create({ region: "us-west-2" }));
            expect(codes(error.errors)).to.deep.equal([["region-of-another-provider", "region"]]);
            expectGolden("errors.region.txt", `${error.message}\n`);
        });

        it("existing resources that do not fit, by the argument's path", async () => {
            const { provider, events } = existingAws({ getKey: () => refuse("AccessDenied") });
            const error = await refusal(create({ encryption: { kmsKeyArn: KEY } }, { provider }));
            expect(codes(error.errors)).to.deep.equal([["lookup-failed", "encryption.kmsKeyArn"]]);
            expect(error.message).to.match(/^arguments of EmrEncryption snowplow: 1 error\n/);
            expect(events.filter((event) => event.startsWith("snowplow"))).to.deep.equal([]);
        });
    });

    it("uses an explicit provider of another region for every look-up and every resource of AWS", async () => {
        const network = {
            existing: { vpcId: VPC, subnetIds: [SUBNET], emrSecurityGroups: "create" as const },
        };
        const access = { serviceRole: { existing: "my-service" } };
        const { registrations, invokes, outputs } = await run(() => {
            const provider = new aws.Provider("oregon", { region: "us-west-2" });
            const args = { ...ARGS, region: "us-west-2", network, access };
            return outputsOf(new EmrEncryption("snowplow", args, { provider }));
        }, OREGON);
        const ofAws = registrations.filter(({ type }) => type.startsWith("aws:"));
        expect([...new Set(ofAws.map(({ type }) => type))]).to.include.members([
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:kms/key:Key",
            "aws:s3/bucket:Bucket",
        ]);
        expect(new Set(ofAws.map(({ provider }) => provider))).to.deep.equal(new Set(["oregon"]));
        expect(new Set(invokes.map(({ provider }) => provider))).to.deep.equal(new Set(["oregon"]));
        const { nodeDomain } = outputs.forCommands as Readonly<Record<string, unknown>>;
        expect({ vpcId: outputs.vpcId, nodeDomain }).to.deep.equal({
            vpcId: VPC,
            nodeDomain: "us-west-2.compute.internal",
        });
    });

    it("previews with a provider of an unknown configuration, which answers no look-up", async () => {
        const unconfigured = existingAws({}).provider;
        const provider = { ...unconfigured, call: () => ({}) };
        const access = { jobflowRole: { existing: "my-nodes" } };
        const names = ({ registrations }: Run) => registrations.map(({ name }) => name).sort();
        const preview = await create({ access }, { provider, preview: true });
        expect(names(preview)).to.deep.equal(names(await create({ access })));
        expect(preview.outputs).to.include({ warnings: undefined, emrEtlRunnerConfig: undefined });
        expect(allInputs(preview)).to.not.match(/undefined|null:/);
    });

    describe("with arguments that are outputs", () => {
        /** A program that creates the VPC, the subnet, the KMS key and more itself. */
        const program = (region?: string) => () => {
            const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });
            const subnet = new aws.ec2.Subnet("main", { vpcId: vpc.id });
            const key = new aws.kms.Key("main", {});
            const pair = new aws.ec2.KeyPair("main", { keyNamePrefix: "main-", publicKey: "ssh-rsa …" });
            return outputsOf(
                new EmrEncryption("snowplow", {
                    region,
                    network: {
                        existing: {
                            vpcId: vpc.id,
                            subnetIds: [subnet.id],
                            emrSecurityGroups: "create",
                        },
                    },
                    encryption: { kmsKeyArn: key.arn },
                    emrEtlRunner: {
                        ...ARGS.emrEtlRunner,
                        aws: { emr: { ec2_key_name: pair.keyName } },
                    },
                }),
            );
        };
        const ids: TestOptions["provider"] = {
            ...existingAws().provider,
            create: (type, name, inputs) => {
                const { id, state } = existingAws().provider.create(type, name, inputs);
                const own = {
                    "aws:ec2/vpc:Vpc": { id: VPC, state },
                    "aws:ec2/subnet:Subnet": { id: SUBNET, state },
                    "aws:kms/key:Key": { id, state: { ...state, arn: KEY } },
                };
                return name === "main" ? (own[type as keyof typeof own] ?? { id, state }) : { id, state };
            },
        };
        const options = { project: "platform", config: { "aws:region": "eu-west-1" }, provider: ids };

        it("uses their values, looks none of them up, and warns", async () => {
            const result = await run(program(), options);
            expect(result.outputs).to.include({ vpcId: VPC });
            expect(result.outputs.emrEtlRunnerConfig)
                .to.include(`ec2_subnet_id: "${SUBNET}"`)
                .and.include('ec2_key_name: "main-placeholder"');
            expect(allInputs(result))
                .to.include(KEY)
                .and.not.match(/vpc-0{17}|subnet-0{17}|key\/0{36}/);
            expect(result.invokes.map(({ token }) => token)).to.not.include.members([
                "aws:ec2/getVpc:getVpc",
                "aws:kms/getKey:getKey",
            ]);
            expect(
                (result.outputs.warnings as readonly string[]).map((text) => text.split(" ")[0]),
            ).to.include("network.existing");
        });

        it("registers the same resources in a preview, which knows none of their values", async () => {
            const names = ({ registrations }: Run) => registrations.map(({ name }) => name).sort();
            const preview = await run(program(), { ...options, preview: true });
            expect(names(preview)).to.deep.equal(names(await run(program(), options)));
            expect(preview.outputs).to.include({ vpcId: undefined, emrEtlRunnerConfig: undefined });
        });

        it("refuses values that are wrong, once they are known", async () => {
            const vpcId = pulumi.output("vpc-1");
            const { errors } = await refusal(
                create({ network: { existing: { vpcId, subnetIds: pulumi.output([SUBNET]) } } }),
            );
            expect(codes(errors)).to.deep.equal([["invalid-value", "network.existing.vpcId"]]);
        });
    });

    it("gives its children transformations, and waits for what it depends on", async () => {
        const tagged = (tags: unknown) => ({ ...(tags as object), team: "data" });
        const result = await run(
            () => {
                const first = new aws.sns.Topic("first");
                const opts: pulumi.ComponentResourceOptions = {
                    dependsOn: first,
                    transformations: [
                        ({ props, opts: own }) =>
                            props.tags
                                ? { props: { ...props, tags: tagged(props.tags) }, opts: own }
                                : undefined,
                    ],
                };
                return outputsOf(new EmrEncryption("snowplow", ARGS, opts));
            },
            { project: "platform", config: { "aws:region": "eu-west-1" } },
        );
        const component = result.registrations.find(({ name }) => name === "snowplow");
        expect(component?.dependencies).to.deep.equal(["first"]);
        const withTags = result.registrations.filter(({ inputs }) => inputs.tags);
        expect(withTags).to.have.length.greaterThan(10);
        for (const { inputs } of withTags) {
            expect(inputs.tags).to.include({ team: "data", "snowplow-emr-stack": "platform/dev/snowplow" });
        }
    });
});
