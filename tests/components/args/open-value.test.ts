// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what template tools replace.
import { expect } from "chai";
import { openKey, templateIn } from "../../../components/args/open-value";
import { formatPath } from "../../../components/domain/errors";
import { type Config, errorsOf } from "./parse";

const OPEN = "FILL IN";

const codesOf = (config: Config, input?: Parameters<typeof errorsOf>[1]) =>
    errorsOf(config, input).map(({ code, path }) => `${code} at ${formatPath(path)}`);

/** A stack config with a value at a path of EmrEtlRunner's keys. */
function at(place: string, value: unknown, rest: Config = {}): Config {
    const below = place.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    const collectors = place.startsWith("collectors") || /stream$/.test(place) ? {} : { format: "thrift" };
    return { ...rest, emrEtlRunner: { collectors, ...(below as object) } };
}

describe("an open value", () => {
    for (const place of [
        ...["aws.s3.buckets.log", "aws.s3.buckets.enriched", "aws.emr.jobflow.core_instance_count"],
        ...["aws.emr.jobflow.job_name", "aws.emr.configuration.spark.note", "aws.emr.additional_info"],
        ...["collectors.format", "enrich.versions.spark_enrich", "enrich.continue_on_unexpected_error"],
        ...["monitoring.tags.note", "aws.emr.jobflow_role", "aws.emr.no_such_key", "aws"],
    ]) {
        it(`is refused once, and nothing else is, at ${place}`, () => {
            expect(codesOf(at(place, OPEN)).map((error) => error.replace(".no_such_key", ""))).to.deep.equal([
                `open-value at emrEtlRunner.${place.replace(".no_such_key", "")}`,
            ]);
        });
    }

    it("is refused in every other object, in the region and in the provider's keys", () => {
        const batch = at("monitoring.tags.a", "b");
        expect(codesOf({ ...batch, network: { cidrBlock: OPEN }, access: { path: OPEN } })).to.deep.equal([
            "open-value at network.cidrBlock",
            "open-value at access.path",
        ]);
        expect(codesOf(batch, { region: OPEN })).to.deep.equal(['open-value at ["aws:region"]']);
        const otherValues = { "aws:region": "eu-west-1", "aws:profile": OPEN };
        expect(codesOf(batch, { otherValues })).to.deep.equal(['open-value at ["aws:profile"]']);
    });

    it("is a key too that a template tool computes, in a stack file by adopt", () => {
        const config = at("monitoring.tags", { [openKey("{{ x }}", 3)]: "b" });
        expect(codesOf(config)).to.deep.equal(["open-value at emrEtlRunner.monitoring.tags"]);
        // Hadoop evaluates such a variable in values only.
        const property = at("aws.emr.configuration.core", { [openKey("${a.b}", 3)]: "c" });
        expect(codesOf(property)).to.deep.equal(["open-value at emrEtlRunner.aws.emr.configuration.core"]);
    });

    it("twice in a list is not a repetition", () => {
        expect(codesOf(at("aws.emr.bootstrap", [OPEN, OPEN]))).to.deep.equal([
            "open-value at emrEtlRunner.aws.emr.bootstrap[0]",
            "open-value at emrEtlRunner.aws.emr.bootstrap[1]",
        ]);
    });

    it("hides no error of a rule that does not follow from it", () => {
        const stream = at("aws.s3.buckets.enriched.stream", OPEN) as { emrEtlRunner: object };
        const emrEtlRunner = { ...stream.emrEtlRunner, enrich: { output_compression: "NONE" } };
        expect(codesOf({ emrEtlRunner })).to.deep.equal([
            "open-value at emrEtlRunner.aws.s3.buckets.enriched.stream",
            "mode at emrEtlRunner.enrich.output_compression",
        ]);
    });

    for (const value of ["<%= x %>", "{{ x }}", "s3://${x}/y", { "{ x }": null }, "ADD HERE", "$X"]) {
        it(`is what ${JSON.stringify(value)} is, where the schema refuses it`, () => {
            expect(codesOf(at("aws.s3.buckets.log", value))).to.deep.equal([
                "open-value at emrEtlRunner.aws.s3.buckets.log",
            ]);
        });
    }
});

describe("templateIn", () => {
    const configuration = ["emrEtlRunner", "aws", "emr", "configuration", "core-site", "a"];
    for (const [text, path, expected] of [
        ["s3://acme-logs/emr/2019_08/run=1", [], undefined],
        ["maxx-box", [], undefined],
        ['{"a":{"b":{}}}', [], undefined],
        ["a <%% b %>", [], undefined],
        ["${hadoop.tmp.dir}/s3,${env.HOME}", configuration, undefined],
        ["${hadoop.tmp.dir}", [], "Terraform or a shell"],
        ["${var.name}", configuration, "Terraform or a shell"],
        ["${hadoop.tmp.dir}/{{ x }}", configuration, "Jinja, Mustache or Helm"],
    ] as const) {
        it(`finds ${expected ?? "nothing"} in ${text}${path.length > 0 ? " of a configuration" : ""}`, () => {
            expect(templateIn(text, path)).to.equal(expected);
        });
    }
});
