// Runs a project as Pulumi's Node.js host does, under mocks in place of the engine: `node host.cjs FOLDER ENTRY`. Prints the
// types of what it registered. The host resolves the entry point: see @pulumi/pulumi/cmd/run/run.js.
const path = require("node:path");
const { createRequire, Module } = require("node:module");
const setMocks = require("./mocks.cjs");

const [, , folder = "", entry = ""] = process.argv;
const load = createRequire(path.join(folder, "index.ts"));
const pulumi = load("@pulumi/pulumi");
const { registered } = setMocks(pulumi, "snowplow-emr-encryption", {
    "snowplow-emr-encryption:emrEtlRunner": JSON.stringify({ collectors: { format: "thrift" } }),
});
process.env.PULUMI_NODEJS_TYPESCRIPT = "true";

// The host's own main file would connect to an engine when it is loaded.
const mainFile = load.resolve("@pulumi/pulumi/cmd/run");
load.cache[mainFile] = Object.assign(new Module(mainFile), { loaded: true });

const ignore = () => undefined;
load("@pulumi/pulumi/cmd/run/run.js")
    .run({ _: [entry], pwd: folder }, ignore, ignore, () => false)
    .then(() => pulumi.runtime.disconnect())
    .then(() => console.log(JSON.stringify([...new Set(registered.map(({ type }) => type))])));
