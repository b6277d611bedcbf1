import { canonicalStatement } from "../../components/checks/document-differences";

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

export function statementsOf(json: string): readonly LiveStatement[] {
    const { Statement = [] } = JSON.parse(json) as { readonly Statement?: LiveStatement | LiveStatement[] };
    return [Statement].flat();
}

/** Who the statement is for; `*` for everyone. */
export function principalsOf({ Principal, NotPrincipal }: LiveStatement): readonly string[] {
    if (NotPrincipal !== undefined) {
        return ["*"];
    }
    return typeof Principal === "string" ? [Principal] : Object.values(Principal ?? {}).flat();
}

/** Such as `Public: * may s3:GetObject`. */
export function describeStatement(statement: LiveStatement): string {
    const { Sid = "a statement without a Sid", Action, NotAction, Condition } = statement;
    const who = principalsOf(statement).join(", ");
    const what =
        Action === undefined ? `anything but ${list(NotAction).join(", ")}` : list(Action).join(", ");
    return `${Sid}: ${who === "" ? "" : `${who} may `}${what}${Condition ? ", under a condition" : ""}`;
}

/** The account of a principal; undefined for services, for everyone, and for the id of a deleted role or user. */
export function accountOf(principal: string): string | undefined {
    return /^(?:arn:[^:]*:[^:]*::)?(\d{12})(?::|$)/.exec(principal)?.[1];
}

/** Principals of no account: services, and the ids that IAM leaves of deleted users and roles. */
const OF_NO_ACCOUNT = /\.amazonaws\.com$|^A(ID|RO)A[A-Z0-9]+$/;

/** Whether the statement lets callers of other accounts in, among them principals whose account it does not say. */
export function isForOthers(statement: LiveStatement, accounts: readonly string[]): boolean {
    const passes = (value: string) => accounts.includes(accountOf(value) ?? "");
    return principalsOf(statement).some((principal) =>
        principal === "*"
            ? !isLimited(statement, ACCOUNT_KEYS, passes)
            : !OF_NO_ACCOUNT.test(principal) && !passes(principal),
    );
}

/** Whether the statement lets everyone in: no condition limits the callers to fixed values, as S3 decides what is public. */
export function isForEveryone(statement: LiveStatement): boolean {
    const isFixed = (value: string) =>
        (!value.includes("*") || /\d{12}/.test(value)) && !/\/[0-7]$/.test(value);
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
            /^(String|Arn)(Equals|Like)(IgnoreCase)?$|^IpAddress$/i.test(operator) &&
            Object.entries(keys).some(([key, values]) => caller.test(key) && list(values).every(passes)),
    );
}

/** Which of these actions the statement is about. */
export function actionsOf(
    { Action, NotAction }: LiveStatement,
    actions: readonly string[],
): readonly string[] {
    return actions.filter((action) =>
        Action === undefined
            ? !list(NotAction).some((pattern) => matches(pattern, action))
            : list(Action).some((pattern) => matches(pattern, action)),
    );
}

/** Whether the statement's resources and these patterns have an ARN in common. */
export function touches({ Resource, NotResource }: LiveStatement, patterns: readonly string[]): boolean {
    return Resource === undefined
        ? patterns.some((pattern) => !list(NotResource).some((each) => matches(each, pattern)))
        : list(Resource).some((each) => patterns.some((pattern) => overlap(each, pattern)));
}

/** What live statements do not surely allow. */
export interface Uncovered {
    /** Such as `UseKey: kms:Decrypt`, by statement. */
    readonly faults: readonly string[];
    /** Whether statements with another condition allow all of it. */
    readonly isConditional: boolean;
}

/**
 * Compares required statements with live ones. Each required pattern counts as one string.
 * @param live The live statements that apply to the principals of a required one.
 */
export function uncovered(
    required: readonly LiveStatement[],
    live: (required: LiveStatement) => readonly LiveStatement[],
): Uncovered {
    const open = required
        .filter(({ Effect }) => Effect === "Allow")
        .map((statement) => {
            const found = list(statement.Action).map((action) => ({
                action,
                each: list(statement.Resource ?? "*").map((resource) =>
                    coverage(statement, action, resource, live(statement)),
                ),
            }));
            return { Sid: statement.Sid, found: found.filter(({ each }) => each.some((of) => of !== "yes")) };
        })
        .filter(({ found }) => found.length > 0);
    return {
        faults: open.map(({ Sid, found }) => `${Sid}: ${found.map(({ action }) => action).join(", ")}`),
        isConditional: !open.some(({ found }) => found.some(({ each }) => each.includes("no"))),
    };
}

function coverage(
    required: LiveStatement,
    action: string,
    resource: string,
    live: readonly LiveStatement[],
): "no" | "under a condition" | "yes" {
    const about = live.filter(
        (statement) =>
            actionsOf(statement, [action]).length > 0 &&
            (statement.Resource === undefined
                ? statement.NotResource === undefined || touches(statement, [resource])
                : list(statement.Resource).some((pattern) => matches(pattern, resource))),
    );
    const free = about.filter(
        ({ Condition }) =>
            Condition === undefined ||
            canonicalStatement(Condition) === canonicalStatement(required.Condition ?? {}),
    );
    const denies = about.some(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined);
    if (denies || !about.some(({ Effect }) => Effect === "Allow")) {
        return "no";
    }
    return free.some(({ Effect }) => Effect === "Allow") ? "yes" : "under a condition";
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
