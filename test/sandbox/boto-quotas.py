"""Service Quotas, and the requests to KMS that count against one, as boto3 asks the served sandbox for them; prints what it reads, as JSON."""
import json
import sys
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from boto_calls import refused

url, account = sys.argv[1:]


def client(service):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-central-1",
        aws_access_key_id="SANDBOX" + account,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )


quotas, kms = client("service-quotas"), client("kms")
rate = dict(ServiceCode="kms", QuotaCode="L-6E3AF000")
quota = quotas.get_service_quota(**rate)["Quota"]
default = quotas.get_aws_default_service_quota(**rate)["Quota"]
key = kms.create_key()["KeyMetadata"]["KeyId"]
for _ in range(3):
    kms.encrypt(KeyId=key, Plaintext=b"x")
clock = json.load(urllib.request.urlopen(url + "/_s3repl/clock"))["now"]
now = datetime.fromtimestamp(clock / 1000, timezone.utc)
usage = quota["UsageMetric"]
metric = {
    "Namespace": usage["MetricNamespace"],
    "MetricName": usage["MetricName"],
    "Dimensions": [{"Name": name, "Value": value} for name, value in usage["MetricDimensions"].items()],
}
stat = {"Metric": metric, "Period": 60, "Stat": usage["MetricStatisticRecommendation"]}
[result] = client("cloudwatch").get_metric_data(
    MetricDataQueries=[{"Id": "kms", "MetricStat": stat}],
    StartTime=now - timedelta(hours=1),
    EndTime=now + timedelta(minutes=1),
)["MetricDataResults"]
json.dump(
    {
        "quota": [quota["QuotaName"], quota["Value"], quota["Period"]["PeriodUnit"], quota["Adjustable"]],
        "default": [default["QuotaArn"], default["Value"]],
        "missing": refused(lambda: quotas.get_service_quota(ServiceCode="s3", QuotaCode="L-DC2B2D3D")),
        "unknown": refused(lambda: quotas.list_services()),
        "requests": sum(result["Values"]),
    },
    sys.stdout,
)
