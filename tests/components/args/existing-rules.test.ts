import { expect } from "chai";
import { certificateAuthority } from "../../support/authority";
import { BUCKETS, batch, buckets, type Config, parse, problem, problems, stream } from "./parse";

const VPC = "vpc-0123456789abcdef0";
const SUBNET = "subnet-0123456789abcdef0";
const EXISTING = { vpcId: VPC, subnetIds: [SUBNET] };
const ARCHIVE = "s3://acme-certificates/emr/nodes.zip";
const PEM = "-----BEGIN CERTIFICATE-----\nnobody looks into it here\n-----END CERTIFICATE-----\n";
const KEY = "certificatePrivateKey";
const TOPIC = "arn:aws:sns:eu-west-1:111122223333:pipeline-alarms";

type Told = readonly [path: string, found: string, allowed: string];

/** Each config with everything that is wrong with it; the private key is a secret where it is there. */
function refuses(title: string, given: Config | (() => Config), ...told: readonly Told[]): void {
    it(title, () => {
        const config = typeof given === "function" ? (given as () => Config)() : given;
        const encryptedKeys = KEY in config ? [KEY] : [];
        expect(problems(config, { encryptedKeys })).to.deep.equal(told.map((one) => problem(...one)));
    });
}

const accepts = (title: string, config: Config | (() => Config)) => refuses(title, config);

const network = (below: Config, base: Config = stream()) => ({ ...base, network: below });
const certificates = (below: Config, others: Config = {}) => ({ ...batch(), certificates: below, ...others });
const access = (below: Config) => ({ ...batch(), access: below });
const replaced = (by: string) => `no such line: ${by} takes its place`;

/** A certificate that is as it must be, and what signed it. */
const chain = { chainPem: "", trustedPem: "" };
/** The same for another region. */
const elsewhere = { ...chain };

describe("settings of the user's own:", () => {
    before(async () => {
        const authority = await certificateAuthority("acme");
        chain.chainPem = (await authority.issue(["*.eu-west-1.compute.internal"])).chain;
        chain.trustedPem = authority.certificate;
        elsewhere.chainPem = (await authority.issue(["*.ec2.internal"])).chain;
        elsewhere.trustedPem = authority.certificate;
    });

    it("there are none by default", () => {
        const { network, encryption, certificates, storage, access } = parse(batch());
        expect([
            network.existing,
            encryption.kmsKeyArn,
            certificates.archive,
            certificates.chainPem,
            certificates.trustedPem,
            storage.policiesOnExistingBuckets,
            access.permissionsBoundary,
            access.path,
            access.serviceRole,
            access.jobflowRole,
        ]).to.deep.equal([null, null, null, null, null, [], null, "/", null, null]);
    });

    describe("a network", () => {
        it("needs a VPC and subnets, and leaves EMR's groups to whoever made them", () => {
            expect(parse(network({ existing: EXISTING })).network).to.deep.equal({
                cidrBlock: "10.64.0.0/20",
                availabilityZones: [],
                internetAccess: "nat",
                existing: {
                    ...EXISTING,
                    emrSecurityGroups: "use",
                    allowHostnameMismatch: false,
                    allowUnseenRoute: false,
                },
            });
        });
        accepts("may be public", network({ existing: EXISTING, internetAccess: "public" }));
        accepts(
            "may have a way out that cannot be seen",
            network({ existing: { ...EXISTING, allowUnseenRoute: true } }),
        );
        refuses(
            "has none that cannot be seen where it is public",
            network({ existing: { ...EXISTING, allowUnseenRoute: true }, internetAccess: "public" }),
            [
                "network.existing.allowUnseenRoute",
                "true",
                "false with internetAccess public: a route to an internet gateway can always be seen",
            ],
        );
        accepts(
            "may say that there is none, and be made",
            network({ existing: null, cidrBlock: "10.0.0.0/16" }),
        );
        refuses(
            "takes the place of range and zones",
            network({
                existing: EXISTING,
                cidrBlock: "10.64.0.0/20",
                availabilityZones: ["eu-west-1a"],
            }),
            ["network.cidrBlock", '"10.64.0.0/20"', replaced("network.existing")],
            ["network.availabilityZones", 'a list, ["eu-west-1a"]', replaced("network.existing")],
        );
        refuses(
            "takes the place of a wrong range too, which nobody needs to mend",
            network({ existing: EXISTING, cidrBlock: "8.8.8.0/24" }),
            ["network.cidrBlock", '"8.8.8.0/24"', replaced("network.existing")],
        );
        refuses(
            "has ids of the true form",
            network({ existing: { vpcId: "my-vpc", subnetIds: [SUBNET, "eu-west-1a", SUBNET] } }),
            ["network.existing.vpcId", '"my-vpc"', "the id of a VPC, such as vpc-0123456789abcdef0"],
            [
                "network.existing.subnetIds[1]",
                '"eu-west-1a"',
                "a list of at least one subnet id, such as [subnet-0123456789abcdef0], each once",
            ],
            [
                "network.existing.subnetIds",
                `a list, ["${SUBNET}","eu-west-1a","${SUBNET}"]`,
                `a list of at least one subnet id, such as [subnet-0123456789abcdef0], each once; "${SUBNET}" is there twice`,
            ],
        );
        refuses("has at least one subnet", network({ existing: { vpcId: VPC, subnetIds: [] } }), [
            "network.existing.subnetIds",
            "a list, []",
            "a list of at least one subnet id, such as [subnet-0123456789abcdef0], each once",
        ]);
        refuses(
            "has EMR's groups used or made",
            network({ existing: { ...EXISTING, emrSecurityGroups: "keep", allowHostnameMismatch: "yes" } }),
            [
                "network.existing.emrSecurityGroups",
                '"keep"',
                "use (those that are there, or that EMR makes) or create (the stack makes them)",
            ],
            ["network.existing.allowHostnameMismatch", '"yes"', "true or false; did you mean true?"],
        );
    });

    describe("other host names", () => {
        const allowing = { existing: { ...EXISTING, allowHostnameMismatch: true } };
        accepts("go with stream-enrich mode", network(allowing));
        accepts(
            "go with other collectors",
            network(allowing, { emrEtlRunner: { collectors: { format: "cloudfront" } } }),
        );
        accepts("may be disallowed with thrift", network({ existing: EXISTING }, batch()));
        accepts("matter to nobody where nothing is encrypted between nodes", {
            ...network(allowing, batch()),
            encryption: { inTransit: false },
        });
        refuses("do not go with thrift, which has a core-site of its own", network(allowing, batch()), [
            "network.existing.allowHostnameMismatch",
            "true",
            "false with collectors.format thrift: it takes a core-site in config.yml, EmrEtlRunner adds another for thrift, and EMR refuses two",
        ]);
    });

    describe("a KMS key", () => {
        const arn = (region: string) => `arn:aws:kms:${region}:111122223333:key/1234abcd`;
        const key = (kmsKeyArn: unknown) => ({ ...batch(), encryption: { kmsKeyArn } });
        const form =
            "the ARN of a key (not of an alias) in the stack's region, arn:aws:kms:REGION:ACCOUNT:key/ID; or no such line, for a key that the stack makes";
        accepts("is taken of the stack's region", key(arn("eu-west-1")));
        accepts("may be left blank", key(null));
        refuses("is refused of another region", key(arn("us-east-1")), [
            "encryption.kmsKeyArn",
            `"${arn("us-east-1")}"`,
            "a key of the stack's region, eu-west-1: disks take no key of another",
        ]);
        for (const other of [
            "alias/my-key",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:eu-west-1:111122223333:alias/my-key",
        ]) {
            refuses(`is refused as ${other}, and not for its region as well`, key(other), [
                "encryption.kmsKeyArn",
                `"${other}"`,
                form,
            ]);
        }
        it("is not judged by a region that is none", () => {
            const told = problems(key(arn("us-east-1")), { region: "mars" });
            expect(told.map(({ path }) => path)).to.deep.equal(["aws:region"]);
        });
    });

    describe("an archive of certificates", () => {
        refuses(
            "does not lie where EmrEtlRunner would move it away",
            {
                ...buckets({ raw: { in: ["s3://acme-logs/us", "s3://acme-certificates/emr"] } }),
                certificates: { archive: ARCHIVE },
            },
            [
                "certificates.archive",
                `"${ARCHIVE}"`,
                "an object outside of EmrEtlRunner's locations: this one is in raw.in",
            ],
        );
        accepts("is taken", certificates({ archive: ARCHIVE }));
        refuses(
            "takes the place of all else about certificates",
            certificates(
                {
                    archive: ARCHIVE,
                    validityDays: 365,
                    renewBeforeDays: 60,
                    generation: 1,
                    chainPem: PEM,
                    trustedPem: PEM,
                },
                { [KEY]: "" },
            ),
            ["certificates.validityDays", "365", replaced("certificates.archive")],
            ["certificates.renewBeforeDays", "60", replaced("certificates.archive")],
            ["certificates.generation", "1", replaced("certificates.archive")],
            ["certificates.chainPem", "a text of 80 characters", replaced("certificates.archive")],
            ["certificates.trustedPem", "a text of 80 characters", replaced("certificates.archive")],
        );
        for (const archive of [
            "s3://acme-certificates/emr/",
            "s3://acme-certificates/nodes.tar.gz",
            "nodes.zip",
        ]) {
            refuses(`is no ${archive}`, certificates({ archive }), [
                "certificates.archive",
                `"${archive}"`,
                "the S3 URL of a ZIP archive, such as s3://my-bucket/emr/certificates.zip; or no such line, for one that the stack makes",
            ]);
        }
    });

    describe("a certificate's chain", () => {
        const needed: Told = [
            KEY,
            "nothing",
            `the private key of certificates.chainPem: npx pulumi config set --secret ${KEY} < key.pem`,
        ];
        accepts("is taken with its authorities and its private key", () =>
            certificates(chain, { [KEY]: "" }),
        );
        refuses("needs its private key", () => certificates(chain), needed);
        refuses("needs its authorities", certificates({ chainPem: PEM }, { [KEY]: "" }), [
            "certificates.trustedPem",
            "nothing",
            "the authorities that nodes trust, in PEM: chainPem needs them",
        ]);
        refuses("needs both, and is told so at once", certificates({ chainPem: PEM }), needed, [
            "certificates.trustedPem",
            "nothing",
            "the authorities that nodes trust, in PEM: chainPem needs them",
        ]);
        refuses("is what authorities are for", certificates({ trustedPem: PEM }), [
            "certificates.chainPem",
            "nothing",
            "the nodes' certificate, in PEM: trustedPem is of no use without it",
        ]);
        refuses(
            "takes the place of what says how the stack's own is made",
            () => certificates({ ...chain, validityDays: 30, generation: 2 }, { [KEY]: "" }),
            ["certificates.validityDays", "30", replaced("certificates.chainPem")],
            ["certificates.generation", "2", replaced("certificates.chainPem")],
        );
        refuses(
            "is PEM",
            certificates({ chainPem: "/etc/ssl/chain.pem", trustedPem: 7 }, { [KEY]: "" }),
            [
                "certificates.chainPem",
                "a text of 18 characters",
                "PEM certificates, the nodes' own first; or no such line, for one that the stack makes",
            ],
            ["certificates.trustedPem", "7", "PEM certificates of authorities; only together with chainPem"],
        );
    });

    describe("a certificate's names", () => {
        const own = (others: Config = {}) => ({ ...certificates(elsewhere, { [KEY]: "" }), ...others });
        const wrong: Told = [
            "certificates.chainPem",
            "a certificate with the alternative names DNS:*.ec2.internal",
            "DNS:*.eu-west-1.compute.internal among them: the nodes' names end with it",
        ];
        refuses("are those of the region", own, wrong);
        accepts("are a matter of its DHCP options in a VPC of the user's", () =>
            own(network({ existing: EXISTING })),
        );
        it("are not judged where the region is not known", () => {
            expect(problems(own(), { encryptedKeys: [KEY], region: "mars-1" })).to.have.length(1);
        });
        refuses(
            "are not judged beside what is no PEM",
            () => certificates({ ...elsewhere, trustedPem: 7 }, { [KEY]: "" }),
            ["certificates.trustedPem", "7", "PEM certificates of authorities; only together with chainPem"],
        );
    });

    describe("a certificate's last days", () => {
        const end = "2100-01-01T00:00:00.000Z";
        const during = (now: string, days = 60) => {
            const config = certificates({ ...chain, renewBeforeDays: days, remindTopicArn: TOPIC });
            const { remindTopicArn, warnings } = parse(
                { ...config, [KEY]: "" },
                { encryptedKeys: [KEY], now: new Date(now) },
            );
            return { remindTopicArn, warnings: warnings.filter((text) => text.includes("chainPem")) };
        };

        it("are told of when they come", () => {
            expect(during("2099-11-01T23:59:59Z")).to.deep.equal({ remindTopicArn: TOPIC, warnings: [] });
        });
        it("are a warning from then on, and no reminder is left to send", () => {
            const told = {
                remindTopicArn: null,
                warnings: [
                    `certificates.chainPem, or what it leads to in trustedPem, ends at ${end}: bring another one before that.`,
                ],
            };
            expect(during("2099-11-02T00:00:00Z")).to.deep.equal(told);
            expect(during("2099-12-31T23:59:59Z")).to.deep.equal(told);
        });
        it("may be more than the stack's own certificate has", () => {
            expect(during("2098-01-01", 400).warnings).to.deep.equal([]);
            expect(during("2099-01-01", 400).warnings).to.have.length(1);
        });
    });

    refuses(
        "a certificate's last days are no more than dates can be counted back by",
        () => certificates({ ...chain, renewBeforeDays: 10_000_000_000 }, { [KEY]: "" }),
        [
            "certificates.renewBeforeDays",
            "10000000000",
            "a whole number of days from 1 to 1825, below validityDays",
        ],
    );

    describe("a reminder's topic", () => {
        const allowed =
            "the ARN of a standard topic (not FIFO) in the stack's region, arn:aws:sns:REGION:ACCOUNT:NAME; or no such line, for no reminder";
        const path = "certificates.remindTopicArn";
        it("is taken as it is", () => {
            expect(parse(certificates({ remindTopicArn: TOPIC })).remindTopicArn).to.equal(TOPIC);
        });
        for (const arn of [`${TOPIC}.fifo`, "pipeline-alarms", TOPIC.replace("sns", "sqs")]) {
            refuses(`is no ${arn}`, certificates({ remindTopicArn: arn }), [path, `"${arn}"`, allowed]);
        }
        const elsewhere = TOPIC.replace("eu-west-1", "us-east-1");
        refuses("is of the stack's region", certificates({ remindTopicArn: elsewhere }), [
            path,
            `"${elsewhere}"`,
            "a topic of the stack's region, eu-west-1: a schedule reaches no other",
        ]);
        refuses(
            "cannot be told when an archive ends",
            certificates({ archive: ARCHIVE, remindTopicArn: TOPIC }),
            [
                path,
                `"${TOPIC}"`,
                "no such line: nothing here knows when what is in certificates.archive ends",
            ],
        );
    });

    describe("a private key", () => {
        const inPlain = `a secret: npx pulumi config set --secret ${KEY} < key.pem, and another private key, since this one is out`;
        refuses("without a chain is nobody's", { ...batch(), [KEY]: "" }, [
            KEY,
            "a secret",
            "no such line: it is the private key of certificates.chainPem, which is not there",
        ]);
        refuses("beside an archive is nobody's", certificates({ archive: ARCHIVE }, { [KEY]: "" }), [
            KEY,
            "a secret",
            "no such line: it is the private key of certificates.chainPem, which is not there",
        ]);
        for (const [title, config] of [
            ["with its chain", () => certificates(chain)],
            ["without one", batch],
        ] as const) {
            it(`in plain is out, ${title}, and is not repeated`, () => {
                const secret = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n";
                expect(problems({ ...config(), [KEY]: secret })).to.deep.equal([
                    problem(KEY, "a text in plain", inPlain),
                ]);
            });
        }
        for (const name of ["certificatesPrivateKey", "privateKey", "private_key", "nodesPrivateKeyPem"]) {
            it(`under another name is told the right one, and in plain that it is out: ${name}`, () => {
                const config = () => ({ ...certificates(chain), [name]: "MIIEvQ" });
                expect(problems(config())).to.deep.equal([
                    problem(name, "an unknown key", `did you mean ${KEY}? It is ${inPlain}`),
                ]);
                expect(problems(config(), { encryptedKeys: [name] })).to.deep.equal([
                    problem(name, "an unknown key", `did you mean ${KEY}?`),
                ]);
            });
        }
        it("is in no settings", () => {
            const settings = parse(certificates(chain, { [KEY]: "MIIEvQ" }), { encryptedKeys: [KEY] });
            expect(JSON.stringify(settings)).not.to.include("MIIEvQ");
            expect(settings).not.to.have.property(KEY);
        });
    });

    describe("a pasted config.yml", () => {
        const pasted = (emr: Config) => ({
            ...batch({ aws: { emr } }),
            network: { existing: EXISTING },
            access: { serviceRole: { existing: "my-service" }, jobflowRole: { existing: "my-nodes" } },
        });
        accepts(
            "may name what the user's own settings name",
            pasted({ jobflow_role: "my-nodes", service_role: "my-service", ec2_subnet_id: SUBNET }),
        );
        refuses(
            "may name nothing else",
            pasted({ jobflow_role: "a", service_role: "b", ec2_subnet_id: "c" }),
            [
                "emrEtlRunner.aws.emr.jobflow_role",
                '"a"',
                "delete this line: access.jobflowRole.existing says it",
            ],
            [
                "emrEtlRunner.aws.emr.service_role",
                '"b"',
                "delete this line: access.serviceRole.existing says it",
            ],
            [
                "emrEtlRunner.aws.emr.ec2_subnet_id",
                '"c"',
                "delete this line: network.existing.subnetIds says it",
            ],
        );
    });

    describe("buckets that are to have the stack's policy", () => {
        const storage = (policiesOnExistingBuckets: unknown, below: Config = {}) => ({
            ...buckets({ raw: { in: ["s3://acme-raw/a"] }, log: "s3://acme-logs/emr", ...below }),
            storage: { policiesOnExistingBuckets },
        });
        accepts("are those of existing locations", storage(["acme-logs", "acme-raw"]));
        refuses("are no others", storage(["acme-raw", "acme-others"]), [
            "storage.policiesOnExistingBuckets[1]",
            '"acme-others"',
            "the bucket of an existing location: acme-raw, acme-logs",
        ]);
        refuses(
            "are none without existing locations, like those that are to be encrypted",
            {
                ...batch(),
                storage: { policiesOnExistingBuckets: ["acme-raw"], encryptExistingBuckets: ["acme-raw"] },
            },
            [
                "storage.encryptExistingBuckets[0]",
                '"acme-raw"',
                "the bucket of an existing location: there is none",
            ],
            [
                "storage.policiesOnExistingBuckets[0]",
                '"acme-raw"',
                "the bucket of an existing location: there is none",
            ],
        );
        refuses(
            "are named, each once, and not by their folders",
            storage(["acme-raw", "s3://acme-logs/emr", "acme-raw"]),
            [
                "storage.policiesOnExistingBuckets[1]",
                '"s3://acme-logs/emr"',
                "a list of bucket names, each once, each the bucket of an existing location",
            ],
            [
                "storage.policiesOnExistingBuckets",
                'a list, ["acme-raw","s3://acme-logs/emr","acme-raw"]',
                'a list of bucket names, each once, each the bucket of an existing location; "acme-raw" is there twice',
            ],
        );
        refuses(
            "are not judged by locations that are wrong",
            storage(["acme-others"], { log: "http://acme-logs" }),
            [
                `${BUCKETS}.log`,
                '"http://acme-logs"',
                "an S3 URL such as s3://my-bucket/folder (bucket: 3 to 63 of a-z, 0-9 and -, no dots; folder: letters, digits and - _ . = ! ' ( )); or no such line, for a bucket that the stack makes",
            ],
        );
    });

    describe("roles", () => {
        const object = (which: string) =>
            [
                `access.${which}`,
                "an object with the key existing, the name of a role; or no such line, for a role that the stack makes",
            ] as const;
        accepts(
            "may both be there, in a path and within a boundary",
            access({
                permissionsBoundary: "arn:aws:iam::111122223333:policy/team/boundary",
                path: "/data/snowplow/",
                serviceRole: { existing: "my-service" },
                jobflowRole: { existing: "my-nodes" },
            }),
        );
        refuses(
            "are named in an object, by their names",
            access({
                serviceRole: "my-service",
                jobflowRole: { existing: "arn:aws:iam::111122223333:role/my-nodes" },
            }),
            [object("serviceRole")[0], '"my-service"', object("serviceRole")[1]],
            [
                "access.jobflowRole.existing",
                '"arn:aws:iam::111122223333:role/my-nodes"',
                "the name of an IAM role, without its path",
            ],
        );
        refuses("need a name in that object", access({ serviceRole: {} }), [
            "access.serviceRole.existing",
            "nothing",
            "the name of an IAM role, without its path",
        ]);
        for (const path of ["data", "/data", "data/", "//", "/a b/"]) {
            refuses(`have no path ${path}`, access({ path }), [
                "access.path",
                `"${path}"`,
                "an IAM path that begins and ends with a slash, such as /data/snowplow/",
            ]);
        }
        refuses("are bounded by a policy's ARN", access({ permissionsBoundary: "boundary" }), [
            "access.permissionsBoundary",
            '"boundary"',
            "the ARN of a managed policy, arn:aws:iam::ACCOUNT:policy/NAME; or no such line, for none",
        ]);
    });
});
