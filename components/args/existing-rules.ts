import { chainExpiresAt, chainProblems } from "../domain/certificate-chain";
import { overlap } from "../domain/locations";
import { internalDomain } from "../domain/region";
import { daysBefore } from "../domain/time";
import { type Problems, valueAt } from "./errors";
import { locationsOf, readUrl } from "./locations";
import type { RuleContext } from "./rules";
import type { StackConfig } from "./schema";

/** What a part of the user's own takes the place of: said of both, the stack file would contradict itself. */
const REPLACED = [
    { by: ["network", "existing"], keys: ["cidrBlock", "availabilityZones"] },
    {
        by: ["certificates", "archive"],
        keys: ["validityDays", "renewBeforeDays", "generation", "chainPem", "trustedPem"],
    },
    { by: ["certificates", "chainPem"], keys: ["validityDays", "generation"] },
] as const;

/** `plain`: the stack config as it was written, without defaults. */
export function checkReplaced(plain: unknown, problems: Problems): void {
    for (const { by, keys } of REPLACED) {
        if (isWritten(plain, by)) {
            for (const key of keys.filter((name) => isWritten(plain, [by[0], name]))) {
                problems.add([by[0], key], `no such line: ${by.join(".")} takes its place`);
            }
        }
    }
}

function isWritten(plain: unknown, path: readonly string[]): boolean {
    const value = valueAt(plain, path);
    return value !== undefined && value !== null;
}

/** Rules about what is the user's own, as far as the stack config alone tells. */
export function checkExisting(
    config: StackConfig,
    { region, now }: RuleContext & { readonly now: Date },
    problems: Problems,
): void {
    checkHostnames(config, problems);
    checkUnseenRoute(config, problems);
    checkCertificates(config, { region, now }, problems);
    checkArchive(config, problems);
    const keyPath = ["encryption", "kmsKeyArn"];
    const { kmsKeyArn } = config.encryption;
    if (kmsKeyArn !== null && region !== undefined && kmsKeyArn.split(":")[3] !== region) {
        problems.add(keyPath, `a key of the stack's region, ${region}: disks take no key of another`);
    }
    checkReminder(config, region, problems);
}

function checkReminder(
    { certificates: { remindTopicArn, archive } }: StackConfig,
    region: string | undefined,
    problems: Problems,
): void {
    const path = ["certificates", "remindTopicArn"];
    if (remindTopicArn === null) {
        return;
    }
    if (archive !== null) {
        problems.add(path, "no such line: nothing here knows when what is in certificates.archive ends");
    } else if (region !== undefined && remindTopicArn.split(":")[3] !== region) {
        problems.add(path, `a topic of the stack's region, ${region}: a schedule reaches no other`);
    }
}

/** When the user's own certificate ends, if its last `renewBeforeDays` have begun. The stack's own is renewed then. */
export function endsSoonAt(
    { certificates: { chainPem, trustedPem, renewBeforeDays } }: StackConfig,
    now: Date,
): Date | undefined {
    if (chainPem === null || trustedPem === null) {
        return undefined;
    }
    const end = chainExpiresAt(chainPem, trustedPem);
    return daysBefore(end, renewBeforeDays) <= now ? end : undefined;
}

/** EmrEtlRunner adds a core-site of its own for thrift, and EMR refuses two. */
function checkHostnames({ network, encryption, emrEtlRunner }: StackConfig, problems: Problems): void {
    const path = ["network", "existing", "allowHostnameMismatch"];
    if (
        network.existing?.allowHostnameMismatch &&
        encryption.inTransit &&
        emrEtlRunner.collectors.format === "thrift"
    ) {
        problems.add(
            path,
            "false with collectors.format thrift: it takes a core-site in config.yml, EmrEtlRunner adds another for thrift, and EMR refuses two",
        );
    }
}

/** What is propagated leads to no internet gateway: a public subnet's way can be seen, or is not there. */
function checkUnseenRoute({ network }: StackConfig, problems: Problems): void {
    if (network.existing?.allowUnseenRoute && network.internetAccess === "public") {
        problems.add(
            ["network", "existing", "allowUnseenRoute"],
            "false with internetAccess public: a route to an internet gateway can always be seen",
        );
    }
}

/** EmrEtlRunner moves all that is in some of its locations. */
function checkArchive(config: StackConfig, problems: Problems): void {
    const path = ["certificates", "archive"];
    const { archive } = config.certificates;
    if (archive === null || problems.has(path) || problems.has(["emrEtlRunner", "aws", "s3", "buckets"])) {
        return;
    }
    const object = readUrl(archive);
    const holder = locationsOf(config).find(
        (location) => !location.managed && location.folders.some((folder) => overlap(folder, object)),
    );
    if (holder) {
        problems.add(path, `an object outside of EmrEtlRunner's locations: this one is in ${holder.path}`);
    }
}

function checkCertificates(
    { certificates, network }: StackConfig,
    { region, now }: Pick<RuleContext, "region"> & { readonly now: Date },
    problems: Problems,
): void {
    const { chainPem, trustedPem } = certificates;
    const chain = ["certificates", "chainPem"];
    const trusted = ["certificates", "trustedPem"];
    if (problems.has(chain) || problems.has(trusted)) {
        return;
    }
    if (chainPem === null || trustedPem === null) {
        if (chainPem !== null) {
            problems.add(trusted, "the authorities that nodes trust, in PEM: chainPem needs them");
        } else if (trustedPem !== null) {
            problems.add(chain, "the nodes' certificate, in PEM: trustedPem is of no use without it");
        }
        return;
    }
    // In a VPC of the user's, nodes have the names that its DHCP options say: they are looked up.
    const domain = region === undefined || network.existing !== null ? undefined : internalDomain(region);
    for (const { key, found, allowed } of chainProblems({ chainPem, trustedPem, domain, now })) {
        problems.addAnother(["certificates", key], allowed, found);
    }
}
