"""Alarms as boto3 puts and reads them in the served sandbox; prints what it reads, as JSON."""
import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, account = sys.argv[1:]
cloudwatch = boto3.client(
    "cloudwatch",
    endpoint_url=url,
    region_name="eu-west-1",
    aws_access_key_id="SANDBOX" + account,
    aws_secret_access_key="any",
    config=Config(retries={"total_max_attempts": 1}),
)


def sleep(milliseconds):
    body = json.dumps({"sleep": milliseconds}).encode()
    urllib.request.urlopen(urllib.request.Request(url + "/_s3repl/clock", body, method="POST")).read()


def refused(call):
    try:
        call()
    except ClientError as error:
        return [error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]]
    return "accepted"


def put(name, **more):
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/S3",
        MetricName="OperationsFailedReplication",
        Dimensions=[{"Name": "RuleId", "Value": "rule"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        **{"TreatMissingData": "notBreaching", **more},
    )
    sleep(1000)


put("one", Tags=[{"Key": "color", "Value": "red"}])
put("two")
sleep(61_000)
pages = cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 1})
alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
arn = alarms[0]["AlarmArn"]
cloudwatch.set_alarm_state(AlarmName="one", StateValue="ALARM", StateReason="test")
tags = cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["color"])
history = cloudwatch.describe_alarm_history(AlarmName="one", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
cloudwatch.delete_alarms(AlarmNames=["two"])
json.dump(
    {
        "alarms": [[alarm["AlarmName"], alarm["StateValue"], alarm["TreatMissingData"]] for alarm in alarms],
        "arn": arn,
        "tags": [tags, cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]],
        "history": [item["HistorySummary"] for item in history],
        "year": history[0]["Timestamp"].year > 2000,
        "left": [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]],
        "metrics": cloudwatch.list_metrics()["Metrics"],
        "unknown": refused(lambda: cloudwatch.set_alarm_state(AlarmName="x", StateValue="OK", StateReason="")),
        "wrong": refused(lambda: put("three", DatapointsToAlarm=2)),
        "no resource": refused(lambda: cloudwatch.list_tags_for_resource(ResourceARN=arn + "x")),
    },
    sys.stdout,
)
