export const HOURS_PER_DAY = 24;

/** In milliseconds. */
export const DAY = HOURS_PER_DAY * 60 * 60 * 1000;

/** The time `days` times 24 hours earlier. */
export function daysBefore(time: Date, days: number): Date {
    return new Date(time.getTime() - days * DAY);
}

/** The day of a time in UTC, as `YYYY-MM-DD`. */
export function formatDay(time: Date): string {
    return time.toISOString().slice(0, 10);
}
