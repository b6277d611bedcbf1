import { expect } from "chai";
import { reencryptionRolePolicy, reencryptionRoleTrust } from "../../components/policies/reencryption";
import { ReencryptionRole } from "../../components/reencryption-role";
import { resourceInputs, resourceLines } from "../support/golden";
import { POLICY_FACTS, SHARED_ROLE_ARGS } from "../support/roles";
import { run } from "../support/run";

const NAME = "snowplow-dev-reencrypt-placeholder";

describe("ReencryptionRole", () => {
    it("creates the role of S3 Batch Operations, with one policy for all locations", async () => {
        const result = await run(() => {
            const { arn } = new ReencryptionRole("reencryption", {
                ...SHARED_ROLE_ARGS,
                ...POLICY_FACTS,
            });
            return { arn };
        });
        expect(resourceLines(result)).to.have.members([
            "snowplow-emr-encryption:index:ReencryptionRole reencryption < snowplow-emr-encryption-dev",
            "snowplow-emr-encryption:index:Role reencryption-role < reencryption",
            "aws:iam/role:Role reencryption-role < reencryption-role",
            "aws:iam/rolePolicy:RolePolicy reencryption-role-policy < reencryption-role",
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            "aws:iam/role:Role reencryption-role": {
                path: "/",
                namePrefix: "snowplow-dev-reencrypt-",
                description: "S3 Batch Operations: encrypts existing objects in place",
                assumeRolePolicy: JSON.stringify(reencryptionRoleTrust()),
                tags: { stack: "tag" },
            },
            "aws:iam/rolePolicy:RolePolicy reencryption-role-policy": {
                role: NAME,
                policy: JSON.stringify(reencryptionRolePolicy(POLICY_FACTS)),
            },
        });
        expect(result.outputs).to.deep.equal({ arn: `arn:aws:iam::000000000000:role/${NAME}` });
    });
});
