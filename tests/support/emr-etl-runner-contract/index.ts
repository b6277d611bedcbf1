/*
 * What EmrEtlRunner, RDB Loader and EMR require of a config.yml and of the resources that it names. The requirements
 * are stated again here, independently of the program, because the program's own tables would agree with themselves.
 * Their numbers are those of the facts about EmrEtlRunner. Every function returns its findings as strings.
 */

export { configErrors, programErrors } from "./errors";
export { EXISTING_PATH, roleArn } from "./made";
export { fileErrors, load } from "./reader";
export { takesAnyHostname } from "./rules";
