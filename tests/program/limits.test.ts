import { expect } from "chai";
import { limitErrors } from "../support/limits";
import { REGION, runStack } from "../support/run";

/** The longest names that Pulumi's CLI accepts (`ValidateStackName` and `ValidateProjectName` in sdk/go/common/workspace). */
const STACK = "s".repeat(100);
const PROJECT = "p".repeat(100);

const ACCOUNT = "000000000000";
const range = (count: number) => [...Array(count).keys()];
const tags = (count: number) => Object.fromEntries(range(count).map((n) => [`tag${n}`, "x"]));
const LONG_TAG = { ["k".repeat(128)]: "v".repeat(256) };
const DEFAULT_TAGS = { ...tags(9), ...LONG_TAG };
const IOPS = { volume_size: 16_384, volume_type: "io1", volume_iops: 64_000 };

/** Every optional feature, each value as long as it may be; S3 URLs and parameters as long as the roles' policies allow. */
const CONFIG = {
    network: { availabilityZones: [..."abcdefghijklmn"].map((letter) => `${REGION}${letter}`) },
    certificates: { remindTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:${"t".repeat(256)}` },
    storage: {
        reencryption: true,
        encryptExistingBuckets: ["b".repeat(63)],
        policiesOnExistingBuckets: ["b".repeat(63)],
    },
    access: {
        path: `/${"p".repeat(510)}/`,
        permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/${"p".repeat(128)}`,
        policyArns: range(10).map((n) => `arn:aws:iam::${ACCOUNT}:policy/${"p".repeat(127)}${n}`),
        ssmParameters: [`/${"p".repeat(80)}`],
        dynamodbTables: ["t".repeat(255)],
    },
    emrEtlRunner: {
        collectors: { format: "cloudfront" },
        aws: {
            s3: { buckets: { log: `s3://${"b".repeat(63)}/${"l".repeat(120)}` } },
            emr: {
                bootstrap: range(15).map((n) => `s3://boot/${n}`),
                jobflow: {
                    job_name: "j".repeat(256),
                    task_instance_count: 1,
                    task_instance_bid: 0.1,
                    core_instance_bid: 0.1,
                    core_instance_ebs: IOPS,
                },
            },
        },
        monitoring: { tags: { ...tags(47), ...LONG_TAG } },
    },
};

describe("the whole program, for the longest names of stack and project", () => {
    const { warn } = console;

    before(() => {
        console.warn = () => undefined;
    });

    after(() => {
        console.warn = warn;
    });

    const { certificates, storage, access, emrEtlRunner } = CONFIG;
    for (const [title, config] of Object.entries({
        "with every optional feature": CONFIG,
        "with the stack's own defaults": { emrEtlRunner: { collectors: { format: "thrift" } } },
        "in stream-enrich mode, an existing VPC and public subnets": {
            certificates,
            access,
            storage: { ...storage, encryptExistingBuckets: [], policiesOnExistingBuckets: [] },
            network: {
                internetAccess: "public",
                existing: {
                    vpcId: "vpc-0123456789abcdef0",
                    subnetIds: ["subnet-0123456789abcdef0"],
                    emrSecurityGroups: "create",
                },
            },
            emrEtlRunner: {
                aws: { s3: { buckets: { enriched: { stream: "managed" } } } },
                monitoring: emrEtlRunner.monitoring,
            },
        },
    })) {
        it(`stays within every limit ${title}`, async () => {
            const options = { stack: STACK, project: PROJECT, aws: { defaultTags: { tags: DEFAULT_TAGS } } };
            expect(limitErrors(await runStack(config, options), DEFAULT_TAGS)).to.deep.equal([]);
        });
    }
});
