import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { checkHostnames } from "../../../components/existing/hostnames";
import { FailedLookup } from "../../../components/existing/lookup";
import { certificateAuthority } from "../../support/authority";
import { codes, SUBNET, VPC } from "../../support/existing-aws";
import { batch, type Config, parse, stream } from "../args/parse";

const DOMAIN = "eu-west-1.compute.internal";
const ALLOWED = { allowHostnameMismatch: true };
const OFF = { encryption: { inTransit: false } };
const ARCHIVE = { certificates: { archive: "s3://acme/emr/certificates.zip" } };

type Dhcp = aws.ec2.GetVpcDhcpOptionsResult;
type DhcpAnswer = Dhcp | FailedLookup | undefined;
const dhcp = (domainName: string) => ({ domainName }) as Dhcp;
const NAMELESS = {} as Dhcp;

/** Certificates by their names, with spaces between. */
const chains: Record<string, Config> = {};
const chain = (names: string) => ({ certificates: chains[names], certificatePrivateKey: "" });

/** In an existing VPC, in stream-enrich mode unless `others` say something else. */
function argsOf(existing: Config = {}, others: Config = {}, region = "eu-west-1"): ResolvedArgs {
    const config = {
        ...stream(),
        network: { existing: { vpcId: VPC, subnetIds: [SUBNET], ...existing } },
        ...others,
    };
    const encryptedKeys = "certificatePrivateKey" in config ? ["certificatePrivateKey"] : [];
    return parse(config, { region, encryptedKeys });
}

const ANY =
    "Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).";
const WARNINGS = {
    other: `The nodes' names are not in their certificate: ${ANY}`,
    unknown: `It is not known whether the nodes' names are in certificates.archive: ${ANY}`,
    unusual:
        "The VPC's DHCP options have another domain name than AWS's own. It is not known whether the certificate in certificates.archive carries it.",
};

describe("hostnames in an existing VPC", () => {
    before(async () => {
        const authority = await certificateAuthority("acme");
        for (const names of ["*.corp.example", `*.${DOMAIN}`, "nodes.corp.example"]) {
            const { chain: chainPem } = await authority.issue(names.split(" "));
            chains[names] = { chainPem, trustedPem: authority.certificate };
        }
    });

    describe("are accepted", () => {
        for (const [situation, argsFor, options, domain = DOMAIN, any = false, ...warnings] of [
            ["AWS's domain", () => argsOf(), dhcp(DOMAIN)],
            [
                "AWS's domain in us-east-1",
                () => argsOf({}, {}, "us-east-1"),
                dhcp("ec2.internal"),
                "ec2.internal",
            ],
            ["several domains with AWS's", () => argsOf(), dhcp(`a.example  ${DOMAIN}`)],
            ["AWS's domain, where a mismatch is allowed", () => argsOf(ALLOWED), dhcp(DOMAIN)],
            ["AWS's domain in an existing certificate", () => argsOf({}, chain(`*.${DOMAIN}`)), dhcp(DOMAIN)],
            [
                "the domain of an existing certificate, with thrift",
                () => argsOf({}, { ...batch(), ...chain("*.corp.example") }),
                dhcp("corp.example"),
                "corp.example",
            ],
            [
                "several domains, the last in an existing certificate",
                () => argsOf({}, chain("*.corp.example")),
                dhcp(`${DOMAIN} corp.example`),
                "corp.example",
            ],
            [
                "the domain of an existing certificate, where a mismatch is allowed",
                () => argsOf(ALLOWED, chain("*.corp.example")),
                dhcp("corp.example"),
                "corp.example",
            ],
            ["another domain without encryption in transit", () => argsOf({}, OFF), dhcp("a.b")],
            ["no DHCP options without encryption in transit", () => argsOf(ALLOWED, OFF), undefined],
            ["another domain, as allowed", () => argsOf(ALLOWED), dhcp("a.b"), DOMAIN, true, WARNINGS.other],
            ["no domain, as allowed", () => argsOf(ALLOWED), NAMELESS, DOMAIN, true, WARNINGS.other],
            [
                "a domain that is not in an existing certificate, as allowed",
                () => argsOf(ALLOWED, chain("*.corp.example")),
                dhcp(DOMAIN),
                DOMAIN,
                true,
                WARNINGS.other,
            ],
            [
                "AWS's domain with an archive, where a mismatch is allowed",
                () => argsOf(ALLOWED, ARCHIVE),
                dhcp(DOMAIN),
                DOMAIN,
                true,
                WARNINGS.unknown,
            ],
            ["AWS's domain with an archive", () => argsOf({}, ARCHIVE), dhcp(DOMAIN)],
            [
                "another domain with an archive",
                () => argsOf({}, ARCHIVE),
                dhcp("a.b"),
                DOMAIN,
                false,
                WARNINGS.unusual,
            ],
            [
                "another domain with an archive, as allowed",
                () => argsOf(ALLOWED, ARCHIVE),
                dhcp("a.b"),
                DOMAIN,
                true,
                WARNINGS.unknown,
            ],
            [
                "no domain with an archive",
                () => argsOf({}, ARCHIVE),
                NAMELESS,
                DOMAIN,
                false,
                WARNINGS.unusual,
            ],
        ] as readonly (readonly [string, () => ResolvedArgs, DhcpAnswer, string?, boolean?, ...string[]])[]) {
            it(`accepts ${situation}`, () => {
                expect(checkHostnames(argsFor(), options)).to.deep.equal({
                    errors: [],
                    anyHostname: any,
                    nodeDomain: domain,
                    ...(warnings.length > 0 && { warnings }),
                });
            });
        }
    });

    describe("are refused", () => {
        for (const [situation, argsFor, options, code] of [
            ["another domain", () => argsOf(), dhcp("corp.example"), "domain-name-not-in-certificate"],
            [
                "a domain that ends with AWS's",
                () => argsOf(),
                dhcp(`x${DOMAIN}`),
                "domain-name-not-in-certificate",
            ],
            [
                "another region's domain",
                () => argsOf(),
                dhcp("ec2.internal"),
                "domain-name-not-in-certificate",
            ],
            ["no domain", () => argsOf(), NAMELESS, "domain-name-not-in-certificate"],
            [
                "AWS's domain with an existing certificate for another",
                () => argsOf({}, chain("*.corp.example")),
                dhcp(DOMAIN),
                "domain-name-not-in-certificate",
            ],
            [
                "an existing certificate without a wildcard",
                () => argsOf({}, chain("nodes.corp.example")),
                dhcp("corp.example"),
                "domain-name-not-in-certificate",
            ],
            [
                "no DHCP options, whatever is allowed",
                () => argsOf(ALLOWED),
                undefined,
                "dhcp-options-missing",
            ],
            [
                "no answer, whatever is allowed",
                () => argsOf(ALLOWED),
                new FailedLookup("no"),
                "lookup-failed",
            ],
        ] as readonly (readonly [string, () => ResolvedArgs, DhcpAnswer, string])[]) {
            it(`reports ${situation}`, () => {
                expect(codes(checkHostnames(argsFor(), options).errors)).to.deep.equal([
                    [code, "network.existing.vpcId"],
                ]);
            });
        }

        const CORP = "bring a certificate for *.corp.example";
        const MISMATCH =
            "set network.existing.allowHostnameMismatch: true, and nodes accept the certificate under any name";
        const TURN_OFF = "set encryption.inTransit: false";
        const USUAL = `associate DHCP options with the domain name ${DOMAIN}`;
        for (const [situation, argsFor, options, ...fixes] of [
            [
                "a domain of the company",
                () => argsOf(),
                dhcp("corp.example b.example"),
                USUAL,
                CORP,
                MISMATCH,
                TURN_OFF,
            ],
            ["no domain", () => argsOf(), NAMELESS, USUAL, MISMATCH, TURN_OFF],
            [
                "thrift, without the fix that it refuses",
                () => argsOf({}, batch()),
                dhcp("corp.example"),
                USUAL,
                CORP,
                TURN_OFF,
            ],
            [
                "an existing certificate",
                () => argsOf({}, chain("nodes.corp.example")),
                dhcp("corp.example"),
                "associate DHCP options with a domain name that certificates.chainPem is for",
                CORP,
                MISMATCH,
                TURN_OFF,
            ],
            ["no DHCP options", () => argsOf(), undefined, `${USUAL} and AmazonProvidedDNS`],
            [
                "no DHCP options with an existing certificate",
                () => argsOf({}, chain("*.corp.example")),
                undefined,
                "associate DHCP options with a domain name that certificates.chainPem is for and AmazonProvidedDNS",
            ],
        ] as readonly (readonly [string, () => ResolvedArgs, DhcpAnswer, ...string[]])[]) {
            it(`proposes every fix for ${situation}`, () => {
                const fix = fixes.join("; or ");
                expect(checkHostnames(argsFor(), options).errors.map((error) => error.fix)).to.deep.equal([
                    fix,
                ]);
            });
        }

        it("names the certificate's names", () => {
            const found = [argsOf(), argsOf({}, chain("nodes.corp.example"))].flatMap((args) =>
                checkHostnames(args, dhcp("a.example b.example")).errors.map((error) => error.found),
            );
            expect(found).to.deep.equal(
                [`*.${DOMAIN}`, "DNS:nodes.corp.example"].map(
                    (names) =>
                        `DHCP options with the domain name "a.example b.example", but the nodes' certificate is for ${names}`,
                ),
            );
        });
    });
});
