// Runs a program of an importing project under Pulumi's own mocks, in plain Node.js: `node run.cjs FILE`. Prints what it
// registered, looked up and exported as JSON, or the message of its error.
const path = require("node:path");
const { createRequire } = require("node:module");
const setMocks = require("./mocks.cjs");

const program = path.resolve(process.argv[2] ?? "");
const pulumi = createRequire(program)("@pulumi/pulumi");
const { registered, lookedUp } = setMocks(pulumi, "platform");

function fail(error) {
    console.error(error.message);
    process.exit(1);
}
process.on("unhandledRejection", fail);

pulumi.runtime
    .runInPulumiStack(async () => require(program))
    .then(async () => {
        await pulumi.runtime.disconnect();
        pulumi.output({ ...require(program) }).apply((outputs) => {
            console.log(JSON.stringify({ registered, lookedUp, outputs }));
        });
    })
    .catch(fail);
