import { ZONE_LETTERS } from "../../domain/cidr";
import { fixFor } from "../fix";
import type { Finding, Rule, RuleArgs } from "./rule";

function* zones({ network, region }: RuleArgs): Iterable<Finding> {
    const zone = new RegExp(`^${region}[${ZONE_LETTERS}]$`);
    const expected = `a zone of ${region}, such as ${region}a`;
    for (const [index, name] of network.availabilityZones.entries()) {
        if (!zone.test(name)) {
            const path = ["network", "availabilityZones", index];
            const fix = fixFor(path, name, (text) => zone.test(String(text)));
            yield { code: "zone-of-another-region", path, expected, fix };
        }
    }
}

/** A VPN or Direct Connect gateway propagates no route to an internet gateway. */
function* unseenRoute({ network }: RuleArgs): Iterable<Finding> {
    if (network.existing?.allowUnseenRoute && network.internetAccess === "public") {
        const path = ["network", "existing", "allowUnseenRoute"];
        const expected = "false with internetAccess public: a route to an internet gateway is always visible";
        yield { code: "unseen-route-when-public", path, expected };
    }
}

function* hostnames({ network, encryption, emrEtlRunner }: RuleArgs): Iterable<Finding> {
    const isThrift = emrEtlRunner.collectors.format === "thrift";
    if (network.existing?.allowHostnameMismatch && encryption.inTransit && isThrift) {
        const path = ["network", "existing", "allowHostnameMismatch"];
        const expected =
            "false with collectors.format thrift: true adds core-site to config.yml, EmrEtlRunner adds core-site for thrift, and EMR refuses two";
        yield { code: "hostname-mismatch-with-thrift", path, expected };
    }
}

export const networkRules: readonly Rule[] = [zones, unseenRoute, hostnames];
