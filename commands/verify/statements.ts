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
function sourceAccounts({ Condition = {} }: LiveStatement): readonly string[] {
    return Object.entries(Condition)
        .filter(([operator]) => !/Not/i.test(operator))
        .flatMap(([, keys]) => Object.entries(keys))
        .filter(([key]) => /^aws:Source(Account|Arn|Owner)$/i.test(key))
        .flatMap(([, values]) => list(values).flatMap((value) => /\b\d{12}\b/.exec(value)?.[0] ?? []));
}

/** Whether the statement lets everyone in: no condition limits the callers to fixed values, as S3 decides what is public. */
export function isForEveryone(statement: LiveStatement): boolean {
    const isFixed = (value: string) =>
        (!value.includes("*") || /\d{12}|^o-\w+\//.test(value)) && !/\/[0-7]$/.test(value);
    return principalsOf(statement).includes("*") && !isLimited(statement, CALLER_KEYS, isFixed);
}

/** Whether a condition limits the callers: one of these keys has only values that pass. */
function isLimited(
    { Condition = {} }: LiveStatement,
    caller: RegExp,
    passes: (value: string) => boolean,
): boolean {
    return Object.entries(Condition).some(
        ([operator, keys]) =>
            /^(ForAnyValue:)?((String|Arn)(Equals|Like)(IgnoreCase)?|IpAddress)$/i.test(operator) &&
            Object.entries(keys).some(([key, values]) => caller.test(key) && list(values).every(passes)),
    );
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
    return (
        Effect === "Allow" &&
        (Action === undefined
            ? patterns.some((pattern) => !list(NotAction).some((each) => matches(each, pattern)))
            : list(Action).some(
                  (action) =>
                      !harmless.test(action) &&
                      patterns.some((each) => overlap(each.toLowerCase(), action.toLowerCase())),
              ))
    );
}

/** Whether an Allow is about the whole of a pattern, or a Deny about a part of it. Case matters to neither. */
function isAbout(
    effect: string,
    of: OneOrMore | undefined,
    not: OneOrMore | undefined,
    pattern: string,
): boolean {
    const whole = (each: string) => matches(each, pattern);
    const part = (each: string) => overlap(each.toLowerCase(), pattern.toLowerCase());
    const [includes, excludes] = effect === "Allow" ? [whole, part] : [part, whole];
    return of === undefined ? !list(not).some(excludes) : list(of).some(includes);
}

/** Whether an Allow is about an action, or a Deny about a part of its pattern. */
export function isForAction({ Effect, Action, NotAction }: LiveStatement, action: string): boolean {
    return isAbout(Effect, Action, NotAction, action);
}

/** Whether the statement's resources and these patterns have an ARN in common. */
export function touches({ Resource, NotResource }: LiveStatement, patterns: readonly string[]): boolean {
    return patterns.some((pattern) => isAbout("Deny", Resource, NotResource, pattern));
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
    const withoutSid = (statement: LiveStatement) => canonicalStatement({ ...statement, Sid: undefined });
    // The required statements deny a part of what they allow.
    const denials = required.filter(({ Effect }) => Effect === "Deny").map(withoutSid);
    const open = required
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap((statement) => {
            const others = live(statement).filter((each) => !denials.includes(withoutSid(each)));
            const found = list(statement.Action)
                .flatMap((action) => SAME_AS[action] ?? action)
                .map((action) => ({
                    action,
                    each: list(statement.Resource ?? "*").map((resource) =>
                        coverage(statement, action, resource, others),
                    ),
                }))
                .filter(({ each }) => each.some((of) => of !== "yes"));
            const fault = `${statement.Sid}: ${found.map(({ action }) => action).join(", ")}`;
            const isConditional = !found.some(({ each }) => each.includes("no"));
            return found.length === 0 ? [] : [{ fault, isConditional }];
        });
    const faults = open.map(({ fault }) => fault);
    return faults.length > 0 && open.every(({ isConditional }) => isConditional)
        ? { result: "unknown", found: `allowed under a condition only: ${faults.join("; ")}` }
        : faults;
}

function coverage(
    required: LiveStatement,
    action: string,
    resource: string,
    live: readonly LiveStatement[],
): "no" | "under a condition" | "yes" {
    const about = live.filter(
        (each) =>
            isForAction(each, action) && isAbout(each.Effect, each.Resource, each.NotResource, resource),
    );
    const allows = about.filter(({ Effect }) => Effect === "Allow");
    // A denial of everyone but some principals is a condition, too.
    const denies = about.some(
        ({ Effect, Condition, NotPrincipal }) =>
            Effect === "Deny" && Condition === undefined && NotPrincipal === undefined,
    );
    if (denies || allows.length === 0) {
        return "no";
    }
    const wanted = canonicalStatement(required.Condition ?? {});
    return allows.some(({ Condition }) =>
        [undefined, wanted].includes(Condition && canonicalStatement(Condition)),
    )
        ? "yes"
        : "under a condition";
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
export function overlap(one: string, other: string): boolean {
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
