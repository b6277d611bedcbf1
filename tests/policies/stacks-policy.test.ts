import { expect } from "chai";
import { bucketPolicy, isStacksPolicy } from "../../components/policies/bucket";

const STACKS = bucketPolicy("arn:aws:s3:::data", "AES256");
const THEIRS = { Sid: "LetOthersIn", Effect: "Allow" };

const isStacks = (Statement: unknown) => isStacksPolicy(JSON.stringify({ Version: "2012-10-17", Statement }));

describe("isStacksPolicy", () => {
    for (const sse of ["AES256", "aws:kms"] as const) {
        it(`knows the policy that a bucket has for ${sse}, however AWS spells it`, () => {
            const policy = bucketPolicy("arn:aws:s3:::data", sse);
            expect(isStacksPolicy(JSON.stringify(policy))).to.equal(true);
            expect(isStacksPolicy(JSON.stringify(policy, undefined, 4))).to.equal(true);
            expect(isStacks(policy.Statement.toReversed())).to.equal(true);
        });
    }

    it("knows what an earlier version may have written: some of the statements, or one without a list", () => {
        expect(isStacks(STACKS.Statement.slice(0, 1))).to.equal(true);
        expect(isStacks(STACKS.Statement[0])).to.equal(true);
    });

    for (const [title, statement] of [
        ["a statement of somebody else's", THEIRS],
        ["one beside the stack's own", [...STACKS.Statement, THEIRS]],
        ["one without a name", [...STACKS.Statement, { Effect: "Allow" }]],
        ["no statement", []],
        ["nothing", undefined],
    ] as const) {
        it(`does not take ${title} for it`, () => {
            expect(isStacks(statement)).to.equal(false);
        });
    }
});
