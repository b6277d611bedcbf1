import { EXIT, type ExitCode } from "../cli";
import type { Check } from "./check";

/** What matters most comes last: next to the summary, and to the prompt. */
const STATUSES = ["ok", "warning", "failed"] as const;

type Status = Check["status"];

const EXITS: Readonly<Record<Status, ExitCode>> = {
    ok: EXIT.ok,
    warning: EXIT.attention,
    failed: EXIT.failed,
};

/** The worst there is. */
export function result(checks: readonly Check[]): Status {
    return STATUSES.findLast((status) => checks.some((check) => check.status === status)) ?? "ok";
}

export function exitCode(checks: readonly Check[]): ExitCode {
    return EXITS[result(checks)];
}

/** For machines. */
export function reportJson(stack: string, checks: readonly Check[]): string {
    return `${JSON.stringify({ stack, result: result(checks), checks }, null, 2)}\n`;
}

/** For people, and for logs: a line for what is well, four for what is not. Names are long, so that no table would hold. */
export function reportText(stack: string, checks: readonly Check[]): string {
    const lines = STATUSES.flatMap((status) => checks.filter((check) => check.status === status)).flatMap(
        ({ status, on, expected, found, remedy }) =>
            status === "ok"
                ? [`ok       ${on}: ${found}`]
                : [
                      `${status.padEnd(8)} ${on}`,
                      `         expected: ${expected}`,
                      `         found:    ${found}`,
                      `         remedy:   ${remedy}`,
                  ],
    );
    const counts = STATUSES.map(
        (status) => `${checks.filter((check) => check.status === status).length} ${status}`,
    );
    const summary = `stack ${stack}: ${checks.length} checks: ${counts.join(", ")}`;
    return [...lines.map(printable), summary, ""].join("\n");
}

/** Names of objects are anybody's: a terminal obeys some characters, and a log takes others for new lines. */
function printable(text: string): string {
    return text.replace(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
        (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    );
}
