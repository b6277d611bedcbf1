import { batch, type Config, judges } from "../parse";

const SUBNET = "subnet-0123456789abcdef0";

const EXISTING = {
    network: { existing: { vpcId: "vpc-0123456789abcdef0", subnetIds: [SUBNET] } },
    access: { serviceRole: { existing: "my-service" }, jobflowRole: { existing: "my-nodes" } },
};

/** The keys of a config.yml that the stack sets, each with a value. */
const pasted = (value: (key: string) => unknown) =>
    batch({
        aws: {
            access_key_id: value("access_key_id"),
            secret_access_key: value("secret_access_key"),
            s3: { region: value("region"), buckets: { encrypted: value("encrypted") } },
            emr: {
                region: value("region"),
                jobflow_role: value("jobflow_role"),
                service_role: value("service_role"),
                placement: value("placement"),
                ec2_subnet_id: value("ec2_subnet_id"),
                security_configuration: value("security_configuration"),
                software: { hbase: value("hbase"), lingual: value("lingual") },
            },
        },
        storage: { versions: { hadoop_elasticsearch: value("hadoop_elasticsearch") } },
    });

const OWNED = [
    ..."access_key_id secret_access_key s3.region s3.buckets.encrypted emr.region emr.jobflow_role".split(
        " ",
    ),
    ..."emr.service_role emr.placement emr.ec2_subnet_id emr.security_configuration".split(" "),
    ..."emr.software.hbase emr.software.lingual".split(" "),
].map((key) => `aws.${key}`);

const refused = (...keys: readonly string[]) => keys.map((key) => `owned-key at emrEtlRunner.${key}`);

/** What the stack renders, whatever exists. */
const RENDERED: Config = {
    access_key_id: "<%= ENV.fetch('AWS_SNOWPLOW_ACCESS_KEY') %>",
    secret_access_key: "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>",
    region: "eu-west-1",
    encrypted: true,
    hadoop_elasticsearch: "0.1.0",
};

describe("a key that the stack sets", () => {
    judges([
        ["every one that is null", pasted(() => null)],
        [
            "every one with another value",
            pasted(() => "x"),
            refused(...OWNED, "storage.versions.hadoop_elasticsearch"),
        ],
        [
            "every one with an object, whatever its keys",
            pasted(() => ({ toString: null })),
            refused(...OWNED, "storage.versions.hadoop_elasticsearch"),
        ],
        [
            "every one with the sample's value",
            pasted(() => "ADD HERE"),
            refused(...OWNED, "storage.versions.hadoop_elasticsearch").map((error) =>
                error.replace("owned-key", "open-value"),
            ),
        ],
        ["those whose values are known, as the stack renders them", pasted((key) => RENDERED[key])],
        [
            "roles and subnet, as they are named elsewhere",
            {
                ...batch({
                    aws: {
                        emr: { jobflow_role: "my-nodes", service_role: "my-service", ec2_subnet_id: SUBNET },
                    },
                }),
                ...EXISTING,
            },
        ],
        [
            "other roles, and another subnet, than are named elsewhere",
            {
                ...batch({ aws: { emr: { jobflow_role: "a", service_role: "b", ec2_subnet_id: "c" } } }),
                ...EXISTING,
            },
            refused("aws.emr.jobflow_role", "aws.emr.service_role", "aws.emr.ec2_subnet_id"),
        ],
    ]);
});
