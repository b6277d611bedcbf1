import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzeRequest,
    type AnalyzeResponse,
    type AnalyzerInfo,
    AnalyzerPropertyDependencies,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
    EnforcementLevel,
    PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Resource, UNKNOWN } from "../../rules/resource";

/** The value that the engine sends for an unknown string. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const PACK = path.join(__dirname, "..", "..");

/** A violation as the engine receives it. */
export interface Diagnostic {
    readonly policy: string;
    readonly urn: string;
    readonly message: string;
    readonly level: string;
}

type Method<Request, Response> = (
    request: Request,
    callback: (error: ServiceError | null, response: Response) => void,
) => unknown;

/**
 * Runs the pack in a separate process, as the engine's language host does, and calls it by the engine's protocol.
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto
 */
export class Engine {
    private constructor(
        private readonly pack: ChildProcess,
        private readonly client: AnalyzerClient,
    ) {}

    static async start(): Promise<Engine> {
        const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
        const pack = spawn(process.execPath, [runner, "127.0.0.1:0", PACK], {
            cwd: PACK,
            stdio: ["ignore", "pipe", "inherit"],
        });
        const ended = once(pack, "exit").then(([code]) => {
            throw new Error(`the pack ended with ${code} before it printed its port`);
        });
        const [port] = await Promise.race([once(pack.stdout, "data"), ended]);
        return new Engine(
            pack,
            new AnalyzerClient(`127.0.0.1:${String(port).trim()}`, credentials.createInsecure()),
        );
    }

    stop(): void {
        this.client.close();
        this.pack.kill();
    }

    info(): Promise<AnalyzerInfo> {
        return call(this.client.getAnalyzerInfo.bind(this.client), new Empty());
    }

    /** Sets a policy's config, as `--policy-pack-config` does. */
    async configure(policy: string, properties: Record<string, JavaScriptValue>): Promise<void> {
        const request = new ConfigureAnalyzerRequest();
        const config = new PolicyConfig();
        config.setEnforcementlevel(EnforcementLevel.MANDATORY);
        config.setProperties(Struct.fromJavaScript(properties));
        request.getPolicyconfigMap().set(policy, config);
        await call(this.client.configure.bind(this.client), request);
    }

    async analyze(resource: Resource): Promise<readonly Diagnostic[]> {
        return diagnostics(
            await call(this.client.analyze.bind(this.client), fill(new AnalyzeRequest(), resource)),
        );
    }

    async analyzeStack(resources: readonly Resource[]): Promise<readonly Diagnostic[]> {
        const request = new AnalyzeStackRequest();
        request.setResourcesList(
            resources.map((resource) => {
                const sent = fill(new AnalyzerResource(), resource);
                for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
                    const dependencies = new AnalyzerPropertyDependencies();
                    dependencies.setUrnsList([...urns]);
                    sent.getPropertydependenciesMap().set(property, dependencies);
                }
                return sent;
            }),
        );
        return diagnostics(await call(this.client.analyzeStack.bind(this.client), request));
    }
}

function call<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
        method(request, (error, response) => (error ? reject(error) : resolve(response)));
    });
}

function fill<T extends AnalyzeRequest | AnalyzerResource>(request: T, resource: Resource): T {
    const options = new AnalyzerResourceOptions();
    options.setProtect(resource.protect);
    request.setUrn(resource.urn);
    request.setType(resource.type);
    request.setName(resource.urn.split("::")[3] ?? "");
    request.setOptions(options);
    request.setProperties(Struct.fromJavaScript(wire(resource.props) as Record<string, JavaScriptValue>));
    return request;
}

/** Replaces unknown values as the engine does. */
function wire(value: unknown): unknown {
    if (value === UNKNOWN) {
        return UNKNOWN_TEXT;
    }
    if (Array.isArray(value)) {
        return value.map(wire);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, below]) => [key, wire(below)]))
        : value;
}

function diagnostics(response: AnalyzeResponse): readonly Diagnostic[] {
    return response.getDiagnosticsList().map((diagnostic) => ({
        policy: diagnostic.getPolicyname(),
        urn: diagnostic.getUrn(),
        message: diagnostic.getMessage(),
        level: levelName(diagnostic.getEnforcementlevel()),
    }));
}

export function levelName(level: EnforcementLevel): string {
    return Object.entries(EnforcementLevel).find(([, value]) => value === level)?.[0] ?? String(level);
}
