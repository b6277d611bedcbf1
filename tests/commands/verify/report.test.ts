import { expect } from "chai";
import { EXIT } from "../../../commands/cli";
import { type Check, compare } from "../../../commands/verify/check";
import { exitCode, reportJson, reportText } from "../../../commands/verify/report";

const check = (status: Check["status"], on: string): Check =>
    compare({
        on,
        expected: "this",
        found: status === "ok" ? "this" : "that",
        severity: status === "ok" ? "failed" : status,
        remedy: "mend it",
    });
const [OK, WARNING, FAILED] = [check("ok", "a"), check("warning", "b"), check("failed", "c")];

describe("verify, report:", () => {
    it("has a line for each passed check, the worst last, and a total", () => {
        expect(reportText("dev", [FAILED, WARNING, OK, check("ok", "d")])).to.equal(`ok       a: this
ok       d: this
warning  b
         expected: this
         found:    that
         remedy:   mend it
failed   c
         expected: this
         found:    that
         remedy:   mend it
stack dev: 4 checks: 2 ok, 1 warning, 1 failed
`);
    });

    it("escapes control characters of names", () => {
        const named = { ...FAILED, found: "a\u001b[2Jb\nc\u202ed\u{e0001}\u2028\u0085é" };
        expect(reportText("dev", [named])).to.include(
            "found:    a\\u{1b}[2Jb\\u{a}c\\u{202e}d\\u{e0001}\\u{2028}\\u{85}é\n",
        );
    });

    it("is complete as JSON, in the order of the checks", () => {
        const json = reportJson("dev", [FAILED, OK]);
        expect(json.endsWith("}\n")).to.equal(true);
        expect(JSON.parse(json)).to.deep.equal({
            stack: "dev",
            result: "failed",
            checks: [
                { status: "failed", on: "c", expected: "this", found: "that", remedy: "mend it" },
                { status: "ok", on: "a", expected: "this", found: "this" },
            ],
        });
    });

    for (const [checks, exit] of [
        [[], EXIT.ok],
        [[OK], EXIT.ok],
        [[OK, WARNING], EXIT.attention],
        [[FAILED, WARNING, OK], EXIT.failed],
    ] as const) {
        it(`exits with ${exit} for ${checks.map(({ status }) => status).join(", ") || "no checks"}`, () => {
            expect(exitCode(checks)).to.equal(exit);
        });
    }
});
