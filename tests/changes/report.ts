import { createPrivateKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { NAMESPACE, PRIVATE_KEY } from "../../components/config";
import { internalDomain } from "../support/arbitrary-config";
import { certificateAuthority } from "../support/authority";
import { runStack } from "../support/run";
import {
    CASES,
    type Case,
    CHAIN,
    KEY,
    Made,
    MORE_TRUSTED,
    OTHER_CHAIN,
    OTHER_KEY,
    SAME_KEY,
    TRUSTED,
} from "./cases";
import { type Change, changingProvider, compare, type Deployed } from "./compare";
import { DECIDED } from "./replacements";

export const CHANGES_FILE = path.join(__dirname, "../../docs/changes.md");

const REGION = "eu-west-1";

/** Those of the AWS provider, not the program's own. */
const isOfProvider = (setting: string) => setting.startsWith("aws:");

/** Puts a value at `emrEtlRunner.aws.…` into a stack config. */
function put(config: Record<string, unknown>, setting: string, value: unknown): void {
    const keys = isOfProvider(setting) ? [setting] : setting.split(".");
    const last = keys.pop() ?? "";
    let at = config;
    for (const key of keys) {
        at[key] ??= {};
        at = at[key] as Record<string, unknown>;
    }
    at[last] = value;
}

type Texts = ReadonlyMap<Made, string>;

async function makeTexts(): Promise<Texts> {
    const [authority, other] = await Promise.all(["first", "second"].map(certificateAuthority));
    if (!authority || !other) {
        throw new Error("two authorities were asked for");
    }
    const domain = [`*.${internalDomain(REGION)}`];
    const [leaf, otherLeaf] = await Promise.all([authority.issue(domain), authority.issue(domain)]);
    return new Map([
        [CHAIN, leaf.chain],
        [KEY, leaf.privateKey],
        [SAME_KEY, String(createPrivateKey(leaf.privateKey).export({ type: "sec1", format: "pem" }))],
        [OTHER_CHAIN, otherLeaf.chain],
        [OTHER_KEY, otherLeaf.privateKey],
        [TRUSTED, authority.certificate],
        [MORE_TRUSTED, authority.certificate + other.certificate],
    ]);
}

/** The stack config of a case, with the setting at this value, and others that go along with it. */
function configOf(
    { setting, given, renewed }: Case,
    value: unknown,
    along: Case["along"],
    texts: Texts,
): Record<string, unknown> {
    const config: Record<string, unknown> = {};
    const changed: Record<string, unknown> =
        renewed || value === undefined || value === null ? {} : { [setting]: value };
    const all: Record<string, unknown> = {
        "emrEtlRunner.collectors.format": "thrift",
        ...given,
        ...changed,
        ...along,
    };
    for (const [key, other] of Object.entries(all)) {
        put(config, key, other instanceof Made ? texts.get(other) : other);
    }
    return config;
}

/** Most cases begin with the same stack: each is run once. */
const runs = new Map<string, Promise<Deployed>>();

function runOnce(config: Record<string, unknown>, renewed: boolean): Promise<Deployed> {
    const key = JSON.stringify([config, renewed]);
    const known = runs.get(key);
    if (known) {
        return known;
    }
    const started = deploy(config, renewed);
    runs.set(key, started);
    return started;
}

async function deploy(config: Record<string, unknown>, renewed: boolean): Promise<Deployed> {
    const region = String(config["aws:region"] ?? REGION);
    const defaultTags = config["aws:defaultTags"];
    const settings = Object.fromEntries(Object.entries(config).filter(([key]) => !isOfProvider(key)));
    const result = await runStack(settings, {
        region,
        aws: defaultTags === undefined ? {} : { defaultTags },
        provider: changingProvider(region, renewed),
        secretKeys: PRIVATE_KEY in config ? [`${NAMESPACE}:${PRIVATE_KEY}`] : [],
    });
    return { ...result, region, defaultTags };
}

/** Runs the program with the setting's two values, and compares. */
async function changeOf(item: Case, texts: Texts): Promise<Change> {
    const before = await runOnce(configOf(item, item.from, {}, texts), false);
    const after = configOf(item, item.to, item.along, texts);
    if (item.refused) {
        return compare(before, await refused(item, before, after));
    }
    return compare(before, await runOnce(after, item.renewed === true));
}

/** An `up` that stops at what has changed changes nothing. */
async function refused(
    { setting, refused }: Case,
    before: Deployed,
    config: Record<string, unknown>,
): Promise<Deployed> {
    const outcome = await deploy(config, false).then(
        () => "it was not refused",
        (error: unknown) => String(error),
    );
    if (!outcome.includes(String(refused))) {
        throw new Error(`${setting}: ${outcome}`);
    }
    return before;
}

/** All cases with their changes, in order. */
export async function allChanges(): Promise<readonly (readonly [Case, Change])[]> {
    const texts = await makeTexts();
    const changes: [Case, Change][] = [];
    for (const item of CASES) {
        changes.push([item, await changeOf(item, texts)]);
    }
    return changes;
}

/** docs/changes.md. */
export function report(changes: readonly (readonly [Case, Change])[]): string {
    const rows = changes.map(([item, change]) =>
        [
            `\`${item.setting}\``,
            item.renewed
                ? "an `up` in the last days makes LocallySignedCert certificates-node again"
                : `${text(item.from)} → ${text(item.to)}${together(item)}`,
            list(change.created),
            list(change.deleted),
            list(change.replaced),
            list(change.updated),
            list(change.outputs),
            item.clusters,
        ].join(" | "),
    );
    const pages = Object.entries(DECIDED).map(([type, { replaces, updates = [], page }]) => {
        const replacing =
            replaces === "all" ? `all${updates.length > 0 ? " others" : ""}` : replaces.join(", ");
        return `| [\`${type}\`](${page}) | ${replacing || "–"} | ${updates.join(", ") || "–"} |`;
    });
    return `# What a change touches

Made by \`npm run changes\`: the program run twice under mocks with one setting changed between. In the second run, whatever a replaced resource is called is new, so that what hangs on it changes too. What is kept (\`retainOnDelete\`) is the stack's no longer, and stays where it is.

| Setting | Change | Created | Deleted | Replaced (by inputs) | Updated (inputs) | Outputs | A running cluster sees |
|---|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join("\n")}

## What replaces a resource

From the provider's documentation, kept by hand: every input that changes in a row above is in one of the two columns. Everywhere, another \`region\` (of what has one: not of IAM) replaces, and other tags (\`tagsAll\`: the default ones too) and \`protect\` update.

| Type | Replaced by | Updated by |
|---|---|---|
${pages.join("\n")}
`;
}

function together({ along = {} }: Case): string {
    const others = Object.entries(along).map(([setting, value]) => `\`${setting}\` (${text(value)})`);
    return others.length === 0 ? "" : `, together with ${others.join(", ")}`;
}

function text(value: unknown): string {
    if (value instanceof Made) {
        return value.called;
    }
    return value === null || value === undefined ? "left out" : `\`${JSON.stringify(value)}\``;
}

function list(items: readonly string[]): string {
    return items.length === 0 ? "–" : items.join("<br>");
}

if (require.main === module) {
    console.warn = () => undefined; // Each run of the program has its warnings.
    void allChanges().then((changes) => writeFileSync(CHANGES_FILE, report(changes)));
}
