/** The value that stands for one that a person has to fill in. No rule accepts it, in any place. */
export const OPEN_VALUE = "FILL IN";
