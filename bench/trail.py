"""An invented CloudTrail, the same at every run: for measuring how fast a trail is read.

A set has 10 % Secrets Manager records, a fifth of them writes (2 % of all); every write of a value has its KMS data-key
witness, and 8 % more are KMS decoys, which name Secrets Manager as the caller and are no change. The rest is noise of
other services. Records weigh about 1.8 KB, as they do in real trails.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

ACCOUNT, REGION = "111122223333", "eu-central-1"
START = datetime(2026, 1, 1, tzinfo=UTC)
SECRETS = "secretsmanager.amazonaws.com"
KMS = "kms.amazonaws.com"
WRITES = ("CreateSecret", "PutSecretValue", "UpdateSecret", "DeleteSecret", "TagResource")
MADE_BY_VALUE = ("CreateSecret", "PutSecretValue", "UpdateSecret")
READS = ("GetSecretValue", "DescribeSecret", "ListSecretVersionIds")
NOISE = (
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("sts.amazonaws.com", "AssumeRole"),
    ("s3.amazonaws.com", "GetBucketAcl"),
    ("iam.amazonaws.com", "GetRole"),
    ("logs.amazonaws.com", "CreateLogStream"),
    ("dynamodb.amazonaws.com", "DescribeTable"),
)
AGENT = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/5.76.1 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.4 os/linux lang/go md/GOARCH#amd64"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailSet:
    """What was written: files, records, the bytes inside them, and how many records are changes."""

    folder: Path
    files: int
    records: int
    raw_bytes: int
    stored_bytes: int
    changes: int


def write_set(folder: Path, *, records: int, per_file: int = 2500, compact: bool = True) -> TrailSet:
    """Write a set of `.json.gz` files as CloudTrail lays them out.

    `compact=False` writes what no fast path may rely on: spaces between the tokens and two gzip members to a file.
    """
    random = Random(20260101)  # noqa: S311  # the same set at every run is the point
    made = _records(random, records)
    raw_bytes = stored_bytes = changes = files = 0
    while part := list(islice(made, per_file)):  # a million records would not fit into little memory
        separators = (",", ":") if compact else (", ", ": ")
        raw = json.dumps({"Records": part}, separators=separators).encode()
        stored = b"".join(gzip.compress(half, compresslevel=6, mtime=0) for half in _members(raw, whole=compact))
        (folder / f"{ACCOUNT}_CloudTrail_{REGION}_{files:05d}.json.gz").write_bytes(stored)
        raw_bytes, stored_bytes, files = raw_bytes + len(raw), stored_bytes + len(stored), files + 1
        changes += sum(it["eventSource"] == SECRETS and not it["readOnly"] for it in part)
    return TrailSet(
        folder=folder, files=files, records=records, raw_bytes=raw_bytes, stored_bytes=stored_bytes, changes=changes
    )


def _members(raw: bytes, *, whole: bool) -> list[bytes]:
    return [raw] if whole else [raw[: len(raw) // 2], raw[len(raw) // 2 :]]


def _records(random: Random, count: int) -> Iterator[dict[str, Any]]:
    """Write blocks of a hundred: 2 writes with their witnesses, 8 reads, 8 decoys, the rest noise, in mixed order."""
    made = 0
    while made < count:
        block: list[dict[str, Any]] = []
        for _ in range(2):
            block += _write(random)
        block += [_record(random, SECRETS, random.choice(READS), _names(random), read_only=True) for _ in range(8)]
        block += [_kms(random, "Decrypt", _arn(random), _uuid(random)) for _ in range(8)]
        while len(block) < 100:
            source, name = random.choice(NOISE)
            block.append(_record(random, source, name, _noise(random), read_only=True))
        random.shuffle(block)
        for record in block[: count - made]:
            record["eventTime"] = (START + timedelta(seconds=made)).strftime("%Y-%m-%dT%H:%M:%SZ")
            made += 1
            yield record


def _write(random: Random) -> list[dict[str, Any]]:
    name = random.choice(WRITES)
    arn, version = _arn(random), _uuid(random)
    parameters: dict[str, Any] = {"secretId": arn}
    if name == "CreateSecret":
        parameters = {"name": arn.rpartition(":")[2][:-7], "clientRequestToken": version}
    elif name in MADE_BY_VALUE:
        parameters["clientRequestToken"] = version
    elif name == "TagResource":
        # A write whose parameters say what a careless search takes for a read.
        parameters["tags"] = [{"key": "policy", "value": '{"readOnly":true}'}, {"key": "team", "value": "payments"}]
    write = _record(random, SECRETS, name, parameters, read_only=False)
    write["responseElements"] = {"arn": arn, "aRN": arn, "versionId": version}
    witness = [_kms(random, "GenerateDataKey", arn, version)] if name in MADE_BY_VALUE else []
    return [write, *witness]


def _kms(random: Random, name: str, arn: str, version: str) -> dict[str, Any]:
    parameters = {
        "encryptionContext": {"SecretARN": arn, "SecretVersionId": version},
        "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "keyId": "alias/aws/secretsmanager",
    }
    record = _record(random, KMS, name, parameters, read_only=True)
    record["userIdentity"]["invokedBy"] = record["sourceIPAddress"] = record["userAgent"] = SECRETS
    record["resources"] = [
        {"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{_uuid(random)}"}
    ]
    return record


def _record(random: Random, source: str, name: str, parameters: dict[str, Any], *, read_only: bool) -> dict[str, Any]:
    """Return one record with the fields in CloudTrail's own order, `eventVersion` first."""
    role = f"deploy-{random.randrange(40)}"
    session = f"session-{random.randrange(400)}"
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROA{random.getrandbits(64):016X}:{session}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
            "accountId": ACCOUNT,
            "accessKeyId": f"ASIA{random.getrandbits(64):016X}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": f"AROA{random.getrandbits(64):016X}",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
                    "accountId": ACCOUNT,
                    "userName": role,
                },
                "webIdFederationData": {},
                "attributes": {"creationDate": "2026-01-01T00:00:00Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": "",
        "eventSource": source,
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": f"192.0.2.{random.randrange(1, 255)}",
        "userAgent": AGENT,
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": _uuid(random),
        "eventID": _uuid(random),
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": source.replace(".", f".{REGION}.", 1),
        },
    }


def _names(random: Random) -> dict[str, Any]:
    return {"secretId": _arn(random), "versionStage": "AWSCURRENT"}


def _noise(random: Random) -> dict[str, Any]:
    return {
        "filterSet": {
            "items": [
                {"name": f"tag:{name}", "valueSet": {"items": [{"value": _uuid(random)} for _ in range(2)]}}
                for name in ("Name", "owner", "cost-centre", "environment")
            ]
        },
        "maxResults": random.randrange(1000),
    }


def _arn(random: Random) -> str:
    number = random.randrange(300)
    # One suffix belongs to one secret for as long as it lives.
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:team-{number % 12}/service-{number}/db-Ab{number:04d}"


def _uuid(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
