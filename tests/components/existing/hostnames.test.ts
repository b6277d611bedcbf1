import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { checkHostnames } from "../../../components/existing/hostnames";
import { FailedLookup } from "../../../components/existing/lookup";
import { certificateAuthority } from "../../support/authority";
import { codes, SUBNET, VPC } from "../../support/existing-aws";
import { batch, type Config, parse, stream } from "../args/parse";

const DOMAIN = "eu-west-1.compute.internal";

/** The stack's own certificate, an existing archive, or an existing certificate by its name. */
type Certificate = "own" | "archive" | "*.corp.example" | `*.${typeof DOMAIN}` | "nodes.corp.example";
type Mismatch = "strict" | "mismatch allowed";

const certificates: Partial<Record<Certificate, Config>> = {
    archive: { certificates: { archive: "s3://acme/emr/certificates.zip" } },
};

function argsOf(
    certificate: Certificate = "own",
    mismatch: Mismatch = "strict",
    { region = "eu-west-1", config = stream() }: { region?: string; config?: Config } = {},
): ResolvedArgs {
    const existing = {
        vpcId: VPC,
        subnetIds: [SUBNET],
        allowHostnameMismatch: mismatch === "mismatch allowed",
    };
    const given: Config = { ...config, network: { existing }, ...certificates[certificate] };
    const encryptedKeys = "certificatePrivateKey" in given ? ["certificatePrivateKey"] : [];
    return parse(given, { region, encryptedKeys });
}

/** @param domainName Undefined without a domain name, as the AWS provider answers. */
const dhcp = (domainName: string | undefined) => ({ domainName }) as aws.ec2.GetVpcDhcpOptionsResult;

const ANY =
    "Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).";
const OTHER = `The nodes' names are not in their certificate: ${ANY}`;
const UNKNOWN = `It is not known whether the nodes' names are in certificates.archive: ${ANY}`;
const UNUSUAL =
    "The VPC's DHCP options have another domain name than AWS's own. It is not known whether the certificate in certificates.archive carries it.";
const AWS_NAMES = { errors: [], anyHostname: false, nodeDomain: DOMAIN };
const CORP_NAMES = { ...AWS_NAMES, nodeDomain: "corp.example" };
const ANY_OTHER = { ...AWS_NAMES, anyHostname: true, warnings: [OTHER] };
const ANY_UNKNOWN = { ...AWS_NAMES, anyHostname: true, warnings: [UNKNOWN] };

describe("checkHostnames", () => {
    before(async () => {
        const authority = await certificateAuthority("acme");
        for (const name of ["*.corp.example", `*.${DOMAIN}`, "nodes.corp.example"] as const) {
            const { chain: chainPem } = await authority.issue([name]);
            certificates[name] = {
                certificates: { chainPem, trustedPem: authority.certificate },
                certificatePrivateKey: "",
            };
        }
    });

    for (const [certificate, mismatch, domainName, expected] of [
        ["own", "strict", DOMAIN, AWS_NAMES],
        ["own", "strict", `a.example  ${DOMAIN}`, AWS_NAMES],
        ["own", "strict", "corp.example", "domain-name-not-in-certificate"],
        ["own", "strict", `x${DOMAIN}`, "domain-name-not-in-certificate"],
        ["own", "strict", "ec2.internal", "domain-name-not-in-certificate"],
        ["own", "strict", undefined, "domain-name-not-in-certificate"],
        ["own", "mismatch allowed", DOMAIN, AWS_NAMES],
        ["own", "mismatch allowed", "a.b", ANY_OTHER],
        ["own", "mismatch allowed", undefined, ANY_OTHER],
        [`*.${DOMAIN}`, "strict", DOMAIN, AWS_NAMES],
        ["*.corp.example", "strict", `${DOMAIN} corp.example`, CORP_NAMES],
        ["*.corp.example", "strict", DOMAIN, "domain-name-not-in-certificate"],
        ["*.corp.example", "mismatch allowed", "corp.example", CORP_NAMES],
        ["*.corp.example", "mismatch allowed", DOMAIN, ANY_OTHER],
        ["nodes.corp.example", "strict", "corp.example", "domain-name-not-in-certificate"],
        ["archive", "strict", DOMAIN, AWS_NAMES],
        ["archive", "strict", "a.b", { ...AWS_NAMES, warnings: [UNUSUAL] }],
        ["archive", "strict", undefined, { ...AWS_NAMES, warnings: [UNUSUAL] }],
        ["archive", "mismatch allowed", DOMAIN, ANY_UNKNOWN],
        ["archive", "mismatch allowed", "a.b", ANY_UNKNOWN],
    ] as const) {
        const verb = typeof expected === "string" ? "reports" : "accepts";
        it(`${verb} ${domainName ?? "no domain name"} (certificate: ${certificate}, ${mismatch})`, () => {
            const found = checkHostnames(argsOf(certificate, mismatch), dhcp(domainName));
            if (typeof expected === "string") {
                expect(codes(found.errors)).to.deep.equal([[expected, "network.existing.vpcId"]]);
            } else {
                expect(found).to.deep.equal(expected);
            }
        });
    }

    it("accepts AWS's domain of us-east-1 in us-east-1", () => {
        const args = argsOf("own", "strict", { region: "us-east-1" });
        const names = { ...AWS_NAMES, nodeDomain: "ec2.internal" };
        expect(checkHostnames(args, dhcp("ec2.internal"))).to.deep.equal(names);
    });

    it("accepts the domain of an existing certificate with thrift", () => {
        const args = argsOf("*.corp.example", "strict", { config: batch() });
        expect(checkHostnames(args, dhcp("corp.example"))).to.deep.equal(CORP_NAMES);
    });

    it("accepts every DHCP options without encryption in transit", () => {
        const args = argsOf("own", "mismatch allowed", {
            config: { ...stream(), encryption: { inTransit: false } },
        });
        for (const options of [dhcp("a.b"), undefined, new FailedLookup("no")]) {
            expect(checkHostnames(args, options)).to.deep.equal(AWS_NAMES);
        }
    });

    it("reports missing DHCP options and a failed look-up, even where a mismatch is allowed", () => {
        const found = [undefined, new FailedLookup("no")].flatMap((options) =>
            codes(checkHostnames(argsOf("own", "mismatch allowed"), options).errors),
        );
        expect(found).to.deep.equal([
            ["dhcp-options-missing", "network.existing.vpcId"],
            ["lookup-failed", "network.existing.vpcId"],
        ]);
    });

    const CORP = "bring a certificate for *.corp.example";
    const MISMATCH =
        "set network.existing.allowHostnameMismatch: true, and nodes accept the certificate under any name";
    const TURN_OFF = "set encryption.inTransit: false";
    const USUAL = `associate DHCP options with the domain name ${DOMAIN}`;
    const CARRIED = "associate DHCP options with a domain name that certificates.chainPem is for";
    for (const [situation, argsFor, options, ...fixes] of [
        ["two other domains", argsOf, dhcp("corp.example b.example"), USUAL, CORP, MISMATCH, TURN_OFF],
        ["no domain", argsOf, dhcp(undefined), USUAL, MISMATCH, TURN_OFF],
        [
            "thrift, which refuses a mismatch",
            () => argsOf("own", "strict", { config: batch() }),
            dhcp("corp.example"),
            USUAL,
            CORP,
            TURN_OFF,
        ],
        [
            "an existing certificate",
            () => argsOf("nodes.corp.example"),
            dhcp("corp.example"),
            CARRIED,
            CORP,
            MISMATCH,
            TURN_OFF,
        ],
        ["no DHCP options", argsOf, undefined, `${USUAL} and AmazonProvidedDNS`],
        [
            "no DHCP options with an existing certificate",
            () => argsOf("*.corp.example"),
            undefined,
            `${CARRIED} and AmazonProvidedDNS`,
        ],
    ] as const) {
        it(`proposes every fix for ${situation}`, () => {
            const { errors } = checkHostnames(argsFor(), options);
            expect(errors.map(({ fix }) => fix)).to.deep.equal([fixes.join("; or ")]);
        });
    }

    it("reports the names in the certificate", () => {
        for (const [certificate, names] of [
            ["own", `*.${DOMAIN}`],
            ["nodes.corp.example", "DNS:nodes.corp.example"],
        ] as const) {
            const { errors } = checkHostnames(argsOf(certificate), dhcp("a.example b.example"));
            expect(errors.map(({ found }) => found)).to.deep.equal([
                `DHCP options with the domain name "a.example b.example", but the nodes' certificate is for ${names}`,
            ]);
        }
    });
});
