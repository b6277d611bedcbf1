import { appendFileSync, openSync } from "node:fs";
import { escaped, replaceInvisible } from "../escape";
import { type Access, type ListedObject, objectUrl } from "./objects";
import type { Skipped } from "./survey";
import { addTo, type Some, some } from "./verification";

/** Skipped objects by reason. */
export type SkippedSummary = { readonly why: Skipped } & Some;

/** Counts skipped objects by reason, and writes all of them to a CSV file if one is asked for. */
export class SkippedObjects {
    private readonly byReason = new Map<Skipped, SkippedSummary>();

    private readonly file: number | undefined;

    /** @throws Error if the file exists or cannot be written. */
    constructor(file: string | undefined) {
        try {
            this.file = file === undefined ? undefined : openSync(file, "wx");
        } catch (error) {
            throw new Error(`--list ${file}: ${error instanceof Error ? error.message : error}`);
        }
        this.write("url,bytes,storage class,reason,command");
    }

    get summary(): readonly SkippedSummary[] {
        return [...this.byReason.values()];
    }

    add(access: Access, why: Skipped, object: ListedObject): void {
        const url = objectUrl(access.bucket, object.key);
        const command = why === "large" || why === "class" ? copyCommand(access, object) : "";
        const found = this.byReason.get(why) ?? { why, ...some() };
        this.byReason.set(why, found);
        addTo(found, command || url);
        const cells = [url, String(object.size), object.storageClass, why, command];
        this.write(cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join());
    }

    private write(line: string): void {
        if (this.file !== undefined) {
            appendFileSync(this.file, `${line}\n`);
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
