import { stringify } from "yaml";
import { atLeast, HOSTNAME_VERIFIER, type Read, type Rule, takesAnyHostname } from "./rules";

export const EMR_RULES: Readonly<Record<string, Rule<Read>>> = {
    "security configuration": ({ yml, switches }) => ({
        "missing with a switch on, or present with all off":
            (yml.aws.emr.security_configuration !== null) !== Object.values(switches).includes(true),
    }),
    release: ({ release, switches }) => {
        const { requireImdsV2, ...encryption } = switches;
        return {
            "no security configurations": Object.values(encryption).includes(true) && !atLeast(release, 4, 8),
            "no enforced IMDSv2": requireImdsV2 && !imdsV2Only(release),
        };
    },
    jobs: ({ yml, release: [major = 0, minor = 0] }) => {
        const [, shredder = 0] = numbers(yml.storage.versions.rdb_shredder);
        const [enrichMajor = 0, enrich = 0] = numbers(yml.enrich.versions?.spark_enrich ?? "");
        const isBatch = yml.aws.s3.buckets.enriched.stream === null;
        const launched = [yml.storage.versions.rdb_shredder, yml.storage.versions.rdb_loader];
        return {
            "not launched by EmrEtlRunner": launched.some((version) => !/^0\.(\d|1[0-8])\./.test(version)),
            "Spark Enrich without Spark 2":
                isBatch && ((enrichMajor >= 1 && enrich >= 9 && major < 5) || major > 5),
            "a shredder without its Spark":
                shredder >= 18
                    ? major < 6 || (major === 6 && minor < 1)
                    : major > 5 || (shredder >= 12 && major < 5),
        };
    },
    "instance types": ({ yml, release, switches }) => {
        const { master_instance_type, core_instance_type } = yml.aws.emr.jobflow;
        return {
            "no EBS encryption":
                switches.atRestLocalDisks &&
                atLeast(release, 5, 24) &&
                /^(m1|m2|c1|t1)\./m.test(`${master_instance_type}\n${core_instance_type}`),
        };
    },
    "3.4 names of nodes": ({ yml, given }) => {
        const coreSite = yml.aws.emr.configuration?.["core-site"] ?? {};
        return {
            "any host name accepted without a mismatch, or refused with one":
                (coreSite[HOSTNAME_VERIFIER] === "ALLOW_ALL") !== takesAnyHostname(given),
            "two core-sites": takesAnyHostname(given) && yml.collectors?.format === "thrift",
        };
    },
    steps: ({ yml, locations: { "raw.in": raw = [], "enriched.stream": stream = [] } }) => ({
        "an argument of more than 10,280 characters":
            Buffer.from(stringify(yml, { lineWidth: 0 })).toString("base64").length > 10_280,
        "a name of more than 256 characters":
            raw.some((url) => `[staging] s3-dist-cp: Raw ${url} -> Raw Staging S3`.length > 256) ||
            stream.some(
                (url) =>
                    `[staging_stream_enrich] s3-dist-cp: Stream Enriched ${url} -> Enriched Staging S3`
                        .length > 256,
            ),
    }),
    volumes: ({ yml }) => {
        const volume = yml.aws.emr.jobflow.core_instance_ebs;
        return { "io1 without IOPS": volume?.volume_type === "io1" && !volume.volume_iops };
    },
};

/** Releases that enforce IMDSv2: 5.23.1, 5.27.1, since 5.32.0, since 6.2.0. */
function imdsV2Only(release: readonly number[]): boolean {
    const version = release.join(".");
    return (
        version === "5.23.1" ||
        version === "5.27.1" ||
        (release[0] === 5 ? atLeast(release, 5, 32) : atLeast(release, 6, 2))
    );
}

function numbers(version: string): readonly number[] {
    return version.split(/[.-]/).map(Number);
}
