import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { describe as describeValue } from "../../../components/args/describe";
import { environment } from "../../../components/args/schema";
import { knownKeys } from "../../../components/args/schema-guide";
import { parseConfig } from "../../../components/config";
import { InvalidArguments, type Path } from "../../../components/domain/errors";
import { batch, type Config } from "./parse";

describe("the found value of an error", () => {
    for (const value of [
        ...[
            "true",
            "managed",
            "5.30",
            "-1",
            "emr-5.29.0",
            "10.64.0.0/20",
            "eu-west-1",
            "EU-West-1b",
            "m4.large",
        ],
        ...["s3://my-bucket/a/*", "s3a://My-bucket", "https://my-bucket.s3.eu-west-1.amazonaws.com/x/"],
        "arn:aws:iam::111122223333:policy/Snowplow/EmrEncryptionBoundaryForDataTeam2/MoreThan40",
        ...["subnet-0123456789abcdef0", "vpc-01234567"],
    ]) {
        it(`is quoted: ${value}`, () => {
            expect(describeValue(value)).to.equal(JSON.stringify(value));
        });
    }

    for (const value of [
        ...[
            "hunter2",
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "thrift",
            "my-bucket",
        ],
        "s3://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI@my-bucket/x",
        "https://my-bucket.s3.amazonaws.com/x?X-Amz-Signature=0123456789abcdef",
        `s3://my-bucket/${"x".repeat(200)}`,
    ]) {
        it(`is not quoted: ${value.slice(0, 60)}`, () => {
            expect(describeValue(value)).to.equal(`a string of ${value.length} characters`);
        });
    }

    it("is its kind and size, or what it is", () => {
        const values = [undefined, null, "", 5, true, [], ["nat"], { a: 1 }, { a: 1, b: 2 }];
        expect(values.map((value) => describeValue(value))).to.deep.equal([
            "missing",
            "null",
            '"" (an empty string)',
            "5",
            "true",
            "a list of 0 items",
            "a list of 1 item",
            "an object with 1 key",
            "an object with 2 keys",
        ]);
    });

    it("is quoted if it is almost one of the values that are accepted", () => {
        const found = (value: string) => describeValue(value, ["thrift", "clj-tomcat"]);
        expect(["Thrfit", "hunter2", "thrift: x"].map(found)).to.deep.equal([
            '"Thrfit"',
            "a string of 7 characters",
            "a string of 9 characters",
        ]);
    });
});

describe("a message about a stack config", () => {
    const message = (config: Config) => {
        try {
            parseConfig({
                stack: "dev",
                region: "eu-west-1",
                defaultTags: undefined,
                encryptedKeys: [],
                config,
            });
            return undefined;
        } catch (error) {
            return error instanceof InvalidArguments ? error.message : String(error);
        }
    };
    const paths = (path: Path): readonly Path[] => [
        path,
        ...knownKeys(path).flatMap((key) => paths([...path, key])),
    ];
    const everywhere = Object.keys(environment.shape).flatMap((key) => paths([key]));
    const at = (path: Path, value: unknown): Config =>
        path.reduceRight<unknown>((below, key) => ({ [key]: below }), value) as Config;

    const ecKey = String(
        generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
            type: "pkcs8",
            format: "pem",
        }),
    );
    const body = ecKey.trim().split("\n").slice(1, -1);
    const SECRETS = [
        ...[
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "correct-horse-battery-staple1", // Without the digit, it could be the name of a classification.
        ],
        ...[
            "secret_access_key:wJalrXUtnFEMI",
            "access_key_id: AKIAIOSFODNN7",
            "password=hunter2",
            "<%= x %>y",
        ],
        ...[ecKey, body.join("\n"), body.join(" "), body.join("")],
    ];
    /** The part of each secret that no message may contain. */
    const kernels = [
        "AKIAIOSFODNN7",
        "wJalrXUtn",
        "horse",
        "hunter2",
        "%>y",
        ...body.map((line) => line.slice(0, 20)),
    ];

    it("shows no secret, wherever it was written: as a value, in a list or an object, or as a key", () => {
        fc.assert(
            fc.property(
                fc.constantFrom(...everywhere),
                fc.constantFrom(...SECRETS),
                fc.constantFrom(
                    (secret: string): unknown => secret,
                    (secret: string) => [secret, secret],
                    (secret: string) => ({ [secret]: "x" }),
                    (secret: string) => ({ [secret]: { [secret]: null } }),
                    (secret: string) => ({ password: [{ secret }] }),
                ),
                (path, secret, wrap) => {
                    const text = message({ ...batch(), ...at(path, wrap(secret)) }) ?? "";
                    expect(kernels.filter((kernel) => text.includes(kernel))).to.deep.equal([]);
                },
            ),
            { numRuns: 500 },
        );
        for (const secret of SECRETS) {
            expect(kernels.filter((kernel) => message({ [secret]: {} })?.includes(kernel))).to.deep.equal([]);
        }
    });
});
