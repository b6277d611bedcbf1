import { z } from "zod";
import type { Run } from "../../testing/mock-engine";
import { load } from "./emr-etl-runner-contract";

/*
 * What Dataflow Runner 0.7.5 requires of a cluster.json, stated again from its own sources, independently of the renderer:
 * avro/cluster.avsc (fields, their types, and which may be null), config_resolver.go (Go's template, then JSON) and
 * emr_cluster.go (what it passes to RunJobFlow). Strict: an unknown field would be ignored without a word.
 */

const long = z.int();
/** A field that may be null, or omitted. */
const orNull = <T extends z.ZodType>(type: T) => type.nullable().optional();

const ebsConfiguration = orNull(
    z.strictObject({
        ebsOptimized: z.boolean(),
        ebsBlockDeviceConfigs: z.array(
            z.strictObject({
                volumesPerInstance: long,
                volumeSpecification: z.strictObject({ iops: long, sizeInGB: long, volumeType: z.string() }),
            }),
        ),
    }),
);

const record = z.strictObject({
    schema: z.literal("iglu:com.snowplowanalytics.dataflowrunner/ClusterConfig/avro/1-1-0"),
    data: z.strictObject({
        name: z.string().min(1),
        logUri: z.string().regex(/^s3:\/\/[^/]+\/(.+\/)?$/),
        region: z.string().min(1),
        // Not keys: both the same one of these words.
        credentials: z.union(
            (["default", "env", "iam"] as const).map((word) =>
                z.strictObject({ accessKeyId: z.literal(word), secretAccessKey: z.literal(word) }),
            ),
        ),
        roles: z.strictObject({ jobflow: z.string().min(1), service: z.string().min(1) }),
        ec2: z.strictObject({
            amiVersion: z.string().regex(/^[4-9]\.\d+\.\d+$/), // It reads one digit as the major version.
            keyName: z.string().min(1),
            location: z.strictObject({ vpc: z.strictObject({ subnetId: z.string().min(1) }) }),
            instances: z.strictObject({
                master: z.strictObject({ type: z.string(), ebsConfiguration }),
                core: z.strictObject({ type: z.string(), count: long.min(1), ebsConfiguration }),
                task: z.strictObject({
                    type: z.string(),
                    count: long,
                    bid: z.string().regex(/^(\d+(\.\d+)?)?$/),
                    ebsConfiguration,
                }),
            }),
        }),
        tags: orNull(z.array(z.strictObject({ key: z.string(), value: z.string() }))),
        bootstrapActionConfigs: orNull(
            z.array(
                z.strictObject({
                    name: z.string().min(1).max(256),
                    scriptBootstrapAction: z.strictObject({ path: z.string(), args: z.array(z.string()) }),
                }),
            ),
        ),
        configurations: orNull(
            z.array(
                z.strictObject({
                    classification: z.string(),
                    properties: z.record(z.string(), z.string()),
                }),
            ),
        ),
        applications: orNull(z.array(z.string())),
        securityConfiguration: z.string().min(1),
    }),
});

export type DataflowRunnerCluster = z.output<typeof record>["data"];

/**
 * What Dataflow Runner reads from a cluster.json.
 * @throws Error if it would refuse the file, or run an action in it other than one that prints a string.
 */
export function loadCluster(source: string): DataflowRunnerCluster {
    const text = source.replace(/\{\{([\s\S]*?)\}\}/g, (action, code: string) => {
        if (!/^"[^"\\\n]*"$/.test(code)) {
            throw new Error(`a template action: ${action}`);
        }
        return code.slice(1, -1);
    });
    return record.parse(JSON.parse(text)).data;
}

/** Why Dataflow Runner, or EMR at once, would refuse the cluster.json of a run, and what it has other than config.yml. */
export function clusterErrors({ outputs }: Pick<Run, "outputs">): readonly string[] {
    const { aws, monitoring } = load(String(outputs.emrEtlRunnerConfig)) as ConfigYml;
    const source = outputs.dataflowRunnerCluster;
    if (source === null) {
        const isReadable =
            aws.emr.security_configuration !== null && /^\d\./.test(String(aws.emr.ami_version));
        return isReadable ? ["no cluster.json"] : [];
    }
    try {
        const { name, logUri, region, roles, ec2, securityConfiguration, tags } = loadCluster(String(source));
        const pairs: readonly (readonly [unknown, unknown])[] = [
            [name, aws.emr.jobflow.job_name],
            [logUri, aws.s3.buckets.log],
            [region, aws.emr.region],
            [roles.jobflow, aws.emr.jobflow_role],
            [roles.service, aws.emr.service_role],
            [ec2.amiVersion, aws.emr.ami_version],
            [ec2.keyName, aws.emr.ec2_key_name],
            [ec2.location.vpc.subnetId, aws.emr.ec2_subnet_id],
            [securityConfiguration, aws.emr.security_configuration],
            [Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value])), monitoring.tags],
        ];
        return pairs.flatMap(([found, wanted]) => {
            const [has, wants] = [JSON.stringify(found), JSON.stringify(wanted)];
            return has === wants ? [] : `cluster.json has ${has}, config.yml ${wants}`;
        });
    } catch (error) {
        return [String(error)];
    }
}

/** The part of config.yml that both runners have. */
interface ConfigYml {
    readonly aws: {
        readonly s3: { readonly buckets: { readonly log: string } };
        readonly emr: Readonly<Record<string, unknown>> & { readonly jobflow: { readonly job_name: string } };
    };
    readonly monitoring: { readonly tags: unknown };
}
