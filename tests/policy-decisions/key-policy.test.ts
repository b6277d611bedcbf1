import { REGION } from "../support/run";
import { ADMINISTER_KEY, decides, FOR_AWS, USE_KEY, via } from "./decides";
import { BOTH, FOREIGN_KEY, OWN_KEY, UNRELATED_KEY, USUAL, type Who } from "./stacks";

const GRANT = "kms:CreateGrant";
const ROLES: readonly Who[] = ["the jobflow role", "the service role"];
const SPOT = "the Spot role";
const ADMINISTRATOR = "an administrator";
const STRANGER = "another account's administrator";

/** A call takes the key's policy and the caller's: these tables decide both together. */
describe("key policies", () => {
    // biome-ignore format: a table
    decides(BOTH, "the stack's key is used by both roles, and granted by the service role to AWS resources", ({ key, region }) => [
        [ROLES,              USE_KEY,                        key, {},                                   "allowed"],
        ["the service role", USE_KEY,                        key, via("ec2", region),                   "allowed"],
        ["the service role", GRANT,                          key, FOR_AWS,                              "allowed"],
        ["the service role", GRANT,                          key, {},                                   "implicitDeny"],
        ["the service role", GRANT,                          key, { "kms:GrantIsForAWSResource": "false" }, "implicitDeny"],
        ["the jobflow role", GRANT,                          key, FOR_AWS,                              "implicitDeny"],
        ["the operator",     GRANT,                          key, FOR_AWS,                              "implicitDeny"],
        ["the operator",     USE_KEY,                        key, {},                                   "implicitDeny"],
        ["every principal",  ADMINISTER_KEY,                 key, {},                                   "implicitDeny"],
        [ADMINISTRATOR,      [...USE_KEY, ...ADMINISTER_KEY], key, {},                                  "allowed"],
        [STRANGER,           [...USE_KEY, ...ADMINISTER_KEY], key, {},                                  "implicitDeny"],
        ["every principal",  [...USE_KEY, GRANT],            UNRELATED_KEY, FOR_AWS,                    "implicitDeny"],
        ["every principal",  "kms:Decrypt",                  UNRELATED_KEY, via("s3", region),          "implicitDeny"],
    ]);

    // biome-ignore format: a table
    decides("batch", "the stack's key is used and granted by the account's Spot role with a bid", ({ key }) => [
        [SPOT, USE_KEY,        key,           {},      "allowed"],
        [SPOT, GRANT,          key,           FOR_AWS, "allowed"],
        [SPOT, GRANT,          key,           {},      "implicitDeny"],
        [SPOT, ADMINISTER_KEY, key,           {},      "implicitDeny"],
        [SPOT, USE_KEY,        UNRELATED_KEY, {},      "implicitDeny"],
        ["another account's Spot role", [...USE_KEY, GRANT], key, FOR_AWS, "implicitDeny"],
    ]);
    decides("stream", "the stack's key is closed to the Spot role without a bid", ({ key }) => [
        [SPOT, [...USE_KEY, GRANT], key, FOR_AWS, "implicitDeny"],
    ]);

    // biome-ignore format: a table
    decides("existing", "another account's key, with the statements in the output, is used by this account's roles", [
        [ROLES,                           USE_KEY,             FOREIGN_KEY, {},                 "allowed"],
        ["the service role",              USE_KEY,             FOREIGN_KEY, via("ec2", REGION), "allowed"],
        ["the service role",              GRANT,               FOREIGN_KEY, FOR_AWS,            "allowed"],
        [["the service role", ADMINISTRATOR], GRANT,           FOREIGN_KEY, {},                 "implicitDeny"],
        ["the jobflow role",              GRANT,               FOREIGN_KEY, FOR_AWS,            "implicitDeny"],
        ["the operator",                  [...USE_KEY, GRANT], FOREIGN_KEY, FOR_AWS,            "implicitDeny"],
        [["a reader of all buckets", SPOT], USE_KEY,           FOREIGN_KEY, {},                 "implicitDeny"],
        [[...USUAL, ADMINISTRATOR],       ADMINISTER_KEY,      FOREIGN_KEY, {},                 "implicitDeny"],
        [STRANGER,                        ADMINISTER_KEY,      FOREIGN_KEY, {},                 "allowed", "the key is in that account"],
    ]);

    // biome-ignore format: a table
    decides("own-key", "this account's existing key, with the statements in the output, is used by both roles and Spot's", [
        [[...ROLES, SPOT],                USE_KEY,             OWN_KEY, {},      "allowed"],
        [["the service role", SPOT],      GRANT,               OWN_KEY, FOR_AWS, "allowed"],
        [["the service role", SPOT],      GRANT,               OWN_KEY, {},      "implicitDeny"],
        [["the operator", "a reader of all buckets"], USE_KEY, OWN_KEY, {},      "implicitDeny"],
        [[...USUAL, SPOT],                ADMINISTER_KEY,      OWN_KEY, {},      "implicitDeny"],
        ["another account's Spot role",   [...USE_KEY, GRANT], OWN_KEY, FOR_AWS, "implicitDeny"],
        [SPOT,                            [...USE_KEY, GRANT], UNRELATED_KEY, FOR_AWS, "implicitDeny", "it lacks the statements"],
    ]);
});
