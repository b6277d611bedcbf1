import type fc from "fast-check";
import { certificate } from "./certificate";
import { config, networkOf } from "./config";
import { type Parts, parts } from "./parts";
import type { AnyStack } from "./types";

/** A stack that must be accepted: every key of the stack config, in any combination that the rules allow. */
export const anyStack: fc.Arbitrary<AnyStack> = parts
    .map((drawn) => ({
        stack: drawn.stack,
        region: drawn.region,
        defaultTags: drawn.defaultTags,
        config: config(drawn),
        privateKey: drawn.certificateSource === "chain" ? certificate().privateKey : undefined,
        domainName: mayHaveAnyDomain(drawn) ? drawn.otherDomain : undefined,
    }))
    .filter(fitsIntoArgument);

/**
 * Whether config.yml is surely short enough for RDB Loader's argument: about 7,700 bytes, of which the rest of the file
 * takes 3,000. Ruby writes a line break or another special character in 16 bytes at most, indentation included.
 */
function fitsIntoArgument({ config: { emrEtlRunner } }: AnyStack): boolean {
    const special = /\\n|[^ -~]/g;
    return (JSON.stringify(emrEtlRunner) ?? "").replace(special, "x".repeat(16)).length < 4_000;
}

/** Whether the nodes' names may differ from the certificate's. */
function mayHaveAnyDomain(drawn: Parts): boolean {
    return (
        drawn.encryption.inTransit === false ||
        drawn.certificateSource === "archive" ||
        networkOf(drawn).existing?.allowHostnameMismatch === true
    );
}
