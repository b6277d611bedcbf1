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

/** As AWS writes them; those of its documentation, changed. */
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

/** One that really makes keys, and remembers them. */
class KeyKeeper implements Provider {
    readonly keys = new Map<string, pulumi.Output<string>>();
    /** What lookups were asked, as JSON. */
    asked = "";
    private readonly maker = new TlsProvider(REGION);

    create(...[type, name, inputs]: Parameters<Provider["create"]>): pulumi.runtime.MockResourceResult {
        // Short ones are as secret, and sooner made: 4096 bits, as EC2 gets, take seconds.
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
        this.asked += JSON.stringify([token, inputs]);
        return this.maker.call(token, inputs);
    }
}

/** A run, and all that it must keep to itself. */
interface Kept {
    readonly run: Run;
    /** Place → text. */
    readonly places: Readonly<Record<string, string>>;
    readonly keys: readonly Sought[];
    readonly credentials: readonly Sought[];
}

describe("secrets", () => {
    const kept = new Map<string, Kept>();

    before(async () => {
        const provider = new KeyKeeper();
        const authority = await certificateAuthority("theirs");
        const { chain, privateKey } = await authority.issue([`*.${REGION}.compute.internal`]);
        kept.set("its own certificate", await keep(MINIMAL, provider));
        kept.set(
            "the user's",
            await keep(
                {
                    ...MINIMAL,
                    certificates: { chainPem: chain, trustedPem: authority.certificate },
                    [PRIVATE_KEY]: privateKey,
                },
                provider,
            ),
        );
    });

    const of = (title: string): Kept => {
        const one = kept.get(title);
        if (!one) {
            throw new Error(`no run with ${title}`);
        }
        return one;
    };
    /** Where something is that must not be there. */
    const leaks = ({ places }: Kept, secrets: readonly Sought[]) =>
        Object.entries(places)
            .map(([place, text]) => [place, ...found(text, secrets)])
            .filter(([, ...names]) => names.length > 0);

    describe("are found, if they are there", () => {
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
            "DER in base64, behind a byte": base64(Buffer.concat([Buffer.from("x"), der])),
            "DER in base64, behind two": base64(Buffer.concat([Buffer.from("xy"), der])),
            "PEM in base64": base64(pem),
            "PEM in base64, behind letters": `aGVsbG8${base64(pem)}`,
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

        it("but nothing else is", () => {
            const { d: _, ...publicJwk } = jwk;
            expect(found(JSON.stringify(publicJwk), secrets)).to.deep.equal([]);
            expect(found(base64(pem.replace(/\w/g, "x")), secrets)).to.deep.equal([]);
        });

        it("by the run: in what it marks as secret, and in the archive", () => {
            for (const [title, places] of [
                [
                    "its own certificate",
                    [
                        "emr-certificates-node-ca",
                        "emr-certificates-node-request",
                        "emr-certificates-node",
                        "emr-certificates-archive",
                    ],
                ],
                ["the user's", ["emr-certificates-archive"]],
            ] as const) {
                const { run, keys } = of(title);
                const holders = run.registrations.filter(
                    ({ inputs }) => found(revealed(inputs), keys).length > 0,
                );
                expect(holders.map(({ name }) => name)).to.have.members(places);
            }
        });
    });

    for (const title of ["its own certificate", "the user's"] as const) {
        describe(`of a stack with ${title}`, () => {
            it("are as many keys as it has", () => {
                const names = new Set(of(title).keys.map(({ name }) => name.replace(/: .*/, "")));
                expect([...names]).to.deep.equal(
                    title === "the user's"
                        ? ["emr-ssh-key-pair-key", PRIVATE_KEY]
                        : [
                              "emr-certificates-node-ca-key",
                              "emr-certificates-node-key-1",
                              "emr-ssh-key-pair-key",
                          ],
                );
            });

            it("are no private key outside a secret, in an output, or in what render writes", () => {
                expect(leaks(of(title), of(title).keys)).to.deep.equal([]);
                expect(of(title).run.secretOutputs).to.deep.equal([]);
            });

            it("are no access key of AWS's anywhere, in a secret neither", () => {
                const { run, credentials } = of(title);
                expect(credentials).to.have.length(8);
                expect(leaks(of(title), credentials)).to.deep.equal([]);
                expect(found(revealed(run.registrations), credentials)).to.deep.equal([]);
            });
        });
    }

    it("are not told to the log", () => {
        for (const one of kept.values()) {
            expect(one.places["the log"]).to.include("IMDSv1"); // That it is listened to.
        }
    });
});

/** Runs the program where there are AWS keys to be had, and listens. */
async function keep(settings: Readonly<Record<string, unknown>>, provider: KeyKeeper): Promise<Kept> {
    const before = Object.fromEntries(Object.keys(ENVIRONMENT).map((name) => [name, process.env[name]]));
    const { warn, log, error } = console;
    let logged = "";
    const listen = (...texts: unknown[]) => {
        logged += `${texts.map(String).join(" ")}\n`;
    };
    provider.keys.clear();
    provider.asked = "";
    try {
        Object.assign(process.env, ENVIRONMENT);
        Object.assign(console, { warn: listen, log: listen, error: listen });
        const run = await runStack(settings, {
            provider,
            aws: CREDENTIALS,
            secretKeys: [
                ...Object.keys(CREDENTIALS).map((name) => `aws:${name}`),
                ...(PRIVATE_KEY in settings ? [`${NAMESPACE}:${PRIVATE_KEY}`] : []),
            ],
        });
        const made = await Promise.all(
            [...provider.keys].map(async ([name, pem]) => [name, await known(pem)] as const),
        );
        const theirs = Object.entries(settings).filter(([name]) => name === PRIVATE_KEY);
        return {
            run,
            places: { ...readable(run), "the log": logged, "the lookups": provider.asked },
            keys: [...made.sort(), ...theirs].flatMap(([name, pem]) => soughtKey(name, String(pem))),
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

function known(output: pulumi.Output<string>): Promise<string> {
    return (output as pulumi.Output<string> & { promise(): Promise<string> }).promise();
}
