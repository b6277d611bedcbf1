import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** A value that the program marked as secret. */
export class Secret {
    constructor(readonly value: unknown) {}
}

/** What a program registered, as the engine would see it: mocks alone report neither parents nor options. */
export interface Registration {
    readonly type: string;
    readonly name: string;
    /** False for components. */
    readonly custom: boolean;
    /** Secrets are `Secret`; what is not known in a preview is undefined. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The parent's logical name. */
    readonly parent: string | undefined;
    /** The logical name of the explicit provider; undefined for the default one. */
    readonly provider: string | undefined;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly deleteBeforeReplace: boolean;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
    /** Logical names, as are the dependencies. */
    readonly deletedWith: string | undefined;
    readonly dependencies: readonly string[];
    /** What a component registered as its outputs. */
    outputs?: Readonly<Record<string, unknown>>;
}

/** Answers for the providers. */
export interface Provider {
    /** What a resource looks like once it exists. */
    create(
        type: string,
        name: string,
        inputs: Readonly<Record<string, unknown>>,
    ): pulumi.runtime.MockResourceResult;
    /** Answers an invoke, refuses it with a `Refusal`, or throws. */
    call(token: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

/** One that has to ask somebody else first. */
export type AsyncProvider = {
    [Method in keyof Provider]: (
        ...args: Parameters<Provider[Method]>
    ) => Promise<ReturnType<Provider[Method]>>;
};

/** AWS says no: an answer that the program may deal with, where any other error is a mistake of whoever runs it. */
export class Refusal extends Error {
    /** Where Pulumi looks for the engine's words. */
    readonly details = this.message;
}

export interface RunOptions {
    readonly project: string;
    readonly stack: string;
    /** Keys with their namespaces; values as the engine hands them over: texts, JSON for anything else. */
    readonly config?: Readonly<Record<string, string>>;
    /** Those of the keys whose value holds a secret. */
    readonly secretKeys?: readonly string[];
    readonly provider: Provider | AsyncProvider;
    /** Those of them that cannot be decrypted here: what follows from them is not known. */
    readonly unreadableKeys?: readonly string[];
    /** As `pulumi preview` of a new stack: no resource exists, so nothing but its inputs is known. */
    readonly preview?: boolean;
}

/** An invoke of a provider's function. */
export interface Invoke {
    readonly token: string;
    /** The logical name of the explicit provider; undefined for the default one. */
    readonly provider: string | undefined;
}

export interface Run {
    readonly registrations: readonly Registration[];
    /** In their order. */
    readonly invokes: readonly Invoke[];
    /** The stack's outputs; what is not known in a preview is undefined. */
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly secretOutputs: readonly string[];
}

/** Anything that an engine does and mocks do not report goes through this one request type. */
type RegisterResourceRequest = Parameters<NonNullable<ReturnType<typeof getMonitor>>["registerResource"]>[0];

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Runs a Pulumi program to its end without an engine, and hands back all that it registered.
 * @throws whatever the program, the provider or anything asynchronous in either threw first.
 */
export async function runProgram(
    program: () => Record<string, unknown> | Promise<Record<string, unknown>>,
    options: RunOptions,
): Promise<Run> {
    const recorder = new Recorder(options);
    const { stackTraceLimit } = Error;
    // Pulumi keeps a stack trace of every promise, and translating them takes longer than the program itself. One
    // frame says where an error was thrown.
    Error.stackTraceLimit = 1;
    await pulumi.runtime.setMocks(
        { newResource: (args) => recorder.create(args), call: (args) => recorder.call(args) },
        options.project,
        options.stack,
        options.preview ?? false,
    );
    pulumi.runtime.setAllConfig({ ...options.config }, [...(options.secretKeys ?? [])]);
    recorder.listen();
    const { getSecret } = pulumi.Config.prototype;
    pulumi.Config.prototype.getSecret = function (this: pulumi.Config, key: string) {
        const unreadable = options.unreadableKeys?.includes(`${this.name}:${key}`);
        return unreadable ? unknownSecret() : getSecret.call(this, key);
    } as typeof getSecret;
    process.on("unhandledRejection", recorder.fail);
    try {
        let outputs: Record<string, unknown> = {};
        const ended = pulumi.runtime.runInPulumiStack(async () => {
            outputs = { ...(await program()) };
            return outputs;
        });
        // Where a provider fails, Pulumi may wait for ever for what depends on its answer.
        await Promise.race([ended.then(() => pulumi.runtime.disconnect()), recorder.failed]);
        await laterRejections();
        recorder.rethrow();
        const { registrations, invokes } = recorder;
        return { registrations, invokes, ...(await resolve(outputs)) };
    } catch (error) {
        await laterRejections();
        recorder.rethrow();
        throw error;
    } finally {
        Error.stackTraceLimit = stackTraceLimit;
        pulumi.Config.prototype.getSecret = getSecret;
        process.off("unhandledRejection", recorder.fail);
    }
}

/** An output as a preview has them. */
function unknownSecret(): pulumi.Output<never> {
    const [none, no, yes] = [undefined, false, true].map((value) => Promise.resolve(value));
    const Output = pulumi.Output as unknown as new (...parts: unknown[]) => pulumi.Output<never>;
    return new Output(new Set(), none, no, yes, Promise.resolve(new Set()));
}

/** Rejections that nobody awaits are reported a turn later. */
function laterRejections(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}

/** Listens to one program's registrations. */
class Recorder {
    readonly registrations: Registration[] = [];
    readonly invokes: Invoke[] = [];
    private readonly byUrn = new Map<string, Registration>();
    private failure: { readonly error: unknown } | undefined;
    private tellFailure: () => void = () => undefined;
    /** Resolves at the first failure. */
    readonly failed = new Promise<void>((resolve) => {
        this.tellFailure = resolve;
    });

    constructor(private readonly options: RunOptions) {}

    /** Mocks report types, names and inputs; the rest is in the requests. */
    listen(): void {
        const monitor = getMonitor() as unknown as {
            registerResource(
                request: RegisterResourceRequest,
                callback: (error: unknown, response: Urn) => void,
            ): void;
            registerResourceOutputs(request: OutputsRequest, callback: unknown): void;
        };
        const register = monitor.registerResource.bind(monitor);
        monitor.registerResource = (request, callback) => {
            const registration = this.read(request);
            this.registrations.push(registration);
            register(request, (error, response) => {
                if (!error) {
                    this.add(response.getUrn(), registration);
                }
                callback(error, response);
            });
        };
        const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
        monitor.registerResourceOutputs = (request, callback) => {
            const registration = this.byUrn.get(request.getUrn());
            const outputs = request.getOutputs()?.toJavaScript();
            if (registration && outputs) {
                registration.outputs = decode(outputs) as Record<string, unknown>;
            }
            registerOutputs(request, callback);
        };
    }

    /** The engine refuses two resources of one type and name; mocks take them. */
    private add(urn: string, registration: Registration): void {
        if (this.byUrn.has(urn)) {
            this.fail(new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`));
        }
        this.byUrn.set(urn, registration);
    }

    async create({
        type,
        name,
        inputs,
        custom,
    }: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult> {
        if (!custom) {
            return { id: undefined, state: {} };
        }
        if (this.options.preview) {
            return { id: undefined, state: inputs };
        }
        return this.guard(() => this.options.provider.create(type, name, inputs));
    }

    call({ token, inputs, provider }: pulumi.runtime.MockCallArgs): Promise<Record<string, unknown>> {
        this.invokes.push({ token, provider: providerName(provider) });
        return this.guard(() => this.options.provider.call(token, inputs));
    }

    readonly fail = (error: unknown): void => {
        this.failure ??= { error };
        this.tellFailure();
    };

    rethrow(): void {
        if (this.failure) {
            throw this.failure.error;
        }
    }

    /** What a mock throws may never be awaited. */
    private async guard<T>(answer: () => T | Promise<T>): Promise<T> {
        try {
            return await answer();
        } catch (error) {
            if (!(error instanceof Refusal)) {
                this.fail(error);
            }
            throw error;
        }
    }

    private read(request: RegisterResourceRequest): Registration {
        return {
            type: request.getType(),
            name: request.getName(),
            custom: request.getCustom(),
            inputs: decode(request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
            parent: nameOf(request.getParent()),
            provider: providerName(request.getProvider()),
            protect: request.getProtect() ?? false,
            retainOnDelete: request.getRetainondelete() ?? false,
            deleteBeforeReplace: request.getDeletebeforereplace(),
            ignoreChanges: request.getIgnorechangesList(),
            replaceOnChanges: request.getReplaceonchangesList(),
            deletedWith: nameOf(request.getDeletedwith()),
            dependencies: request.getDependenciesList().map((urn) => nameOf(urn) ?? ""),
        };
    }
}

/** The logical name in a URN; undefined for an empty one. */
function nameOf(urn: string): string | undefined {
    return urn === "" ? undefined : urn.split("::").slice(3).join("::");
}

/** A provider is referred to by its URN and its id. */
function providerName(reference = ""): string | undefined {
    return nameOf(reference.split("::").slice(0, -1).join("::"));
}

interface Urn {
    getUrn(): string;
}

interface OutputsRequest extends Urn {
    getOutputs(): { toJavaScript(): Record<string, unknown> } | undefined;
}

/** Pulumi's wire form, with its secrets and unknowns made visible. */
function decode(value: unknown): unknown {
    if (value === UNKNOWN) {
        return undefined;
    }
    if (Array.isArray(value)) {
        return value.map(decode);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const object = value as Record<string, unknown>;
    if (object[SIGNATURE] === SECRET_SIGNATURE) {
        return new Secret(decode(object.value));
    }
    return Object.fromEntries(Object.entries(object).map(([key, below]) => [key, decode(below)]));
}

async function resolve(exported: Record<string, unknown>): Promise<Pick<Run, "outputs" | "secretOutputs">> {
    const outputs: Record<string, unknown> = {};
    const secretOutputs: string[] = [];
    for (const [key, value] of Object.entries(exported)) {
        const output = pulumi.output(value) as pulumi.Output<unknown> & {
            promise(): Promise<unknown>;
            isKnown: Promise<boolean>;
        };
        outputs[key] = (await output.isKnown) ? await output.promise() : undefined;
        if (await pulumi.isSecret(output)) {
            secretOutputs.push(key);
        }
    }
    return { outputs, secretOutputs };
}
