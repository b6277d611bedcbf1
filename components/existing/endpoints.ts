import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { readUrl } from "../args/locations";
import { parseArn } from "../domain/arn";
import { atLeast, type Release } from "../domain/emr-release";
import { EMR_GROUP_NAMES, SERVICE_ACCESS } from "../domain/emr-security-groups";
import { publicBuckets } from "../domain/region";
import { FailedLookup, lookup } from "./lookup";

/** A service that nodes call, with the kind of endpoint that a VPC may have for it. */
interface Service {
    readonly name: "s3" | "dynamodb" | "kms" | "ssm" | "sqs" | "sns";
    readonly vpcEndpointType: "Gateway" | "Interface";
}

/** The AWS provider's messages for no endpoint, the usual case, and for several. */
const NO_ENDPOINT = /no matching EC2 VPC Endpoint found|couldn't find resource/;
const SEVERAL_ENDPOINTS = /multiple EC2 VPC Endpoints matched/;

/**
 * Warnings about the endpoints of a VPC that may block nodes: an endpoint with a policy of its own, or an interface
 * endpoint, which has security groups. A policy is not evaluated: what nodes call in Amazon's own buckets is not under
 * the stack's control.
 */
export async function endpointsToOpen(
    args: ResolvedArgs,
    vpcId: string,
    opts?: pulumi.InvokeOptions,
): Promise<readonly string[]> {
    const { access, region } = args;
    const services: readonly Service[] = [
        { name: "s3", vpcEndpointType: "Gateway" },
        { name: "s3", vpcEndpointType: "Interface" },
        { name: "kms", vpcEndpointType: "Interface" },
        ...(access.ssmParameters.length === 0
            ? []
            : [{ name: "ssm", vpcEndpointType: "Interface" } as const]),
        ...(access.dynamodbTables.length === 0
            ? []
            : [{ name: "dynamodb", vpcEndpointType: "Gateway" } as const]),
        ...(["sqs", "sns"] as const)
            .filter((name) => queuesOf(args, name).length > 0)
            .map((name) => ({ name, vpcEndpointType: "Interface" }) as const),
    ];
    const found = await Promise.all(
        services.map(async ({ name, vpcEndpointType }) => {
            const serviceName = `com.amazonaws.${region}.${name}`;
            const filter = { vpcId, serviceName, vpcEndpointType, state: "available" };
            const endpoint = await lookup(aws.ec2.getVpcEndpoint(filter, opts));
            return endpoint instanceof FailedLookup
                ? failed(endpoint.reason, `${name} (${vpcEndpointType}) in ${vpcId}`)
                : openings(args, name, endpoint);
        }),
    );
    return [...new Set(found.flat())];
}

function failed(reason: string, endpoints: string): readonly string[] {
    if (NO_ENDPOINT.test(reason)) {
        return [];
    }
    return SEVERAL_ENDPOINTS.test(reason)
        ? [
              `There are several endpoints for ${endpoints}, and none was checked: those that the nodes use must let them through (docs/existing.md, "Endpoints").`,
          ]
        : [
              `The VPC's endpoints cannot be looked up (${reason}; ec2:DescribeVpcEndpoints): if it has any, they must let the nodes through (docs/existing.md, "Endpoints").`,
          ];
}

function openings(
    args: ResolvedArgs,
    service: Service["name"],
    { id, policy, privateDnsEnabled, securityGroupIds, vpcEndpointType }: aws.ec2.GetVpcEndpointResult,
): readonly string[] {
    const isInterface = vpcEndpointType === "Interface";
    // Without private DNS, the nodes' names for the service lead past an interface endpoint.
    if (isInterface && !privateDnsEnabled) {
        return [];
    }
    const groups = EMR_GROUP_NAMES[args.network.internetAccess].filter((name) => name !== SERVICE_ACCESS);
    return [
        ...(isInterface
            ? [
                  `${id} is an endpoint for ${service}: its security groups (${securityGroupIds.join(", ")}) must accept TCP 443 from EMR's groups ${groups.join(", ")}. Otherwise clusters fail.`,
              ]
            : []),
        ...(isOpen(policy)
            ? []
            : [
                  `${id} is an endpoint for ${service} with a policy of its own, which must let the nodes through: ${throughPolicy(args, service)}. Otherwise clusters fail.`,
              ]),
    ];
}

/** Whether a policy is AWS's default, which allows everything. */
function isOpen(policy: string): boolean {
    if (policy === "") {
        return true;
    }
    const { Statement = [] } = JSON.parse(policy) as { readonly Statement?: unknown };
    const statements = [Statement].flat() as readonly Readonly<Record<string, unknown>>[];
    const isWildcard = (value: unknown) => JSON.stringify([value].flat()) === '["*"]';
    return (
        statements.length > 0 &&
        statements.every(
            ({ Effect, Principal, Action, Resource, Condition }) =>
                Effect === "Allow" &&
                Condition === undefined &&
                (isWildcard(Principal) ||
                    isWildcard((Principal as { readonly AWS?: unknown } | null)?.AWS)) &&
                isWildcard(Action) &&
                isWildcard(Resource),
        )
    );
}

/** What an endpoint's policy must let through. */
function throughPolicy(args: ResolvedArgs, service: Service["name"]): string {
    switch (service) {
        case "s3":
            return `the buckets ${[...bucketsOf(args), ...bucketsOfEmr(args)].join(", ")}`;
        case "dynamodb":
            return `the tables ${args.access.dynamodbTables.join(", ")}`;
        case "sqs":
            return `sqs:SendMessage on ${queuesOf(args, service).join(", ")}`;
        case "sns":
            return `sns:Publish on ${queuesOf(args, service).join(", ")}`;
        case "ssm":
            return "ssm:GetParameter on the parameters in access.ssmParameters";
        case "kms":
            return "the calls in the roles' policies, with the key of the disks and of the certificates, and the keys in storage.existingKmsKeyArns";
    }
}

function queuesOf({ access }: ResolvedArgs, service: "sqs" | "sns"): readonly string[] {
    return access.queueArns.filter((target) => parseArn(target).service === service);
}

/** The buckets that nodes use, the managed ones by the start of their names. */
function bucketsOf({
    prefix,
    region,
    locations,
    jobflowGrants,
    certificates,
}: ResolvedArgs): readonly string[] {
    const { readFolders, bootstrapScripts } = jobflowGrants;
    const archive = certificates.archive === null ? [] : [readUrl(certificates.archive)];
    const existing = locations.flatMap((location) => (location.managed ? [] : location.folders));
    const named = [...existing, ...readFolders, ...bootstrapScripts, ...archive].map(({ bucket }) => bucket);
    return [...new Set([`${prefix}-*`, ...named, ...publicBuckets(region)])];
}

/**
 * The buckets that EMR's nodes use by themselves, by release: `from` is the first release, `to` the first without.
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/private-subnet-iampolicy.html
 */
const EMR_BUCKETS: readonly { readonly from: Release; readonly to?: Release; readonly names: string[] }[] = [
    {
        from: [0, 0, 0],
        to: [5, 30, 0],
        names: ["packages.REGION.amazonaws.com", "repo.REGION.amazonaws.com"],
    },
    {
        from: [5, 30, 0],
        to: [7, 0, 0],
        names: ["amazonlinux.REGION.amazonaws.com", "amazonlinux-2-repos-REGION"],
    },
    { from: [7, 0, 0], names: ["al2023-repos-REGION-de612dc2"] },
    { from: [5, 22, 0], names: ["repo.REGION.emr.amazonaws.com"] },
    { from: [5, 25, 0], names: ["prod.REGION.appinfo.src"] },
    { from: [0, 0, 0], names: ["aws157-logs-*"] },
];

function bucketsOfEmr({ release, region }: ResolvedArgs): readonly string[] {
    return EMR_BUCKETS.filter(
        ({ from, to }) => atLeast(release, from) && !(to && atLeast(release, to)),
    ).flatMap(({ names }) => names.map((name) => name.replace("REGION", region)));
}
