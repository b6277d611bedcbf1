import { expect } from "chai";
import { bucketsClosed, bucketsEncrypted, bucketsTlsOnly } from "../../rules/buckets";
import { type Resource, type StackRule, UNKNOWN } from "../../rules/resource";
import { policy, resource } from "../support/rules";

const ARN = "arn:aws:s3:::data";
const DENY_PLAIN_HTTP = {
    Sid: "DenyPlainHttp",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [ARN, `${ARN}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const SSE = {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
    blockedEncryptionTypes: ["SSE-C"],
};
const CLOSED = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
};

/** For each rule, the type of the part that a bucket must have, inputs that comply, and the message if it is missing. */
const PARTS = [
    {
        rule: bucketsEncrypted,
        type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        props: { rules: [SSE] },
        missing: "found no BucketServerSideEncryptionConfiguration: add one that blocks SSE-C",
    },
    {
        rule: bucketsClosed,
        type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        props: CLOSED,
        missing: "found no BucketPublicAccessBlock: add one with all four switches true",
    },
    {
        rule: bucketsTlsOnly,
        type: "aws:s3/bucketPolicy:BucketPolicy",
        props: { policy: policy(DENY_PLAIN_HTTP) },
        missing:
            'found no BucketPolicy: add one that denies s3:* to all principals on the bucket and its objects where aws:SecureTransport is "false"',
    },
] as const;
const [ENCRYPTION, PUBLIC_ACCESS, POLICY] = PARTS;

/** A bucket, with the logical name `data` by default. */
const bucket = (props: Resource["props"] = { bucket: "data" }, name = "data") =>
    resource("aws:s3/bucket:Bucket", props, { name });
const partOf = (type: string, props: Resource["props"], from: readonly Resource[] = []) =>
    resource(
        type,
        { bucket: "data", ...props },
        {
            name: "part",
            propertyDependencies: from.length > 0 ? { bucket: from.map(({ urn }) => urn) } : {},
        },
    );

/** The messages of a rule about a part of the bucket `data`; expects no finding about another resource. */
function messages(rule: StackRule, part: Resource): readonly string[] {
    const findings = rule.check([bucket(), part]);
    expect(findings.map(({ urn }) => urn)).to.deep.equal(findings.map(() => part.urn));
    return findings.map(({ message }) => message);
}

for (const { rule, type, props, missing } of PARTS) {
    const found = (...buckets: readonly Resource[]) => buckets.map(({ urn }) => ({ urn, message: missing }));

    describe(`${rule.name}: the parts of a bucket`, () => {
        it("accepts a bucket with its part, by name", () => {
            expect(rule.check([bucket(), partOf(type, props)])).to.deep.equal([]);
        });

        it("accepts the older types of both", () => {
            const old = type.replace(/(.*):(.*)/, "$1V2:$2V2");
            const bucketV2 = resource("aws:s3/bucketV2:BucketV2", { bucket: "data" });
            expect(rule.check([bucketV2])).to.deep.equal(found(bucketV2));
            expect(rule.check([bucketV2, partOf(old, props)])).to.deep.equal([]);
        });

        it("refuses a bucket without a part, also beside a bucket with a part", () => {
            const other = bucket({ bucket: "other" }, "other");
            expect(rule.check([bucket(), other])).to.deep.equal(found(bucket(), other));
            expect(rule.check([bucket(), other, partOf(type, props)])).to.deep.equal(found(other));
        });

        it("compares names if they are known, even if they depend on several buckets", () => {
            const other = bucket({ bucket: "other" }, "other");
            const part = partOf(type, props, [bucket(), other]);
            expect(rule.check([bucket(), other, part])).to.deep.equal(found(other));
        });

        it("follows the dependencies of the part's bucket if names are not known yet", () => {
            for (const unknown of [{ bucket: UNKNOWN }, {}]) {
                const [first, second] = [bucket(unknown, "first"), bucket(unknown, "second")];
                const part = partOf(type, { ...props, bucket: UNKNOWN }, [first]);
                expect(rule.check([first, second, part])).to.deep.equal(found(second));
            }
        });

        it("accepts a part for each bucket that it may belong to", () => {
            const [first, second] = [
                bucket({ bucket: UNKNOWN }, "first"),
                bucket({ bucket: UNKNOWN }, "second"),
            ];
            const part = partOf(type, { ...props, bucket: UNKNOWN }, [first, second]);
            expect(rule.check([first, second, part])).to.deep.equal([]);
        });

        it("accepts a part of a bucket that is not in the stack", () => {
            expect(rule.check([partOf(type, { ...props, bucket: "existing" })])).to.deep.equal([]);
        });

        it("ignores unknown values", () => {
            const unknown = Object.fromEntries(Object.keys(props).map((key) => [key, UNKNOWN]));
            expect(messages(rule, partOf(type, unknown))).to.deep.equal([]);
        });
    });
}

describe("s3-buckets-encrypted", () => {
    const said = (...rules: readonly unknown[]) =>
        messages(bucketsEncrypted, partOf(ENCRYPTION.type, { rules }));
    const algorithm = "found no sseAlgorithm: set AES256, or aws:kms with a key";
    const types = (found: string) => `found ${found}: add SSE-C, whose keys only the uploader has`;

    it("accepts SSE-S3, SSE-KMS and DSSE-KMS", () => {
        for (const sseAlgorithm of ["AES256", "aws:kms", "aws:kms:dsse"]) {
            expect(said({ ...SSE, applyServerSideEncryptionByDefault: { sseAlgorithm } })).to.deep.equal([]);
        }
    });

    it("refuses another algorithm", () => {
        expect(said({ ...SSE, applyServerSideEncryptionByDefault: { sseAlgorithm: "none" } })).to.deep.equal([
            "found sseAlgorithm none: set AES256, or aws:kms with a key",
        ]);
    });

    it("refuses rules without an algorithm, and rules that do not block SSE-C", () => {
        expect(said({ blockedEncryptionTypes: ["SSE-C"] })).to.deep.equal([algorithm]);
        expect(said({ ...SSE, blockedEncryptionTypes: ["NONE"] })).to.deep.equal([
            types("blockedEncryptionTypes NONE"),
        ]);
        expect(said({ ...SSE, blockedEncryptionTypes: undefined })).to.deep.equal([
            types("no blockedEncryptionTypes"),
        ]);
        expect(said()).to.deep.equal([algorithm, types("no blockedEncryptionTypes")]);
    });

    it("ignores rules with unknown values", () => {
        expect(said({ applyServerSideEncryptionByDefault: UNKNOWN })).to.deep.equal([]);
    });
});

describe("s3-buckets-closed", () => {
    it("refuses each switch that is not true", () => {
        const { blockPublicAcls, ...others } = CLOSED;
        expect(
            messages(bucketsClosed, partOf(PUBLIC_ACCESS.type, { ...others, ignorePublicAcls: false })),
        ).to.deep.equal([
            "found no blockPublicAcls: set it to true",
            "found ignorePublicAcls false: set it to true",
        ]);
    });
});

describe("s3-buckets-tls-only", () => {
    const said = (document: unknown) => messages(bucketsTlsOnly, partOf(POLICY.type, { policy: document }));
    const add =
        'add one that denies s3:* to all principals on the bucket and its objects where aws:SecureTransport is "false"';

    it("accepts a Deny statement in every spelling, among other statements", () => {
        for (const spelling of [
            {},
            { Principal: { AWS: "*" } },
            { Principal: { AWS: ["*"] } },
            { Action: ["S3:*"] },
            { Action: "*" },
            { Condition: { Bool: { "AWS:securetransport": ["false"] } } },
            { Condition: { bool: { "aws:SecureTransport": false } } },
        ]) {
            expect(said(policy({ Effect: "Allow" }, { ...DENY_PLAIN_HTTP, ...spelling }))).to.deep.equal([]);
        }
        expect(said({ Statement: DENY_PLAIN_HTTP })).to.deep.equal([]);
    });

    it("refuses a Deny statement with an exception", () => {
        for (const hole of [
            { Effect: "Allow" },
            { Principal: { AWS: "arn:aws:iam::111122223333:root" } },
            { Action: "s3:GetObject" },
            { Resource: ARN },
            { Resource: `${ARN}/*` },
            { Condition: undefined },
            { Condition: { Bool: { "aws:SecureTransport": "true" } } },
            { Condition: { Bool: { "aws:SecureTransport": "false", "aws:ViaAWSService": "false" } } },
            { Condition: { ...DENY_PLAIN_HTTP.Condition, StringEquals: { "aws:username": "me" } } },
        ]) {
            expect(said(policy({ ...DENY_PLAIN_HTTP, ...hole })), JSON.stringify(hole)).to.deep.equal([
                `found statement "DenyPlainHttp": ${add}`,
            ]);
        }
    });

    it("names the statements that it found", () => {
        expect(said(policy({ Sid: "A" }, { Effect: "Allow" }))).to.deep.equal([
            `found statement "A", statement 2: ${add}`,
        ]);
        expect(said(policy())).to.deep.equal([`found no statement: ${add}`]);
        expect(said("no JSON")).to.deep.equal([`found no statement: ${add}`]);
    });

    it("checks a policy on an existing bucket", () => {
        const part = partOf(POLICY.type, { bucket: "existing", policy: policy() });
        expect(bucketsTlsOnly.check([part])).to.deep.equal([
            { urn: part.urn, message: `found no statement: ${add}` },
        ]);
    });
});
