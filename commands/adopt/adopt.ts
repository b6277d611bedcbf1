import { OPEN_VALUE, templateIn } from "../../components/args/open-value";
import { secretIn } from "../../components/args/secrets";
import { parseConfig } from "../../components/config";
import { type ArgumentError, InvalidArguments, isWithin, type Path } from "../../components/domain/errors";
import { NAMESPACE } from "../../components/domain/naming";
import { joinErrors, parseStackFile } from "../stack-file";
import { errorOf } from "../yaml-error";
import { differences } from "./defaults";
import { type Leaf, readLeaves } from "./leaves";
import { upgradesBefore } from "./older";
import type { Adopted, Change, Default, Omission } from "./result";
import {
    isEmpty,
    isRegion,
    nameOf,
    type Opened,
    pathOf,
    REGION,
    REGIONS,
    type Surroundings,
    shownPath,
    type Verdict,
    verdictOn,
} from "./verdicts";
import { EMR_ETL_RUNNER, treeOf, writeStackFile } from "./write";

/** A value of the stack file, and the leaf that it comes from. */
interface Placed {
    readonly leaf: Leaf;
    /** Below emrEtlRunner, or `REGION`. */
    readonly to: Path;
    readonly value: unknown;
    /** If a person has to fill it in. */
    readonly opened?: Opened;
    readonly change?: string;
}

/** What means something else to EmrEtlRunner, where config.yml does not have it, than to the stack. */
const ABSENT: readonly Default[] = [
    {
        path: pathOf("aws.s3.consolidate_shredded_output"),
        value: false,
        reason: "EmrEtlRunner before 0.34.1 had no such key, and combined nothing",
    },
    {
        path: pathOf("aws.emr.jobflow.core_instance_ebs"),
        value: null,
        reason: "no volume, as in config.yml; the stack's default is one",
    },
    {
        path: pathOf("aws.emr.configuration"),
        value: null,
        reason: "none is left of config.yml's; the stack's default is that of EmrEtlRunner's sample",
    },
];

/**
 * The stack file for a config.yml of EmrEtlRunner 0.17 or later. Nothing in it is run. Every leaf is in the stack file
 * with its value, in `omitted`, or open.
 * @throws InvalidArguments if it is no config.yml.
 */
export function adopt(text: string, file: string, stack: string): Adopted {
    const { leaves, instructionLines } = readLeaves(text, file);
    checkFile(leaves, file);
    const around = surroundingsOf(leaves);
    const judged = leaves.map((leaf) => ({ leaf, verdict: verdictOn(leaf, around) }));
    const placed = judged.flatMap(({ leaf, verdict }) => place(leaf, verdict));
    const shown = (path: Path) => shownPath(path, around);

    const opened = placed.flatMap(({ leaf, to, opened: each }) =>
        each === undefined
            ? []
            : [{ ...each, to, path: to === REGION && isRegion(leaf.path) ? leaf.path : to }],
    );
    const omissions = judged.flatMap(({ leaf, verdict }): readonly Omission[] =>
        verdict.kind === "omitted" ? [{ path: verdict.place ?? leaf.path, reason: verdict.reason }] : [],
    );
    const omitted = unique(omissions.map(({ path, reason }) => ({ path: shown(path), reason })));
    const changed = placed.flatMap(({ leaf, to, value, change }): readonly Change[] =>
        change === undefined
            ? []
            : [
                  {
                      path: shown(leaf.path),
                      from: leaf.value,
                      to: to === leaf.path ? value : to,
                      reason: change,
                  },
              ],
    );

    const absent = ABSENT.filter(
        ({ path }) => !placed.some(({ to }) => isWithin(to, path) || isWithin(path, to)),
    );
    const region = placed.findLast(({ to }) => to === REGION)?.value;
    const own = placed.filter(({ to }) => to !== REGION);
    const treeWith = (values: readonly Placed[]) =>
        treeOf([...values.map(({ to, value }) => ({ path: to, value })), ...absent]);
    const emrEtlRunner = treeWith(own);
    const last = leaves.filter(({ isReplaced }) => !isReplaced);
    // The object around an open key is refused, but its other keys are as they will be.
    const withoutOpenKeys = treeWith(own.filter(({ leaf }) => leaf.templateKey === undefined));
    const others = differences(last, withoutOpenKeys, {
        region,
        stack,
        listed: [
            ...omissions.map(({ path }) => path),
            ...placed
                .filter(({ opened: open, change }) => open !== undefined || change !== undefined)
                .flatMap(({ leaf, to }) => [leaf.path, to]),
            ...absent.map(({ path }) => path),
        ],
    });
    const lists = {
        omitted,
        changed: [...changed, ...others.changed],
        defaults: [...absent, ...others.defaults],
    };
    const open = opened.map(({ path, reason }) => ({ path: shown(path), reason }));
    const stackFile = writeStackFile({
        region,
        emrEtlRunner,
        comments: opened.flatMap(({ to, original: text }) =>
            text === undefined ? [] : [{ path: to === REGION ? to : [EMR_ETL_RUNNER, ...to], text }],
        ),
        paragraphs: paragraphs(around, instructionLines),
        sections: { open, ...lists },
        subnet: last.find(({ path }) => path.join(".") === "aws.emr.ec2_subnet_id")?.value,
    });
    return { ...lists, open: open.map(({ path }) => path), stackFile, errors: check(stackFile, stack) };
}

/** What a verdict writes into the stack file. */
function place(leaf: Leaf, verdict: Verdict): readonly Placed[] {
    if (verdict.kind === "kept") {
        const { to = leaf.path, value, change } = verdict;
        return [{ leaf, to, value, ...(change !== undefined && { change }) }];
    }
    const opened = verdict.kind === "open" ? verdict : verdict.opens;
    if (opened === undefined) {
        return [];
    }
    const to = opened.to ?? leaf.path;
    const places = REGIONS.some((region) => isWithin(pathOf(region), to)) ? [REGION, to] : [to];
    return places.map((each) => ({ leaf, to: each, value: OPEN_VALUE, opened }));
}

function unique<T>(list: readonly T[]): readonly T[] {
    return [...new Map(list.map((each) => [JSON.stringify(each), each])).values()];
}

function paragraphs(
    around: Surroundings,
    instructionLines: readonly number[],
): readonly (readonly string[])[] {
    const lines = instructionLines.join(", ");
    const instructions = `Instructions of a template tool, which were not run, in config.yml's lines ${lines}.`;
    return [upgradesBefore(around), lines === "" ? [] : [instructions]].filter(({ length }) => length > 0);
}

function surroundingsOf(leaves: readonly Leaf[]): Surroundings {
    const last = leaves.filter(({ isReplaced }) => !isReplaced);
    const has = (place: string) =>
        last.some(({ path, value }) => isWithin(path, pathOf(place)) && !isEmpty(value));
    // Another key may hold the same, by an alias. A shorter string may be a word.
    const own = leaves
        .filter(({ path, value }) => secretIn(nameOf(path), String(value)) !== undefined)
        .flatMap(({ value, source }) => [String(value), source])
        .filter((secret) => secret.length >= 16 && templateIn(secret, []) === undefined);
    return {
        mode: has("aws.s3.buckets.enriched.stream") ? "stream-enrich" : "batch",
        has: (place) =>
            last.some(
                ({ path, value }) =>
                    isWithin(path, pathOf(place)) || (!isEmpty(value) && isWithin(pathOf(place), path)),
            ),
        isOwnCredential: (text) => own.some((key) => text.includes(key)),
        otherRegion: ({ path, value }) =>
            REGIONS.filter((place) => place !== path.join("."))
                .flatMap((place) => last.filter((other) => isWithin(pathOf(place), other.path)))
                .find((other) => !isEmpty(other.value) && other.value !== value),
    };
}

/** @throws InvalidArguments */
function checkFile(leaves: readonly Leaf[], file: string): void {
    const below = (place: string) =>
        leaves.some(({ path, value }) => {
            const isThere = value !== null && isWithin(path, pathOf(place));
            // A template tool may compute a whole part of the file.
            return isThere || (typeof value === "string" && path.length > 0 && isWithin(pathOf(place), path));
        });
    const missing = ["aws.s3", "aws.emr"].filter((place) => !below(place));
    if (missing.length === 0) {
        return;
    }
    const keys = leaves.map(({ path }) => String(path[0]));
    const isStackFile = keys.includes("config");
    const isOld = ["s3", "emr", "etl"].some((key) => keys.includes(key));
    const found = isStackFile
        ? "a stack file"
        : isOld
          ? "s3 and emr at the top level, as in a config.yml from before EmrEtlRunner 0.17"
          : `no keys below ${missing.join(" and ")}`;
    throw errorOf(file, {
        code: "not-a-config-yml",
        found,
        expected: "the config.yml of EmrEtlRunner 0.17 or later",
        ...(isStackFile && { fix: "`npm run render -- STACK` checks a stack file" }),
    });
}

/** The errors that `render` finds in a stack file. */
function check(text: string, stack: string): readonly ArgumentError[] {
    const file = parseStackFile(text, stack, NAMESPACE);
    try {
        parseConfig({
            project: NAMESPACE,
            stack,
            region: file.config["aws:region"],
            defaultTags: undefined,
            config: { emrEtlRunner: JSON.parse(file.config[EMR_ETL_RUNNER] ?? "{}") },
            encryptedKeys: [],
        });
        return joinErrors(file, []);
    } catch (error) {
        if (error instanceof InvalidArguments) {
            return joinErrors(file, error.errors);
        }
        throw error;
    }
}
