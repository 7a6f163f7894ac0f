"""Names and contents of digests, and the text that their signature covers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from counterseal.correlation.digests.digests import (
    ChainId,
    digest_name,
    listed_files,
    log_name,
    prefix_of,
    read_digest,
    tail_of,
)
from counterseal.errors import MalformedInput

PLACE = "AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/"
NAME = "111122223333_CloudTrail-Digest_us-east-2_your_trail-name_us-east-1_20150817T150131Z"
SAID: dict[str, Any] = {
    "digestStartTime": "2015-08-17T14:01:31Z",
    "digestEndTime": "2015-08-17T15:01:31Z",
    "digestS3Bucket": "b",
    "digestS3Object": "o",
    "digestPublicKeyFingerprint": "f",
    "previousDigestSignature": None,
}


def test_the_name_of_a_digest_tells_its_chain_and_its_end() -> None:
    name = digest_name(f"{PLACE}{NAME}.json.gz")

    assert name is not None
    assert name.chain == ChainId("111122223333", "us-east-2", "your_trail-name", "us-east-1", backfill=False)
    assert name.end == datetime(2015, 8, 17, 15, 1, 31, tzinfo=UTC)


def test_a_backfill_digest_is_of_another_chain() -> None:
    name = digest_name(f"{PLACE}{NAME}_backfill.json.gz")

    assert name is not None
    assert name.chain.backfill


@pytest.mark.parametrize("name", ["x.json.gz", f"{NAME}.json", NAME.replace("0817T", "1317T") + ".json.gz"])
def test_another_name_is_that_of_no_digest(name: str) -> None:
    assert digest_name(name) is None


def test_the_name_of_a_log_file_tells_account_region_and_time() -> None:
    name = log_name("AWSLogs/x/111122223333_CloudTrail_us-east-2_20150817T1435Z_x.json.gz")

    assert name == ("111122223333", "us-east-2", datetime(2015, 8, 17, 14, 35, tzinfo=UTC))
    assert log_name("111122223333_CloudTrail_us-east-2_20151317T1435Z_x.json.gz") is None
    assert log_name(f"{NAME}.json.gz") is None


def test_a_name_is_parted_where_its_last_awslogs_begins() -> None:
    assert (prefix_of("a/AWSLogs/b/AWSLogs/c"), tail_of("a/AWSLogs/b/AWSLogs/c")) == ("a/AWSLogs/b/", "AWSLogs/c")
    assert (prefix_of("AWSLogs/c"), tail_of("AWSLogs/c")) == ("", "AWSLogs/c")
    assert tail_of("c") == "c"


def test_the_string_to_sign_has_four_lines_and_null_for_no_signature_before() -> None:
    first = read_digest(json.dumps(SAID).encode())
    later = read_digest(json.dumps(SAID | {"previousDigestSignature": "ab"}).encode())

    assert first.string_to_sign("cd") == b"2015-08-17T15:01:31Z\nb/o\ncd\nnull"
    assert later.string_to_sign("cd") == b"2015-08-17T15:01:31Z\nb/o\ncd\nab"


def test_a_digest_without_log_files_lists_none() -> None:
    assert listed_files(json.dumps(SAID).encode()) == []


@pytest.mark.parametrize(
    ("hash_value", "algorithm", "comparable"),
    [("a" * 64, "SHA-256", True), ("a" * 63, "SHA-256", False), ("g" * 64, "SHA-256", False), ("a" * 64, "MD5", False)],
)
def test_a_hash_is_64_hexadecimal_digits_of_sha_256(hash_value: str, algorithm: str, *, comparable: bool) -> None:
    entry = {"s3Bucket": "b", "s3Object": "o", "hashValue": hash_value, "hashAlgorithm": algorithm}

    [log] = listed_files(json.dumps(SAID | {"logFiles": [entry]}).encode())

    assert log.is_comparable is comparable


@pytest.mark.parametrize("missing", SAID)
def test_a_digest_that_lacks_what_every_digest_has_is_none(missing: str) -> None:
    rest = {name: value for name, value in SAID.items() if name != missing}

    with pytest.raises(MalformedInput, match=f"it is no digest: .*{missing}"):
        read_digest(json.dumps(rest).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"digestStartTime":"\xff"}',
        b"[" * 100_000,
        json.dumps(SAID | {"digestEndTime": "soon"}).encode(),
        json.dumps(SAID | {"logFiles": [{}]}).encode(),
        json.dumps(SAID).replace('"o"', '"\\ud800"').encode(),
    ],
)
def test_what_is_no_digest_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedInput, match="it is no digest"):
        read_digest(content)
