import {
    type ClusterNetwork,
    EmrSecurityGroups,
    EncryptedBucket,
    EncryptionKey,
    InternetAccess,
    Network,
    REGIONS,
} from "snowplow-emr-encryption";

const bucket = new EncryptedBucket("data", { bucketPrefix: "acme-data-", noncurrentDays: 30 });
const key = new EncryptionKey("key", { accountId: "111122223333", prefix: "acme" });
const network: ClusterNetwork = new Network("network", {
    region: REGIONS[0],
    internetAccess: InternetAccess.public,
});
new EmrSecurityGroups("groups", { vpcId: network.vpcId });

export const arns = [bucket.arn, key.arn];
