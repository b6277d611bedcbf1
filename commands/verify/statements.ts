import { accountArn, canonicalStatement } from "../../components/checks/document-differences";
import type { Found } from "./control";

type OneOrMore = string | readonly string[];

/** A statement of a policy document as AWS returns it. */
export interface LiveStatement {
    readonly Sid?: string;
    readonly Effect: string;
    readonly Principal?: string | Readonly<Record<string, OneOrMore>>;
    readonly NotPrincipal?: unknown;
    readonly Action?: OneOrMore;
    readonly NotAction?: OneOrMore;
    readonly Resource?: OneOrMore;
    readonly NotResource?: OneOrMore;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** Condition keys that say whose account a caller is of. */
const ACCOUNT_KEYS = /^(kms:CallerAccount|aws:(PrincipalAccount|PrincipalArn|SourceAccount|SourceOwner))$/i;

/**
 * Condition keys with which a policy for everyone is not public.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
const CALLER_KEYS =
    /^(kms:CallerAccount|aws:(Principal(Account|Arn|OrgID|OrgPaths)|Source(Account|Arn|Ip|Owner|Vpc|Vpce)|userid)|s3:DataAccessPoint(Account|Arn))$/i;

export function statementsOf(json = "{}"): readonly LiveStatement[] {
    const { Statement = [] } = JSON.parse(json) as { readonly Statement?: LiveStatement | LiveStatement[] };
    return [Statement].flat();
}

/** Who the statement is for; `*` for everyone, an account's ARN for an account. */
export function principalsOf({ Principal = {}, NotPrincipal }: LiveStatement): readonly string[] {
    const named = typeof Principal === "string" ? [Principal] : Object.values(Principal).flat();
    return NotPrincipal === undefined ? named.map(accountArn) : ["*"];
}

/** Such as `Public: * may s3:GetObject`. */
export function describeStatement(statement: LiveStatement): string {
    const { Sid = "a statement without a Sid", Action, NotAction, Condition } = statement;
    const who = principalsOf(statement).join(", ");
    const what =
        Action === undefined ? `anything but ${list(NotAction).join(", ")}` : list(Action).join(", ");
    return `${Sid}: ${who === "" ? "" : `${who} may `}${what}${Condition ? ", under a condition" : ""}`;
}

/** The account of an ARN, or of an id that is its own; undefined for services, for everyone, and for other ids. */
export function accountOf(principal: string): string | undefined {
    return /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::|$)/.exec(principal)?.[1];
}

/** Principals of no account: services, and the ids that IAM leaves of deleted users and roles. */
const OF_NO_ACCOUNT = /\.amazonaws\.com$|^A(ID|RO)A[A-Z0-9]+$/;

/** Whether the statement lets callers of other accounts in, among them principals whose account it does not say. */
export function isForOthers(statement: LiveStatement, accounts: readonly string[]): boolean {
    const passes = (value: string) => accounts.includes(accountOf(value) ?? "");
    return principalsOf(statement).some((principal) =>
        principal === "*"
            ? !isLimited(statement, ACCOUNT_KEYS, passes)
            : OF_NO_ACCOUNT.test(principal)
              ? sourceAccounts(statement).some((account) => !accounts.includes(account))
              : !passes(principal),
    );
}

/** The accounts on whose behalf a service may act, as far as conditions name them. */
function sourceAccounts(statement: LiveStatement): readonly string[] {
    return conditionsOf(statement)
        .filter(({ operator, key }) => !/Not/i.test(operator) && /^aws:Source(Account|Arn|Owner)$/i.test(key))
        .flatMap(({ values }) => values.flatMap((value) => /\b\d{12}\b/.exec(value)?.[0] ?? []));
}

/** Whether the statement lets everyone in: no condition limits the callers to fixed values, as S3 decides what is public. */
export function isForEveryone(statement: LiveStatement): boolean {
    const isFixed = (value: string) =>
        (!value.includes("*") || /\d{12}|^o-\w+\//.test(value)) && !/\/[0-7]$/.test(value);
    return principalsOf(statement).includes("*") && !isLimited(statement, CALLER_KEYS, isFixed);
}

/** Operators that let only callers with one of their values in. */
const LIMITING = /^(ForAnyValue:)?((String|Arn)(Equals|Like)(IgnoreCase)?|IpAddress)$/i;

/** Whether a condition limits the callers: one of these keys has only values that pass. */
function isLimited(statement: LiveStatement, caller: RegExp, passes: (value: string) => boolean): boolean {
    return conditionsOf(statement).some(
        ({ operator, key, values }) => LIMITING.test(operator) && caller.test(key) && values.every(passes),
    );
}

function conditionsOf({ Condition = {} }: LiveStatement) {
    return Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => ({ operator, key, values: list(values) })),
    );
}

/** A test for statements that are not among these, however AWS writes them. */
export function notAmong(statements: readonly unknown[]): (statement: unknown) => boolean {
    const known = statements.map(canonicalStatement);
    return (statement) => !known.includes(canonicalStatement(statement));
}

/** What tells of buckets, keys and IAM, and gives no access to data: a list of names has no data, keys of objects have. */
const METADATA =
    /^(s3:(GetBucket\w*|Get\w+Configuration|ListAllMyBuckets)|kms:(Describe|Get|List)\w*|iam:((Get|List|Simulate)\w*|CreateServiceLinkedRole))\*?$/i;

/**
 * Whether an Allow gives access to more than metadata.
 * @param patterns The actions that count, such as `s3:*`.
 */
export function givesAccess(
    { Effect, Action, NotAction }: LiveStatement,
    patterns: readonly string[],
    harmless = METADATA,
): boolean {
    const actions = Action && list(Action).filter((action) => !harmless.test(action));
    return Effect === "Allow" && patterns.some((pattern) => isAbout("part", pattern, actions, NotAction));
}

/** Whether the statement's resources and these patterns have an ARN in common. */
export function touches({ Resource, NotResource }: LiveStatement, patterns: readonly string[]): boolean {
    return patterns.some((pattern) => isAbout("part", pattern, Resource, NotResource));
}

/** Whether an Allow is about the whole of an action's or a resource's pattern, or a Deny about a part of it. */
export function isFor(statement: LiveStatement, what: "Action" | "Resource", pattern: string): boolean {
    const extent = statement.Effect === "Allow" ? "whole" : "part";
    return isAbout(extent, pattern, statement[what], statement[`Not${what}`]);
}

/** Whether a statement is about a pattern, or a part of it, by the patterns that it names or by those that it excepts. */
function isAbout(
    extent: "whole" | "part",
    pattern: string,
    named: OneOrMore | undefined,
    excepted: OneOrMore | undefined,
): boolean {
    const whole = (each: string) => matches(each, pattern);
    const part = (each: string) => overlap(each, pattern);
    const [names, excepts] = extent === "whole" ? [whole, part] : [part, whole];
    return named === undefined ? !list(excepted).some(excepts) : list(named).some(names);
}

/** The actions of patterns that documents write either way. */
const SAME_AS: Readonly<Record<string, readonly string[]>> = {
    "kms:ReEncrypt*": ["kms:ReEncryptFrom", "kms:ReEncryptTo"],
    "kms:GenerateDataKey*": ["kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"],
};

/**
 * What live statements do not surely allow, such as `UseKey: kms:Decrypt`, by required statement; unknown if statements
 * with another condition allow all of it. Each required pattern counts as one string.
 * @param live The live statements that apply to the principals of a required one.
 */
export function uncovered(
    required: readonly LiveStatement[],
    live: (required: LiveStatement) => readonly LiveStatement[],
): Found {
    const withoutSid = (statement: LiveStatement) => ({ ...statement, Sid: undefined });
    // The required statements deny a part of what they allow.
    const isAdded = notAmong(required.filter(({ Effect }) => Effect === "Deny").map(withoutSid));
    const gaps = (isAnyCondition: boolean) =>
        required.filter(isAllow).flatMap((statement) => {
            const isOther = notAmong([undefined, {}, statement.Condition]);
            const counted = live(statement).filter((each) =>
                isAllow(each) ? isAnyCondition || !isOther(each.Condition) : isAdded(withoutSid(each)),
            );
            const isAllowed = (action: string, resource: string) => {
                const about = counted.filter(
                    (each) => isFor(each, "Action", action) && isFor(each, "Resource", resource),
                );
                return about.some(isAllow) && !about.some(isDenial);
            };
            const resources = list(statement.Resource ?? "*");
            const actions = list(statement.Action)
                .flatMap((action) => SAME_AS[action] ?? action)
                .filter((action) => !resources.every((resource) => isAllowed(action, resource)));
            return actions.length === 0 ? [] : [`${statement.Sid}: ${actions.join(", ")}`];
        });
    const faults = gaps(false);
    return faults.length > 0 && gaps(true).length === 0
        ? { result: "unknown", found: `allowed under a condition only: ${faults.join("; ")}` }
        : faults;
}

function isAllow({ Effect }: LiveStatement): boolean {
    return Effect === "Allow";
}

/** A denial of everyone but some principals is a condition, too. */
function isDenial({ Effect, Condition, NotPrincipal }: LiveStatement): boolean {
    return Effect === "Deny" && Condition === undefined && NotPrincipal === undefined;
}

export function list(values: OneOrMore = []): readonly string[] {
    return [values].flat();
}

/** Whether an IAM pattern, with `*` and `?`, matches a string. */
export function matches(pattern: string, text: string): boolean {
    const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
    return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "is").test(text);
}

/** Whether two IAM patterns have a string in common: `ends[j]` says so of the rests from here, and from `other[j]`. */
export function overlap(first: string, second: string): boolean {
    const [one, other] = [first.toLowerCase(), second.toLowerCase()];
    let ends: readonly boolean[] = [];
    for (let i = one.length; i >= 0; i -= 1) {
        const row: boolean[] = [];
        for (let j = other.length; j >= 0; j -= 1) {
            const [a, b] = [one[i], other[j]];
            if (a === "*" || b === "*") {
                row[j] = (a !== undefined && ends[j] === true) || (b !== undefined && row[j + 1] === true);
            } else if (a === undefined || b === undefined) {
                row[j] = a === b;
            } else {
                row[j] = (a === b || a === "?" || b === "?") && ends[j + 1] === true;
            }
        }
        ends = row;
    }
    return ends[0] === true;
}
