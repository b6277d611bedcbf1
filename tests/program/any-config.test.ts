import { expect } from "chai";
import fc from "fast-check";
import { loadProgram } from "../../commands/render";
import type { ResolvedArgs } from "../../components/args";
import { PRIVATE_KEY, parseConfig, type StackInput } from "../../components/config";
import { renderEmrEtlRunnerConfig } from "../../components/domain/emr-etl-runner-config";
import { InvalidArguments } from "../../components/domain/errors";
import { resolveLocations } from "../../components/domain/locations";
import type { Provider, Registration, Run } from "../../testing/mock-engine";
import { ACCOUNT_ID, PLACEHOLDER, placeholderProvider } from "../../testing/placeholder-provider";
import {
    type AnyStack,
    almostAnyStack,
    anyStack,
    anyStackInput,
    inputOf,
    makeOwnCertificate,
} from "../support/arbitrary-config";
import { clusterErrors } from "../support/dataflow-runner-contract";
import {
    configErrors,
    EXISTING_PATH,
    programErrors,
    roleArn,
    takesAnyHostname,
} from "../support/emr-etl-runner-contract";
import { limitErrors } from "../support/limits";
import { findings } from "../support/policy-pack";
import { run } from "../support/run";
import { stackFileKeys } from "../support/stack-file-keys";

/** The number of stacks that the whole program runs for, twice each; `npm run test:long` sets 2,000. */
const RUNS = Number(process.env.RUNS ?? 10);

/** The schema does not describe the AWS provider's tags. */
const DEFAULT_TAGS = { way: ["aws:defaultTags", "tags"], values: [undefined, "any"] };

describe("any stack config", () => {
    const { warn } = console;

    before(async () => {
        await makeOwnCertificate();
        console.warn = () => undefined; // Old releases have warnings.
    });

    after(() => {
        console.warn = warn;
    });

    describe("that is valid", () => {
        it("is accepted, and EmrEtlRunner accepts its config.yml", () => {
            fc.assert(
                fc.property(anyStack, (stack) => {
                    expect(configErrors(rendered(parsed(stack), stack), stack)).to.deep.equal([]);
                }),
                { numRuns: 10 * RUNS },
            );
        });

        it("covers every key of the stack file, omitted and set, with each of a few values", () => {
            const stacks = fc.sample(anyStack, { numRuns: 500, seed: 1 }).map((stack) => ({
                "aws:region": stack.region,
                "aws:defaultTags": stack.defaultTags,
                ...Object.fromEntries(
                    Object.entries(stack.config).map(([key, value]) => [
                        `snowplow-emr-encryption:${key}`,
                        value,
                    ]),
                ),
                [`snowplow-emr-encryption:${PRIVATE_KEY}`]: stack.privateKey && { secure: stack.privateKey },
            }));
            const missing = [...stackFileKeys(), DEFAULT_TAGS].flatMap(({ way, values }) => {
                const found = new Set<string | undefined>(
                    stacks.map((stack) => JSON.stringify(valueAt(stack, way))),
                );
                const any = [...found].some((value) => value !== undefined && value !== "null");
                return values
                    .filter((value) => (value === "any" ? !any : !found.has(value)))
                    .map((value) => `${way.join(".")}: ${value ?? "omitted"}`);
            });
            expect(missing).to.deep.equal([]);
        });

        it(`runs the program twice with the same result, which EmrEtlRunner, the policy pack and AWS's limits accept: ${RUNS} times`, async () => {
            await fc.assert(
                fc.asyncProperty(stackToRun, async (stack) => {
                    const first = await runProgram(stack);
                    expect(programErrors(first, stack)).to.deep.equal([]);
                    expect(clusterErrors(first)).to.deep.equal([]);
                    expect(findings(first)).to.deep.equal([]);
                    expect(limitErrors(first, defaultTagsOf(stack))).to.deep.equal([]);
                    const again = await runProgram(stack);
                    expect(sorted(again)).to.deep.equal(sorted(first));
                    expect(again.outputs).to.deep.equal(first.outputs);
                }),
                { numRuns: RUNS },
            );
        });
    });

    describe("that is almost valid", () => {
        it("is refused with a list of errors, or EmrEtlRunner accepts its config.yml", () => {
            fc.assert(
                fc.property(almostAnyStack, (stack) => {
                    const args = parsedOrRefused(inputOf(stack));
                    if (args) {
                        expect(configErrors(rendered(args, stack), stack)).to.deep.equal([]);
                    }
                }),
                { numRuns: 20 * RUNS },
            );
        });

        it("is refused with a list of errors, or accepted, for any stack name, region, tags and keys of other projects", () => {
            fc.assert(
                fc.property(anyStackInput, (input) => {
                    const args = parsedOrRefused(input);
                    expect(args === undefined || isFrozen(args)).to.equal(true);
                }),
                { numRuns: 10 * RUNS },
            );
        });
    });
});

/** Valid stacks, and the accepted ones of the almost valid stacks. */
const stackToRun = fc.oneof(
    { weight: 3, arbitrary: anyStack },
    {
        weight: 1,
        arbitrary: almostAnyStack.filter((stack) => {
            const args = parsedOrRefused(inputOf(stack));
            return args !== undefined && !bidsWithForeignKey(args);
        }),
    },
);

/** A bid with another account's key, which the program refuses when it looks up its own account. */
function bidsWithForeignKey({ encryption, spot }: ResolvedArgs): boolean {
    return spot && encryption.kmsKeyArn !== null && !encryption.kmsKeyArn.includes(`:${ACCOUNT_ID}:`);
}

function parsed(stack: AnyStack): ResolvedArgs {
    return parseConfig(inputOf(stack));
}

/** Returns undefined for a refused stack. @throws every error other than a refusal. */
function parsedOrRefused(input: StackInput): ResolvedArgs | undefined {
    try {
        return parseConfig(input);
    } catch (error) {
        if (!(error instanceof InvalidArguments)) {
            throw error;
        }
        expect(error.errors).not.to.have.length(0);
        for (const { found, expected, fix } of error.errors) {
            expect([found, expected ?? fix].filter((text) => !text)).to.deep.equal([]);
        }
        return undefined;
    }
}

function isFrozen(value: unknown): boolean {
    return (
        typeof value !== "object" ||
        value === null ||
        (Object.isFrozen(value) && Object.values(value).every(isFrozen))
    );
}

/** The config.yml as the program renders it. */
function rendered(args: ResolvedArgs, given: AnyStack): string {
    const { stack, stackTag, region, mode, prefix, access, network, emrEtlRunner, locations } = args;
    const { kmsKeyArn, ...switches } = args.encryption;
    const generated = (name: string) => `${prefix}-${name}${PLACEHOLDER}`;
    return renderEmrEtlRunnerConfig({
        stack,
        stackTag,
        region,
        mode,
        emrEtlRunner,
        locations: resolveLocations(locations, (bucket) => generated(`${bucket}-`)),
        jobflowRole: access.jobflowRole?.existing ?? generated("jobflow-"),
        serviceRole: access.serviceRole?.existing ?? generated("service-"),
        subnetId: network.existing?.subnetIds[0] ?? "subnet-1",
        keyName: emrEtlRunner.aws.emr.ec2_key_name ?? generated(""),
        anyHostname: takesAnyHostname(given),
        securityConfiguration: Object.values(switches).includes(true) ? generated("") : null,
    });
}

function defaultTagsOf({ defaultTags }: AnyStack): Record<string, string> {
    return (Object(defaultTags) as { readonly tags?: Record<string, string> | null }).tags ?? {};
}

function runProgram(given: AnyStack): Promise<Run> {
    const { stack, region, defaultTags, config, privateKey } = given;
    const secrets = privateKey === undefined ? {} : { [PRIVATE_KEY]: privateKey };
    const own = Object.entries({ ...config, ...secrets }).map(([key, value]) => [
        `snowplow-emr-encryption:${key}`,
        value,
    ]);
    return run(loadProgram, {
        stack,
        config: {
            "aws:region": region,
            ...(defaultTags !== undefined && { "aws:defaultTags": defaultTags }),
            ...Object.fromEntries(own),
        },
        secretKeys: Object.keys(secrets).map((key) => `snowplow-emr-encryption:${key}`),
        provider: providerOf(given),
    });
}

/** Answers with the domain of the existing VPC, and with ARNs of roles that contain their paths, as in IAM. */
function providerOf({ region, domainName }: AnyStack): Provider {
    const base = placeholderProvider(region);
    return {
        create(type, name, inputs) {
            const made = base.create(type, name, inputs) as { id: string; state: Record<string, unknown> };
            return type === "aws:iam/role:Role"
                ? { ...made, state: { ...made.state, arn: roleArn(String(inputs.path), made.id) } }
                : made;
        },
        call(token, inputs) {
            const answer = base.call(token, inputs);
            switch (token) {
                case "aws:ec2/getVpcDhcpOptions:getVpcDhcpOptions":
                    return domainName === undefined ? answer : { ...answer, domainName };
                case "aws:iam/getRole:getRole":
                    return { ...answer, arn: roleArn(EXISTING_PATH, String(inputs.name)) };
                default:
                    return answer;
            }
        },
    };
}

/** The order of registrations depends on when inputs become known, and has no meaning. */
function sorted({ registrations }: Run): readonly unknown[] {
    const key = ({ type, name }: Registration) => `${type} ${name}`;
    return registrations
        .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
        .map((entry) => ({ ...entry, dependencies: entry.dependencies.toSorted() }));
}

function valueAt(root: unknown, way: readonly string[]): unknown {
    return way.reduce<unknown>((value, key) => Object(value)[key], root);
}
