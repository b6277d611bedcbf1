import { expect } from "chai";
import { LOCATIONS, type Mode } from "../../../../components/domain/locations";
import { BUCKETS, batch, buckets, type Config, codesOf, errorsOf, judges, stream } from "../parse";

const FORMAT = "emrEtlRunner.collectors.format";

const format = (name: unknown, aws: Config = {}) => ({ emrEtlRunner: { collectors: { format: name }, aws } });
const overlap = (...locations: readonly string[]) =>
    locations.map((location) => `location-overlap at ${BUCKETS}.${location}`);

/** A bucket of this stack, as the AWS provider would name it. */
const managed = (bucket: string, prefix = "snowplow-dev") =>
    `s3://${prefix}-${bucket}-${"20260102".padEnd(26, "0")}`;

/** A stack with these folders of locations. */
function locationsAt(mode: Mode, folders: Readonly<Record<string, string>>): Config {
    const given: Record<string, Record<string, unknown>> = {};
    for (const [path, folder] of Object.entries(folders)) {
        const [kind = "", name] = path.split(".");
        const value = path === "raw.in" ? [folder] : folder;
        Object.assign(given, { [kind]: name === undefined ? value : { ...given[kind], [name]: value } });
    }
    return mode === "batch"
        ? buckets(given)
        : stream({ ...given, enriched: { stream: "managed", ...given.enriched } });
}

const nestedLocations = (mode: Mode, outer: string, inner: string) =>
    locationsAt(mode, { [outer]: "s3://my-data/outer", [inner]: "s3://my-data/outer/inner" });

describe("the mode", () => {
    const enriched = (below: Config) => ({ enriched: { stream: "s3://my-stream/enriched", ...below } });
    const goOn = { enrich: { continue_on_unexpected_error: true } };
    judges([
        ["an empty stack file", {}, `collector-format-missing at ${FORMAT}`],
        ["a null format", format(null), `collector-format-missing at ${FORMAT}`],
        ["clj-tomcat without raw.in", format("clj-tomcat"), `raw-in-missing at ${BUCKETS}.raw.in`],
        [
            "clj-tomcat with raw.in",
            format("clj-tomcat", {
                s3: { buckets: { raw: { in: ["s3://elasticbeanstalk-logs/resources"] } } },
            }),
        ],
        [
            "locations of batch mode in stream-enrich mode",
            stream({
                raw: { in: ["s3://my-collector/eu"], processing: "s3://my-raw/a", archive: "managed" },
                ...enriched({ bad: "s3://my-bad/x", errors: "managed" }),
            }),
            ["raw.in", "raw.processing", "raw.archive", "enriched.bad", "enriched.errors"].map(
                (path) => `mode at ${BUCKETS}.${path}`,
            ),
        ],
        [
            "a collector in stream-enrich mode",
            stream({}, { collectors: { format: "thrift" } }),
            `mode at ${FORMAT}`,
        ],
        [
            "uncompressed files in stream-enrich mode",
            stream({}, { enrich: { output_compression: "NONE" } }),
            "mode at emrEtlRunner.enrich.output_compression",
        ],
        [
            "null for what stream-enrich mode does not have",
            stream({ raw: null, ...enriched({ bad: null }) }, { collectors: null }),
        ],
        [
            "no errors locations where jobs go on after errors",
            batch(goOn),
            ["enriched", "shredded"].map((name) => `errors-location-missing at ${BUCKETS}.${name}.errors`),
        ],
        [
            "no errors location in stream-enrich mode, which has one",
            stream({}, goOn),
            `errors-location-missing at ${BUCKETS}.shredded.errors`,
        ],
        [
            "managed and existing errors locations",
            buckets({ enriched: { errors: "managed" }, shredded: { errors: "s3://my-errors/x" } }, goOn),
        ],
    ]);
});

describe("a location", () => {
    judges([
        [
            "the root of a bucket where jobs resume",
            buckets({
                raw: { processing: "s3://my-raw" },
                enriched: { good: "s3://my-enriched/" },
                shredded: { good: "s3://my-shredded" },
            }),
            ["raw.processing", "enriched.good", "shredded.good"].map(
                (path) => `bucket-root at ${BUCKETS}.${path}`,
            ),
        ],
        [
            "roots of buckets elsewhere",
            buckets({
                log: "s3://my-logs",
                raw: { in: ["s3://my-collector"], archive: "s3://my-raw-archive" },
                enriched: { bad: "s3://my-bad" },
            }),
        ],
        [
            "a folder inside another",
            buckets({ raw: { processing: "s3://my-data/raw", archive: "s3://my-data/raw/archive/" } }),
            overlap("raw.archive"),
        ],
        [
            "folders around others that EmrEtlRunner does not list, one of them the root of the bucket",
            buckets({
                raw: { in: ["s3://my-data/archive/raw/run=2026-01-02-03-04-05"], archive: "s3://my-data" },
                enriched: { bad: "s3://my-data/out/bad", archive: "s3://my-data/archive" },
                shredded: { archive: "s3://my-data/archive/shredded" },
                log: "s3://my-data/out",
            }),
        ],
        [
            "a folder in RDB Loader's logs",
            buckets({ log: "s3://my-logs/emr", shredded: { bad: "s3://my-logs/emr/rdb-loader/bad" } }),
            overlap("shredded.bad"),
        ],
        [
            "a folder in the reports of encrypt-existing",
            buckets({ log: "s3://my-logs", enriched: { bad: "s3://my-logs/encrypt-existing" } }),
            overlap("enriched.bad"),
        ],
        [
            "folders of logs whose names begin alike",
            buckets({
                log: "s3://my-logs",
                enriched: { bad: "s3://my-logs/rdb-loader-bad" },
                shredded: { bad: "s3://my-logs/encrypt-existing-bad" },
            }),
        ],
        [
            "a folder in the managed log bucket, where objects expire",
            buckets({ enriched: { archive: `${managed("logs")}/archive` } }),
            overlap("enriched.archive"),
        ],
        [
            "the same folder with another slash",
            buckets({ enriched: { archive: "s3://my-data/a" }, shredded: { archive: "s3://my-data/a/" } }),
            overlap("shredded.archive"),
        ],
        [
            "a folder of a bucket that is a location as a whole",
            buckets({ raw: { in: ["s3://my-data"] }, log: "s3://my-data/logs" }),
            overlap("log"),
        ],
        [
            "folders of raw.in inside each other or there twice, each once, and what is inside of two",
            buckets({
                raw: { in: ["s3://my-data/a", "s3://other-data/a", "s3://my-data/a/b", "s3://other-data/a"] },
                log: "s3://my-data/a/b/c",
            }),
            overlap("raw.in[2]", "log", "raw.in[3]"),
        ],
        [
            "folders inside a managed one that EmrEtlRunner lists, or the same as a managed one",
            buckets({
                raw: { in: [`${managed("archive")}/raw/run=2026-01-02-03-04-05`] },
                enriched: { bad: `${managed("pipeline")}/enriched/good/bad` },
                shredded: { archive: `${managed("archive")}/enriched` },
            }),
            overlap("enriched.bad", "shredded.archive"),
        ],
        [
            "a bucket with a managed folder",
            stream({ enriched: { stream: managed("logs") } }),
            overlap("enriched.stream"),
        ],
        [
            "folders of one bucket whose names begin alike",
            buckets({
                raw: { in: ["s3://my-data/a", "s3://my-data/ab"], processing: "s3://my-data/a-b/c" },
                enriched: { good: "s3://my-data/a-b/cd" },
            }),
        ],
        ["the same folder of two buckets", buckets({ raw: { in: ["s3://my-a/x", "s3://my-b/x"] } })],
        ["a folder next to managed ones", buckets({ log: `${managed("pipeline")}/logs` })],
        [
            "a folder in another stack's bucket",
            buckets({ raw: { in: [`${managed("pipeline", "snowplow-prod")}/enriched/bad/`] } }),
        ],
    ]);

    for (const mode of ["batch", "stream-enrich"] as const) {
        it(`is inside another in ${mode} mode only where EmrEtlRunner does not list the outer one`, () => {
            const paths = LOCATIONS.filter(({ modes }) => modes.includes(mode)).map(({ path }) => path);
            const nested = paths.flatMap((outer) =>
                paths.filter((inner) => inner !== outer).map((inner) => [outer, inner] as const),
            );
            const refused = nested.filter(([outer, inner]) => {
                const given = nestedLocations(mode, outer, inner);
                return errorsOf(given).some(({ code }) => code === "location-overlap");
            });
            // emr_job.rb: `empty?`, `get_latest_run_id`, and the sources of steps with --deleteOnSuccess.
            const listed = ["raw.in", "raw.processing", "enriched.stream", "enriched.good", "shredded.good"];
            expect(refused).to.deep.equal(nested.filter(([outer]) => listed.includes(outer)));
        });

        it(`is the folder of no other one in ${mode} mode`, () => {
            const paths = LOCATIONS.filter(({ modes }) => modes.includes(mode)).map(({ path }) => path);
            const pairs = paths.flatMap((first, index) =>
                paths.slice(index + 1).map((second) => [first, second] as const),
            );
            const accepted = pairs.filter(([first, second]) => {
                const given = locationsAt(mode, { [first]: "s3://my-data/a", [second]: "s3://my-data/a/" });
                return !errorsOf(given).some(({ code }) => code === "location-overlap");
            });
            expect(accepted).to.deep.equal([]);
        });
    }

    it("overlaps once, however many there are", () => {
        const same = Array.from({ length: 300 }, () => "s3://my-data/a");
        const codes = errorsOf(buckets({ raw: { in: same } })).map(({ code }) => code);
        expect(codes.filter((code) => code === "location-overlap")).to.have.length(299);
    });
});

describe("a bucket of existing locations", () => {
    for (const key of ["encryptExistingBuckets", "policiesOnExistingBuckets"]) {
        const storage = (names: readonly string[], base: Config) =>
            codesOf({ ...base, storage: { [key]: names } });
        const locations = buckets({
            log: "s3://my-logs/emr",
            raw: { in: ["s3://my-raw", "s3://my-logs/raw"] },
        });

        it(`is the only one that ${key} may name`, () => {
            expect(storage(["my-raw", "my-logs"], locations)).to.deep.equal([]);
            expect(storage(["my-raw", "my-log"], locations)).to.deep.equal([
                `bucket-of-no-location at storage.${key}[1]`,
            ]);
            expect(storage(["my-logs"], batch())).to.deep.equal([
                `bucket-of-no-location at storage.${key}[0]`,
            ]);
        });
    }
});
