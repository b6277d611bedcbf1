import type { CredentialsFrom } from "./choices";
import type { ConfigTree } from "./emr-etl-runner-config";

/** The keys of the stack config that config.yml has no place for. */
export interface DataflowRunnerKeys {
    /** The names of EMR's applications. */
    readonly applications: readonly string[];
    /** Where Dataflow Runner takes its AWS credentials from. */
    readonly credentialsFrom: CredentialsFrom;
}

const SCHEMA = "iglu:com.snowplowanalytics.dataflowrunner/ClusterConfig/avro/1-1-0";

/**
 * Renders Dataflow Runner's cluster.json, for the cluster that config.yml describes. A field that its Avro schema allows
 * to be null is omitted; it reads all others, and a missing number as 0.
 * @returns null if Dataflow Runner would launch another cluster: without a security configuration, it passes an empty name
 * to EMR; of EMR 10 and later, it reads the first digit alone as the major version.
 * @see https://github.com/snowplow/dataflow-runner: avro/cluster.avsc, src/config_resolver.go, src/emr_cluster.go
 */
export function renderDataflowRunnerCluster(
    { aws, monitoring }: ConfigTree,
    { applications, credentialsFrom }: DataflowRunnerKeys,
): string | null {
    const { s3, emr } = aws;
    const { jobflow, security_configuration: securityConfiguration } = emr;
    if (securityConfiguration === null || /^\d\d/.test(emr.ami_version)) {
        return null;
    }
    const cluster = {
        schema: SCHEMA,
        data: {
            name: jobflow.job_name,
            logUri: s3.buckets.log,
            region: emr.region,
            credentials: { accessKeyId: credentialsFrom, secretAccessKey: credentialsFrom },
            roles: { jobflow: emr.jobflow_role, service: emr.service_role },
            ec2: {
                amiVersion: emr.ami_version,
                keyName: emr.ec2_key_name,
                location: { vpc: { subnetId: emr.ec2_subnet_id } },
                instances: {
                    master: { type: jobflow.master_instance_type },
                    core: {
                        type: jobflow.core_instance_type,
                        count: jobflow.core_instance_count,
                        ...ebsConfiguration(jobflow.core_instance_ebs),
                    },
                    task: {
                        type: jobflow.task_instance_type,
                        count: jobflow.task_instance_count,
                        bid: jobflow.task_instance_bid?.toString() ?? "", // An empty string is on-demand.
                    },
                },
            },
            tags: Object.entries(monitoring.tags).map(([key, value]) => ({ key, value })),
            bootstrapActionConfigs: (emr.bootstrap ?? []).map((path) => ({
                name: path.slice(path.lastIndexOf("/") + 1),
                scriptBootstrapAction: { path, args: [] },
            })),
            configurations: Object.entries(emr.configuration ?? {}).map(([classification, properties]) => ({
                classification,
                properties,
            })),
            applications,
            securityConfiguration,
        },
    };
    // Dataflow Runner runs the file through Go's text/template, before it reads the JSON. An indented JSON has `{{` only
    // inside of strings.
    return `${JSON.stringify(cluster, null, 2).replaceAll("{{", '{{"{{"}}')}\n`;
}

/** Dataflow Runner passes `iops` for volumes other than gp2 and gp3. */
function ebsConfiguration(volume: ConfigTree["aws"]["emr"]["jobflow"]["core_instance_ebs"]) {
    return (
        volume && {
            ebsConfiguration: {
                ebsOptimized: volume.ebs_optimized ?? true, // EmrEtlRunner's default.
                ebsBlockDeviceConfigs: [
                    {
                        volumesPerInstance: 1,
                        volumeSpecification: {
                            iops: volume.volume_iops ?? 0,
                            sizeInGB: volume.volume_size,
                            volumeType: volume.volume_type,
                        },
                    },
                ],
            },
        }
    );
}
