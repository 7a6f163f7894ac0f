"""The AWS CLI's own validator and ours accept the same digests, and refuse the same."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.trail import ACCOUNT, BUCKET, FIRST, HOUR, NAME, REGION, Trail, public_keys, three_hours, write_json

from counterseal.control.completeness import read_saved, verify_trails
from counterseal.correlation.digests.completeness import has_list


def the_clis(root: Path, trail: Trail, signatures: dict[str, Any], *, backfill: bool = False) -> dict[str, list[str]]:
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
        "backfill": backfill,
    }
    done = subprocess.run(
        [python, root / "tests/doubles/awscli_validator.py"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout)
    return answer


def ours(folder: Path, trail: Trail, signatures: dict[str, Any], *, backfill: bool = False) -> list[str]:
    keys, saved = write_json(folder / "k.json", public_keys()), write_json(folder / "s.json", signatures)
    found = verify_trails([trail.root], read_saved([keys], saved))
    return sorted(it.digest for it in found.hours if it.digest and has_list(it) and it.backfill is backfill)


def untouched(trail: Trail, signatures: dict[str, Any]) -> None:
    pass


def a_changed_byte(trail: Trail, signatures: dict[str, Any]) -> None:
    made = trail.digests[1]
    trail.write(made.object_name, made.content.replace(b"SHA-256", b"SHA-257", 1))


def a_deleted_digest(trail: Trail, signatures: dict[str, Any]) -> None:
    trail.path(trail.digests[1].object_name).unlink()


def a_moved_digest(trail: Trail, signatures: dict[str, Any]) -> None:
    name = trail.digests[1].object_name
    moved = name.replace("T120000Z", "T113000Z")
    trail.path(name).rename(trail.path(moved))
    signatures[moved] = signatures.pop(name)


def a_replaced_digest(trail: Trail, signatures: dict[str, Any]) -> None:
    shutil.copy(trail.path(trail.digests[0].object_name), trail.path(trail.digests[1].object_name))


def a_swapped_signature(trail: Trail, signatures: dict[str, Any]) -> None:
    one, other = (it.object_name for it in trail.digests[1:])
    signatures[one] = signatures[other]


def a_digest_that_is_no_json(trail: Trail, signatures: dict[str, Any]) -> None:
    trail.write(trail.digests[1].object_name, b"{")


def a_digest_signed_by_another(trail: Trail, signatures: dict[str, Any]) -> None:
    signatures.update(trail.signatures(trail.hour(key=1)))


def a_restart(trail: Trail, signatures: dict[str, Any]) -> None:
    trail.digests.clear()
    signatures.update(trail.signatures(trail.hour(start=FIRST + 6 * HOUR)))


CASES: dict[Callable[[Trail, dict[str, Any]], None], tuple[int, list[str]]] = {
    untouched: (3, []),
    a_changed_byte: (2, ["invalid"]),
    a_deleted_digest: (2, ["missing"]),
    a_moved_digest: (2, ["invalid", "missing"]),
    a_replaced_digest: (2, ["invalid"]),
    a_swapped_signature: (2, ["invalid"]),
    a_digest_that_is_no_json: (2, ["invalid"]),
    a_digest_signed_by_another: (3, ["invalid"]),
    a_restart: (4, ["gap"]),
}


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_the_aws_cli_accepts_and_refuses_the_same_digests(
    change: Callable[[Trail, dict[str, Any]], None], tmp_path: Path, root: Path
) -> None:
    trail = three_hours(tmp_path / "copy")
    signatures = trail.signatures(*trail.digests)
    change(trail, signatures)

    theirs = the_clis(root, trail, signatures)

    assert ours(tmp_path, trail, signatures) == theirs["accepted"]
    assert (len(theirs["accepted"]), theirs["complaints"]) == CASES[change]


def test_the_aws_cli_accepts_the_same_backfill_digests(tmp_path: Path, root: Path) -> None:
    trail = three_hours(tmp_path / "copy", backfill=True)
    made = {"backfill-generation-timestamp": "2026-03-20T00:00:00Z"}
    signatures = trail.signatures(*trail.digests, **made)

    theirs = the_clis(root, trail, signatures, backfill=True)

    assert len(theirs["accepted"]) == 3
    assert ours(tmp_path, trail, signatures, backfill=True) == theirs["accepted"]
