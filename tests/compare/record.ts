import { createHash } from "node:crypto";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import type { Registration, Run } from "../../testing/mock-engine";
import { PLACEHOLDER } from "../../testing/placeholder-provider";
import { type Answers, existingAws } from "../support/existing-aws";
import { REGION, run } from "../support/run";
import { leaves } from "./leaves";

export type Program = () => Promise<Record<string, unknown>>;

export interface Stack {
    /** Default `dev`. */
    readonly stack?: string;
    /** Keys with their namespaces; values as YAML gives them. */
    readonly config: Readonly<Record<string, unknown>>;
    readonly secretKeys?: readonly string[];
    /** AWS's answers about existing resources, where they differ from what a stack needs. */
    readonly answers?: Answers;
}

/** A custom resource. A token replaces what its provider would generate. */
export interface Resource extends Pick<Registration, "type" | "name" | "inputs"> {
    /** Unique in its run; part of the id, of the ARN and of each generated name. */
    readonly token: string;
    readonly options: Readonly<Record<string, unknown>>;
    /** The tokens of the resources that it depends on directly, as Pulumi expands components. */
    readonly dependencies: readonly string[];
}

export interface Recording extends Pick<Run, "outputs" | "secretOutputs"> {
    readonly resources: readonly Resource[];
}

export const TOKEN = /zq[0-9a-f]{12}\d\d/g;

/** Runs a program for a stack, and returns its custom resources and outputs. */
export async function record(program: Program, stack: Stack): Promise<Recording> {
    const requests: RegisterRequest[] = [];
    const tokens = new Map<string, string>();
    const provider = existingAws(stack.answers, String(stack.config["aws:region"] ?? REGION)).provider;
    const { registrations, outputs, secretOutputs } = await run(
        () => {
            listen(requests);
            return program();
        },
        {
            ...stack,
            provider: {
                ...provider,
                create(type, name, inputs) {
                    const token = newToken(type, inputs, [...tokens.values()]);
                    tokens.set(`${type} ${name}`, token);
                    const { id, state } = provider.create(type, token, inputs);
                    return { id: named(id, token) as string, state: named(state, token) as typeof state };
                },
            },
        },
    );
    const tokenOf = (urn: string) => tokens.get(keyOf(urn)) ?? urn;
    const resources = registrations
        .filter(({ custom }) => custom)
        .map(({ type, name, inputs, custom, parent, dependencies, outputs: _, ...options }): Resource => {
            const same = requests.filter((each) => each.getType() === type && each.getName() === name);
            const [request] = same;
            if (!request || same.length > 1) {
                throw new Error(`${same.length} resources ${type} ${name}: expected one`);
            }
            const deletedWith = request.getDeletedwith();
            return {
                type,
                name,
                inputs,
                token: tokens.get(`${type} ${name}`) ?? "",
                options: {
                    ...options,
                    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
                    import: request.getImportid(),
                    deletedWith: deletedWith && tokenOf(deletedWith),
                },
                dependencies: request.getDependenciesList().map(tokenOf),
            };
        });
    return { resources, outputs, secretOutputs };
}

type Monitor = NonNullable<ReturnType<typeof getMonitor>>;
type RegisterRequest = Parameters<Monitor["registerResource"]>[0];

/** Records the requests, since the mock engine's registrations name dependencies without their types. */
function listen(requests: RegisterRequest[]): void {
    const monitor = getMonitor() as Monitor;
    const register = monitor.registerResource.bind(monitor) as (...args: unknown[]) => unknown;
    monitor.registerResource = ((request: RegisterRequest, ...others: unknown[]) => {
        if (request.getCustom()) {
            requests.push(request);
        }
        return register(request, ...others);
    }) as Monitor["registerResource"];
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` */
function keyOf(urn: string): string {
    const [, , types = "", ...name] = urn.split("::");
    return `${types.split("$").at(-1)} ${name.join("::")}`;
}

/** Derived from type and inputs, so that documents that sort ids sort them equally in both runs. */
function newToken(type: string, inputs: Resource["inputs"], taken: readonly string[]): string {
    const content = JSON.stringify([type, ...leaves(inputs)]);
    const start = `zq${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
    const ordinal = taken.filter((token) => token.startsWith(start)).length;
    return `${start}${String(ordinal).padStart(2, "0")}`;
}

/** The provider's answer with the token in place of the placeholder; its secrets are Outputs and hold the token already. */
function named(value: unknown, token: string): unknown {
    if (typeof value === "string") {
        return value.replaceAll(PLACEHOLDER, token);
    }
    if (Array.isArray(value)) {
        return value.map((item) => named(item, token));
    }
    return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
        ? Object.fromEntries(Object.entries(value).map(([key, below]) => [key, named(below, token)]))
        : value;
}
