/** Loaded before everything else: an Output that ends up as text throws, instead of saying so in the text. */
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";
