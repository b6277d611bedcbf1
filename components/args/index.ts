import {
    type ArgumentError,
    type ErrorReport,
    formatPath,
    InvalidArguments,
    isWithin,
} from "../domain/errors";
import { isRegion, REGIONS } from "../domain/region";
import { type Ambient, type CompleteArgs, completeArgs } from "./complete";
import { regionErrors } from "./region";
import { ruleErrors } from "./rules";
import { environment, type PlainEnvironment } from "./schema";
import { checkShape } from "./shape";
import { withStandIns } from "./stand-ins";
import { endInWindow, warningsOf } from "./warnings";

export type { Ambient } from "./complete";
export { withPlaceholders } from "./outputs";
export { regionErrors } from "./region";
export { lookedUpErrors } from "./rules";
export { DEFAULTS, type Environment, type PlainEnvironment } from "./schema";

/** The arguments of EmrEncryption, checked, complete and frozen. */
export interface ResolvedArgs extends CompleteArgs {
    /** `certificates.remindTopicArn`; null once the renewal window is open: EventBridge Scheduler refuses the past. */
    readonly remindTopicArn: string | null;
    /** What works, but protects less than it could. */
    readonly warnings: readonly string[];
}

export interface ResolveOptions {
    /** When certificates must be valid. Default: now. */
    readonly now?: Date;
    /** How errors name the arguments. Default: as arguments of EmrEncryption. */
    readonly report?: ErrorReport;
}

/** Names errors as arguments of EmrEncryption. */
export const ARGUMENTS: ErrorReport = {
    subject: "arguments of EmrEncryption",
    formatPath: (path) => formatPath(path) || "the arguments",
};

/**
 * Checks the arguments and completes them. Its own result may be passed again.
 * @throws InvalidArguments with every error of shape or, if there is none, with every error of rules.
 */
export function resolveArguments(
    args: PlainEnvironment & Ambient,
    options: ResolveOptions = {},
): ResolvedArgs {
    return resolve(objectsOf(args), args, regionErrors(args.region), options);
}

/** The objects among arguments, without what else they have. */
export function objectsOf(args: object): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
        Object.keys(environment.shape).map((key) => [key, args[key as keyof typeof args]]),
    );
}

/** The same for objects of any shape, after `errors` of the caller's. */
export function resolve(
    objects: unknown,
    ambient: Ambient,
    errors: readonly ArgumentError[],
    { now = new Date(), report = ARGUMENTS }: ResolveOptions,
): ResolvedArgs {
    const shape = checkShape(objects);
    const refused = [...errors, ...shape.errors];
    if (refused.length > 0 || shape.environment === undefined) {
        const others = refused.every(({ code }) => code === "open-value")
            ? errorsAround(refused, objects, ambient, now)
            : [];
        throw new InvalidArguments([...refused, ...others], report);
    }
    const complete = completeArgs(shape.environment, ambient);
    const hasPrivateKey = ambient.certificatePrivateKey !== undefined;
    const broken = ruleErrors({ ...complete, hasPrivateKey, now });
    if (broken.length > 0) {
        throw new InvalidArguments(broken, report);
    }
    const { certificates } = complete;
    return deepFreeze({
        ...complete,
        remindTopicArn: endInWindow(certificates, now) ? null : certificates.remindTopicArn,
        warnings: warningsOf(complete, now),
    });
}

/** The errors of rules that no value in place of the open ones would avoid. */
function errorsAround(
    open: readonly ArgumentError[],
    objects: unknown,
    ambient: Ambient,
    now: Date,
): readonly ArgumentError[] {
    const paths = open.map(({ path }) => path);
    const hasPrivateKey = ambient.certificatePrivateKey !== undefined;
    const [first = [], ...others] = [0, 1, 2, 3].map((round) => {
        const region = isRegion(ambient.region) ? ambient.region : (REGIONS[round] ?? "");
        const { environment } = checkShape(withStandIns(objects, paths, round));
        return environment === undefined
            ? []
            : ruleErrors({ ...completeArgs(environment, { ...ambient, region }), hasPrivateKey, now });
    });
    const keyOf = ({ code, path }: ArgumentError) => `${code} ${formatPath(path)}`;
    return first.filter(
        (error) =>
            !paths.some((path) => isWithin(error.path, path)) &&
            others.every((errors) => errors.some((other) => keyOf(other) === keyOf(error))),
    );
}

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(deepFreeze);
    }
    return value;
}
