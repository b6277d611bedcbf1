import { once } from "node:events";
import type { WriteStream } from "node:fs";
import { escaped, replaceInvisible } from "../escape";
import { type Access, type ListedObject, objectUrl } from "./objects";
import type { Skipped } from "./survey";
import { end, openFile, write } from "./transfer";
import { addTo, type Some, some } from "./verification";

/** Skipped objects by reason. */
export type SkippedSummary = { readonly why: Skipped } & Some;

/** Counts skipped objects by reason, and writes all of them to a CSV file if one is asked for. */
export class SkippedObjects {
    private readonly byReason = new Map<Skipped, SkippedSummary>();

    private constructor(private readonly file: WriteStream | undefined) {}

    /** @throws Error if the file exists or cannot be written. */
    static async open(file: string | undefined): Promise<SkippedObjects> {
        const stream = file === undefined ? undefined : openFile(file, "wx");
        if (stream) {
            await once(stream, "open").catch((error: Error) => {
                throw new Error(`--list ${file}: ${error.message}`);
            });
            await write(stream, "url,bytes,storage class,reason,command\n");
        }
        return new SkippedObjects(stream);
    }

    async add(access: Access, why: Skipped, object: ListedObject): Promise<void> {
        const url = objectUrl(access.bucket, object.key);
        const command = why === "large" || why === "class" ? copyCommand(access, object) : "";
        const found = this.byReason.get(why) ?? { why, ...some() };
        this.byReason.set(why, found);
        addTo(found, command || url);
        if (this.file) {
            const cells = [url, String(object.size), object.storageClass, why, command];
            await write(this.file, `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join()}\n`);
        }
    }

    async close(): Promise<readonly SkippedSummary[]> {
        if (this.file) {
            await end(this.file);
        }
        return [...this.byReason.values()];
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
