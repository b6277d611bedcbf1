import { expect } from "chai";
import { assetUrls } from "../../../commands/verify/assets";
import { parseObjectUrl } from "../../../commands/verify/buckets";
import { MINIMAL } from "../../support/run";
import { outputsOf } from "./context";

const HOSTED = "s3://snowplow-hosted-assets";

/** The minimal stack's config.yml with other values, in `aws` and next to it. */
async function configOf(emrEtlRunner: object): Promise<string> {
    const { emrEtlRunnerConfig } = await outputsOf({ ...MINIMAL, emrEtlRunner });
    return emrEtlRunnerConfig;
}

describe("verify, hosted assets:", () => {
    const collectors = { format: "thrift" };

    it("are the default scripts and jars", async () => {
        const config = await configOf({ collectors });
        const all = (bucket: string) => [
            `${bucket}/common/emr/snowplow-ami5-bootstrap-0.1.0.sh`,
            `${bucket}/common/emr/snowplow-hadoop-fs-rmr-0.2.0.sh`,
            `${bucket}/3-enrich/spark-enrich/snowplow-spark-enrich-1.18.0.jar`,
            `${bucket}/4-storage/rdb-shredder/snowplow-rdb-shredder-0.16.0.jar`,
            `${bucket}/4-storage/rdb-loader/snowplow-rdb-loader-0.17.0.jar`,
        ];
        expect(assetUrls(config, "eu-west-1")).to.deep.equal(all(HOSTED));
        expect(assetUrls(config, "sa-east-1")).to.deep.equal(all(`${HOSTED}-sa-east-1`));
    });

    it("are the configured jars and scripts, in addition to Snowplow's scripts", async () => {
        const config = await configOf({
            collectors,
            aws: {
                s3: { buckets: { assets: "s3://acme-assets/snowplow/" } },
                emr: { bootstrap: ["s3://acme-assets/boot.sh"] },
            },
        });
        expect(assetUrls(config, "us-east-2")).to.deep.equal([
            `${HOSTED}-us-east-2/common/emr/snowplow-ami5-bootstrap-0.1.0.sh`,
            `${HOSTED}-us-east-2/common/emr/snowplow-hadoop-fs-rmr-0.2.0.sh`,
            "s3://acme-assets/snowplow/3-enrich/spark-enrich/snowplow-spark-enrich-1.18.0.jar",
            "s3://acme-assets/snowplow/4-storage/rdb-shredder/snowplow-rdb-shredder-0.16.0.jar",
            "s3://acme-assets/snowplow/4-storage/rdb-loader/snowplow-rdb-loader-0.17.0.jar",
            "s3://acme-assets/boot.sh",
        ]);
    });

    it("include no enrichment in stream-enrich mode", async () => {
        const config = await configOf({ aws: { s3: { buckets: { enriched: { stream: "managed" } } } } });
        expect(assetUrls(config, "eu-west-1").filter((url) => url.includes("3-enrich"))).to.deep.equal([]);
    });

    for (const [release, script] of [
        ["3.11.0", "snowplow-ami3-bootstrap-0.1.0.sh"],
        ["4.9.0", "snowplow-ami4-bootstrap-0.2.0.sh"],
        ["5.0.0", "snowplow-ami5-bootstrap-0.1.0.sh"],
        ["6.2.0", "snowplow-ami5-bootstrap-0.1.0.sh"],
    ] as const) {
        it(`are ${script} on EMR ${release}`, async () => {
            const config = (await configOf({ collectors })).replace("5.36.2", release);
            expect(assetUrls(config, "eu-west-1")[0]).to.equal(`${HOSTED}/common/emr/${script}`);
        });
    }

    for (const [spark_enrich, rdb_shredder, enrich, shred] of [
        [
            "1.9.0",
            "0.12.0",
            "3-enrich/spark-enrich/snowplow-spark-enrich-1.9.0.jar",
            "4-storage/rdb-shredder/snowplow-rdb-shredder-0.12.0.jar",
        ],
        [
            "1.8.0",
            "0.11.0",
            "3-enrich/scala-hadoop-enrich/snowplow-hadoop-enrich-1.8.0.jar",
            "3-enrich/scala-hadoop-shred/snowplow-hadoop-shred-0.11.0.jar",
        ],
        [
            "0.14.1",
            "0.13.0-rc1",
            "3-enrich/hadoop-etl/snowplow-hadoop-etl-0.14.1.jar",
            "4-storage/rdb-shredder/snowplow-rdb-shredder-0.13.0-rc1.jar",
        ],
    ] as const) {
        it(`are those of enrich ${spark_enrich} and shredder ${rdb_shredder}`, async () => {
            const config = await configOf({
                collectors,
                enrich: { versions: { spark_enrich } },
                storage: { versions: { rdb_shredder } },
            });
            expect(assetUrls(config, "eu-west-1").slice(2, 4)).to.deep.equal([
                `${HOSTED}/${enrich}`,
                `${HOSTED}/${shred}`,
            ]);
        });
    }

    it("have URLs that name objects", () => {
        expect(parseObjectUrl("s3://acme/emr/nodes.zip")).to.deep.equal({
            bucket: "acme",
            key: "emr/nodes.zip",
        });
        for (const url of ["s3://acme/", "s3://acme", "https://acme/x"]) {
            expect(() => parseObjectUrl(url)).to.throw(`found "${url}"; expected: the S3 URL of an object`);
        }
    });
});
