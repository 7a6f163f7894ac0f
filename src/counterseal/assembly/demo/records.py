"""CloudTrail and EventBridge records of the demonstration, in the shapes that AWS writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from counterseal.assembly.demo.people import ACCOUNT, REGION, Person
from counterseal.clock import format_time

Record = dict[str, Any]

_SECRETS_MANAGER = "secretsmanager.amazonaws.com"
_KMS_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{uuid5(NAMESPACE_URL, 'counterseal:demo:key')}"
_TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/everything"


def invented_id(*parts: str) -> str:
    """Return an id that is always the same for the same parts, so that two demonstrations differ in time only."""
    return str(uuid5(NAMESPACE_URL, ":".join(("counterseal:demo", *parts))))


def secret_arn(name: str) -> str:
    """Return the full ARN of an invented secret, with the six characters that AWS adds."""
    suffix = invented_id("suffix", name).replace("-", "")[:6]
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to Secrets Manager: who, when, which, on what. `version_id` is "" where the call takes no token."""

    at: datetime
    by: Person
    name: str
    secret: str
    version_id: str = ""
    parameters: tuple[tuple[str, object], ...] = ()
    error_code: str = ""

    def record(self) -> Record:
        """Return the CloudTrail record of the call."""
        parameters: Record = {"secretId": secret_arn(self.secret), **dict(self.parameters)}
        if self.name == "CreateSecret":
            parameters = {"name": self.secret, **dict(self.parameters)}
        if self.version_id:
            parameters["clientRequestToken"] = self.version_id
        record = _record(self.at, self.by.identity(), _SECRETS_MANAGER, self.name)
        record |= {"requestParameters": parameters, "responseElements": {"arn": secret_arn(self.secret)}}
        if self.error_code:
            record |= {
                "errorCode": self.error_code,
                "errorMessage": f"User: {self.by.arn} is not authorized to perform: secretsmanager:{self.name}",
                "responseElements": None,
            }
        return record


def read_call(at: datetime, by: Person, secret: str) -> Record:
    """Return the record of a GetSecretValue: counted, and no finding."""
    record = _record(at, by.identity(), _SECRETS_MANAGER, "GetSecretValue")
    return record | {
        "requestParameters": {"secretId": secret_arn(secret)},
        "responseElements": None,
        "readOnly": True,
    }


def data_key(at: datetime, by: Person, secret: str, version_id: str) -> Record:
    """Return the KMS record that every new version leaves: the second witness."""
    record = _record(at, by.identity() | {"invokedBy": _SECRETS_MANAGER}, "kms.amazonaws.com", "GenerateDataKey")
    return record | {
        "requestParameters": {
            "keyId": "alias/aws/secretsmanager",
            "keySpec": "AES_256",
            "encryptionContext": {"SecretARN": secret_arn(secret), "SecretVersionId": version_id},
        },
        "responseElements": None,
        "readOnly": True,
        "resources": [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": _KMS_KEY}],
    }


def label_moved(at: datetime, secret: str, version_id: str) -> Record:
    """Return the "Secret Label Updated" event of Secrets Manager itself: the third witness, and it names no actor."""
    return {
        "version": "0",
        "id": invented_id("label", secret, version_id, format_time(at)),
        "detail-type": "Secret Label Updated",
        "source": "aws.secretsmanager",
        "account": ACCOUNT,
        "time": format_time(at),
        "region": REGION,
        "resources": [secret_arn(secret)],
        "detail": {"name": secret, "labelUpdated": "AWSCURRENT", "versionId": version_id},
    }


def service_event(at: datetime, name: str, secret: str, token: str) -> Record:
    """Return a rotation event of Secrets Manager itself: no type, no ARN, the token at the end of the request id."""
    record = _record(at, {"accountId": ACCOUNT, "invokedBy": _SECRETS_MANAGER}, _SECRETS_MANAGER, name)
    return record | {
        "eventType": "AwsServiceEvent",
        "sourceIPAddress": _SECRETS_MANAGER,
        "userAgent": _SECRETS_MANAGER,
        "requestParameters": None,
        "responseElements": None,
        "requestID": f"Rotation-{secret_arn(secret)}-{token}",
        "additionalEventData": {"SecretId": secret_arn(secret)},
    }


def trail_call(at: datetime, by: Person, name: str) -> Record:
    """Return the record of StopLogging or StartLogging on the trail that everything hangs on."""
    record = _record(at, by.identity(), "cloudtrail.amazonaws.com", name)
    return record | {"requestParameters": {"name": _TRAIL}, "responseElements": None}


def _record(at: datetime, identity: Record, source: str, name: str) -> Record:
    stamp = format_time(at)
    unique = (source, name, stamp, str(identity.get("arn", "")))
    return {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": stamp,
        "eventSource": source,
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.24",  # RFC 5737: an address for documentation
        "userAgent": "aws-cli/2.31.0",
        "requestID": invented_id("request", *unique),
        "eventID": invented_id("event", *unique),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
