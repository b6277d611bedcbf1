import { expect } from "chai";
import { isNear, suggest } from "../../../components/config/explain";
import { problems } from "../args/parse";

describe("what was meant by a key", () => {
    it("is the nearest one, whatever their order", () => {
        for (const known of [
            ["cidrBlock", "cidrBlocks"],
            ["cidrBlocks", "cidrBlock"],
        ]) {
            expect(suggest("cidrBlok", known)).to.equal("did you mean cidrBlock?");
        }
    });

    it("is none where all are far: those that there are", () => {
        expect(suggest("subnet", ["cidrBlock", "availabilityZones"])).to.equal(
            "one of cidrBlock, availabilityZones",
        );
        expect(suggest("subnet", ["cidrBlock"])).to.equal("only cidrBlock");
    });

    it("is none that says something else in one of its words", () => {
        expect(suggest("master_instance_count", ["core_instance_count"])).to.equal(
            "only core_instance_count",
        );
        expect(suggest("masterInstanceType", ["coreInstanceType"])).to.equal("only coreInstanceType");
        expect(suggest("core_instances_count", ["core_instance_count"])).to.equal(
            "did you mean core_instance_count?",
        );
    });

    it("is near while at most half of the longer word differs", () => {
        expect(isNear("abcd", "abxy")).to.equal(true);
        expect(isNear("abcd", "axyz")).to.equal(false);
        expect(isNear("abcd", "abxy", 0.25)).to.equal(false);
    });
});

describe("additional_info", () => {
    const found = (additional_info: string) =>
        problems({ emrEtlRunner: { collectors: { format: "thrift" }, aws: { emr: { additional_info } } } });

    it("is a text that is JSON", () => {
        expect(found('{"a": 1}')).to.deep.equal([]);
        expect(found("{")).to.have.length(1);
    });
});

describe("a key that names another one", () => {
    const said = (config: object, input: object = {}) =>
        problems({ emrEtlRunner: { collectors: { format: "thrift" } }, ...config }, input).map(
            ({ path, found, allowed }) => [path, found, allowed],
        );
    const NAMESPACE = "snowplow-emr-encryption";

    it("is the provider's, by its name or below aws, and asked for once", () => {
        const region = [`${NAMESPACE}:region`, "an unknown key", "did you mean aws:region?"];
        expect(said({ region: "eu-west-1" }, { region: undefined })).to.deep.equal([region]);
        expect(said({ region: "eu-west-1" })).to.deep.equal([region]);
        expect(said({ aws: { region: "eu-west-1" } }, { region: undefined })).to.deep.equal([
            [`${NAMESPACE}:aws`, "an unknown key", "did you mean aws:region?"],
        ]);
        expect(said({ aws: { profile: "me" } }).map(([path]) => path)).to.deep.equal([`${NAMESPACE}:aws`]);
        expect(JSON.stringify(said({ aws: { profile: "me" } }))).not.to.include("aws:profile");
    });

    it("is the project's under a namespace that is almost its own: what it has is missed no more", () => {
        const almost = "snowplow-emr-encrytion:emrEtlRunner";
        const meant = [
            almost,
            "a namespace that is almost the project's",
            `did you mean ${NAMESPACE}:emrEtlRunner?`,
        ];
        expect(
            problems({}, { otherKeys: [almost] }).map(({ path, found, allowed }) => [path, found, allowed]),
        ).to.deep.equal([meant]);
        expect(said({}, { otherKeys: [almost] })).to.deep.equal([meant]);
        expect(said({}, { otherKeys: ["another:emrEtlRunner"] })).to.deep.equal([]);
    });
});
