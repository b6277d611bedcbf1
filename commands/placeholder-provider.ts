import * as pulumi from "@pulumi/pulumi";
import { arn } from "../components/region";
import type { Provider } from "./mock-engine";

/** Stands wherever only a deployment can know. */
export const PLACEHOLDER = "placeholder";

/** An account number that AWS never gives out. */
export const ACCOUNT_ID = "000000000000";

type Inputs = Readonly<Record<string, unknown>>;
type State = Record<string, unknown>;

/** AWS and TLS as the program needs them to run to its end: names and ids of their true form, and placeholders. */
export function placeholderProvider(region: string): Provider {
    return {
        create(type, name, inputs) {
            const { id, ...state } = computed(type, name, inputs, region);
            return { id: String(id ?? `${name}-${PLACEHOLDER}`), state: { ...inputs, ...state } };
        },
        call(token) {
            if (token === "aws:index/getCallerIdentity:getCallerIdentity") {
                return {
                    accountId: ACCOUNT_ID,
                    arn: arn("iam", "", ACCOUNT_ID, "root"),
                    userId: ACCOUNT_ID,
                    id: ACCOUNT_ID,
                };
            }
            throw new Error(`nobody answers ${token}`);
        },
    };
}

/** What the provider adds to a resource's inputs; `id` where it is not just any. */
function computed(type: string, name: string, inputs: Inputs, region: string): State {
    const generated = (prefix: unknown) => `${prefix}${PLACEHOLDER}`;
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
            return { id: roleName, name: roleName, arn: arn("iam", "", ACCOUNT_ID, `role/${roleName}`) };
        }
        case "aws:iam/policy:Policy":
            return { arn: arn("iam", "", ACCOUNT_ID, `policy/${generated(inputs.namePrefix)}`) };
        case "aws:kms/key:Key":
            return { keyId: PLACEHOLDER, arn: arn("kms", region, ACCOUNT_ID, `key/${PLACEHOLDER}`) };
        case "aws:s3/bucket:Bucket": {
            const bucket = generated(inputs.bucketPrefix);
            return { id: bucket, bucket, arn: arn("s3", "", "", bucket) };
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
            return { certPem: pem("CERTIFICATE", name), validityEndTime: PLACEHOLDER };
        default:
            return {};
    }
}

function pem(label: string, name: string): string {
    return `-----BEGIN ${label}-----\n${PLACEHOLDER} ${name}\n-----END ${label}-----\n`;
}
