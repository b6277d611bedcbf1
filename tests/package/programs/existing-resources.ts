import * as aws from "@pulumi/aws";
import { EmrDefaultGroups, EmrEncryption } from "snowplow-emr-encryption";

/** An existing VPC, by plain ids: it is looked up before the first resource. */
const existing = new EmrEncryption("existing", {
    network: {
        existing: {
            vpcId: "vpc-0123456789abcdef0",
            subnetIds: ["subnet-0123456789abcdef0"],
            emrSecurityGroups: EmrDefaultGroups.create,
        },
    },
    emrEtlRunner: { collectors: { format: "thrift" } },
});

/** A VPC and a key that this program creates: their ids and ARNs are outputs. */
const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });
const subnet = new aws.ec2.Subnet("main", { vpcId: vpc.id });
const key = new aws.kms.Key("main", {});
const created = new EmrEncryption(
    "created",
    {
        region: "eu-west-1",
        network: { existing: { vpcId: vpc.id, subnetIds: [subnet.id] } },
        encryption: { kmsKeyArn: key.arn },
        emrEtlRunner: { collectors: { format: "thrift" } },
    },
    { provider: new aws.Provider("ireland", { region: "eu-west-1" }) },
);

export const vpcIds = [existing.vpcId, created.vpcId];
export const subnetIds = [existing.subnetIds, created.subnetIds];
export const kmsKeyArn = created.kmsKeyArn;
export const warnings = created.warnings;
