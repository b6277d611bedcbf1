import type { Release } from "../domain/emr-release";
import type { Location, Mode } from "../domain/locations";
import type { Region } from "../domain/region";
import type { JobflowGrants } from "../policies/emr-roles";
import type { StackConfig } from "./schema";

/** The arguments of EmrEncryption as the program uses them: checked, complete, frozen, and with what follows from it. */
export interface ResolvedArgs extends StackConfig {
    readonly stack: string;
    readonly region: Region;
    /** What every physical name begins with: `snowplow-<slug>`. */
    readonly prefix: string;
    readonly mode: Mode;
    /** The locations of this mode, in the order of EmrEtlRunner's config.yml. */
    readonly locations: readonly Location[];
    readonly release: Release;
    /** Whether CloudFront writes the raw events: its log delivery needs a bucket that takes ACLs. */
    readonly cloudfrontCollector: boolean;
    /** Whether instances may be Spot ones. */
    readonly spot: boolean;
    readonly jobflowGrants: JobflowGrants;
    /** `certificates.remindTopicArn`, unless its time is over: EventBridge Scheduler takes none that is. */
    readonly remindTopicArn: string | null;
    /** What works, but protects less than it could. */
    readonly warnings: readonly string[];
}
