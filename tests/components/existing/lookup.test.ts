import { expect } from "chai";
import { ask, isAnswer, noAnswer, Unanswered } from "../../../components/existing/lookup";

describe("a question to AWS", () => {
    it("has its answer", async () => {
        const answer = await ask(Promise.resolve({ id: "vpc-1" }));
        expect(answer).to.deep.equal({ id: "vpc-1" });
        expect(isAnswer(answer)).to.equal(true);
    });

    for (const [title, error, reason] of [
        [
            "without the invoke that the engine puts before it",
            new Error(
                "invocation of aws:ec2/getVpc:getVpc returned an error: invoking aws:ec2/getVpc:getVpc: 1 error occurred:\n\t* no matching EC2 VPC found\n\n",
            ),
            "no matching EC2 VPC found",
        ],
        ["with every error of several", new Error("2 errors occurred:\n\t* one\n\t* two\n"), "one * two"],
        ["with every error of many", new Error("12 errors occurred:\n\t* one\n\t* two\n"), "one * two"],
        ["as it is where nothing is before it", new Error("  access\n denied "), "access denied"],
        [
            "without the numbers that AWS gives its answers",
            new Error(
                "reading S3 Bucket (acme): operation error S3: HeadBucket, https response error StatusCode: 403, RequestID: 2BF7A9D1, HostID: a1b2/c3+d4=, api error Forbidden: Forbidden",
            ),
            "reading S3 Bucket (acme): operation error S3: HeadBucket, https response error StatusCode: 403, api error Forbidden: Forbidden",
        ],
        [
            "without numbers that are empty, or of another spelling",
            new Error(
                "StatusCode: 301, RequestID: , HostID: , api error x (Status Code: 400, Request ID: 1-2)",
            ),
            "StatusCode: 301, api error x (Status Code: 400)",
        ],
        ["whatever was thrown", "no Error", "no Error"],
    ] as const) {
        it(`has a refusal for an answer, ${title}`, async () => {
            const answer = await ask(Promise.reject(error));
            expect(answer).to.deep.equal(new Unanswered(reason));
            expect(isAnswer(answer)).to.equal(false);
        });
    }

    it("that has none is a finding, with the permission that asking takes", () => {
        expect(noAnswer(["a", "b"], "the key", new Unanswered("no"), "kms:DescribeKey")).to.deep.equal({
            path: ["a", "b"],
            found: "no answer on the key: no",
            remedy: "name what is there, and let these credentials look it up (kms:DescribeKey)",
        });
    });
});
