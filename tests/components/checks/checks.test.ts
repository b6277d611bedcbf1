import { expect } from "chai";
import { bucketPolicyDifferences, checkBucketRegion } from "../../../components/checks/bucket";
import { checkDomainNames } from "../../../components/checks/domain-names";
import type { Finding } from "../../../components/checks/finding";
import { checkKeyKind, checkKeyState } from "../../../components/checks/key";
import {
    checkEmrTag,
    checkPublicAddresses,
    checkSubnetVpc,
    checkVpcDns,
} from "../../../components/checks/network";
import { checkInstanceProfile, checkTrust } from "../../../components/checks/role";
import { bucketPolicy } from "../../../components/policies/bucket";

const REGION = "eu-west-1";
const VPC = { id: "vpc-1", region: REGION };
const SUBNET = { id: "subnet-1", region: REGION };
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
const TAG = "for-use-with-amazon-emr-managed-policies";
const EMR = "elasticmapreduce.amazonaws.com";
const trustOf = (Service: string | readonly string[]) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }] });
const bucketIn = (bucketRegion: string) => ({ name: "acme", bucketRegion });
const isCorp = (domain: string) => domain === "corp.example";

type Row = readonly [situation: string, finding: Finding | undefined, code?: string];

/** By check: what each situation leads to. */
const CHECKS: Readonly<Record<string, readonly Row[]>> = {
    checkVpcDns: [
        ["dns-support is on", checkVpcDns(VPC, "dns-support", true)],
        ["dns-support is off", checkVpcDns(VPC, "dns-support", false), "vpc-dns-support-off"],
        ["dns-hostnames is not known", checkVpcDns(VPC, "dns-hostnames", undefined), "vpc-dns-hostnames-off"],
    ],
    checkDomainNames: [
        ["the domain is in the certificate", checkDomainNames(["corp.example"], isCorp)],
        ["one of the domains is", checkDomainNames(["a.example", "corp.example"], isCorp)],
        ["any name is accepted", checkDomainNames(["a.example"], undefined)],
        ["any name is accepted, and there is none", checkDomainNames([], undefined)],
        [
            "no domain is",
            checkDomainNames(["a.example", "b.example"], isCorp),
            "domain-name-not-in-certificate",
        ],
        ["there is no domain", checkDomainNames([], isCorp), "domain-name-not-in-certificate"],
        ["there are no DHCP options", checkDomainNames(undefined, isCorp), "dhcp-options-missing"],
        [
            "there are none, and any name is accepted",
            checkDomainNames(undefined, undefined),
            "dhcp-options-missing",
        ],
    ],
    checkSubnetVpc: [
        ["the subnet is in the VPC", checkSubnetVpc({ id: "subnet-1", vpcId: "vpc-1" }, "vpc-1")],
        [
            "it is in another",
            checkSubnetVpc({ id: "subnet-1", vpcId: "vpc-2" }, "vpc-1"),
            "subnet-of-another-vpc",
        ],
    ],
    checkPublicAddresses: [
        ["nodes get public addresses", checkPublicAddresses(SUBNET, true)],
        ["nodes get none", checkPublicAddresses(SUBNET, false), "subnet-without-public-addresses"],
    ],
    checkEmrTag: [
        ["the tag is there", checkEmrTag(VPC, { Name: "a", [TAG]: "true" })],
        ["the tag has another value", checkEmrTag(VPC, { [TAG]: "false" }), "emr-tag-missing"],
        ["there are other tags", checkEmrTag(VPC, { Name: "true" }), "emr-tag-missing"],
        ["there are no tags", checkEmrTag(VPC, undefined), "emr-tag-missing"],
    ],
    checkKeyState: [
        ["the key is enabled", checkKeyState(KEY, "Enabled")],
        ...["Disabled", "PendingDeletion", "Unavailable", undefined].map(
            (state) => [`the state is ${state}`, checkKeyState(KEY, state), "key-not-enabled"] as const,
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
            (other): Row => [
                `${other} is trusted`,
                checkTrust(trustOf(other), EMR),
                "role-does-not-trust-service",
            ],
        ),
    ],
    checkInstanceProfile: [
        ["it holds the role of its name", checkInstanceProfile("nodes", "nodes")],
        ["it holds another", checkInstanceProfile("nodes", "nodes-2"), "instance-profile-with-another-role"],
        ["it holds no role", checkInstanceProfile("nodes", ""), "instance-profile-with-another-role"],
        ["it is missing", checkInstanceProfile("nodes", undefined), "instance-profile-with-another-role"],
    ],
    checkBucketRegion: [
        ["the bucket is in the stack's region", checkBucketRegion(bucketIn(REGION), REGION)],
        ["it is in another", checkBucketRegion(bucketIn("us-east-1"), REGION), "bucket-in-another-region"],
    ],
};

for (const [check, rows] of Object.entries(CHECKS)) {
    describe(check, () => {
        for (const [situation, finding, code] of rows) {
            it(`${code === undefined ? "accepts" : `reports ${code}`} if ${situation}`, () => {
                expect(finding?.code).to.equal(code);
            });
        }
    });
}

describe("bucketPolicyDifferences", () => {
    it("compares with the policy for that bucket and that encryption", () => {
        const policy = JSON.stringify(bucketPolicy("arn:aws:s3:::acme", "AES256"));
        expect(bucketPolicyDifferences("acme", { acceptedSse: "AES256" }, policy)).to.deep.equal([]);
        expect(bucketPolicyDifferences("acme", { acceptedSse: "aws:kms" }, policy)).to.deep.equal([
            "changed DenyOtherEncryption",
        ]);
        expect(bucketPolicyDifferences("other", { acceptedSse: "AES256" }, policy)).to.deep.equal([
            "changed DenyPlainHttp",
            "changed DenyOtherEncryption",
            "changed DenyCustomerProvidedKeys",
        ]);
    });
});
