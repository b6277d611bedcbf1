import { expect } from "chai";
import { productionProtected } from "../../rules/protection";
import { UNKNOWN } from "../../rules/resource";
import { expectMessages, resource } from "../support/rules";

const BUCKET = "aws:s3/bucket:Bucket";
const KEY = "aws:kms/key:Key";

const bucket = (stack: string, props = {}, protect = false) => resource(BUCKET, props, { stack, protect });
const found = (stack: string) => [
    `found no protection in stack ${stack}: set the resource option protect to true`,
];

describe("production-data-protected", () => {
    expectMessages(productionProtected, [
        ["accepts a protected bucket", bucket("prod", {}, true), []],
        ["accepts a protected key", resource(KEY, {}, { stack: "prod", protect: true }), []],
        ["refuses an unprotected bucket", bucket("prod", { forceDestroy: false }), found("prod")],
        [
            "refuses an unprotected bucket of the older type",
            resource("aws:s3/bucketV2:BucketV2", {}, { stack: "prod" }),
            found("prod"),
        ],
        ["refuses an unprotected key", resource(KEY, {}, { stack: "prod" }), found("prod")],
        [
            "refuses an unprotected key with imported material",
            resource("aws:kms/externalKey:ExternalKey", {}, { stack: "prod" }),
            found("prod"),
        ],
        ["accepts a bucket with forceDestroy", bucket("prod", { forceDestroy: true }), []],
        [
            "refuses a bucket with an unknown forceDestroy",
            bucket("prod", { forceDestroy: UNKNOWN }),
            found("prod"),
        ],
        ["ignores other resources", resource("aws:ec2/vpc:Vpc", {}, { stack: "prod" }), []],
        ...["prod-eu", "prod_2", "prod.us"].map(
            (stack) => [`applies to the stack ${stack}`, bucket(stack), found(stack)] as const,
        ),
        ...["dev", "product", "preprod", "pre-prod"].map(
            (stack) => [`ignores the stack ${stack}`, bucket(stack), []] as const,
        ),
        [
            "reads the names of production stacks from the config",
            bucket("live-eu"),
            found("live-eu"),
            { stacks: ["main", "live"] },
        ],
        ["replaces the default names by those of the config", bucket("prod"), [], { stacks: ["live"] }],
        ["compares names literally", bucket("production"), [], { stacks: ["p.*"] }],
    ]);

    it("declares its config and the default", () => {
        expect(productionProtected.configSchema?.properties).to.deep.equal({
            stacks: {
                type: "array",
                items: { type: "string" },
                default: ["prod"],
                description:
                    "Names of production stacks. A name also matches stacks with a suffix after a hyphen, underscore or dot",
            },
        });
    });
});
