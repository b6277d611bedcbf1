export const HOURS_PER_DAY = 24;

const DAY = HOURS_PER_DAY * 60 * 60 * 1000;

/** The time `days` times 24 hours earlier. */
export function daysBefore(time: Date, days: number): Date {
    return new Date(time.getTime() - days * DAY);
}
