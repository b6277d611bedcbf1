import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import {
    checkHostnames,
    type DhcpFacts,
    type Hostnames,
    hostnamesOf,
} from "../../../components/existing/hostnames";
import { Unanswered } from "../../../components/existing/lookup";
import { certificateAuthority } from "../../support/authority";
import { answer, SUBNET, VPC } from "../../support/existing-aws";
import { batch, type Config, parse, stream } from "../args/parse";

const DOMAIN = "eu-west-1.compute.internal";
const PATH = ["network", "existing", "vpcId"];
const ARCHIVE = { certificates: { archive: "s3://acme/emr/certificates.zip" } };
const WITHOUT = { encryption: { inTransit: false } };

type Dhcp = aws.ec2.GetVpcDhcpOptionsResult;
const dhcp = (domainName: string) => answer<Dhcp>({ domainName });

/** A certificate of the user's own authority; several names are one certificate. */
const chains: Record<string, Config> = {};
const chain = (names: string) => ({ certificates: chains[names], certificatePrivateKey: "" });

/** A stack in a VPC of the user's, in stream-enrich mode unless `others` say something else. */
function settings(existing: Config = {}, others: Config = {}, region = "eu-west-1"): ResolvedArgs {
    const config = {
        ...stream(),
        network: { existing: { vpcId: VPC, subnetIds: [SUBNET], ...existing } },
        ...others,
    };
    const encryptedKeys = "certificatePrivateKey" in config ? ["certificatePrivateKey"] : [];
    return parse(config, { region, encryptedKeys });
}

const ALLOWED = { allowHostnameMismatch: true };
const ANY =
    "Hadoop's encrypted shuffle accepts their certificate under any name (hadoop.ssl.hostname.verifier: ALLOW_ALL).";
const CHECKED: Omit<Hostnames, "domain"> = { any: false, warnings: [] };
const OTHERS: Omit<Hostnames, "domain"> = {
    any: true,
    warnings: [`The nodes' names are not in their certificate: ${ANY}`],
};
const UNKNOWN: Omit<Hostnames, "domain"> = {
    any: true,
    warnings: [`Whether the nodes' names are in certificates.archive cannot be seen from here: ${ANY}`],
};
const UNSEEN: Omit<Hostnames, "domain"> = {
    any: false,
    warnings: [
        "The VPC's DHCP options name another domain than AWS's own. Whether the certificate in certificates.archive carries it cannot be seen from here.",
    ],
};

describe("nodes' names in a VPC of the user's", () => {
    before(async () => {
        const authority = await certificateAuthority("acme");
        for (const names of [
            "*.corp.example",
            `*.${DOMAIN}`,
            "nodes.corp.example",
            `*.a.example *.${DOMAIN}`,
        ]) {
            const { chain: chainPem } = await authority.issue(names.split(" "));
            chains[names] = { chainPem, trustedPem: authority.certificate };
        }
    });

    function fits(
        title: string,
        asked: () => ResolvedArgs,
        dhcpOptions: DhcpFacts,
        hostnames = CHECKED,
        domain: string = DOMAIN,
    ): void {
        it(title, () => {
            const given = asked();
            expect(checkHostnames(given, dhcpOptions)).to.deep.equal([]);
            expect(hostnamesOf(given, dhcpOptions)).to.deep.equal({ ...hostnames, domain });
        });
    }

    describe("fit", () => {
        fits("with AWS's own domain and the stack's certificate", settings, dhcp(DOMAIN));
        fits(
            "in us-east-1 with that region's",
            () => settings({}, {}, "us-east-1"),
            dhcp("ec2.internal"),
            CHECKED,
            "ec2.internal",
        );
        fits("with several domains, one of them AWS's", settings, dhcp(`a.example  ${DOMAIN}`));
        fits(
            "with a company's domain and a certificate for it, with thrift too",
            () => settings({}, { ...batch(), ...chain("*.corp.example") }),
            dhcp("corp.example"),
            CHECKED,
            "corp.example",
        );
        fits(
            "with AWS's domain and a certificate of the user's for it",
            () => settings({}, chain(`*.${DOMAIN}`)),
            dhcp(DOMAIN),
        );
        fits(
            "with several domains and a certificate for one of them",
            () => settings({}, chain("*.corp.example")),
            dhcp(`${DOMAIN} corp.example`),
            CHECKED,
            "corp.example",
        );
        fits(
            "where nothing is encrypted between nodes, whatever they are",
            () => settings({}, WITHOUT),
            dhcp("a.b"),
        );
        fits("where there are none, and nothing is encrypted", () => settings(ALLOWED, WITHOUT), undefined);
        fits("where others are allowed, but not there", () => settings(ALLOWED), dhcp(DOMAIN));
        fits(
            "where others are allowed, but not those of a certificate of the user's",
            () => settings(ALLOWED, chain("*.corp.example")),
            dhcp("corp.example"),
            CHECKED,
            "corp.example",
        );
    });

    describe("make nodes accept any", () => {
        fits(
            "where the stack's certificate has others, as allowed",
            () => settings(ALLOWED),
            dhcp("a.b"),
            OTHERS,
        );
        fits(
            "where the user's has others, as allowed, AWS's domain or not",
            () => settings(ALLOWED, chain("*.corp.example")),
            dhcp(DOMAIN),
            OTHERS,
        );
        fits(
            "where an archive may have others, as allowed",
            () => settings(ALLOWED, ARCHIVE),
            dhcp(DOMAIN),
            UNKNOWN,
        );
    });

    describe("cannot be compared with what is in an archive", () => {
        fits("and are told of where they are not AWS's", () => settings({}, ARCHIVE), dhcp("a.b"), UNSEEN);
        fits("but not where they are", () => settings({}, ARCHIVE), dhcp(DOMAIN));
    });

    const OR_ANY =
        "or network.existing.allowHostnameMismatch: true, and nodes accept the certificate under any name";
    const OR_OFF = "or encryption.inTransit: false";

    describe("are refused", () => {
        const refused = (
            title: string,
            asked: () => ResolvedArgs,
            dhcpOptions: DhcpFacts,
            found: string,
            ...remedy: readonly string[]
        ) =>
            it(title, () => {
                expect(checkHostnames(asked(), dhcpOptions)).to.deep.equal([
                    { path: PATH, found, remedy: remedy.join("; ") },
                ]);
            });
        const options = (found: string, names = `*.${DOMAIN}`) =>
            `DHCP options with ${found}, while the nodes' certificate is for ${names}`;

        for (const domain of ["corp.example", `x${DOMAIN}`, "ec2.internal"]) {
            refused(
                `ending with ${domain}`,
                settings,
                dhcp(domain),
                options(`the domain name "${domain}"`),
                `DHCP options with the domain name ${DOMAIN}`,
                `or a certificate of yours for *.${domain}`,
                OR_ANY,
                OR_OFF,
            );
        }
        refused(
            "with several domains, none of them AWS's",
            settings,
            dhcp("a.example b.example"),
            options('the domain name "a.example b.example"'),
            `DHCP options with the domain name ${DOMAIN}`,
            "or a certificate of yours for *.a.example",
            OR_ANY,
            OR_OFF,
        );
        for (const [names, domain] of [
            ["*.corp.example", DOMAIN],
            ["nodes.corp.example", "corp.example"],
        ] as const) {
            refused(
                `that a certificate of the user's for ${names} does not carry`,
                () => settings({}, chain(names)),
                dhcp(domain),
                options(`the domain name "${domain}"`, `DNS:${names}`),
                "DHCP options with a domain name that certificates.chainPem is for",
                `or a certificate of yours for *.${domain}`,
                OR_ANY,
                OR_OFF,
            );
        }
        refused(
            "that their DHCP options do not say",
            settings,
            answer<Dhcp>({ domainNameServers: ["10.0.0.2"] }),
            options("no domain name"),
            `DHCP options with the domain name ${DOMAIN}`,
            OR_ANY,
            OR_OFF,
        );
        refused(
            "but with thrift without the way out that thrift has not",
            () => settings({}, batch()),
            dhcp("corp.example"),
            options('the domain name "corp.example"'),
            `DHCP options with the domain name ${DOMAIN}`,
            "or a certificate of yours for *.corp.example",
            OR_OFF,
        );
        refused(
            "that there are none of",
            () => settings(ALLOWED),
            undefined,
            "no DHCP options, so that nodes have no names",
            `associate DHCP options with the domain name ${DOMAIN} and AmazonProvidedDNS`,
        );
        refused(
            "that there are none of, with a certificate of the user's",
            () => settings({}, chain("*.corp.example")),
            undefined,
            "no DHCP options, so that nodes have no names",
            "associate DHCP options with a domain name that certificates.chainPem is for and AmazonProvidedDNS",
        );
        refused(
            "that nobody answers for",
            () => settings(ALLOWED),
            new Unanswered("UnauthorizedOperation"),
            "no answer on its DHCP options: UnauthorizedOperation",
            "name what is there, and let these credentials look it up (ec2:DescribeDhcpOptions)",
        );
    });

    it("are nobody's matter where there is no such VPC, or no answer on it", () => {
        for (const unknown of [undefined, new Unanswered("no")]) {
            expect(hostnamesOf(settings(ALLOWED), unknown)).to.deep.equal({ ...CHECKED, domain: DOMAIN });
        }
    });
});
