/**
 * The one list, kept by hand, of inputs whose change makes the provider replace a resource instead of updating it,
 * with the page of the provider's documentation that says so. `except`: every input but these.
 */
interface Replacing {
    readonly inputs?: readonly string[];
    readonly except?: readonly string[];
    readonly page: string;
}

const AWS = "https://www.pulumi.com/registry/packages/aws/api-docs";
const TLS = "https://www.pulumi.com/registry/packages/tls/api-docs";

export const REPLACING: Readonly<Record<string, Replacing>> = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
        inputs: ["vpcId"],
        page: `${AWS}/ec2/defaultsecuritygroup/`,
    },
    "aws:ec2/eip:Eip": { inputs: ["domain"], page: `${AWS}/ec2/eip/` },
    // By the program's own replaceOnChanges: the provider would move it.
    "aws:ec2/internetGateway:InternetGateway": { inputs: ["vpcId"], page: `${AWS}/ec2/internetgateway/` },
    "aws:ec2/keyPair:KeyPair": { inputs: ["keyNamePrefix", "publicKey"], page: `${AWS}/ec2/keypair/` },
    "aws:ec2/natGateway:NatGateway": { inputs: ["allocationId", "subnetId"], page: `${AWS}/ec2/natgateway/` },
    "aws:ec2/route:Route": { inputs: ["destinationCidrBlock", "routeTableId"], page: `${AWS}/ec2/route/` },
    "aws:ec2/routeTable:RouteTable": { inputs: ["vpcId"], page: `${AWS}/ec2/routetable/` },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {
        inputs: ["subnetId"],
        page: `${AWS}/ec2/routetableassociation/`,
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        inputs: ["description", "name", "vpcId"],
        page: `${AWS}/ec2/securitygroup/`,
    },
    "aws:ec2/subnet:Subnet": {
        inputs: ["availabilityZone", "cidrBlock", "vpcId"],
        page: `${AWS}/ec2/subnet/`,
    },
    "aws:ec2/vpc:Vpc": { inputs: ["cidrBlock"], page: `${AWS}/ec2/vpc/` },
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": {
        inputs: ["domainName", "domainNameServers"],
        page: `${AWS}/ec2/vpcdhcpoptions/`,
    },
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": {
        inputs: ["dhcpOptionsId", "vpcId"],
        page: `${AWS}/ec2/vpcdhcpoptionsassociation/`,
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        inputs: ["serviceName", "vpcEndpointType", "vpcId"],
        page: `${AWS}/ec2/vpcendpoint/`,
    },
    "aws:emr/securityConfiguration:SecurityConfiguration": {
        inputs: ["configuration", "namePrefix"],
        page: `${AWS}/emr/securityconfiguration/`,
    },
    "aws:iam/instanceProfile:InstanceProfile": {
        inputs: ["name", "path"],
        page: `${AWS}/iam/instanceprofile/`,
    },
    "aws:iam/policy:Policy": { inputs: ["description", "namePrefix", "path"], page: `${AWS}/iam/policy/` },
    "aws:iam/role:Role": { inputs: ["namePrefix", "path"], page: `${AWS}/iam/role/` },
    "aws:iam/rolePolicy:RolePolicy": { inputs: ["role"], page: `${AWS}/iam/rolepolicy/` },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        inputs: ["policyArn", "role"],
        page: `${AWS}/iam/rolepolicyattachment/`,
    },
    "aws:kms/alias:Alias": { inputs: ["namePrefix"], page: `${AWS}/kms/alias/` },
    "aws:kms/key:Key": { inputs: ["customerMasterKeySpec", "keyUsage"], page: `${AWS}/kms/key/` },
    "aws:s3/bucket:Bucket": { inputs: ["bucketPrefix"], page: `${AWS}/s3/bucket/` },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        inputs: ["bucket"],
        page: `${AWS}/s3/bucketlifecycleconfiguration/`,
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": { inputs: ["bucket", "key"], page: `${AWS}/s3/bucketobjectv2/` },
    "aws:scheduler/schedule:Schedule": { inputs: ["namePrefix"], page: `${AWS}/scheduler/schedule/` },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        inputs: ["bucket"],
        page: `${AWS}/s3/bucketownershipcontrols/`,
    },
    "aws:s3/bucketPolicy:BucketPolicy": { inputs: ["bucket"], page: `${AWS}/s3/bucketpolicy/` },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        inputs: ["bucket"],
        page: `${AWS}/s3/bucketpublicaccessblock/`,
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        inputs: ["bucket"],
        page: `${AWS}/s3/bucketserversideencryptionconfiguration/`,
    },
    "aws:s3/bucketVersioning:BucketVersioning": { inputs: ["bucket"], page: `${AWS}/s3/bucketversioning/` },
    "tls:index/certRequest:CertRequest": { except: [], page: `${TLS}/certrequest/` },
    "tls:index/locallySignedCert:LocallySignedCert": {
        except: ["earlyRenewalHours"],
        page: `${TLS}/locallysignedcert/`,
    },
    "tls:index/privateKey:PrivateKey": { except: [], page: `${TLS}/privatekey/` },
    "tls:index/selfSignedCert:SelfSignedCert": {
        except: ["earlyRenewalHours"],
        page: `${TLS}/selfsignedcert/`,
    },
};

export function replaces(type: string, input: string): boolean {
    const entry = REPLACING[type];
    if (!entry) {
        throw new Error(`${type} is missing from the list of what replaces it`);
    }
    return entry.except ? !entry.except.includes(input) : entry.inputs?.includes(input) === true;
}
