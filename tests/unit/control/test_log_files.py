"""Log files that messages name: read where the settings allow it, and nowhere else."""

import pytest
from tests.doubles.memory_archive import MemoryArchive
from tests.trail import BUCKET

from counterseal.control.log_files import NamedFiles
from counterseal.correlation.records.delivery import Place
from counterseal.errors import Conflict, Denied, MalformedInput, NotFound, Refused, Unreachable

NAME = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/10/a.json.gz"


@pytest.fixture
def bucket() -> MemoryArchive:
    return MemoryArchive({NAME: b"packed", f"{NAME}.bak": b"no log", "private/a.json.gz": b"somebody else's"})


@pytest.mark.parametrize("prefix", ["", "/", "AWSLogs", "AWSLogs/", "AWSLogs/111122223333/CloudTrail/eu-west-1/"])
def test_what_lies_in_the_folder_is_read_as_it_lies_there(prefix: str, bucket: MemoryArchive) -> None:
    assert NamedFiles([(bucket, prefix)]).read(BUCKET, NAME) == b"packed"


@pytest.mark.parametrize(
    ("named", "object_name"),
    [
        ("other", NAME),
        (BUCKET, "private/a.json.gz"),
        (BUCKET, NAME.replace("111122223333", "444455556666")),
        (BUCKET, NAME.replace("111122223333", "1111222233334")),
    ],
)
def test_a_message_cannot_choose_another_place(named: str, object_name: str, bucket: MemoryArchive) -> None:
    files = NamedFiles([(bucket, "AWSLogs/111122223333")])

    with pytest.raises(Refused, match=f"'s3://{named}/{object_name}', which is in none of intake.log_folders"):
        files.read(named, object_name)

    assert (bucket.listings, bucket.fetched) == ([], [])


def test_each_folder_is_read_from_its_own_bucket(bucket: MemoryArchive) -> None:
    other = MemoryArchive({NAME: b"other"})
    other.bucket = "other-trail"

    assert NamedFiles([(bucket, "AWSLogs"), (other, "")]).read("other-trail", NAME) == b"other"


@pytest.mark.parametrize("object_name", [NAME.removesuffix(".gz"), f"{NAME}.none"])
def test_what_is_not_there_is_named(object_name: str, bucket: MemoryArchive) -> None:
    with pytest.raises(NotFound, match=f"no 's3://{BUCKET}/{object_name}'"):
        NamedFiles([(bucket, "")]).read(BUCKET, object_name)


def test_what_is_larger_than_any_log_file_is_not_fetched(bucket: MemoryArchive) -> None:
    assert NamedFiles([(bucket, "")], largest=6).read(BUCKET, NAME) == b"packed"

    with pytest.raises(MalformedInput, match="has 6 bytes: no log file is so large"):
        NamedFiles([(bucket, "")], largest=5).read(BUCKET, NAME)

    assert bucket.fetched == [NAME]


def test_what_is_replaced_meanwhile_is_read_later(bucket: MemoryArchive) -> None:
    bucket.failures[NAME] = [Conflict("it was replaced while it was read")]
    files = NamedFiles([(bucket, "")])

    with pytest.raises(Unreachable, match="was replaced"):
        files.read(BUCKET, NAME)

    assert files.read(BUCKET, NAME) == b"packed"


def test_what_may_not_be_read_says_which_permission_is_missing(bucket: MemoryArchive) -> None:
    bucket.failures[NAME] = [Denied("s3:GetObject is not allowed")]

    with pytest.raises(Denied, match="s3:GetObject"):
        NamedFiles([(bucket, "")]).read(BUCKET, NAME)


def test_the_folders_are_where_trails_deliver(bucket: MemoryArchive) -> None:
    files = NamedFiles([(bucket, "trail/AWSLogs/111122223333"), (bucket, "")])

    assert files.places() == (Place(BUCKET, "trail"), Place(BUCKET, ""))
