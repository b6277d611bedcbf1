import { expect } from "chai";
import type { EncryptionSwitches } from "../../components/domain/emr-release";
import {
    SecurityConfiguration,
    type SecurityConfigurationArgs,
    securityConfiguration,
} from "../../components/security-configuration";
import type { Run } from "../../testing/mock-engine";
import { expectGolden, resourceInputs, resourceLines } from "../support/golden";
import { registration, run, type TestOptions } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:emr:SecurityConfiguration";
const RESOURCE = "aws:emr/securityConfiguration:SecurityConfiguration";
const COMPONENT_LINE = `${COMPONENT} emr < snowplow-emr-encryption-dev`;

const ALL_OFF: EncryptionSwitches = {
    atRestS3: false,
    atRestLocalDisks: false,
    inTransit: false,
    requireImdsV2: false,
};
const ALL_ON: EncryptionSwitches = {
    atRestS3: true,
    atRestLocalDisks: true,
    inTransit: true,
    requireImdsV2: true,
};

const ARGS = {
    prefix: "snowplow-dev",
    switches: ALL_ON,
    release: [5, 32, 0],
    keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234",
    certificateArchive: "s3://certs/certificates/abc.zip",
} as const;

function component(args: Partial<SecurityConfigurationArgs> = {}, options?: TestOptions): Promise<Run> {
    return run(() => {
        const { name, configuration } = new SecurityConfiguration("emr", { ...ARGS, ...args });
        return { name, configuration };
    }, options);
}

/** What EMR is told, from the resource itself; null where there is none. */
async function configuration(args: Partial<SecurityConfigurationArgs>): Promise<unknown> {
    const { registrations } = await component(args);
    const text = registrations.find(({ type }) => type === RESOURCE)?.inputs.configuration;
    return typeof text === "string" ? JSON.parse(text) : null;
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

describe("SecurityConfiguration", () => {
    it("makes one resource, which outlives its replacement, with exactly EMR's JSON", async () => {
        const result = await component();
        const text = JSON.stringify(securityConfiguration(ARGS));
        expect(resourceLines(result)).to.deep.equal([
            `${RESOURCE} emr < emr, retainOnDelete`,
            COMPONENT_LINE,
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            [`${RESOURCE} emr`]: { namePrefix: "snowplow-dev-", configuration: text },
        });
        const outputs = { name: "snowplow-dev-placeholder", configuration: text };
        expect(result.outputs).to.deep.equal(outputs);
        expect(result.secretOutputs).to.deep.equal([]);
        expect(registration(result, COMPONENT, "emr").outputs).to.deep.equal(outputs);
    });

    it("makes nothing when all is off, and says so with null", async () => {
        const result = await component({ switches: ALL_OFF });
        expect(resourceLines(result)).to.deep.equal([COMPONENT_LINE]);
        expect(result.outputs).to.deep.equal({ name: null, configuration: null });
        expect(registration(result, COMPONENT, "emr").outputs).to.deep.equal({
            name: null,
            configuration: null,
        });
    });

    it("knows its JSON, not its name, in a preview", async () => {
        const { outputs } = await component({}, { preview: true });
        expect(outputs).to.deep.equal({
            name: undefined,
            configuration: JSON.stringify(securityConfiguration(ARGS)),
        });
    });

    it("asks for EBS encryption from 5.24.0 on, and leaves the key out before", () => {
        const disks = (release: SecurityConfigurationArgs["release"]) =>
            securityConfiguration({ ...ARGS, release }).EncryptionConfiguration.AtRestEncryptionConfiguration;
        const before = {
            S3EncryptionConfiguration: { EncryptionMode: "SSE-S3" },
            LocalDiskEncryptionConfiguration: {
                EncryptionKeyProviderType: "AwsKms",
                AwsKmsKey: ARGS.keyArn,
            },
        };
        const since = {
            ...before,
            LocalDiskEncryptionConfiguration: {
                ...before.LocalDiskEncryptionConfiguration,
                EnableEbsEncryption: true,
            },
        };
        expect(disks([5, 23, 1])).to.deep.equal(before);
        expect(disks([5, 24, 0])).to.deep.equal(since);
    });

    const cases: Readonly<Record<string, Partial<SecurityConfigurationArgs>>> = {
        "all-on": {},
        "at-rest-s3": { switches: { ...ALL_OFF, atRestS3: true } },
        "at-rest-local-disks": { switches: { ...ALL_OFF, atRestLocalDisks: true } },
        "in-transit": { switches: { ...ALL_OFF, inTransit: true } },
        "require-imds-v2": { switches: { ...ALL_OFF, requireImdsV2: true } },
        "all-off": { switches: ALL_OFF },
        "before-5.24.0": { switches: { ...ALL_ON, requireImdsV2: false }, release: [5, 23, 0] },
    };
    for (const [name, args] of Object.entries(cases)) {
        it(`is as it was: ${name}`, async () => {
            expectGolden(`security-configuration.${name}.json`, pretty(await configuration(args)));
        });
    }

    it("has both Enable switches in every document, as real booleans, before anything else", async () => {
        for (const args of Object.values(cases).filter(({ switches }) => switches !== ALL_OFF)) {
            const { atRestS3, atRestLocalDisks, inTransit } = args.switches ?? ALL_ON;
            const { EncryptionConfiguration: encryption } = (await configuration(args)) as {
                readonly EncryptionConfiguration: Readonly<Record<string, unknown>>;
            };
            expect(Object.entries(encryption).slice(0, 2)).to.deep.equal([
                ["EnableInTransitEncryption", inTransit],
                ["EnableAtRestEncryption", atRestS3 || atRestLocalDisks],
            ]);
        }
    });
});
