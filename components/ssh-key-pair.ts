import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { namePrefix, type Tags } from "./domain/naming";

export interface SshKeyPairArgs {
    /** The start of every physical name. */
    readonly prefix: string;
    /** The tags of the key pair. */
    readonly tags: Tags;
}

/** An EC2 key pair, created or existing. */
export interface KeyPair {
    /** The name under which EC2 knows the key pair. */
    readonly keyName: pulumi.Output<string>;
}

/** The EC2 key pair that EmrEtlRunner requires. Its private key is in the stack's state only. */
export class SshKeyPair extends pulumi.ComponentResource implements KeyPair {
    public readonly keyName: pulumi.Output<string>;

    constructor(name: string, args: SshKeyPairArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:index:SshKeyPair", name, {}, opts);

        const key = new tls.PrivateKey(`${name}-key`, { algorithm: "RSA", rsaBits: 4096 }, { parent: this });
        const pair = new aws.ec2.KeyPair(
            name,
            {
                keyNamePrefix: namePrefix("keyPair", args.prefix),
                publicKey: key.publicKeyOpenssh,
                tags: args.tags,
            },
            { parent: this },
        );

        this.keyName = pair.keyName;
        this.registerOutputs({ keyName: this.keyName });
    }

    /** An existing key pair of the stack's region. */
    static existing(keyName: pulumi.Input<string>): KeyPair {
        return { keyName: pulumi.output(keyName) };
    }
}
