import { z } from "zod";
import { EXIT, type ExitCode } from "../cli";
import { escaped } from "../escape";

const result = z.enum(["ok", "failed", "unknown", "skipped"]);

const evidence = z.strictObject({
    result: z.enum(["ok", "failed", "unknown"]).describe("unknown: AWS did not answer"),
    subject: z
        .string()
        .describe("A resource by its name in AWS, and the observed attribute, as in `bucket acme: ACL`"),
    expected: z.string(),
    found: z.string(),
    fix: z.string().optional().describe("Omitted if the result is ok"),
    permission: z.string().optional().describe("The IAM action that the credentials lack"),
});

const control = z.strictObject({
    id: z.string(),
    title: z.string(),
    severity: z.enum(["high", "low"]),
    result: result.describe("The worst of the evidence; skipped if the control does not apply"),
    reason: z.string().optional().describe("Why the control was skipped"),
    catalogues: z.array(z.string()).describe("Ids of public catalogues"),
    evidence: z.array(evidence),
});

/**
 * What `verify --json` prints. A new optional field keeps the version; any other change raises it.
 */
export const reportSchema = z.strictObject({
    schemaVersion: z.literal(1),
    time: z.iso.datetime().describe("When the checks began"),
    account: z.string(),
    region: z.string(),
    stack: z.string(),
    result: result.describe("failed, unknown, or ok"),
    controls: z.array(control),
});

export type Report = z.output<typeof reportSchema>;

/** 2: a control of high severity failed. 1: another control failed, or something is unknown. 0: all is ok. */
export function exitCode({ controls }: Report): ExitCode {
    if (controls.some((each) => each.result === "failed" && each.severity === "high")) {
        return EXIT.failed;
    }
    return controls.some((each) => ["failed", "unknown"].includes(each.result)) ? EXIT.attention : EXIT.ok;
}

/** The important lines come last, next to the prompt. */
const ORDER: readonly Report["result"][] = ["skipped", "ok", "unknown", "failed"];

/** A table of controls; below each that is not ok, its evidence. */
export function reportText({ stack, account, region, time, controls }: Report): string {
    const sorted = ORDER.map((each) => controls.filter((of) => of.result === each));
    const width = Math.max(...controls.map(({ id }) => id.length));
    const lines = sorted.flat().flatMap(({ id, title, severity, result: of, reason, evidence: all }) => {
        const rated = ` (severity: ${severity})`;
        const ends = {
            skipped: `: ${reason}`,
            ok: ` (${all.length} observed)`,
            unknown: rated,
            failed: rated,
        };
        return [
            `${of.padEnd(8)} ${id.padEnd(width)}  ${title}${ends[of]}`,
            ...all
                .filter((each) => each.result !== "ok")
                .flatMap(({ subject, expected, found, fix }) => [
                    `         ${subject}`,
                    `             found:    ${found}`,
                    `             expected: ${expected}`,
                    `             fix:      ${fix}`,
                ]),
        ];
    });
    const counts = sorted.map((each, index) => `${each.length} ${ORDER[index]}`).toReversed();
    const summary = `stack ${stack} (account ${account}, ${region}) at ${time}: ${controls.length} controls: ${counts.join(", ")}`;
    return [...lines, summary, ""].map(escaped).join("\n");
}
