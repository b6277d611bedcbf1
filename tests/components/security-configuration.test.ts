import { expect } from "chai";
import type { EncryptionSwitches } from "../../components/domain/emr-release";
import {
    SecurityConfiguration,
    type SecurityConfigurationArgs,
} from "../../components/security-configuration";
import type { Run } from "../../testing/mock-engine";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run, type TestOptions } from "../support/run";

const COMPONENT = "snowplow-emr-encryption:index:SecurityConfiguration";
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

const S3 = { S3EncryptionConfiguration: { EncryptionMode: "SSE-S3" } };
const DISKS = { EncryptionKeyProviderType: "AwsKms", AwsKmsKey: ARGS.keyArn };
const IN_TRANSIT = {
    InTransitEncryptionConfiguration: {
        TLSCertificateConfiguration: { CertificateProviderType: "PEM", S3Object: ARGS.certificateArchive },
    },
};
const IMDS_V2 = {
    InstanceMetadataServiceConfiguration: {
        MinimumInstanceMetadataServiceVersion: 2,
        HttpPutResponseHopLimit: 1,
    },
};

/** EMR's JSON, which always starts with both Enable switches. */
const document = (inTransit: boolean, atRest: object | undefined, other: object = {}) =>
    JSON.stringify({
        EncryptionConfiguration: {
            EnableInTransitEncryption: inTransit,
            EnableAtRestEncryption: atRest !== undefined,
            ...(inTransit && IN_TRANSIT),
            ...(atRest && { AtRestEncryptionConfiguration: atRest }),
        },
        ...other,
    });
const disks = (enableEbs: object) => ({ LocalDiskEncryptionConfiguration: { ...DISKS, ...enableEbs } });
const EBS = { EnableEbsEncryption: true };
const ALL = document(true, { ...S3, ...disks(EBS) }, IMDS_V2);
const WITHOUT_IMDS_V2 = { ...ALL_ON, requireImdsV2: false };

const DOCUMENTS: readonly (readonly [
    title: string,
    args: Partial<SecurityConfigurationArgs>,
    json: string,
])[] = [
    ["with every switch on", {}, ALL],
    ["with atRestS3 only", { switches: { ...ALL_OFF, atRestS3: true } }, document(false, S3)],
    [
        "with atRestLocalDisks only",
        { switches: { ...ALL_OFF, atRestLocalDisks: true } },
        document(false, disks(EBS)),
    ],
    ["with inTransit only", { switches: { ...ALL_OFF, inTransit: true } }, document(true, undefined)],
    [
        "with requireImdsV2 only",
        { switches: { ...ALL_OFF, requireImdsV2: true } },
        document(false, undefined, IMDS_V2),
    ],
    [
        "with EBS encryption since 5.24.0",
        { switches: WITHOUT_IMDS_V2, release: [5, 24, 0] },
        document(true, { ...S3, ...disks(EBS) }),
    ],
    [
        "without EBS encryption before 5.24.0, where EMR refuses the key",
        { switches: WITHOUT_IMDS_V2, release: [5, 23, 99] },
        document(true, { ...S3, ...disks({}) }),
    ],
];

describe("SecurityConfiguration", () => {
    it("creates one resource, retained after its replacement, with EMR's JSON", async () => {
        const result = await component();
        expect(resourceLines(result)).to.deep.equal([
            `${RESOURCE} emr < emr, retainOnDelete`,
            COMPONENT_LINE,
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            [`${RESOURCE} emr`]: { namePrefix: "snowplow-dev-", configuration: ALL },
        });
        const outputs = { name: "snowplow-dev-placeholder", configuration: ALL };
        expect(result.outputs).to.deep.equal(outputs);
        expect(result.secretOutputs).to.deep.equal([]);
        expect(registration(result, COMPONENT, "emr").outputs).to.deep.equal(outputs);
    });

    it("creates no resource and returns null when all switches are off", async () => {
        const result = await component({ switches: ALL_OFF });
        expect(resourceLines(result)).to.deep.equal([COMPONENT_LINE]);
        expect(result.outputs).to.deep.equal({ name: null, configuration: null });
        expect(registration(result, COMPONENT, "emr").outputs).to.deep.equal({
            name: null,
            configuration: null,
        });
    });

    it("returns its JSON, but no name, in a preview", async () => {
        const { outputs } = await component({}, { preview: true });
        expect(outputs).to.deep.equal({ name: undefined, configuration: ALL });
    });

    for (const [title, args, json] of DOCUMENTS) {
        it(`has EMR's JSON ${title}`, async () => {
            const result = await component(args);
            expect(resourceInputs(result)).to.deep.equal({
                [`${RESOURCE} emr`]: { namePrefix: "snowplow-dev-", configuration: json },
            });
        });
    }
});
