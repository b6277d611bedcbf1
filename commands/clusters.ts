import type { ClusterState, EMR } from "@aws-sdk/client-emr";
import pMap from "p-map";
import { STACK_TAG } from "../components/domain/naming";
import { collect } from "./aws";

/** A cluster that has not ended. */
export interface ActiveCluster {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    /** The value of the stack's tag, undefined without one. */
    readonly stackTag: string | undefined;
    readonly securityConfiguration: string | undefined;
    /** The cluster's subnet; the candidates until EMR chooses one. */
    readonly subnetIds: readonly string[];
    /** The service role, by name or ARN, and the instance profile. */
    readonly roles: readonly string[];
}

const ACTIVE: readonly ClusterState[] = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"];

/** EMR throttles at few calls a second, and its list has neither tags nor security configurations. */
const CONCURRENCY = 4;

/** Every cluster of the account and region that has not ended, in EMR's order. */
export async function activeClusters(emr: EMR): Promise<readonly ActiveCluster[]> {
    const ids = await collect(emr.paginateListClusters({ ClusterStates: [...ACTIVE] }), ({ Clusters }) =>
        Clusters?.flatMap(({ Id }) => Id ?? []),
    );
    return pMap(ids, (id) => describe(emr, id), { concurrency: CONCURRENCY });
}

/** The active clusters that carry the tag of a stack. */
export async function activeClustersOf(emr: EMR, stackTag: string): Promise<readonly ActiveCluster[]> {
    return (await activeClusters(emr)).filter((cluster) => cluster.stackTag === stackTag);
}

async function describe(emr: EMR, id: string): Promise<ActiveCluster> {
    const { Cluster } = await emr.describeCluster({ ClusterId: id });
    const {
        Ec2SubnetId,
        RequestedEc2SubnetIds = [],
        IamInstanceProfile,
    } = Cluster?.Ec2InstanceAttributes ?? {};
    return {
        id,
        name: Cluster?.Name ?? "",
        state: Cluster?.Status?.State ?? "",
        stackTag: Cluster?.Tags?.find(({ Key }) => Key === STACK_TAG)?.Value,
        securityConfiguration: Cluster?.SecurityConfiguration,
        subnetIds: Ec2SubnetId ? [Ec2SubnetId] : RequestedEc2SubnetIds,
        roles: [Cluster?.ServiceRole, IamInstanceProfile].flatMap((role) => role ?? []),
    };
}
