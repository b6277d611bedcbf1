import { isNear } from "./nearest";
import { secretIn } from "./secrets";

/** Strings that cannot be secrets, whatever their key. */
const QUOTABLE = [
    /^$/,
    /^(true|false|yes|no|on|off|managed)$/i,
    /^-?\d{1,12}(\.\d{1,12}){0,3}(\/\d{1,2})?$/, // numbers, releases, CIDR blocks
    /^emr-\d{1,3}(\.\d{1,3}){0,2}$/,
    /^[a-z]{2}(-[a-z]{3,10}){1,2}-\d[a-z]?$/i, // regions and zones
    /^[a-z][a-z0-9-]{1,8}\.\d{0,3}x?(large|medium|small|micro|nano|metal)$/,
    /^s3[an]?:\/\/[\w.-]+(\/[\w.=!'()*-]*)*$/,
    /^https:\/\/[\w.-]+\.amazonaws\.com(\/[\w.=-]*)*$/, // without the query of a presigned URL
    /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d*:[\w+=,.@/:*-]+$/,
    /^(vpc|subnet|sg|rtb|igw|key)-[0-9a-f]{8,17}$/,
    /^[a-z]{3,4}\d-az\d$/, // ids of zones
];

const LONGEST_QUOTE = 200;

/** Whether a message may show a string. `known`: the values that its key accepts. */
export function isQuotable(text: string, known: readonly string[] = []): boolean {
    return (
        text.length <= LONGEST_QUOTE &&
        secretIn("", text) === undefined &&
        (QUOTABLE.some((pattern) => pattern.test(text)) ||
            (/^[A-Za-z0-9.-]{1,20}$/.test(text) && known.some((word) => isNear(text, word))))
    );
}

/** A value in the words of an error: quoted only if it cannot be a secret, otherwise its kind and its length. */
export function describe(value: unknown, known?: readonly string[]): string {
    if (value === undefined) {
        return "missing";
    }
    if (typeof value === "string") {
        const shown = isQuotable(value, known)
            ? JSON.stringify(value)
            : `a string of ${value.length} characters`;
        return value === "" ? `${shown} (an empty string)` : shown;
    }
    if (Array.isArray(value)) {
        return `a list of ${value.length} ${value.length === 1 ? "item" : "items"}`;
    }
    if (typeof value === "object" && value !== null) {
        const keys = Object.keys(value).length;
        return `an object with ${keys} ${keys === 1 ? "key" : "keys"}`;
    }
    return String(value);
}
