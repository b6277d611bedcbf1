import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { InvalidArguments } from "../../components/domain/errors";
import { EmrEncryption, type EmrEncryptionArgs } from "../../components/emr-encryption";
import { lookUpExisting } from "../../components/existing";
import { existingAws, SUBNET, VPC } from "../support/existing-aws";
import { run } from "../support/run";

const EXISTING: EmrEncryptionArgs["existing"] = {
    accountId: "111122223333",
    serviceRole: undefined,
    jobflowRole: undefined,
    anyHostname: false,
    nodeDomain: "us-west-2.compute.internal",
    warnings: [],
};

const ARGS: EmrEncryptionArgs = {
    region: "us-west-2",
    stack: "prod",
    stackTag: "platform/prod/snowplow",
    existing: EXISTING,
    emrEtlRunner: { collectors: { format: "thrift" } },
};

const errorsOf = async (args: object) => {
    try {
        await run(() => ({ ...new EmrEncryption("emr", { ...ARGS, ...args }) }));
        return [];
    } catch (error) {
        if (!(error instanceof InvalidArguments)) {
            throw error;
        }
        return error.errors.map(({ code, path }) => ({ code, path }));
    }
};

describe("EmrEncryption", () => {
    it("refuses arguments of the wrong shape, all at once, and by the argument's path", async () => {
        const errors = await errorsOf({
            region: "eu-north-1",
            network: { internetAccess: "none", cidr: "10.0.0.0/16" },
        });
        expect(errors).to.deep.equal([
            { code: "unsupported-region", path: ["region"] },
            { code: "invalid-value", path: ["network", "internetAccess"] },
            { code: "unknown-key", path: ["network"] }, // The key itself may be a secret.
        ]);
    });

    it("refuses arguments that contradict one another, all at once", async () => {
        const errors = await errorsOf({
            network: { availabilityZones: ["eu-west-1a"] },
            certificates: { renewBeforeDays: 400 },
            emrEtlRunner: {},
        });
        expect(errors).to.deep.equal([
            { code: "zone-of-another-region", path: ["network", "availabilityZones", 0] },
            { code: "renewal-on-every-up", path: ["certificates", "renewBeforeDays"] },
            { code: "collector-format-missing", path: ["emrEtlRunner", "collectors", "format"] },
        ]);
    });

    it("registers nothing when it refuses", async () => {
        const { registrations } = await run(() => {
            expect(() => new EmrEncryption("emr", { ...ARGS, region: "eu-north-1" })).to.throw(
                InvalidArguments,
            );
            return {};
        });
        expect(registrations.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
    });

    it("can be created twice in one stack, with a stack tag for each", async () => {
        const { outputs, registrations } = await run(() => {
            const [one, other] = ["one", "other"].map(
                (name) => new EmrEncryption(name, { ...ARGS, stackTag: `platform/prod/${name}` }),
            );
            return { one: one?.forCommands, other: other?.forCommands };
        });
        const tags = (prefix: string) =>
            new Set(
                registrations
                    .filter(({ name, inputs }) => name.startsWith(`${prefix}-`) && inputs.tags)
                    .map(({ inputs }) => (inputs.tags as Record<string, string>)["snowplow-emr-stack"]),
            );
        expect([...tags("one")]).to.deep.equal(["platform/prod/one"]);
        expect([...tags("other")]).to.deep.equal(["platform/prod/other"]);
        expect(outputs.one).to.have.property("stackTag", "platform/prod/one");
        expect(outputs.other).to.have.property("stackTag", "platform/prod/other");
    });

    it("takes region, account and tag from its arguments, not from the stack that runs it", async () => {
        const { outputs } = await run(
            () => {
                const { forCommands, emrEtlRunnerConfig } = new EmrEncryption("emr", ARGS);
                return { forCommands, emrEtlRunnerConfig };
            },
            { stack: "unrelated", config: { "aws:region": "eu-west-1" } },
        );
        const { stack, stackTag, region, accountId, prefix } = outputs.forCommands as Record<string, unknown>;
        expect({ stack, stackTag, region, accountId, prefix }).to.deep.equal({
            stack: "prod",
            stackTag: "platform/prod/snowplow",
            region: "us-west-2",
            accountId: "111122223333",
            prefix: "snowplow-prod",
        });
        expect(outputs.emrEtlRunnerConfig).to.include('snowplow-emr-stack": "platform/prod/snowplow"');
    });

    it("uses an explicit provider of another region for every look-up and every resource of AWS", async () => {
        const args = {
            ...ARGS,
            network: { existing: { vpcId: VPC, subnetIds: [SUBNET], emrSecurityGroups: "create" as const } },
            access: { serviceRole: { existing: "my-service" } },
        };
        const { registrations, invokes, outputs } = await run(
            async () => {
                const provider = new aws.Provider("oregon", { region: "us-west-2" });
                const existing = await lookUpExisting(args, { provider });
                const { network } = new EmrEncryption("emr", { ...args, existing }, { provider });
                return { vpcId: network.vpcId, nodeDomain: existing.nodeDomain };
            },
            { config: { "aws:region": "eu-west-1" }, provider: existingAws({}, "us-west-2").provider },
        );
        const ofAws = registrations.filter(({ type }) => type.startsWith("aws:"));
        expect([...new Set(ofAws.map(({ type }) => type))]).to.include.members([
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:kms/key:Key",
            "aws:s3/bucket:Bucket",
        ]);
        expect(new Set(ofAws.map(({ provider }) => provider))).to.deep.equal(new Set(["oregon"]));
        expect(new Set(invokes.map(({ provider }) => provider))).to.deep.equal(new Set(["oregon"]));
        expect(outputs).to.deep.equal({ vpcId: VPC, nodeDomain: "us-west-2.compute.internal" });
    });
});
