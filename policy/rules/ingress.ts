import { at, awsType, list, type Resource, type ResourceRule, texts } from "./resource";

/** The shortest prefixes of private ranges, 10.0.0.0/8 and fc00::/7. A wider range contains public addresses. */
const WIDEST = { ipv4: 8, ipv6: 7 };

/** The properties with ranges, of all resources with ingress rules. */
const RANGES = ["cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"];

/** No port is exempt: EmrEtlRunner uses EMR's API, and nodes connect to each other inside the VPC. */
export const noWorldOpenIngress: ResourceRule = {
    name: "ec2-no-world-open-ingress",
    description: "No security group allows ingress from the internet.",
    check: (resource) =>
        ingressRules(resource).flatMap(({ place, rule }) =>
            RANGES.flatMap((key) =>
                texts(at(rule, key))
                    .filter(isWorld)
                    .map(
                        (range) =>
                            `found ${range} in ${place}${key}: allow security groups, or the ranges of known networks`,
                    ),
            ),
        ),
};

/** The ingress rules of a security group. Network ACLs are not checked: they are stateless and must allow responses. */
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
