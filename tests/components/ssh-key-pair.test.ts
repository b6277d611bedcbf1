import { expect } from "chai";
import { SshKeyPair } from "../../components/ssh-key-pair";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:index:SshKeyPair";

describe("SshKeyPair", () => {
    it("gives EC2 the public key; the private key stays in the state", async () => {
        const result = await run(() => ({
            keyName: new SshKeyPair("login", { prefix: "snowplow-dev", tags: { stack: "tag" } }).keyName,
        }));
        expect(resourceLines(result)).to.deep.equal([
            "aws:ec2/keyPair:KeyPair login < login",
            `${COMPONENT} login < snowplow-emr-encryption-dev`,
            "tls:index/privateKey:PrivateKey login-key < login",
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            "tls:index/privateKey:PrivateKey login-key": { algorithm: "RSA", rsaBits: 4096 },
            "aws:ec2/keyPair:KeyPair login": {
                keyNamePrefix: "snowplow-dev-",
                publicKey: "ssh-rsa placeholder",
                tags: { stack: "tag" },
            },
        });
        const outputs = { keyName: "snowplow-dev-placeholder" };
        expect(result.outputs).to.deep.equal(outputs);
        expect(result.secretOutputs).to.deep.equal([]);
        expect(registration(result, COMPONENT, "login").outputs).to.deep.equal(outputs);
    });

    it("returns an existing key pair, and registers nothing", async () => {
        const result = await run(() => ({ ...SshKeyPair.existing("operators") }));
        expect(resourceLines(result)).to.deep.equal([]);
        expect(result.outputs).to.deep.equal({ keyName: "operators" });
    });
});
