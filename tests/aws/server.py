"""moto's server, with what it lacks for the stack's buckets, routes and security configurations."""

import xmltodict
from moto.core.responses import ActionResult
from moto.ec2.models.route_tables import Route
from moto.emr.responses import ElasticMapReduceResponse
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response
from moto.server import main


def get_permission(self, action, resource):
    """Bucket policies are kept, but not followed: moto takes "deny without TLS" for "deny", whatever a statement's
    conditions say. What the stack's policies decide is for tests/policy-decisions.test.ts to judge."""
    return PermissionResult.NEUTRAL


def get_bucket_encryption(self):
    """With BlockedEncryptionTypes, which moto keeps and does not tell."""
    status, headers, body = get_known_bucket_encryption(self)
    blocked = self.backend.get_bucket_encryption(self.bucket_name)["Rule"].get("BlockedEncryptionTypes")
    if blocked:
        element = xmltodict.unparse({"BlockedEncryptionTypes": blocked}, full_document=False)
        body = body.replace("</Rule>", f"{element}</Rule>")
    return status, headers, body


def list_security_configurations(self):
    """moto makes and describes them, and does not list them."""
    names = sorted(self.backend.security_configurations)
    return ActionResult({"SecurityConfigurations": [{"Name": name} for name in names]})


def route_state(self):
    """A route stays when what it leads to is deleted."""
    return "blackhole" if self.nat_gateway and self.nat_gateway.state == "deleted" else "active"


Route.state = property(route_state)
ElasticMapReduceResponse.list_security_configurations = list_security_configurations
get_known_bucket_encryption = S3Response.get_bucket_encryption
S3Response.get_bucket_encryption = get_bucket_encryption
FakeBucket.get_permission = get_permission

main()
