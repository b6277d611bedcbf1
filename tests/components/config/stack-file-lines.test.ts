import { expect } from "chai";
import { stackFileReport } from "../../../components/config";
import { stackFileLines } from "../../../components/config/stack-file-lines";
import type { Path } from "../../../components/domain/errors";

const FILE = `# a comment
config:
    aws:region: eu-west-1
    snowplow-emr-encryption:network:
        availabilityZones:
            - eu-west-1a
            - eu-west-1b
    storage: { protect: false,
        existingKmsKeyArns: [a,
            b] }
    snowplow-emr-encryption:emrEtlRunner:
        collectors: &collectors
            format: thrift
        enrich: *collectors
`;

describe("the line of a path in a stack file", () => {
    const lineOf = stackFileLines(FILE);
    for (const [path, line] of [
        [["aws:region"], 3],
        [["network"], 4],
        [["network", "availabilityZones", 1], 7],
        [["storage", "protect"], 8], // The CLI reads a key without a namespace as a key of the project's.
        [["storage", "existingKmsKeyArns", 1], 10],
        [["emrEtlRunner", "enrich", "format"], 13], // Where the alias leads.
        [["network", "cidrBlock"], 4], // Its parent's: the key is missing.
        [["network", "availabilityZones", 2], 5],
        [["aws:region", "below"], 3],
        [["access", "path"], undefined],
        [[], undefined],
    ] as readonly (readonly [Path, number | undefined])[]) {
        it(`${JSON.stringify(path)} is ${line}`, () => {
            expect(lineOf(path)).to.equal(line);
        });
    }

    it("is not known where the file is missing, or is not a stack file", () => {
        for (const text of ["", "config: 3", "- a\n- b\n", "config: {", "\u0000"]) {
            expect(stackFileLines(text)(["network", "cidrBlock"])).to.equal(undefined);
        }
    });
});

describe("the report of a stack config", () => {
    it("names a path as the stack file does, with its line", () => {
        const files: string[] = [];
        const { subject, formatPath } = stackFileReport("dev", (file) => {
            files.push(file);
            return FILE;
        });
        expect(files).to.deep.equal([]); // It is read only when there is an error to print.
        const paths: readonly Path[] = [
            ["network", "availabilityZones", 1],
            ["aws:defaultTags", "tags"],
            ["emrEtlRunner", "a b"],
            [],
        ];
        expect([subject, ...paths.map(formatPath)]).to.deep.equal([
            "Pulumi.dev.yaml",
            "snowplow-emr-encryption:network.availabilityZones[1] (line 7)",
            "aws:defaultTags.tags",
            'snowplow-emr-encryption:emrEtlRunner["a b"] (line 11)',
            "snowplow-emr-encryption",
        ]);
        expect(files).to.deep.equal(["Pulumi.dev.yaml"]);
    });
});
