import { expect } from "chai";
import { arn, parseArn } from "../../../components/domain/arn";

const ARNS: readonly (readonly [text: string, parts: Parameters<typeof arn>])[] = [
    ["arn:aws:kms:eu-west-1:111122223333:key/a", ["kms", "eu-west-1", "111122223333", "key/a"]],
    ["arn:aws:s3:::bucket", ["s3", "", "", "bucket"]],
    ["arn:aws:iam::aws:policy/service-role/Name", ["iam", "", "aws", "policy/service-role/Name"]],
    [
        "arn:aws:logs:us-east-1:111122223333:log-group:a:*",
        ["logs", "us-east-1", "111122223333", "log-group:a:*"],
    ],
];

describe("arn", () => {
    it("writes six parts, of which region and account may be empty", () => {
        expect(ARNS.map(([, parts]) => arn(...parts))).to.deep.equal(ARNS.map(([text]) => text));
    });
});

describe("parseArn", () => {
    it("returns every part, and keeps the colons of the resource", () => {
        expect(ARNS.map(([text]) => parseArn(text))).to.deep.equal(
            ARNS.map(([, [service, region, account, resource]]) => ({
                partition: "aws",
                service,
                region,
                account,
                resource,
            })),
        );
    });

    it("throws for any other string", () => {
        for (const text of [
            "",
            "role",
            "arn:aws:iam",
            "arn:aws:s3:::",
            "urn:aws:s3:::bucket",
            "s3://bucket/a:b:c:d:e",
        ]) {
            expect(() => parseArn(text), text).to.throw(`${text} is not an ARN`);
        }
    });
});
