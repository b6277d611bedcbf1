import { expect } from "chai";
import { RESOURCE_RULES, STACK_RULES } from "../rules";
import { bucketsTlsOnly } from "../rules/buckets";
import { UNKNOWN } from "../rules/resource";
import { Engine, levelName } from "./support/engine";
import { policy, resource } from "./support/rules";

const BUCKET = "aws:s3/bucket:Bucket";
const [VIRTUAL, KEY] = ["aws:ec2/vpc:Vpc", "aws:kms/key:Key"];

describe("the policy pack, run by the engine's protocol", function () {
    this.timeout(120_000);
    let engine: Engine;

    before(async () => {
        engine = await Engine.start();
    });

    after(() => engine.stop());

    it("lists its policies, all mandatory", async () => {
        const info = (await engine.info()).toObject();
        expect(info.name).to.equal("snowplow-emr-encryption");
        expect(
            info.policiesList.map(({ name, description, enforcementlevel, configschema }) => [
                name,
                description,
                levelName(enforcementlevel),
                configschema !== undefined,
            ]),
        ).to.deep.equal([
            ...RESOURCE_RULES.map(({ name, description, configSchema }) => [
                name,
                description,
                "MANDATORY",
                configSchema !== undefined,
            ]),
            ...STACK_RULES.map(({ name, description }) => [name, description, "MANDATORY", false]),
        ]);
    });

    it("accepts a resource that no rule applies to", async () => {
        expect(await engine.analyze(resource(VIRTUAL, { cidrBlock: "0.0.0.0/0" }))).to.deep.equal([]);
    });

    it("checks a resource's inputs and options", async () => {
        const key = resource(KEY, { enableKeyRotation: false }, { stack: "prod" });
        expect(await engine.analyze(key)).to.deep.equal([
            {
                policy: "kms-keys-rotate",
                urn: "",
                message: "KMS rotates every symmetric key.\nfound enableKeyRotation false: set it to true",
                level: "MANDATORY",
            },
            {
                policy: "production-data-protected",
                urn: "",
                message:
                    "Data and keys of production stacks cannot be deleted by mistake.\nfound no protection in stack prod: set the resource option protect to true",
                level: "MANDATORY",
            },
        ]);
        expect(
            await engine.analyze({ ...key, props: { enableKeyRotation: true }, protect: true }),
        ).to.deep.equal([]);
    });

    it("ignores values that a preview does not know, and checks the values beside them", async () => {
        const group = resource("aws:ec2/securityGroup:SecurityGroup", {
            vpcId: UNKNOWN,
            ingress: [{ securityGroups: [UNKNOWN], cidrBlocks: [UNKNOWN, "::/0"] }],
        });
        expect((await engine.analyze(group)).map(({ message }) => message)).to.deep.equal([
            "No security group allows ingress from the internet.\nfound ::/0 in ingress[0].cidrBlocks: allow security groups, or the ranges of known networks",
        ]);
        for (const type of ["aws:iam/policy:Policy", "aws:s3/bucketPolicy:BucketPolicy", KEY]) {
            const judged = resource(type, { policy: UNKNOWN, enableKeyRotation: UNKNOWN });
            expect(await engine.analyze(judged), type).to.deep.equal([]);
        }
    });

    it("finds the parts of a bucket that has no name yet", async () => {
        const bucket = resource(BUCKET, { bucket: UNKNOWN, bucketPrefix: "data-" });
        const part = (type: string, props: object) =>
            resource(
                `aws:s3/${type}`,
                { ...props, bucket: UNKNOWN },
                { propertyDependencies: { bucket: [bucket.urn] } },
            );
        const encryption = part(
            "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {
                rules: [
                    {
                        applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
                        blockedEncryptionTypes: ["SSE-C"],
                    },
                ],
            },
        );
        const closed = part("bucketPublicAccessBlock:BucketPublicAccessBlock", {
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        const tlsOnly = part("bucketPolicy:BucketPolicy", { policy: UNKNOWN });
        const finding = (name: string, message: string) => ({
            policy: name,
            urn: bucket.urn,
            message,
            level: "MANDATORY",
        });
        expect(await engine.analyzeStack([bucket, encryption, closed, tlsOnly])).to.deep.equal([]);
        expect(await engine.analyzeStack([bucket, encryption, tlsOnly])).to.deep.equal([
            finding(
                "s3-buckets-closed",
                "Every bucket blocks public access, even if its policy or its ACLs allow it.\nfound no BucketPublicAccessBlock: add one with all four switches true",
            ),
        ]);
        expect(await engine.analyzeStack([bucket])).to.deep.equal(
            STACK_RULES.flatMap(({ name, description, check }) =>
                check([bucket]).map(({ message }) => finding(name, `${description}\n${message}`)),
            ),
        );
    });

    it("checks a policy once it is known", async () => {
        const open = resource("aws:s3/bucketPolicy:BucketPolicy", { bucket: "data", policy: policy() });
        expect((await engine.analyzeStack([open])).map(({ policy: name, urn }) => [name, urn])).to.deep.equal(
            [[bucketsTlsOnly.name, open.urn]],
        );
    });

    it("reads the names of production stacks from the config", async () => {
        const bucket = resource(BUCKET, {}, { stack: "live" });
        expect(await engine.analyze(bucket)).to.deep.equal([]);
        await engine.configure("production-data-protected", { stacks: ["live"] });
        expect((await engine.analyze(bucket)).map(({ policy: name }) => name)).to.deep.equal([
            "production-data-protected",
        ]);
    });
});
