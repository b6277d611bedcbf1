import * as pulumi from "@pulumi/pulumi";
import { leakedPromises } from "@pulumi/pulumi/runtime/debuggable";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** Returns the promises that are still pending, and forgets them. The package has it, but its types omit it. */
declare module "@pulumi/pulumi/runtime/debuggable" {
    export function leakedPromises(): unknown;
}

/** A value that the program marked as secret. */
export class Secret {
    constructor(readonly value: unknown) {}
}

/** A registration as the engine would receive it. Pulumi's mocks alone report neither parents nor options. */
export interface Registration {
    readonly type: string;
    readonly name: string;
    /** False for components. */
    readonly custom: boolean;
    /** Secrets are `Secret`. Values that a preview does not know are undefined. */
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
    /** A logical name. */
    readonly deletedWith: string | undefined;
    /** Logical names. */
    readonly dependencies: readonly string[];
    /** The outputs that a component registered. */
    outputs?: Readonly<Record<string, unknown>>;
}

/** A fake of all providers. */
export interface Provider {
    /** Returns the id and the state of a created resource. */
    create(
        type: string,
        name: string,
        inputs: Readonly<Record<string, unknown>>,
    ): pulumi.runtime.MockResourceResult;
    /** Answers an invoke, or throws: a `Refusal` for an answer of AWS that the program may handle. */
    call(token: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

/** A `Provider` with asynchronous methods. */
export type AsyncProvider = {
    [Method in keyof Provider]: (
        ...args: Parameters<Provider[Method]>
    ) => Promise<ReturnType<Provider[Method]>>;
};

/** An error that AWS answers and the program may handle. Every other error of a provider fails the run. */
export class Refusal extends Error {
    /** The property from which Pulumi reads the engine's message. */
    readonly details = this.message;
}

export interface RunOptions {
    readonly project: string;
    readonly stack: string;
    /** Stack config: keys with namespaces, and strings or JSON as the engine passes them. @default none */
    readonly config?: Readonly<Record<string, string>>;
    /** The keys of `config` whose values contain secrets. @default none */
    readonly secretKeys?: readonly string[];
    readonly provider: Provider | AsyncProvider;
    /** The keys of `secretKeys` that cannot be decrypted here: their values are unknown. @default none */
    readonly unreadableKeys?: readonly string[];
    /** Whether to run like `pulumi preview` of a new stack, which knows the inputs of resources only. @default false */
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
    /** In the order of their calls. */
    readonly invokes: readonly Invoke[];
    /** The stack's outputs. Values that a preview does not know are undefined. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** The keys of outputs that are secret. */
    readonly secretOutputs: readonly string[];
}

/** The request that holds the parents and options, which mocks do not report. */
type RegisterResourceRequest = Parameters<NonNullable<ReturnType<typeof getMonitor>>["registerResource"]>[0];

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Runs a Pulumi program to its end without an engine, and returns everything that it registered.
 * @throws The first error that the program or the provider threw, also asynchronously.
 */
export async function runProgram(
    program: () => Record<string, unknown> | Promise<Record<string, unknown>>,
    options: RunOptions,
): Promise<Run> {
    const recorder = new Recorder(options);
    const { prepareStackTrace, stackTraceLimit } = Error;
    // Pulumi reads a stack trace for every promise and resource. Capturing and translating them takes longer than the
    // program itself. One frame says where an error was thrown, and is translated for whoever catches the error.
    Error.prepareStackTrace = String;
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
        // If a provider fails, Pulumi may wait forever for values that depend on its answer.
        await Promise.race([ended.then(() => pulumi.runtime.disconnect()), recorder.failed]);
        await reportedRejections();
        recorder.rethrow();
        const { registrations, invokes } = recorder;
        return { registrations, invokes, ...(await resolve(outputs)) };
    } catch (error) {
        await reportedRejections();
        // Resources of a failed program wait forever: Pulumi would report them when this process ends.
        leakedPromises();
        recorder.rethrow();
        throw error;
    } finally {
        Object.assign(Error, { prepareStackTrace, stackTraceLimit });
        pulumi.Config.prototype.getSecret = getSecret;
        process.off("unhandledRejection", recorder.fail);
    }
}

/** A secret output whose value is unknown, as in a preview. */
function unknownSecret(): pulumi.Output<never> {
    const [value, isKnown, isSecret] = [undefined, false, true].map((part) => Promise.resolve(part));
    const Output = pulumi.Output as unknown as new (...parts: unknown[]) => pulumi.Output<never>;
    return new Output(new Set(), value, isKnown, isSecret, Promise.resolve(new Set()));
}

/** Waits until Node.js has reported rejections that no code awaits, which takes one turn of the event loop. */
function reportedRejections(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}

/** Records the registrations and the invokes of one program. */
class Recorder {
    readonly registrations: Registration[] = [];
    readonly invokes: Invoke[] = [];
    private readonly byUrn = new Map<string, Registration>();
    private failure: { readonly error: unknown } | undefined;
    private resolveFailed: () => void = () => undefined;
    /** Resolves at the first failure. */
    readonly failed = new Promise<void>((resolve) => {
        this.resolveFailed = resolve;
    });

    constructor(private readonly options: RunOptions) {}

    /** Wraps the mock monitor: mocks report types, names and inputs, and the requests contain everything else. */
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

    /** Fails for two resources with the same URN, as the engine does. Mocks accept them. */
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
        this.resolveFailed();
    };

    rethrow(): void {
        if (this.failure) {
            throw this.failure.error;
        }
    }

    /** Fails the run if the provider throws: the program may not await its answer. */
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

/** The logical name of a provider in a reference, which is the provider's URN and id. */
function providerName(reference = ""): string | undefined {
    return nameOf(reference.split("::").slice(0, -1).join("::"));
}

interface Urn {
    getUrn(): string;
}

interface OutputsRequest extends Urn {
    getOutputs(): { toJavaScript(): Record<string, unknown> } | undefined;
}

/** Decodes Pulumi's wire format: secrets become `Secret`, unknown values undefined. */
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

/** The values of a program's outputs. */
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
