import { parseS3Url } from "../../components/domain/locations";
import { bucketPolicy } from "../../components/policies/bucket";
import type { Statement } from "../../components/policies/document";
import { bucketArn } from "../../components/policies/s3-access";
import type { StackOutputs } from "../stack-outputs";

/** A bucket of the pipeline. */
export interface Bucket {
    readonly name: string;
    /** Whether the stack created it. */
    readonly isManaged: boolean;
    /** The statements of the policy that the stack sets; empty if it sets none. */
    readonly own: readonly Statement[];
    /** Whether it has nothing of the stack but an existing certificate archive. */
    readonly isArchive: boolean;
}

/** The buckets of all locations and of the certificate archive, and existing ones that the stack encrypts. */
export function bucketsOf(outputs: StackOutputs): readonly Bucket[] {
    const { managedBuckets, encryptedExistingBuckets, policiesOnExistingBuckets, certificateArchive } =
        outputs.forCommands;
    const ofLocations = foldersOf(outputs).map(({ bucket }) => bucket);
    const used = [...Object.keys(managedBuckets), ...ofLocations, ...encryptedExistingBuckets];
    return [...new Set([...used, parseObjectUrl(certificateArchive).bucket])].map((name) => {
        const spec = managedBuckets[name];
        const { acceptedSse = "AES256", additionalStatements } = spec ?? {};
        const isManaged = spec !== undefined;
        const isPolicySet = isManaged || policiesOnExistingBuckets.includes(name);
        const policy = bucketPolicy(bucketArn(name), acceptedSse, additionalStatements);
        return { name, isManaged, own: isPolicySet ? policy.Statement : [], isArchive: !used.includes(name) };
    });
}

/** The folders of the locations; `raw.in` may have several. */
export function foldersOf({ buckets }: StackOutputs) {
    return Object.entries(buckets).flatMap(([location, urls]) =>
        [urls].flat().map((url) => {
            const { bucket = "", prefix = "" } = parseS3Url(url) ?? {};
            return { location, url, bucket, prefix };
        }),
    );
}

/** Reads the S3 URL of an object. */
export function parseObjectUrl(url: string): { readonly bucket: string; readonly key: string } {
    const folder = parseS3Url(url);
    if (!folder || folder.prefix === "") {
        throw new Error(`found ${JSON.stringify(url)}; expected: the S3 URL of an object`);
    }
    return { bucket: folder.bucket, key: folder.prefix.slice(0, -1) };
}
