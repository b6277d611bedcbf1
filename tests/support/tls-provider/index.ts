import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Provider } from "../../../testing/mock-engine";
import { placeholderProvider } from "../../../testing/placeholder-provider";
import { certificateRequest, locallySigned, selfSigned } from "./certificates";
import type { State } from "./inputs";
import { locallySignedInputs, privateKeyInputs, requestInputs, selfSignedInputs } from "./inputs";
import { privateKey } from "./keys";

type Inputs = Readonly<Record<string, unknown>>;

interface Made {
    /** JSON. */
    readonly inputs: string;
    readonly result: pulumi.runtime.MockResourceResult;
    /** From this time on, an `up` replaces the certificate. */
    readonly renewal?: Date;
}

/**
 * A fake tls provider that creates real keys and certificates: RSA with SHA-256, as the program needs. It refuses
 * inputs and resources that it does not implement. Like a stack between two `up`s, it keeps a resource until the
 * inputs change or a certificate reaches its `earlyRenewalHours`. All other resources are placeholders.
 * @see https://github.com/hashicorp/terraform-provider-tls: docs/resources, internal/provider/common_cert.go
 */
export class TlsProvider implements Provider {
    /** The time of the next run. */
    now = new Date();
    private readonly others: Provider;
    private readonly made = new Map<string, Made>();

    constructor(region: string) {
        this.others = placeholderProvider(region);
    }

    create(type: string, name: string, inputs: Inputs): pulumi.runtime.MockResourceResult {
        if (!type.startsWith("tls:")) {
            return this.others.create(type, name, inputs);
        }
        const key = `${type} ${name}`;
        const text = JSON.stringify(inputs);
        const before = this.made.get(key);
        if (before?.inputs === text && !(before.renewal && before.renewal <= this.now)) {
            return before.result;
        }
        try {
            const { renewal, ...state } = make(type, inputs, this.now);
            const result = { id: name, state: { ...inputs, ...state } };
            this.made.set(key, { inputs: text, result, renewal });
            return result;
        } catch (error) {
            const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
            throw new Error(`${key}: ${message}`, { cause: error });
        }
    }

    call(token: string, inputs: Inputs): Record<string, unknown> {
        return this.others.call(token, inputs);
    }
}

/** Keys and signatures are promises in the state: WebCrypto is asynchronous, and Pulumi waits for them. */
function make(type: string, inputs: Inputs, now: Date): State & { readonly renewal?: Date } {
    const plain = Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value)]),
    );
    switch (type) {
        case "tls:index/privateKey:PrivateKey":
            return privateKey(privateKeyInputs.parse(plain));
        case "tls:index/certRequest:CertRequest":
            return { certRequestPem: certificateRequest(requestInputs.parse(plain)) };
        case "tls:index/selfSignedCert:SelfSignedCert":
            return selfSigned(selfSignedInputs.parse(plain), now);
        case "tls:index/locallySignedCert:LocallySignedCert":
            return locallySigned(locallySignedInputs.parse(plain), now);
        default:
            throw new Error("this fake does not implement the resource");
    }
}
