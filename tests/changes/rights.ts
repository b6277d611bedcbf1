import type { Registration, Run } from "../../testing/mock-engine";

interface Statement {
    readonly Effect: string;
    readonly Principal?: unknown;
    readonly Action: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * What the clusters' roles and the users of the key were allowed before and are not after: a right is a role, or the
 * key, with one action on one resource under one set of conditions. A right that a wider one takes the place of
 * counts as lost: whoever reads it says so.
 */
export function lostRights(before: Run, after: Run): readonly string[] {
    const left = new Set(after.registrations.flatMap(rights));
    return [...new Set(before.registrations.flatMap(rights))].filter((right) => !left.has(right)).sort();
}

function rights({ type, name, inputs }: Registration): readonly string[] {
    // The reminder's role and the one for encrypt-existing are not the clusters'.
    const ofClusters = name.startsWith("roles-");
    switch (type) {
        case "aws:iam/role:Role":
            return ofClusters
                ? [
                      ...granted(`${name}: taken`, inputs.assumeRolePolicy),
                      ...(inputs.permissionsBoundary === undefined
                          ? [`${name}: all, without a boundary`]
                          : []),
                  ]
                : [];
        case "aws:iam/rolePolicy:RolePolicy":
            return ofClusters ? granted(String(inputs.role), inputs.policy) : [];
        case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            return [`${inputs.role}: ${inputs.policyArn}`];
        case "aws:kms/key:Key":
            return granted(`${name}: used`, inputs.policy);
        default:
            return [];
    }
}

function granted(who: string, policy: unknown): readonly string[] {
    const { Statement } = JSON.parse(String(policy)) as { readonly Statement: readonly Statement[] };
    return Statement.filter(({ Effect }) => Effect === "Allow").flatMap(
        ({ Principal = "", Action, Resource = "", Condition = {} }) =>
            [Action]
                .flat()
                .flatMap((action) =>
                    [Resource]
                        .flat()
                        .flatMap((resource) =>
                            alternatives(Condition).map((condition) =>
                                [`${who}:`, JSON.stringify(Principal), action, resource, condition].join(" "),
                            ),
                        ),
                ),
    );
}

/** All keys must hold, with any one of their values: each choice of values is one. */
function alternatives(condition: NonNullable<Statement["Condition"]>): readonly string[] {
    return Object.entries(condition)
        .flatMap(([operator, keys]) =>
            Object.entries(keys).map(([key, values]) =>
                [values].flat().map((value) => `${operator} ${key} ${value}`),
            ),
        )
        .reduce<readonly string[]>(
            (known, values) => known.flatMap((start) => values.map((value) => `${start} ${value}`)),
            [""],
        );
}
