import { expect } from "chai";
import type { ResolvedArgs } from "../../../components/args";
import { parseConfig, type StackInput } from "../../../components/config";
import { type ArgumentError, formatPath, InvalidArguments } from "../../../components/domain/errors";

/** The six objects, or some of them. */
export type Config = Readonly<Record<string, unknown>>;

/** Parses a stack config; the rest is a stack `dev` in `eu-west-1`, unless said otherwise. */
export function parse(config: Config, input: Partial<StackInput> = {}): ResolvedArgs {
    return parseConfig({
        stack: "dev",
        region: "eu-west-1",
        defaultTags: undefined,
        encryptedKeys: [],
        ...input,
        config,
    });
}

/** The errors of a stack config: none where it is accepted. */
export function errorsOf(config: Config, input?: Partial<StackInput>): readonly ArgumentError[] {
    try {
        parse(config, input);
        return [];
    } catch (error) {
        if (error instanceof InvalidArguments) {
            return error.errors;
        }
        throw error;
    }
}

/** The same in short: `release at emrEtlRunner.aws.emr.ami_version`. */
export function codesOf(config: Config, input?: Partial<StackInput>): readonly string[] {
    return errorsOf(config, input).map(({ code, path }) => `${code} at ${formatPath(path)}`);
}

/** A stack in batch mode: the least that it must say, and more of config.yml. */
export function batch(emrEtlRunner: Config = {}): Config {
    return { emrEtlRunner: { collectors: { format: "thrift" }, ...emrEtlRunner } };
}

export function buckets(below: Config, others: Config = {}): Config {
    return batch({ aws: { s3: { buckets: below } }, ...others });
}

export function emr(below: Config): Config {
    return batch({ aws: { emr: below } });
}

export function jobflow(below: Config): Config {
    return emr({ jobflow: below });
}

/** A stack in stream-enrich mode, `enriched.stream` being managed unless `buckets` say otherwise. */
export function stream(below: Config = {}, others: Config = {}): Config {
    return {
        emrEtlRunner: { aws: { s3: { buckets: { enriched: { stream: "managed" }, ...below } } }, ...others },
    };
}

/** The path of EmrEtlRunner's locations. */
export const BUCKETS = "emrEtlRunner.aws.s3.buckets";

/** A situation, its stack config, and the error that it has. Without one, it is accepted. */
export type Case = readonly [
    title: string,
    config: Config | (() => Config),
    errors?: string | readonly string[],
    input?: Partial<StackInput>,
];

/** A test for each case: the whole list of errors, each as `code at path`. */
export function judges(cases: readonly Case[]): void {
    for (const [title, config, errors = [], input] of cases) {
        it(`${errors.length === 0 ? "accepts" : "refuses"} ${title}`, () => {
            const given = typeof config === "function" ? (config as () => Config)() : config;
            expect(codesOf(given, input)).to.deep.equal([errors].flat());
        });
    }
}
