import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type Provider, runProgram, Secret } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { outline, REGION, registration, run, type TestOptions } from "../support/run";

const BUCKET = "aws:s3/bucket:Bucket";

/** What a run failed with: a message, so that a run that went well fails the comparison. */
async function failure(
    program: () => Record<string, unknown> | undefined,
    options?: TestOptions,
): Promise<string> {
    try {
        await run(() => program() ?? {}, options);
        return "nothing failed";
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}

/** Makes nothing. */
const REFUSING: Provider = {
    ...placeholderProvider(REGION),
    create: (_, name) => {
        throw new Error(`no ${name}`);
    },
};

/** A component with one child, which registers a moment after `new` has returned. */
class Parent extends pulumi.ComponentResource {
    constructor(name: string) {
        super("test:index:Parent", name, {});
        const bucket = new aws.s3.Bucket(`${name}-bucket`, {}, { parent: this });
        this.registerOutputs({ bucket: bucket.bucket, token: pulumi.secret("hidden") });
    }
}

describe("the mock engine", () => {
    describe("fails with the error of", () => {
        const rejection = (message: string) => () => {
            throw new Error(message);
        };
        const failures: readonly (readonly [
            of: string,
            program: () => Record<string, unknown> | undefined,
            message: string,
            provider?: Provider,
        ])[] = [
            ["the program itself", rejection("from the program"), "from the program"],
            [
                "a provider, though no code reads the resource's outputs, and the first of several",
                () => {
                    new aws.s3.Bucket("one");
                    new aws.s3.Bucket("two");
                    return undefined;
                },
                "no one",
                REFUSING,
            ],
            [
                "a provider whose answer the rest of the program waits for",
                () => {
                    const bucket = new aws.s3.Bucket("one");
                    new aws.s3.BucketPolicy("policy", { bucket: bucket.id, policy: bucket.arn });
                    return { arn: bucket.arn };
                },
                "no one",
                REFUSING,
            ],
            [
                "two resources of one type and name, as an engine does",
                () => {
                    new aws.s3.Bucket("data");
                    new aws.s3.Bucket("data");
                    return undefined;
                },
                "Duplicate resource URN 'urn:pulumi:dev::snowplow-emr-encryption::pulumi:pulumi:Stack$aws:s3/bucket:Bucket::data'; try giving it a unique name",
            ],
            [
                "an apply that no code awaits",
                () => {
                    new aws.s3.Bucket("data").arn.apply((arn) => expect(arn).to.equal("another"));
                    return undefined;
                },
                "expected 'arn:aws:s3:::undefinedplaceholder' to equal 'another'",
            ],
            [
                "an asynchronous apply that no code awaits",
                () => {
                    pulumi.output(1).apply(async () => {
                        await Promise.resolve();
                        throw new Error("a turn later");
                    });
                    return undefined;
                },
                "a turn later",
            ],
            [
                "an output of the stack",
                () => ({ exported: pulumi.output(1).apply(rejection("from an output")) }),
                "from an output",
            ],
            ["a promise that no code awaits", () => void Promise.reject(new Error("floating")), "floating"],
            [
                "an invoke that no provider answers",
                () => ({ partition: aws.getPartitionOutput().partition }),
                "no answer for aws:index/getPartition:getPartition",
            ],
            [
                "an invoke that no provider answers and no code awaits",
                () => void aws.getPartition(),
                "no answer for aws:index/getPartition:getPartition",
            ],
        ];
        for (const [what, program, message, provider] of failures) {
            it(what, async () => {
                expect(await failure(program, { provider })).to.equal(message);
            });
        }
    });

    it("does not carry a failure over to the next run", async () => {
        await failure(() => {
            throw new Error("gone");
        });
        expect((await run(() => ({ made: true }))).outputs).to.deep.equal({ made: true });
    });

    it("starts each run without registrations, config or listeners of the previous run", async () => {
        const listeners = process.listenerCount("unhandledRejection");
        const config = { "snowplow-emr-encryption:key": "value" };
        const read = () => ({ value: new pulumi.Config().get("key") ?? "none" });
        const first = await run(() => ({ ...read(), bucket: new aws.s3.Bucket("one").bucket }), { config });
        const second = await run(() => ({ ...read(), bucket: new aws.s3.Bucket("two").bucket }));
        const stack = "snowplow-emr-encryption-dev";
        expect([outline(first), first.outputs.value]).to.deep.equal([[[BUCKET, "one", stack]], "value"]);
        expect([outline(second), second.outputs.value]).to.deep.equal([[[BUCKET, "two", stack]], "none"]);
        expect(process.listenerCount("unhandledRejection")).to.equal(listeners);
    });

    it("waits for a component's children, and reports the component's registered outputs", async () => {
        const result = await run(() => {
            new Parent("one");
            return {};
        });
        expect(outline(result)).to.deep.equal([
            [BUCKET, "one-bucket", "one"],
            ["test:index:Parent", "one", "snowplow-emr-encryption-dev"],
        ]);
        expect(registration(result, "test:index:Parent", "one")).to.deep.equal({
            type: "test:index:Parent",
            name: "one",
            custom: false,
            inputs: {},
            parent: "snowplow-emr-encryption-dev",
            provider: undefined,
            protect: false,
            retainOnDelete: false,
            deleteBeforeReplace: false,
            ignoreChanges: [],
            replaceOnChanges: [],
            deletedWith: undefined,
            dependencies: [],
            outputs: { bucket: "undefinedplaceholder", token: new Secret("hidden") },
        });
    });

    it("reports a resource's inputs and every option that this program uses", async () => {
        const result = await run(() => {
            const first = new aws.s3.Bucket("first", { bucketPrefix: "first-" });
            new aws.s3.Bucket(
                "second",
                { bucketPrefix: "second-", tags: { of: first.bucket } },
                {
                    protect: true,
                    retainOnDelete: true,
                    deleteBeforeReplace: true,
                    ignoreChanges: ["tags"],
                    replaceOnChanges: ["bucketPrefix"],
                    deletedWith: first,
                    dependsOn: [first],
                },
            );
            return {};
        });
        const shared = {
            type: BUCKET,
            custom: true,
            parent: "snowplow-emr-encryption-dev",
            provider: undefined,
        };
        expect(result.registrations.filter(({ custom }) => custom)).to.deep.equal([
            {
                ...shared,
                name: "first",
                inputs: { bucketPrefix: "first-" },
                protect: false,
                retainOnDelete: false,
                deleteBeforeReplace: false,
                ignoreChanges: [],
                replaceOnChanges: [],
                deletedWith: undefined,
                dependencies: [],
            },
            {
                ...shared,
                name: "second",
                inputs: { bucketPrefix: "second-", tags: { of: "first-placeholder" } },
                protect: true,
                retainOnDelete: true,
                deleteBeforeReplace: true,
                ignoreChanges: ["tags"],
                replaceOnChanges: ["bucketPrefix"],
                deletedWith: "first",
                dependencies: ["first"],
            },
        ]);
    });

    it("reports the explicit provider of resources and of invokes, also if a parent has it", async () => {
        const { registrations, invokes } = await run(async () => {
            const provider = new aws.Provider("elsewhere", { region: "us-east-1" });
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, { provider });
            new aws.s3.Bucket("child", {}, { parent });
            new aws.s3.Bucket("explicit", {}, { provider });
            new aws.s3.Bucket("default");
            await aws.getCallerIdentity({}, { parent });
            await aws.getCallerIdentity({}, { provider });
            await aws.getCallerIdentity();
            return {};
        });
        expect(
            registrations.filter(({ type }) => type === BUCKET).map(({ name, provider }) => [name, provider]),
        ).to.have.deep.members([
            ["child", "elsewhere"],
            ["explicit", "elsewhere"],
            ["default", undefined],
        ]);
        const token = "aws:index/getCallerIdentity:getCallerIdentity";
        expect(invokes).to.deep.equal([
            { token, provider: "elsewhere" },
            { token, provider: "elsewhere" },
            { token, provider: undefined },
        ]);
    });

    it("marks secrets: in inputs, in values derived from them, and in outputs", async () => {
        const result = await run(() => {
            const secret = pulumi.secret("s3cret");
            new aws.s3.Bucket("data", {
                bucketPrefix: "data-",
                tags: { own: secret, derived: pulumi.interpolate`<${secret}>`, plain: "plain" },
            });
            return { secret, nested: { deep: [secret] }, plain: "plain" };
        });
        expect(registration(result, BUCKET, "data").inputs).to.deep.equal({
            bucketPrefix: "data-",
            tags: { own: new Secret("s3cret"), derived: new Secret("<s3cret>"), plain: "plain" },
        });
        expect(result.outputs).to.deep.equal({
            secret: "s3cret",
            nested: { deep: ["s3cret"] },
            plain: "plain",
        });
        expect(result.secretOutputs).to.deep.equal(["secret", "nested"]);
        expect(
            registration(result, "pulumi:pulumi:Stack", "snowplow-emr-encryption-dev").outputs,
        ).to.deep.equal({
            secret: new Secret("s3cret"),
            nested: { deep: [new Secret("s3cret")] },
            plain: "plain",
        });
    });

    it("knows in a preview the program's values, and no value of a provider", async () => {
        const program = () => {
            const bucket = new aws.s3.Bucket("data", { bucketPrefix: "data-" });
            new aws.s3.BucketPolicy("policy", {
                bucket: bucket.id,
                policy: pulumi.interpolate`${bucket.arn}/*`,
            });
            return { id: bucket.id, nested: { arn: bucket.arn }, prefix: bucket.bucketPrefix, plain: 1 };
        };
        const type = "aws:s3/bucketPolicy:BucketPolicy";
        const preview = await run(program, { preview: true });
        expect(registration(preview, type, "policy").inputs).to.deep.equal({
            bucket: undefined,
            policy: undefined,
        });
        expect(preview.outputs).to.deep.equal({
            id: undefined,
            nested: undefined,
            prefix: "data-",
            plain: 1,
        });

        const update = await run(program);
        expect(registration(update, type, "policy").inputs).to.deep.equal({
            bucket: "data-placeholder",
            policy: "arn:aws:s3:::data-placeholder/*",
        });
    });

    it("requires only a project, a stack and a provider", async () => {
        const { outputs } = await runProgram(() => ({ stack: pulumi.getStack() }), {
            project: "project",
            stack: "stack",
            provider: placeholderProvider(REGION),
        });
        expect(outputs).to.deep.equal({ stack: "stack" });
    });

    it("passes config by key, with secrets marked, and the stack's name", async () => {
        const { outputs, secretOutputs } = await run(
            () => ({
                stack: pulumi.getStack(),
                project: pulumi.getProject(),
                secret: new pulumi.Config().requireSecret("secret"),
                object: new pulumi.Config("aws").requireObject("defaultTags"),
            }),
            {
                stack: "prod",
                config: {
                    "snowplow-emr-encryption:secret": "s3cret",
                    "aws:defaultTags": { tags: { team: "data" } },
                },
                secretKeys: ["snowplow-emr-encryption:secret"],
            },
        );
        expect(outputs).to.deep.equal({
            stack: "prod",
            project: "snowplow-emr-encryption",
            secret: "s3cret",
            object: { tags: { team: "data" } },
        });
        expect(secretOutputs).to.deep.equal(["secret"]);
    });
});
