/** The parts of an ARN. A part that the ARN leaves empty is an empty string. */
export interface Arn {
    readonly partition: string;
    readonly service: string;
    readonly region: string;
    readonly account: string;
    /** Everything after the account, colons included: `key/ID`, `role/PATH/NAME`, a topic's name. */
    readonly resource: string;
}

/** All regions of `REGIONS` are in AWS's standard partition. */
const PARTITION = "aws";

/** Formats the ARN of something that the stack does not create, or that does not exist yet. */
export function arn(service: string, region: string, accountId: string, resource: string): string {
    return ["arn", PARTITION, service, region, accountId, resource].join(":");
}

/** @throws Error if the string is not an ARN: pass checked arguments and AWS's answers only. */
export function parseArn(text: string): Arn {
    const [, partition, service, region, account, resource] =
        /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/.exec(text) ?? [];
    if (!partition || !service || region === undefined || account === undefined || !resource) {
        throw new Error(`${text} is not an ARN`);
    }
    return { partition, service, region, account, resource };
}
