import {
    AddRoleToInstanceProfileCommand,
    AttachRolePolicyCommand,
    CreateInstanceProfileCommand,
    CreatePolicyCommand,
    CreateRoleCommand,
    PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { autoNamed, generated, known, type Resources, resource, tagList, tags, text } from "./resource";

export const iam: Resources = {
    "aws:iam/role:Role": resource(
        {
            namePrefix: text,
            path: text,
            description: text,
            assumeRolePolicy: text,
            permissionsBoundary: text.optional(),
            tags,
        },
        async (inputs, { iam }) => {
            const name = generated(inputs.namePrefix);
            const { Role } = await iam.send(
                new CreateRoleCommand({
                    RoleName: name,
                    Path: inputs.path,
                    Description: inputs.description,
                    AssumeRolePolicyDocument: inputs.assumeRolePolicy,
                    PermissionsBoundary: inputs.permissionsBoundary,
                    Tags: tagList(inputs.tags),
                }),
            );
            return { id: name, state: { name, arn: known(Role?.Arn) } };
        },
    ),
    "aws:iam/rolePolicy:RolePolicy": resource({ role: text, policy: text }, async (inputs, { iam }, name) => {
        const PolicyName = autoNamed(name);
        await iam.send(
            new PutRolePolicyCommand({ RoleName: inputs.role, PolicyName, PolicyDocument: inputs.policy }),
        );
        return { id: `${inputs.role}:${PolicyName}`, state: { name: PolicyName } };
    }),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": resource(
        { role: text, policyArn: text },
        async (inputs, { iam }) => {
            await iam.send(
                new AttachRolePolicyCommand({ RoleName: inputs.role, PolicyArn: inputs.policyArn }),
            );
            return { id: `${inputs.role}/${inputs.policyArn}` };
        },
    ),
    "aws:iam/instanceProfile:InstanceProfile": resource(
        { name: text, role: text, path: text, tags },
        async (inputs, { iam }) => {
            const profile = { InstanceProfileName: inputs.name };
            const { InstanceProfile } = await iam.send(
                new CreateInstanceProfileCommand({
                    ...profile,
                    Path: inputs.path,
                    Tags: tagList(inputs.tags),
                }),
            );
            await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: inputs.role }));
            return { id: inputs.name, state: { arn: known(InstanceProfile?.Arn) } };
        },
    ),
    "aws:iam/policy:Policy": resource(
        { namePrefix: text, path: text, description: text, policy: text, tags },
        async (inputs, { iam }) => {
            const name = generated(inputs.namePrefix);
            const { Policy } = await iam.send(
                new CreatePolicyCommand({
                    PolicyName: name,
                    Path: inputs.path,
                    Description: inputs.description,
                    PolicyDocument: inputs.policy,
                    Tags: tagList(inputs.tags),
                }),
            );
            const arn = known(Policy?.Arn);
            return { id: arn, state: { name, arn } };
        },
    ),
};
