/**
 * `index.ts` under mocks against a program that registers the same resources (types and inputs) flat, in turns, in
 * one warm process. Prints the two medians in milliseconds.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { loadProgram } from "../../commands/render";
import { readStackFile } from "../../commands/stack-file";
import { NAMESPACE } from "../../components/config";
import { type Registration, runProgram, Secret } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { median } from "./median";

const ROUNDS = 20;
const WARM_UP = 3;

async function main(): Promise<void> {
    const { config } = readStackFile(process.cwd(), "dev");
    const provider = placeholderProvider(config["aws:region"] ?? "");
    const options = { project: NAMESPACE, stack: "dev", config, provider };
    const { registrations } = await runProgram(loadProgram, options);
    const resources = registrations.filter(({ custom }) => custom);

    const programs = { index: loadProgram, flat: () => registerFlat(resources) };
    const times: Record<keyof typeof programs, number[]> = { index: [], flat: [] };
    for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
        for (const name of ["index", "flat"] as const) {
            const start = performance.now();
            await runProgram(programs[name], options);
            if (round >= WARM_UP) {
                times[name].push(performance.now() - start);
            }
        }
    }
    console.log(
        JSON.stringify({ index: median(times.index), flat: median(times.flat), resources: resources.length }),
    );
}

function registerFlat(resources: readonly Registration[]): Record<string, unknown> {
    for (const { type, name, inputs } of resources) {
        const plain = Object.entries(inputs).map(([key, value]) => [
            key,
            value instanceof Secret ? pulumi.secret(value.value) : value,
        ]);
        new (classOf(type))(name, Object.fromEntries(plain));
    }
    return {};
}

type ResourceClass = new (name: string, inputs: Record<string, unknown>) => pulumi.CustomResource;

/** `aws:ec2/vpc:Vpc` is `aws.ec2.Vpc`, `tls:index/privateKey:PrivateKey` is `tls.PrivateKey`. */
function classOf(type: string): ResourceClass {
    const [provider = "", module = "", name = ""] = type.split(":");
    const root = (provider === "tls" ? tls : aws) as unknown as Record<string, unknown>;
    const [group = ""] = module.split("/");
    const scope = (group === "index" ? root : root[group]) as Record<string, ResourceClass>;
    const found = scope[name];
    if (!found) {
        throw new Error(`no class for ${type}`);
    }
    return found;
}

void main();
