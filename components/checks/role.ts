import type { Finding } from "./finding";

/**
 * Checks whether a role's trust policy names a service.
 * @param trustPolicy JSON. However a statement is written, it holds the service's name as a string.
 */
export function checkTrust(trustPolicy: string, service: string): Finding | undefined {
    if (trustPolicy.includes(`"${service}"`)) {
        return undefined;
    }
    return {
        code: "role-does-not-trust-service",
        found: `a trust policy that does not name ${service}`,
        fix: `allow sts:AssumeRole to the service ${service} in the role's trust policy`,
    };
}

/**
 * Checks the instance profile of a role: EMR finds the role by the name of its profile, so that both names must match.
 * @param roleName The role inside of the profile, if any.
 */
export function checkInstanceProfile(name: string, roleName: string | undefined): Finding | undefined {
    if (roleName === name) {
        return undefined;
    }
    return {
        code: "instance-profile-with-another-role",
        found: `the instance profile ${name} holds ${roleName ? `the role ${roleName}` : "no role"}`,
        expected: `an instance profile ${name} that holds the role ${name}: EMR finds the role by the profile's name`,
    };
}
