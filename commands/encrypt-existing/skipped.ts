import { appendFileSync, openSync } from "node:fs";
import { escaped, replaceInvisible } from "../escape";
import { type Access, type ListedObject, objectUrl, Tally } from "./objects";

/** Why an unencrypted object is not copied, and what to do. */
export const SKIPPED = {
    large: "over 5 GB, which S3 Batch Operations does not copy: run this with AWS CLI version 2",
    archived:
        "in an archive: restore them (`aws s3api restore-object`), then run this command again; or wait until they expire",
    class: "in a storage class that S3 Batch Operations does not write: run this with AWS CLI version 2",
    redirect:
        "with a website redirect, which a copy would lose: copy them with `aws s3api copy-object --website-redirect-location`",
    suspended:
        "current versions from before versioning was suspended: a copy would replace an older version. Enable versioning, then run this command again",
    denied: "not readable: these credentials need s3:GetObject and s3:GetObjectTagging; an object of another account must be copied by its owner",
} as const;

export type Skipped = keyof typeof SKIPPED;

/** The objects that are skipped for one reason. */
export class SkippedSummary extends Tally {
    constructor(readonly why: Skipped) {
        super();
    }
}

/** Counts skipped objects by reason, and writes all of them to a CSV file if one is asked for. */
export class SkippedObjects {
    readonly byReason: SkippedSummary[] = [];

    private readonly file: number | undefined;

    /** @throws Error if the file exists or cannot be written. */
    constructor(file: string | undefined) {
        try {
            this.file = file === undefined ? undefined : openSync(file, "wx");
        } catch (error) {
            throw new Error(`--list ${file}: ${error instanceof Error ? error.message : error}`);
        }
        this.write(["url", "bytes", "storage class", "reason", "command"]);
    }

    add(access: Access, why: Skipped, object: ListedObject): void {
        const url = objectUrl(access.bucket, object.key);
        const command = why === "large" || why === "class" ? copyCommand(access, object) : "";
        let same = this.byReason.find((summary) => summary.why === why);
        if (!same) {
            same = new SkippedSummary(why);
            this.byReason.push(same);
        }
        same.add(command || url);
        const cells = [url, String(object.size), object.storageClass, why, command];
        this.write(cells.map((cell) => `"${cell.replaceAll('"', '""')}"`));
    }

    private write(cells: readonly string[]): void {
        if (this.file !== undefined) {
            appendFileSync(this.file, `${cells.join()}\n`);
        }
    }
}

/**
 * AWS CLI version 2 copies an object over 5 GB in parts, with its metadata and tags (`--copy-props default`).
 * @see https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html
 */
function copyCommand({ bucket, requesterPays }: Access, { key, storageClass }: ListedObject): string {
    const url = shellQuoted(`s3://${bucket}/${key}`);
    return [
        `aws s3 cp ${url} ${url} --sse AES256 --storage-class ${storageClass} --copy-props default`,
        ...(["GLACIER", "DEEP_ARCHIVE"].includes(storageClass) ? ["--force-glacier-transfer"] : []),
        ...(requesterPays ? ["--request-payer requester"] : []),
    ].join(" ");
}

/** A word for a POSIX shell; with control or invisible characters, for Bash. */
function shellQuoted(word: string): string {
    const visible = replaceInvisible(word.replace(/[\\']/g, "\\$&"), (character) =>
        Buffer.from(character).toString("hex").replace(/../g, "\\x$&"),
    );
    return escaped(word) === word ? `'${word.replaceAll("'", "'\\''")}'` : `$'${visible}'`;
}
