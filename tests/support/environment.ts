/** Mocha loads this file before all tests. */
import fc from "fast-check";

// An Output that is converted to a string throws an error, instead of becoming a sentence in the string.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";

// The same random values each time, so that only a change can fail a test; `npm run test:long` draws new ones.
if (process.env.RUNS === undefined) {
    fc.configureGlobal({ seed: 1 });
}

// Mocha's parallel workers write their coverage when they end, and Mocha's SIGTERM may come before that.
process.on("SIGTERM", () => undefined);
