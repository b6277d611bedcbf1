import { at, awsType, list, type Resource, type ResourceRule, texts } from "./resource";

/** The widest private ranges are 10.0.0.0/8 and fc00::/7: what is wider lets the internet in, halves of it too. */
const WIDEST = { ipv4: 8, ipv6: 7 };

/** The properties that hold ranges, in the spellings of all resources that have ingress rules. */
const RANGES = ["cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"];

/** Of any port: EmrEtlRunner reaches clusters through EMR's API, and nodes reach one another inside the VPC. */
export const noWorldOpenIngress: ResourceRule = {
    name: "ec2-no-world-open-ingress",
    description: "No security group lets the internet in.",
    check: (resource) =>
        ingressRules(resource).flatMap(({ place, rule }) =>
            RANGES.flatMap((key) =>
                texts(at(rule, key))
                    .filter(isWorld)
                    .map(
                        (range) =>
                            `found ${range} in ${place}${key}: let in security groups, or the ranges of networks that you know`,
                    ),
            ),
        ),
};

/** Network ACLs are left out: they are stateless, and must let answers from the internet in. */
function ingressRules(resource: Resource): readonly { readonly place: string; readonly rule: unknown }[] {
    const { props } = resource;
    switch (awsType(resource)) {
        case "ec2/securityGroup":
        case "ec2/defaultSecurityGroup":
            return list(props.ingress).map((rule, index) => ({ place: `ingress[${index}].`, rule }));
        case "ec2/securityGroupRule":
            return props.type === "ingress" ? [{ place: "", rule: props }] : [];
        case "vpc/securityGroupIngressRule":
            return [{ place: "", rule: props }];
        default:
            return [];
    }
}

function isWorld(range: string): boolean {
    const length = Number(range.split("/")[1] ?? Number.NaN);
    return length < (range.includes(":") ? WIDEST.ipv6 : WIDEST.ipv4);
}
