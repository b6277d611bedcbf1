import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import type { Snapshot } from "./objects";
import { end, openFile, temporaryFolder, write } from "./transfer";

/** The number of objects of a run's first job: if S3's copy loses something, few objects have lost it. */
const TRIAL = 20;

/** Objects of one bucket and storage class, which one job copies. */
export class Portion {
    readonly keys = new Fingerprint();
    /** Local files: the job's manifest, and a `Snapshot` per line. */
    readonly files: { readonly manifest: string; readonly objects: string };
    private readonly manifest;
    private readonly objects;

    constructor(
        readonly bucket: string,
        readonly storageClass: string,
        file: string,
    ) {
        this.files = { manifest: `${file}.csv`, objects: `${file}.ndjson` };
        this.manifest = openFile(this.files.manifest);
        this.objects = openFile(this.files.objects);
    }

    async add(before: Snapshot): Promise<void> {
        this.keys.add(before.key);
        const key = before.key.split("/").map(encodeURIComponent).join("/");
        await write(this.manifest, `${this.bucket},${key}\n`);
        await write(this.objects, `${JSON.stringify(before)}\n`);
    }

    async close(): Promise<void> {
        await end(this.manifest);
        await end(this.objects);
    }
}

/** Writes manifests to temporary files while objects are found: there may be millions. */
export class Portions {
    private readonly folder = temporaryFolder();
    private readonly byName = new Map<string, Portion>();
    private trial: string | undefined;

    async add(bucket: string, storageClass: string, before: Snapshot): Promise<void> {
        const name = `${bucket}-${storageClass}`;
        this.trial ??= name;
        const isTrial = this.trial === name && (this.byName.get("trial")?.keys.count ?? 0) < TRIAL;
        const id = isTrial ? "trial" : name;
        const portion = this.byName.get(id) ?? new Portion(bucket, storageClass, path.join(this.folder, id));
        this.byName.set(id, portion);
        await portion.add(before);
    }

    /** The portions, the smallest first. */
    async close(): Promise<readonly Portion[]> {
        const portions = [...this.byName.values()];
        for (const portion of portions) {
            await portion.close();
        }
        return portions.sort((a, b) => a.keys.count - b.keys.count);
    }

    /** Deletes the temporary files. */
    dispose(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}

/** Identifies a set of keys in any order: the sum of their digests. Plus signs count as spaces, their encoding in forms. */
export class Fingerprint {
    count = 0;
    private sum = 0n;

    add(key: string): void {
        const digest = createHash("sha256").update(key.replaceAll("+", " ")).digest().readBigUInt64BE();
        this.sum = BigInt.asUintN(64, this.sum + digest);
        this.count += 1;
    }

    get value(): string {
        return this.sum.toString(16);
    }
}
