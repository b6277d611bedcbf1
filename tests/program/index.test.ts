import path from "node:path";
import { expect } from "chai";
import { loadProgram } from "../../commands/render";
import { readStackFile } from "../../commands/stack-file";
import { documentDigest } from "../../components/policies/document";
import { parse } from "../components/args/parse";
import { expectGolden, resourceInputs, resourceLines } from "../support/golden";
import { MINIMAL, registration, run, runStack } from "../support/run";

/** A name that is part of no other word, and a region that no default names. */
const STACK = { stack: "zebra", region: "ap-northeast-1" };
const withRelease = (ami_version: string) => ({
    emrEtlRunner: { collectors: { format: "thrift" }, aws: { emr: { ami_version } } },
});

describe("the whole program", () => {
    for (const stack of ["dev", "prod"]) {
        it(`creates the resources of tests/golden/resources.${stack}.txt in the shipped stack ${stack}`, async () => {
            const { config } = readStackFile(path.join(__dirname, "..", ".."), stack);
            const result = await run(loadProgram, { stack, config });
            expectGolden(`resources.${stack}.txt`, `${resourceLines(result).join("\n")}\n`);
        });
    }

    it("starts each logical name with its parent's, and uses the stack's name in none", async () => {
        const { registrations } = await runStack(MINIMAL, STACK);
        const root = `snowplow-emr-encryption-${STACK.stack}`;
        const wrong = registrations.filter(
            ({ type, name, parent = "", custom }) =>
                type !== "pulumi:pulumi:Stack" &&
                (name.includes(STACK.stack) ||
                    (parent === root
                        ? custom
                        : !(name.startsWith(`${parent}-`) || (custom && name === parent)))),
        );
        expect(wrong).to.deep.equal([]);
    });

    it("starts each physical name with the stack's prefix", async () => {
        const stack = "A_very-long.stack_name-that-goes-on";
        const names = Object.entries(resourceInputs(await runStack(MINIMAL, { stack }))).flatMap(
            ([label, inputs]) =>
                Object.entries(Object(inputs))
                    .filter(([key]) => /^(name|bucketPrefix|namePrefix|keyNamePrefix)$/.test(key))
                    .map(([, value]) => [label, String(value).replace("alias/", "")]),
        );
        // EMR looks up its security groups by fixed names.
        const wrong = names.filter(
            ([, name = ""]) => !/^(snowplow-a-very-long-stac-|ElasticMapReduce-)/.test(name),
        );
        expect(wrong).to.deep.equal([]);
        expect(names).to.have.length.above(10);
    });

    it("outputs what EmrEtlRunner, its operator and the commands need", async () => {
        const result = await runStack(MINIMAL, STACK);
        const inputs = (type: string, name: string) => registration(result, type, name).inputs;
        const { emrEtlRunnerConfig, dataflowRunnerCluster, securityConfiguration, forCommands, ...outputs } =
            result.outputs;
        expect(outputs).to.deep.equal({
            securityConfigurationName: "snowplow-zebra-placeholder",
            jobflowRole: "snowplow-zebra-jobflow-placeholder",
            serviceRole: "snowplow-zebra-service-placeholder",
            operatorPolicyArn: "arn:aws:iam::000000000000:policy/snowplow-zebra-operator-placeholder",
            vpcId: "vpc-placeholder",
            subnetIds: ["subnet-placeholder-emr-network-nodes"],
            egressIps: ["192.0.2.1"],
            kmsKeyArn: "arn:aws:kms:ap-northeast-1:000000000000:key/placeholder",
            buckets: {
                "raw.in": ["s3://snowplow-zebra-collector-placeholder/raw/"],
                "raw.processing": "s3://snowplow-zebra-pipeline-placeholder/raw/processing/",
                "raw.archive": "s3://snowplow-zebra-archive-placeholder/raw/",
                "enriched.good": "s3://snowplow-zebra-pipeline-placeholder/enriched/good/",
                "enriched.bad": "s3://snowplow-zebra-pipeline-placeholder/enriched/bad/",
                "enriched.archive": "s3://snowplow-zebra-archive-placeholder/enriched/",
                "shredded.good": "s3://snowplow-zebra-pipeline-placeholder/shredded/good/",
                "shredded.bad": "s3://snowplow-zebra-pipeline-placeholder/shredded/bad/",
                "shredded.archive": "s3://snowplow-zebra-archive-placeholder/shredded/",
                log: "s3://snowplow-zebra-logs-placeholder/emr/",
            },
            certificateExpiresAt: "9999-12-31T23:59:59Z",
            warnings: parse(MINIMAL).warnings,
        });
        expect(securityConfiguration).to.equal(
            inputs("aws:emr/securityConfiguration:SecurityConfiguration", "emr-security-configuration")
                .configuration,
        );
        expectGolden("config.whole-program.yml", String(emrEtlRunnerConfig));
        expectGolden("cluster.whole-program.json", String(dataflowRunnerCluster));
        const inlinePolicy = (role: string) => {
            const name = `emr-${role}-role-policy`;
            return {
                policyDigest: documentDigest(String(inputs("aws:iam/rolePolicy:RolePolicy", name).policy)),
                policyName: `${name}-placeholder`,
            };
        };
        const archive = inputs("aws:s3/bucketObjectv2:BucketObjectv2", "emr-certificates-archive").key;
        const bucket = { acceptedSse: "AES256" };
        // The engine omits undefined values from outputs, as JSON does.
        expect(JSON.parse(JSON.stringify(forCommands))).to.deep.equal({
            version: 1,
            stack: "zebra",
            stackTag: "snowplow-emr-encryption/zebra",
            region: "ap-northeast-1",
            accountId: "000000000000",
            prefix: "snowplow-zebra",
            certificateArchive: `s3://snowplow-zebra-certs-placeholder/${archive}`,
            managedBuckets: {
                "snowplow-zebra-collector-placeholder": bucket,
                "snowplow-zebra-pipeline-placeholder": bucket,
                "snowplow-zebra-archive-placeholder": bucket,
                "snowplow-zebra-logs-placeholder": bucket,
                "snowplow-zebra-certs-placeholder": { ...bucket, acceptedSse: "aws:kms" },
            },
            encryptedExistingBuckets: [],
            policiesOnExistingBuckets: [],
            existingKmsKeyArns: [],
            rolePolicies: {
                serviceRole: {
                    managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"],
                    ...inlinePolicy("service"),
                },
                jobflowRole: { managedPolicyArns: [], ...inlinePolicy("jobflow") },
            },
            reencryptionRoleArn: null,
            reminderSchedule: null,
            internetAccess: "nat",
            nodeDomain: "ap-northeast-1.compute.internal",
            ownsNetwork: true,
            ownsKey: true,
            protect: true,
        });
    });

    it("passes the numbers of the stack config on to the resources", async () => {
        const inputs = resourceInputs(
            await runStack({
                ...MINIMAL,
                network: { cidrBlock: "172.16.0.0/16" },
                certificates: { validityDays: 30, renewBeforeDays: 10 },
                storage: { logRetentionDays: 7 },
            }),
        ) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
        const certificate = inputs["tls:index/locallySignedCert:LocallySignedCert emr-certificates-node"];
        const lifecycle =
            inputs[
                "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration emr-storage-logs-lifecycle"
            ];
        expect(inputs["aws:ec2/vpc:Vpc emr-network-vpc"]?.cidrBlock).to.equal("172.16.0.0/16");
        expect(certificate).to.deep.include({ validityPeriodHours: 720, earlyRenewalHours: 240 });
        expect(JSON.stringify(lifecycle?.rules)).to.include('"expiration":{"days":7}');
    });

    it("warns of an old release in its outputs and in the log", async () => {
        const { warn } = console;
        const logged: unknown[] = [];
        console.warn = (text: unknown) => logged.push(text);
        const { outputs } = await runStack(withRelease("5.8.0")).finally(() => {
            console.warn = warn;
        });
        const warnings = outputs.warnings as readonly string[];
        expect(warnings.map((text) => text.slice(0, 40))).to.deep.equal([
            "EMR 5.8.0 has been past AWS's End of Sup",
            "EMR 5.8.0: Spark's RPC is protected by S",
            "EMR 5.8.0: the nodes' root volumes stay ",
        ]);
        expect(logged).to.deep.equal(warnings.map((text) => `warning: [runtime] ${text}`));
    });

    it("registers the same resources in a preview, with only the warnings known among its outputs", async () => {
        const update = await runStack(MINIMAL, STACK);
        const preview = await runStack(MINIMAL, { ...STACK, preview: true });
        expect(resourceLines(preview)).to.deep.equal(resourceLines(update));
        const unknown = Object.fromEntries(Object.keys(update.outputs).map((name) => [name, undefined]));
        expect(preview.outputs).to.deep.equal({ ...unknown, warnings: update.outputs.warnings });
        expect(preview.secretOutputs).to.deep.equal([]);
    });
});
