import { expect } from "chai";
import { FailedLookup, lookup } from "../../../components/existing/lookup";

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
