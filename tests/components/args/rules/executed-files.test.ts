import { BUCKETS, batch, buckets, type Config, judges, stream } from "../parse";

const BOOTSTRAP = "emrEtlRunner.aws.emr.bootstrap";
const writable = (...paths: readonly string[]) => paths.map((path) => `executed-file-writable at ${path}`);

/** Bootstrap scripts next to the locations `below`. */
const scripts = (bootstrap: readonly string[], below: Config = {}) =>
    batch({ aws: { s3: { buckets: below }, emr: { bootstrap } } });
/** The bucket of the location `archive`, as the AWS provider would name it. */
const managedArchive = (stack: string) => `s3://snowplow-${stack}-archive-${"20260102".padEnd(26, "0")}`;
const STREAM = { s3: { buckets: { enriched: { stream: "managed" } } } };
const rawArchive = { raw: { archive: "s3://acme/raw" } };

describe("what clusters execute or trust", () => {
    judges([
        [
            "scripts in locations that jobs write, move from, or log to",
            scripts(
                ["s3://acme/raw/boot.sh", "s3://collector/a/b.sh", "s3://logs/emr/c.sh", "s3://acme/d.sh"],
                {
                    raw: { archive: "s3://acme/raw/", in: ["s3://other/x", "s3://collector"] },
                    log: "s3://logs/emr",
                },
            ),
            writable(`${BOOTSTRAP}[0]`, `${BOOTSTRAP}[1]`, `${BOOTSTRAP}[2]`),
        ],
        [
            "scripts next to locations, with names that begin alike",
            scripts(
                ["s3://acme/raw.sh", "s3://acme/raw", "s3://acme/scripts/raw/b.sh", "s3://acme/b.sh"],
                rawArchive,
            ),
        ],
        [
            "a script in a managed location",
            scripts([`${managedArchive("dev")}/raw/boot.sh`]),
            writable(`${BOOTSTRAP}[0]`),
        ],
        ["a script next to a managed location", scripts([`${managedArchive("dev")}/scripts/boot.sh`])],
        ["a script in another stack's bucket", scripts([`${managedArchive("prod")}/raw/boot.sh`])],
        [
            "a script in a location that the mode does not have",
            stream({}, { aws: { ...STREAM, emr: { bootstrap: [`${managedArchive("dev")}/raw/boot.sh`] } } }),
        ],
        [
            "a location among the jars",
            buckets({ assets: "s3://acme", raw: { archive: "s3://acme/4-storage/rdb-loader" } }),
            writable(`${BUCKETS}.assets`),
        ],
        [
            "jars in a location",
            buckets({ assets: "s3://acme/raw/assets", ...rawArchive }),
            writable(`${BUCKETS}.assets`),
        ],
        ["a location next to the jars", buckets({ assets: "s3://acme/", ...rawArchive })],
        [
            "a location among the JSON paths",
            buckets({ jsonpath_assets: "s3://acme/", ...rawArchive }),
            writable(`${BUCKETS}.jsonpath_assets`),
        ],
        [
            "JSON paths in a location",
            buckets({ jsonpath_assets: "s3://acme/raw/paths", ...rawArchive }),
            writable(`${BUCKETS}.jsonpath_assets`),
        ],
        ["a location next to the JSON paths", buckets({ jsonpath_assets: "s3://acme/paths", ...rawArchive })],
        [
            "a certificate archive in a location",
            { ...buckets(rawArchive), certificates: { archive: "s3://acme/raw/nodes.zip" } },
            writable("certificates.archive"),
        ],
        [
            "a certificate archive next to a location",
            { ...buckets(rawArchive), certificates: { archive: "s3://acme/nodes.zip" } },
        ],
        [
            "enrichment data in a location",
            { ...buckets(rawArchive), access: { readLocations: ["s3://acme/raw/a"] } },
        ],
    ]);
});
