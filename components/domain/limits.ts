/**
 * What AWS and the AWS provider accept: lengths in characters, counts, sizes, and alphabets, each as the pattern of one
 * character. A value over a limit fails in the middle of an `up`, or when EmrEtlRunner launches a cluster.
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
        arn: 2_048,
        instanceProfileName: 128,
    },
    /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
    s3: {
        /** The AWS provider's limit: a bucket's name has 63 characters, and the provider appends 26. */
        bucketPrefix: 37,
        /** In bytes; S3 URLs of the arguments have ASCII only. */
        objectKey: 1_024,
        /** A folder, so that 256 characters remain for run folders, types of shredded events, and names of files. */
        folder: 768,
        bucketPolicy: 20_480,
        objectTags: 10,
    },
    /** @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
    kms: { keyPolicy: 32_768, aliasNamePrefix: 230, description: 8_192 },
    /** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
    ec2: {
        tags: 50,
        keyName: 255,
        keyNameCharacter: "[ -~]",
        keyPairNamePrefix: 229,
        securityGroupName: 255,
        description: 255,
    },
    /**
     * In characters of UTF-16, as S3 counts.
     * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-object-tags.html
     */
    tag: {
        key: 128,
        value: 256,
        /**
         * The characters that EMR and IAM accept; EC2 and S3 accept more. `\p{Z}` has spaces, but no tab or newline;
         * `\p{L}` has no combining marks.
         * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
         * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-tags-restrictions.html
         */
        character: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]",
    },
    /**
     * Sizes in GiB by volume type; IOPS of io1.
     * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
     * @see https://docs.aws.amazon.com/opsworks/latest/APIReference/API_EbsBlockDevice.html (IOPS per GiB)
     */
    ebs: {
        size: { standard: [1, 1_024], gp2: [1, 16_384], io1: [4, 16_384] },
        iops: { from: 100, to: 64_000, perGb: 50 },
    },
    /** @see https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html */
    emr: {
        /** A string of RunJobFlow, such as a step's argument or `AdditionalInfo`. */
        string: 10_280,
        /** The name of a cluster, a step or a bootstrap action. */
        name: 256,
        clusterNameCharacter: "[^<>$|`]",
        bootstrapActions: 16,
        instanceType: 256,
        /**
         * In GiB, as documented; EC2's limits are wider.
         * @see https://docs.aws.amazon.com/emr/latest/APIReference/API_VolumeSpecification.html
         */
        volumeSize: { from: 1, fromIfOptimised: 10, to: 1_024 },
        securityConfigurationNamePrefix: 10_254,
    },
    /** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
    scheduler: { namePrefix: 38, description: 512, input: 262_144 },
    /**
     * SSM's maximum of 2,048 includes 1,037 characters of its own.
     * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
     */
    ssm: { parameterName: 1_011, levels: 15, nameCharacter: "[\\w.-]" },
    /** @see https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1 (ub-common-name) */
    x509: { commonName: 64 },
} as const;
