import { z } from "zod";

/**
 * Decides like IAM over identity policies, a resource's own policy and a request, for what this program's documents
 * use: whatever else a document holds (NotAction, another operator, a policy variable) is refused, not ignored.
 * Permissions boundaries, session policies and an organization's policies are omitted: they only remove permissions.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide({ caller, action, resource, context = {} }: Request, policies: Policies): Decision {
    const keys = new Map(
        Object.entries({ ...callerKeys(caller), ...context }).map(([key, value]) => [
            key.toLowerCase(),
            value,
        ]),
    );
    const applies = (statement: Statement) => covers(statement, action, resource) && holds(statement, keys);
    const identity = (policies.identity ?? []).flatMap(({ statements }) => statements).filter(applies);
    const own = (policies.resource?.policy?.statements ?? [])
        .filter(applies)
        .map((statement) => ({ ...statement, names: naming(statement, caller) }))
        .filter(({ names }) => names !== "neither");
    if ([...identity, ...own].some(({ Effect }) => Effect === "Deny")) {
        return "explicitDeny";
    }

    const allows = { identity: identity.length > 0, own: own.some(({ names }) => names === "caller") };
    const delegates = own.some(({ names }) => names === "account");
    const account = accountOf(caller);
    if (account !== undefined && account !== (policies.resource?.account ?? account)) {
        return answer(allows.identity && (allows.own || delegates)); // Both accounts must allow the call.
    }
    if (!OWN_POLICY_DECIDES.test(action)) {
        return answer(allows.identity || allows.own);
    }
    if (!policies.resource?.policy) {
        throw new Error(`${action}: ${resource} must have a policy of its own`);
    }
    return answer(allows.own || (delegates && allows.identity));
}

/** A decision in the terms of IAM's policy simulator. */
export type Decision = "allowed" | "implicitDeny" | "explicitDeny";

/** The caller: the ARN of a user or a role, or a service. */
export type Caller = { readonly AWS: string } | { readonly Service: string };

/** The request's condition keys, each with one value. */
export type Context = Readonly<Record<string, string>>;

export interface Request {
    readonly caller: Caller;
    readonly action: string;
    readonly resource: string;
    readonly context?: Context;
}

export interface Policies {
    readonly identity?: readonly Policy[];
    /** The account defaults to the caller's. */
    readonly resource?: { readonly policy?: Policy | undefined; readonly account?: string | undefined };
}

export interface Policy {
    readonly statements: readonly Statement[];
}

/** A key or a role is closed even to its own account unless its own policy allows the call. */
const OWN_POLICY_DECIDES = /^(kms|sts):/i;

function answer(allowed: boolean): Decision {
    return allowed ? "allowed" : "implicitDeny";
}

const texts = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

const statement = z
    .strictObject({
        Sid: z
            .string()
            .regex(/^[A-Za-z0-9]+$/)
            .optional(),
        Effect: z.enum(["Allow", "Deny"]),
        Principal: z
            .union([
                z.literal("*").transform(() => ({ AWS: ["*"], Service: ["*"] })),
                z.strictObject({ AWS: texts.default([]), Service: texts.default([]) }),
            ])
            .optional(),
        Action: texts,
        Resource: texts.optional(),
        Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
    })
    .superRefine(({ Condition }, context) => {
        for (const operator of Object.keys(Condition).filter((name) => !(name in OPERATORS))) {
            context.addIssue({ code: "custom", message: `unknown operator ${operator}` });
        }
    });

type Statement = z.output<typeof statement>;

const document = z.strictObject({
    Version: z.literal("2012-10-17"),
    Id: z.string().optional(),
    Statement: z
        .union([z.array(statement), statement.transform((one) => [one])])
        .refine(
            (statements) =>
                new Set(statements.map(({ Sid }, index) => Sid ?? index)).size === statements.length,
            { error: "a Sid occurs twice" },
        ),
});

/** A policy of a user or a role, which has no principals. */
export function identityPolicy(text: string): Policy {
    return read(text, (found) => found.Principal === undefined && hasResource(found));
}

/** A bucket's or a key's policy. */
export function resourcePolicy(text: string): Policy {
    return read(text, (found) => found.Principal !== undefined && hasResource(found));
}

/** A role's trust policy: the resource is the role. */
export function trustPolicy(text: string): Policy {
    return read(text, (found) => found.Principal !== undefined && !hasResource(found));
}

function hasResource({ Resource }: Statement): boolean {
    return Resource !== undefined;
}

function read(text: string, isOfKind: (statement: Statement) => boolean): Policy {
    const { Statement: statements } = document.parse(JSON.parse(text));
    for (const found of statements) {
        if (!isOfKind(found)) {
            throw new Error(`not a statement of this kind of policy: ${JSON.stringify(found)}`);
        }
    }
    return { statements };
}

function covers({ Action, Resource }: Statement, action: string, resource: string): boolean {
    return (
        Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
        (Resource?.some((pattern) => matches(pattern, resource)) ?? true)
    );
}

/** Every operator must hold for every key, with one of its values. */
function holds({ Condition }: Statement, context: ReadonlyMap<string, string>): boolean {
    return Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) =>
            OPERATORS[operator]?.(values, context.get(key.toLowerCase())),
        ),
    );
}

type Operator = (values: readonly string[], actual: string | undefined) => boolean;

/** A key missing from the request matches no value, and so satisfies the negated operator. */
const OPERATORS: Readonly<Record<string, Operator>> = {
    StringEquals: oneOf((value, actual) => literal(value) === actual),
    StringNotEquals: (values, actual) => !oneOf((value) => literal(value) === actual)(values, actual),
    StringLike: oneOf(matches),
    ArnLike: oneOf(arnMatches),
    ArnNotLike: (values, actual) => !oneOf(arnMatches)(values, actual),
    Bool: oneOf((value, actual) => value.toLowerCase() === actual.toLowerCase()),
    Null: (values, actual) => values.some((value) => value === String(actual === undefined)),
};

function oneOf(test: (value: string, actual: string) => boolean): Operator {
    return (values, actual) => actual !== undefined && values.some((value) => test(value, actual));
}

/** Whether a statement names the caller, the caller's account (which then decides by its own policies), or neither. */
function naming({ Principal }: Statement, caller: Caller): "caller" | "account" | "neither" {
    if (Principal === undefined) {
        return "neither";
    }
    if ("Service" in caller) {
        return Principal.Service.some((name) => name === "*" || name === caller.Service)
            ? "caller"
            : "neither";
    }
    if (Principal.AWS.some((name) => name === "*" || name === caller.AWS)) {
        return "caller";
    }
    const account = accountOf(caller);
    return Principal.AWS.some((name) => name === account || name === `arn:aws:iam::${account}:root`)
        ? "account"
        : "neither";
}

function accountOf(caller: Caller): string | undefined {
    return "AWS" in caller ? caller.AWS.split(":")[4] : undefined;
}

/** The keys that every request of a user or a role carries. */
function callerKeys(caller: Caller): Context {
    return "AWS" in caller
        ? { "aws:PrincipalArn": caller.AWS, "aws:PrincipalAccount": accountOf(caller) ?? "" }
        : {};
}

const compiled = new Map<string, RegExp>();

/** `*` matches any string and `?` any character, including colons and slashes. */
function matches(pattern: string, text: string): boolean {
    const expression = compiled.get(pattern) ?? compile(pattern);
    compiled.set(pattern, expression);
    return expression.test(text);
}

function compile(pattern: string): RegExp {
    const parts = pattern.split(/([*?])/).map((part) => {
        if (part === "*") {
            return ".*";
        }
        return part === "?" ? "." : literal(part).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    });
    return new RegExp(`^${parts.join("")}$`, "s");
}

/** Refuses policy variables, whose values depend on the request. */
function literal(text: string): string {
    if (text.includes("${")) {
        throw new Error(`unknown variable in ${text}`);
    }
    return text;
}

/** Matches the six parts one by one: a wildcard matches a colon only in the last part. */
function arnMatches(pattern: string, text: string): boolean {
    const parts = (arn: string) => {
        const split = arn.split(":");
        return [...split.slice(0, 5), split.slice(5).join(":")];
    };
    const actual = parts(text);
    return parts(pattern).every((part, index) => matches(part, actual[index] ?? ""));
}
