import { expect } from "chai";
import { checkCollectorBucket } from "../../../components/existing/collector-bucket";
import { type Answers, codes, lookUp, refuse } from "../../support/existing-aws";
import { BUCKETS, batch, buckets, type Config, parse, stream } from "../args/parse";

const COLLECTOR = "snowplow-dev-collector-20260102030405678900000001";
const FORMAT = "emrEtlRunner.collectors.format";
const TAGGED = [
    "getResources",
    {
        resourceTypeFilters: ["s3"],
        tagFilters: [{ key: "snowplow-emr-stack", values: ["snowplow-emr-encryption/dev"] }],
    },
];
const OWNERSHIP = ["getResource", { typeName: "AWS::S3::Bucket", identifier: COLLECTOR }];

const deployed = (...names: readonly string[]): Answers => ({
    getResources: () => ({
        resourceTagMappingLists: names.map((name) => ({ resourceArn: `arn:aws:s3:::${name}`, tags: {} })),
    }),
});
const ownership = (ObjectOwnership: string): Answers => ({
    ...deployed("snowplow-dev-pipeline-20260102030405678900000002", COLLECTOR),
    getResource: () => ({
        properties: JSON.stringify({
            BucketName: COLLECTOR,
            OwnershipControls: { Rules: [{ ObjectOwnership }] },
        }),
    }),
});

describe("checkCollectorBucket", () => {
    for (const [situation, config, answers, calls, ...errors] of [
        ["a new stack", batch(), {}, [TAGGED]],
        [
            "other buckets of the stack",
            batch(),
            deployed("snowplow-dev-archive-1", "snowplow-dev-collectors"),
            [TAGGED],
        ],
        ["a bucket without ACLs", batch(), ownership("BucketOwnerEnforced"), [OWNERSHIP, TAGGED]],
        [
            "a bucket with ACLs",
            batch(),
            ownership("BucketOwnerPreferred"),
            [OWNERSHIP, TAGGED],
            ["bucket-accepts-acls", FORMAT],
        ],
        [
            "a bucket whose writers own objects",
            batch(),
            ownership("ObjectWriter"),
            [OWNERSHIP, TAGGED],
            ["bucket-accepts-acls", FORMAT],
        ],
        [
            "a bucket with ACLs after a change of the mode",
            stream(),
            ownership("BucketOwnerPreferred"),
            [OWNERSHIP, TAGGED],
            ["bucket-accepts-acls", `${BUCKETS}.enriched.stream`],
        ],
        [
            "a bucket with ACLs for CloudFront",
            batch({ collectors: { format: "cloudfront" } }),
            ownership("BucketOwnerPreferred"),
            [],
        ],
        [
            "an existing raw.in",
            buckets({ raw: { in: ["s3://acme-raw"] } }),
            ownership("BucketOwnerPreferred"),
            [],
        ],
        [
            "credentials that may not look up tags",
            batch(),
            { getResources: () => refuse("AccessDenied") },
            [TAGGED],
        ],
        [
            "credentials that may not look up the bucket",
            batch(),
            { ...deployed(COLLECTOR), getResource: () => refuse("AccessDenied") },
            [OWNERSHIP, TAGGED],
        ],
        [
            "a bucket without ownership controls",
            batch(),
            { ...deployed(COLLECTOR), getResource: () => ({ properties: "{}" }) },
            [OWNERSHIP, TAGGED],
        ],
    ] as readonly (readonly [
        string,
        Config,
        Answers,
        readonly unknown[],
        ...(readonly [string, string])[],
    ])[]) {
        it(`${errors.length === 0 ? "accepts" : "reports"} ${situation}`, async () => {
            const args = parse(config);
            const { facts, calls: made } = await lookUp(() => checkCollectorBucket(args), answers);
            expect(codes(facts.errors)).to.deep.equal(errors);
            expect(made).to.deep.equal(calls);
        });
    }
});
