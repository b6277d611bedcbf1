import dns from "node:dns";

/** For `AWS_ENDPOINT_URL_S3_CONTROL`: the SDK puts the account's number before it, so it must be a host name. */
export const CONTROL_HOST = "s3-control.test";

/** Resolves the names below CONTROL_HOST to this machine; returns how to undo that. */
export function resolveControlHost(): () => void {
    const { lookup } = dns;
    dns.lookup = ((host: string, ...others: readonly unknown[]) =>
        Reflect.apply(lookup, dns, [
            host.endsWith(`.${CONTROL_HOST}`) ? "127.0.0.1" : host,
            ...others,
        ])) as typeof dns.lookup;
    return () => {
        dns.lookup = lookup;
    };
}
