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


def of_requests(name, period, statistic):
    """A query about the requests to KMS."""
    usage = {"Class": "None", "Resource": "CryptographicOperationsSymmetric", "Service": "KMS", "Type": "API"}
    dimensions = [{"Name": key, "Value": value} for key, value in usage.items()]
    metric = {"Namespace": "AWS/Usage", "MetricName": "CallCount", "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}


several = dict(
    MetricDataQueries=[
        of_requests("minutes", 60, "Sum"),
        of_requests("hours", 3600, "Sum"),
        of_requests("busiest", 3600, "Maximum"),
        of_requests("counted", 3600, "SampleCount"),
    ],
    StartTime=now - timedelta(days=3),
    EndTime=now,
    ScanBy="TimestampAscending",
)
pages = [*cloudwatch.get_paginator("get_metric_data").paginate(**several, PaginationConfig={"PageSize": 2})]
found = {}
for page in pages:
    for one in page["MetricDataResults"]:
        found.setdefault(one["Id"], []).extend(one["Values"])

[result] = cloudwatch.get_metric_data(**asked)["MetricDataResults"]
json.dump(
    {
        "result": [result["Id"], result["Label"], result["Values"], result["StatusCode"]],
        "midnight": [time.astimezone(timezone.utc).strftime("%H:%M:%S") for time in result["Timestamps"]],
        "pages": len([*cloudwatch.get_paginator("get_metric_data").paginate(**asked)]),
        "several": found,
        "pages of several": len(pages),
        "statuses": [[one["StatusCode"] for one in page["MetricDataResults"]] for page in pages],
        "no time": refused(lambda: cloudwatch.get_metric_data(**{**asked, "EndTime": asked["StartTime"]})),
        "missing": refused(lambda: cloudwatch.list_dashboards()),
    },
    sys.stdout,
)
