import { expect } from "chai";
import { checkEmr } from "../../../components/existing/emr";
import { type Answers, codes, lookUp, refuse } from "../../support/existing-aws";
import { batch, type Config, parse } from "../args/parse";

const DENIED = "api error AccessDeniedException: User: arn:aws:iam::111122223333:user/ci is not authorized";
const TYPE = "emrEtlRunner.aws.emr.jobflow";

const labels = (...releaseLabels: readonly string[]) => ({ getReleaseLabels: () => ({ releaseLabels }) });
const types = (...names: readonly string[]) => ({
    getSupportedInstanceTypes: () => ({ supportedInstanceTypes: names.map((type) => ({ type })) }),
});
const denied = { getReleaseLabels: () => refuse(DENIED), getSupportedInstanceTypes: () => refuse(DENIED) };
const timeout = { getReleaseLabels: () => refuse("i/o timeout") };

const check = (answers: Answers, emr: Config = {}) =>
    lookUp(() => checkEmr(parse(batch({ aws: { emr } }))), answers);

describe("checkEmr", () => {
    it("looks up the releases of the line, and the types of the release", async () => {
        expect(await check({})).to.deep.equal({
            facts: { errors: [], warnings: [] },
            calls: [
                ["getReleaseLabels", { filters: { prefix: "emr-5." } }],
                ["getSupportedInstanceTypes", { releaseLabel: "emr-5.36.2" }],
            ],
        });
    });

    for (const [title, answers, warning] of [
        [
            "a release that is not listed, with the nearest",
            { ...labels("emr-5.35.0", "emr-5.36.0", "emr-5.36.1", "emr-5.4.0"), ...types() },
            "EMR does not list release 5.36.2 in eu-west-1, and may refuse to launch it. The nearest that it lists is 5.36.1.",
        ],
        [
            "both permissions at once",
            denied,
            "Whether EMR supports the release and instance types in eu-west-1 was not checked: these credentials lack elasticmapreduce:ListReleaseLabels and elasticmapreduce:ListSupportedInstanceTypes.",
        ],
        [
            "the permission that is missing",
            { getReleaseLabels: denied.getReleaseLabels },
            "Whether EMR supports the release in eu-west-1 was not checked: these credentials lack elasticmapreduce:ListReleaseLabels.",
        ],
        [
            "a look-up without an answer",
            { ...denied, ...timeout },
            "Whether EMR supports the release and instance types in eu-west-1 was not checked: AWS did not answer (i/o timeout).",
        ],
        [
            "an empty list, which is no answer",
            types(),
            "Whether EMR supports the instance types in eu-west-1 was not checked: AWS did not answer (an empty list).",
        ],
    ] as const) {
        it(`warns of ${title}`, async () => {
            const { facts } = await check(answers);
            expect(facts).to.deep.equal({ errors: [], warnings: [warning] });
        });
    }

    it("refuses the types that EMR does not list for the release, of the nodes that are launched", async () => {
        const jobflow = {
            master_instance_type: "m5.large",
            core_instance_type: "m5.xlarge",
            task_instance_type: "m5.large",
        };
        const { facts } = await check(types("m5.xlarge"), { jobflow });
        expect(codes(facts.errors)).to.deep.equal([
            ["unsupported-instance-type", `${TYPE}.master_instance_type`],
        ]);
        expect(facts.errors[0]?.expected).to.include("m5.xlarge");
    });

    it("refuses a type without an answer about the releases", async () => {
        const { facts } = await check({ ...timeout, ...types("c5.xlarge") });
        expect(codes(facts.errors)).to.deep.equal([
            ["unsupported-instance-type", `${TYPE}.master_instance_type`],
            ["unsupported-instance-type", `${TYPE}.core_instance_type`],
        ]);
        expect(facts.warnings).to.have.length(1);
    });
});
