"""CloudWatch as boto3 asks it of the served sandbox, whose bucket exists since before midnight; prints what it reads, as JSON."""
import json
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from boto_calls import refused

url, account = sys.argv[1:]
cloudwatch = boto3.client(
    "cloudwatch",
    endpoint_url=url,
    region_name="eu-west-1",
    aws_access_key_id="SANDBOX" + account,
    aws_secret_access_key="any",
    config=Config(retries={"total_max_attempts": 1}),
)
clock = json.load(urllib.request.urlopen(url + "/_s3repl/clock"))["now"]
now = datetime.fromtimestamp(clock / 1000, timezone.utc)
metric = {
    "Namespace": "AWS/S3",
    "MetricName": "NumberOfObjects",
    "Dimensions": [
        {"Name": "BucketName", "Value": "bucket"},
        {"Name": "StorageType", "Value": "AllStorageTypes"},
    ],
}
query = {"Id": "objects", "MetricStat": {"Metric": metric, "Period": 86400, "Stat": "Average"}}
asked = dict(MetricDataQueries=[query], StartTime=now - timedelta(days=3), EndTime=now)


[result] = cloudwatch.get_metric_data(**asked)["MetricDataResults"]
json.dump(
    {
        "result": [result["Id"], result["Label"], result["Values"], result["StatusCode"]],
        "midnight": [time.astimezone(timezone.utc).strftime("%H:%M:%S") for time in result["Timestamps"]],
        "pages": len([*cloudwatch.get_paginator("get_metric_data").paginate(**asked)]),
        "no time": refused(lambda: cloudwatch.get_metric_data(**{**asked, "EndTime": asked["StartTime"]})),
        "missing": refused(lambda: cloudwatch.list_dashboards()),
    },
    sys.stdout,
)
