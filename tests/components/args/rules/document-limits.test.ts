import { expect } from "chai";
import { deployed } from "../../../../components/args/rules/deployed";
import { nameForEmr } from "../../../../components/domain/existing-role";
import { foldersOf, formatS3Url } from "../../../../components/domain/locations";
import type { Provider, Run } from "../../../../testing/mock-engine";
import { placeholderProvider } from "../../../../testing/placeholder-provider";
import { load } from "../../../support/emr-etl-runner-contract";
import { registration, runStack } from "../../../support/run";
import { BUCKETS, batch, buckets, type Config, codesOf, errorsOf, parse } from "../parse";

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

/** The name of an existing archive is in the policy too. */
const stackWith = (count: number, archive?: string): Config => ({
    ...buckets({ raw: { in: collectors(count) } }),
    ...(archive === undefined ? {} : { certificates: { archive } }),
});

/** The length of a document that is too long. */
function lengthOf(count: number, document: string, archive?: string): number {
    const input = { stack: STACK, region: REGION };
    const error = errorsOf(stackWith(count, archive), input).find(({ found }) => found.includes(document));
    return Number.parseInt(error?.found ?? "", 10);
}

describe("IAM's quotas", () => {
    let run: Run;
    const inputs = (type: string, name: string) => registration(run, type, name).inputs;

    before(async () => {
        run = await runStack(stackWith(2), { stack: STACK, region: REGION, provider: aws });
    });

    // A document grows by the same with each location: two lengths over the quota give that of a third.
    for (const [document, type, name] of [
        ["the jobflow role's policy", "aws:iam/rolePolicy:RolePolicy", "emr-jobflow-role-policy"],
        ["the operator policy", "aws:iam/policy:Policy", "emr-operator"],
    ] as const) {
        it(`measure ${document} as it is deployed`, () => {
            const [one, two] = [lengthOf(300, document), lengthOf(301, document)];
            const expected = one - (300 - 2) * (two - one);
            expect(String(inputs(type, name).policy)).to.have.length(expected);
        });
    }

    it("measure an existing archive of certificates by its name", () => {
        const policy = "the jobflow role's policy";
        const managed = `arn:aws:s3:::snowplow-production-certs-${GENERATED}/*`;
        expect(lengthOf(300, policy, "s3://my-certificates/emr/nodes.zip") - lengthOf(300, policy)).to.equal(
            "arn:aws:s3:::my-certificates/emr/nodes.zip".length - managed.length,
        );
    });

    it("are measured with names as long as those that EmrEtlRunner gets", () => {
        const file = load(String(run.outputs.emrEtlRunnerConfig)) as {
            aws: { s3: { buckets: { log: string } }; emr: Record<string, string> };
        };
        const { emr, s3 } = file.aws;
        const names = deployed(parse(stackWith(2), { stack: STACK, region: REGION }));
        const lengths = [
            [emr.jobflow_role, names.jobflowRole.name],
            [emr.service_role, nameForEmr(names.serviceRole)],
            [emr.ec2_key_name, names.keyName],
            [emr.security_configuration, names.securityConfiguration],
            [s3.buckets.log, foldersOf(names.locations, "log").map(formatS3Url).join()],
        ].map((pair) => pair.map((name) => name?.length));
        expect(lengths.map(([deployedLength]) => deployedLength)).to.deep.equal(
            lengths.map(([, placeholder]) => placeholder),
        );
    });

    it("refuse the re-encryption role's policy, which a stack with an existing jobflow role has too", () => {
        const bucket = (index: number) => `s3://${"b".repeat(60)}-${String(index).padStart(2, "0")}/f`;
        const stack = (reencryption: boolean) =>
            codesOf({
                ...buckets({ raw: { in: Array.from({ length: 64 }, (_, index) => bucket(index)) } }),
                storage: { reencryption },
                access: { jobflowRole: { existing: "nodes" } },
            });
        expect(stack(false)).to.deep.equal([`document-too-long at ${BUCKETS}`]);
        expect(stack(true)).to.deep.equal(Array(2).fill(`document-too-long at ${BUCKETS}`));
    });

    it("refuse at the key that makes the policy grow most", () => {
        const manyFolders = (count: number) =>
            Array.from({ length: count }, (_, index) => `s3://bucket-${index}/folder/of/data`);
        const reading = (count: number) =>
            codesOf({ ...batch(), access: { readLocations: manyFolders(count) } });
        expect(reading(4)).to.deep.equal([]);
        expect(reading(100)).to.deep.equal(["document-too-long at access.readLocations"]);
        expect(codesOf(buckets({ raw: { in: manyFolders(60) } }))).to.deep.equal([
            `document-too-long at ${BUCKETS}.raw.in`,
            `document-too-long at ${BUCKETS}`,
        ]);
    });
});
