import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type ErrorReport, InvalidArguments } from "../../../components/domain/errors";
import { type Existing, lookUpExisting } from "../../../components/existing";
import type { Run } from "../../../testing/mock-engine";
import { USUAL_INVOKES } from "../../../testing/placeholder-provider";
import { type Answers, codes, existingAws, refuse, SUBNET, VPC } from "../../support/existing-aws";
import { run } from "../../support/run";
import { batch, type Config, parse } from "../args/parse";

/** One existing resource of every kind. */
const EVERYTHING: Config = {
    ...batch({
        collectors: { format: "json/com.acme/event" },
        aws: { s3: { buckets: { log: "s3://acme-logs/emr" } } },
    }),
    network: {
        existing: { vpcId: VPC, subnetIds: [SUBNET], allowUnseenRoute: true, allowHostnameMismatch: true },
    },
    encryption: { kmsKeyArn: "arn:aws:kms:eu-west-1:000000000000:key/1234abcd" },
    certificates: { remindTopicArn: "arn:aws:sns:eu-west-1:000000000000:operators" },
    storage: { encryptExistingBuckets: ["acme-logs"] },
    access: {
        serviceRole: { existing: "my-service" },
        jobflowRole: { existing: "my-nodes" },
        dynamodbTables: ["duplicates"],
    },
};

const TOKENS = [
    "aws:cloudcontrol/getResource:getResource",
    "aws:dynamodb/getTable:getTable",
    "aws:ec2/getRouteTable:getRouteTable",
    "aws:ec2/getSecurityGroups:getSecurityGroups",
    "aws:ec2/getSubnet:getSubnet",
    "aws:ec2/getVpc:getVpc",
    "aws:ec2/getVpcDhcpOptions:getVpcDhcpOptions",
    "aws:ec2/getVpcEndpoint:getVpcEndpoint",
    "aws:emr/getReleaseLabels:getReleaseLabels",
    "aws:emr/getSupportedInstanceTypes:getSupportedInstanceTypes",
    "aws:iam/getInstanceProfile:getInstanceProfile",
    "aws:iam/getRole:getRole",
    "aws:index/getCallerIdentity:getCallerIdentity",
    "aws:index/getRegion:getRegion",
    "aws:kms/getKey:getKey",
    "aws:resourcegroupstaggingapi/getResources:getResources",
    "aws:s3/getBucket:getBucket",
    "aws:s3/getBucketPolicy:getBucketPolicy",
    "aws:sns/getTopic:getTopic",
];

async function lookUp(
    config: Config,
    {
        answers,
        options = () => undefined,
        report,
    }: { answers?: Answers; options?: () => pulumi.InvokeOptions | undefined; report?: ErrorReport } = {},
): Promise<Run & { readonly existing: Existing | undefined }> {
    let existing: Existing | undefined;
    const done = await run(
        async () => {
            existing = await lookUpExisting(parse(config), options(), { report });
            return {};
        },
        { provider: existingAws(answers).provider },
    );
    return { ...done, existing };
}

/** The subnet has no route table of its own, so that the VPC's main one is looked up too; the stack is deployed. */
const DEPLOYED: Answers = {
    getResources: () => ({
        resourceTagMappingLists: [{ resourceArn: "arn:aws:s3:::snowplow-dev-collector-1" }],
    }),
    getRouteTable: ({ subnetId }) => (subnetId === undefined ? {} : refuse("query returned no results")),
};

const provider = () => new aws.Provider("elsewhere");
const parent = () =>
    new pulumi.ComponentResource("test:index:Parent", "parent", {}, { provider: provider() });

describe("lookUpExisting", () => {
    for (const [title, options, expected] of [
        ["the default provider", () => undefined, undefined],
        ["an explicit provider", () => ({ provider: provider() }), "elsewhere"],
        ["its parent's provider", () => ({ parent: parent() }), "elsewhere"],
    ] as const) {
        it(`makes every look-up through ${title}`, async () => {
            const { invokes } = await lookUp(EVERYTHING, { answers: DEPLOYED, options });
            expect([...new Set(invokes.map(({ token }) => token))].sort()).to.deep.equal(TOKENS);
            expect([...new Set(invokes.map((invoke) => invoke.provider))]).to.deep.equal([expected]);
        });
    }

    it("returns the account only, if nothing exists, and makes the look-ups of every stack", async () => {
        const { existing, invokes } = await lookUp(batch());
        expect(existing).to.deep.equal({
            accountId: "000000000000",
            serviceRole: undefined,
            jobflowRole: undefined,
            anyHostname: false,
            nodeDomain: "eu-west-1.compute.internal",
            warnings: [],
        });
        expect(invokes.map(({ token }) => token)).to.have.members(USUAL_INVOKES);
    });

    it("returns the roles, the nodes' names, and all warnings", async () => {
        const { existing } = await lookUp(
            {
                ...EVERYTHING,
                storage: {},
                certificates: { remindTopicArn: "arn:aws:sns:eu-west-1:444455556666:operators" },
            },
            {
                answers: {
                    getVpcDhcpOptions: () => ({ domainName: "corp.example" }),
                    getRouteTable: () => ({ routes: [] }),
                    getBucket: () => refuse("StatusCode: 403"),
                    getVpcEndpoint: () => refuse("StatusCode: 403"),
                    getTable: () => refuse("StatusCode: 400"),
                },
            },
        );
        const { warnings = [], ...facts } = existing ?? {};
        expect(facts).to.deep.equal({
            accountId: "000000000000",
            serviceRole: { name: "my-service", arn: "arn:aws:iam::000000000000:role/my-service" },
            jobflowRole: { name: "my-nodes", arn: "arn:aws:iam::000000000000:role/my-nodes" },
            anyHostname: true,
            nodeDomain: "eu-west-1.compute.internal",
        });
        expect(warnings.map((warning) => warning.split(/[ ,]/)[0])).to.deep.equal([
            "The",
            "There",
            "The",
            "acme-logs",
            "arn:aws:sns:eu-west-1:444455556666:operators",
            "The",
        ]);
    });

    it("measures what names roles by their ARNs with the paths of existing roles", async () => {
        const properties = (count: number) =>
            Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, "v".repeat(100)]));
        const stack = (count: number) => ({
            ...batch({ aws: { emr: { configuration: { spark: properties(count) } } } }),
            access: EVERYTHING.access,
        });
        const path = `/${"p".repeat(250)}/${"p".repeat(250)}/`;
        const getRole = ({ name }: Readonly<Record<string, unknown>>) => ({
            arn: `arn:aws:iam::000000000000:role${path}${name}`,
        });
        const error = await lookUp(stack(45), { answers: { getRole } }).catch((reason: unknown) => reason);
        expect(codes((error as InvalidArguments).errors)).to.deep.equal([
            ["step-argument-too-long", "emrEtlRunner.aws.emr.configuration.spark"],
        ]);
        expect((await lookUp(stack(45))).existing).to.include({ anyHostname: false });
    });

    it("throws all errors, under the subject and with the paths of its report", async () => {
        const answers = {
            getVpc: () => ({ tags: {} }),
            getKey: () => ({ keyState: "Disabled" }),
            getRole: () => ({ assumeRolePolicy: "{}" }),
            getBucket: () => ({ bucketRegion: "us-east-1" }),
            getTopic: () => refuse("not found"),
            getTable: () => refuse("couldn't find resource"),
        };
        const report = {
            subject: "Pulumi.dev.yaml",
            formatPath: (path: readonly unknown[]) => path.join("/"),
        };
        for (const [given, subject, path] of [
            [undefined, "arguments of EmrEncryption", "network.existing.vpcId"],
            [report, "Pulumi.dev.yaml", "network/existing/vpcId"],
        ] as const) {
            const error = await lookUp(EVERYTHING, { answers, report: given }).catch(
                (reason: unknown) => reason,
            );
            expect(error).to.be.instanceOf(InvalidArguments);
            const { errors, message } = error as InvalidArguments;
            expect(codes(errors)).to.deep.equal([
                ["emr-tag-missing", "network.existing.vpcId"],
                ["key-not-enabled", "encryption.kmsKeyArn"],
                ["role-does-not-trust-service", "access.serviceRole.existing"],
                ["role-does-not-trust-service", "access.jobflowRole.existing"],
                ["bucket-in-another-region", "emrEtlRunner.aws.s3.buckets.log"],
                ["lookup-failed", "certificates.remindTopicArn"],
                ["table-missing", "access.dynamodbTables[0]"],
            ]);
            expect(message.split("\n").slice(0, 2)).to.deep.equal([`${subject}: 7 errors`, `  ${path}`]);
        }
    });
});
