/**
 * What AWS and the AWS provider accept: lengths in characters, counts, sizes. A value over a limit fails in the middle
 * of an `up`, or when EmrEtlRunner launches a cluster.
 */
export const LIMITS = {
    /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
    iam: {
        /** The AWS provider's limit: a role's name has 64 characters, and the provider appends 26. */
        roleNamePrefix: 38,
        policyNamePrefix: 102,
        path: 512,
        description: 1_000,
        /** Without white space, as IAM counts; all inline policies of one role together. */
        roleInlinePolicies: 10_240,
        /** Without white space, as IAM counts. */
        managedPolicy: 6_144,
        trustPolicy: 2_048,
        managedPoliciesPerRole: 10,
    },
    /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
    s3: {
        /** The AWS provider's limit: a bucket's name has 63 characters, and the provider appends 26. */
        bucketPrefix: 37,
        objectKey: 1_024,
        bucketPolicy: 20_480,
        objectTags: 10,
    },
    /** @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
    kms: { keyPolicy: 32_768, aliasNamePrefix: 230, description: 8_192 },
    /** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
    ec2: { tags: 50, keyPairNamePrefix: 229, securityGroupName: 255, description: 255 },
    /** @see https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html */
    emr: {
        /** A string of RunJobFlow, such as a step's argument or a configuration's property. */
        string: 10_280,
        /** The name of a cluster, a step or a bootstrap action. */
        name: 256,
        bootstrapActions: 16,
        securityConfigurationNamePrefix: 10_254,
    },
    /** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
    scheduler: { namePrefix: 38, description: 512, input: 262_144 },
} as const;
