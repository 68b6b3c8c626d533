import type { Client } from './client.ts';

/** What each script begins with. */
const prelude = `import os, urllib.request
import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

bucket, prefix = os.environ["bucket"], os.environ["prefix"]
s3, resource = boto3.client("s3"), boto3.resource("s3")
parts = TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20)
same = lambda one, other: open(one, "rb").read() == open(other, "rb").read()
`;

const python = (body: string) => `python3 - <<'END'\n${prelude}${body}\nEND`;

export const boto3: Client = {
  name: 'boto3',
  version: `python3 -c 'import boto3; print(boto3.__version__)'`,
  settings: 'none',
  trials: [
    {
      does: '`create_bucket`, waiters',
      places: ['own'],
      script: python(`s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.get_waiter("bucket_exists").wait(Bucket=bucket)`),
    },
    {
      does: '`upload_file` and `download_file` of 20 MB in parts',
      script: python(`s3.upload_file("big", bucket, prefix + "/big", Config=parts)
s3.download_file(bucket, prefix + "/big", "back", Config=parts)
assert same("big", "back")
s3.get_waiter("object_exists").wait(Bucket=bucket, Key=prefix + "/big")`),
    },
    {
      does: '`put_object` with conditions and checksums, ranges',
      script: python(`one = dict(Bucket=bucket, Key=prefix + "/p/1")
s3.put_object(**one, Body=b"content", IfNoneMatch="*", ChecksumAlgorithm="SHA256")
try:
    s3.put_object(**one, Body=b"other", IfNoneMatch="*")
    raise SystemExit("a second object was put")
except s3.exceptions.ClientError as error:
    assert error.response["Error"]["Code"] == "PreconditionFailed", error
assert s3.get_object(**one, Range="bytes=0-2")["Body"].read() == b"con"`),
    },
    {
      does: 'paginators',
      script: python(`for each in range(5): s3.put_object(Bucket=bucket, Key=f"{prefix}/p/{each}", Body=b"content")
listed = dict(Bucket=bucket, Prefix=prefix + "/p/", PaginationConfig={"PageSize": 2})
for operation, name in ("list_objects_v2", "Contents"), ("list_object_versions", "Versions"):
    keys = [one["Key"] for page in s3.get_paginator(operation).paginate(**listed) for one in page.get(name, [])]
    assert sorted(set(keys)) == [f"{prefix}/p/{each}" for each in range(5)], keys`),
    },
    {
      does: 'managed copies',
      script: python(`s3.copy({"Bucket": bucket, "Key": prefix + "/big"}, bucket, prefix + "/copy", Config=parts)
s3.download_file(bucket, prefix + "/copy", "back")
assert same("big", "back")`),
    },
    {
      does: 'resources',
      script: python(`objects = resource.Bucket(bucket).objects.filter(Prefix=prefix + "/p/")
assert len(list(objects)) == 5
assert resource.Object(bucket, prefix + "/p/1").get()["Body"].read() == b"content"
objects.delete()
assert len(list(objects)) == 0`),
    },
    {
      does: 'presigned URLs of both Signature Versions',
      script: python(`for version in "s3", "s3v4":
    signing = boto3.client("s3", config=Config(signature_version=version))
    one = {"Bucket": bucket, "Key": f"{prefix}/signed-{version}"}
    to = signing.generate_presigned_url("put_object", Params={**one, "ContentType": "text/plain"})
    urllib.request.urlopen(urllib.request.Request(to, b"signed", {"Content-Type": "text/plain"}, method="PUT"))
    assert urllib.request.urlopen(signing.generate_presigned_url("get_object", Params=one)).read() == b"signed"`),
    },
    {
      does: 'tags',
      script: python(`one = dict(Bucket=bucket, Key=prefix + "/signed-s3")
s3.put_object_tagging(**one, Tagging={"TagSet": [{"Key": "team", "Value": "billing"}]})
assert s3.get_object_tagging(**one)["TagSet"] == [{"Key": "team", "Value": "billing"}]`),
    },
    {
      does: '`generate_presigned_post`',
      places: ['own'],
      script: python(`form = s3.generate_presigned_post(bucket, prefix + "/posted")
fields = {**form["fields"], "file": "posted"}
body = "".join(f'--X\\r\\nContent-Disposition: form-data; name="{name}"\\r\\n\\r\\n{value}\\r\\n' for name, value in fields.items())
kind = {"Content-Type": "multipart/form-data; boundary=X"}
try:
    urllib.request.urlopen(urllib.request.Request(form["url"], (body + "--X--\\r\\n").encode(), kind))
except urllib.error.HTTPError as error:
    raise SystemExit(error.read().decode())`),
      fails: { saying: 'NotImplemented', because: 'posted forms are not in the sandbox: 501' },
    },
    {
      does: 'deleting all versions',
      places: ['own'],
      script: python(`resource.Bucket(bucket).object_versions.delete()
resource.Bucket(bucket).delete()
s3.get_waiter("bucket_not_exists").wait(Bucket=bucket)`),
    },
  ],
};
