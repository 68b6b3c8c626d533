"""The five steps of replicating SSE-KMS objects to another account, with boto3 by hand, in a served sandbox; prints what arrived, as JSON."""
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, source, destination = sys.argv[1:]
SOURCE_REGION, DESTINATION_REGION = "eu-west-1", "eu-central-1"
SOURCE_BUCKET, DESTINATION_BUCKET = "article-source", "article-destination"
ROLE = f"arn:aws:iam::{source}:role/article"


def client(service, account, region):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="SANDBOX" + account,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(actions, resource, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def until(seen, seconds=30):
    """What `seen` gives, once it is not None."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = seen()
        if found is not None:
            return found
        time.sleep(0.05)
    raise SystemExit("nothing arrived in time")


def accepted(call):
    """Calls again while the new role is not seen everywhere."""

    def attempt():
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("MalformedPolicy", "MalformedPolicyDocumentException"):
                raise
            return None
        return True

    until(attempt)


s3, s3_there = client("s3", source, SOURCE_REGION), client("s3", destination, DESTINATION_REGION)
kms, kms_there = client("kms", source, SOURCE_REGION), client("kms", destination, DESTINATION_REGION)
iam = client("iam", source, SOURCE_REGION)

# 1. Two keys; the role may use them.
trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
iam.create_role(RoleName="article", AssumeRolePolicyDocument=policy(trust))


def key(kms, account, actions):
    made = kms.create_key()["KeyMetadata"]
    owner = allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{account}:root"})
    role = allow(actions, "*", Principal={"AWS": ROLE})
    accepted(lambda: kms.put_key_policy(KeyId=made["KeyId"], PolicyName="default", Policy=policy(owner, role)))
    return made["Arn"]


source_key = key(kms, source, ["kms:Decrypt"])
destination_key = key(kms_there, destination, ["kms:Encrypt", "kms:GenerateDataKey*"])

# 2. Two versioned buckets with default SSE-KMS.
for s3_here, bucket, region, default in (
    (s3, SOURCE_BUCKET, SOURCE_REGION, source_key),
    (s3_there, DESTINATION_BUCKET, DESTINATION_REGION, destination_key),
):
    s3_here.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    s3_here.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": default}
    rule = {"ApplyServerSideEncryptionByDefault": encryption}
    s3_here.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})

# 3. What the role may do.
FROM, TO = f"arn:aws:s3:::{SOURCE_BUCKET}", f"arn:aws:s3:::{DESTINATION_BUCKET}"
REPLICATE = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"]
READ = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
iam.put_role_policy(
    RoleName="article",
    PolicyName="replicate",
    PolicyDocument=policy(
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], FROM),
        allow(READ, f"{FROM}/*"),
        allow(REPLICATE, f"{TO}/*"),
        allow("kms:Decrypt", source_key),
        allow(["kms:Encrypt", "kms:GenerateDataKey*"], destination_key),
    ),
)

# 4. The destination lets the role in.
into = allow(REPLICATE, f"{TO}/*", Principal={"AWS": ROLE})
accepted(lambda: s3_there.put_bucket_policy(Bucket=DESTINATION_BUCKET, Policy=policy(into)))

# 5. The rule.
s3.put_bucket_replication(
    Bucket=SOURCE_BUCKET,
    ReplicationConfiguration={
        "Role": ROLE,
        "Rules": [
            {
                "ID": "article",
                "Priority": 1,
                "Status": "Enabled",
                "Filter": {},
                "DeleteMarkerReplication": {"Status": "Disabled"},
                "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                "Destination": {
                    "Bucket": TO,
                    "Account": destination,
                    "AccessControlTranslation": {"Owner": "Destination"},
                    "EncryptionConfiguration": {"ReplicaKmsKeyID": destination_key},
                },
            }
        ],
    },
)

body = b"\x00replicated\xff"
put = s3.put_object(Bucket=SOURCE_BUCKET, Key="a/key", Body=body)
VERSION = {"Key": "a/key", "VersionId": put["VersionId"]}


def decided():
    head = s3.head_object(Bucket=SOURCE_BUCKET, **VERSION)
    return None if head["ReplicationStatus"] == "PENDING" else head


original = until(decided)
replica = s3_there.get_object(Bucket=DESTINATION_BUCKET, **VERSION) if original["ReplicationStatus"] == "COMPLETED" else {}
json.dump(
    {
        "source": original["ReplicationStatus"],
        "source key": original["SSEKMSKeyId"] == source_key,
        "destination": replica.get("ReplicationStatus"),
        "destination key": replica.get("SSEKMSKeyId") == destination_key,
        "same bytes": replica and replica["Body"].read() == body,
        "etag": replica.get("ETag") == original["ETag"],
    },
    sys.stdout,
)
