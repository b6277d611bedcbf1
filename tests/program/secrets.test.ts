import { generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { zipSync } from "fflate";
import { NAMESPACE, PRIVATE_KEY } from "../../components/config";
import type { Provider, Run } from "../../testing/mock-engine";
import { certificateAuthority } from "../support/authority";
import { MINIMAL, REGION, runStack } from "../support/run";
import { found, readable, revealed, type Sought, soughtKey, soughtText } from "../support/secrets";
import { TlsProvider } from "../support/tls-provider";

/** Credentials in AWS's form, which its documentation uses, with marks of our own. */
const CREDENTIALS = {
    accessKey: "AKIAIOSFODNN7MARKER1",
    secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYMARKERKEY1",
    token: "IQoJb3JpZ2luX2VjMARKERTOKENxxxxxxxxxxxxxx1",
} as const;

const ENVIRONMENT = {
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7MARKER2",
    AWS_SECRET_ACCESS_KEY: "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",
    AWS_SESSION_TOKEN: "IQoJb3JpZ2luX2VjMARKERTOKENxxxxxxxxxxxxxx2",
    AWS_SNOWPLOW_ACCESS_KEY: "AKIAIOSFODNN7MARKER3",
    AWS_SNOWPLOW_SECRET_KEY: "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",
} as const;

/** A stack whose log is not empty. */
const WITH_WARNING = { ...MINIMAL, network: { internetAccess: "public" } };

/** Creates real keys and remembers them. */
class KeyKeeper implements Provider {
    readonly keys = new Map<string, pulumi.Output<string>>();
    /** The lookups and their inputs, as JSON. */
    lookups = "";
    private readonly maker = new TlsProvider(REGION);

    create(...[type, name, inputs]: Parameters<Provider["create"]>): pulumi.runtime.MockResourceResult {
        // Short keys are as secret. Creating the 4096 bits of the SSH key takes seconds.
        const made = this.maker.create(
            type,
            name,
            "rsaBits" in inputs ? { ...inputs, rsaBits: 1024 } : inputs,
        );
        if (type === "tls:index/privateKey:PrivateKey") {
            this.keys.set(name, pulumi.output(made.state.privateKeyPem as pulumi.Input<string>));
        }
        return made;
    }

    call(token: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
        this.lookups += JSON.stringify([token, inputs]);
        return this.maker.call(token, inputs);
    }
}

/** A run with its secrets. */
interface SecretRun {
    readonly run: Run;
    /** Everything that a reader without access to secrets sees: place → text. */
    readonly places: Readonly<Record<string, string>>;
    readonly keys: readonly Sought[];
    readonly credentials: readonly Sought[];
}

describe("secrets", () => {
    const runs = new Map<string, SecretRun>();

    before(async () => {
        const provider = new KeyKeeper();
        const authority = await certificateAuthority("acme");
        const { chain, privateKey } = await authority.issue([`*.${REGION}.compute.internal`]);
        runs.set("an issued certificate", await runWithSecrets(WITH_WARNING, provider));
        runs.set(
            "a provided certificate",
            await runWithSecrets(
                {
                    ...WITH_WARNING,
                    certificates: { chainPem: chain, trustedPem: authority.certificate },
                    [PRIVATE_KEY]: privateKey,
                },
                provider,
            ),
        );
    });

    const of = (title: string): SecretRun => {
        const one = runs.get(title);
        if (!one) {
            throw new Error(`no run with ${title}`);
        }
        return one;
    };
    /** The places that contain a secret, with the secrets. */
    const leaks = ({ places }: SecretRun, secrets: readonly Sought[]) =>
        Object.entries(places)
            .map(([place, text]) => [place, ...found(text, secrets)])
            .filter(([, ...names]) => names.length > 0);

    describe("are found by the search", () => {
        const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
        const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
        const der = privateKey.export({ type: "pkcs8", format: "der" });
        const secrets = soughtKey("a key", pem);
        const jwk = privateKey.export({ format: "jwk" });
        const zip = (level: 0 | 9) => zipSync({ "k.pem": Buffer.from(pem) }, { level });
        const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");
        const forms = {
            PEM: pem,
            "PEM in JSON in JSON": JSON.stringify({ policy: JSON.stringify({ pem }) }),
            "PEM in its older form": privateKey.export({ type: "sec1", format: "pem" }).toString(),
            "PEM without its header": pem.replace(/-----.*-----\n/g, ""),
            "DER in base64": base64(der),
            "DER in base64, after one byte": base64(Buffer.concat([Buffer.from("x"), der])),
            "DER in base64, after two bytes": base64(Buffer.concat([Buffer.from("xy"), der])),
            "PEM in base64": base64(pem),
            "PEM in base64, after letters": `aGVsbG8${base64(pem)}`,
            "DER in hex": der.toString("hex").toUpperCase(),
            "DER in hex with colons": der.toString("hex").replace(/..(?=.)/g, "$&:"),
            JWK: JSON.stringify(jwk),
            "a stored archive in base64": base64(zip(0)),
            "a packed archive in base64": base64(zip(9)),
            "the bytes": der.toString("latin1"),
        };
        for (const [form, text] of Object.entries(forms)) {
            it(`as ${form}`, () => {
                expect(found(`some text ${text} and more`, secrets)).to.include("a key: d");
            });
        }

        it("are not found in public keys and other letters", () => {
            const { d: _, ...publicJwk } = jwk;
            expect(found(JSON.stringify(publicJwk), secrets)).to.deep.equal([]);
            expect(found(base64(pem.replace(/\w/g, "x")), secrets)).to.deep.equal([]);
        });

        it("are found in the secret inputs of a run, and in the archive", () => {
            for (const [title, places] of [
                [
                    "an issued certificate",
                    [
                        "emr-certificates-node-ca",
                        "emr-certificates-node-request",
                        "emr-certificates-node",
                        "emr-certificates-archive",
                    ],
                ],
                ["a provided certificate", ["emr-certificates-archive"]],
            ] as const) {
                const { run, keys } = of(title);
                const holders = run.registrations.filter(
                    ({ inputs }) => found(revealed(inputs), keys).length > 0,
                );
                expect(holders.map(({ name }) => name)).to.have.members(places);
            }
        });
    });

    for (const title of ["an issued certificate", "a provided certificate"] as const) {
        describe(`of a stack with ${title}`, () => {
            it("are all of its private keys", () => {
                const names = new Set(of(title).keys.map(({ name }) => name.replace(/: .*/, "")));
                expect([...names]).to.deep.equal(
                    title === "a provided certificate"
                        ? ["emr-ssh-key-pair-key", PRIVATE_KEY]
                        : [
                              "emr-certificates-node-ca-key",
                              "emr-certificates-node-key-1",
                              "emr-ssh-key-pair-key",
                          ],
                );
            });

            it("appear in no plain input, in no output, and in nothing that render writes", () => {
                expect(leaks(of(title), of(title).keys)).to.deep.equal([]);
                expect(of(title).run.secretOutputs).to.deep.equal([]);
            });

            it("include no AWS credentials, not even in a secret", () => {
                const { run, credentials } = of(title);
                expect(credentials).to.have.length(8);
                expect(leaks(of(title), credentials)).to.deep.equal([]);
                expect(found(revealed(run.registrations), credentials)).to.deep.equal([]);
            });
        });
    }

    it("are searched for in the log", () => {
        for (const one of runs.values()) {
            expect(one.places["the log"]).to.include("public address");
        }
    });
});

/** Runs the program with AWS credentials in its config and its environment, and records its log. */
async function runWithSecrets(
    config: Readonly<Record<string, unknown>>,
    provider: KeyKeeper,
): Promise<SecretRun> {
    const before = Object.fromEntries(Object.keys(ENVIRONMENT).map((name) => [name, process.env[name]]));
    const { warn, log, error } = console;
    let logged = "";
    const listen = (...texts: unknown[]) => {
        logged += `${texts.map(String).join(" ")}\n`;
    };
    provider.keys.clear();
    provider.lookups = "";
    try {
        Object.assign(process.env, ENVIRONMENT);
        Object.assign(console, { warn: listen, log: listen, error: listen });
        const run = await runStack(config, {
            provider,
            aws: CREDENTIALS,
            secretKeys: [
                ...Object.keys(CREDENTIALS).map((name) => `aws:${name}`),
                ...(PRIVATE_KEY in config ? [`${NAMESPACE}:${PRIVATE_KEY}`] : []),
            ],
        });
        const created = await Promise.all(
            [...provider.keys].map(async ([name, pem]) => [name, await resolved(pem)] as const),
        );
        const provided = Object.entries(config).filter(([name]) => name === PRIVATE_KEY);
        return {
            run,
            places: { ...readable(run), "the log": logged, "the lookups": provider.lookups },
            keys: [...created.sort(), ...provided].flatMap(([name, pem]) => soughtKey(name, String(pem))),
            credentials: Object.entries({ ...CREDENTIALS, ...ENVIRONMENT }).map(([name, text]) =>
                soughtText(name, text),
            ),
        };
    } finally {
        Object.assign(console, { warn, log, error });
        for (const [name, value] of Object.entries(before)) {
            if (value === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = value;
            }
        }
    }
}

function resolved(output: pulumi.Output<string>): Promise<string> {
    return (output as pulumi.Output<string> & { promise(): Promise<string> }).promise();
}
