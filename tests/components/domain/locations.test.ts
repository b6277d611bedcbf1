import { expect } from "chai";
import fc from "fast-check";
import {
    type Access,
    formatS3Url,
    LOCATIONS,
    type LocationPath,
    overlap,
    parseS3Url,
    RDB_LOADER_LOGS,
    resolveLocations,
    S3_URL_PATTERN,
    type S3Folder,
} from "../../../components/domain/locations";
import type { ManagedBucket } from "../../../components/domain/naming";

type Row = readonly [
    LocationPath,
    ManagedBucket,
    prefix: string,
    jobflow: Access,
    ...flags: readonly string[],
];

const BATCH_ONLY: readonly Row[] = [
    ["raw.in", "collector", "raw/", "read-delete", "operatorLists"],
    ["raw.processing", "pipeline", "raw/processing/", "read-write-delete", "operatorLists", "needsPrefix"],
    ["raw.archive", "archive", "raw/", "read-write-delete"],
    ["enriched.bad", "pipeline", "enriched/bad/", "read-write-delete"],
    ["enriched.errors", "pipeline", "enriched/errors/", "read-write-delete", "optional"],
];
const STREAM_ONLY: readonly Row[] = [
    ["enriched.stream", "collector", "enriched/stream/", "read-delete", "operatorLists"],
];
const BOTH: readonly Row[] = [
    ["enriched.good", "pipeline", "enriched/good/", "read-write-delete", "operatorLists", "needsPrefix"],
    ["enriched.archive", "archive", "enriched/", "read-write-delete"],
    ["shredded.good", "pipeline", "shredded/good/", "read-write-delete", "operatorLists", "needsPrefix"],
    ["shredded.bad", "pipeline", "shredded/bad/", "read-write-delete"],
    ["shredded.errors", "pipeline", "shredded/errors/", "read-write-delete", "optional"],
    ["shredded.archive", "archive", "shredded/", "read-write-delete"],
    ["log", "logs", "emr/", "read-write", "operatorLists"],
];

describe("EmrEtlRunner's locations", () => {
    for (const [mode, rows] of [
        ["batch", [...BATCH_ONLY, ...BOTH]],
        ["stream-enrich", [...STREAM_ONLY, ...BOTH]],
    ] as const) {
        it(`have a bucket, a folder and rights in ${mode} mode`, () => {
            const found = LOCATIONS.filter(({ modes }) => modes.includes(mode)).map(
                ({ path, modes, bucket, prefix, jobflow, ...flags }) => [
                    path,
                    bucket,
                    prefix,
                    jobflow,
                    ...Object.keys(flags),
                ],
            );
            expect(found).to.have.deep.members(rows);
        });

        it(`do not overlap in ${mode} mode when all are managed`, () => {
            const rows = LOCATIONS.filter(({ modes }) => modes.includes(mode));
            const nested = rows.flatMap((outer, index) =>
                rows
                    .slice(index + 1)
                    .filter((inner) => overlap(outer, inner))
                    .map((inner) => [outer.path, inner.path]),
            );
            expect(nested).to.deep.equal([]);
        });
    }

    it("have one row each, with their modes in order", () => {
        const paths = LOCATIONS.map(({ path }) => path);
        expect(paths).to.deep.equal([...new Set(paths)]);
        expect(LOCATIONS.map(({ modes }) => modes.join())).to.have.members([
            ...BATCH_ONLY.map(() => "batch"),
            ...STREAM_ONLY.map(() => "stream-enrich"),
            ...BOTH.map(() => "batch,stream-enrich"),
        ]);
    });

    it("have managed folders that parseS3Url accepts", () => {
        for (const { bucket, prefix } of LOCATIONS) {
            expect(parseS3Url(formatS3Url({ bucket, prefix }))).to.deep.equal({ bucket, prefix });
        }
    });

    it("hold RDB Loader's logs in a folder below log", () => {
        expect(RDB_LOADER_LOGS).to.equal("rdb-loader/");
    });
});

describe("resolveLocations", () => {
    it("gives a managed location its bucket's name, and keeps the folders of an existing location", () => {
        const { prefix, bucket, ...row } = LOCATIONS[0] as (typeof LOCATIONS)[number];
        const managed = { ...row, prefix, bucket, managed: true } as const;
        const existing = {
            ...managed,
            managed: false,
            folders: [{ bucket: "existing", prefix: "a/" }],
        } as const;
        expect(resolveLocations([managed, existing], (of) => `prod-${of}-1a2b3c`)).to.deep.equal([
            { ...managed, folders: [{ bucket: `prod-${bucket}-1a2b3c`, prefix }] },
            existing,
        ]);
    });
});

describe("parseS3Url", () => {
    const longest = `a${"-".repeat(61)}z`;

    for (const [url, bucket, prefix] of [
        ["s3://my-bucket", "my-bucket", ""],
        ["s3://my-bucket/", "my-bucket", ""],
        ["s3://my-bucket/raw", "my-bucket", "raw/"],
        ["s3://my-bucket/raw/", "my-bucket", "raw/"],
        ["s3://my-bucket/raw/in", "my-bucket", "raw/in/"],
        ["s3://my-bucket/raw/in/", "my-bucket", "raw/in/"],
        [
            "s3://my-bucket/Raw_1.0/run=2024-01-01/it's!(old)",
            "my-bucket",
            "Raw_1.0/run=2024-01-01/it's!(old)/",
        ],
        ["s3://my-bucket/..hidden/a..b/...", "my-bucket", "..hidden/a..b/.../"],
        ["s3://1-2", "1-2", ""],
        [`s3://${longest}/x`, longest, "x/"],
    ] as const) {
        it(`accepts ${url}`, () => {
            expect(parseS3Url(url)).to.deep.equal({ bucket, prefix });
        });
    }

    for (const [title, url] of [
        ["an empty string", ""],
        ["no bucket", "s3://"],
        ["no bucket, but a folder", "s3:///folder"],
        ["a bucket without scheme", "my-bucket/raw"],
        ["another scheme of Hadoop", "s3n://my-bucket/raw"],
        ["a capital in the scheme", "S3://my-bucket/raw"],
        ["a web address", "https://my-bucket.s3.amazonaws.com/raw"],
        ["an ARN", "arn:aws:s3:::my-bucket/raw"],
        ["a dot in the bucket, which no wildcard certificate covers", "s3://my.bucket/raw"],
        ["a capital in the bucket", "s3://My-bucket/raw"],
        ["an underscore in the bucket", "s3://my_bucket/raw"],
        ["a hyphen at the bucket's start", "s3://-bucket/raw"],
        ["a hyphen at the bucket's end", "s3://bucket-/raw"],
        ["a bucket of two characters", "s3://ab/raw"],
        ["a bucket of 64 characters", `s3://a${longest}`],
        ["a wildcard for the bucket", "s3://*/raw"],
        ["a wildcard at the end", "s3://my-bucket/*"],
        ["a wildcard in a folder's name", "s3://my-bucket/ra*w/in"],
        ["a wildcard for one character", "s3://my-bucket/ra?"],
        ["an IAM variable", "s3://my-bucket/$" + "{aws:username}"],
        ["a folder marker of Hadoop", "s3://my-bucket/raw_$folder$"],
        ["two slashes after the bucket", "s3://my-bucket//raw"],
        ["two slashes in the middle", "s3://my-bucket/raw//in"],
        ["two slashes at the end", "s3://my-bucket/raw//"],
        ["two slashes and nothing else", "s3://my-bucket//"],
        ["a space", "s3://my-bucket/raw in"],
        ["a leading space", " s3://my-bucket/raw"],
        ["a trailing newline", "s3://my-bucket/raw\n"],
        ["a colon", "s3://my-bucket/raw:in"],
        ["a percent sign", "s3://my-bucket/raw%20in"],
        ["an ERB tag", "s3://my-bucket/<%= ENV['FOLDER'] %>"],
        ["a letter that is not ASCII", "s3://my-bucket/événements"],
        // Hadoop resolves these: the jobs would use another folder than the policies and `overlap`.
        ["a parent folder", "s3://my-bucket/raw/../in"],
        ["a parent folder at the end", "s3://my-bucket/raw/.."],
        ["a parent folder at the start", "s3://my-bucket/../raw/"],
        ["the current folder", "s3://my-bucket/./raw"],
        ["the current folder at the end", "s3://my-bucket/raw/./"],
    ] as const) {
        it(`refuses ${title}: ${JSON.stringify(url)}`, () => {
            expect(parseS3Url(url)).to.equal(undefined);
            expect(url).to.not.match(S3_URL_PATTERN);
        });
    }

    it("parses what formatS3Url writes, with or without the slash at the end", () => {
        const name = (characters: string, minLength: number, maxLength: number) =>
            fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
        const letters = "abcdefghijklmnopqrstuvwxyz";
        const bucket = fc
            .tuple(name(letters, 1, 1), name(`${letters}0123456789-`, 1, 61), name(letters, 1, 1))
            .map((parts) => parts.join(""));
        const part = name(`${letters}ABC019-_.=!'()`, 1, 12).filter((text) => !/^\.{1,2}$/.test(text));
        const prefix = fc
            .array(part, { maxLength: 4 })
            .map((parts) => parts.map((text) => `${text}/`).join(""));
        fc.assert(
            fc.property(fc.record({ bucket, prefix }, { noNullPrototype: true }), (folder) => {
                const url = formatS3Url(folder);
                expect(parseS3Url(url)).to.deep.equal(folder);
                expect(parseS3Url(url.slice(0, -1))).to.deep.equal(folder);
            }),
            { numRuns: 100 },
        );
    });
});

describe("overlap", () => {
    const folder = (prefix: string, bucket = "my-bucket"): S3Folder => ({ bucket, prefix });

    for (const [title, a, b, overlaps] of [
        ["a folder and itself", folder("raw/"), folder("raw/"), true],
        ["a folder and a subfolder", folder("raw/"), folder("raw/processing/"), true],
        ["a folder and a subfolder at depth", folder("raw/"), folder("raw/a/b/c/"), true],
        ["a bucket and any folder in it", folder(""), folder("raw/"), true],
        ["a bucket and itself", folder(""), folder(""), true],
        ["names with the same beginning", folder("raw/"), folder("raw-archive/"), false],
        ["folders side by side", folder("raw/in/"), folder("raw/archive/"), false],
        ["a folder of the same name elsewhere", folder("in/"), folder("raw/in/"), false],
        ["the same folder of two buckets", folder("raw/"), folder("raw/", "my-other-bucket"), false],
        ["two whole buckets", folder(""), folder("", "my-bucket-2"), false],
    ] as const) {
        it(`is ${overlaps} for ${title}, in either order`, () => {
            expect([overlap(a, b), overlap(b, a)]).to.deep.equal([overlaps, overlaps]);
        });
    }
});
