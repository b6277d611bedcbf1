import { expect } from "chai";
import { LOCATIONS, type ResolvedLocation } from "../../components/domain/locations";
import { documentDigest } from "../../components/policies/document";
import { reencryptionRolePolicy, reencryptionRoleTrust } from "../../components/policies/reencryption";
import { ReencryptionRole, type ReencryptionRoleArgs } from "../../components/reencryption-role";
import { resourceInputs, resourceLines } from "../support/golden";
import { registration, run } from "../support/run";

const TAGS = { stack: "tag" };
const ROLE = "snowplow-dev-reencryption-placeholder";
const locations: readonly ResolvedLocation[] = LOCATIONS.map((row) => ({
    ...row,
    folders: [{ bucket: `b-${row.bucket}`, prefix: row.prefix }],
}));

function role(args: Partial<ReencryptionRoleArgs> = {}) {
    return run(() => {
        const { arn, attachedPolicies } = new ReencryptionRole("reencryption", {
            prefix: "snowplow-dev",
            locations,
            path: "/",
            permissionsBoundary: null,
            tags: TAGS,
            ...args,
        });
        return { arn, attachedPolicies };
    });
}

describe("ReencryptionRole", () => {
    it("is one role with one policy, and is known once it has that", async () => {
        const result = await role();
        expect(resourceLines(result)).to.deep.equal([
            "aws:iam/role:Role reencryption < reencryption",
            "aws:iam/rolePolicy:RolePolicy reencryption-policy < reencryption",
            "snowplow-emr-encryption:iam:ReencryptionRole reencryption < snowplow-emr-encryption-dev",
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            "aws:iam/role:Role reencryption": {
                namePrefix: "snowplow-dev-reencryption-",
                path: "/",
                description: "Encrypts in place what was there before",
                assumeRolePolicy: JSON.stringify(reencryptionRoleTrust()),
                tags: TAGS,
            },
            "aws:iam/rolePolicy:RolePolicy reencryption-policy": {
                role: ROLE,
                policy: JSON.stringify(reencryptionRolePolicy(locations)),
            },
        });
        expect(result.outputs).to.deep.equal({
            arn: `arn:aws:iam::000000000000:role/${ROLE}`,
            attachedPolicies: {
                managedPolicyArns: [],
                policyDigest: documentDigest(JSON.stringify(reencryptionRolePolicy(locations))),
            },
        });
        const component = "snowplow-emr-encryption:iam:ReencryptionRole";
        expect(registration(result, component, "reencryption").outputs).to.deep.equal(result.outputs);
    });

    it("is where the other roles are, within the same boundary", async () => {
        const boundary = "arn:aws:iam::111122223333:policy/boundary";
        const inputs = resourceInputs(await role({ path: "/data/", permissionsBoundary: boundary }))[
            "aws:iam/role:Role reencryption"
        ];
        expect(inputs).to.include({ path: "/data/", permissionsBoundary: boundary });
    });
});
