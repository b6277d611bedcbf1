/** An IAM role that exists already. */
export interface ExistingRole {
    readonly name: string;
    readonly arn: string;
}

/** The value of `service_role` in config.yml: EMR finds a role with a path by its ARN only. */
export function nameForEmr({ name, arn }: ExistingRole): string {
    return arn.endsWith(`:role/${name}`) ? name : arn;
}
