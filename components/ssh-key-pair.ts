import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Tags } from "./domain/naming";

export interface SshKeyPairArgs {
    readonly prefix: string;
    readonly tags: Tags;
}

/**
 * The EC2 key pair that EmrEtlRunner cannot do without. Nobody needs to log in: the private key stays in the state.
 */
export class SshKeyPair extends pulumi.ComponentResource {
    public readonly keyName: pulumi.Output<string>;

    constructor(name: string, args: SshKeyPairArgs, opts?: pulumi.ComponentResourceOptions) {
        super("snowplow-emr-encryption:ec2:SshKeyPair", name, {}, opts);

        const key = new tls.PrivateKey(`${name}-key`, { algorithm: "RSA", rsaBits: 4096 }, { parent: this });
        const pair = new aws.ec2.KeyPair(
            name,
            { keyNamePrefix: `${args.prefix}-`, publicKey: key.publicKeyOpenssh, tags: args.tags },
            { parent: this },
        );

        this.keyName = pair.keyName;
        this.registerOutputs({ keyName: this.keyName });
    }
}
