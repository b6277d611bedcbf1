import type { EMR } from "@aws-sdk/client-emr";
import {
    formatS3Url,
    isInside,
    LOCATIONS,
    parseS3Url,
    type S3Folder,
} from "../../components/domain/locations";
import { activeClustersOf } from "../clusters";
import { escaped } from "../escape";
import type { StackOutputs } from "../stack-outputs";

/**
 * Jobs of EmrEtlRunner move the objects of these, by copying and deleting, and EmrEtlRunner lists them before: a copy in
 * place that comes late brings an object back, which is then loaded twice.
 */
const LIVE = LOCATIONS.filter(({ path, operatorLists }) => operatorLists && path !== "log").map(
    ({ path }) => path,
);

export interface Choice {
    /** Default: all that are not live; with `paused`, all. */
    readonly location?: readonly string[];
    /** EmrEtlRunner does not run, and will not until this is done. */
    readonly paused?: boolean;
}

/**
 * The locations to go through, by their keys below `aws.s3.buckets`.
 * @throws Error where one is unknown, or live without `paused`.
 */
export function chooseLocations(outputs: StackOutputs, { location, paused }: Choice): readonly string[] {
    const all = Object.keys(outputs.buckets);
    const unknown = location?.filter((name) => !all.includes(name)) ?? [];
    if (unknown.length > 0) {
        throw new Error(
            `--location ${unknown.join(" ")}: found no such location. There are ${all.join(", ")}.`,
        );
    }
    const live = liveAmong(outputs, location ?? all);
    if (location && live.length > 0 && !paused) {
        throw new Error(
            `--location ${live.join(" ")}: jobs move these objects, and a copy that comes late brings one back, which is then loaded twice. Stop EmrEtlRunner, let its run end, and add --paused.`,
        );
    }
    return location ?? all.filter((name) => paused || !live.includes(name));
}

/** The live locations, and those around a live one: a copy in place takes every object in a folder. */
export function liveAmong(outputs: StackOutputs, locations: readonly string[]): readonly string[] {
    const live = foldersOf(outputs, LIVE);
    return locations.filter((name) =>
        foldersOf(outputs, [name]).some((outer) => live.some((inner) => isInside(inner, outer))),
    );
}

/** @throws Error where a cluster of the stack runs, and so may move what is in live locations. */
export async function checkNoneRuns(emr: EMR, stackTag: string, live: readonly string[]): Promise<void> {
    const clusters = live.length === 0 ? [] : await activeClustersOf(emr, stackTag);
    if (clusters.length > 0) {
        const running = clusters
            .map(({ id, name, state }) => escaped(`${id} (${name}, ${state})`))
            .join(", ");
        throw new Error(
            `${live.join(", ")}: not while a cluster of this stack runs: ${running}. Wait until it has ended, or leave these locations out with --location.`,
        );
    }
}

/** The folders of the chosen locations, each object in one: a folder in another one, or equal to it, is omitted. */
export function placesOf(outputs: StackOutputs, chosen: readonly string[]): readonly S3Folder[] {
    const byUrl = new Map(foldersOf(outputs, chosen).map((folder) => [formatS3Url(folder), folder]));
    const folders = [...byUrl.values()];
    return folders.filter((inner) => !folders.some((outer) => outer !== inner && isInside(inner, outer)));
}

function foldersOf({ buckets }: StackOutputs, locations: readonly string[]): readonly S3Folder[] {
    return locations.flatMap((name) => [buckets[name] ?? []].flat().map(readFolder));
}

export function readFolder(url: string): S3Folder {
    const folder = parseS3Url(url);
    if (!folder) {
        throw new Error(`the stack's outputs: buckets: found "${url}", which is no S3 URL`);
    }
    return folder;
}
