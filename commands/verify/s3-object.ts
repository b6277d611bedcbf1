import { parseS3Url } from "../../components/domain/locations";

/** Of one object. */
export interface S3Object {
    readonly bucket: string;
    readonly key: string;
}

/**
 * Reads the S3 URL of an object.
 * @param place What it is called where it is none.
 */
export function parseObjectUrl(place: string, url: string): S3Object {
    const folder = parseS3Url(url);
    if (!folder || folder.prefix === "") {
        throw new Error(`${place}: found ${JSON.stringify(url)}; allowed: the S3 URL of an object`);
    }
    return { bucket: folder.bucket, key: folder.prefix.slice(0, -1) };
}
