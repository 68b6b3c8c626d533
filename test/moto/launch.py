"""Starts moto's server on a free port, with six things mended that S3 and SNS keep or tell, and moto 5.2.1 does not.

With `plain` as an argument nothing is mended: moto as people have it. What moto looks up or makes anew for each request, and nobody can tell apart, is kept.

Prints the address in one line when it is ready, and ends when its standard input ends: no test leaves a server behind.
"""

import functools
import logging
import sys
import threading

import moto.kms.models
import xmltodict
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.exceptions import ReplicationConfigurationNotFoundError, ServerSideEncryptionConfigurationNotFoundError
from moto.s3.responses import S3Response
from moto.sns.responses import SNSResponse
from moto.sts.models import AssumedRole
from werkzeug.serving import make_server


def as_sent(shape, value):
    """What a request's XML says, by AWS's own model of it: lists are lists even where one element was sent."""
    if shape.type_name == "structure":
        sent = value or {}
        names = {name: member.serialization.get("name", name) for name, member in shape.members.items()}
        return {name: as_sent(shape.members[name], sent[tag]) for name, tag in names.items() if tag in sent}
    if shape.type_name == "list":
        items = value if shape.serialization.get("flattened") else (value or {}).get(shape.member.serialization["name"])
        return [as_sent(shape.member, item) for item in (items if isinstance(items, list) else [items])]
    if shape.type_name == "integer":
        return int(value)
    if shape.type_name == "boolean":
        return value == "true"
    return value or ""


def s3_shape(name):
    return get_service_model("s3").shape_for(name)


def get_bucket_replication(self):
    """Moto answers an empty prefix and `DeleteMarkerReplication: Disabled`, whatever was put."""
    self.data["Action"] = "GetBucketReplication"
    stored = self.backend.get_bucket_replication(self.bucket_name)
    if not stored:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    answer = as_sent(s3_shape("ReplicationConfiguration"), stored)
    return self.serialized(ActionResult({"ReplicationConfiguration": answer}))


def get_bucket_encryption(self):
    """Moto leaves out `BlockedEncryptionTypes`."""
    self.data["Action"] = "GetBucketEncryption"
    stored = self.backend.get_bucket_encryption(self.bucket_name)
    if not stored:
        raise ServerSideEncryptionConfigurationNotFoundError(bucket_name=self.bucket_name)
    answer = as_sent(s3_shape("ServerSideEncryptionConfiguration"), stored)
    return self.serialized(ActionResult({"ServerSideEncryptionConfiguration": answer}))


make_assumed_role = AssumedRole.__init__


def make_marked_role(self, *args, **kwargs):
    """A secret that test/secrets.ts knows when it sees it."""
    make_assumed_role(self, *args, **kwargs)
    self.secret_access_key = "SUITESECRET" + self.secret_access_key[11:]


AssumedRole.__init__ = make_marked_role
put_bucket = S3Response._bucket_response_put


def put_bucket_with_tags(self, request, bucket_name, querystring):
    """Moto leaves the tags of CreateBucket out."""
    answer = put_bucket(self, request, bucket_name, querystring)
    if not querystring and self.body:
        sent = as_sent(s3_shape("CreateBucketConfiguration"), xmltodict.parse(self.body)["CreateBucketConfiguration"])
        self.backend.put_bucket_tagging(bucket_name, {tag["Key"]: tag["Value"] for tag in sent.get("Tags", [])})
    return answer


get_bucket = S3Response._bucket_response_get


def get_bucket_request_payment(self, bucket_name, querystring):
    """Moto answers `?requestPayment` with a list of the bucket's objects."""
    if "requestPayment" not in querystring:
        return get_bucket(self, bucket_name, querystring)
    self.backend.get_bucket(bucket_name)
    self.data["Action"] = "GetBucketRequestPayment"
    return self.serialized(ActionResult({"Payer": "BucketOwner"}))


# For each request moto lists its own folder, and for each key of KMS, symmetric ones too, it makes an RSA key, with which nobody signs here.
DomainDispatcherApplication.get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)
moto.kms.models.generate_private_key = functools.cache(moto.kms.models.generate_private_key)


get_notification = S3Response.get_bucket_notification


def get_bucket_notification(self):
    """Moto leaves out `EventBridgeConfiguration`."""
    stored = self.backend.get_bucket_notification_configuration(self.bucket_name)
    serialized = self.serialized
    if stored and stored.event_bridge is not None:
        self.serialized = lambda answer: serialized(ActionResult({**answer.result, "EventBridgeConfiguration": {}}))
    return get_notification(self)


def list_subscriptions_by_topic(self):
    """Moto has no e-mail wait for its confirmation."""
    found, token = self.backend.list_subscriptions_by_topic(
        self._get_param("TopicArn"), next_token=self._get_param("NextToken")
    )
    listed = [
        {
            "SubscriptionArn": "PendingConfirmation" if one.protocol == "email" else one.arn,
            "Owner": one.owner,
            "Protocol": one.protocol,
            "Endpoint": one.endpoint,
            "TopicArn": one.topic_arn,
        }
        for one in found
    ]
    return ActionResult({"Subscriptions": listed, "NextToken": token})



plain = "plain" in sys.argv
mended_ones = (
    (S3Response, get_bucket_replication),
    (S3Response, get_bucket_encryption),
    (S3Response, get_bucket_notification),
    (SNSResponse, list_subscriptions_by_topic),
)
for response, mended in () if plain else mended_ones:
    if not hasattr(response, mended.__name__):
        sys.exit(f"this version of moto has no {response.__name__}.{mended.__name__}: launch.py is for moto 5.2.1")
    setattr(response, mended.__name__, mended)
if not plain:
    S3Response._bucket_response_put = put_bucket_with_tags
    S3Response._bucket_response_get = get_bucket_request_payment

logging.getLogger("werkzeug").setLevel(logging.ERROR)
port = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 0)
server = make_server("127.0.0.1", port, DomainDispatcherApplication(create_backend_app), threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_port}", flush=True)
sys.stdin.read()
