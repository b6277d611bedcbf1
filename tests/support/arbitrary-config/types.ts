/** A stack as its owner writes it. */
export interface AnyStack {
    readonly stack: string;
    readonly region: string;
    /** `aws:defaultTags`; undefined: missing. */
    readonly defaultTags: unknown;
    /** Some of the six objects. */
    readonly config: Config;
    /** The secret `certificatePrivateKey`; undefined: missing. */
    readonly privateKey: string | undefined;
    /** The domain of the nodes' names in an existing VPC; undefined: AWS's default. */
    readonly domainName: string | undefined;
}

export type Config = Readonly<Record<string, unknown>>;
