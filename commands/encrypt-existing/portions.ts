import { createHash } from "node:crypto";
import { appendFileSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import type { Access, Snapshot } from "./objects";
import { temporaryFolder } from "./transfer";

/** The number of objects of a run's first job: if S3's copy loses something, few objects have lost it. */
const TRIAL = 20;

/** Objects of one bucket and storage class, which one job copies. */
export class Portion {
    readonly keys = new Fingerprint();
    /** Local files: the job's manifest, and a `Snapshot` per line. */
    readonly files: { readonly manifest: string; readonly objects: string };
    private readonly descriptors: readonly [manifest: number, objects: number];

    constructor(
        readonly access: Access,
        readonly storageClass: string,
        file: string,
    ) {
        this.files = { manifest: `${file}.csv`, objects: `${file}.ndjson` };
        this.descriptors = [openSync(this.files.manifest, "w"), openSync(this.files.objects, "w")];
    }

    add(before: Snapshot): void {
        this.keys.add(before.key);
        const key = before.key.split("/").map(encodeURIComponent).join("/");
        const [manifest, objects] = this.descriptors;
        appendFileSync(manifest, `${this.access.bucket},${key}\n`);
        appendFileSync(objects, `${JSON.stringify(before)}\n`);
    }
}

/** Writes manifests to temporary files while objects are found: there may be millions. */
export class Portions {
    private readonly folder = temporaryFolder();
    private readonly byName = new Map<string, Portion>();
    private trial: string | undefined;

    add(access: Access, storageClass: string, before: Snapshot): void {
        const name = `${access.bucket}-${storageClass}`;
        this.trial ??= name;
        const isTrial = this.trial === name && (this.byName.get("trial")?.keys.count ?? 0) < TRIAL;
        const id = isTrial ? "trial" : name;
        const portion = this.byName.get(id) ?? new Portion(access, storageClass, path.join(this.folder, id));
        this.byName.set(id, portion);
        portion.add(before);
    }

    /** The portions, the smallest first. */
    get all(): readonly Portion[] {
        return [...this.byName.values()].sort((a, b) => a.keys.count - b.keys.count);
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
