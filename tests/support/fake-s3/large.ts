import { setTimeout as sleep } from "node:timers/promises";
import { FakeS3 } from ".";
import type { Request, StoredObject } from "./state";

export interface LargeArchive {
    readonly bucket: string;
    /** The folders; each has all the objects. */
    readonly prefixes: readonly string[];
    /** The number of objects in a folder. */
    readonly objects: number;
    /** One in so many objects is from before 2023. */
    readonly oldOnes: number;
    /** One in so many objects is not encrypted. */
    readonly unencryptedOnes: number;
}

/** Milliseconds before an answer, so that requests overlap. */
const LATENCY = 2;

/** A fake S3 with generated objects: the memory of real ones, and a list of all requests, would not do. */
export class LargeS3 extends FakeS3 {
    readonly asked = { list: 0, head: 0, others: 0 };
    override readonly objects: Map<string, StoredObject>;
    private readonly names: ReadonlyMap<string, readonly string[]>;

    constructor({ bucket, prefixes, objects, oldOnes, unencryptedOnes }: LargeArchive) {
        super();
        const kinds = [true, false].flatMap((encrypted) =>
            ["2020-01-01T00:00:00Z", "2024-01-01T00:00:00Z"].map((modified) => ({
                size: 1000,
                encrypted,
                modified,
            })),
        );
        const generated = (name: string) => {
            const number = Number(/part-(\d+)$/.exec(name)?.[1]);
            return kinds[(number % unencryptedOnes === 0 ? 2 : 0) + (number % oldOnes === 0 ? 0 : 1)];
        };
        this.objects = new (class extends Map<string, StoredObject> {
            override get(name: string): StoredObject | undefined {
                return super.get(name) ?? (name.includes("/part-") ? generated(name) : undefined);
            }
        })();
        this.names = new Map(
            prefixes.map((prefix) => [
                `${bucket}/${prefix}`,
                Array.from(
                    { length: objects },
                    (_, number) => `${prefix}run=2020-01-01-00-00-00/part-${number}`,
                ),
            ]),
        );
    }

    override namesIn(bucket: string, prefix: string): readonly string[] {
        return this.names.get(`${bucket}/${prefix}`) ?? super.namesIn(bucket, prefix);
    }

    protected override async onRequest({ method, url }: Request): Promise<void> {
        this.asked[method === "HEAD" ? "head" : url.includes("list-type") ? "list" : "others"] += 1;
        await sleep(LATENCY);
    }
}
