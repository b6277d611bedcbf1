import { expect } from "chai";
import { BUCKETS, batch, buckets, type Config, codesOf, errorsOf, judges, stream } from "../parse";

const FORMAT = "emrEtlRunner.collectors.format";

const format = (name: unknown, aws: Config = {}) => ({ emrEtlRunner: { collectors: { format: name }, aws } });
const overlap = (...locations: readonly string[]) =>
    locations.map((location) => `location-overlap at ${BUCKETS}.${location}`);

/** A bucket of this stack, as the AWS provider would name it. */
const managed = (bucket: string, prefix = "snowplow-dev") =>
    `s3://${prefix}-${bucket}-${"20260102".padEnd(26, "0")}`;

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
            "a folder around another",
            buckets({ enriched: { bad: "s3://my-data/out/bad" }, log: "s3://my-data/out" }),
            overlap("log"),
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
            "folders inside managed ones",
            buckets({
                raw: { in: [`${managed("pipeline")}/enriched/bad/old`] },
                enriched: { good: `${managed("archive")}/shredded` },
            }),
            overlap("raw.in[0]", "enriched.good"),
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
