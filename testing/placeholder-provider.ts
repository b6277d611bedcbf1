import * as pulumi from "@pulumi/pulumi";
import { arn } from "../components/domain/arn";
import { wildcardDomains } from "../components/domain/certificate-chain";
import { DEFAULT_RELEASE } from "../components/domain/emr-release";
import { DEFAULT_TYPE } from "../components/domain/instance-types";
import { EMR_TAG, NAMESPACE } from "../components/domain/naming";
import { internalDomain, type Region } from "../components/domain/region";
import { type Provider, Refusal } from "./mock-engine";

/** Replaces values that are known after a deployment only. */
export const PLACEHOLDER = "placeholder";

/** Replaces times that are known after a deployment only. */
export const PLACEHOLDER_TIME = "9999-12-31T23:59:59Z";

/** A placeholder for the account's number. AWS does not assign it. */
export const ACCOUNT_ID = "000000000000";

export const CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity";
export const TAGGED_RESOURCES = "aws:resourcegroupstaggingapi/getResources:getResources";
export const PROVIDER_REGION = "aws:index/getRegion:getRegion";
const RELEASE_LABELS = "aws:emr/getReleaseLabels:getReleaseLabels";
const INSTANCE_TYPES = "aws:emr/getSupportedInstanceTypes:getSupportedInstanceTypes";

/** The invokes of stacks without existing resources. */
export const USUAL_INVOKES: readonly string[] = [
    CALLER_IDENTITY,
    PROVIDER_REGION,
    RELEASE_LABELS,
    INSTANCE_TYPES,
    TAGGED_RESOURCES,
];

type Inputs = Readonly<Record<string, unknown>>;
type State = Record<string, unknown>;

/**
 * Fakes AWS and TLS, with names and ids that have the form of real ones. Existing resources pass all checks.
 * @param account The account's number.
 */
export function placeholderProvider(region: string, account = ACCOUNT_ID): Provider {
    return {
        create(type, name, inputs) {
            const { id, ...state } = computed(type, name, inputs, region, account);
            return { id: String(id ?? `${name}-${PLACEHOLDER}`), state: { ...inputs, ...state } };
        },
        call(token, inputs) {
            const answer = lookup(token, inputs, region, account);
            if (answer === undefined) {
                throw new Error(`no answer for ${token}`);
            }
            return answer;
        },
    };
}

/** The parts of the stack config on which the answers depend. */
interface StackConfig {
    readonly network: {
        readonly internetAccess?: "nat" | "public";
        readonly existing?: { readonly vpcId?: string };
    };
    readonly certificates: { readonly chainPem?: string };
    readonly emrEtlRunner: {
        readonly aws?: {
            readonly emr?: {
                readonly ami_version?: string;
                readonly jobflow?: Readonly<Record<string, unknown>>;
            };
        };
    };
}

function stackConfig<Key extends keyof StackConfig>(key: Key): StackConfig[Key] {
    return new pulumi.Config(NAMESPACE).getObject<StackConfig[Key]>(key) ?? {};
}

/** The domain name of an existing VPC: AWS's default, or the domain of the certificate in the stack config. */
function domainName(region: Region): string {
    const { chainPem } = stackConfig("certificates");
    const domains = chainPem ? wildcardDomains(chainPem) : [];
    const usual = internalDomain(region);
    return domains.includes(usual) ? usual : (domains[0] ?? usual);
}

/** The answer to an invoke: an existing resource that passes the stack's checks. Undefined for an unknown function. */
function lookup(token: string, inputs: Inputs, region: string, account: string): State | undefined {
    switch (token) {
        case CALLER_IDENTITY:
            return {
                accountId: account,
                arn: arn("iam", "", account, "root"),
                userId: account,
                id: account,
            };
        case PROVIDER_REGION:
            return { region, id: region };
        case RELEASE_LABELS:
            return {
                releaseLabels: [
                    `emr-${stackConfig("emrEtlRunner").aws?.emr?.ami_version ?? DEFAULT_RELEASE}`,
                ],
            };
        case INSTANCE_TYPES: {
            const jobflow = stackConfig("emrEtlRunner").aws?.emr?.jobflow;
            const types = ["master", "core", "task"].map((nodes) => jobflow?.[`${nodes}_instance_type`]);
            return { supportedInstanceTypes: [DEFAULT_TYPE, ...types].map((type) => ({ type })) };
        }
        case "aws:ec2/getVpc:getVpc":
            return {
                id: inputs.id,
                cidrBlock: "10.0.0.0/16",
                dhcpOptionsId: `dopt-${PLACEHOLDER}`,
                enableDnsHostnames: true,
                enableDnsSupport: true,
                mainRouteTableId: `rtb-${PLACEHOLDER}`,
                tags: EMR_TAG,
            };
        case "aws:ec2/getVpcDhcpOptions:getVpcDhcpOptions":
            return { domainName: domainName(region as Region), domainNameServers: ["AmazonProvidedDNS"] };
        case "aws:ec2/getSubnet:getSubnet":
            return {
                id: inputs.id,
                vpcId: stackConfig("network").existing?.vpcId,
                cidrBlock: "10.0.0.0/20",
                mapPublicIpOnLaunch: true,
                tags: EMR_TAG,
            };
        case "aws:ec2/getRouteTable:getRouteTable":
            return {
                routeTableId: `rtb-${PLACEHOLDER}`,
                routes: [
                    {
                        cidrBlock: "0.0.0.0/0",
                        gatewayId:
                            stackConfig("network").internetAccess === "public" ? `igw-${PLACEHOLDER}` : "",
                    },
                ],
            };
        case "aws:ec2/getSecurityGroups:getSecurityGroups":
            return { ids: [] };
        case "aws:ec2/getVpcEndpoint:getVpcEndpoint":
            throw new Refusal("no matching EC2 VPC Endpoint found");
        case "aws:dynamodb/getTable:getTable":
            return { name: inputs.name, serverSideEncryption: { enabled: false, kmsKeyArn: "" } };
        case "aws:kms/getKey:getKey":
            return {
                enabled: true,
                keyManager: "CUSTOMER",
                keyState: "Enabled",
                keyUsage: "ENCRYPT_DECRYPT",
                keySpec: "SYMMETRIC_DEFAULT",
            };
        case "aws:iam/getRole:getRole":
            return {
                name: inputs.name,
                arn: arn("iam", "", account, `role/${inputs.name}`),
                assumeRolePolicy: JSON.stringify(["elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"]),
            };
        case "aws:iam/getInstanceProfile:getInstanceProfile":
            return { name: inputs.name, roleName: inputs.name };
        case "aws:sns/getTopic:getTopic":
            return { name: inputs.name, arn: arn("sns", region, account, String(inputs.name)) };
        case "aws:s3/getBucket:getBucket":
            return { bucket: inputs.bucket, bucketRegion: region };
        case "aws:s3/getBucketPolicy:getBucketPolicy":
            throw new Refusal(`reading S3 Bucket (${inputs.bucket}) Policy: couldn't find resource`);
        case TAGGED_RESOURCES:
            return { resourceTagMappingLists: [] };
        case "aws:cloudcontrol/getResource:getResource":
            throw new Refusal(
                `reading AWS Cloud Control API Resource (${inputs.identifier}): couldn't find resource`,
            );
        default:
            return undefined;
    }
}

/** The properties that the provider adds to a resource's inputs; `id` if its form matters. */
function computed(type: string, name: string, inputs: Inputs, region: string, account: string): State {
    const generated = (prefix: unknown) => `${prefix}${PLACEHOLDER}`;
    const iamArn = (kind: string, of: string) => arn("iam", "", account, `${kind}${inputs.path ?? "/"}${of}`);
    switch (type) {
        case "aws:ec2/vpc:Vpc":
            return { id: `vpc-${PLACEHOLDER}` };
        case "aws:ec2/subnet:Subnet":
            return {
                id: `subnet-${PLACEHOLDER}-${name}`,
                availabilityZone: inputs.availabilityZone ?? `${region}${PLACEHOLDER}`,
            };
        case "aws:ec2/securityGroup:SecurityGroup":
            return { id: `sg-${PLACEHOLDER}-${name}` };
        case "aws:ec2/eip:Eip":
            return { allocationId: `eipalloc-${PLACEHOLDER}`, publicIp: "192.0.2.1" };
        case "aws:ec2/keyPair:KeyPair":
            return { keyName: generated(inputs.keyNamePrefix) };
        case "aws:emr/securityConfiguration:SecurityConfiguration":
            return { name: generated(inputs.namePrefix) };
        case "aws:iam/role:Role": {
            const roleName = generated(inputs.namePrefix);
            return { id: roleName, name: roleName, arn: iamArn("role", roleName) };
        }
        case "aws:iam/policy:Policy":
            return { arn: iamArn("policy", generated(inputs.namePrefix)) };
        case "aws:iam/rolePolicy:RolePolicy":
            return { name: `${name}-${PLACEHOLDER}` };
        case "aws:kms/key:Key":
            return { keyId: PLACEHOLDER, arn: arn("kms", region, account, `key/${PLACEHOLDER}`) };
        case "aws:s3/bucket:Bucket": {
            const bucket = generated(inputs.bucketPrefix);
            return { id: bucket, bucket, arn: arn("s3", "", "", bucket) };
        }
        case "aws:scheduler/schedule:Schedule": {
            const schedule = generated(inputs.namePrefix);
            return { id: `default/${schedule}`, name: schedule };
        }
        case "tls:index/privateKey:PrivateKey":
            return {
                privateKeyPem: pulumi.secret(pem("RSA PRIVATE KEY", name)),
                privateKeyPemPkcs8: pulumi.secret(pem("PRIVATE KEY", name)),
                publicKeyOpenssh: `ssh-rsa ${PLACEHOLDER}`,
            };
        case "tls:index/certRequest:CertRequest":
            return { certRequestPem: pem("CERTIFICATE REQUEST", name) };
        case "tls:index/selfSignedCert:SelfSignedCert":
        case "tls:index/locallySignedCert:LocallySignedCert":
            return { certPem: pem("CERTIFICATE", name), validityEndTime: PLACEHOLDER_TIME };
        default:
            return {};
    }
}

function pem(label: string, name: string): string {
    return `-----BEGIN ${label}-----\n${PLACEHOLDER} ${name}\n-----END ${label}-----\n`;
}
