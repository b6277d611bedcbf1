/** Loaded before everything else. */
import fc from "fast-check";

// An Output that ends up as text throws, instead of saying so in the text.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";

// The same draws each time, so that a change alone can fail a test; `npm run test:long` draws anew.
if (process.env.RUNS === undefined) {
    fc.configureGlobal({ seed: 1 });
}

// Mocha's parallel workers write their coverage when they end, which may take longer than Mocha waits.
process.on("SIGTERM", () => undefined);
