"""A trail's bucket on a real S3 server: listed, fetched, and every refusal in our words."""

import gzip
import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError  # noqa: TID253  # what the fake raises
from tests.doubles.memory_archive import keys_of
from tests.doubles.object_server import READER, ObjectServer, object_server
from tests.trail import Trail, public_keys, three_hours
from tests.unit.control.test_process import House, event, queued

from counterseal.aws.s3_archive import S3Archive
from counterseal.control.bucket import DIGESTS, BucketFiles
from counterseal.control.fetched import Fetched
from counterseal.control.intake import read_sources
from counterseal.control.log_files import NamedFiles
from counterseal.control.online_trail import verify_bucket
from counterseal.control.period import Days
from counterseal.control.process import Means, Processed
from counterseal.correlation.digests.saved_keys import Saved
from counterseal.errors import Conflict, Denied, ObjectNotFound, Unreachable
from counterseal.ledger.fields import EntryKind
from counterseal.objects.archive import Listed

pytestmark = [pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("object-server")) as running:
        yield running


@pytest.fixture
def bucket(server: ObjectServer) -> str:
    name = f"trail-{secrets.token_hex(6)}"
    server.client().create_bucket(Bucket=name)
    return name


def upload(client: Any, bucket: str, trail: Trail) -> None:
    """Put a trail into a bucket as CloudTrail does: digests with their signatures beside them."""
    signed = {
        it.object_name: {"signature": it.signature, "signature-algorithm": "SHA256withRSA"} for it in trail.digests
    }
    for file in sorted(trail.root.rglob("*.gz")):
        name = file.relative_to(trail.root).as_posix()
        client.put_object(Bucket=bucket, Key=name, Body=file.read_bytes(), Metadata=signed.get(name, {}))


@pytest.mark.object_server
def test_objects_are_listed_in_order_and_from_a_name_on(server: ObjectServer, bucket: str) -> None:
    client = server.client()
    names = [f"a b+ü/{number:04}.json" for number in range(5)]
    for name in names:
        client.put_object(Bucket=bucket, Key=name, Body=b"x")
    archive = S3Archive(client, bucket)

    assert [it.object_name for it in archive.objects("a b+ü/")] == names
    assert [it.object_name for it in archive.objects("a b+ü/", after="a b+ü/0002.json")] == names[3:]
    assert next(archive.objects("")).size == 1


@pytest.mark.object_server
def test_folders_are_one_level(server: ObjectServer, bucket: str) -> None:
    client = server.client()
    for name in ("x/1/a", "x/2/b", "x/c", "y/d"):
        client.put_object(Bucket=bucket, Key=name, Body=b"")

    assert S3Archive(client, bucket).folders("x/") == ["x/1/", "x/2/"]
    assert S3Archive(client, bucket).folders("") == ["x/", "y/"]


@pytest.mark.object_server
def test_the_content_comes_with_what_its_writer_put_beside_it(server: ObjectServer, bucket: str) -> None:
    server.client().put_object(Bucket=bucket, Key="a", Body=b"x" * 200_000, Metadata={"signature": "s"})
    archive = S3Archive(server.client(identity=READER), bucket)
    [listed] = archive.objects("")

    content = archive.fetch(listed)

    assert (b"".join(content.pieces), content.metadata) == (b"x" * 200_000, {"signature": "s"})


@pytest.mark.object_server
def test_what_was_replaced_after_it_was_listed_is_told(server: ObjectServer, bucket: str) -> None:
    client = server.client()
    client.put_object(Bucket=bucket, Key="a", Body=b"1")
    archive = S3Archive(client, bucket)
    [listed] = archive.objects("")
    client.put_object(Bucket=bucket, Key="a", Body=b"2")

    with pytest.raises(Conflict, match=f"s3://{bucket}/a was replaced"):
        archive.fetch(listed)


@pytest.mark.object_server
def test_what_is_gone_is_named(server: ObjectServer, bucket: str) -> None:
    archive = S3Archive(server.client(), bucket)

    with pytest.raises(ObjectNotFound, match=f"s3://{bucket}/a"):
        archive.fetch(Listed("a", '"x"', 1))
    with pytest.raises(ObjectNotFound, match="there is no bucket 'no-such-bucket'"):
        S3Archive(server.client(), "no-such-bucket").folders("")


@pytest.mark.object_server
def test_a_key_that_the_server_does_not_know_is_denied(server: ObjectServer, bucket: str) -> None:
    archive = S3Archive(server.client(identity=("stranger", "wrong")), bucket)

    with pytest.raises(Denied, match=f"bucket '{bucket}'"):
        list(archive.objects(""))


@pytest.mark.object_server
def test_a_trail_in_a_bucket_is_read_and_proved(server: ObjectServer, bucket: str, tmp_path: Path) -> None:
    trail = three_hours(tmp_path / "trail")
    # The digests name the bucket of the invented trail: this one must bear that name to be where they say.
    server.client().create_bucket(Bucket="acme-trail")
    upload(server.client(), "acme-trail", trail)
    archive = S3Archive(server.client(identity=READER), "acme-trail")

    with Fetched(tmp_path / "fetched") as fetched:
        logs = BucketFiles(archive, "", fetched, Days())
        digests = BucketFiles(archive, "", fetched, Days(), kind=DIGESTS)
        intake = read_sources([logs])
        found = verify_bucket(logs, digests, list_keys=keys_of(public_keys()), saved=Saved((), {}))

    assert intake.files == 3
    assert [str(it.outcome) for it in found.hours] == ["proved"] * 3
    assert found.faults == ()


@pytest.mark.object_server
def test_log_files_that_a_message_names_are_read_and_judged(server: ObjectServer, bucket: str, tmp_path: Path) -> None:
    name = "AWSLogs/111122223333/CloudTrail/us-east-2/2026/03/10/a b+ü.json.gz"
    content = gzip.compress(json.dumps({"Records": [json.loads(event("e-1"))["detail"]]}).encode())
    server.client().put_object(Bucket=bucket, Key=name, Body=content)
    object_named = {"s3": {"bucket": {"name": bucket}, "object": {"key": quote_plus(name)}}}
    messages = [{"s3Bucket": bucket, "s3ObjectKey": [name]}, {"Records": [object_named]}]
    messages += [{"s3Bucket": bucket, "s3ObjectKey": [name + "-gone"]}, {"s3Bucket": "other", "s3ObjectKey": [name]}]
    archive = S3Archive(server.client(identity=READER), bucket)
    with closing(House(tmp_path)) as house:
        house.means = Means(log_files=NamedFiles([(archive, "AWSLogs/111122223333/")]))
        house.inbox.store([queued(json.dumps(it).encode(), f"m-{number}") for number, it in enumerate(messages)])

        assert house.processing().run() == Processed(processed=3, quarantined=2)

        assert [it["event_id"] for it in house.recorded()] == ["e-1"]
        assert [it["source"] for it in house.recorded(EntryKind.EVENT)] == [f"s3:{bucket}#{name}"]
        gone, elsewhere = house.why()
    assert gone.startswith(f"there is no 's3://{bucket}/{name}-gone'")
    assert elsewhere.startswith(f"it names 's3://other/{name}'")


@pytest.mark.object_server
def test_a_file_that_may_not_be_read_says_what_is_missing(server: ObjectServer, bucket: str, tmp_path: Path) -> None:
    stranger = S3Archive(server.client(identity=("stranger", "wrong")), bucket)
    with closing(House(tmp_path)) as house:
        house.means = Means(log_files=NamedFiles([(stranger, "")]))
        house.inbox.store([queued(json.dumps({"s3Bucket": bucket, "s3ObjectKey": ["a"]}).encode())])

        assert house.processing().run() == Processed(quarantined=1)

        assert [it.startswith(f"access to bucket '{bucket}' is denied") for it in house.why()] == [True]


# ---------------------------------------------------------------------------------------------- what no server shows


class FakeS3:
    """A client that answers once, and fails as it is told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    def get_object(self, **_: str) -> dict[str, Any]:
        if self.failure:
            raise self.failure
        return {"Body": BrokenBody(), "Metadata": {}}

    def list_objects_v2(self, **asked: str) -> dict[str, Any]:
        number = int(asked.get("ContinuationToken", 0))
        page = {"Contents": [{"Key": f"{asked['Prefix']}{number}", "ETag": "t", "Size": 1}]}
        more = {"IsTruncated": True, "NextContinuationToken": str(number + 1)}
        return page | (more if number < 2 else {"IsTruncated": False})


class BrokenBody(BytesIO):
    """A body whose connection ends in the middle."""

    def iter_chunks(self, _size: int) -> Iterator[bytes]:
        yield b"half"
        raise ReadTimeoutError(endpoint_url="https://s3")


def test_every_page_of_a_listing_is_asked_for() -> None:
    assert [it.object_name for it in S3Archive(FakeS3(), "trail").objects("a/")] == ["a/0", "a/1", "a/2"]


def test_a_connection_that_ends_in_the_middle_is_unreachable_and_named() -> None:
    content = S3Archive(FakeS3(), "trail").fetch(Listed("a", "t", 8))

    with pytest.raises(Unreachable, match="s3://trail/a"):
        list(content.pieces)


def test_a_key_that_may_not_be_used_is_named() -> None:
    said = "User: x is not authorized to perform: kms:Decrypt on resource: y"
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": said}}, "GetObject")

    with pytest.raises(Denied, match=r"s3://trail/a is denied: kms:Decrypt"):
        S3Archive(FakeS3(refused), "trail").fetch(Listed("a", "t", 8))


def test_the_listing_survives_a_trip_through_json() -> None:
    listed = Listed("a", '"tag"', 1)

    assert Listed(*json.loads(json.dumps(listed))) == listed
