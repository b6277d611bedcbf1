import { ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import { parseS3Url } from "../../components/domain/locations";
import { callIfThere } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import type { Obstacle } from "./obstacle";

/** Managed data buckets with anything in them, old versions included: S3 deletes none, and neither does `teardown`. */
export async function bucketObstacles(
    s3: S3Client,
    { forCommands }: StackOutputs,
): Promise<readonly Obstacle[]> {
    const archives = parseS3Url(forCommands.certificateArchive)?.bucket;
    const found: Obstacle[] = [];
    // The certificates' bucket is emptied with its deletion: all that is in it can be made again.
    for (const name of Object.keys(forCommands.managedBuckets).filter((bucket) => bucket !== archives)) {
        const listed = await callIfThere(["NoSuchBucket"], "s3:ListBucketVersions", name, () =>
            s3.send(new ListObjectVersionsCommand({ Bucket: name, MaxKeys: 1 })),
        );
        const [current] = listed?.Versions ?? [];
        const [marker] = listed?.DeleteMarkers ?? [];
        if (current ?? marker) {
            found.push({
                kind: "bucket",
                name,
                why: current?.IsLatest ? "not empty" : "not empty: old versions of deleted objects are in it",
                remedy: "keep what you need elsewhere, then empty it (in S3's console, or by a lifecycle rule that expires everything); this command deletes no data",
            });
        }
    }
    return found;
}

/** Pulumi deletes no protected resource. */
export function protectionObstacles({ forCommands, kmsKeyArn }: StackOutputs): readonly Obstacle[] {
    const { protect, ownsKey, stack } = forCommands;
    const protectedOnes = [
        ...(Object.keys(forCommands.managedBuckets).length > 0 ? ["the data buckets"] : []),
        ...(ownsKey ? [`the key ${kmsKeyArn}`] : []),
    ];
    return protect && protectedOnes.length > 0
        ? [
              {
                  kind: "protection",
                  name: "storage.protect",
                  why: `Pulumi refuses to delete ${protectedOnes.join(" and ")}`,
                  remedy: `set storage: { protect: false } in Pulumi.${stack}.yaml, and: npx pulumi up --stack ${stack}`,
              },
          ]
        : [];
}
