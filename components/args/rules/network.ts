import { ZONE_LETTERS } from "../../domain/cidr";
import type { Environment } from "../schema";
import type { Finding, Rule, RuleContext } from "./rule";

function* zones({ network }: Environment, { region }: RuleContext): Iterable<Finding> {
    const zone = new RegExp(`^${region}[${ZONE_LETTERS}]$`);
    for (const [index, name] of network.availabilityZones.entries()) {
        if (!zone.test(name)) {
            const path = ["network", "availabilityZones", index];
            yield {
                code: "zone-of-another-region",
                path,
                expected: `a zone of ${region}, such as ${region}a`,
            };
        }
    }
}

/** A VPN or Direct Connect gateway propagates no route to an internet gateway. */
function* unseenRoute({ network }: Environment): Iterable<Finding> {
    if (network.existing?.allowUnseenRoute && network.internetAccess === "public") {
        const path = ["network", "existing", "allowUnseenRoute"];
        const expected = "false with internetAccess public: a route to an internet gateway is always visible";
        yield { code: "unseen-route-when-public", path, expected };
    }
}

function* hostnames({ network, encryption, emrEtlRunner }: Environment): Iterable<Finding> {
    const isThrift = emrEtlRunner.collectors.format === "thrift";
    if (network.existing?.allowHostnameMismatch && encryption.inTransit && isThrift) {
        const path = ["network", "existing", "allowHostnameMismatch"];
        const expected =
            "false with collectors.format thrift: it needs a core-site in config.yml, EmrEtlRunner adds another for thrift, and EMR refuses two";
        yield { code: "hostname-mismatch-with-thrift", path, expected };
    }
}

export const networkRules: readonly Rule[] = [zones, unseenRoute, hostnames];
