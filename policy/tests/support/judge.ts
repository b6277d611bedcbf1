import { expect } from "chai";
import type { Resource, ResourceRule, RuleConfig } from "../../rules/resource";

interface Options extends Partial<Resource> {
    /** Default `dev`. */
    readonly stack?: string;
    readonly name?: string;
}

export function resource(
    type: string,
    props: Resource["props"] = {},
    { stack = "dev", name = "it", ...options }: Options = {},
): Resource {
    return {
        urn: `urn:pulumi:${stack}::pipeline::${type}::${name}`,
        type,
        props,
        protect: false,
        propertyDependencies: {},
        ...options,
    };
}

/** The JSON of a policy. */
export function policy(...statements: readonly object[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

type Case = readonly [title: string, resource: Resource, messages: readonly string[], config?: RuleConfig];

/** One test for each resource: the whole of what a rule says of it. */
export function judges(rule: ResourceRule, cases: readonly Case[]): void {
    for (const [title, judged, messages, config = {}] of cases) {
        it(title, () => {
            expect(rule.check(judged, config)).to.deep.equal(messages);
        });
    }
}
