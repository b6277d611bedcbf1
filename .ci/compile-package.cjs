// Compiles components/index.ts and what it imports into dist/, for `npm pack`. Of the types, it keeps those that
// dist/index.d.ts reaches: the others are in no signature of the package.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const DIST = path.join(__dirname, "..", "dist");

fs.rmSync(DIST, { recursive: true, force: true });
execFileSync(
    process.execPath,
    [require.resolve("typescript/bin/tsc"), "--project", "tsconfig.package.json"],
    {
        cwd: path.dirname(DIST),
        stdio: "inherit",
    },
);

/** @type {Set<string>} */
const reached = new Set();
reach(path.join(DIST, "index.d.ts"));
for (const entry of fs.readdirSync(DIST, { recursive: true, encoding: "utf8" })) {
    const file = path.join(DIST, entry);
    if (file.endsWith(".d.ts") && !reached.has(file)) {
        fs.rmSync(file);
    }
}

/** @param {string} file */
function reach(file) {
    if (reached.has(file)) {
        return;
    }
    reached.add(file);
    for (const [, specifier] of fs.readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
        const target = path.resolve(path.dirname(file), specifier);
        reach(fs.existsSync(`${target}.d.ts`) ? `${target}.d.ts` : path.join(target, "index.d.ts"));
    }
}
