"""A job of S3 Batch Replication as boto3 asks for it of the served sandbox, whose buckets and roles exist; prints what it reads back, as JSON."""
import json
import socket
import sys
import urllib.request
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from boto_calls import refused

url, account = sys.argv[1:]
port = urlsplit(url).port
asked = set()
resolve = socket.getaddrinfo


def resolve_here(host, *rest, **more):
    """Clients of S3 Control put the account before the host name, which no resolver knows."""
    asked.add(host)
    return resolve("127.0.0.1", *rest, **more)


socket.getaddrinfo = resolve_here

config = dict(
    endpoint_url=f"http://localhost:{port}",
    region_name="eu-west-1",
    aws_access_key_id="SANDBOX" + account,
    aws_secret_access_key="any",
    config=Config(retries={"total_max_attempts": 1}),
)
control = boto3.client("s3control", **config)
s3 = boto3.client("s3", **config)


def sleep(milliseconds):
    """Lets virtual time pass."""
    body = json.dumps({"sleep": milliseconds}).encode()
    urllib.request.urlopen(urllib.request.Request(url + "/_s3repl/clock", data=body)).read()


request = dict(
    AccountId=account,
    ConfirmationRequired=True,
    Operation={"S3ReplicateObject": {}},
    Report={"Enabled": False},
    ManifestGenerator={
        "S3JobManifestGenerator": {
            "ExpectedBucketOwner": account,
            "SourceBucket": "arn:aws:s3:::src",
            "EnableManifestOutput": False,
            "Filter": {
                "EligibleForReplication": True,
                "CreatedAfter": "2020-01-01T00:00:00Z",
                "ObjectReplicationStatuses": ["NONE", "FAILED"],
                "KeyNameConstraint": {"MatchAnyPrefix": ["in/"]},
                "ObjectSizeLessThanBytes": 5_000_000_000,
                "MatchAnyStorageClass": ["STANDARD"],
                "MatchAnyObjectEncryption": [{"SSES3": {}}],
            },
        }
    },
    Priority=7,
    RoleArn=f"arn:aws:iam::{account}:role/backfill",
    ClientRequestToken="token",
    Description="old <objects> & more",
    Tags=[{"Key": "team", "Value": "a b"}],
)
job = control.create_job(**request)["JobId"]
again = control.create_job(**request)["JobId"]
other = refused(lambda: control.create_job(**{**request, "Priority": 8}))
of_job = dict(AccountId=account, JobId=job)
sleep(60_000)
waiting = control.describe_job(**of_job)["Job"]
control.update_job_priority(**of_job, Priority=9)
ready = control.update_job_status(**of_job, RequestedJobStatus="Ready", StatusUpdateReason="confirmed")
sleep(60_000)
ended = control.describe_job(**of_job)["Job"]
listed = control.list_jobs(AccountId=account, JobStatuses=["Complete", "Failed"])["Jobs"]
tags = control.get_job_tagging(**of_job)["Tags"]
control.put_job_tagging(**of_job, Tags=[{"Key": "new", "Value": ""}])
changed = control.get_job_tagging(**of_job)["Tags"]
control.delete_job_tagging(**of_job)
second = control.create_job(**{**request, "ClientRequestToken": "second"})["JobId"]
sleep(60_000)
nothing = control.describe_job(AccountId=account, JobId=second)["Job"]

filter = request["ManifestGenerator"]["S3JobManifestGenerator"]["Filter"]
shown = waiting["ManifestGenerator"]["S3JobManifestGenerator"]
created = shown["Filter"].pop("CreatedAfter").isoformat()
json.dump(
    {
        "host": f"{account}.localhost" in asked,
        "same": again == job,
        "other": other,
        "arn": waiting["JobArn"].replace(job, "ID"),
        "waiting": [waiting["Status"], waiting["SuspendedCause"], waiting["ProgressSummary"]["TotalNumberOfTasks"]],
        "description": waiting["Description"],
        "filter": shown["Filter"] == {name: filter[name] for name in filter if name != "CreatedAfter"},
        "created": created,
        "ready": [ready["Status"], ready["StatusUpdateReason"]],
        "ended": [ended["Status"], ended["Priority"], ended["ProgressSummary"]["NumberOfTasksSucceeded"]],
        "in time": ended["CreationTime"] < waiting["SuspendedDate"] < ended["TerminationDate"],
        "listed": [[one["JobId"] == job, one["Operation"], one["Status"]] for one in listed],
        "tags": [tags, changed, control.get_job_tagging(**of_job)["Tags"]],
        "nothing": [nothing["Status"], nothing["FailureReasons"][0]["FailureReason"]],
        "missing": refused(lambda: control.describe_job(AccountId=account, JobId="no-such-job")),
        "wrong status": refused(lambda: control.update_job_status(**of_job, RequestedJobStatus="Ready")),
        "token": refused(lambda: control.list_jobs(AccountId=account, NextToken="x")),
        "status": [s3.head_object(Bucket="src", Key=key).get("ReplicationStatus") for key in ("in/key", "out/key")],
    },
    sys.stdout,
)
