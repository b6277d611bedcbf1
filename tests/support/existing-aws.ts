import { type ArgumentError, formatPath } from "../../components/domain/errors";
import { type Provider, Refusal } from "../../testing/mock-engine";
import { placeholderProvider } from "../../testing/placeholder-provider";
import { REGION, run } from "./run";

/** What is there already, in the tests. */
export const VPC = "vpc-0123456789abcdef0";
export const SUBNET = "subnet-0123456789abcdef0";
export const SUBNET_2 = "subnet-0123456789abcdef1";

type Inputs = Readonly<Record<string, unknown>>;
type Answer = Record<string, unknown>;

/** By lookup, such as `getVpc`: what AWS says else than the placeholder does, or a refusal that it throws. */
export type Answers = Readonly<Record<string, (inputs: Inputs) => Answer>>;

/** A lookup, such as `getVpc`, and what it asked. */
type Call = readonly [lookup: string, inputs: Inputs];

interface ExistingAws {
    readonly provider: Provider;
    readonly calls: Call[];
    /** Lookups and the names of what was made, in their order. */
    readonly events: string[];
}

/** An AWS where everything is as a stack needs it, but for these answers. */
export function existingAws(answers: Answers = {}, region: string = REGION): ExistingAws {
    const usual = placeholderProvider(region);
    const fit: Answers = { getSubnet: () => ({ vpcId: VPC }), ...answers };
    const calls: Call[] = [];
    const events: string[] = [];
    return {
        calls,
        events,
        provider: {
            create(type, name, inputs) {
                events.push(name);
                return usual.create(type, name, inputs);
            },
            call(token, inputs) {
                const lookup = token.split(":").at(-1) ?? "";
                events.push(lookup);
                calls.push([lookup, inputs]);
                const other = fit[lookup]?.(inputs);
                return { ...usualAnswer(usual, token, inputs, other !== undefined), ...other };
            },
        },
    };
}

function usualAnswer(usual: Provider, token: string, inputs: Inputs, replaced: boolean): Answer {
    try {
        return usual.call(token, inputs);
    } catch (error) {
        if (replaced && error instanceof Refusal) {
            return {};
        }
        throw error;
    }
}

/** A refusal, in the words and on the lines that the engine gives the AWS provider's. */
export function refuse(reason: string): never {
    throw new Refusal(`invoking lookup: 1 error occurred:\n\t* ${reason}\n\n`);
}

/** What one lookup finds, and what it asked for that, by the alphabet: calls at the same time have no order. */
export async function lookUp<T>(
    lookup: () => Promise<T>,
    answers: Answers = {},
): Promise<{ readonly facts: T; readonly calls: readonly Call[] }> {
    const { provider, calls } = existingAws(answers);
    const found: T[] = [];
    await run(
        async () => {
            found.push(await lookup());
            return {};
        },
        { provider },
    );
    return {
        facts: found[0] as T,
        calls: calls.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    };
}

/** The code and the path of each error: the sentences are in one golden file. */
export function codes(errors: readonly ArgumentError[]): readonly (readonly [code: string, path: string])[] {
    return errors.map(({ code, path }) => [code, formatPath(path)]);
}
