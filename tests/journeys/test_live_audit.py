"""A live account and a trail's bucket, audited by the real command on the AWS double."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.doubles.aws_double import AwsDouble
from tests.journeys.command import counterseal
from tests.journeys.story import record, ticket, write_tickets
from tests.trail import FIRST, HOUR, Trail, public_keys, write_json

pytestmark = [pytest.mark.enable_socket, pytest.mark.double]

LOOK = {"Effect": "Allow", "Action": "cloudtrail:LookupEvents", "Resource": "*"}


def environment(double: AwsDouble, key: Any = None) -> dict[str, str]:
    return {**double.environment(key), "AWS_DEFAULT_REGION": "us-east-2"}


@pytest.fixture
def bucket(aws_double: AwsDouble, tmp_path: Path) -> str:
    """Return a bucket with a trail of four hours, in the third of which a secret was changed."""
    name = f"trail-{uuid4()}"
    trail = Trail(tmp_path / "trail", bucket=name)
    trail.hour(trail.log(FIRST + HOUR / 2))
    trail.hour()
    trail.hour(trail.log(FIRST + 2.2 * HOUR, json.dumps({"Records": [record(time="2026-03-10T12:00:00Z")]}).encode()))
    client = aws_double.client("s3")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    signed = {
        it.object_name: {"signature": it.signature, "signature-algorithm": "SHA256withRSA"} for it in trail.digests
    }
    for file in trail.root.rglob("*.gz"):
        place = file.relative_to(trail.root).as_posix()
        client.put_object(Bucket=name, Key=place, Body=file.read_bytes(), Metadata=signed.get(place, {}))
    return name


def test_a_bucket_is_audited_like_a_folder_and_leaves_nothing_behind(
    aws_double: AwsDouble, bucket: str, tmp_path: Path
) -> None:
    tickets = write_tickets(tmp_path, ticket())
    arguments: list[str | Path] = ["audit", f"s3://{bucket}", "--tickets", tickets, "--as-of", "2026-03-20", "--json"]

    done = counterseal(*arguments, folder=tmp_path, environment=environment(aws_double))

    assert done.returncode == 0, done.stderr
    assert [it["verdict"] for it in json.loads(done.stdout)["findings"]] == ["approved"]
    assert list((tmp_path / ".local/state/counterseal/fetched").iterdir()) == []


def test_a_bucket_is_held_against_its_digests(aws_double: AwsDouble, bucket: str, tmp_path: Path) -> None:
    keys = write_json(tmp_path / "keys.json", public_keys())
    verify: list[str | Path] = ["trail", "verify", f"s3://{bucket}", "--public-keys", keys]

    done = counterseal(*verify, folder=tmp_path, environment=environment(aws_double))

    assert done.returncode == 0, done.stderr
    assert b"Complete    111122223333 eu-west-1  2026-03-10T10:00:00Z to 2026-03-10T13:00:00Z" in done.stdout


def test_a_file_deleted_from_a_bucket_is_a_discrepancy_of_its_audit(
    aws_double: AwsDouble, bucket: str, tmp_path: Path
) -> None:
    client = aws_double.client("s3")
    [gone] = [
        it["Key"]
        for it in client.list_objects_v2(Bucket=bucket)["Contents"]
        if "/CloudTrail/" in it["Key"] and "T1030Z" in it["Key"]
    ]
    client.delete_object(Bucket=bucket, Key=gone)
    keys = write_json(tmp_path / "keys.json", public_keys())
    verified: list[str | Path] = ["--verify-digests", "--public-keys", keys, "--as-of", "2026-03-20"]

    done = counterseal("audit", f"s3://{bucket}", *verified, folder=tmp_path, environment=environment(aws_double))

    assert done.returncode == 10
    assert b"missing-file (1)" in done.stdout
    assert gone.encode() in done.stdout


def test_a_bucket_that_may_not_be_listed_or_is_not_there_is_named(
    aws_double: AwsDouble, bucket: str, tmp_path: Path
) -> None:
    denied = counterseal(
        "audit", f"s3://{bucket}", folder=tmp_path, environment=environment(aws_double, aws_double.user())
    )
    absent = counterseal("audit", "s3://no-such-bucket", folder=tmp_path, environment=environment(aws_double))

    assert denied.returncode == 6
    assert f"access to bucket '{bucket}' is denied: s3:ListBucket".encode() in denied.stderr
    assert absent.returncode == 4
    assert b"there is no bucket 'no-such-bucket'" in absent.stderr


def test_a_corrupt_object_is_named_by_its_uri(aws_double: AwsDouble, bucket: str, tmp_path: Path) -> None:
    file = "111122223333_CloudTrail_eu-west-1_20260310T1500Z_x.json.gz"
    place = f"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/10/{file}"
    aws_double.client("s3").put_object(Bucket=bucket, Key=place, Body=b"\x1f\x8bnonsense")

    done = counterseal("audit", f"s3://{bucket}", folder=tmp_path, environment=environment(aws_double))

    assert done.returncode == 12
    assert f"s3://{bucket}/{place}".encode() in done.stderr


def test_a_live_account_is_audited_with_nothing_deployed(aws_double: AwsDouble, tmp_path: Path) -> None:
    name = aws_double.put("invented")
    looker = aws_double.user(LOOK)

    done = counterseal(
        "audit",
        "--aws",
        "default",
        "--last",
        "2d",
        "--json",
        folder=tmp_path,
        environment=environment(aws_double, looker),
    )

    assert done.returncode == 10, done.stderr
    found = json.loads(done.stdout)
    # The double numbers every account's events in one history; only those of this run's second may still be missing.
    assert {it["service"] for it in found["findings"]} <= {"secretsmanager"}
    assert any("no digests" in it for it in found["unseen"])
    assert "invented" not in done.stdout.decode()
    assert all(it["signals"] == [] or "witness-missing" not in it["signals"] for it in found["findings"]), name


def test_a_live_account_that_may_not_be_looked_at_is_denied(aws_double: AwsDouble, tmp_path: Path) -> None:
    done = counterseal(
        "audit", "--aws", "default", folder=tmp_path, environment=environment(aws_double, aws_double.user())
    )

    assert done.returncode == 6
    assert b"cloudtrail:LookupEvents" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], b"there is nothing to audit"),
        (["logs", "--regions", "eu-west-1"], b"--regions says which regions"),
        (["logs", "--verify-digests"], b"--verify-digests checks what lies in a bucket"),
        (["s3://b", "--since", "2026-03-02", "--last", "1d"], b"both say where the period begins"),
        (["s3://b", "--since", "2026-03-02", "--until", "2026-03-01"], b"ends before it begins"),
        (["s3://", "--last", "1d"], b"names no place in a bucket"),
        (["s3://b", "--last", "ninety"], b"is no span of time"),
        (["--aws", "default", "--since", "2020-01-01", "--until", "2020-02-01"], b"outside the event history"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], said: bytes, aws_double: AwsDouble, tmp_path: Path
) -> None:
    done = counterseal("audit", *arguments, folder=tmp_path, environment=environment(aws_double))

    assert done.returncode == 2
    assert said in done.stderr
