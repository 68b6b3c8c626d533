"""What several of the scripts beside this one do with boto3."""
from botocore.exceptions import ClientError


def refused(call):
    """HTTP status and error code of a call that is refused."""
    try:
        call()
    except ClientError as error:
        return [error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]]
    return "accepted"
