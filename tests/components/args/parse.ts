import type { ResolvedArgs } from "../../../components/args";
import type { Problem } from "../../../components/args/errors";
import { parseSettings, SettingsError, type StackInput } from "../../../components/config";

/** The six objects, or some of them. */
export type Config = Readonly<Record<string, unknown>>;

/** Parses a stack config; the rest is a stack `dev` in `eu-west-1`, unless said otherwise. */
export function parse(config: Config, input: Partial<StackInput> = {}): ResolvedArgs {
    return parseSettings({
        stack: "dev",
        region: "eu-west-1",
        defaultTags: undefined,
        encryptedKeys: [],
        ...input,
        config,
    });
}

/** What is wrong with a stack config: nothing where it is accepted. */
export function problems(config: Config, input?: Partial<StackInput>): readonly Problem[] {
    try {
        parse(config, input);
        return [];
    } catch (error) {
        if (error instanceof SettingsError) {
            return error.problems;
        }
        throw error;
    }
}

/** A problem at a path below the project's own namespace. */
export function problem(path: string, found: string, allowed: string): Problem {
    return { path: `snowplow-emr-encryption:${path}`, found, allowed };
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

/** What the paths of EmrEtlRunner's locations begin with. */
export const BUCKETS = "emrEtlRunner.aws.s3.buckets";
