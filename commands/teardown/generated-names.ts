import { GENERATED_SUFFIX_PATTERN } from "../../components/domain/naming";
import { type Clients, collect } from "../aws";
import type { StackOutputs } from "../stack-outputs";
import { listed, stackOf } from "./finding";

/** Resources with a generated name: how to list all of the account, and their tags. */
const KINDS = {
    bucket: {
        names: ({ s3 }: Clients) =>
            collect(s3.paginateListBuckets({}), ({ Buckets }) => Buckets?.flatMap(({ Name }) => Name ?? [])),
        tags: ({ s3 }: Clients, Bucket: string) =>
            listed(s3.getBucketTagging({ Bucket }).then(({ TagSet }) => TagSet)),
    },
    role: {
        names: ({ iam }: Clients) =>
            collect(iam.paginateListRoles({}), ({ Roles }) =>
                Roles?.flatMap(({ RoleName }) => RoleName ?? []),
            ),
        tags: ({ iam }: Clients, RoleName: string) =>
            listed(iam.listRoleTags({ RoleName }).then(({ Tags }) => Tags)),
    },
};

/** The start of a finding about a resource of `unnamed`. */
export const UNNAMED = "has the stack's tag, although the outputs do not name it, and ";

/**
 * The stack's buckets or roles, by name and tag, that the outputs do not name: an `up` that replaced one, but could not
 * delete the old one, leaves it in the stack.
 * @throws Error if one is newer than the outputs.
 */
export async function unnamed(
    kind: keyof typeof KINDS,
    clients: Clients,
    outputs: StackOutputs,
): Promise<readonly string[]> {
    const { prefix, stackTag, stack } = outputs.forCommands;
    const text = JSON.stringify(outputs);
    const generated = new RegExp(`^${prefix}-[a-z]+-${GENERATED_SUFFIX_PATTERN}$`);
    const names = await KINDS[kind].names(clients);
    const found: string[] = [];
    for (const name of names.filter((each) => generated.test(each) && !text.includes(each))) {
        if (stackOf({ Tags: await KINDS[kind].tags(clients, name) }) !== stackTag) {
            continue; // Two stacks may share a prefix.
        }
        if (suffixOf(name) > newestSuffix(outputs)) {
            throw staleOutputs(stack, `they do not name the newer ${kind} ${name}`);
        }
        found.push(name);
    }
    return found;
}

/** The generated end of a name, which begins with the time: a newer name has a greater one. Empty in any other name. */
export function suffixOf(name: string): string {
    return new RegExp(`${GENERATED_SUFFIX_PATTERN}$`).exec(name)?.[0] ?? "";
}

/** The suffix of the newest generated name in the outputs. A digest in hexadecimal may hold what looks like a suffix. */
export function newestSuffix(outputs: StackOutputs): string {
    const { prefix } = outputs.forCommands;
    const names = new RegExp(`${prefix}-(?:[a-z]+-)*${GENERATED_SUFFIX_PATTERN}(?![0-9a-f])`, "g");
    const suffixes = JSON.stringify(outputs).match(names)?.map(suffixOf) ?? [];
    return suffixes.toSorted().at(-1) ?? "";
}

/** The outputs are older than the stack. */
export function staleOutputs(stack: string, because: string): Error {
    return new Error(
        `these outputs are from before the last \`up\` of stack ${stack}: ${because}. Nothing was deleted. If the last \`up\` failed, repeat it; then write the outputs again: \`npx pulumi stack output --json --stack ${stack} > outputs.json\``,
    );
}
