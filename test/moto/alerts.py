"""What boto3 sees of alarms, topics and the notifications of acme-orders; with `make`, somebody else puts theirs there first."""

import json
import os
import sys

import boto3

what, role, *regions = sys.argv[1:]
home = regions[0]
url = os.environ["AWS_ENDPOINT_URL"]
assumed = boto3.client("sts", region_name=home, endpoint_url=url).assume_role(RoleArn=role, RoleSessionName="boto3")
keys = assumed["Credentials"]
session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
bucket = "acme-orders"


def at(service, region=home):
    return session.client(service, region_name=region, endpoint_url=url)


def make():
    topic = at("sns").create_topic(Name="theirs")["TopicArn"]
    entry = {
        "Id": "theirs",
        "TopicArn": topic,
        "Events": ["s3:ObjectRemoved:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "logs/"}]}},
    }
    configuration = {"EventBridgeConfiguration": {}, "TopicConfigurations": [entry]}
    at("s3").put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
    at("cloudwatch").put_metric_alarm(
        AlarmName="theirs",
        Namespace="AWS/S3",
        MetricName="OperationsFailedReplication",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=5,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )


def alarms(region):
    cloudwatch = at("cloudwatch", region)
    for alarm in cloudwatch.describe_alarms()["MetricAlarms"]:
        tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        yield alarm["AlarmName"], {**alarm, "Tags": {tag["Key"]: tag["Value"] for tag in tags}}


def topics(region):
    sns = at("sns", region)
    for arn in [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]:
        policy = json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])
        subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
        yield arn, {
            "statements": policy["Statement"],
            "tags": {tag["Key"]: tag["Value"] for tag in sns.list_tags_for_resource(ResourceArn=arn)["Tags"]},
            "subscriptions": [f"{one['Protocol']} {one['Endpoint']} {one['SubscriptionArn']}" for one in subscriptions],
        }


if what == "make":
    make()
notification = at("s3").get_bucket_notification_configuration(Bucket=bucket)
del notification["ResponseMetadata"]
seen = {
    "alarms": {name: alarm for region in regions for name, alarm in alarms(region)},
    "topics": {arn: topic for region in regions for arn, topic in topics(region)},
    "notification": notification,
}
print(json.dumps(seen, default=str))
