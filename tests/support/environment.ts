/** Loaded before everything else: an Output that ends up as text throws, instead of saying so in the text. */
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";

// Mocha's parallel workers write their coverage when they end, which may take longer than Mocha waits.
process.on("SIGTERM", () => undefined);
