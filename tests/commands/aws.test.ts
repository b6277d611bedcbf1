import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { awsClients, checkAccount, ifThere, readObject } from "../../commands/aws";
import { AwsError } from "../../commands/aws-error";
import type { StackOutputs } from "../../commands/stack-outputs";
import { fakeAws } from "../support/fake-aws";
import { runStack } from "../support/run";

/** A response of the fake AWS. */
interface Answer {
    readonly status: number;
    readonly body?: string;
}

const refused = (code: string, message: string) =>
    `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

describe("a call to AWS", () => {
    let server: Server;
    let answers: Answer[];
    let requests: number;
    const environment = { ...process.env };

    before((done) => {
        server = createServer((_, response) => {
            requests += 1;
            const { status, body = "" } = answers.shift() ?? { status: 500 };
            response.writeHead(status, { "content-type": "application/xml" }).end(body);
        }).listen(0, "127.0.0.1", () => {
            process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
            process.env.AWS_ACCESS_KEY_ID = "testing";
            process.env.AWS_SECRET_ACCESS_KEY = "testing";
            done();
        });
    });

    after((done) => {
        for (const name of ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
            const value = environment[name];
            if (value === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = value;
            }
        }
        server.close(done);
    });

    beforeEach(() => {
        answers = [];
        requests = 0;
    });

    const policyOf = (Bucket: string) => awsClients("eu-west-1").s3.getBucketPolicy({ Bucket });

    /** What becomes of an error of the SDK. */
    const thrown = (error: object) => {
        const { clients } = fakeAws({
            GetBucketPolicy: () => {
                throw Object.assign(new Error(), error);
            },
        });
        return failure(clients.s3.getBucketPolicy({ Bucket: "acme" }));
    };

    it("returns the answer of AWS", async () => {
        answers = [{ status: 200, body: '{"Version":"2012-10-17"}' }];
        expect((await policyOf("acme")).Policy).to.equal('{"Version":"2012-10-17"}');
    });

    it("names the action, the resource and the missing permission of a denial", async () => {
        answers = [{ status: 403, body: refused("AccessDenied", "Access Denied") }];
        const error = await failure(policyOf("acme"));
        expect(error.message).to.equal(
            "s3:GetBucketPolicy on bucket acme: AccessDenied: Access Denied. These credentials need s3:GetBucketPolicy.",
        );
        expect([error.code, error.denied]).to.deep.equal(["AccessDenied", true]);
    });

    it("quotes AWS for any other error", async () => {
        answers = [{ status: 404, body: refused("NoSuchBucket", "The specified bucket does not exist") }];
        const error = await failure(policyOf("acme"));
        expect(error.message).to.equal(
            "s3:GetBucketPolicy on bucket acme: NoSuchBucket: The specified bucket does not exist",
        );
        expect(error.denied).to.equal(false);
    });

    for (const [status, message] of [
        [403, "s3:GetObject on s3://acme/a: HTTP 403. These credentials need s3:GetObject."],
        [404, "s3:GetObject on s3://acme/a: NotFound"],
        [400, "s3:GetObject on s3://acme/a: HTTP 400"],
    ] as const) {
        it(`describes the answer ${status} to a HEAD request, which has no body`, async () => {
            answers = [{ status }];
            const head = awsClients("eu-west-1").s3.headObject({ Bucket: "acme", Key: "a" });
            expect((await failure(head)).message).to.equal(message);
        });
    }

    it("recognises a denial by its whole name, and ignores names and messages that say nothing", async () => {
        const failed = async (name: string, message: string, status?: number) => {
            const error = await thrown({
                name,
                message,
                ...(status && { $metadata: { httpStatusCode: status } }),
            });
            return [error.code, error.reason, error.denied];
        };
        expect(await failed("Unknown", "UnknownError", 403)).to.deep.equal(["HTTP 403", "", true]);
        expect(await failed("UnknownError", "503")).to.deep.equal(["HTTP error", "", false]);
        expect(await failed("301", "Moved. For good.")).to.deep.equal([
            "HTTP error",
            "Moved. For good",
            false,
        ]);
        expect(await failed("UnknownThing", "")).to.deep.equal(["UnknownThing", "", false]);
        expect(await failed("AnUnknown", "x1")).to.deep.equal(["AnUnknown", "x1", false]);
        expect(await failed("NotForbidden", "NotForbidden")).to.deep.equal(["NotForbidden", "", false]);
        expect(await failed("AccessDeniedForAll", "")).to.deep.equal(["AccessDeniedForAll", "", false]);
    });

    for (const [error, fix] of [
        [{ name: "ExpiredTokenException" }, "The credentials have expired: log in again."],
        [{ name: "RequestExpired" }, "The credentials have expired: log in again."],
        [
            { name: "UnrecognizedClientException" },
            "AWS does not accept these credentials: check AWS_PROFILE and the AWS_… variables.",
        ],
        [{ name: "ThrottlingException" }, "AWS throttled 8 attempts: run this again later."],
        [{ name: "Error", code: "ENOSPC" }, "The disk is full: set TMPDIR to a folder on another disk."],
        [{ name: "SlowDown" }, "AWS throttled 8 attempts: run this again later."],
        [
            { name: "Error", code: "ENOTFOUND" },
            "No connection: check the network, the region and AWS_ENDPOINT_URL.",
        ],
        [
            { name: "AggregateError", code: "ECONNREFUSED" },
            "No connection: check the network, the region and AWS_ENDPOINT_URL.",
        ],
    ] as const) {
        const code = "code" in error ? error.code : error.name;
        it(`says how to fix ${code}`, async () => {
            const { message } = await thrown({ message: "No.", ...error });
            expect(message).to.equal(`s3:GetBucketPolicy on bucket acme: ${code}: No. ${fix}`);
        });
    }

    it("follows a bucket to its region", () => {
        expect(awsClients("eu-west-1").s3.config.followRegionRedirects).to.equal(true);
    });

    it("repeats a throttled request", async () => {
        answers = [
            { status: 503, body: refused("SlowDown", "Please reduce your request rate.") },
            { status: 200, body: "{}" },
        ];
        expect((await policyOf("acme")).Policy).to.equal("{}");
        expect(requests).to.equal(2);
    });

    it("returns undefined for the listed errors only, with ifThere", async () => {
        const policy = () => ifThere(policyOf("acme"), "NoSuchBucketPolicy");
        answers = [{ status: 404, body: refused("NoSuchBucketPolicy", "There is none") }];
        expect(await policy()).to.equal(undefined);
        answers = [{ status: 404, body: refused("NoSuchBucket", "There is none") }];
        expect((await failure(policy())).code).to.equal("NoSuchBucket");
    });

    it("names the action that AWS names, where the operation needs more than one", async () => {
        const error = await thrown({
            name: "AccessDenied",
            message: "User: me is not authorized to perform: kms:Decrypt on the resource",
        });
        expect(error.permission).to.equal("kms:Decrypt");
        expect(error.message).to.match(/^s3:GetBucketPolicy on .*These credentials need kms:Decrypt\.$/);
    });

    it("fails if the content of an object ends too early", async () => {
        const { clients } = fakeAws({ GetObject: () => ({ Body: "half" }) });
        const reading = readObject(clients.s3, { Bucket: "acme", Key: "a\u001b" }, () =>
            Promise.reject(Object.assign(new Error("aborted"), { code: "ECONNRESET" })),
        );
        expect((await failure(reading)).message).to.equal(
            "s3:GetObject on s3://acme/a\\u{1b}: ECONNRESET: aborted. No connection: check the network, the region and AWS_ENDPOINT_URL.",
        );
    });

    it("names what a call is about, and the action that it needs", async () => {
        const { s3, s3Control, ec2, emr, iam, sts } = fakeAws({}).clients;
        const Bucket = "acme";
        const AccountId = "111122223333";
        const vpc = { Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }] };
        const messages = [
            [s3.listObjectsV2({ Bucket }), "s3:ListBucket on bucket acme"],
            [s3.listBuckets({}), "s3:ListAllMyBuckets"],
            [s3.getPublicAccessBlock({ Bucket }), "s3:GetBucketPublicAccessBlock on bucket acme"],
            [s3Control.getPublicAccessBlock({ AccountId }), `s3:GetAccountPublicAccessBlock on ${AccountId}`],
            [ec2.describeSubnets(vpc), "ec2:DescribeSubnets on vpc-1"],
            [ec2.describeVpcs({ VpcIds: ["vpc-1", "vpc-2"] }), "ec2:DescribeVpcs on vpc-1/vpc-2"],
            [emr.describeCluster({ ClusterId: "j-1" }), "elasticmapreduce:DescribeCluster on j-1"],
            [iam.getRolePolicy({ RoleName: "r", PolicyName: "p" }), "iam:GetRolePolicy on r/p"],
            [sts.getCallerIdentity(), "sts:GetCallerIdentity"],
        ] as const;
        for (const [call, message] of messages) {
            const [about] = (await failure(call)).message.split(": ");
            expect(about).to.equal(message);
        }
    });

    const identity = (account: string) =>
        `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account><Arn>arn:aws:iam::${account}:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;

    it("is refused by checkAccount if the credentials are of another account than the stack", async () => {
        const outputs = (await runStack()).outputs as unknown as StackOutputs;
        answers = [{ status: 200, body: identity("000000000000") }];
        await checkAccount(awsClients("eu-west-1"), outputs);
        answers = [{ status: 200, body: identity("999988887777") }];
        let message = "";
        await checkAccount(awsClients("eu-west-1"), outputs).catch((error: Error) => {
            ({ message } = error);
        });
        expect(message).to.equal(
            "the credentials belong to account 999988887777 (arn:aws:iam::999988887777:user/me); stack dev is in account 000000000000. Use credentials of the stack's account, or outputs of a stack in this account.",
        );
    });
});

async function failure(promise: Promise<unknown>): Promise<AwsError> {
    try {
        await promise;
    } catch (error) {
        expect(error).to.be.instanceOf(AwsError);
        return error as AwsError;
    }
    throw new Error("did not fail");
}
