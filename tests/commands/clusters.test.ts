import { expect } from "chai";
import { activeClusters, activeClustersOf } from "../../commands/clusters";
import { fakeAws, refusal } from "../support/fake-aws";

const answers = {
    ListClusters: ({ Marker }: Readonly<Record<string, unknown>>) =>
        Marker ? { Clusters: [{ Id: "j-2" }, {}] } : { Marker: "more", Clusters: [{ Id: "j-1" }] },
    DescribeCluster: ({ ClusterId }: Readonly<Record<string, unknown>>) =>
        ClusterId === "j-1"
            ? {
                  Cluster: {
                      Name: "Snowplow ETL dev",
                      Status: { State: "RUNNING" },
                      SecurityConfiguration: "snowplow-dev-1",
                      ServiceRole: "emr",
                      Ec2InstanceAttributes: {
                          IamInstanceProfile: "nodes",
                          Ec2SubnetId: "subnet-1",
                          RequestedEc2SubnetIds: ["subnet-1", "subnet-2"],
                      },
                      Tags: [
                          { Key: "team", Value: "data" },
                          { Key: "snowplow-emr-stack", Value: "snowplow-emr-encryption/dev" },
                      ],
                  },
              }
            : { Cluster: { Ec2InstanceAttributes: { RequestedEc2SubnetIds: ["subnet-1", "subnet-2"] } } },
};
const FIRST = {
    id: "j-1",
    name: "Snowplow ETL dev",
    state: "RUNNING",
    stackTag: "snowplow-emr-encryption/dev",
    securityConfiguration: "snowplow-dev-1",
    subnetIds: ["subnet-1"],
    roles: ["emr", "nodes"],
};

describe("activeClusters", () => {
    it("returns the clusters of all pages that have not ended, with EMR's description", async () => {
        const { clients, sent } = fakeAws(answers);
        expect(await activeClusters(clients.emr)).to.deep.equal([
            FIRST,
            {
                id: "j-2",
                name: "",
                state: "",
                stackTag: undefined,
                securityConfiguration: undefined,
                subnetIds: ["subnet-1", "subnet-2"],
                roles: [],
            },
        ]);
        expect(sent[0]?.[1]).to.deep.include({
            ClusterStates: ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"],
        });
    });

    it("assigns a cluster to a stack by the whole value of the tag", async () => {
        const { emr } = fakeAws(answers).clients;
        expect(await activeClustersOf(emr, "snowplow-emr-encryption/dev")).to.deep.equal([FIRST]);
        for (const other of ["dev", "other-project/dev", "data"]) {
            expect(await activeClustersOf(emr, other)).to.deep.equal([]);
        }
    });

    it("names the missing permission", async () => {
        const { emr } = fakeAws({
            ...answers,
            DescribeCluster: () => {
                throw refusal("AccessDeniedException");
            },
        }).clients;
        let message = "";
        await activeClusters(emr).catch((error: Error) => {
            ({ message } = error);
        });
        expect(message).to.match(/^elasticmapreduce:DescribeCluster on j-\d: AccessDeniedException\. These/);
    });
});
