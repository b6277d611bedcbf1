/*
 * The contract that EmrEtlRunner, RDB Loader and EMR have with a config.yml and the resources it names, from the facts
 * (4.1 to 4.4) and not from the program: the program's own tables would judge themselves. Every function returns what
 * is wrong, in words.
 */
export { EXISTING_PATH, roleArn } from "./made";
export { configProblems, programProblems } from "./problems";
export { fileProblems, load } from "./reader";
export { takesAnyHostname } from "./rules";
