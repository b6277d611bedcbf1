import { expect } from "chai";
import { at, FailedLookup, lookup, lookupFailed } from "../../../components/existing/lookup";

describe("lookup", () => {
    it("returns the answer", async () => {
        const answer = await lookup(Promise.resolve({ id: "vpc-1" }));
        expect(answer).to.deep.equal({ id: "vpc-1" });
    });

    for (const [title, error, reason] of [
        [
            "without the invoke that the engine puts before it",
            new Error(
                "invocation of aws:ec2/getVpc:getVpc returned an error: invoking aws:ec2/getVpc:getVpc: 1 error occurred:\n\t* no matching EC2 VPC found\n\n",
            ),
            "no matching EC2 VPC found",
        ],
        ["with both errors of two", new Error("2 errors occurred:\n\t* one\n\t* two\n"), "one * two"],
        ["with both errors of twelve", new Error("12 errors occurred:\n\t* one\n\t* two\n"), "one * two"],
        ["as it is if nothing precedes it", new Error("  access\n denied "), "access denied"],
        [
            "without AWS's request ids",
            new Error(
                "reading S3 Bucket (acme): operation error S3: HeadBucket, https response error StatusCode: 403, RequestID: 2BF7A9D1, HostID: a1b2/c3+d4=, api error Forbidden: Forbidden",
            ),
            "reading S3 Bucket (acme): operation error S3: HeadBucket, https response error StatusCode: 403, api error Forbidden: Forbidden",
        ],
        [
            "without request ids that are empty or spelled otherwise",
            new Error(
                "StatusCode: 301, RequestID: , HostID: , api error x (Status Code: 400, Request ID: 1-2)",
            ),
            "StatusCode: 301, api error x (Status Code: 400)",
        ],
        ["also of a thrown string", "no Error", "no Error"],
    ] as const) {
        it(`returns a failure, ${title}`, async () => {
            const answer = await lookup(Promise.reject(error));
            expect(answer).to.deep.equal(new FailedLookup(reason));
        });
    }
});

describe("lookupFailed", () => {
    it("names the reason and the permissions", () => {
        expect(lookupFailed("the key", new FailedLookup("no"), "kms:DescribeKey")).to.deep.equal({
            code: "lookup-failed",
            found: "no answer for the key: no",
            fix: "name an existing resource, and give these credentials kms:DescribeKey",
        });
    });
});

describe("at", () => {
    it("adds the path to each finding", () => {
        const [spec, usage] = [
            { code: "key-spec", found: "c" },
            { code: "key-usage", found: "e", fix: "f" },
        ] as const;
        expect(at(["a", 0], spec, undefined, usage)).to.deep.equal([
            { code: "key-spec", path: ["a", 0], found: "c" },
            { code: "key-usage", path: ["a", 0], found: "e", fix: "f" },
        ]);
    });
});
