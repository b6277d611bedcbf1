import type { JobflowGrants } from "../policies/emr-roles";
import { readUrl } from "./locations";
import type { Environment } from "./schema";

/** EmrEtlRunner's name for Snowplow's own bucket, in whatever region; every cluster may read it anyway. */
const STANDARD_ASSETS = "snowplow-hosted-assets";

/** What the jobflow role may do beyond EmrEtlRunner's locations: what `access` names, and what clusters fetch. */
export function jobflowGrants({ access, storage, emrEtlRunner }: Environment): JobflowGrants {
    const { assets, jsonpath_assets: jsonPaths } = emrEtlRunner.aws.s3.buckets;
    const hosted = [assets, ...(jsonPaths === null ? [] : [jsonPaths])].map(readUrl);
    return {
        readFolders: [
            ...access.readLocations.map(readUrl),
            ...hosted.filter(({ bucket }) => bucket !== STANDARD_ASSETS),
        ],
        bootstrapScripts: (emrEtlRunner.aws.emr.bootstrap ?? []).map(readUrl),
        dynamodbTables: access.dynamodbTables,
        ssmParameters: access.ssmParameters,
        existingKmsKeyArns: storage.existingKmsKeyArns,
    };
}
