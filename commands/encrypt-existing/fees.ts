/**
 * In USD, us-east-1, as of 2025; other regions differ little.
 * @see https://aws.amazon.com/s3/pricing/
 */
const PER_JOB = 0.25;
const PER_LISTED_OBJECT = 0.015 / 1_000_000;
const PER_TASK = 1 / 1_000_000;
const PER_COPY = 0.005 / 1_000;

const PAGE = "list prices of us-east-1 as of 2025; see https://aws.amazon.com/s3/pricing/";

/** What making the jobs costs, whether they are confirmed or not. */
export function preparationFees(jobs: number, listed: number): string {
    const sum = usd(jobs * PER_JOB + listed * PER_LISTED_OBJECT);
    return `${jobs} ${jobs === 1 ? "job" : "jobs"} at 0.25 USD, manifests of ${count(listed)} objects at 0.015 USD a million: about ${sum} USD before anything is copied (${PAGE})`;
}

/** What copying costs besides. */
export function copyFees(tasks: number): string {
    const sum = usd(tasks * (PER_TASK + PER_COPY));
    return `${count(tasks)} objects at 1.00 USD a million, and as many PUT requests at 0.005 USD a thousand: about ${sum} USD (${PAGE}); other storage classes cost more a request, and early deletion where they charge it`;
}

export function count(value: number): string {
    return value.toLocaleString("en-US");
}

function usd(value: number): string {
    return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
