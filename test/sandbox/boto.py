"""The served sandbox as boto3 sees it: sets up a bucket, a key and a role, and prints what it reads back, as JSON."""
import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, account = sys.argv[1:]
config = dict(
    endpoint_url=url,
    region_name="eu-west-1",
    aws_access_key_id="SANDBOX" + account,
    aws_secret_access_key="any",
    config=Config(retries={"total_max_attempts": 1}),
)
s3, kms, iam, sts = (boto3.client(service, **config) for service in ("s3", "kms", "iam", "sts"))


def refused(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


key = kms.create_key(Description="for boto3")["KeyMetadata"]["Arn"]
kms.create_alias(AliasName="alias/boto", TargetKeyId=key)
s3.create_bucket(Bucket="boto", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_bucket_versioning(Bucket="boto", VersioningConfiguration={"Status": "Enabled"})
default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
s3.put_bucket_encryption(Bucket="boto", ServerSideEncryptionConfiguration={"Rules": [rule]})
trust = {"Statement": {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}}
role = iam.create_role(RoleName="boto", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
kms.create_grant(KeyId=key, GranteePrincipal=role, Operations=["Decrypt", "DescribeKey"])
grants = kms.list_grants(KeyId=key)["Grants"]

s3.put_object(Bucket="boto", Key="key", Body=b"content")


def fetched(**signed):
    by = boto3.client("s3", **{**config, "config": Config(**signed)})
    link = by.generate_presigned_url("get_object", Params={"Bucket": "boto", "Key": "key"})
    return ["X-Amz-Signature" in link, urllib.request.urlopen(link).read().decode()]


encryption = s3.get_bucket_encryption(Bucket="boto")["ServerSideEncryptionConfiguration"]["Rules"][0]
json.dump(
    {
        "identity": sts.get_caller_identity()["Arn"],
        "buckets": [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]],
        "versioning": s3.get_bucket_versioning(Bucket="boto")["Status"],
        "key": encryption["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key,
        "alias": kms.describe_key(KeyId="alias/boto")["KeyMetadata"]["Arn"] == key,
        "trust": iam.get_role(RoleName="boto")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Action"],
        "role": role,
        "role id": iam.get_role(RoleName="boto")["Role"]["RoleId"][:4],
        "presigned": [fetched(signature_version="s3"), fetched(signature_version="s3v4")],
        "grants": [[grant["GranteePrincipal"], *grant["Operations"]] for grant in grants],
        "missing": refused(lambda: s3.get_bucket_policy(Bucket="boto")),
        "nowhere": refused(lambda: s3.head_bucket(Bucket="not-there")),
        "unknown": refused(lambda: boto3.client("dynamodb", **config).list_tables()),
    },
    sys.stdout,
)
