import type { Finding } from "./finding";

/**
 * Checks whether a role's trust policy names a service.
 * @param trustPolicy JSON. However the statement is written, it holds the service's name as a string.
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
