import { Document, isNode, Scalar, visit } from "yaml";
import { formatPath } from "../../components/domain/errors";
import { LOCATIONS, parseS3Url } from "../../components/domain/locations";
import { NAMESPACE } from "../../components/domain/naming";
import { valueAt } from "../../components/domain/value-at";
import type { Tree } from "../config-yml";
import { SCHEMA_FILE } from "../schema";
import { type Entry, LISTS, REGION } from "./verdicts";

/** What the stack file holds. */
interface Content {
    readonly entries: readonly Entry[];
    /** Lines at the top, by paragraph. */
    readonly paragraphs: readonly (readonly string[])[];
    /** Today's subnet, for a hint. */
    readonly subnet: unknown;
}

/** Strings that every YAML reader takes for strings, quoted or not. All others are quoted. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z](?:[\w.:/-]*[\w./-])?$/i;

/** The name of the config key of EmrEtlRunner's keys. */
export const EMR_ETL_RUNNER = `${NAMESPACE}:emrEtlRunner`;

export function writeStackFile(content: Content): string {
    const { region, emrEtlRunner } = stackConfig(content.entries);
    const key = new Scalar(EMR_ETL_RUNNER);
    key.spaceBefore = region !== undefined;
    key.commentBefore = hints(emrEtlRunner, content.subnet)
        .map((line) => ` ${line}`)
        .join("\n");
    const config = new Map<unknown, unknown>([
        ["aws:region", region],
        [key, emrEtlRunner],
    ]);
    const document = new Document({ config }, { aliasDuplicateObjects: false });
    visit(document, {
        Scalar: (_, node) => {
            if (typeof node.value === "string") {
                node.type = PLAIN.test(node.value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
            }
        },
    });
    for (const { to = [], original } of content.entries) {
        const node = document.getIn(["config", ...(to === REGION ? to : [EMR_ETL_RUNNER, ...to])], true);
        if (original !== undefined && isNode(node)) {
            node.comment = [node.comment, ` ${original}`].filter(Boolean).join(";");
        }
    }
    const text = document.toString({
        indent: 4,
        lineWidth: 0,
        doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    });
    const comment = header(content).map((line) => `# ${line}`.trimEnd());
    return escapeBreaks([...comment, text].join("\n"));
}

function header({ entries, paragraphs }: Content): readonly string[] {
    const lists = Object.entries(LISTS).map(([name, title]) => {
        const lines = entries.filter(({ list }) => list === name).map(lineOf);
        return lines.length === 0 ? [] : [title, ...lines];
    });
    const isOpen = entries.some(({ list }) => list === "open");
    return [
        `yaml-language-server: $schema=${SCHEMA_FILE}`,
        "",
        `From a config.yml, by \`npm run adopt\`.${isOpen ? " `render` refuses this file until no value is open; then it says what else is wrong." : ""}`,
        ...[...paragraphs, ...lists].flatMap((lines) => (lines.length === 0 ? [] : ["", ...lines])),
    ];
}

function lineOf({ list, path, value, reason }: Entry): string {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return `  ${[formatPath(path), ...(list === "defaults" ? [shown] : []), reason].join(": ")}`;
}

/** What config.yml does not tell, ready to be filled in. */
function hints(emrEtlRunner: Tree, subnet: unknown): readonly string[] {
    const urls = LOCATIONS.flatMap((row) =>
        [valueAt(emrEtlRunner, ["aws", "s3", "buckets", ...row.path.split(".")])].flat(),
    );
    const buckets = urls.flatMap((url) => parseS3Url(String(url))?.bucket ?? []);
    const storage = [
        "Uncomment, and delete each bucket that `aws s3api get-bucket-encryption` reports as AES256.",
        `${NAMESPACE}:storage:`,
        `    encryptExistingBuckets: [${[...new Set(buckets)].join(", ")}]`,
    ];
    const network = [
        "Clusters run in a new VPC; to stay in today's, name it.",
        `${NAMESPACE}:network:`,
        `    existing: { vpcId: vpc-…, subnetIds: [${subnet}] }`,
    ];
    return [
        "Jobs may read more than these locations: enrichment data, tables, parameters.",
        `${NAMESPACE}:access:`,
        "    readLocations: [s3://…]",
        "    dynamodbTables: […]",
        "    ssmParameters: […]",
        ...(buckets.length > 0 ? storage : []),
        ...(/^subnet-[0-9a-f]{8,17}$/.test(String(subnet)) ? network : []),
    ];
}

/** Line breaks to some YAML readers, or nothing that they take; all of them stand in double quotes or in comments. */
function escapeBreaks(text: string): string {
    return text.replace(
        /[\u007f-\u009f\u2028\u2029\ufeff\ufdd0-\ufdef\ufffe\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** What the entries put into the stack file. */
export function stackConfig(entries: readonly Entry[]): {
    readonly region: unknown;
    readonly emrEtlRunner: Tree;
} {
    // Without a prototype: a key may be `toString`.
    const map = () => Object.create(null) as Record<string | number, unknown>;
    const root = map();
    for (const { to, value } of entries) {
        if (to !== undefined) {
            let parent = root;
            for (const [depth, key] of to.slice(0, -1).entries()) {
                parent[key] ??= typeof to[depth + 1] === "number" ? [] : map();
                parent = parent[key] as typeof root;
            }
            parent[to.at(-1) ?? ""] = value;
        }
    }
    const { [String(REGION)]: region, ...emrEtlRunner } = root;
    return { region, emrEtlRunner };
}
