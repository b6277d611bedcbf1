import { readFileSync } from "node:fs";
import { expect } from "chai";
import { z } from "zod";
import { stackConfig } from "../components/args/schema";
import { PRIVATE_KEY } from "../components/config";
import type { Case } from "./changes/cases";
import { CASES } from "./changes/cases";
import { type Change, compare, KEPT } from "./changes/compare";
import { DECIDED, replaces } from "./changes/replacements";
import { allChanges, CHANGES_FILE, report } from "./changes/report";

interface SchemaNode {
    readonly description?: string;
    readonly default?: unknown;
    readonly properties?: Readonly<Record<string, SchemaNode>>;
    readonly anyOf?: readonly SchemaNode[];
}

/** Every setting that is the user's to make: below the project's namespace, its secret, and AWS's own. */
function settings(): readonly string[] {
    const schema = z.toJSONSchema(stackConfig, { io: "input" }) as SchemaNode;
    return ["aws:region", "aws:defaultTags", ...keysBelow(schema, []), PRIVATE_KEY];
}

/** Optional objects too, with each of their keys. */
function keysBelow(node: SchemaNode, way: readonly string[]): readonly string[] {
    const optional = node.anyOf?.find(({ properties }) => properties !== undefined)?.properties;
    // A section's default is the empty object: leaving it out says nothing.
    const own = optional && JSON.stringify(node.default) !== "{}" ? [way.join(".")] : [];
    const below = node.properties ?? optional;
    if (node.description?.startsWith("The stack's own")) {
        return [];
    }
    return below === undefined
        ? [way.join(".")]
        : [...own, ...Object.entries(below).flatMap(([key, child]) => keysBelow(child, [...way, key]))];
}

/** Objects that are one value: no resource depends on any of their keys. */
const VALUES = ["emrEtlRunner.aws.emr.jobflow.core_instance_ebs", "emrEtlRunner.monitoring.snowplow"];

const BUCKET = {
    type: "aws:s3/bucket:Bucket",
    name: "b",
    custom: true,
    parent: undefined,
    protect: false,
    retainOnDelete: false,
    deleteBeforeReplace: false,
    ignoreChanges: [],
    replaceOnChanges: [],
    deletedWith: undefined,
    dependencies: [],
};

function touched({ created, deleted, replaced, updated }: Change): readonly string[] {
    return [...created, ...deleted, ...replaced, ...updated];
}

describe("what a change touches", () => {
    let changes: readonly (readonly [Case, Change])[] = [];
    const of = (setting: string) =>
        changes.filter(([item]) => item.setting === setting).map(([, change]) => change);

    before(async () => {
        changes = await allChanges();
    });

    it("is written down in docs/changes.md as it is today (npm run changes)", () => {
        expect(report(changes)).to.equal(readFileSync(CHANGES_FILE, "utf8"));
    });

    it("is known for every setting", () => {
        const known = new Set(CASES.map(({ setting }) => setting));
        const unknown = settings().filter((setting) => !known.has(setting));
        expect(
            unknown.filter((setting) => !VALUES.some((value) => setting.startsWith(`${value}.`))),
        ).to.deep.equal([]);
        // That it looks below what may be left out.
        expect(settings()).to.include.members([
            "encryption.inTransit",
            "network.existing",
            "network.existing.vpcId",
            "access.jobflowRole.existing",
            "emrEtlRunner.aws.s3.buckets.enriched.stream",
        ]);
        for (const value of VALUES) {
            expect(of(value).flatMap(touched)).to.deep.equal([]);
        }
    });

    it("is known in both directions where the one gives a right and the other takes it", () => {
        const directions = (setting: string) =>
            changes
                .filter(([item]) => item.setting === setting)
                .map(([, { lost }]) => (lost.length > 0 ? "takes" : "gives"));
        for (const setting of [
            "storage.existingKmsKeyArns",
            "access.readLocations",
            "access.dynamodbTables",
            "access.ssmParameters",
            "access.policyArns",
            "emrEtlRunner.aws.s3.buckets.assets",
            "emrEtlRunner.aws.s3.buckets.jsonpath_assets",
            "emrEtlRunner.aws.s3.buckets.enriched.errors",
            "emrEtlRunner.aws.s3.buckets.shredded.errors",
            "emrEtlRunner.aws.emr.bootstrap",
            "emrEtlRunner.aws.emr.jobflow.core_instance_bid",
            "emrEtlRunner.aws.emr.jobflow.task_instance_bid",
        ]) {
            expect([setting, ...directions(setting)]).to.deep.equal([setting, "gives", "takes"]);
        }
        expect(directions("access.permissionsBoundary")).to.deep.equal(["takes", "gives"]);
    });

    it("is not nothing to a running cluster where its roles or its key's users lose a right", () => {
        const silent = changes
            .filter(([{ clusters }, { lost }]) => lost.length > 0 && clusters?.startsWith("nothing"))
            .map(([{ setting, from, to }, { lost }]) => [setting, from, to, lost]);
        expect(silent).to.deep.equal([]);
        // That something is found: a role's, and the key's.
        const lost = changes.flatMap(([, change]) => change.lost);
        expect(lost.some((right) => /^snowplow-dev-jobflow-.* s3:GetObject .*maxmind/.test(right))).to.equal(
            true,
        );
        expect(lost.some((right) => /^key: used: .*kms:CreateGrant/.test(right))).to.equal(true);
    });

    it("is not nothing to a running cluster where what it stands on goes", () => {
        const ground =
            /^(Vpc|Subnet|SecurityGroup|Role|InstanceProfile|NatGateway|Key|Bucket) (?!network-nat$)/;
        const silent = changes.filter(
            ([{ clusters, setting }, { deleted, replaced }]) =>
                clusters?.startsWith("nothing") &&
                // The roles of the reminder and of encrypt-existing are no cluster's.
                !["certificates.remindTopicArn", "storage.reencryption"].includes(setting) &&
                [...deleted, ...replaced].some((name) => ground.test(name)),
        );
        expect(silent.map(([{ setting }]) => setting)).to.deep.equal([]);
    });

    it("keeps old archives and security configurations, whatever takes their place", () => {
        const entries = (pattern: RegExp) =>
            changes.flatMap(([{ setting }, { deleted, replaced }]) =>
                [...deleted, ...replaced]
                    .filter((name) => pattern.test(name))
                    .map((name) => ({
                        setting,
                        kept: Object.values(KEPT).some((words) => name.endsWith(words)),
                    })),
            );
        const lost = (pattern: RegExp) =>
            entries(pattern)
                .filter(({ kept }) => !kept)
                .map(({ setting }) => setting);
        expect(lost(/^SecurityConfiguration /)).to.deep.equal([]);
        expect(lost(/^BucketServerSideEncryptionConfiguration storage-existing-/)).to.deep.equal([]);
        // The archive goes where its bucket goes: into another region, or for one of the user's.
        expect(lost(/^BucketObjectv2 /)).to.deep.equal(["aws:region", "certificates.archive"]);
        expect(entries(/^BucketObjectv2 /).length).to.be.greaterThan(5);
        expect(entries(/^SecurityConfiguration /).length).to.be.greaterThan(10);
        expect(entries(/^BucketServerSideEncryptionConfiguration storage-existing-/)).to.have.length(1);
    });

    it("never writes another archive over an old one", () => {
        for (const [{ setting }, { updated, replaced }] of changes) {
            const rewritten = [...updated, ...replaced].filter((name) =>
                /^BucketObjectv2 .*contentBase64/.test(name),
            );
            expect([setting, rewritten.filter((name) => !name.includes("key"))]).to.deep.equal([setting, []]);
        }
    });

    it("is decided for every input that changes, by one list or the other", () => {
        expect(replaces("aws:ec2/vpc:Vpc", "cidrBlock")).to.equal(true);
        expect(replaces("aws:kms/key:Key", "policy")).to.equal(false);
        expect(replaces("aws:kms/key:Key", "description")).to.equal(undefined);
        expect(() => replaces("aws:rds/cluster:Cluster", "engine")).to.throw("missing from the list");
        for (const [type, { replaces: replacing, updates = [] }] of Object.entries(DECIDED)) {
            const twice = replacing === "all" ? [] : replacing.filter((input) => updates.includes(input));
            expect([type, twice]).to.deep.equal([type, []]);
        }
        const run = (inputs: Readonly<Record<string, unknown>>) => ({
            registrations: [{ ...BUCKET, inputs }],
            invokes: [],
            outputs: {},
            secretOutputs: [],
            region: "eu-west-1",
            defaultTags: undefined,
        });
        expect(() => compare(run({ acl: "private" }), run({ acl: "public-read" }))).to.throw(
            "aws:s3/bucket:Bucket: does another acl replace it?",
        );
    });

    it("replaces a VPC or a subnet by the network's own settings alone, a data bucket or the key never", () => {
        // In another region, nothing stays what it was.
        const replacing = (pattern: RegExp) =>
            changes
                .filter(
                    ([{ setting }, { replaced }]) =>
                        setting !== "aws:region" && replaced.some((name) => pattern.test(name)),
                )
                .map(([{ setting }]) => setting);
        expect(replacing(/^(Bucket|Key) /)).to.deep.equal([]);
        expect(replacing(/^Vpc /)).to.deep.equal(["network.cidrBlock"]);
        // The NAT gateway's subnet follows the zone of the clusters' subnet.
        expect(new Set(replacing(/^Subnet /))).to.deep.equal(
            new Set(["network.cidrBlock", "network.availabilityZones"]),
        );
        expect(replacing(/^Subnet network-nodes/)).to.deep.equal(["network.cidrBlock"]);
    });

    it("takes away the key, a network, a role or a data bucket only where the user's own takes its place", () => {
        const deleting = (pattern: RegExp) => [
            ...new Set(
                changes
                    .filter(([, { deleted }]) => deleted.some((name) => pattern.test(name)))
                    .map(([{ setting }]) => setting),
            ),
        ];
        expect(deleting(/^Key /)).to.deep.equal(["encryption.kmsKeyArn"]);
        expect(deleting(/^Vpc /)).to.deep.equal(["network.existing"]);
        expect(deleting(/^Subnet /)).to.deep.equal([
            "network.availabilityZones", // of a zone that goes
            "network.internetAccess", // the NAT gateway's
            "network.existing",
        ]);
        expect(deleting(/^(Role|InstanceProfile) roles-/)).to.deep.equal([
            "access.serviceRole",
            "access.jobflowRole",
        ]);
        expect(deleting(/^Bucket certificates-bucket$/)).to.deep.equal(["certificates.archive"]);
        const moving = changes.filter(([{ clusters }]) => clusters?.includes("lose the old location"));
        for (const setting of deleting(/^Bucket storage-/)) {
            expect(moving.map(([item]) => item.setting)).to.include(setting);
        }
    });

    it("replaces roles, and what EmrEtlRunner's user holds, by their path alone", () => {
        const replacing = changes
            .filter(([, { replaced }]) =>
                replaced.some((name) => /^(Role|InstanceProfile|Policy) /.test(name)),
            )
            .map(([{ setting }]) => setting);
        expect(replacing).to.deep.equal(["access.path"]);
        for (const change of of("access.permissionsBoundary")) {
            expect(touched(change)).to.deep.equal([
                "Role roles-jobflow (permissionsBoundary)",
                "Role roles-service (permissionsBoundary)",
            ]);
        }
    });

    it("keeps the bucket of archives, and so those of running clusters, when the certificate becomes the user's", () => {
        for (const change of of("certificates.chainPem")) {
            expect(touched(change).filter((name) => /^Bucket(?!Object)/.test(name))).to.deep.equal([]);
        }
    });

    it("makes nothing in the user's own network but what is asked for", () => {
        for (const change of changes
            .filter(([{ setting, to }]) => setting === "network.existing" && to !== null)
            .map(([, found]) => found)) {
            const { created, replaced, updated } = change;
            expect([...created, ...replaced, ...updated]).to.deep.equal([]);
        }
        expect(of("network.existing.subnetIds").flatMap(touched)).to.deep.equal([]);
        for (const change of of("network.existing.emrSecurityGroups")) {
            expect(touched(change).filter((name) => !name.startsWith("SecurityGroup emr-"))).to.deep.equal(
                [],
            );
        }
    });

    it("renames nothing when zones come, go or change places", () => {
        for (const { created, deleted } of of("network.availabilityZones")) {
            expect(
                [...created, ...deleted].filter((name) => !/ network-nodes(-[a-z])?(-routes)?$/.test(name)),
            ).to.deep.equal([]);
        }
        expect(of("network.availabilityZones")[1]).to.deep.equal({
            created: ["RouteTableAssociation network-nodes-b-routes", "Subnet network-nodes-b"],
            deleted: [],
            replaced: [],
            updated: [],
            outputs: ["subnetIds"],
            lost: [],
        });
    });

    it("keeps the address that Redshift lets in when the NAT gateway moves", () => {
        for (const change of of("network.availabilityZones")) {
            expect(touched(change).filter((name) => name.startsWith("Eip"))).to.deep.equal([]);
            expect(change.outputs).not.to.include("egressIps");
        }
    });

    it("makes a new archive and a new security configuration of a renewed certificate, and moves the reminder", () => {
        const renewal = {
            created: [],
            deleted: [],
            replaced: [
                "BucketObjectv2 certificates-archive (contentBase64, key), the old one kept",
                "SecurityConfiguration security-configuration (configuration), the old one kept",
            ],
            updated: [],
            outputs: [
                "certificateExpiresAt",
                "emrEtlRunnerConfig",
                "forCommands",
                "securityConfiguration",
                "securityConfigurationName",
            ],
            lost: [],
        };
        expect(of("certificates (a renewal)")).to.deep.equal([
            renewal,
            { ...renewal, updated: ["Schedule renewal-reminder (scheduleExpression, target)"] },
        ]);
    });

    it("makes a new node key of another generation, and keeps the authority", () => {
        const [change] = of("certificates.generation");
        expect(change?.created).to.deep.equal(["PrivateKey certificates-node-key-2"]);
        expect(change?.deleted).to.deep.equal(["PrivateKey certificates-node-key-1"]);
        expect(change && touched(change).filter((name) => name.includes("certificates-ca"))).to.deep.equal(
            [],
        );
    });

    it("takes nothing from a running cluster by a switch: only the security configuration is another", () => {
        const switches = changes.filter(
            ([item]) =>
                // Another key is no switch.
                item.setting.startsWith("encryption.") && item.setting !== "encryption.kmsKeyArn",
        );
        for (const [{ setting, clusters }, change] of switches) {
            const { created, deleted, replaced, updated, lost } = change;
            expect([setting, lost, updated, clusters?.startsWith("nothing")]).to.deep.equal([
                setting,
                [],
                [],
                true,
            ]);
            expect([
                "SecurityConfiguration security-configuration", // The first switch on.
                "SecurityConfiguration security-configuration, but kept", // The last one off.
                "SecurityConfiguration security-configuration (configuration), the old one kept",
            ]).to.include([...created, ...deleted, ...replaced].join());
        }
        const off = switches
            .filter(([, { deleted }]) => deleted.length > 0)
            .map(([, { outputs }]) => outputs);
        expect(off).to.deep.equal([
            ["emrEtlRunnerConfig", "securityConfiguration", "securityConfigurationName"],
        ]);
    });

    it("leaves the resources alone for whatever is EmrEtlRunner's own business", () => {
        const touching = changes
            .filter(
                ([item, change]) => item.setting.startsWith("emrEtlRunner.") && touched(change).length > 0,
            )
            .map(([{ setting }]) => setting.replace(/^emrEtlRunner\./, ""));
        const others = touching.filter((setting) => !setting.startsWith("aws.s3.buckets."));
        expect([...new Set(others)]).to.deep.equal([
            "aws.emr.ami_version", // one that crosses a gate
            "aws.emr.ec2_key_name",
            "aws.emr.bootstrap",
            "aws.emr.jobflow.core_instance_bid",
            "aws.emr.jobflow.task_instance_bid",
            "collectors.format", // CloudFront's bucket takes ACLs
        ]);
    });
});
