"""SNS, and S3's notifications to it, as boto3 asks the served sandbox; prints what it reads, as JSON."""
import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, account = sys.argv[1:]


def client(service):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="SANDBOX" + account,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def refused(call):
    try:
        call()
    except ClientError as error:
        return [error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]]
    return "accepted"


def own(path, question=None):
    body = None if question is None else json.dumps(question).encode()
    return json.load(urllib.request.urlopen(url + "/_s3repl/" + path, body))


sns = client("sns")
s3 = client("s3")
tags = [{"Key": "team", "Value": "storage"}]
arn = sns.create_topic(Name="failures", Attributes={"DisplayName": "Failures"}, Tags=tags)["TopicArn"]
again = sns.create_topic(Name="failures")["TopicArn"]
pending = sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")["SubscriptionArn"]
own("confirm", {"email": "a@example.com"})
[subscription] = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
policy = json.loads(attributes["Policy"])

s3.create_bucket(Bucket="boto", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
notification = {"TopicConfigurations": [{"Id": "all", "TopicArn": arn, "Events": ["s3:Replication:*"]}]}
put = lambda: s3.put_bucket_notification_configuration(Bucket="boto", NotificationConfiguration=notification)
before = refused(put)
policy["Statement"].append(
    {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "SNS:Publish",
        "Resource": arn,
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::boto"}, "StringEquals": {"aws:SourceAccount": account}},
    }
)
sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
put()
sns.publish(TopicArn=arn, Message="hello", Subject="Look")
sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "env", "Value": "a"}])
sns.untag_resource(ResourceArn=arn, TagKeys=["team"])
result = {
    "arn": [arn, again == arn],
    "pending": pending,
    "subscription": [subscription["Endpoint"], subscription["SubscriptionArn"].startswith(arn + ":")],
    "attributes": [attributes[name] for name in ("DisplayName", "Owner", "SubscriptionsConfirmed")],
    "confirmed": sns.get_subscription_attributes(SubscriptionArn=subscription["SubscriptionArn"])["Attributes"]["PendingConfirmation"],
    "before": before,
    "notification": s3.get_bucket_notification_configuration(Bucket="boto")["TopicConfigurations"] == notification["TopicConfigurations"],
    "statements": [one["Sid"] for one in json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])["Statement"]],
    "messages": [[one["from"].rpartition("/")[2], one.get("subject"), len(one["deliveries"])] for one in own("messages")],
    "tags": sns.list_tags_for_resource(ResourceArn=arn)["Tags"],
    "topics": [one["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for one in page["Topics"]],
    "token": refused(lambda: sns.confirm_subscription(TopicArn=arn, Token="x")),
    "unsubscribed": sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])["ResponseMetadata"]["HTTPStatusCode"],
    "missing": refused(lambda: sns.get_topic_attributes(TopicArn=arn + "x")),
    "unknown": refused(lambda: sns.list_platform_applications()),
}
sns.delete_topic(TopicArn=arn)
result["gone"] = refused(lambda: sns.publish(TopicArn=arn, Message="hello"))
json.dump(result, sys.stdout)
