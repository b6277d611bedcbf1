import { expect } from "chai";
import { checkTables } from "../../../components/existing/tables";
import { type Answers, codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, type Config, parse } from "../args/parse";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
const argsOf = (others: Config = {}, ...dynamodbTables: readonly string[]) =>
    parse({ ...batch(), access: { dynamodbTables }, ...others });
const DUPLICATES = argsOf({}, "duplicates");

const underKey = { getTable: () => ({ serverSideEncryption: { enabled: true, kmsKeyArn: KEY } }) };
const managedBy = (keyManager: string) => ({ ...underKey, getKey: () => ({ keyManager }) });
const failed = (reason: string) => ({
    getTable: () => refuse(`reading Dynamodb Table (duplicates): ${reason}`),
});
const DENIED = "operation error DynamoDB: DescribeTable, StatusCode: 400, AccessDeniedException";
const refused = (code: string) => [code, "access.dynamodbTables[0]"];

describe("checkTables", () => {
    for (const [situation, args, answers, ...expected] of [
        ["a table under the key that DynamoDB owns", DUPLICATES, {}],
        [
            "a table without an answer about its key",
            DUPLICATES,
            { getTable: () => ({ serverSideEncryption: undefined }) },
        ],
        ["a table under an AWS managed key", DUPLICATES, managedBy("AWS")],
        [
            "a table under a customer managed key",
            DUPLICATES,
            managedBy("CUSTOMER"),
            refused("table-key-not-named"),
        ],
        [
            "a table under a key without an answer",
            DUPLICATES,
            { ...underKey, getKey: () => refuse("AccessDenied") },
            refused("table-key-not-named"),
        ],
        [
            "a table under a key in existingKmsKeyArns",
            argsOf({ storage: { existingKmsKeyArns: [KEY] } }, "duplicates"),
            managedBy("CUSTOMER"),
        ],
        [
            "a table under the existing key of the disks",
            argsOf({ encryption: { kmsKeyArn: KEY } }, "duplicates"),
            managedBy("CUSTOMER"),
        ],
        ["no such table", DUPLICATES, failed("couldn't find resource"), refused("table-missing")],
        ["a table that may not be looked up", DUPLICATES, failed(DENIED)],
    ] as readonly (readonly [string, ReturnType<typeof parse>, Answers, ...(readonly string[])[]])[]) {
        it(`${expected.length === 0 ? "accepts" : "reports"} ${situation}`, async () => {
            const { facts } = await lookUp(() => checkTables(args), answers);
            expect(codes(facts.errors)).to.deep.equal(expected);
        });
    }

    it("looks up each table, and a key that is not named", async () => {
        const { calls } = await lookUp(
            () => checkTables(argsOf({}, "duplicates", "manifest")),
            managedBy("AWS"),
        );
        expect(calls).to.deep.equal([
            ["getKey", { keyId: KEY }],
            ["getKey", { keyId: KEY }],
            ["getTable", { name: "duplicates" }],
            ["getTable", { name: "manifest" }],
        ]);
    });

    it("warns of a table that may not be looked up", async () => {
        const { facts } = await lookUp(() => checkTables(DUPLICATES), failed(DENIED));
        expect(facts.warnings).to.deep.equal([
            `The table duplicates cannot be looked up (reading Dynamodb Table (duplicates): ${DENIED}). It must exist. If it is encrypted under a customer managed key, name the key in storage.existingKmsKeyArns: without it, the job that uses the table fails.`,
        ]);
    });
});
