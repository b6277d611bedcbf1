import { isDeepStrictEqual } from "node:util";
import { PLACEHOLDER } from "../../../testing/placeholder-provider";
import { BUCKETS, MANAGED, type Read, type Rule, valueAt } from "./rules";

export const S3_RULES: Readonly<Record<string, Rule<Read>>> = {
    "stream-enrich mode": ({ yml, given }) => {
        const { raw, enriched } = yml.aws.s3.buckets;
        const stream = enriched.stream !== null;
        return {
            "another mode than the stack config's": stream !== Boolean(valueAt(given.config, STREAM)),
            raw: stream && raw !== null,
            collectors: stream && yml.collectors !== null,
            "enriched.bad": stream && enriched.bad !== null,
            "not GZIP": stream && yml.enrich.output_compression !== "GZIP",
        };
    },
    "batch mode": ({ yml }) => {
        const { raw, enriched } = yml.aws.s3.buckets;
        const batch = enriched.stream === null;
        return {
            "no raw": batch && raw === null,
            "no format": batch && yml.collectors === null,
            "no spark_enrich": batch && yml.enrich.versions === null,
            "no enriched.bad": batch && enriched.bad === null,
        };
    },
    encrypted: ({ yml }) => ({ "not true": yml.aws.s3.buckets.encrypted !== true }),
    locations: ({ yml, locations }) => {
        const folders = Object.values(locations).flat();
        const { assets, jsonpath_assets } = yml.aws.s3.buckets;
        const urls = [...folders, assets, ...(yml.aws.emr.bootstrap ?? []), jsonpath_assets ?? assets];
        const prefixed = ["raw.processing", "enriched.good", "shredded.good"];
        return {
            "not an S3 URL, or a dot in a bucket": urls.some((url) => !S3_URL.test(url)),
            "no slash at the end": folders.some((url) => !url.endsWith("/")),
            "a bucket's root": prefixed.some((path) =>
                locations[path]?.some((url) => /^s3:\/\/[^/]*\/?$/.test(url)),
            ),
            "two locations in one folder": new Set(folders).size < folders.length,
            "a location in a folder that EmrEtlRunner lists": LISTED.flatMap(
                ([path, below]) => locations[path]?.map((url) => `${url}${below}`) ?? [],
            ).some((outer) => folders.some((url) => url !== outer && url.startsWith(outer))),
            "a location in a folder that jobs may not write to": (locations.log ?? []).some((log) =>
                folders.some((url) => url.startsWith(`${log}encrypt-existing/`)),
            ),
        };
    },
    "managed locations": ({ given, locations }) => {
        const wrong = Object.entries(MANAGED).filter(([path, folder]) => {
            const value = valueAt(given.config, [...BUCKETS, ...path.split(".")]) ?? "managed";
            const rendered = locations[path] ?? [];
            const url = `s3://${prefix(given.stack)}-${folder.replace("/", `-${PLACEHOLDER}/`)}`;
            return value === "managed" && rendered.length > 0 && !isDeepStrictEqual(rendered, [url]);
        });
        return { [`another folder: ${wrong.join(", ")}`]: wrong.length > 0 };
    },
};

/** What EmrEtlRunner lists, and so takes for its own: locations, and of `log` a folder (emr_job.rb). */
const LISTED = [
    ["raw.in", ""],
    ["raw.processing", ""],
    ["enriched.stream", ""],
    ["enriched.good", ""],
    ["shredded.good", ""],
    ["log", "rdb-loader/"],
] as const;

const S3_URL = /^s3:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9](\/[^/*?]+)*\/?$/;
const STREAM = [...BUCKETS, "enriched", "stream"];

/** The prefix of all names in AWS: at most 16 characters of the stack's name, lower-case letters, digits and hyphens. */
function prefix(stack: string): string {
    const words = stack.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    return ["snowplow", words.join("-").slice(0, 16).replace(/-$/, "")]
        .filter((word) => word !== "")
        .join("-");
}
