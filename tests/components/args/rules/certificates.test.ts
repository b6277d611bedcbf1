import { expect } from "chai";
import { certificateAuthority } from "../../../support/authority";
import { batch, type Case, type Config, judges, parse } from "../parse";

const ARCHIVE = "s3://acme-certificates/emr/nodes.zip";
const PEM = "-----BEGIN CERTIFICATE-----\nnot a certificate\n-----END CERTIFICATE-----\n";
const TOPIC = "arn:aws:sns:eu-west-1:111122223333:pipeline-alarms";
const KEY = "certificatePrivateKey";

/** An existing certificate as it must be, with its authority; and the same for another region. */
const chain = { chainPem: "", trustedPem: "" };
const elsewhere = { ...chain };

const certificates = (below: Config, others: Config = {}) => ({ ...batch(), certificates: below, ...others });

/** The private key is passed, as a secret. */
const withKey = ([title, config, errors]: Case): Case => [
    `${title}, with a private key`,
    () => ({ ...(typeof config === "function" ? config() : config), [KEY]: "" }),
    errors,
    { encryptedKeys: [KEY] },
];

describe("the certificates", () => {
    before(async () => {
        const authority = await certificateAuthority("acme");
        chain.chainPem = (await authority.issue(["*.eu-west-1.compute.internal"])).chain;
        elsewhere.chainPem = (await authority.issue(["*.ec2.internal"])).chain;
        chain.trustedPem = elsewhere.trustedPem = authority.certificate;
    });

    const renewal = "renewal-on-every-up at certificates.renewBeforeDays";
    const unused = `private-key-unused at ${KEY}`;
    judges([
        ["a renewal before the beginning", certificates({ validityDays: 30, renewBeforeDays: 31 }), renewal],
        ["a renewal at the beginning", certificates({ validityDays: 60, renewBeforeDays: 60 }), renewal],
        ["a validity that is too short for the default renewal", certificates({ validityDays: 30 }), renewal],
        ["a renewal on the last day", certificates({ validityDays: 2, renewBeforeDays: 1 })],

        ["an archive", certificates({ archive: ARCHIVE })],
        [
            "everything else next to an archive",
            certificates({
                archive: ARCHIVE,
                validityDays: 30,
                renewBeforeDays: 61,
                generation: 2,
                chainPem: PEM,
                trustedPem: PEM,
                remindTopicArn: TOPIC,
            }),
            [..."validityDays renewBeforeDays generation chainPem trustedPem remindTopicArn".split(" ")].map(
                (key) => `replaced at certificates.${key}`,
            ),
        ],
        withKey(["an archive", certificates({ archive: ARCHIVE }), unused]),

        withKey(["a chain with its authorities", () => certificates(chain)]),
        ["a chain without its private key", () => certificates(chain), `private-key-missing at ${KEY}`],
        withKey(["no chain", batch(), unused]),
        withKey([
            "a chain without its authorities",
            certificates({ chainPem: PEM }),
            "trusted-pem-alone at certificates.trustedPem",
        ]),
        [
            "authorities without a chain",
            certificates({ trustedPem: PEM }),
            "trusted-pem-alone at certificates.chainPem",
        ],
        withKey([
            "what decides how the stack makes a certificate, next to a chain",
            () => certificates({ ...chain, validityDays: 30, generation: 2, renewBeforeDays: 400 }),
            ["replaced at certificates.validityDays", "replaced at certificates.generation"],
        ]),
        withKey([
            "what is not a certificate",
            () => certificates({ ...chain, chainPem: PEM }),
            "certificate at certificates.chainPem",
        ]),
        withKey([
            "a chain for the names of another region",
            () => certificates(elsewhere),
            "certificate at certificates.chainPem",
        ]),
        withKey([
            "a chain for other names in an existing VPC",
            () =>
                certificates(elsewhere, {
                    network: {
                        existing: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
                    },
                }),
        ]),
        [
            "a reminder's topic in another region",
            certificates({ remindTopicArn: TOPIC.replace("eu-west-1", "us-east-1") }),
            "topic-of-another-region at certificates.remindTopicArn",
        ],
    ]);

    it("warn in the renewal window of an existing certificate, when no reminder can be sent any more", () => {
        const at = (now: string, renewBeforeDays: number) => {
            const config = certificates({ ...chain, renewBeforeDays, remindTopicArn: TOPIC });
            const input = { encryptedKeys: [KEY], now: new Date(now) };
            const { remindTopicArn, warnings } = parse({ ...config, [KEY]: "" }, input);
            return [remindTopicArn, ...warnings.filter((text) => text.includes("chainPem"))];
        };
        const warned = [
            null,
            "certificates.chainPem, or a certificate in its chain, expires at 2100-01-01T00:00:00.000Z: replace it before then.",
        ];
        expect(at("2099-11-01T23:59:59Z", 60)).to.deep.equal([TOPIC]);
        expect(at("2099-11-02T00:00:00Z", 60)).to.deep.equal(warned);
        expect(at("2098-01-01T00:00:00Z", 400)).to.deep.equal([TOPIC]);
        expect(at("2099-01-01T00:00:00Z", 400)).to.deep.equal(warned);
    });
});
