"""Objects in an S3 bucket: on a real server, and where a server shows what no healthy one does."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contracts.object_store import ObjectStoreContract
from tests.contracts.safe import SafeContract
from tests.doubles.object_server import READER, ObjectServer, object_server

from counterseal.aws.s3_objects import S3Objects
from counterseal.errors import Conflict, Denied, ObjectNotFound, Unreachable


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("object-server")) as running:
        yield running


@pytest.fixture
def bucket(server: ObjectServer) -> str:
    name = f"safes-{secrets.token_hex(6)}"
    server.client().create_bucket(Bucket=name)
    return name


@pytest.mark.enable_socket
@pytest.mark.object_server
class TestS3Objects(ObjectStoreContract):
    @pytest.fixture
    def store(self, server: ObjectServer, bucket: str) -> S3Objects:
        return S3Objects(server.client(), bucket, prefix="team/prod")


@pytest.mark.enable_socket
@pytest.mark.object_server
class TestSafeInABucket(SafeContract):
    @pytest.fixture
    def objects(self, server: ObjectServer, bucket: str) -> S3Objects:
        return S3Objects(server.client(), bucket)


@pytest.mark.enable_socket
@pytest.mark.object_server
def test_two_prefixes_of_a_bucket_do_not_see_each_other(server: ObjectServer, bucket: str) -> None:
    S3Objects(server.client(), bucket, prefix="a").create("x", b"1")

    assert list(S3Objects(server.client(), bucket, prefix="b").names("")) == []


@pytest.mark.enable_socket
@pytest.mark.object_server
def test_an_identity_that_may_only_read_is_told_what_it_lacks(server: ObjectServer, bucket: str) -> None:
    with pytest.raises(Denied, match="s3:PutObject"):
        S3Objects(server.client(identity=READER), bucket).create("a", b"1")


@pytest.mark.enable_socket
@pytest.mark.object_server
def test_a_bucket_that_is_not_there_is_named(server: ObjectServer) -> None:
    store = S3Objects(server.client(identity=READER), "no-such-bucket")

    with pytest.raises(ObjectNotFound, match="no-such-bucket"):
        store.read("a")


class ScriptedS3:
    """A client that gives the next answer of a script, and keeps what it was asked."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def _next(self, **request: Any) -> Any:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    put_object = get_object = delete_object = list_objects_v2 = _next


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        return self._content


def failure(status: int, code: str) -> Exception:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")  # type: ignore[typeddict-item]  # the part that is read


UNDECIDED = failure(409, "ConditionalRequestConflict")


def test_a_create_that_could_not_be_decided_is_tried_once_more() -> None:
    s3 = ScriptedS3(UNDECIDED, failure(404, "NoSuchKey"), {"ETag": '"1"'})

    assert S3Objects(s3, "bucket").create("a", b"1") == '"1"'
    assert [request.get("IfNoneMatch") for request in s3.asked] == ["*", None, "*"]


def test_a_create_that_somebody_else_decided_is_a_conflict() -> None:
    s3 = ScriptedS3(UNDECIDED, {"Body": Body(b"2"), "ETag": '"2"'})

    with pytest.raises(Conflict, match="s3://bucket/a"):
        S3Objects(s3, "bucket").create("a", b"1")


def test_a_replacement_that_could_not_be_decided_is_tried_again_where_its_tag_still_stands() -> None:
    s3 = ScriptedS3(UNDECIDED, {"Body": Body(b"1"), "ETag": '"1"'}, {"ETag": '"2"'})

    assert S3Objects(s3, "bucket").replace("a", b"2", tag='"1"') == '"2"'


def test_a_replacement_is_tried_twice_and_no_more() -> None:
    s3 = ScriptedS3(UNDECIDED, {"Body": Body(b"1"), "ETag": '"1"'}, UNDECIDED)

    with pytest.raises(Conflict):
        S3Objects(s3, "bucket").replace("a", b"2", tag='"1"')


def test_replacing_what_is_gone_is_a_conflict_and_a_missing_bucket_is_not() -> None:
    with pytest.raises(Conflict):
        S3Objects(ScriptedS3(failure(404, "NoSuchKey")), "bucket").replace("a", b"2", tag='"1"')
    with pytest.raises(ObjectNotFound):
        S3Objects(ScriptedS3(failure(404, "NoSuchBucket")), "bucket").replace("a", b"2", tag='"1"')


def test_a_network_that_does_not_answer_is_no_conflict() -> None:
    from botocore.exceptions import EndpointConnectionError

    lost = EndpointConnectionError(endpoint_url="https://s3.example")

    with pytest.raises(Unreachable, match="s3://bucket/team/a"):
        S3Objects(ScriptedS3(lost), "bucket", prefix="team").create("a", b"1")
    with pytest.raises(Unreachable):
        S3Objects(ScriptedS3(lost), "bucket").delete("a")
    with pytest.raises(Unreachable):
        S3Objects(ScriptedS3(lost), "bucket").names("")
    with pytest.raises(Unreachable):
        S3Objects(ScriptedS3(lost), "bucket").read_if_changed("a", '"1"')


def test_every_request_says_who_must_own_the_bucket() -> None:
    s3 = ScriptedS3({"Body": Body(b"1"), "ETag": '"1"'}, {"ETag": '"1"'}, {}, {"IsTruncated": False})
    store = S3Objects(s3, "bucket", bucket_owner="111122223333")
    store.read("a")
    store.create("b", b"1")
    store.delete("b")
    store.names("")

    assert [request["ExpectedBucketOwner"] for request in s3.asked] == ["111122223333"] * 4


def test_a_long_list_is_read_to_its_end() -> None:
    s3 = ScriptedS3(
        {"Contents": [{"Key": "p/b"}], "IsTruncated": True, "NextContinuationToken": "more"},
        {"Contents": [{"Key": "p/a"}], "IsTruncated": False},
    )

    assert list(S3Objects(s3, "bucket", prefix="p").names("")) == ["a", "b"]
    assert s3.asked[1]["ContinuationToken"] == "more"
