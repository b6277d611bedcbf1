import { readFileSync } from "node:fs";
import { expect } from "chai";
import { CONTROLS_FILE, controlsText, REPORT_SCHEMA_FILE, reportSchemaText } from "../../commands/controls";
import { CONTROLS } from "../../commands/verify/controls";

describe("the documents about verify's controls", () => {
    it("are current: run `npm run schema`", () => {
        expect(readFileSync(CONTROLS_FILE, "utf8")).to.equal(controlsText());
        expect(readFileSync(REPORT_SCHEMA_FILE, "utf8")).to.equal(reportSchemaText());
    });

    it("name each control once", () => {
        const ids = CONTROLS.map(({ id }) => id);
        expect(new Set(ids).size).to.equal(ids.length);
    });
});
