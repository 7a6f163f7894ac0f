"""Short ways from invented records to events."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from tests.journeys.story import ACCOUNT, ARN, REGION

from counterseal.correlation.records.event import Event
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.population import Population

NAME_PLACE = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"


def as_bytes(document: object) -> bytes:
    """Return compact JSON, as CloudTrail writes it."""
    return json.dumps(document, separators=(",", ":")).encode()


def gather(*documents: object, guarded_buckets: Collection[str] = ()) -> Population:
    """Return the population of these documents, each read as a file of its own."""
    gathering = Gathering(guarded_buckets=guarded_buckets)
    for number, document in enumerate(documents):
        data = document if isinstance(document, bytes) else as_bytes(document)
        gathering.add(data, source=f"{number}.json")
    return gathering.population()


def only(*documents: object) -> Event:
    """Return the one event that these documents make."""
    [event] = gather(*documents).events
    return event


def data_key(version_id: str, *, arn: str = ARN, **changed: Any) -> dict[str, Any]:
    """Return the KMS record that Secrets Manager leaves for a version."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/ana",
            "userName": "ana",
            "invokedBy": "secretsmanager.amazonaws.com",
        },
        "eventTime": "2026-03-10T12:00:00Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": "GenerateDataKey",
        "awsRegion": REGION,
        "sourceIPAddress": "secretsmanager.amazonaws.com",
        "requestParameters": {
            "keyId": "alias/aws/secretsmanager",
            "encryptionContext": {"SecretARN": arn, "SecretVersionId": version_id},
        },
        "responseElements": None,
        "eventID": f"k-{version_id}",
        "readOnly": True,
        "resources": [{"ARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1", "type": "AWS::KMS::Key"}],
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
    } | changed


def service_event(name: str, **changed: Any) -> dict[str, Any]:
    """Return a record that Secrets Manager writes on its own account."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {"accountId": ACCOUNT, "invokedBy": "secretsmanager.amazonaws.com"},
        "eventTime": "2026-03-10T12:00:00Z",
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "secretsmanager.amazonaws.com",
        "requestParameters": None,
        "responseElements": None,
        "eventID": f"s-{name}",
        "readOnly": False,
        "eventType": "AwsServiceEvent",
        "recipientAccountId": ACCOUNT,
    } | changed


def event_bridge(detail: Mapping[str, Any], *, kind: str = "AWS API Call via CloudTrail") -> dict[str, Any]:
    """Return the event that EventBridge makes of a record."""
    return {
        "version": "0",
        "id": "wrapper",
        "detail-type": kind,
        "source": "aws.secretsmanager",
        "account": ACCOUNT,
        "time": "2026-03-10T12:00:01Z",
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


def label_update(version_id: str, *, arn: str = ARN, name: str = "db/password", **changed: Any) -> dict[str, Any]:
    """Return the native event of a label that moved."""
    detail = {"name": name, "labelUpdated": "AWSCURRENT", "versionId": version_id}
    return event_bridge(detail, kind="Secret Label Updated") | {"id": f"l-{version_id}", "resources": [arn]} | changed


def trail_call(name: str, *, time: str = "2026-03-10T12:00:00Z", **changed: Any) -> dict[str, Any]:
    """Return a call to CloudTrail about the trail named t."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root"},
        "eventTime": time,
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "requestParameters": {"name": "t"},
        "responseElements": None,
        "eventID": f"{name}-{time}",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
    } | changed


def organisation_call(name: str, *, time: str = "2026-03-10T12:00:00Z", **changed: Any) -> dict[str, Any]:
    """Return a call to Organizations, by the account of the trail named t."""
    by = str(changed.get("recipientAccountId", ACCOUNT))
    identity = {"type": "Root", "arn": f"arn:aws:iam::{by}:root", "accountId": by}
    return (
        trail_call(name, time=time)
        | {
            "userIdentity": identity,
            "eventSource": "organizations.amazonaws.com",
            "awsRegion": "us-east-1",
            "requestParameters": None,
        }
        | changed
    )


def object_call(name: str = "PutObject", object_name: str = "some/thing", **changed: Any) -> dict[str, Any]:
    """Return a data event of S3 about an object in the bucket acme-logs, by ana."""
    bucket = "acme-logs"
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/ana", "userName": "ana"},
        "eventTime": "2026-03-10T12:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "requestParameters": {"bucketName": bucket, "Host": f"{bucket}.s3.amazonaws.com", "key": object_name},
        "responseElements": None,
        "requestID": f"r-{name}",
        "eventID": f"o-{name}-{object_name}",
        "readOnly": False,
        "resources": [
            {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{object_name}"},
            {"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"},
        ],
        "eventType": "AwsApiCall",
        "managementEvent": False,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Data",
    } | changed
