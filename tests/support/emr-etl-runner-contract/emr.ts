import { atLeast, HOSTNAME_VERIFIER, type Read, type Rule, takesAnyHostname } from "./rules";

export const EMR_RULES: Readonly<Record<string, Rule<Read>>> = {
    "4.3.4 security configuration": ({ yml, switches }) => ({
        "not where a switch is on, and only there":
            (yml.aws.emr.security_configuration !== null) !== Object.values(switches).includes(true),
    }),
    "4.3.6, 4.3.7 release": ({ release, switches }) => {
        const { requireImdsV2, ...others } = switches;
        return {
            "no security configurations": Object.values(others).includes(true) && !atLeast(release, 4, 8),
            "no IMDSv2 alone": requireImdsV2 && !imdsV2Only(release),
        };
    },
    "3.4 names of nodes": ({ yml, given }) => {
        const coreSite = yml.aws.emr.configuration?.["core-site"] ?? {};
        return {
            "accepted under any name where they match, or not where they differ":
                (coreSite[HOSTNAME_VERIFIER] === "ALLOW_ALL") !== takesAnyHostname(given),
            "two core-sites": takesAnyHostname(given) && yml.collectors?.format === "thrift",
        };
    },
    "4.3.14 volumes": ({ yml }) => {
        const volume = yml.aws.emr.jobflow.core_instance_ebs;
        return { "io1 without IOPS": volume?.volume_type === "io1" && !volume.volume_iops };
    },
};

/** Releases that enforce IMDSv2: 5.23.1, 5.27.1, since 5.32.0, since 6.2.0. */
function imdsV2Only(release: readonly number[]): boolean {
    const text = release.join(".");
    return (
        text === "5.23.1" ||
        text === "5.27.1" ||
        (release[0] === 5 ? atLeast(release, 5, 32) : atLeast(release, 6, 2))
    );
}
