import { expect } from "chai";
import {
    formatPath,
    isMissing,
    isPem,
    redact,
    SettingsError,
    describe as told,
    valueAt,
} from "../../../components/args/errors";

describe("a problem of a stack file", () => {
    it("is told with its place, what was found and what is allowed, or what to do", () => {
        const problem = { path: "p:network.cidrBlock", found: '"x"', allowed: "a CIDR" };
        const text = (...problems: readonly (typeof problem & { remedy?: boolean })[]) =>
            new SettingsError(problems, "dev").message;
        expect(text(problem)).to.equal(
            'Pulumi.dev.yaml: 1 problem\n  p:network.cidrBlock\n    found:   "x"\n    allowed: a CIDR',
        );
        expect(text(problem, { ...problem, remedy: true })).to.equal(
            'Pulumi.dev.yaml: 2 problems\n  p:network.cidrBlock\n    found:   "x"\n    allowed: a CIDR\n  p:network.cidrBlock\n    found:   "x"\n    remedy:  a CIDR',
        );
    });

    it("has a path as the stack file writes it", () => {
        expect(formatPath("p", ["network", "availabilityZones", 1])).to.equal(
            "p:network.availabilityZones[1]",
        );
        expect(formatPath("p", ["emrEtlRunner", "a.b", "", "c-d"])).to.equal('p:emrEtlRunner["a.b"][""].c-d');
    });

    it("shows what was found, and what that is where it is not plain", () => {
        expect(told(undefined)).to.equal("nothing");
        expect(told(null)).to.equal("nothing after the colon (null)");
        expect(told("")).to.equal('"" (an empty text)');
        expect(told(5)).to.equal("5");
        expect(told("nat")).to.equal('"nat"');
        expect(told(["nat"])).to.equal('a list, ["nat"]');
        expect(told({ a: 1 })).to.equal('an object, {"a":1}');
    });

    it("shows the first 120 characters of what was found", () => {
        expect(told("ab ".repeat(39))).to.equal(JSON.stringify("ab ".repeat(39)));
        expect(told("x".repeat(118))).to.equal(`"${"x".repeat(118)}"`);
        expect(told("x".repeat(119))).to.equal(`"${"x".repeat(119)}…`);
    });

    it("leaves out what may be a key, and shows names as they are", () => {
        const key = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1HSYYkDNw2dsZpiH";
        expect(redact(`a ${key}, b`)).to.equal("a …, b");
        expect(redact(`${key.slice(0, 44)}\n${key.slice(44)}`)).to.equal("…");
        for (const name of [
            "arn:aws:iam::111122223333:role/a-role-of-a-company-with-a-long-name",
            "s3://acme-snowplow-archive/enriched/good/run=2026-01-01-00-00-00/part-00000.gz",
            "0123456789abcdef0123456789abcdef0123456789abcdef",
        ]) {
            expect(redact(name)).to.equal(name);
        }
    });

    it("is of PEM by its key's name", () => {
        expect(isPem(["certificates", "chainPem"])).to.equal(true);
        expect(isPem(["certificates", "trustedPEM", 0])).to.equal(true);
        expect(isPem(["certificates", "pemFile", 0])).to.equal(false);
        expect(isPem([0])).to.equal(false);
    });

    it("is looked for below objects and lists alone, by their own keys", () => {
        expect(valueAt({ a: [{ b: 1 }] }, ["a", 0, "b"])).to.equal(1);
        expect(valueAt({ a: "text" }, ["a", "length"])).to.equal(undefined);
        expect(valueAt({ a: null }, ["a", "b"])).to.equal(undefined);
        expect(valueAt({}, ["toString"])).to.equal(undefined);
    });

    it("is none where nothing was written", () => {
        expect([undefined, null, {}].map(isMissing)).to.deep.equal([true, true, true]);
        expect([false, 0, "", [], { a: 1 }].map(isMissing)).to.deep.equal([
            false,
            false,
            false,
            false,
            false,
        ]);
    });
});
