import { expect } from "chai";
import { secretIn, withoutSecrets } from "../../../components/args/secrets";
import { batch, codesOf, emr, errorsOf, judges } from "./parse";

/** Names of Hadoop, Hive, Spark and others, of tags, and of other namespaces. */
const NAMES = [
    ..."fs.s3a.access.key fs.s3a.secret.key fs.s3a.session.token fs.s3a.bucket.nightly.secret.key".split(" "),
    ..."fs.s3.awsAccessKeyId fs.s3n.awsSecretAccessKey spark.hadoop.fs.s3a.secret.key".split(" "),
    ..."fs.ftp.password.ftp.example.com fs.azure.account.key.acme.blob.core.windows.net".split(" "),
    ..."fs.adl.oauth2.credential fs.adl.oauth2.refresh.token fs.oss.accessKeySecret".split(" "),
    ..."javax.jdo.option.ConnectionPassword hive.server2.keystore.password".split(" "),
    ..."hive.server2.authentication.ldap.bindpw hadoop.security.group.mapping.ldap.bind.password".split(" "),
    ..."hadoop.http.authentication.signature.secret ssl.server.keystore.keypassword".split(" "),
    ..."spark.authenticate.secret spark.ssl.keyPassword spark.ssl.trustStorePassword".split(" "),
    ..."spark.cassandra.auth.password es.net.http.auth.pass sfPassword http-server.https.keystore.key".split(
        " ",
    ),
    ..."password db-password DB_PASSWORD password2 db.password.prod passphrase api_key APIKey token".split(
        " ",
    ),
    ..."secret client_secret MYSQL_PWD private-key license_key aws:accessKey aws:secretKey aws:token".split(
        " ",
    ),
];

/** Names that have a word of secrets in them, and values of their own. */
const OTHER_NAMES = {
    "ssl.server.keystore.location": "keys.jks",
    "spark.ssl.keyStoreType": "JKS",
    "spark.authenticate.secret.file": "spark.secret",
    "spark.yarn.keytab": "spark.keytab",
    "spark.redaction.regex": "(?i)secret|password|token|access[.]?key",
    "spark.security.credentials.hive.enabled": "sometimes",
    "hadoop.security.group.mapping.ldap.bind.password.file": "ldap.password",
    "hadoop.security.sensitive-config-keys": "secret$\npassword$\nssl.keystore.pass$",
    "hadoop.security.credential.provider.path": "localjceks://file/etc/hadoop/keys.jceks",
    "fs.s3a.aws.credentials.provider": "com.amazonaws.auth.InstanceProfileCredentialsProvider",
    "fs.azure.sas.token.provider.type": "org.example.Provider",
    "mapreduce.job.token.tracking.ids": "token_1",
    "mapreduce.job.credentials.binary": "credentials.bin",
    "yarn.resourcemanager.delegation.token.renew-interval": "86400000",
    "dfs.block.access.key.update.interval": "600",
    "hive.cluster.delegation.token.store.class": "org.apache.hadoop.hive.thrift.MemoryTokenStore",
    "hive.metastore.token.signature": "metastore",
    "password-policy": "strict",
    "secret-santa": "december",
    max_tokens: "4096",
    "data-classification": "secret",
};

/** Values that say whether there is a secret, or where it is. */
const NO_SECRETS = [
    ...["", "true", "No", "none", "12", "********", "<redacted>", "{{ password }}", "$DB_PASSWORD"],
    ...[
        "$" + "{env.DB_PASSWORD}",
        "$" + "{db.password}",
        "jceks://hdfs@nn:9001/keys.jceks",
        "s3://acme/keys",
    ],
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
    ...["/snowplow/redshift-password", "ssm:/snowplow/redshift", "file:/etc/password"],
];

/** Secrets by their form: each with the secret. */
const SECRETS = {
    "https://me:hunter22@collector.example.com/x": "hunter22",
    "me:hunter22@collector.example.com": "hunter22",
    "me:hunter22@redshift:5439/db": "hunter22",
    "https://me%40example.com:hunter%4022@example.com": "hunter%4022",
    "x?next=https%3A%2F%2Fme%3Ahunter22%40example.com": "hunter22",
    "redis://:hunter22@cache:6379": "hunter22",
    "s3n://some-id:wJalrXUt/K7MDENG@acme/logs": "wJalrXUt/K7MDENG",
    "jdbc:postgresql://me:hunter22@db.example.com:5432/x": "hunter22",
    "jdbc:redshift://db.example.com:5439/x?user=me&password=hunter22": "hunter22",
    "jdbc:sqlserver://db.example.com:1433;user=me;password=hunter22;": "hunter22",
    "jdbc:db2://db.example.com:50000/x:user=me;password=hunter22;": "hunter22",
    "https://example.com/?a=1&secret=hunter22": "hunter22",
    "jdbc:oracle:thin:scott/hunter22@//db.example.com:1521/x": "hunter22",
    '{"registry": {"user": "me", "password": "hunter22"}}': "hunter22",
    '{"registry": "{\\"password\\": \\"hunter22\\"}"}': "hunter22",
    '{"password": 424242}': "424242",
    "-Xmx1g -Djavax.net.ssl.keyStorePassword=hunter22 -Dx=y": "hunter22",
    'PlainLoginModule required username="me" password="hunter22";': "hunter22",
    "password: hunter22": "hunter22",
    "secret_key:wJalrXUt": "wJalrXUt",
    "s3://acme/AKIAIOSFODNN7EXAMPLE/x": "AKIAIOSFODNN7EXAMPLE",
    key_ASIAIOSFODNN7EXAMPLE: "ASIAIOSFODNN7EXAMPLE",
    "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE": "MHcCAQEE",
    "https://hooks.slack.com/services/T0000/B0000/hunter22": "hunter22",
    ghp_0123456789abcdefghijABCDEFGHIJ012345: "0123456789abcdefghijABCDEFGHIJ012345",
};

/** Strings that only look like one. */
const OTHER_STRINGS = [
    ...["me@collector.example.com", "https://me@example.com/x", "https://example.com:8080/x/@me"],
    ...["mailto:data@example.com", "owner:data@example.com", "team: x, e-mail:data@example.com"],
    ...["https://me:$" + "{env.DB_PASSWORD}@example.com", "me:$" + "{env.DB_PASSWORD}@example.com"],
    ...["jdbc:oracle:thin:@db.example.com:1521:x", "jdbc:hive2://h:10000/x;principal=hive/_HOST@EXAMPLE.COM"],
    "thrift://a.example.com:9083,thrift://b.example.com:9083",
    "RULE:[1:$1@$0](.*@EXAMPLE\\.COM)s/@.*//\nRULE:[2:$1](.*@EXAMPLE.COM)s/@.*//\nDEFAULT",
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/token:1.0@sha256:6e4f0a",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
    "s3://acme/token=abc/password=x/",
    '{"url": "http://example.com:8080", "mail": "me@example.com", "password": null, "token": ""}',
    "<%= ENV.fetch('AWS_SNOWPLOW_SECRET_KEY') %>: x",
    "the token: read it from SSM",
    "XAKIAIOSFODNN7EXAMPLE AKIAIOSFODNN7EXAMPLES AKIAIOSFODNN",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
];

const tags = (below: Record<string, unknown>) => batch({ monitoring: { tags: below } });
const TAGS = "emrEtlRunner.monitoring.tags";

describe("a secret", () => {
    it("is what a name calls a password, a token or a key", () => {
        expect(NAMES.filter((name) => secretIn(name, "hunter22") === undefined)).to.deep.equal([]);
    });

    it("is not what another name with such a word is for", () => {
        const found = Object.entries(OTHER_NAMES).filter(([name, value]) => secretIn(name, value));
        expect(found).to.deep.equal([]);
    });

    it("is not a switch, a count, a placeholder or a reference", () => {
        expect(NO_SECRETS.filter((value) => secretIn("db-password", value))).to.deep.equal([]);
        const others = [
            "$" + "{env.DB_PASSWORD:-hunter22}",
            "$ecret",
            "/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "424242",
        ];
        expect(others.filter((value) => !secretIn("db-password", value))).to.deep.equal([]);
    });

    for (const [text, secret] of Object.entries(SECRETS)) {
        it(`is found by its form: ${JSON.stringify(text)}`, () => {
            expect(secretIn("", text)).not.to.equal(undefined);
            expect(withoutSecrets(text)).to.include("…").and.not.to.include(secret);
        });
    }

    it("is not what only looks like one, which stays as it is", () => {
        expect(OTHER_STRINGS.filter((text) => secretIn("", text))).to.deep.equal([]);
        expect(OTHER_STRINGS.map(withoutSecrets)).to.deep.equal(OTHER_STRINGS);
    });

    judges([
        ["as a tag", tags({ "db-password": "x" }), `credential at ${TAGS}.db-password`],
        [
            "as a number",
            tags({ pin: 1, token: 424242 }),
            [`credential at ${TAGS}.token`, `wrong-type at ${TAGS}.pin`],
        ],
        ["in a key, which is not shown", tags({ AKIAABCDEFGHIJKLMNOP: "x" }), `credential at ${TAGS}`],
        [
            "below a key with a secret",
            emr({ configuration: { "x:y@example.com": { "fs.s3a.secret.key": "x" } } }),
            Array(2).fill("credential at emrEtlRunner.aws.emr.configuration"),
        ],
        [
            "as a property, whose name is shown",
            emr({ configuration: { "core-site": { "fs.s3a.secret.key": "x" } } }),
            'credential at emrEtlRunner.aws.emr.configuration.core-site["fs.s3a.secret.key"]',
        ],
        [
            "in a list",
            { ...batch(), access: { readLocations: ["s3://acme/AKIAIOSFODNN7EXAMPLE"] } },
            "credential at access.readLocations[0]",
        ],
        [
            "under a key that the schema does not know",
            batch({ x: { password: "x" } }),
            ["credential at emrEtlRunner", "unknown-key at emrEtlRunner"],
        ],
        [
            "as a private key",
            { ...batch(), certificates: { chainPem: "-----BEGIN PRIVATE KEY-----" } },
            "private-key-in-plain at certificates.chainPem",
        ],
    ]);

    it("under a key that the stack sets is that rule's", () => {
        const key = "AKIAIOSFODNN7EXAMPLE";
        expect(codesOf(batch({ aws: { access_key_id: key } }))).to.deep.equal([
            "owned-key at emrEtlRunner.aws.access_key_id",
        ]);
    });

    judges([
        [
            "in other namespaces",
            batch(),
            [
                'credential at ["aws:secretKey"]',
                'credential at ["aws:defaultTags"].tags.token',
                "credential at ",
            ],
            {
                otherValues: {
                    "aws:region": "eu-west-1",
                    "aws:secretKey": "x",
                    "aws:defaultTags": { tags: { token: "x", team: "data" } },
                    "other:AKIAIOSFODNN7EXAMPLE": "x",
                    "other:token": { secure: "v1:5hV7Jp0eKq0nAn3v:Zb1zq4j0F4vYp2u3gW6s3A==" },
                },
            },
        ],
        [
            "encrypted under an unknown key",
            { ...batch(), password: "x" },
            "unknown-key at ",
            { encryptedKeys: ["password"] },
        ],
    ]);

    it("is never quoted", () => {
        const every = [...Object.keys(SECRETS), ...Object.values(SECRETS)];
        const config = tags(
            Object.fromEntries(Object.keys(SECRETS).map((text, index) => [`t${index}`, text])),
        );
        const errors = errorsOf(config);
        expect(errors).to.have.length(Object.keys(SECRETS).length);
        expect(every.filter((text) => JSON.stringify(errors).includes(text))).to.deep.equal([]);
    });
});
