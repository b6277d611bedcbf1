import { expect } from "chai";
import {
    type DataflowRunnerKeys,
    renderDataflowRunnerCluster,
} from "../../../components/domain/dataflow-runner-cluster";
import { configTree } from "../../../components/domain/emr-etl-runner-config";
import { resolveLocations } from "../../../components/domain/locations";
import { type DataflowRunnerCluster, loadCluster } from "../../support/dataflow-runner-contract";
import { batch, type Config, emr, jobflow, parse } from "../args/parse";

const DEFAULT: DataflowRunnerCluster = {
    name: "Snowplow ETL dev",
    logUri: "s3://dev-logs/emr/",
    region: "eu-west-1",
    credentials: { accessKeyId: "default", secretAccessKey: "default" },
    roles: { jobflow: "snowplow-dev-jobflow-1", service: "snowplow-dev-service-1" },
    ec2: {
        amiVersion: "5.36.2",
        keyName: "snowplow-dev-key-1",
        location: { vpc: { subnetId: "subnet-1" } },
        instances: {
            master: { type: "m4.large" },
            core: {
                type: "m4.large",
                count: 2,
                ebsConfiguration: {
                    ebsOptimized: false,
                    ebsBlockDeviceConfigs: [
                        {
                            volumesPerInstance: 1,
                            volumeSpecification: { iops: 400, sizeInGB: 100, volumeType: "gp2" },
                        },
                    ],
                },
            },
            task: { type: "m4.large", count: 0, bid: "" },
        },
    },
    tags: [
        { key: "for-use-with-amazon-emr-managed-policies", value: "true" },
        { key: "snowplow-emr-stack", value: "snowplow-emr-encryption/dev" },
    ],
    bootstrapActionConfigs: [],
    configurations: [
        { classification: "yarn-site", properties: { "yarn.resourcemanager.am.max-attempts": "1" } },
        { classification: "spark", properties: { maximizeResourceAllocation: "true" } },
    ],
    applications: ["Hadoop", "Spark"],
    securityConfiguration: "snowplow-dev-security-1",
};

const { ec2 } = DEFAULT;
const { instances } = ec2;
const withInstances = (changed: Partial<typeof instances>): Partial<DataflowRunnerCluster> => ({
    ec2: { ...ec2, instances: { ...instances, ...changed } },
});
const withVolume = (ebsOptimized: boolean, volumeSpecification: object) => ({
    core: {
        ...instances.core,
        ebsConfiguration: {
            ebsOptimized,
            ebsBlockDeviceConfigs: [{ volumesPerInstance: 1, volumeSpecification }],
        },
    } as typeof instances.core,
});

/** Stack configs, and where their cluster.json differs from the default one. */
const CASES: readonly (readonly [
    title: string,
    config: Config,
    differences: Partial<DataflowRunnerCluster>,
])[] = [
    ["every default", batch(), {}],
    [
        "its own two keys",
        { ...batch(), dataflowRunner: { applications: ["Spark"], credentialsFrom: "iam" } },
        { applications: ["Spark"], credentials: { accessKeyId: "iam", secretAccessKey: "iam" } },
    ],
    [
        "a cluster without a volume",
        jobflow({ core_instance_ebs: null }),
        withInstances({ core: { type: "m4.large", count: 2 } }),
    ],
    [
        "a volume with IOPS, EBS-optimised by default",
        jobflow({ core_instance_ebs: { volume_size: 200, volume_type: "io1", volume_iops: 1000 } }),
        withInstances(withVolume(true, { iops: 1000, sizeInGB: 200, volumeType: "io1" })),
    ],
    [
        "a volume without IOPS, as a number all the same",
        jobflow({ core_instance_ebs: { volume_size: 50, volume_type: "gp2", ebs_optimized: null } }),
        withInstances(withVolume(true, { iops: 0, sizeInGB: 50, volumeType: "gp2" })),
    ],
    [
        "task nodes, the bid as a string",
        jobflow({ task_instance_count: 3, task_instance_type: "c5.large", task_instance_bid: 0.0001 }),
        withInstances({ task: { type: "c5.large", count: 3, bid: "0.0001" } }),
    ],
    [
        "bootstrap scripts, each under the name of its file",
        emr({ bootstrap: ["s3://acme-scripts/emr/java-11.sh"] }),
        {
            bootstrapActionConfigs: [
                {
                    name: "java-11.sh",
                    scriptBootstrapAction: { path: "s3://acme-scripts/emr/java-11.sh", args: [] },
                },
            ],
        },
    ],
    [
        "no bootstrap scripts and no configuration",
        emr({ bootstrap: null, configuration: null }),
        { configurations: [] },
    ],
    [
        "tags, the stack's own last",
        batch({ monitoring: { tags: { team: "data" } } }),
        { tags: [{ key: "team", value: "data" }, ...(DEFAULT.tags ?? [])] },
    ],
    [
        "braces, which Go's template would run",
        emr({
            jobflow: { job_name: "{{{{systemEnv}}}} {{" },
            configuration: { "{{{": { "{{.x}}": '{"a":{"b":{}}}', "}}": "{{`{{`}}" } },
        }),
        {
            name: "{{{{systemEnv}}}} {{",
            configurations: [
                {
                    classification: "{{{",
                    properties: { "{{.x}}": '{"a":{"b":{}}}', "}}": "{{`{{`}}" },
                },
            ],
        },
    ],
];

describe("cluster.json", () => {
    for (const [title, config, differences] of CASES) {
        it(`gives Dataflow Runner ${title}`, () => {
            expect(loadCluster(String(render(config)))).to.deep.equal({ ...DEFAULT, ...differences });
        });
    }

    it("does not exist without a security configuration, and for a release that Dataflow Runner misreads", () => {
        expect(render(batch(), null)).to.equal(null);
        const release = (ami_version: string) => ({
            emrEtlRunner: {
                aws: { emr: { ami_version }, s3: { buckets: { enriched: { stream: "managed" } } } },
            },
        });
        expect(render(release("9.0.0"))).to.be.a("string");
        expect(render(release("10.0.0"))).to.equal(null);
    });
});

/** Renders a stack config as the program does once everything else is deployed. */
function render(
    config: Config,
    securityConfiguration: string | null = "snowplow-dev-security-1",
): string | null {
    const args = parse(config);
    const tree = configTree({
        ...args,
        locations: resolveLocations(args.locations, (bucket) => `dev-${bucket}`),
        jobflowRole: "snowplow-dev-jobflow-1",
        serviceRole: "snowplow-dev-service-1",
        subnetId: "subnet-1",
        keyName: "snowplow-dev-key-1",
        securityConfiguration,
    });
    const keys: DataflowRunnerKeys = args.dataflowRunner;
    return renderDataflowRunnerCluster(tree, keys);
}
