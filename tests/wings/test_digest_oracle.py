"""The AWS CLI's own validator and ours accept the same digests and log files, in a folder and on an S3 server."""

import json
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.doubles.memory_archive import keys_of
from tests.doubles.object_server import ADMIN, READER, ObjectServer, object_server
from tests.trail import ACCOUNT, BUCKET, FIRST, HOUR, NAME, REGION, Trail, public_keys, three_hours, write_json

from counterseal.aws.s3_archive import S3Archive
from counterseal.control.bucket import DIGESTS, BucketFiles
from counterseal.control.completeness import read_saved, verify_trails
from counterseal.control.fetched import Fetched
from counterseal.control.online_trail import verify_bucket
from counterseal.control.period import Days
from counterseal.correlation.digests.completeness import Completeness, Outcome, has_list
from counterseal.correlation.digests.saved_keys import Saved

OF_FILES = (Outcome.MISSING_FILE, Outcome.ALTERED_FILE)

Signatures = dict[str, Any]
Change = Callable[[Trail, Signatures], None]


class Checked(NamedTuple):
    """What came of a check: the digests that are proved, and what is wrong with log files."""

    digests: list[str]
    files: list[list[str]]


class Expected(NamedTuple):
    """How many digests are proved; what the AWS CLI says of digests, and of log files."""

    digests: int
    complaints: list[str]
    files: list[str]


def the_clis(root: Path, trail: Trail, signatures: Signatures, **more: Any) -> tuple[Checked, list[str]]:
    """Have the AWS CLI walk along the chain: it is installed among the oracles, and there alone."""
    python = root / ".venv-oracles/bin/python"
    if not python.exists():
        pytest.skip("the environment of the oracles, which has awscli, is not set up: make test does it")
    given = {
        "root": str(trail.root),
        "account": ACCOUNT,
        "trail": NAME,
        "region": REGION,
        "bucket": BUCKET,
        "keys": public_keys(),
        "signatures": signatures,
        "first": (FIRST - HOUR).isoformat(),
        "last": (FIRST + 20 * HOUR).isoformat(),
        "backfill": False,
        "endpoint": "",
    }
    done = subprocess.run(
        [python, root / "tests/doubles/awscli_validator.py"],
        input=json.dumps(given | more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    return Checked(answer["accepted"], answer["files"]), answer["complaints"]


def ours(found: Completeness, *, backfill: bool = False) -> Checked:
    wrong = [[it.outcome.value, it.object_name] for it in found.faults if it.outcome in OF_FILES]
    digests = [it.digest for it in found.hours if it.digest and has_list(it) and it.backfill is backfill]
    return Checked(sorted(digests), sorted(wrong))


def in_a_folder(folder: Path, trail: Trail, signatures: Signatures) -> Completeness:
    keys, saved = write_json(folder / "k.json", public_keys()), write_json(folder / "s.json", signatures)
    return verify_trails([trail.root], read_saved([keys], saved))


def in_a_bucket(folder: Path, archive: S3Archive) -> Completeness:
    with Fetched(folder / "fetched") as fetched:
        logs = BucketFiles(archive, "", fetched, Days())
        digests = BucketFiles(archive, "", fetched, Days(), kind=DIGESTS)
        return verify_bucket(logs, digests, list_keys=keys_of(public_keys()), saved=Saved((), {}))


# ---------------------------------------------------------------------------------------------- what is done to a trail


def untouched(trail: Trail, signatures: Signatures) -> None:
    pass


def a_changed_byte(trail: Trail, signatures: Signatures) -> None:
    made = trail.digests[1]
    trail.write(made.object_name, made.content.replace(b"SHA-256", b"SHA-257", 1))


def a_deleted_digest(trail: Trail, signatures: Signatures) -> None:
    trail.path(trail.digests[1].object_name).unlink()


def a_moved_digest(trail: Trail, signatures: Signatures) -> None:
    name = trail.digests[1].object_name
    moved = name.replace("T120000Z", "T113000Z")
    trail.path(name).rename(trail.path(moved))
    signatures[moved] = signatures.pop(name)


def a_replaced_digest(trail: Trail, signatures: Signatures) -> None:
    shutil.copy(trail.path(trail.digests[0].object_name), trail.path(trail.digests[1].object_name))


def a_swapped_signature(trail: Trail, signatures: Signatures) -> None:
    one, other = (it.object_name for it in trail.digests[1:])
    signatures[one] = signatures[other]


def a_digest_that_is_no_json(trail: Trail, signatures: Signatures) -> None:
    trail.write(trail.digests[1].object_name, b"{")


def a_digest_signed_by_another(trail: Trail, signatures: Signatures) -> None:
    signatures.update(trail.signatures(trail.hour(key=1)))


def a_restart(trail: Trail, signatures: Signatures) -> None:
    trail.digests.clear()
    signatures.update(trail.signatures(trail.hour(start=FIRST + 6 * HOUR)))


def a_deleted_log_file(trail: Trail, signatures: Signatures) -> None:
    trail.path(trail.digests[1].said["logFiles"][0]["s3Object"]).unlink()


def a_changed_log_file(trail: Trail, signatures: Signatures) -> None:
    trail.write(trail.digests[0].said["logFiles"][0]["s3Object"], b'{"Records":[{}]}')


def log_files_that_cannot_be_unpacked(trail: Trail, signatures: Signatures) -> None:
    nonsense, cut = (trail.path(it["s3Object"]) for it in trail.digests[1].said["logFiles"])
    nonsense.write_bytes(b"nonsense")
    cut.write_bytes(cut.read_bytes()[:-12])


def something_behind_a_log_file(trail: Trail, signatures: Signatures) -> None:
    file = trail.path(trail.digests[0].said["logFiles"][0]["s3Object"])
    file.write_bytes(file.read_bytes() + b"more")


def a_log_file_of_a_changed_digest_deleted(trail: Trail, signatures: Signatures) -> None:
    a_deleted_log_file(trail, signatures)
    a_changed_byte(trail, signatures)


CASES: dict[Change, Expected] = {
    untouched: Expected(3, [], []),
    a_changed_byte: Expected(2, ["invalid"], []),
    a_deleted_digest: Expected(2, ["missing"], []),
    a_moved_digest: Expected(2, ["invalid", "missing"], []),
    a_replaced_digest: Expected(2, ["invalid"], []),
    a_swapped_signature: Expected(2, ["invalid"], []),
    a_digest_that_is_no_json: Expected(2, ["invalid"], []),
    a_digest_signed_by_another: Expected(3, ["invalid"], []),
    a_restart: Expected(4, ["gap"], []),
    a_deleted_log_file: Expected(3, [], ["missing-file"]),
    a_changed_log_file: Expected(3, [], ["altered-file"]),
    log_files_that_cannot_be_unpacked: Expected(3, [], ["altered-file", "altered-file"]),
    something_behind_a_log_file: Expected(3, [], ["altered-file"]),
    a_log_file_of_a_changed_digest_deleted: Expected(2, ["invalid"], []),
}

every_change = pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)


@every_change
def test_the_aws_cli_accepts_and_refuses_the_same_in_a_folder(change: Change, tmp_path: Path, root: Path) -> None:
    trail = three_hours(tmp_path / "copy")
    signatures = trail.signatures(*trail.digests)
    change(trail, signatures)

    theirs, complaints = the_clis(root, trail, signatures)

    assert ours(in_a_folder(tmp_path, trail, signatures)) == theirs
    assert (len(theirs.digests), complaints, [kind for kind, _ in theirs.files]) == CASES[change]


def test_the_aws_cli_accepts_the_same_backfill_digests(tmp_path: Path, root: Path) -> None:
    trail = three_hours(tmp_path / "copy", backfill=True)
    made = {"backfill-generation-timestamp": "2026-03-20T00:00:00Z"}
    signatures = trail.signatures(*trail.digests, **made)

    theirs, _ = the_clis(root, trail, signatures, backfill=True)

    assert len(theirs.digests) == 3
    assert ours(in_a_folder(tmp_path, trail, signatures), backfill=True) == theirs


# ---------------------------------------------------------------------------------------------- on an S3 server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("object-server")) as running:
        yield running


def uploaded(server: ObjectServer, bucket: str, trail: Trail, signatures: Signatures) -> S3Archive:
    """Put a trail into a new bucket, the signatures as metadata of its digests, and return it to be read."""
    writing = server.client()
    writing.create_bucket(Bucket=bucket)
    for file in sorted(trail.root.rglob("*.gz")):
        name = file.relative_to(trail.root).as_posix()
        writing.put_object(Bucket=bucket, Key=name, Body=file.read_bytes(), Metadata=signatures.get(name, {}))
    return S3Archive(server.client(identity=READER), bucket)


@pytest.mark.enable_socket
@pytest.mark.object_server
@every_change
def test_the_aws_cli_accepts_and_refuses_the_same_on_an_s3_server(
    change: Change, tmp_path: Path, root: Path, server: ObjectServer
) -> None:
    bucket = f"trail-{secrets.token_hex(6)}"
    trail = three_hours(tmp_path / "copy", bucket=bucket)
    signatures = trail.signatures(*trail.digests)
    change(trail, signatures)
    archive = uploaded(server, bucket, trail, signatures)
    place = {"bucket": bucket, "endpoint": server.endpoint, "identity": ADMIN}

    theirs, complaints = the_clis(root, trail, signatures, **place)

    assert ours(in_a_bucket(tmp_path, archive)) == theirs
    assert (len(theirs.digests), complaints, [kind for kind, _ in theirs.files]) == CASES[change]


@pytest.mark.enable_socket
@pytest.mark.object_server
def test_the_aws_cli_accepts_the_same_backfill_digests_on_an_s3_server(
    tmp_path: Path, root: Path, server: ObjectServer
) -> None:
    bucket = f"trail-{secrets.token_hex(6)}"
    trail = three_hours(tmp_path / "copy", bucket=bucket, backfill=True)
    made = {"backfill-generation-timestamp": "2026-03-20T00:00:00Z"}
    signatures = trail.signatures(*trail.digests, **made)
    archive = uploaded(server, bucket, trail, signatures)
    place = {"bucket": bucket, "endpoint": server.endpoint, "identity": ADMIN, "backfill": True}

    theirs, _ = the_clis(root, trail, signatures, **place)

    assert len(theirs.digests) == 3
    assert ours(in_a_bucket(tmp_path, archive), backfill=True) == theirs
