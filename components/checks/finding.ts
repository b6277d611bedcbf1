import type { ArgumentError } from "../domain/errors";

/** One fault of an existing resource. The caller adds its place: the path of an argument, or a line of `verify`. */
export type Finding = Omit<ArgumentError, "path">;
