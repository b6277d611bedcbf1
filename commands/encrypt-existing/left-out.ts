import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import type { LeftOut, Unusual } from "./survey";

/** What a batch copy cannot do for one reason. */
export interface LeftOutSummary {
    readonly why: Unusual;
    objects: number;
    /** Some of them, as S3 URLs. */
    readonly examples: string[];
}

const EXAMPLES = 10;

/** Counts what is left out, shows some of it, and writes all of it to a file where one is asked for. */
export class LeftOutList {
    private readonly byReason = new Map<Unusual, LeftOutSummary>();
    private readonly file: WriteStream | undefined;

    private constructor(file: WriteStream | undefined) {
        this.file = file;
    }

    /** @throws Error where the file is there already, or cannot be written. */
    static async open(file: string | undefined): Promise<LeftOutList> {
        if (file === undefined) {
            return new LeftOutList(undefined);
        }
        const stream = createWriteStream(file, { flags: "wx" });
        try {
            await once(stream, "open");
        } catch (error) {
            throw new Error(`--list ${file}: ${error instanceof Error ? error.message : error}`);
        }
        stream.write("url,bytes,storage class,why\n");
        return new LeftOutList(stream);
    }

    async add({ bucket, key, size, storageClass, why }: LeftOut): Promise<void> {
        const url = `s3://${bucket}/${key}`;
        const summary = this.byReason.get(why) ?? { why, objects: 0, examples: [] };
        this.byReason.set(why, summary);
        summary.objects += 1;
        if (summary.examples.length < EXAMPLES) {
            summary.examples.push(url);
        }
        if (
            this.file &&
            !this.file.write(`"${url.replaceAll('"', '""')}",${size},${storageClass},${why}\n`)
        ) {
            await once(this.file, "drain");
        }
    }

    async close(): Promise<readonly LeftOutSummary[]> {
        await new Promise<void>((resolve) => (this.file ? this.file.end(resolve) : resolve()));
        return [...this.byReason.values()];
    }
}
