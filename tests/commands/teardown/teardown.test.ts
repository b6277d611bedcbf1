import { expect } from "chai";
import { EXIT, execute } from "../../../commands/cli";
import { type TeardownOptions, teardown, teardownCommand } from "../../../commands/teardown";
import { type Answers, fakeAws, refusal } from "../../support/fake-aws";
import { MINIMAL, runStack } from "../../support/run";
import { streams } from "../../support/streams";

type Input = Readonly<Record<string, unknown>>;

const ACCOUNT = "000000000000";
const OLD = `snowplow-dev-${"1".repeat(26)}`;
const CURRENT = `snowplow-dev-${"2".repeat(18)}0000001f`;
const OPERATOR = "arn:aws:iam::000000000000:policy/snowplow-dev-operator-placeholder";

/** Nothing exists except the stack's own resources. */
const EMPTY: Answers = {
    GetCallerIdentity: () => ({ Account: ACCOUNT }),
    ListClusters: () => ({ Clusters: [] }),
    ListEntitiesForPolicy: () => ({}),
    DescribeSecurityGroups: () => ({ SecurityGroups: [] }),
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [] }),
    ListSecurityConfigurations: () => ({ SecurityConfigurations: [] }),
    ListObjectVersions: () => ({}),
};

describe("teardown", () => {
    let outputs: Readonly<Record<string, unknown>>;
    let unprotected: typeof outputs;

    before(async () => {
        const own = (await runStack()).outputs;
        outputs = { ...own, securityConfigurationName: CURRENT };
        const { outputs: open } = await runStack({ ...MINIMAL, storage: { protect: false } });
        unprotected = { ...open, securityConfigurationName: CURRENT };
    });

    async function run(
        answers: Answers,
        options: TeardownOptions = {},
        input: Readonly<Record<string, unknown>> = unprotected,
    ) {
        const io = streams(JSON.stringify(input));
        const { clients, sent } = fakeAws({ ...EMPTY, ...answers });
        const exit = await teardown(options, io.streams, () => clients);
        return { exit, sent, ...(await io.written()) };
    }

    /** The requests that change something. */
    const changes = (sent: readonly (readonly [string, Input])[]) =>
        sent.filter(([name]) => !/^(List|Describe|Get)/.test(name));

    it("finds no obstacle for an unprotected stack, and changes nothing", async () => {
        const { exit, stdout, stderr, sent } = await run({}, { yes: true, all: true });
        expect({ exit, stdout, stderr }).to.deep.equal({
            exit: EXIT.ok,
            stdout: "Nothing stands in the way of destroying stack dev.\n1. npx pulumi destroy --stack dev\n",
            stderr: "",
        });
        expect(changes(sent)).to.deep.equal([]);
        expect(sent.filter(([name]) => name === "ListObjectVersions")).to.deep.equal(
            ["collector", "pipeline", "archive", "logs"].map((bucket) => [
                "ListObjectVersions",
                { Bucket: `snowplow-dev-${bucket}-placeholder`, MaxKeys: 1 },
            ]),
        );
    });

    it("says that an up must remove the protection first", async () => {
        const { exit, stdout } = await run({}, {}, outputs);
        expect({ exit, stdout }).to.deep.equal({
            exit: EXIT.attention,
            stdout: `In the way of destroying stack dev, in the order to deal with it:
1. protection storage.protect: Pulumi refuses to delete the data buckets and the key ${outputs.kmsKeyArn}
   set storage: { protect: false } in Pulumi.dev.yaml, and: npx pulumi up --stack dev
2. npx pulumi destroy --stack dev
`,
        });
    });

    for (const [title, change, why] of [
        ["the key alone, where no bucket is the stack's", { managedBuckets: {} }, "the key"],
        ["the buckets alone, where the key is not the stack's", { ownsKey: false }, "the data buckets"],
        ["nothing, where neither is the stack's", { managedBuckets: {}, ownsKey: false }, "nothing"],
    ] as const) {
        it(`says that the protection covers ${title}`, async () => {
            const forCommands = { ...(outputs.forCommands as object), ...change };
            const { stdout } = await run({}, {}, { ...outputs, forCommands });
            const [, covered = "nothing"] = /Pulumi refuses to delete (.*)\n/.exec(stdout) ?? [];
            expect(covered).to.equal(why === "the key" ? `the key ${outputs.kmsKeyArn}` : why);
        });
    }

    it("refuses another account's credentials before any other call", async () => {
        const io = streams(JSON.stringify(unprotected));
        const { clients, sent } = fakeAws({
            GetCallerIdentity: () => ({ Account: "999988887777", Arn: "arn:aws:iam::999988887777:user/me" }),
        });
        let message = "";
        await teardown({ yes: true }, io.streams, () => clients).catch((error: Error) => {
            ({ message } = error);
        });
        expect(message).to.include("stack dev is in account 000000000000");
        expect(sent.map(([name]) => name)).to.deep.equal(["GetCallerIdentity"]);
    });

    const inTheWay = (): Answers => ({
        ListClusters: () => ({ Clusters: [{ Id: "j-1" }, { Id: "j-2" }, { Id: "j-3" }, { Id: "j-4" }] }),
        DescribeCluster: ({ ClusterId }) => {
            const tag = (Value: string) => ({ Tags: [{ Key: "snowplow-emr-stack", Value }] });
            const of: Readonly<Record<string, object>> = {
                "j-1": {
                    Name: "Snowplow ETL dev",
                    Status: { State: "RUNNING" },
                    ...tag("snowplow-emr-encryption/dev"),
                },
                "j-2": { Name: "another's", Status: { State: "RUNNING" }, ...tag("another-project/dev") },
                "j-3": { Name: "by hand", Status: { State: "WAITING" }, SecurityConfiguration: CURRENT },
                "j-4": { Name: "an old one", Status: { State: "TERMINATING" }, SecurityConfiguration: OLD },
            };
            return { Cluster: of[String(ClusterId)] };
        },
        ListEntitiesForPolicy: () => ({
            PolicyUsers: [{ UserName: "snowplow" }],
            PolicyGroups: [{ GroupName: "operators" }],
            PolicyRoles: [{ RoleName: "ci" }],
        }),
        DescribeSecurityGroups: () => ({
            SecurityGroups: [
                { GroupId: "sg-1", GroupName: "ElasticMapReduce-master" },
                {
                    GroupId: "sg-2",
                    GroupName: "ElasticMapReduce-Master-Private",
                    Tags: [{ Key: "snowplow-emr-stack", Value: "snowplow-emr-encryption/dev" }],
                },
            ],
        }),
        ListSecurityConfigurations: () => ({
            SecurityConfigurations: [{ Name: OLD }, { Name: CURRENT }, { Name: "snowplow-dev-by-hand" }],
        }),
        DescribeSecurityConfiguration: () => ({
            SecurityConfiguration: JSON.stringify({ AwsKmsKey: unprotected.kmsKeyArn }),
        }),
        ListObjectVersions: ({ Bucket }) => {
            switch (Bucket) {
                case "snowplow-dev-pipeline-placeholder":
                    return { Versions: [{ Key: "a", IsLatest: true }] };
                case "snowplow-dev-archive-placeholder":
                    return { Versions: [{ Key: "a", IsLatest: false }] };
                case "snowplow-dev-logs-placeholder":
                    return { DeleteMarkers: [{ Key: "a", IsLatest: true }] };
                default:
                    throw refusal("NoSuchBucket");
            }
        },
    });

    it("lists every obstacle in the order to remove them, and deletes none", async () => {
        for (const options of [{}, { yes: true }, { yes: true, all: true }]) {
            const { exit, stdout, sent } = await run(inTheWay(), options, outputs);
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.attention,
                stdout: `In the way of destroying stack dev, in the order to deal with it:
1. cluster j-1: "Snowplow ETL dev" is RUNNING: it uses the network, the key, the roles and a security configuration
   stop EmrEtlRunner, let the cluster end or: aws emr terminate-clusters --region eu-west-1 --cluster-ids j-1
2. cluster j-3: "by hand" is WAITING: it uses the network, the key, the roles and a security configuration
   stop EmrEtlRunner, let the cluster end or: aws emr terminate-clusters --region eu-west-1 --cluster-ids j-3
3. operator policy ${OPERATOR}: attached to the user snowplow
   aws iam detach-user-policy --user-name snowplow --policy-arn ${OPERATOR}
4. operator policy ${OPERATOR}: attached to the group operators
   aws iam detach-group-policy --group-name operators --policy-arn ${OPERATOR}
5. operator policy ${OPERATOR}: attached to the role ci
   aws iam detach-role-policy --role-name ci --policy-arn ${OPERATOR}
6. security group sg-1: EMR made ElasticMapReduce-master in vpc-placeholder, which cannot be deleted with it
   when the clusters named here have ended, run this again
7. security configuration ${OLD}: in use by j-4
   when that cluster has ended, run this again
8. security configuration ${CURRENT}: in use by j-3
   when that cluster has ended, run this again
9. bucket snowplow-dev-pipeline-placeholder: not empty
   keep what you need elsewhere, then empty it (in S3's console, or by a lifecycle rule that expires everything); this command deletes no data
10. bucket snowplow-dev-archive-placeholder: not empty: old versions of deleted objects are in it
   keep what you need elsewhere, then empty it (in S3's console, or by a lifecycle rule that expires everything); this command deletes no data
11. bucket snowplow-dev-logs-placeholder: not empty: old versions of deleted objects are in it
   keep what you need elsewhere, then empty it (in S3's console, or by a lifecycle rule that expires everything); this command deletes no data
12. protection storage.protect: Pulumi refuses to delete the data buckets and the key ${outputs.kmsKeyArn}
   set storage: { protect: false } in Pulumi.dev.yaml, and: npx pulumi up --stack dev
13. npx pulumi destroy --stack dev
`,
            });
            expect(changes(sent)).to.deep.equal([]);
        }
    });

    it("says to wait for a terminating cluster", async () => {
        const { stdout } = await run({
            ListClusters: () => ({ Clusters: [{ Id: "j-1" }] }),
            DescribeCluster: () => ({
                Cluster: {
                    Name: "etl",
                    Status: { State: "TERMINATING" },
                    Tags: [{ Key: "snowplow-emr-stack", Value: "snowplow-emr-encryption/dev" }],
                },
            }),
        });
        expect(stdout).to.include('cluster j-1: "etl" is TERMINATING').and.include("wait until it has ended");
    });

    it("lists clusters without the stack's tag only if they run in its network", async () => {
        const [subnet] = unprotected.subnetIds as readonly string[];
        const clusters: Readonly<Record<string, object>> = {
            "j-1": { Name: "by hand", Ec2InstanceAttributes: { Ec2SubnetId: subnet } },
            "j-2": {
                Name: "another project's",
                Tags: [{ Key: "snowplow-emr-stack", Value: "another-project/dev" }],
                Ec2InstanceAttributes: { RequestedEc2SubnetIds: ["subnet-other", subnet] },
            },
            "j-3": {
                Name: "elsewhere",
                Ec2InstanceAttributes: { Ec2SubnetId: "subnet-other", RequestedEc2SubnetIds: [subnet] },
            },
        };
        const answers = {
            ListClusters: () => ({ Clusters: Object.keys(clusters).map((Id) => ({ Id })) }),
            DescribeCluster: ({ ClusterId }: Input) => ({
                Cluster: { Status: { State: "WAITING" }, ...clusters[String(ClusterId)] },
            }),
        };
        const { exit, stdout } = await run(answers, { yes: true });
        expect({ exit, stdout }).to.deep.equal({
            exit: EXIT.attention,
            stdout: `In the way of destroying stack dev, in the order to deal with it:
1. cluster j-1: "by hand" is WAITING: it carries no stack's tag, but runs in this stack's network (${subnet})
   ask whoever launched it, let the cluster end or: aws emr terminate-clusters --region eu-west-1 --cluster-ids j-1
2. cluster j-2: "another project's" is WAITING: it carries the tag of stack another-project/dev, but runs in this stack's network (${subnet})
   ask whoever launched it, let the cluster end or: aws emr terminate-clusters --region eu-west-1 --cluster-ids j-2
3. npx pulumi destroy --stack dev
`,
        });
        const { outputs: existing } = await runStack({
            ...MINIMAL,
            storage: { protect: false },
            network: {
                existing: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
            },
        });
        const beside = await run(
            {
                ...answers,
                DescribeCluster: () => ({
                    Cluster: { Ec2InstanceAttributes: { Ec2SubnetId: "subnet-0123456789abcdef0" } },
                }),
            },
            {},
            existing,
        );
        expect(beside.exit).to.equal(EXIT.ok);
    });

    for (const [command, call] of [
        ["GetCallerIdentity", "sts:GetCallerIdentity on these credentials"],
        ["ListClusters", "elasticmapreduce:ListClusters on *"],
        ["ListEntitiesForPolicy", `iam:ListEntitiesForPolicy on ${OPERATOR}`],
        ["DescribeSecurityGroups", "ec2:DescribeSecurityGroups on vpc-placeholder"],
        ["DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces on vpc-placeholder"],
        ["ListSecurityConfigurations", "elasticmapreduce:ListSecurityConfigurations on *"],
        ["ListObjectVersions", "s3:ListBucketVersions on snowplow-dev-collector-placeholder"],
    ] as const) {
        it(`stops at a refused ${command}, and names the permission`, async () => {
            let message = "";
            await run({
                DescribeSecurityGroups: () => ({
                    SecurityGroups: [{ GroupId: "sg-1", GroupName: "ElasticMapReduce-master" }],
                }),
                [command]: ({ Bucket = "snowplow-dev-collector-placeholder" }) => {
                    if (Bucket === "snowplow-dev-collector-placeholder") {
                        throw refusal("AccessDenied", "No.");
                    }
                    return {};
                },
            }).catch((error: Error) => {
                ({ message } = error);
            });
            expect(message).to.equal(
                `${call}: AccessDenied: No. These credentials need ${call.split(" ")[0]} on it.`,
            );
        });
    }

    it("accepts an operator policy that no longer exists", async () => {
        for (const code of ["NoSuchEntity", "NoSuchEntityException"]) {
            const { exit, sent } = await run({
                ListEntitiesForPolicy: () => {
                    throw refusal(code);
                },
            });
            expect(exit).to.equal(EXIT.ok);
            expect(sent.find(([name]) => name === "ListEntitiesForPolicy")?.[1]).to.include({
                PolicyArn: OPERATOR,
            });
        }
    });

    it("accepts the options of its help", async () => {
        const io = streams();
        let taken: TeardownOptions = {};
        const action = async (options: TeardownOptions) => {
            taken = options;
            return EXIT.ok;
        };
        const run = (...args: string[]) => execute(teardownCommand(), action, args, io.streams);
        expect(await run("--yes", "--all", "--json", "--outputs", "o.json")).to.equal(EXIT.ok);
        expect(taken).to.deep.equal({ yes: true, all: true, json: true, outputs: "o.json" });
        expect(await run("--help")).to.equal(EXIT.ok);
        expect(await run("--force")).to.equal(EXIT.failed);
        const { stdout, stderr } = await io.written();
        expect(stdout).to.match(
            /^Usage: teardown \[options\]\n\nSays what stands in the way of `pulumi destroy`/,
        );
        expect(stderr).to.equal("error: unknown option '--force'\n");
    });

    describe("and security groups that EMR created", () => {
        const groups: Answers = {
            DescribeSecurityGroups: () => ({
                SecurityGroups: [
                    { GroupId: "sg-1", GroupName: "ElasticMapReduce-master" },
                    { GroupId: "sg-2", GroupName: "ElasticMapReduce-slave", Tags: [] },
                    { GroupId: "sg-own", GroupName: "default" },
                ],
            }),
            DescribeSecurityGroupRules: () => ({
                SecurityGroupRules: [
                    { GroupId: "sg-1", SecurityGroupRuleId: "sgr-1", IsEgress: false },
                    { GroupId: "sg-2", SecurityGroupRuleId: "sgr-2", IsEgress: true },
                    {
                        GroupId: "sg-own",
                        SecurityGroupRuleId: "sgr-3",
                        IsEgress: false,
                        ReferencedGroupInfo: { GroupId: "sg-2" },
                    },
                    { GroupId: "sg-own", SecurityGroupRuleId: "sgr-4", IsEgress: true },
                ],
            }),
            RevokeSecurityGroupIngress: () => ({}),
            RevokeSecurityGroupEgress: () => ({}),
            DeleteSecurityGroup: () => ({}),
        };

        it("deletes none without --yes", async () => {
            const { exit, stdout, sent } = await run(groups);
            expect(exit).to.equal(EXIT.attention);
            expect(stdout).to.include(
                "1. security group sg-1: EMR made ElasticMapReduce-master in vpc-placeholder, which cannot be deleted with it\n   run this again with --yes: it deletes the group, the rules first\n2. security group sg-2",
            );
            expect(changes(sent)).to.deep.equal([]);
        });

        it("deletes none while one is in use, since they refer to one another", async () => {
            const inUse: Answers = {
                ...groups,
                // One page for each.
                DescribeNetworkInterfaces: ({ NextToken }) =>
                    NextToken
                        ? {
                              NetworkInterfaces: [
                                  { NetworkInterfaceId: "eni-2", Groups: [{ GroupId: "sg-2" }] },
                                  {
                                      NetworkInterfaceId: "eni-3",
                                      Description: "EMR's service",
                                      Attachment: { InstanceOwnerId: "amazon-aws" },
                                      Groups: [{ GroupId: "sg-2" }],
                                  },
                              ],
                          }
                        : {
                              NextToken: "more",
                              NetworkInterfaces: [
                                  {
                                      NetworkInterfaceId: "eni-1",
                                      Description: "",
                                      Attachment: { InstanceId: "i-1" },
                                      Groups: [{ GroupId: "sg-own" }, { GroupId: "sg-2" }],
                                  },
                              ],
                          },
            };
            const { exit, stdout, sent } = await run(inUse, { yes: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.attention,
                stdout: `In the way of destroying stack dev, in the order to deal with it:
1. security group sg-1: EMR made ElasticMapReduce-master in vpc-placeholder, which cannot be deleted with it
   when nothing uses sg-2 any more, run this again
2. security group sg-2: EMR made ElasticMapReduce-slave in vpc-placeholder, which cannot be deleted with it; in use by eni-1 (instance i-1), eni-2, eni-3 (EMR's service)
   when nothing uses sg-2 any more, run this again
3. npx pulumi destroy --stack dev
`,
            });
            expect(changes(sent)).to.deep.equal([]);
            expect(sent.find(([name]) => name === "DescribeNetworkInterfaces")?.[1]).to.deep.include({
                Filters: [
                    { Name: "vpc-id", Values: ["vpc-placeholder"] },
                    { Name: "group-id", Values: ["sg-1", "sg-2"] },
                ],
            });
        });

        it("deletes those of this VPC with --yes, after the rules that refer to them", async () => {
            const { exit, stdout, sent } = await run(groups, { yes: true });
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.ok,
                stdout: `deleted: security group sg-1
deleted: security group sg-2
Nothing stands in the way of destroying stack dev.
1. npx pulumi destroy --stack dev
`,
            });
            expect(changes(sent)).to.deep.equal([
                ["RevokeSecurityGroupIngress", { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-1"] }],
                ["RevokeSecurityGroupEgress", { GroupId: "sg-2", SecurityGroupRuleIds: ["sgr-2"] }],
                ["RevokeSecurityGroupIngress", { GroupId: "sg-own", SecurityGroupRuleIds: ["sgr-3"] }],
                ["DeleteSecurityGroup", { GroupId: "sg-1" }],
                ["DeleteSecurityGroup", { GroupId: "sg-2" }],
            ]);
            expect(sent.find(([name]) => name === "DescribeSecurityGroups")?.[1]).to.deep.include({
                Filters: [{ Name: "vpc-id", Values: ["vpc-placeholder"] }],
            });
        });

        it("reports a failed deletion, and continues", async () => {
            const { exit, stdout } = await run(
                {
                    ...groups,
                    DeleteSecurityGroup: ({ GroupId }) => {
                        if (GroupId === "sg-1") {
                            throw refusal("UnauthorizedOperation", "You are not authorized.");
                        }
                        return {};
                    },
                },
                { yes: true },
            );
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.failed,
                stdout: `deleted: security group sg-2
In the way of destroying stack dev, in the order to deal with it:
1. security group sg-1: EMR made ElasticMapReduce-master in vpc-placeholder, which cannot be deleted with it
   could not be deleted: ec2:DeleteSecurityGroup on sg-1: UnauthorizedOperation: You are not authorized. These credentials need ec2:DeleteSecurityGroup on it.
2. npx pulumi destroy --stack dev
`,
            });
        });

        it("recognises the stack's own groups by their tag", async () => {
            const tagged = (GroupId: string, Key: string, Value: string) => ({
                GroupId,
                GroupName: "ElasticMapReduce-master",
                Tags: [
                    { Key: "team", Value: "data" },
                    { Key, Value },
                ],
            });
            const { stdout } = await run({
                DescribeSecurityGroups: () => ({
                    SecurityGroups: [
                        tagged("sg-own", "snowplow-emr-stack", "snowplow-emr-encryption/dev"),
                        tagged("sg-other", "snowplow-emr-stack", "another-project/dev"),
                        tagged("sg-named", "Name", "snowplow-emr-encryption/dev"),
                    ],
                }),
            });
            expect(stdout.match(/security group \S+/g)).to.deep.equal([
                "security group sg-other:",
                "security group sg-named:",
            ]);
        });

        it("reads the rules of every group of the VPC", async () => {
            const { sent } = await run(groups, { yes: true });
            const asked = sent
                .filter(([name]) => name.startsWith("DescribeSecurityGroup"))
                .map(([name, { Filters }]) => [name, Filters]);
            expect(asked).to.deep.equal([
                ["DescribeSecurityGroups", [{ Name: "vpc-id", Values: ["vpc-placeholder"] }]],
                ["DescribeSecurityGroupRules", [{ Name: "group-id", Values: ["sg-1", "sg-2", "sg-own"] }]],
            ]);
        });

        for (const [command, call] of [
            ["DescribeSecurityGroupRules", "ec2:DescribeSecurityGroupRules on vpc-placeholder"],
            ["RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress on sg-1"],
            ["RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress on sg-2"],
        ] as const) {
            it(`names the permission for ${command}`, async () => {
                const { exit, stdout } = await run(
                    {
                        ...groups,
                        [command]: () => {
                            throw refusal("UnauthorizedOperation");
                        },
                    },
                    { yes: true },
                );
                expect(exit).to.equal(EXIT.failed);
                expect(stdout).to.include(`could not be deleted: ${call}: UnauthorizedOperation. These`);
            });
        }

        it("checks none in an existing VPC", async () => {
            const { outputs: existing } = await runStack({
                ...MINIMAL,
                storage: { protect: false },
                network: {
                    existing: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
                },
            });
            const { exit, sent } = await run(groups, { yes: true }, existing);
            expect(exit).to.equal(EXIT.ok);
            expect(sent.map(([name]) => name)).not.to.include("DescribeSecurityGroups");
        });
    });

    describe("and security configurations", () => {
        const [others, unknown] = ["3", "4"].map((digit) => `snowplow-dev-${digit.repeat(26)}`) as [
            string,
            string,
        ];
        const configurations = (): Answers => ({
            ListSecurityConfigurations: ({ Marker }) =>
                Marker
                    ? { SecurityConfigurations: [others, unknown].map((Name) => ({ Name })) }
                    : { Marker: "more", SecurityConfigurations: [OLD, CURRENT].map((Name) => ({ Name })) },
            DescribeSecurityConfiguration: ({ Name }) => ({
                SecurityConfiguration: JSON.stringify(
                    Name === OLD
                        ? { S3Object: "s3://snowplow-dev-certs-placeholder/certificates/1.zip" }
                        : Name === others
                          ? { AwsKmsKey: "arn:aws:kms:eu-west-1:000000000000:key/another" }
                          : { EncryptionMode: "SSE-S3" },
                ),
            }),
            DeleteSecurityConfiguration: () => ({}),
        });
        const UNKNOWN = `security configuration ${unknown}: no cluster uses it, but it names neither key nor archive: it may be another stack's of the same prefix
   if it is this stack's: aws emr delete-security-configuration --name ${unknown}
`;

        it("lists those of the stack, and those that may be", async () => {
            const { exit, stdout, sent } = await run(configurations());
            expect({ exit, stdout }).to.deep.equal({
                exit: EXIT.attention,
                stdout: `In the way of destroying stack dev, in the order to deal with it:
1. security configuration ${OLD}: an earlier one; no cluster uses it
   run this again with --yes: it deletes the configuration
2. security configuration ${CURRENT}: the current one, which config.yml names
   when you leave for good, run this again with --yes --all
3. ${UNKNOWN}4. npx pulumi destroy --stack dev
`,
            });
            expect(changes(sent)).to.deep.equal([]);
        });

        it("deletes the stack's earlier ones with --yes", async () => {
            const { exit, stdout, sent } = await run(configurations(), { yes: true });
            expect(exit).to.equal(EXIT.attention);
            expect(stdout).to.include(`deleted: security configuration ${OLD}\n`).and.include(UNKNOWN);
            expect(changes(sent)).to.deep.equal([["DeleteSecurityConfiguration", { Name: OLD }]]);
        });

        it("deletes the current one with --yes --all, and never one that may be another stack's", async () => {
            const { exit, sent } = await run(configurations(), { yes: true, all: true });
            expect(exit).to.equal(EXIT.attention);
            expect(changes(sent)).to.deep.equal([
                ["DeleteSecurityConfiguration", { Name: OLD }],
                ["DeleteSecurityConfiguration", { Name: CURRENT }],
            ]);
        });
    });

    it("prints JSON with --json", async () => {
        const { exit, stdout } = await run(
            {
                DescribeSecurityGroups: () => ({
                    SecurityGroups: [{ GroupId: "sg-1", GroupName: "ElasticMapReduce-master" }],
                }),
                DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
                DeleteSecurityGroup: () => {
                    throw refusal("DependencyViolation", "resource sg-1 has a dependent object");
                },
            },
            { json: true, yes: true },
        );
        expect(exit).to.equal(EXIT.failed);
        expect(JSON.parse(stdout)).to.deep.equal({
            stack: "dev",
            obstacles: [
                {
                    kind: "security group",
                    name: "sg-1",
                    why: "EMR made ElasticMapReduce-master in vpc-placeholder, which cannot be deleted with it",
                    remedy: "run this again with --yes: it deletes the group, the rules first",
                    removed: false,
                    error: "ec2:DeleteSecurityGroup on sg-1: DependencyViolation: resource sg-1 has a dependent object",
                },
            ],
            next: "npx pulumi destroy --stack dev",
        });
    });
});
