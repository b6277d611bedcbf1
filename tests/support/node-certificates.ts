import { SHARED_ROLE_ARGS } from "./roles";

/** The arguments of NodeCertificates by the program's defaults, in a stack `dev` in eu-west-1. */
export const NODE_CERTIFICATES = {
    ...SHARED_ROLE_ARGS,
    stack: "dev",
    region: "eu-west-1" as const,
    accountId: "111122223333",
    validityDays: 365,
    renewBeforeDays: 60,
    generation: 1,
    chainPem: null,
    trustedPem: null,
    remindTopicArn: null,
};
