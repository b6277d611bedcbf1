import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { awsClients } from "../../commands/aws";
import type { Region } from "../../components/domain/region";
import type { AsyncProvider, Run } from "../../testing/mock-engine";
import { MINIMAL, REGION, runStack } from "../support/run";
import { TlsProvider } from "../support/tls-provider";
import { ec2 } from "./deploy/ec2";
import { emr } from "./deploy/emr";
import { iam } from "./deploy/iam";
import { kms } from "./deploy/kms";
import { lookups } from "./deploy/lookups";
import type { Aws, Resources } from "./deploy/resource";
import { s3 } from "./deploy/s3";
import { scheduler } from "./deploy/scheduler";
import { securityGroups } from "./deploy/security-groups";

const RESOURCES: Resources = { ...s3, ...ec2, ...securityGroups, ...iam, ...kms, ...emr, ...scheduler };

type Inputs = Readonly<Record<string, unknown>>;

interface DeployOptions {
    /** Default `dev`. */
    readonly stack?: string;
    /** Default `eu-west-1`. */
    readonly region?: Region;
    /** Creates keys and certificates. Default: new ones; the same provider again keeps them. */
    readonly tls?: TlsProvider;
}

/** A deployed stack. */
export interface Deployment extends Run {
    /** What `pulumi stack output --json` prints. */
    readonly json: string;
    readonly aws: Aws;
    /** The physical id of a resource. */
    id(type: string, name: string): string;
}

/**
 * Runs the whole program for a stack config, and creates in moto whatever it registers.
 * @param config The keys of the stack config below our namespace.
 * @throws Error with type and name of a resource, or of an input, that is not implemented here.
 */
export async function deployStack(
    config: Inputs = MINIMAL,
    { stack, region = REGION, tls = new TlsProvider(region) }: DeployOptions = {},
): Promise<Deployment> {
    const aws = { ...awsClients(region), region };
    const provider = new MotoProvider(aws, tls);
    const run = await runStack(config, { stack, region, provider });
    return {
        ...run,
        json: JSON.stringify(run.outputs, null, 2),
        aws,
        id: (type, name) => provider.id(`${type} ${name}`),
    };
}

class MotoProvider implements AsyncProvider {
    private readonly ids = new Map<string, string>();

    constructor(
        private readonly aws: Aws,
        private readonly tls: TlsProvider,
    ) {}

    async create(type: string, name: string, inputs: Inputs): Promise<pulumi.runtime.MockResourceResult> {
        if (type.startsWith("tls:")) {
            return this.tls.create(type, name, inputs);
        }
        const make = RESOURCES[type];
        if (!make) {
            throw new Error(`${type} ${name}: not implemented here`);
        }
        const plain = Object.fromEntries(
            Object.entries(inputs).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value)]),
        );
        try {
            const { id, state } = await make(plain, this.aws, name);
            this.ids.set(`${type} ${name}`, id);
            return { id, state: { ...inputs, ...state } };
        } catch (error) {
            const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
            throw new Error(`${type} ${name}: ${message}`, { cause: error });
        }
    }

    async call(token: string, inputs: Inputs): Promise<Record<string, unknown>> {
        const lookUp = lookups[token];
        if (!lookUp) {
            throw new Error(`${token}: not implemented here`);
        }
        return lookUp(inputs, this.aws);
    }

    id(key: string): string {
        const found = this.ids.get(key);
        if (found === undefined) {
            throw new Error(`no ${key} in this stack`);
        }
        return found;
    }
}
