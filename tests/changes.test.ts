import { readFileSync } from "node:fs";
import { expect } from "chai";
import { configReference } from "../commands/config-reference";
import type { Case } from "./changes/cases";
import { CASES } from "./changes/cases";
import type { Change } from "./changes/compare";
import { allChanges, CHANGES_FILE, report } from "./changes/report";

/** Every key of the stack config that is the user's to set, below the project's namespace. */
function settings(): readonly string[] {
    return configReference()
        .split("### ")
        .flatMap((section) => {
            const object = /^`(\w+)`/.exec(section)?.[1];
            return [...section.matchAll(/^\| `([\w.]+)` \|.*\| (.*) \|$/gm)]
                .filter(([, , description]) => !description?.startsWith("The stack's own"))
                .map(([, key]) => `${object}.${key}`);
        });
}

function touched({ created, deleted, replaced, updated }: Change): readonly string[] {
    return [...created, ...deleted, ...replaced, ...updated];
}

describe("what a change touches", () => {
    let changes: readonly (readonly [Case, Change])[] = [];
    const of = (setting: string) =>
        changes.filter(([item]) => item.setting === setting).map(([, change]) => change);

    before(async function () {
        this.timeout(60_000);
        changes = await allChanges();
    });

    it("is written down in docs/changes.md as it is today (npm run changes)", () => {
        expect(report(changes)).to.equal(readFileSync(CHANGES_FILE, "utf8"));
    });

    it("is known for every setting", () => {
        const known = new Set(CASES.map(({ setting }) => setting));
        expect(settings().filter((setting) => !known.has(setting))).to.deep.equal([]);
        expect(settings()).to.include("encryption.inTransit");
    });

    it("replaces a VPC or a subnet by the network's own settings alone, a data bucket or the key never", () => {
        const replacing = (pattern: RegExp) =>
            changes
                .filter(([, { replaced }]) => replaced.some((name) => pattern.test(name)))
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
        expect(deleting(/^(Role|InstanceProfile) /)).to.deep.equal([
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
        expect(of("access.permissionsBoundary")).to.deep.equal([
            {
                created: [],
                deleted: [],
                replaced: [],
                updated: [
                    "Role roles-jobflow (permissionsBoundary)",
                    "Role roles-service (permissionsBoundary)",
                ],
                outputs: [],
            },
        ]);
    });

    it("keeps the bucket of archives, and so those of running clusters, when the certificate becomes the user's", () => {
        for (const change of of("certificates.chainPem")) {
            expect(touched(change).filter((name) => /^Bucket(?!Object)/.test(name))).to.deep.equal([]);
        }
    });

    it("makes nothing in the user's own network but what is asked for", () => {
        expect(
            of("network.existing").flatMap(({ created, replaced, updated }) => [
                ...created,
                ...replaced,
                ...updated,
            ]),
        ).to.deep.equal([]);
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
                "BucketObjectv2 certificates-archive (contentBase64, key)",
                "SecurityConfiguration security-configuration (configuration)",
            ],
            updated: [],
            outputs: [
                "certificateExpiresAt",
                "emrEtlRunnerConfig",
                "forCommands",
                "securityConfiguration",
                "securityConfigurationName",
            ],
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
        for (const [{ setting }, change] of changes.filter(
            ([item]) =>
                // Another key is no switch.
                item.setting.startsWith("encryption.") && item.setting !== "encryption.kmsKeyArn",
        )) {
            expect([setting, touched(change)]).to.deep.equal([
                setting,
                ["SecurityConfiguration security-configuration (configuration)"],
            ]);
        }
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
