import type { Finding } from "./finding";

/** @param trustPolicy JSON. */
export function checkTrust(trustPolicy: string, service: string): readonly Finding[] {
    return trusts(trustPolicy, service)
        ? []
        : [
              {
                  code: "role-does-not-trust-service",
                  found: `a trust policy that does not name ${service}`,
                  fix: `allow sts:AssumeRole to the service ${service} in the role's trust policy`,
              },
          ];
}

/** Whether a trust policy names a service: in whatever form it is written, it holds the service's name as a string. */
function trusts(trustPolicy: string, service: string): boolean {
    return trustPolicy.includes(`"${service}"`);
}
