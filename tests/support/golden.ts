import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Registration, Run } from "../../testing/mock-engine";

const FOLDER = path.join(__dirname, "..", "golden");

/**
 * Compares a rendered text with `tests/golden/<name>`; `UPDATE_GOLDEN=1` writes the file instead. A golden file
 * shows that nothing changed, not that it is right. `message`: what a difference means.
 */
export function expectGolden(name: string, text: string, message?: string): void {
    const file = path.join(FOLDER, name);
    if (process.env.UPDATE_GOLDEN === "1") {
        writeFileSync(file, text);
    }
    expect(text, message).to.equal(
        existsSync(file) ? readFileSync(file, "utf8") : "the file is missing: UPDATE_GOLDEN=1 writes it",
    );
}

/** One line per registration: its type, name, parent and the options that differ from the default. */
export function resourceLines({ registrations }: Pick<Run, "registrations">): readonly string[] {
    return registrations
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .map((registration) =>
            [
                `${registration.type} ${registration.name} < ${registration.parent}`,
                ...options(registration),
            ].join(", "),
        )
        .sort();
}

/** The lines of a run of the stack `dev`, with `parent` in place of the stack: those of a child of `parent`. */
export function childLines(run: Pick<Run, "registrations">, parent: string): readonly string[] {
    return resourceLines(run).map((line) => line.replace("< snowplow-emr-encryption-dev", `< ${parent}`));
}

/** The whole inputs of each resource, by type and name: components have none. */
export function resourceInputs({
    registrations,
}: Pick<Run, "registrations">): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
        registrations
            .filter(({ custom }) => custom)
            .map(({ type, name, inputs }) => [`${type} ${name}`, inputs]),
    );
}

function options(registration: Registration): readonly string[] {
    const { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges, replaceOnChanges, deletedWith } =
        registration;
    return [
        ...(protect ? ["protect"] : []),
        ...(retainOnDelete ? ["retainOnDelete"] : []),
        ...(deleteBeforeReplace ? ["deleteBeforeReplace"] : []),
        ...(ignoreChanges.length > 0 ? [`ignoreChanges ${ignoreChanges.join(" ")}`] : []),
        ...(replaceOnChanges.length > 0 ? [`replaceOnChanges ${replaceOnChanges.join(" ")}`] : []),
        ...(deletedWith === undefined ? [] : [`deletedWith ${deletedWith}`]),
    ];
}
