import { expect } from "chai";
import { productionProtected } from "../../rules/protection";
import { UNKNOWN } from "../../rules/resource";
import { judges, resource } from "../support/judge";

const BUCKET = "aws:s3/bucket:Bucket";
const KEY = "aws:kms/key:Key";

const bucket = (stack: string, props = {}, protect = false) => resource(BUCKET, props, { stack, protect });
const found = (stack: string) => [
    `found no protection in stack ${stack}: set the resource option protect to true`,
];

describe("production-data-protected", () => {
    judges(productionProtected, [
        ["takes a protected bucket", bucket("prod", {}, true), []],
        ["takes a protected key", resource(KEY, {}, { stack: "prod", protect: true }), []],
        ["refuses an open bucket", bucket("prod", { forceDestroy: false }), found("prod")],
        [
            "refuses one of the older name",
            resource("aws:s3/bucketV2:BucketV2", {}, { stack: "prod" }),
            found("prod"),
        ],
        ["refuses an open key", resource(KEY, {}, { stack: "prod" }), found("prod")],
        [
            "refuses an open key of imported material",
            resource("aws:kms/externalKey:ExternalKey", {}, { stack: "prod" }),
            found("prod"),
        ],
        ["takes a bucket of what can be made again", bucket("prod", { forceDestroy: true }), []],
        [
            "refuses a bucket that nobody knows that of",
            bucket("prod", { forceDestroy: UNKNOWN }),
            found("prod"),
        ],
        ["says nothing of other resources", resource("aws:ec2/vpc:Vpc", {}, { stack: "prod" }), []],
        ...["prod-eu", "prod_2", "prod.us"].map(
            (stack) => [`knows ${stack}`, bucket(stack), found(stack)] as const,
        ),
        ...["dev", "product", "preprod", "pre-prod"].map(
            (stack) => [`leaves ${stack} alone`, bucket(stack), []] as const,
        ),
        [
            "takes other names for production",
            bucket("live-eu"),
            found("live-eu"),
            { stacks: ["main", "live"] },
        ],
        ["forgets its own names for them", bucket("prod"), [], { stacks: ["live"] }],
        ["takes a name to the letter", bucket("production"), [], { stacks: ["p.*"] }],
    ]);

    it("tells the engine what can be set, and its default", () => {
        expect(productionProtected.configSchema?.properties).to.deep.equal({
            stacks: {
                type: "array",
                items: { type: "string" },
                default: ["prod"],
                description:
                    "Names of production stacks, each with or without more behind a hyphen, underscore or dot",
            },
        });
    });
});
