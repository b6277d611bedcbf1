import { parseConfig } from "../../components/config";
import { type ArgumentError, InvalidArguments, isWithin } from "../../components/domain/errors";
import { NAMESPACE } from "../../components/domain/naming";
import { joinErrors, parseStackFile } from "../stack-file";
import { errorOf } from "../yaml-error";
import { differences } from "./defaults";
import { type Leaf, readLeaves } from "./leaves";
import { upgradesBefore } from "./older";
import { ConfigYml, type Entry, entriesOf, pathOf } from "./verdicts";
import { EMR_ETL_RUNNER, writeStackFile } from "./write";

/** The stack file for a config.yml. */
export interface Adopted {
    readonly stackFile: string;
    /** What became of each leaf of config.yml, and of each that it lacks. What may be a secret is `…` in a path. */
    readonly entries: readonly Entry[];
    /** What `render` would report for the stack file: one error for each open value, and the others. */
    readonly errors: readonly ArgumentError[];
}

/** What means something else to EmrEtlRunner, where config.yml does not have it, than to the stack. */
const ABSENT: readonly Entry[] = [
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
].map((entry) => ({ list: "defaults", to: entry.path, ...entry }));

/**
 * The stack file for a config.yml of EmrEtlRunner 0.17 or later. Nothing in it is run. Every leaf is in the stack file
 * with its value, in the list of what is omitted, or open.
 * @throws InvalidArguments if it is no config.yml.
 */
export function adopt(text: string, file: string, stack: string): Adopted {
    const { leaves, instructionLines } = readLeaves(text, file);
    checkFile(leaves, file);
    const config = new ConfigYml(leaves);
    const judged = leaves.flatMap((leaf) => entriesOf(leaf, config));
    const absent = ABSENT.filter(
        ({ path }) => !judged.some(({ to }) => to && (isWithin(to, path) || isWithin(path, to))),
    );
    const known = [...judged, ...absent];
    const all = [...known, ...differences(config.leaves, known, stack)];
    const entries = unique(all.map((entry) => ({ ...entry, path: config.shown(entry.path) })));
    const lines = instructionLines.join(", ");
    const instructions = `Instructions of a template tool, which were not run, in config.yml's lines ${lines}.`;
    const stackFile = writeStackFile({
        entries,
        paragraphs: [upgradesBefore(config), lines === "" ? [] : [instructions]],
        subnet: config.leaves.find(({ path }) => path.join(".") === "aws.emr.ec2_subnet_id")?.value,
    });
    return { stackFile, entries, errors: check(stackFile, stack) };
}

function unique<T>(list: readonly T[]): readonly T[] {
    return [...new Map(list.map((each) => [JSON.stringify(each), each])).values()];
}

/** @throws InvalidArguments */
function checkFile(leaves: readonly Leaf[], file: string): void {
    const config = new ConfigYml(leaves.filter(({ value }) => value !== null));
    const missing = ["aws.s3", "aws.emr"].filter((place) => !config.has(place));
    if (missing.length === 0) {
        return;
    }
    const expected = "the config.yml of EmrEtlRunner 0.17 or later";
    const keys = leaves.map(({ path }) => String(path[0]));
    if (keys.includes("config")) {
        const fix = "`npm run render -- STACK` checks a stack file";
        throw errorOf(file, { code: "not-a-config-yml", found: "a stack file", expected, fix });
    }
    const found = ["s3", "emr", "etl"].some((key) => keys.includes(key))
        ? "s3 and emr at the top level, as in a config.yml from before EmrEtlRunner 0.17"
        : `no keys below ${missing.join(" and ")}`;
    throw errorOf(file, { code: "not-a-config-yml", found, expected });
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
    } catch (error) {
        if (error instanceof InvalidArguments) {
            return joinErrors(file, error.errors);
        }
        throw error;
    }
    return joinErrors(file, []);
}
