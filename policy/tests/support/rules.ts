import { expect } from "chai";
import type { Resource, ResourceRule, RuleConfig } from "../../rules/resource";

interface Options extends Partial<Resource> {
    /** The stack's name. @default `dev` */
    readonly stack?: string;
    /** The logical name. @default `it` */
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

/** A policy in JSON. */
export function policy(...statements: readonly object[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

type Case = readonly [title: string, resource: Resource, messages: readonly string[], config?: RuleConfig];

/** One test for each resource: expects exactly these messages of the rule. */
export function expectMessages(rule: ResourceRule, cases: readonly Case[]): void {
    for (const [title, checked, messages, config = {}] of cases) {
        it(title, () => {
            expect(rule.check(checked, config)).to.deep.equal(messages);
        });
    }
}
