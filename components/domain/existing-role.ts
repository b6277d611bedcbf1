/** An IAM role that exists already. */
export interface ExistingRole {
    readonly name: string;
    readonly arn: string;
}
