import { expect } from "chai";
import type { Access, S3Folder } from "../../../components/domain/locations";
import { emrfsStatements, listInside } from "../../../components/policies/s3-access";

const READ = ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"];
const WRITE = [
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
];
const DELETE = ["s3:DeleteObject"];
const MARK = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];

const at = (bucket: string, prefix: string, access: Access) => ({ folder: { bucket, prefix }, access });

const lookAt = (...buckets: readonly string[]) => ({
    Sid: "LookAtBuckets",
    Effect: "Allow",
    Action: ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucketMultipartUploads"],
    Resource: buckets.map((bucket) => `arn:aws:s3:::${bucket}`),
});
const list = (index: number, bucket: string, prefixes?: readonly string[]) => ({
    Sid: `ListFolders${index}`,
    Effect: "Allow",
    Action: ["s3:ListBucket", "s3:ListBucketVersions"],
    Resource: `arn:aws:s3:::${bucket}`,
    ...(prefixes && { Condition: { StringLike: { "s3:prefix": prefixes } } }),
});
const allow = (sid: string, action: string | readonly string[], ...objects: readonly string[]) => ({
    Sid: sid,
    Effect: "Allow",
    Action: action,
    Resource: objects.map((object) => `arn:aws:s3:::${object}`),
});

describe("emrfsStatements", () => {
    it("allow EMRFS to look for each parent folder of a location, and to write markers where it changes objects", () => {
        expect(emrfsStatements([at("data", "raw/processing/", "read-write-delete")])).to.deep.equal([
            lookAt("data"),
            list(0, "data", [
                "raw",
                "raw/",
                "raw_$folder$",
                "raw/processing",
                "raw/processing_$folder$",
                "raw/processing/*",
            ]),
            allow("ReadWriteAndDeleteObjects", [...READ, ...WRITE, ...DELETE], "data/raw/processing/*"),
            allow("LookForFolders", "s3:GetObject", "data/raw", "data/raw/processing"),
            allow("MarkFolders", MARK, "data/raw_$folder$", "data/raw/processing_$folder$"),
        ]);
    });

    it("change nothing in a folder that is only read", () => {
        expect(emrfsStatements([at("data", "maxmind/", "read")])).to.deep.equal([
            lookAt("data"),
            list(0, "data", ["maxmind", "maxmind_$folder$", "maxmind/*"]),
            allow("ReadObjects", READ, "data/maxmind/*"),
            allow("LookForFolders", "s3:GetObject", "data/maxmind", "data/maxmind_$folder$"),
        ]);
    });

    it("list the whole bucket where it is the location", () => {
        expect(emrfsStatements([at("logs", "", "read-delete")])).to.deep.equal([
            lookAt("logs"),
            list(0, "logs"),
            allow("ReadAndDeleteObjects", [...READ, ...DELETE], "logs/*"),
            allow("MarkFolders", MARK, "logs/*_$folder$"),
        ]);
    });

    it("look for no parent folder of a bucket's root", () => {
        expect(emrfsStatements([at("jars", "", "read")])).to.deep.equal([
            lookAt("jars"),
            list(0, "jars"),
            allow("ReadObjects", READ, "jars/*"),
        ]);
    });

    it("are grouped by bucket and by access, without duplicates, in the order of the locations", () => {
        const statements = emrfsStatements([
            at("in", "a/", "read-delete"),
            at("data", "good/", "read-write-delete"),
            at("logs", "emr/", "read-write"),
            at("data", "bad/", "read-write-delete"),
            at("in", "b/", "read-delete"),
            at("in", "a/", "read-delete"),
        ]);
        const changed = ["in/a", "data/good", "logs/emr", "data/bad", "in/b"];
        expect(statements).to.deep.equal([
            lookAt("in", "data", "logs"),
            list(0, "in", ["a", "a_$folder$", "b", "b_$folder$", "a/*", "b/*"]),
            list(1, "data", ["good", "good_$folder$", "bad", "bad_$folder$", "good/*", "bad/*"]),
            list(2, "logs", ["emr", "emr_$folder$", "emr/*"]),
            allow("ReadAndDeleteObjects", [...READ, ...DELETE], "in/a/*", "in/b/*"),
            allow("ReadWriteAndDeleteObjects", [...READ, ...WRITE, ...DELETE], "data/good/*", "data/bad/*"),
            allow("ReadAndWriteObjects", [...READ, ...WRITE], "logs/emr/*"),
            allow("LookForFolders", "s3:GetObject", "in/a", "in/b", "data/good", "data/bad", "logs/emr"),
            allow(
                "MarkFolders",
                MARK,
                ...changed.map((name) => `${name}_$folder$`),
                ...["in/a", "logs/emr", "in/b"].map((name) => `${name}/*_$folder$`),
            ),
        ]);
    });

    it("list a whole bucket without a condition if it is a location, also with other locations in it", () => {
        const statements = emrfsStatements([at("data", "a/", "read"), at("data", "", "read-write")]);
        expect(statements.find(({ Sid }) => Sid === "ListFolders0")).to.deep.equal(list(0, "data"));
    });
});

describe("listInside", () => {
    const inside = (index: number, bucket: string, prefixes?: readonly string[]) => ({
        Sid: `ListLocations${index}`,
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: `arn:aws:s3:::${bucket}`,
        ...(prefixes && { Condition: { StringLike: { "s3:prefix": prefixes } } }),
    });

    for (const [title, folders, statements] of [
        [
            "folders alone, one statement a bucket",
            ["a/x/", "b/y/", "a/z/"],
            [inside(0, "a", ["x/*", "z/*"]), inside(1, "b", ["y/*"])],
        ],
        ["a whole bucket that is a location", ["a/", "a/x/"], [inside(0, "a")]],
        ["nothing without folders", [], []],
    ] satisfies readonly (readonly [string, readonly string[], readonly object[]])[]) {
        it(`lists ${title}`, () => {
            expect(listInside(folders.map(folder))).to.deep.equal(statements);
        });
    }
});

function folder(text: string): S3Folder {
    const slash = text.indexOf("/");
    return { bucket: text.slice(0, slash), prefix: text.slice(slash + 1) };
}
