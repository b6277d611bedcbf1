/** A stack as its owner writes it. */
export interface AnyStack {
    readonly stack: string;
    readonly region: string;
    /** `aws:defaultTags`, undefined if missing. */
    readonly defaultTags: unknown;
    /** The stack config below the program's namespace. */
    readonly config: Config;
    /** The secret `certificatePrivateKey`, undefined if missing. */
    readonly privateKey: string | undefined;
    /** The domain of the nodes' names in an existing VPC; undefined for AWS's default. */
    readonly domainName: string | undefined;
}

export type Config = Readonly<Record<string, unknown>>;
