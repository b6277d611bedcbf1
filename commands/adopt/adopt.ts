import { OPEN_VALUE } from "../../components/args/open-value";
import { parseConfig } from "../../components/config";
import { type ArgumentError, isWithin, type Path } from "../../components/domain/errors";
import { NAMESPACE } from "../../components/domain/naming";
import { joinErrors, parseStackFile } from "../stack-file";
import { errorOf } from "../yaml-error";
import { differences } from "./defaults";
import { type Leaf, readLeaves } from "./leaves";
import { upgradesBefore } from "./older";
import type { Adopted, Default } from "./result";
import {
    errorsOf,
    type Opened,
    pathOf,
    REGION,
    type Surroundings,
    shownPath,
    type Verdict,
    verdictOn,
    versionErrors,
} from "./verdicts";
import { EMR_ETL_RUNNER, treeOf, writeStackFile } from "./write";

/** Where EmrEtlRunner has the region; a template tool may compute all of `aws`. */
const REGION_OF_CONFIG_YML = pathOf("aws.s3.region");

interface Judged {
    readonly leaf: Leaf;
    readonly verdict: Verdict;
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
    const judged = leaves.map((leaf): Judged => ({ leaf, verdict: verdictOn(leaf, around) }));
    const shown = (path: Path) => shownPath(path, around);

    const opened = judged.flatMap(({ leaf, verdict }) => openedBy(leaf, verdict));
    const omitted = judged.flatMap(({ leaf, verdict }) =>
        verdict.kind === "omitted" ? [{ path: shown(leaf.path), reason: verdict.reason }] : [],
    );
    const kept = judged.flatMap(({ leaf, verdict }) =>
        verdict.kind === "kept" ? [{ leaf, ...verdict, to: verdict.to ?? leaf.path }] : [],
    );
    const changes = kept.flatMap(({ leaf, value, to, change }) =>
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

    const isRegionOpen = opened.some(({ to }) => isWithin(REGION_OF_CONFIG_YML, to));
    // In config.yml's order.
    const given = judged.flatMap(({ leaf, verdict }) => [
        ...openedBy(leaf, verdict).map(({ to }) => ({ path: to, value: OPEN_VALUE })),
        ...(verdict.kind === "kept" ? [{ path: verdict.to ?? leaf.path, value: verdict.value }] : []),
    ]);
    const absent = ABSENT.filter(
        ({ path }) => !given.some((entry) => isWithin(entry.path, path) || isWithin(path, entry.path)),
    );
    const tree = treeOf([
        ...(isRegionOpen ? [{ path: REGION, value: OPEN_VALUE }] : []),
        ...given,
        ...absent,
    ]);
    const { [REGION.join()]: region, ...emrEtlRunner } = tree;
    const { defaults, changed } = differences(
        leaves.filter(({ isReplaced }) => !isReplaced),
        emrEtlRunner,
        {
            region,
            stack,
            listed: [
                ...judged
                    .filter(({ verdict }) => verdict.kind !== "kept" || verdict.change)
                    .map(({ leaf }) => leaf.path),
                ...[...opened, ...kept.filter(({ change }) => change)].map(({ to }) => to),
                ...absent.map(({ path }) => path),
            ],
        },
    );
    const all = {
        open: opened,
        omitted,
        changed: [...changes, ...changed],
        defaults: [...absent, ...defaults],
    };
    const stackFile = writeStackFile({
        region,
        emrEtlRunner,
        comments: opened.flatMap(({ to, original }) =>
            original === undefined
                ? []
                : [{ path: to === REGION ? to : [EMR_ETL_RUNNER, ...to], text: original }],
        ),
        paragraphs: paragraphs(around, instructionLines),
        sections: {
            open: opened.map(({ path, reason }) => ({ path: shown(path), text: reason })),
            omitted: all.omitted.map(({ path, reason }) => ({ path, text: reason })),
            changed: all.changed.map(({ path, reason }) => ({ path, text: reason })),
            defaults: all.defaults.map(({ path, value, reason }) => ({
                path,
                text: `${valueText(value)}: ${reason}`,
            })),
        },
        subnet: leaves.find(({ path }) => path.join(".") === "aws.emr.ec2_subnet_id")?.value,
    });
    return {
        ...all,
        stackFile,
        open: opened.map(({ path }) => shown(path)),
        errors: check(stackFile, stack),
    };
}

function openedBy(
    leaf: Leaf,
    verdict: Verdict,
): readonly (Opened & { readonly path: Path; readonly to: Path })[] {
    if (verdict.kind === "open") {
        return [{ ...verdict, path: leaf.path, to: verdict.to ?? leaf.path }];
    }
    const opens = verdict.kind === "omitted" ? verdict.opens : undefined;
    return opens === undefined ? [] : [{ ...opens, path: opens.to ?? leaf.path, to: opens.to ?? leaf.path }];
}

function valueText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
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
    const valuesAt = (place: string) =>
        last.filter(({ path, value }) => isWithin(path, pathOf(place)) && value !== null);
    const has = (place: string) => valuesAt(place).length > 0;
    const own = ["aws.access_key_id", "aws.secret_access_key"]
        .flatMap((place) => leaves.filter(({ path }) => path.join(".") === place))
        .flatMap(({ value, source }) => [String(value), source])
        // AWS has none that are shorter.
        .filter((key) => key.length >= 16 && !/<%|[{}$]/.test(key));
    const mode = has("aws.s3.buckets.enriched.stream") ? "stream-enrich" : "batch";
    return {
        mode,
        hasLeaf: (place) => last.some(({ path }) => isWithin(path, pathOf(place))),
        has: (place) =>
            last.some(
                ({ path, value }) =>
                    isWithin(path, pathOf(place)) || (value !== null && isWithin(pathOf(place), path)),
            ),
        isOwnCredential: (text) => own.some((key) => text.includes(key)),
        otherRegion: ({ path, value }) =>
            ["aws.s3.region", "aws.emr.region"]
                .filter((place) => place !== path.join("."))
                .flatMap(valuesAt)
                .find((other) => other.value !== value),
        versions: versionErrors(last, mode),
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
    const found = errorsOf(() =>
        parseConfig({
            project: NAMESPACE,
            stack,
            region: file.config["aws:region"],
            defaultTags: undefined,
            config: { emrEtlRunner: JSON.parse(file.config[EMR_ETL_RUNNER] ?? "{}") },
            encryptedKeys: [],
        }),
    );
    return joinErrors(file, found);
}
