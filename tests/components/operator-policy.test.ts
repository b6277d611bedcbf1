import { expect } from "chai";
import { OperatorPolicy } from "../../components/operator-policy";
import { operatorPolicy } from "../../components/policies/operator";
import { resourceInputs, resourceLines } from "../support/golden";
import { POLICY_FACTS } from "../support/roles";
import { run } from "../support/run";

const ARGS = {
    ...POLICY_FACTS,
    stackTag: "snowplow/dev",
    serviceRoleArn: "arn:aws:iam::111122223333:role/emr",
    jobflowRoleArn: "arn:aws:iam::111122223333:role/nodes",
};

describe("OperatorPolicy", () => {
    it("creates one managed policy with what EmrEtlRunner calls", async () => {
        const result = await run(() => {
            const { arn } = new OperatorPolicy("operator", {
                ...ARGS,
                prefix: "snowplow-dev",
                path: "/data/",
                tags: { stack: "tag" },
            });
            return { arn };
        });
        expect(resourceLines(result)).to.have.members([
            "snowplow-emr-encryption:index:OperatorPolicy operator < snowplow-emr-encryption-dev",
            "aws:iam/policy:Policy operator < operator",
        ]);
        expect(resourceInputs(result)).to.deep.equal({
            "aws:iam/policy:Policy operator": {
                path: "/data/",
                namePrefix: "snowplow-dev-operator-",
                description: "What EmrEtlRunner calls",
                policy: JSON.stringify(operatorPolicy(ARGS)),
                tags: { stack: "tag" },
            },
        });
        expect(result.outputs).to.deep.equal({
            arn: "arn:aws:iam::000000000000:policy/data/snowplow-dev-operator-placeholder",
        });
    });
});
