import { expect } from "chai";
import { configTree } from "../../../components/domain/emr-etl-runner-config";
import { resolveLocations } from "../../../components/domain/locations";
import { rdbLoaderConfigLength, yamlLength } from "../../../components/domain/rdb-loader-config";
import { batch, parse, stream } from "../args/parse";

/** The bytes of `{ key: value }` in the YAML of EmrEtlRunner's Ruby, and how many of them the bound adds. */
type Measured = readonly [value: Readonly<Record<string, unknown>>, bytes: number, excess: number];

/*
 * Each length is the answer of the Ruby that EmrEtlRunner runs on, for one case a line, in JSON:
 * java -jar jruby-complete-9.2.11.1.jar -ryaml -rjson -e 'ARGF.each_line { |line| puts JSON.parse(line).to_yaml.bytesize }'
 */
const MEASURED: readonly Measured[] = [
    [
        { region: "eu-west-1", log: "s3://acme-logs/emr/", placement: null, job_name: "Snowplow ETL dev" },
        85,
        0,
    ],
    [
        {
            configuration: {
                "spark-defaults": {
                    "spark.executor.instances": "10",
                    "spark.yarn.maxAppAttempts": "yes",
                },
                "core-site": {},
            },
            bootstrap: [],
        },
        139,
        0,
    ],
    [{ in: ["s3://a-bucket/", "s3://another/folder/"], count: 2, bid: 0.0125, encrypted: true }, 85, 0],
    [
        {
            "spark.executor.extraJavaOptions":
                "-XX:+UseG1GC -XX:+PrintGCDetails -XX:InitiatingHeapOccupancyPercent=35 -verbose:gc -XX:+PrintGCDateStamps",
        },
        150,
        0,
    ],
    [
        {
            additional_info:
                '{"instanceAwsClientConfiguration": {"proxyPort": 8080, "proxyHost": "proxy.acme.example"}, "it\'s": "on"}',
        },
        131,
        0,
    ],
    [{ additional_info: '{\n  "proxyHost": "proxy.acme.example",\n  "proxyPort": 8080\n}\n' }, 92, 28],
    [{ empty: "", tilde: "~", merge: "<<", time: "12:30", octal: "0123", spaces: " x " }, 85, 0],
    [{ escapes: 'tab\t"quoted"\u0007\\ \u2028\ufeff😀', words: "été 漢字" }, 71, 19],
    [{ ["k".repeat(130)]: "v", "plain words": Array(60).fill("word").join(" ") }, 460, 0],
    [{ emoji: "😀".repeat(40) }, 430, 9],
];

/** Deployed names, and the lengths of the argument that EmrEtlRunner's code makes of the rendered config.yml. */
const DEPLOYED = {
    jobflowRole: "snowplow-dev-jobflow-1",
    serviceRole: "snowplow-dev-service-1",
    subnetId: "subnet-1",
    keyName: "snowplow-dev-key-1",
    securityConfiguration: "snowplow-dev-security-1",
} as const;

const ARGUMENTS = [
    ["the defaults in batch mode", batch(), 2760],
    ["the defaults in stream-enrich mode", stream(), 2556],
    [
        "other assets, without a slash at the end and with one",
        batch({
            aws: {
                s3: { buckets: { jsonpath_assets: "s3://acme-jsonpaths/v1", assets: "s3://acme-assets/" } },
            },
        }),
        2776,
    ],
] as const;

describe("yamlLength", () => {
    it("is as long as Ruby's YAML, or a little longer", () => {
        expect(MEASURED.map(([value]) => "---".length + yamlLength(value))).to.deep.equal(
            MEASURED.map(([, bytes, excess]) => bytes + excess),
        );
    });
});

describe("rdbLoaderConfigLength", () => {
    for (const [title, config, length] of ARGUMENTS) {
        it(`is the length of the argument for ${title}`, () => {
            const { locations, ...args } = parse(config);
            const resolved = resolveLocations(locations, (bucket) => `dev-${bucket}`);
            const tree = configTree({ ...args, ...DEPLOYED, locations: resolved });
            expect(rdbLoaderConfigLength(tree)).to.equal(length);
        });
    }
});
