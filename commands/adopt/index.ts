import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import { OWNED_KEYS } from "../../components/args/emr-etl-runner";
import { isNear, nearest } from "../../components/args/nearest";
import { environment } from "../../components/args/schema";
import { expectedAt, knownKeys } from "../../components/args/schema-guide";
import { secretIn } from "../../components/args/secrets";
import { NAMESPACE, parseConfig, stackFileReport } from "../../components/config";
import { type ArgumentError, formatPath, InvalidArguments, type Path } from "../../components/domain/errors";
import { LOCATIONS, parseS3Url } from "../../components/domain/locations";
import { EMR_TAG, STACK_TAG } from "../../components/domain/naming";
import { valueAt } from "../../components/domain/value-at";
import { isTree, readConfig, repeatedKeys, TAG, type Tree, withoutTags } from "../config-yml";
import { redact } from "../credentials";
import { SCHEMA_FILE } from "../schema";
import { isWithin, joinErrors, readStackFile } from "../stack-file";
import { decodeUtf8 } from "../yaml-error";
import { type Adopted, SECTIONS } from "./result";

export type { Adopted } from "./result";

/** What was not taken as it is: `left` and `changed` are told in the stack file, `open` is its owner's to decide. */
interface Notes {
    readonly left: string[];
    readonly changed: string[];
    readonly open: ArgumentError[];
}

/** The stack file for a config.yml of EmrEtlRunner 0.33 or later; nothing in it is run. */
export function adopt(text: string, file: string, stack: string): Adopted {
    const config = readConfig(text, file);
    const notes: Notes = { left: [], changed: [], open: [] };
    const region = regionOf(config, notes);
    const rules = rulesFor(config);
    const taken = (take(config, [], { ...rules, notes }) ?? {}) as Tree;
    notes.left.push(
        ...repeatedKeys(text, file).map(
            (way) =>
                `${shown(way, rules)}: it is there more than once, and EmrEtlRunner takes the last, as this file does`,
        ),
    );
    const stackFile = write(region, withWhatIsAbsent(taken, notes), config, notes);
    const found = check(stackFile, stack).filter(
        (error) => !notes.open.some((outer) => isWithin(error.path, outer.path)),
    );
    const listed = (lines: readonly string[]) =>
        lines.map((line) => ({ path: [line.split(": ")[0] ?? ""], reason: line }));
    return {
        stackFile,
        open: notes.open.map(({ path: place }) => place.slice(1)),
        omitted: listed(notes.left),
        changed: listed(notes.changed),
        defaults: [],
        errors: [...notes.open, ...found],
    };
}

// What is taken

interface Rules {
    /** What stays out, by its place, and why. */
    readonly leave: ReadonlyMap<string, string>;
    readonly isCredential: (name: string, text: string) => boolean;
}

/** Keys of old versions, which EmrEtlRunner has read over since: their samples from 0.17 on have no others. */
const FORMER: Readonly<Record<string, string>> = {
    "enrich.job_name": "since 0.25 it is aws.emr.jobflow.job_name",
    "enrich.versions.hadoop_enrich": "since 0.25 it is enrich.versions.spark_enrich",
    "enrich.versions.hadoop_shred": "since 0.25 it is storage.versions.rdb_shredder",
    "enrich.versions.hadoop_elasticsearch": "since 0.25 it is storage.versions.hadoop_elasticsearch",
    "storage.download": "it was StorageLoader's, which ended with 0.27",
    "storage.targets": "since 0.25 targets are files of their own, for --targets",
};

function rulesFor(config: Tree): Rules {
    const { access_key_id: id, secret_access_key: secret } = config.aws as Tree;
    // AWS has none that are shorter.
    const own = [id, secret].filter((key) => typeof key === "string" && key.length >= 16) as string[];
    const stream = valueAt(config, ["aws", "s3", "buckets", "enriched", "stream"]) ?? null;
    const streamHasNone = [
        ...LOCATIONS.filter(({ modes }) => !modes.includes("stream-enrich")).map(
            (row) => `aws.s3.buckets.${row.path}`,
        ),
        "collectors",
    ];
    return {
        isCredential: (name, text) =>
            looksLikeCredential(name, text) || own.some((key) => !key.includes(TAG) && text.includes(key)),
        leave: new Map([
            ...unknownKeys(config),
            ...Object.entries(OWNED_KEYS),
            ...[...Object.keys(EMR_TAG), STACK_TAG].map(
                (tag) => [`monitoring.tags.${tag}`, "the stack sets it"] as const,
            ),
            ...(stream === null ? [] : streamHasNone).map(
                (key) => [key, "enriched.stream means stream-enrich mode, which has none"] as const,
            ),
        ]),
    };
}

function unknownKeys(config: Tree): readonly (readonly [string, string])[] {
    const issues = environment.safeParse({ emrEtlRunner: config }).error?.issues ?? [];
    return issues.flatMap((issue) =>
        issue.code !== "unrecognized_keys"
            ? []
            : issue.keys.map((key) => {
                  const [, ...below] = issue.path as Path;
                  const place = formatPath([...below, key]);
                  const near = nearest(key, knownKeys(issue.path as Path));
                  const meant = near && isNear(key, near, 0.25) ? `; did you mean ${near}?` : "";
                  return [place, FORMER[place] ?? `EmrEtlRunner reads no such key${meant}`] as const;
              }),
    );
}

/** What the stack file would be refused for, or looks like a key. */
function looksLikeCredential(name: string, text: string): boolean {
    return secretIn(name, text) !== undefined || redact(text) !== text;
}

type Context = Rules & { readonly notes: Notes };

/** A value for the stack file, without what stays out of it; undefined where nothing is left. */
function take(value: unknown, way: Path, context: Context): unknown {
    const { leave, notes } = context;
    const because = leave.get(formatPath(way));
    if (because !== undefined && value !== null) {
        notes.left.push(`${shown(way, context)}: ${because}`);
        return undefined;
    }
    if (Array.isArray(value)) {
        const items = value.map((item, index) =>
            item === null ? null : take(item, [...way, index], context),
        );
        const kept = items.filter((item) => item !== undefined);
        return kept.length === 0 && items.length > 0 ? undefined : kept;
    }
    if (isTree(value)) {
        const entries = Object.entries(value).map(
            ([key, item]) => [key, take(item, [...way, key], context)] as const,
        );
        const kept = entries.filter(([, item]) => item !== undefined);
        return kept.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(kept);
    }
    if (value === null || isOpen(String(value), way, context)) {
        return undefined;
    }
    return typeof value === "string" ? inS3(value, way, context) : value;
}

/** Whether its owner has to write a value in: it cannot be known here, or must not be copied. */
function isOpen(text: string, way: Path, context: Context): boolean {
    const { notes, isCredential } = context;
    const name = String(way.findLast((part) => typeof part === "string"));
    const place = ["emrEtlRunner", ...way.map((part) => hidden(part, context))];
    if (isCredential(name, text) || isCredential("", name)) {
        notes.open.push({
            code: "credential",
            path: place,
            found: "what looks like a credential, which was omitted",
            fix: "keep it out: config.yml would hold it in plain text",
        });
        return true;
    }
    if (!`${name}${text}`.includes(TAG)) {
        return false;
    }
    notes.open.push({
        code: "erb-value",
        path: place,
        found: `an ERB tag, which was not run: ${JSON.stringify(withoutTags(text.includes(TAG) ? text : name))}`,
        expected: `the value it gives: ${expectedAt(["emrEtlRunner", ...way])}`,
    });
    return true;
}

/** S3's older names in Hadoop: on EMR, s3:// is what the security configuration is about. */
function inS3(text: string, way: Path, context: Context): string {
    const url = text.replace(/^s3[an]:\/\//, "s3://");
    if (url === text || !/^aws\.(s3\.buckets|emr\.bootstrap)\./.test(way.join("."))) {
        return text;
    }
    context.notes.changed.push(`${shown(way, context)}: s3:// instead of ${text.slice(0, "s3a://".length)}`);
    return url;
}

function shown(way: Path, rules: Rules): string {
    return formatPath(way.map((part) => hidden(part, rules)));
}

/** Keys are anybody's too. */
function hidden(part: string | number, { isCredential }: Rules): string | number {
    return typeof part === "number" ? part : isCredential("", part) ? "…" : withoutTags(part);
}

/** Buckets cannot be moved, clusters can. */
function regionOf(config: Tree, { open }: Notes): string | undefined {
    const texts = ["s3", "emr"]
        .map((key) => valueAt(config, ["aws", key, "region"]))
        .filter((value) => typeof value === "string");
    const [region, other = region] = texts.filter((text) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(text));
    const error = { code: "region-of-config-yml", path: ["aws:region"] } as const;
    if (region === undefined && texts.length > 0) {
        const found = texts.join().includes(TAG)
            ? "an ERB tag, which was not run"
            : "a string that is not a region";
        open.push({ ...error, found, expected: "the region of buckets and clusters" });
    } else if (other !== region) {
        open.push({
            ...error,
            found: `${region} in aws.s3.region and ${other} in aws.emr.region`,
            expected: "one region for buckets and clusters",
        });
    }
    return region;
}

/** What means something else to EmrEtlRunner, where config.yml does not have it, than to the stack. */
const ABSENT = [
    {
        way: ["aws", "s3", "consolidate_shredded_output"],
        value: false,
        because: "EmrEtlRunner before 0.34.1 had no such key, and combined nothing",
    },
    {
        way: ["aws", "emr", "jobflow", "core_instance_ebs"],
        value: null,
        because: "config.yml has none, the stack's default is a volume",
    },
    {
        way: ["aws", "emr", "configuration"],
        value: null,
        because: "config.yml has none, the stack's default is that of EmrEtlRunner's sample",
    },
] as const;

function withWhatIsAbsent(taken: Tree, { open, changed }: Notes): Tree {
    const isAbsent = (way: readonly string[]) =>
        valueAt(taken, way) === undefined &&
        !open.some(({ path: place }) => isWithin(place, ["emrEtlRunner", ...way]));
    const buckets = ["aws", "s3", "buckets"];
    const mode = isAbsent([...buckets, "enriched", "stream"]) ? "batch" : "stream-enrich";
    for (const { path: location, modes, optional } of LOCATIONS) {
        if (modes.includes(mode) && !optional && isAbsent([...buckets, ...location.split(".")])) {
            changed.push(
                `aws.s3.buckets.${location}: config.yml has none, so the stack makes a bucket for it`,
            );
        }
    }
    return ABSENT.filter(({ way }) => isAbsent(way)).reduce((tree, { way, value, because }) => {
        changed.push(`${way.join(".")}: ${value}: ${because}`);
        return withValue(tree, way, value);
    }, taken);
}

function withValue(tree: Tree, [key = "", ...rest]: readonly string[], value: unknown): Tree {
    const below = tree[key];
    return { ...tree, [key]: rest.length === 0 ? value : withValue(isTree(below) ? below : {}, rest, value) };
}

// The stack file

/** Texts that every YAML reader takes for texts, quoted or not. All others are quoted. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z](?:[\w.:/-]*[\w./-])?$/i;

function write(region: string | undefined, taken: Tree, config: Tree, notes: Notes): string {
    const name = `${NAMESPACE}:emrEtlRunner`;
    const document = new Document(
        { config: { ...(region === undefined ? {} : { "aws:region": region }), [name]: taken } },
        { aliasDuplicateObjects: false },
    );
    visit(document, {
        Scalar: (_, node) => {
            if (typeof node.value === "string") {
                node.type = PLAIN.test(node.value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
            }
        },
    });
    const pairs = document.get("config", true);
    const pair = isMap(pairs) ? pairs.items.at(-1) : undefined;
    if (isScalar(pair?.key)) {
        pair.key.spaceBefore = region !== undefined;
        pair.key.commentBefore = hints(taken, config)
            .map((line) => ` ${line}`)
            .join("\n");
    }
    const text = document.toString({
        indent: 4,
        lineWidth: 0,
        doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    });
    const comment = header(notes).map((line) => `# ${line}`.trimEnd());
    return escapeBreaks([...comment, text].join("\n"));
}

function header({ left, changed, open }: Notes): readonly string[] {
    const { formatPath: format } = stackFileReport("");
    const section = (title: string, lines: readonly string[]) =>
        lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
    return [
        `yaml-language-server: $schema=${SCHEMA_FILE}`,
        "",
        "From a config.yml, by `npm run adopt`.",
        ...section(
            SECTIONS.open,
            open.map(
                ({ path: place, found, expected, fix }) =>
                    `${format(place)}: found: ${found}; ${expected === undefined ? `fix: ${fix}` : `expected: ${expected}`}`,
            ),
        ),
        ...section(SECTIONS.omitted, left),
        ...section(SECTIONS.changed, changed),
    ];
}

/** What config.yml does not tell, ready to be filled in. */
function hints(taken: Tree, config: Tree): readonly string[] {
    const urls = LOCATIONS.flatMap((row) =>
        [valueAt(taken, ["aws", "s3", "buckets", ...row.path.split(".")])].flat(),
    );
    const buckets = urls.flatMap((url) => (typeof url === "string" ? (parseS3Url(url)?.bucket ?? []) : []));
    const subnet = String(valueAt(config, ["aws", "emr", "ec2_subnet_id"]));
    return [
        "What the jobs read besides, and the role of today may read anyway: enrichment data, tables, parameters.",
        `${NAMESPACE}:access:`,
        "    readLocations: [s3://…]",
        "    dynamodbTables: […]",
        "    ssmParameters: […]",
        ...(buckets.length === 0
            ? []
            : [
                  "Those of your buckets whose default encryption is something else than SSE-S3.",
                  `${NAMESPACE}:storage:`,
                  `    encryptExistingBuckets: [${[...new Set(buckets)].join(", ")}]`,
              ]),
        ...(/^subnet-[0-9a-f]{8,17}$/.test(subnet)
            ? [
                  "Clusters run in a VPC that the stack makes; to stay in today's, name it.",
                  `${NAMESPACE}:network:`,
                  `    existing: { vpcId: vpc-…, subnetIds: [${subnet}] }`,
              ]
            : []),
    ];
}

/** Line breaks to some YAML readers, or nothing that they take; all of them stand in double quotes or in comments. */
function escapeBreaks(text: string): string {
    return text.replace(
        /[\u007f-\u009f\u2028\u2029\ufeff\ufdd0-\ufdef\ufffe\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** Reads the stack file as the program would. */
function check(stackFile: string, stack: string): readonly ArgumentError[] {
    const folder = mkdtempSync(path.join(tmpdir(), "adopt-"));
    try {
        writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stackFile);
        const file = readStackFile(folder, stack);
        const found = errorsOf(() =>
            parseConfig({
                project: NAMESPACE,
                stack,
                region: file.config["aws:region"],
                defaultTags: undefined,
                config: { emrEtlRunner: JSON.parse(file.config[`${NAMESPACE}:emrEtlRunner`] ?? "{}") },
                encryptedKeys: [],
            }),
        );
        return joinErrors(file, found);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

function errorsOf(run: () => unknown): readonly ArgumentError[] {
    try {
        run();
        return [];
    } catch (error) {
        if (error instanceof InvalidArguments) {
            return error.errors;
        }
        throw error;
    }
}

// The command

const HELP = `npm run adopt -- config.yml [--stack dev] [--to Pulumi.dev.yaml]

Prints the stack file for an EmrEtlRunner that is running already, from its config.yml (0.33 or later).
ERB tags are not run. What was left out, and why, stands at the top of the file.

  --to FILE   write it to a new file instead. Without it, "npm run -s" keeps npm's own lines out of the
              output.

Exit code: 0, the stack file is valid; 1, it is printed or written, with errors on stderr to fix by
hand; 2, nothing could be read, or written.
`;

/** What the command's arguments ask for cannot be done. */
class UsageError extends Error {}

interface Ended {
    readonly code: 0 | 1 | 2;
    readonly stdout: string;
    readonly stderr: string;
}

export function adoptCommand(args: readonly string[]): Ended {
    try {
        const { values, positionals } = readArguments(args);
        const [file, ...others] = positionals;
        if (values.help) {
            return { code: 0, stdout: HELP, stderr: "" };
        }
        if (file === undefined || others.length > 0) {
            throw new UsageError(
                `found: ${positionals.length} files; expected: one config.yml\n\n${HELP}`.trimEnd(),
            );
        }
        if (!/^[\w.-]+$/.test(values.stack)) {
            throw new UsageError(
                `--stack: found: ${JSON.stringify(values.stack)}; expected: the name of a stack, such as prod`,
            );
        }
        const { stackFile, errors } = adopt(readText(file), file, values.stack);
        const report = stackFileReport(values.stack, () => stackFile);
        const stderr = errors.length === 0 ? "" : `${new InvalidArguments(errors, report).message}\n`;
        if (values.to !== undefined) {
            writeNew(values.to, stackFile);
        }
        return {
            code: stderr === "" ? 0 : 1,
            stdout: values.to === undefined ? stackFile : "",
            stderr,
        };
    } catch (error) {
        if (error instanceof UsageError || error instanceof InvalidArguments) {
            return { code: 2, stdout: "", stderr: `${error.message}\n` };
        }
        throw error;
    }
}

function readArguments(args: readonly string[]) {
    try {
        return parseArgs({
            args: [...args],
            allowPositionals: true,
            options: {
                stack: { type: "string", default: "dev" },
                to: { type: "string" },
                help: { type: "boolean", short: "h", default: false },
            },
        });
    } catch (error) {
        throw new UsageError(`${(error as Error).message}\n\n${HELP}`.trimEnd(), { cause: error });
    }
}

/** A stack file that is there may be somebody's work. */
function writeNew(file: string, text: string): void {
    try {
        writeFileSync(file, text, { flag: "wx" });
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const found = code === "EEXIST" ? "a file that is there" : `an error (${code})`;
        throw new UsageError(`--to ${file}: found: ${found}; expected: a new file`, { cause: error });
    }
}

function readText(file: string): string {
    let bytes: Buffer;
    try {
        bytes = readFileSync(file);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        const found = code === "ENOENT" ? "nothing" : code === "EISDIR" ? "a folder" : `an error (${code})`;
        throw new UsageError(`${file}: found: ${found}; expected: EmrEtlRunner's config.yml`, {
            cause: error,
        });
    }
    return decodeUtf8(file, bytes);
}

if (require.main === module) {
    const { code, stdout, stderr } = adoptCommand(process.argv.slice(2));
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = code;
}
