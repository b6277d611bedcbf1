/*
 * Stack configs for the property tests: `anyStack` draws those that must be accepted, `almostAnyStack` those that are
 * close to one.
 */
export { almostAnyStack, anyStackInput, inputOf } from "./almost";
export { makeOwnCertificate } from "./certificate";
export { internalDomain, REGIONS } from "./regions";
export { anyStack } from "./stack";
export type { AnyStack, Config } from "./types";
