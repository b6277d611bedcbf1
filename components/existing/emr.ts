import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedArgs } from "../args";
import { describe } from "../args/describe";
import { formatRelease, parseVersion, type Release } from "../domain/emr-release";
import { nearestType } from "../domain/instance-types";
import { at, FailedLookup, lookup, type Outcome } from "./lookup";

/** What a look-up without an answer leaves unchecked, and the permission that it takes. */
const LABELS = { subject: "release", permission: "elasticmapreduce:ListReleaseLabels" };
const TYPES = { subject: "instance types", permission: "elasticmapreduce:ListSupportedInstanceTypes" };

/**
 * Checks whether EMR supports the release and the instance types in the stack's region. A release is never refused:
 * EMR may launch releases that it does not list. A type is refused only where EMR lists the types of this release.
 */
export async function checkEmr(
    { region, release, instanceTypes }: ResolvedArgs,
    opts?: pulumi.InvokeOptions,
): Promise<Outcome> {
    const version = formatRelease(release);
    const label = `emr-${version}`;
    const [labels, types] = await Promise.all([
        answer(
            aws.emr.getReleaseLabels({ filters: { prefix: `emr-${release[0]}.` } }, opts),
            ({ releaseLabels }) => releaseLabels,
        ),
        answer(
            aws.emr.getSupportedInstanceTypes({ releaseLabel: label }, opts),
            ({ supportedInstanceTypes }) => supportedInstanceTypes.map(({ type }) => type),
        ),
    ]);
    if (!(labels instanceof FailedLookup) && !labels.includes(label)) {
        const near = formatRelease(nearestRelease(release, labels));
        const warning = `EMR does not list release ${version} in ${region}, and may refuse to launch it. The nearest that it lists is ${near}.`;
        return { errors: [], warnings: [warning] };
    }
    const supported = types instanceof FailedLookup ? undefined : types;
    return {
        errors: instanceTypes
            .filter(({ type }) => supported && !supported.includes(type))
            .flatMap(({ path, type }) => {
                const near = nearestType(type, supported ?? []);
                return at(path, {
                    code: "unsupported-instance-type",
                    found: describe(type),
                    expected: `a type that EMR ${version} supports in ${region}${near ? `, such as ${near}` : ""}`,
                });
            }),
        warnings: unanswered(region, [
            { ...LABELS, found: labels },
            { ...TYPES, found: types },
        ]),
    };
}

/** Awaits a list. EMR supports some release and type everywhere, so an empty list is no answer. */
async function answer<T, Item>(
    invoke: Promise<T>,
    itemsOf: (found: T) => readonly Item[],
): Promise<readonly Item[] | FailedLookup> {
    const found = await lookup(invoke);
    if (found instanceof FailedLookup) {
        return found;
    }
    const items = itemsOf(found);
    return items.length > 0 ? items : new FailedLookup("an empty list");
}

/** One warning for all look-ups without an answer: many deployers lack both permissions. */
function unanswered(
    region: string,
    lookups: readonly (typeof LABELS & { readonly found: unknown })[],
): readonly string[] {
    const failed = lookups.flatMap(({ found, ...rest }) =>
        found instanceof FailedLookup ? [{ ...rest, reason: found.reason }] : [],
    );
    const [first] = failed;
    if (!first) {
        return [];
    }
    const subjects = failed.map(({ subject }) => subject).join(" and ");
    const permissions = failed.map(({ permission }) => permission).join(" and ");
    const why = failed.every(({ reason }) => /AccessDenied|not authorized/i.test(reason))
        ? `these credentials lack ${permissions}`
        : `AWS did not answer (${first.reason})`;
    return [`Whether EMR supports the ${subjects} in ${region} was not checked: ${why}.`];
}

/** By minor release, then by patch, which has at most three digits. */
function nearestRelease(release: Release, labels: readonly string[]): Release {
    const position = ([, minor, patch]: Release) => minor + patch / 1_000;
    const distance = (other: Release) => Math.abs(position(other) - position(release));
    return labels
        .map((label) => parseVersion(label.replace("emr-", "")))
        .reduce((best, other) => (distance(other) < distance(best) ? other : best));
}
