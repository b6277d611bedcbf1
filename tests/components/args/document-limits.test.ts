import { expect } from "chai";
import type { Provider } from "../../../testing/mock-engine";
import { placeholderProvider } from "../../../testing/placeholder-provider";
import { registration, runStack } from "../../support/run";
import { buckets, type Config, problems } from "./parse";

const STACK = "production";
const REGION = "ap-southeast-1";

/** What the AWS provider appends to a prefix. */
const GENERATED = "20260102030405678900000001";

/** Names and ids of the length that they have at AWS. */
const aws: Provider = (() => {
    const placeholders = placeholderProvider(REGION);
    return {
        ...placeholders,
        create(type, name, inputs) {
            const { id, state } = placeholders.create(type, name, inputs);
            const long = (value: unknown) =>
                typeof value === "string"
                    ? value
                          .replace("key/placeholder", "key/1234abcd-12ab-34cd-56ef-1234567890ab")
                          .replace(/-placeholder$/, `-${GENERATED}`)
                    : value;
            return {
                id,
                state: Object.fromEntries(Object.entries(state).map(([key, value]) => [key, long(value)])),
            };
        },
    };
})();

const collectors = (count: number) =>
    Array.from({ length: count }, (_, index) => `s3://my-collector/events-${String(index).padStart(3, "0")}`);

/** With the user's own archive, whose name is in the policy too. */
const stackWith = (count: number, archive?: string): Config => ({
    ...buckets({ raw: { in: collectors(count) } }),
    ...(archive === undefined ? {} : { certificates: { archive } }),
});

/** The length of a document that is found to be too long. */
function told(count: number, path: string, archive?: string): number {
    const found = problems(stackWith(count, archive), { stack: STACK, region: REGION }).find((one) =>
        one.path.endsWith(path),
    );
    return Number.parseInt(found?.found ?? "", 10);
}

describe("settings measure IAM's documents before there are any:", () => {
    let inputs: (type: string, name: string) => Readonly<Record<string, unknown>>;

    before(async () => {
        const run = await runStack(stackWith(2), { stack: STACK, region: REGION, provider: aws });
        inputs = (type, name) => registration(run, type, name).inputs;
    });

    // A document grows by the same with each location, so two that are too long tell the length of a third.
    for (const [title, path, type, name] of [
        ["the jobflow role's", ".raw.in", "aws:iam/rolePolicy:RolePolicy", "roles-jobflow-policy"],
        ["the operator's", ".buckets", "aws:iam/policy:Policy", "roles-operator"],
    ] as const) {
        it(`${title} is as long as it was told to be`, () => {
            const [one, two] = [told(300, path), told(301, path)];
            const expected = one - (300 - 2) * (two - one);
            expect(String(inputs(type, name).policy)).to.have.length(expected);
        });
    }

    it("the jobflow role's is so with the user's own archive of certificates too", () => {
        const archive = "s3://my-certificates/emr/nodes.zip";
        const ours = `arn:aws:s3:::snowplow-production-certs-${GENERATED}/*`;
        expect(told(300, ".raw.in", archive) - told(300, ".raw.in")).to.equal(
            "arn:aws:s3:::my-certificates/emr/nodes.zip".length - ours.length,
        );
    });
});
