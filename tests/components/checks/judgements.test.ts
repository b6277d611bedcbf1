import { expect } from "chai";
import { bucketPolicyDifferences, checkBucketRegion } from "../../../components/checks/bucket";
import { checkDomainNames } from "../../../components/checks/domain-names";
import { checkEmrTag } from "../../../components/checks/emr-tag";
import type { Finding } from "../../../components/checks/finding";
import { checkInstanceProfile } from "../../../components/checks/instance-profile";
import { checkKeyKind, checkKeyManager, checkKeyState } from "../../../components/checks/key";
import { checkPublicAddresses, checkSubnetRange, checkSubnetVpc } from "../../../components/checks/subnet";
import { checkTrust } from "../../../components/checks/trust";
import { checkVpcDns } from "../../../components/checks/vpc-dns";
import { bucketPolicy } from "../../../components/policies/bucket";

const REGION = "eu-west-1";
const VPC = { id: "vpc-1", region: REGION };
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
const TAG = "for-use-with-amazon-emr-managed-policies";
const EMR = "elasticmapreduce.amazonaws.com";
const trustOf = (Service: string | readonly string[]) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }] });
const isCorp = (domain: string) => domain === "corp.example";

/** By check: a situation, and the codes of what is found. */
const JUDGEMENTS: Readonly<
    Record<
        string,
        readonly (readonly [situation: string, findings: readonly Finding[], ...codes: string[]])[]
    >
> = {
    checkVpcDns: [
        ["dns-support is on", checkVpcDns("dns-support", true, VPC)],
        ["dns-support is off", checkVpcDns("dns-support", false, VPC), "vpc-dns-support-off"],
        ["dns-hostnames is not known", checkVpcDns("dns-hostnames", undefined, VPC), "vpc-dns-hostnames-off"],
    ],
    checkDomainNames: [
        ["the domain is in the certificate", checkDomainNames({ domains: ["corp.example"] }, isCorp)],
        ["one of the domains is", checkDomainNames({ domains: ["a.example", "corp.example"] }, isCorp)],
        ["any name is accepted", checkDomainNames({ domains: ["a.example"] }, undefined)],
        ["any name is accepted, and there is none", checkDomainNames({ domains: [] }, undefined)],
        [
            "no domain is in the certificate",
            checkDomainNames({ domains: ["a.example", "b.example"] }, isCorp),
            "domain-name-not-in-certificate",
        ],
        ["there is no domain", checkDomainNames({ domains: [] }, isCorp), "domain-name-not-in-certificate"],
        ["there are no DHCP options", checkDomainNames(undefined, isCorp), "dhcp-options-missing"],
        [
            "there are no DHCP options, and any name is accepted",
            checkDomainNames(undefined, undefined),
            "dhcp-options-missing",
        ],
    ],
    checkSubnetVpc: [
        ["the subnet is in the VPC", checkSubnetVpc({ id: "subnet-1", vpcId: "vpc-1" }, "vpc-1")],
        [
            "the subnet is in another VPC",
            checkSubnetVpc({ id: "subnet-1", vpcId: "vpc-2" }, "vpc-1"),
            "subnet-of-another-vpc",
        ],
    ],
    checkSubnetRange: [
        ...["10.1.16.0/20", "172.31.255.0/24", "192.168.1.0/28"].map(
            (cidrBlock) =>
                [`the range is ${cidrBlock}`, checkSubnetRange({ id: "subnet-1", cidrBlock })] as const,
        ),
        ...["100.64.0.0/20", "172.32.0.0/20", "198.18.0.0/24", ""].map(
            (cidrBlock) =>
                [
                    `the range is "${cidrBlock}"`,
                    checkSubnetRange({ id: "subnet-1", cidrBlock }),
                    "subnet-range-not-private",
                ] as const,
        ),
    ],
    checkPublicAddresses: [
        ["nodes get public addresses", checkPublicAddresses({ id: "subnet-1", region: REGION, isOn: true })],
        [
            "nodes get none",
            checkPublicAddresses({ id: "subnet-1", region: REGION, isOn: false }),
            "subnet-without-public-addresses",
        ],
    ],
    checkEmrTag: [
        ["the tag is there", checkEmrTag({ ...VPC, tags: { Name: "a", [TAG]: "true" } })],
        ["the tag has another value", checkEmrTag({ ...VPC, tags: { [TAG]: "false" } }), "emr-tag-missing"],
        ["there are other tags", checkEmrTag({ ...VPC, tags: { Name: "true" } }), "emr-tag-missing"],
        ["there are no tags", checkEmrTag({ ...VPC, tags: undefined }), "emr-tag-missing"],
    ],
    checkKeyManager: [
        ["the customer manages the key", checkKeyManager("CUSTOMER")],
        ["AWS manages the key", checkKeyManager("AWS"), "key-aws-managed"],
    ],
    checkKeyState: [
        ["the key is enabled", checkKeyState({ arn: KEY, state: "Enabled" })],
        ...["Disabled", "PendingDeletion", "Unavailable", undefined].map(
            (state) =>
                [`the state is ${state}`, checkKeyState({ arn: KEY, state }), "key-not-enabled"] as const,
        ),
    ],
    checkKeyKind: [
        ["the key is symmetric", checkKeyKind({ usage: "ENCRYPT_DECRYPT", spec: "SYMMETRIC_DEFAULT" })],
        ["the key signs", checkKeyKind({ usage: "SIGN_VERIFY", spec: "RSA_2048" }), "key-usage"],
        ["the key makes MACs", checkKeyKind({ usage: "GENERATE_VERIFY_MAC", spec: "HMAC_256" }), "key-usage"],
        ["the key is asymmetric", checkKeyKind({ usage: "ENCRYPT_DECRYPT", spec: "RSA_4096" }), "key-spec"],
    ],
    checkTrust: [
        ["the service is trusted", checkTrust(trustOf(EMR), EMR)],
        ["several services are trusted", checkTrust(trustOf(["s3.amazonaws.com", EMR]), EMR)],
        ...["ec2.amazonaws.com", `x-${EMR}`, `${EMR}.cn`].map(
            (other) =>
                [
                    `${other} is trusted`,
                    checkTrust(trustOf(other), EMR),
                    "role-does-not-trust-service",
                ] as const,
        ),
    ],
    checkInstanceProfile: [
        ["it holds the role of its name", checkInstanceProfile("nodes", "nodes")],
        [
            "it holds another role",
            checkInstanceProfile("nodes", "nodes-2"),
            "instance-profile-with-another-role",
        ],
        ["it holds no role", checkInstanceProfile("nodes", ""), "instance-profile-with-another-role"],
        ["it is missing", checkInstanceProfile("nodes", undefined), "instance-profile-with-another-role"],
    ],
    checkBucketRegion: [
        ["the bucket is here", checkBucketRegion({ name: "acme", bucketRegion: REGION }, REGION)],
        [
            "the bucket is elsewhere",
            checkBucketRegion({ name: "acme", bucketRegion: "us-east-1" }, REGION),
            "bucket-in-another-region",
        ],
    ],
};

for (const [check, situations] of Object.entries(JUDGEMENTS)) {
    describe(check, () => {
        for (const [situation, findings, ...codes] of situations) {
            it(`${codes.length === 0 ? "finds nothing" : `finds ${codes.join(", ")}`} if ${situation}`, () => {
                expect(findings.map(({ code }) => code)).to.deep.equal(codes);
            });
        }
    });
}

describe("bucketPolicyDifferences", () => {
    it("compares with the policy for that bucket and that encryption", () => {
        const policy = JSON.stringify(bucketPolicy("arn:aws:s3:::acme", "AES256"));
        expect(bucketPolicyDifferences("acme", "AES256", policy)).to.deep.equal([]);
        expect(bucketPolicyDifferences("acme", "aws:kms", policy)).to.deep.equal([
            "changed DenyOtherEncryption",
        ]);
        expect(bucketPolicyDifferences("other", "AES256", policy)).to.deep.equal([
            "changed DenyPlainHttp",
            "changed DenyOtherEncryption",
            "changed DenyCustomerProvidedKeys",
        ]);
    });
});
