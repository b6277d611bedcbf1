/**
 * The one list, kept by hand, of what the provider does about an input that changes, with the page of its
 * documentation that says so: it makes the resource anew, or updates it. An input in neither list is one that nobody
 * has looked up yet.
 */
interface Decided {
    /** `all`: any that `updates` does not name. */
    readonly replaces: "all" | readonly string[];
    readonly updates?: readonly string[];
    readonly page: string;
}

const AWS = "https://www.pulumi.com/registry/packages/aws/api-docs";
const TLS = "https://www.pulumi.com/registry/packages/tls/api-docs";

export const DECIDED: Readonly<Record<string, Decided>> = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
        replaces: ["vpcId"],
        page: `${AWS}/ec2/defaultsecuritygroup/`,
    },
    "aws:ec2/eip:Eip": { replaces: ["domain"], page: `${AWS}/ec2/eip/` },
    // By the program's own replaceOnChanges: the provider would move it.
    "aws:ec2/internetGateway:InternetGateway": { replaces: ["vpcId"], page: `${AWS}/ec2/internetgateway/` },
    "aws:ec2/keyPair:KeyPair": { replaces: ["keyNamePrefix", "publicKey"], page: `${AWS}/ec2/keypair/` },
    "aws:ec2/natGateway:NatGateway": {
        replaces: ["allocationId", "subnetId"],
        page: `${AWS}/ec2/natgateway/`,
    },
    "aws:ec2/route:Route": {
        replaces: ["destinationCidrBlock", "routeTableId"],
        updates: ["gatewayId", "natGatewayId"],
        page: `${AWS}/ec2/route/`,
    },
    "aws:ec2/routeTable:RouteTable": { replaces: ["vpcId"], page: `${AWS}/ec2/routetable/` },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {
        replaces: ["subnetId"],
        updates: ["routeTableId"],
        page: `${AWS}/ec2/routetableassociation/`,
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        replaces: ["description", "name", "vpcId"],
        updates: ["egress", "ingress"],
        page: `${AWS}/ec2/securitygroup/`,
    },
    "aws:ec2/subnet:Subnet": {
        replaces: ["availabilityZone", "cidrBlock", "vpcId"],
        updates: ["mapPublicIpOnLaunch"],
        page: `${AWS}/ec2/subnet/`,
    },
    "aws:ec2/vpc:Vpc": { replaces: ["cidrBlock"], page: `${AWS}/ec2/vpc/` },
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": {
        replaces: ["domainName", "domainNameServers"],
        page: `${AWS}/ec2/vpcdhcpoptions/`,
    },
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": {
        replaces: ["dhcpOptionsId", "vpcId"],
        page: `${AWS}/ec2/vpcdhcpoptionsassociation/`,
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        replaces: ["serviceName", "vpcEndpointType", "vpcId"],
        updates: ["routeTableIds"],
        page: `${AWS}/ec2/vpcendpoint/`,
    },
    "aws:emr/securityConfiguration:SecurityConfiguration": {
        replaces: ["configuration", "namePrefix"],
        page: `${AWS}/emr/securityconfiguration/`,
    },
    "aws:iam/instanceProfile:InstanceProfile": {
        replaces: ["name", "path"],
        updates: ["role"],
        page: `${AWS}/iam/instanceprofile/`,
    },
    "aws:iam/policy:Policy": {
        replaces: ["description", "namePrefix", "path"],
        updates: ["policy"],
        page: `${AWS}/iam/policy/`,
    },
    "aws:iam/role:Role": {
        replaces: ["namePrefix", "path"],
        updates: ["assumeRolePolicy", "permissionsBoundary"],
        page: `${AWS}/iam/role/`,
    },
    "aws:iam/rolePolicy:RolePolicy": {
        replaces: ["role"],
        updates: ["policy"],
        page: `${AWS}/iam/rolepolicy/`,
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        replaces: ["policyArn", "role"],
        page: `${AWS}/iam/rolepolicyattachment/`,
    },
    "aws:kms/alias:Alias": { replaces: ["namePrefix"], updates: ["targetKeyId"], page: `${AWS}/kms/alias/` },
    "aws:kms/key:Key": {
        replaces: ["customerMasterKeySpec", "keyUsage"],
        updates: ["policy"],
        page: `${AWS}/kms/key/`,
    },
    "aws:s3/bucket:Bucket": { replaces: ["bucketPrefix"], page: `${AWS}/s3/bucket/` },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        replaces: ["bucket"],
        updates: ["rules"],
        page: `${AWS}/s3/bucketlifecycleconfiguration/`,
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        replaces: ["bucket", "key"],
        updates: ["contentBase64", "kmsKeyId"],
        page: `${AWS}/s3/bucketobjectv2/`,
    },
    "aws:scheduler/schedule:Schedule": {
        replaces: ["namePrefix"],
        updates: ["scheduleExpression", "target"],
        page: `${AWS}/scheduler/schedule/`,
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        replaces: ["bucket"],
        updates: ["rule"],
        page: `${AWS}/s3/bucketownershipcontrols/`,
    },
    "aws:s3/bucketPolicy:BucketPolicy": {
        replaces: ["bucket"],
        updates: ["policy"],
        page: `${AWS}/s3/bucketpolicy/`,
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        replaces: ["bucket"],
        page: `${AWS}/s3/bucketpublicaccessblock/`,
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        replaces: ["bucket"],
        page: `${AWS}/s3/bucketserversideencryptionconfiguration/`,
    },
    "aws:s3/bucketVersioning:BucketVersioning": { replaces: ["bucket"], page: `${AWS}/s3/bucketversioning/` },
    "tls:index/certRequest:CertRequest": { replaces: "all", page: `${TLS}/certrequest/` },
    "tls:index/locallySignedCert:LocallySignedCert": {
        replaces: "all",
        updates: ["earlyRenewalHours"],
        page: `${TLS}/locallysignedcert/`,
    },
    "tls:index/privateKey:PrivateKey": { replaces: "all", page: `${TLS}/privatekey/` },
    "tls:index/selfSignedCert:SelfSignedCert": {
        replaces: "all",
        updates: ["earlyRenewalHours"],
        page: `${TLS}/selfsignedcert/`,
    },
};

/** What every taggable resource has besides, by `aws:defaultTags`: the provider's `tags_all`. */
export const ALL_TAGS = "tagsAll";

/** What every resource of one region has besides, by `aws:region`. */
export const REGION = "region";

/** @see https://www.pulumi.com/registry/packages/aws/installation-configuration/ and …/iac/concepts/options/protect/ */
const EVERYWHERE: Readonly<Record<string, boolean>> = { [REGION]: true, [ALL_TAGS]: false, protect: false };

/** Whether a change of the input makes the resource anew; undefined: nobody has decided. */
export function replaces(type: string, input: string): boolean | undefined {
    const entry = DECIDED[type];
    if (!entry) {
        throw new Error(`${type} is missing from the list of what replaces it`);
    }
    if (entry.updates?.includes(input)) {
        return false;
    }
    if (entry.replaces === "all" || entry.replaces.includes(input)) {
        return true;
    }
    return EVERYWHERE[input];
}
