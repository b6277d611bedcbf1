import { DescribeSecurityConfigurationCommand } from "@aws-sdk/client-emr";
import { GetBucketEncryptionCommand, GetObjectCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { Secret } from "../../testing/mock-engine";
import { registration } from "../support/run";
import { deployStack } from "./deploy";
import { ACCOUNT, reset } from "./moto";

const BUCKET = "aws:s3/bucket:Bucket";
const ARCHIVE = "aws:s3/bucketObjectv2:BucketObjectv2";

describe("a stack in moto", () => {
    before(reset);

    it("has encrypted buckets, a readable archive and the registered security configuration", async () => {
        const stack = await deployStack();
        const { s3, emr } = stack.aws;
        const Bucket = stack.id(BUCKET, "emr-storage-pipeline");
        const { ServerSideEncryptionConfiguration } = await s3.send(
            new GetBucketEncryptionCommand({ Bucket }),
        );
        expect(ServerSideEncryptionConfiguration).to.deep.equal({
            Rules: [
                {
                    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
                    BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
                    BucketKeyEnabled: false,
                },
            ],
        });
        const { bucket, key, contentBase64, kmsKeyId } = registration(
            stack,
            ARCHIVE,
            "emr-certificates-archive",
        ).inputs;
        const archive = await s3.send(new GetObjectCommand({ Bucket: String(bucket), Key: String(key) }));
        expect(contentBase64).to.deep.equal(new Secret(await archive.Body?.transformToString("base64")));
        expect([archive.ServerSideEncryption, archive.SSEKMSKeyId]).to.deep.equal(["aws:kms", kmsKeyId]);
        const { Name, SecurityConfiguration } = await emr.send(
            new DescribeSecurityConfigurationCommand({
                Name: String(stack.outputs.securityConfigurationName),
            }),
        );
        expect([Name, SecurityConfiguration]).to.deep.equal([
            stack.outputs.securityConfigurationName,
            stack.outputs.securityConfiguration,
        ]);
        expect(stack.outputs.forCommands).to.include({ accountId: ACCOUNT });
    });

    it("can exist next to another stack, and is deleted by a reset", async () => {
        const [one, other] = [await deployStack(), await deployStack(undefined, { stack: "prod" })];
        const names = async () =>
            (await one.aws.s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);
        expect(await names()).to.include.members([
            one.id(BUCKET, "emr-storage-archive"),
            other.id(BUCKET, "emr-storage-archive"),
        ]);
        await reset();
        expect(await names()).to.deep.equal([]);
    });
});
