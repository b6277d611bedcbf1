import { expect } from "chai";
import { publicAddresses } from "../../../commands/verify/addresses";
import {
    describeStatement,
    givesAccess,
    isForEveryone,
    isForOthers,
    type LiveStatement,
    matches,
    overlap,
    uncovered,
} from "../../../commands/verify/statements";

const ACCOUNT = "111122223333";
const allow = (more: Partial<LiveStatement>): LiveStatement => ({
    Effect: "Allow",
    Action: "s3:GetObject",
    ...more,
});

describe("statements of policies", () => {
    for (const [one, other, expected] of [
        ["*", "", true],
        ["a*", "*b", true],
        ["a?c", "abc", true],
        ["*a*b*", "*c", true],
        ["ab*", "ac*", false],
        ["a", "b", false],
        ["arn:aws:s3:::acme*", "arn:aws:s3:::acme-x/raw/*", true],
        ["arn:aws:s3:::other/*", "arn:aws:s3:::acme/*", false],
    ] as const) {
        it(`${one} and ${other} ${expected ? "overlap" : "do not overlap"}`, () => {
            expect([overlap(one, other), overlap(other, one)]).to.deep.equal([expected, expected]);
        });
    }

    it("match as IAM does: not by case, with * and ?, and no other sign", () => {
        expect(matches("s3:get*", "s3:GetObject")).to.equal(true);
        expect(matches("s3:Get?bject", "s3:GetObject")).to.equal(true);
        expect(matches("s3:Get.*", "s3:GetObject")).to.equal(false);
    });

    for (const [title, statement, everyone, others] of [
        ["everyone", { Principal: "*" }, true, true],
        ["everyone but one", { NotPrincipal: { AWS: ACCOUNT } }, true, true],
        ["the account", { Principal: { AWS: [ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/a`] } }, false, false],
        ["another account", { Principal: { AWS: "444455556666" } }, false, true],
        ["a service", { Principal: { Service: "ec2.amazonaws.com" } }, false, false],
        [
            "a canonical user",
            { Principal: { CanonicalUser: "79a59df900b949e55d96a1e698fbaced" } },
            false,
            true,
        ],
        ["a deleted role", { Principal: { AWS: "AROAEXAMPLEEXAMPLE12" } }, false, false],
        ["the account by condition", condition("StringEquals", "kms:CallerAccount", ACCOUNT), false, false],
        [
            "the account's roles",
            condition("ArnLike", "aws:PrincipalArn", `arn:aws:iam::${ACCOUNT}:role/*`),
            false,
            false,
        ],
        ["any principal by a condition", condition("ArnLike", "aws:PrincipalArn", "*"), true, true],
        ["an organization", condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"), false, true],
        [
            "units of an organization",
            condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/*"),
            false,
            true,
        ],
        [
            "any value",
            condition("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
            true,
            true,
        ],
        ["a service for the account", deliveredFor(ACCOUNT), false, false],
        ["a service for another account", deliveredFor("444455556666"), false, true],
        ["half of the internet", condition("IpAddress", "aws:SourceIp", "0.0.0.0/1"), true, true],
        ["an office", condition("IpAddress", "aws:SourceIp", "198.51.100.0/24"), false, true],
        ["TLS", condition("Bool", "aws:SecureTransport", "true"), true, true],
        ["all but an account", condition("StringNotEquals", "aws:PrincipalAccount", ACCOUNT), true, true],
    ] as const) {
        it(`for ${title}: for everyone ${everyone}, for other accounts ${others}`, () => {
            const live = allow(statement);
            expect([isForEveryone(live), isForOthers(live, [ACCOUNT])]).to.deep.equal([everyone, others]);
        });
    }

    const required = allow({
        Sid: "Read",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: "arn:aws:s3:::a/x/*",
    });
    const all = allow({ Action: "*", Resource: "*" });
    const deny = (more: Partial<LiveStatement>): LiveStatement => ({
        Effect: "Deny",
        Resource: "*",
        ...more,
    });
    const Condition = { Bool: { "aws:SecureTransport": "true" } };
    const BOTH = ["Read: s3:GetObject, s3:PutObject"];
    for (const [title, live, expected] of [
        ["wider patterns", [allow({ Action: "s3:*", Resource: "*" })], []],
        ["a pattern within a word", [allow({ Action: "s3:?*tObject", Resource: "arn:aws:s3:::a*" })], []],
        ["everything but IAM", [allow({ Action: undefined, NotAction: "iam:*", Resource: "*" })], []],
        [
            "everything but one action",
            [{ ...all, Action: undefined, NotAction: "s3:Put*" }],
            ["Read: s3:PutObject"],
        ],
        ["all resources but others", [{ ...all, Resource: undefined, NotResource: "arn:aws:s3:::b/*" }], []],
        [
            "all resources but a part",
            [{ ...all, Resource: undefined, NotResource: "arn:aws:s3:::a/x/1" }],
            BOTH,
        ],
        ["one of two actions", [allow({ Resource: "*" })], ["Read: s3:PutObject"]],
        ["another folder", [allow({ Action: "s3:*", Resource: "arn:aws:s3:::a/y/*" })], BOTH],
        [
            "a condition",
            [{ ...all, Condition }],
            { result: "unknown", found: `allowed under a condition only: ${BOTH}` },
        ],
        ["a denial", [all, deny({ Action: "s3:Put*" })], ["Read: s3:PutObject"]],
        ["a denial of a part", [all, deny({ Action: "s3:*", Resource: "arn:aws:s3:::a/x/secret/*" })], BOTH],
        ["a denial of all but other actions", [all, deny({ NotAction: "ec2:*" })], BOTH],
        ["a denial of all but these actions", [all, deny({ NotAction: "s3:*" })], []],
        ["a denial under a condition", [all, deny({ Action: "*", Condition })], []],
        ["a denial of all but some principals", [all, deny({ Action: "*", NotPrincipal: { AWS: "a" } })], []],
    ] as const) {
        it(`cover required ones by ${title}`, () => {
            expect(uncovered([required], () => live)).to.deep.equal(expected);
        });
    }

    it("cover a pattern of KMS by its actions", () => {
        const use = allow({ Sid: "Use", Action: "kms:ReEncrypt*" });
        const live = allow({ Action: ["kms:ReEncryptFrom", "kms:ReEncryptTo"] });
        expect(uncovered([use], () => [live])).to.deep.equal([]);
        expect(uncovered([use], () => [allow({ Action: "kms:ReEncryptTo" })])).to.deep.equal([
            "Use: kms:ReEncryptFrom",
        ]);
    });

    for (const [action, expected] of [
        ["s3:GetObject", true],
        ["s3:Get*", true],
        ["s3:*", true],
        ["*", true],
        ["s3:?etObject", true],
        ["S3:getobject", true],
        ["s3:ListBucket", true],
        ["s3:GetBucket*", false],
        ["s3:GetEncryptionConfiguration", false],
        ["kms:Decrypt", false],
    ] as const) {
        it(`${expected ? "give" : "do not give"} access to data by ${action}`, () => {
            expect(givesAccess(allow({ Action: action }), ["s3:*"])).to.equal(expected);
            expect(givesAccess(deny({ Action: action }), ["s3:*"])).to.equal(false);
        });
    }

    it("are described by who and what", () => {
        expect(describeStatement(allow({ Principal: "*", Condition }))).to.equal(
            "a statement without a Sid: * may s3:GetObject, under a condition",
        );
        expect(describeStatement({ Sid: "A", Effect: "Allow", NotAction: ["iam:*"] })).to.equal(
            "A: anything but iam:*",
        );
    });
});

function condition(operator: string, key: string, value: string): Partial<LiveStatement> {
    return { Principal: { AWS: "*" }, Condition: { [operator]: { [key]: value } } };
}

function deliveredFor(account: string): Partial<LiveStatement> {
    return {
        Principal: { Service: "cloudfront.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${account}:distribution/*` } },
    };
}

describe("publicAddresses", () => {
    for (const [ranges, ipv4, isWide] of [
        [
            ["10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/10", "169.254.0.0/16", "fd00::/8", "fe80::/10"],
            0,
            false,
        ],
        [["198.51.100.0/24", "198.51.100.0/25", "198.51.100.0/24"], 256, false],
        [["52.0.0.0/17", "52.0.128.0/17"], 65_536, true],
        [["8.0.0.0/7"], 2 ** 25, true],
        [["2001:db8::/48"], 0, false],
        [["2000::/3"], 0, true],
    ] as const) {
        it(`counts ${ranges.join(", ")}`, () => {
            expect(publicAddresses(ranges)).to.include({ ipv4, isWide });
        });
    }
});
