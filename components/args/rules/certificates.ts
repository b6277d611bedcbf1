import { parseArn } from "../../domain/arn";
import { chainFindings } from "../../domain/certificate-chain";
import { internalDomain } from "../../domain/region";
import type { Finding, Rule, RuleArgs } from "./rule";

function* renewal({ certificates }: RuleArgs): Iterable<Finding> {
    const { validityDays, renewBeforeDays, chainPem, archive } = certificates;
    if (renewBeforeDays >= validityDays && chainPem === null && archive === null) {
        const expected = `less than validityDays, ${validityDays}: otherwise every \`up\` renews the certificate`;
        yield { code: "renewal-on-every-up", path: ["certificates", "renewBeforeDays"], expected };
    }
}

function* chain({ certificates, network, region, now }: RuleArgs): Iterable<Finding> {
    const { chainPem, trustedPem, archive } = certificates;
    if (archive !== null || (chainPem === null && trustedPem === null)) {
        return;
    }
    if (chainPem === null || trustedPem === null) {
        const path = ["certificates", chainPem === null ? "chainPem" : "trustedPem"];
        const expected = "PEM: chainPem and trustedPem, the authorities that nodes trust, require each other";
        yield { code: "trusted-pem-alone", path, found: "missing", expected };
        return;
    }
    // In an existing VPC, its DHCP options decide the nodes' names: the look-ups check them.
    const domain = network.existing === null ? internalDomain(region) : undefined;
    for (const { key, ...finding } of chainFindings({ chainPem, trustedPem, domain, now })) {
        yield { code: "certificate", path: ["certificates", key], ...finding };
    }
}

function* privateKey({ certificates, hasPrivateKey }: RuleArgs): Iterable<Finding> {
    const isNeeded = certificates.chainPem !== null && certificates.archive === null;
    const path = ["certificatePrivateKey"];
    if (isNeeded && !hasPrivateKey) {
        yield { code: "private-key-missing", path, expected: "the private key of chainPem, as a secret" };
    }
    if (!isNeeded && hasPrivateKey) {
        const fix = "omit this key: it is the private key of certificates.chainPem, which is not used";
        yield { code: "private-key-unused", path, found: "a secret", fix };
    }
}

function* reminder({ certificates: { remindTopicArn }, region }: RuleArgs): Iterable<Finding> {
    if (remindTopicArn !== null && parseArn(remindTopicArn).region !== region) {
        const expected = `a topic in ${region}: EventBridge Scheduler reaches no other region`;
        yield { code: "topic-of-another-region", path: ["certificates", "remindTopicArn"], expected };
    }
}

export const certificateRules: readonly Rule[] = [renewal, chain, privateKey, reminder];
