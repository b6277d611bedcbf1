import type * as aws from "@pulumi/aws";
import { expect } from "chai";
import { Unanswered } from "../../../components/existing/lookup";
import {
    checkRole,
    lookUpJobflowRole,
    lookUpServiceRole,
    type RoleFacts,
} from "../../../components/existing/roles";
import { answer, lookUp, refuse } from "../../support/existing-aws";
import { batch, parse } from "../args/parse";

const SETTINGS = parse({
    ...batch(),
    access: { serviceRole: { existing: "my-service" }, jobflowRole: { existing: "my-nodes" } },
});
const SERVICE_PATH = ["access", "serviceRole", "existing"];
const JOBFLOW_PATH = ["access", "jobflowRole", "existing"];
const EMR = "elasticmapreduce.amazonaws.com";
const EC2 = "ec2.amazonaws.com";

function trusting(...services: readonly string[]) {
    const Service = services.length === 1 ? services[0] : services;
    return answer<aws.iam.GetRoleResult>({
        assumeRolePolicy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
        }),
    });
}

const profileWith = (roleName: string) => answer<aws.iam.GetInstanceProfileResult>({ roleName });

function finds(
    title: string,
    which: "serviceRole" | "jobflowRole",
    facts: RoleFacts,
    ...told: readonly object[]
): void {
    it(title, () => {
        expect(checkRole(SETTINGS, which, facts)).to.deep.equal(told);
    });
}

const NOT_EC2S = {
    path: JOBFLOW_PATH,
    found: "the role my-nodes, which ec2.amazonaws.com may not take",
    remedy: "a trust policy that allows sts:AssumeRole to the service ec2.amazonaws.com",
};
const NO_PROFILE = {
    path: JOBFLOW_PATH,
    found: "no instance profile my-nodes: no such entity",
    remedy: "an instance profile of the role's own name, with the role in it: EMR finds the one by the other (iam:GetInstanceProfile lets these credentials look it up)",
};

describe("a service role of the user's", () => {
    finds("is found fit where EMR may take it", "serviceRole", { role: trusting(EMR) });
    finds("is found fit where others may too", "serviceRole", { role: trusting("s3.amazonaws.com", EMR) });
    for (const others of [EC2, "x-elasticmapreduce.amazonaws.com", `${EMR}.cn`]) {
        finds(
            `is refused where ${others} may take it instead`,
            "serviceRole",
            { role: trusting(others) },
            {
                path: SERVICE_PATH,
                found: "the role my-service, which elasticmapreduce.amazonaws.com may not take",
                remedy: "a trust policy that allows sts:AssumeRole to the service elasticmapreduce.amazonaws.com",
            },
        );
    }
    finds(
        "is refused where nobody answers for it",
        "serviceRole",
        { role: new Unanswered("no") },
        {
            path: SERVICE_PATH,
            found: "no answer on the role my-service: no",
            remedy: "name what is there, and let these credentials look it up (iam:GetRole)",
        },
    );
});

describe("a jobflow role of the user's", () => {
    finds("is found fit where nodes may take it, by a profile of its name", "jobflowRole", {
        role: trusting(EC2),
        profile: profileWith("my-nodes"),
    });
    finds(
        "is refused where EMR may take it instead",
        "jobflowRole",
        { role: trusting(EMR), profile: profileWith("my-nodes") },
        NOT_EC2S,
    );
    finds(
        "is refused where nobody answers for it, and not for its profile as well",
        "jobflowRole",
        { role: new Unanswered("no"), profile: new Unanswered("no such entity") },
        {
            path: JOBFLOW_PATH,
            found: "no answer on the role my-nodes: no",
            remedy: "name what is there, and let these credentials look it up (iam:GetRole)",
        },
    );
    finds(
        "is refused without a profile of its name",
        "jobflowRole",
        { role: trusting(EC2), profile: new Unanswered("no such entity") },
        NO_PROFILE,
    );
    for (const [roleName, found] of [
        ["", "no role"],
        ["my-nodes-2", "the role my-nodes-2"],
    ] as const) {
        finds(
            `is refused with a profile of its name and ${found} in it`,
            "jobflowRole",
            { role: trusting(EC2), profile: profileWith(roleName) },
            {
                path: JOBFLOW_PATH,
                found: `the instance profile my-nodes with ${found} in it`,
                remedy: "an instance profile my-nodes with the role my-nodes in it: EMR finds the one by the other",
            },
        );
    }
    finds(
        "is told all of its findings",
        "jobflowRole",
        { role: trusting(EMR), profile: new Unanswered("no such entity") },
        NOT_EC2S,
        NO_PROFILE,
    );
});

describe("looking up roles", () => {
    const role = (name: string) => ({
        name,
        arn: `arn:aws:iam::000000000000:role/${name}`,
        assumeRolePolicy: `["${EMR}","${EC2}"]`,
    });

    it("asks nothing where the stack makes its own", async () => {
        const none = parse(batch());
        expect(await lookUp(() => lookUpServiceRole(none))).to.deep.equal({ facts: undefined, calls: [] });
        expect(await lookUp(() => lookUpJobflowRole(none))).to.deep.equal({ facts: undefined, calls: [] });
    });

    it("asks for the service role alone, which has no profile", async () => {
        expect(await lookUp(() => lookUpServiceRole(SETTINGS))).to.deep.equal({
            facts: { role: role("my-service") },
            calls: [["getRole", { name: "my-service" }]],
        });
    });

    it("asks for the jobflow role, and for the instance profile of its name", async () => {
        expect(await lookUp(() => lookUpJobflowRole(SETTINGS))).to.deep.equal({
            facts: { role: role("my-nodes"), profile: { name: "my-nodes", roleName: "my-nodes" } },
            calls: [
                ["getInstanceProfile", { name: "my-nodes" }],
                ["getRole", { name: "my-nodes" }],
            ],
        });
    });

    it("takes refusals for answers", async () => {
        const refused = { getRole: () => refuse("no role"), getInstanceProfile: () => refuse("no profile") };
        expect((await lookUp(() => lookUpServiceRole(SETTINGS), refused)).facts).to.deep.equal({
            role: new Unanswered("no role"),
        });
        expect((await lookUp(() => lookUpJobflowRole(SETTINGS), refused)).facts).to.deep.equal({
            role: new Unanswered("no role"),
            profile: new Unanswered("no profile"),
        });
    });
});
