"""The ledger as a text file: verified without the ledger, and as closely."""

import json
import random
import re
from pathlib import Path

import pytest
from tests.unit.ledger.samples import TickingClock, event
from tests.unit.ledger.signing import SIGNER, TRUST, HandClock

from counterseal.errors import LedgerBroken, MalformedInput, NotFound, Unreachable
from counterseal.ledger import Head
from counterseal.ledger.checkpoint import Checkpoint, make_checkpoint
from counterseal.ledger.export import ExportedLedger, export_lines
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.ledger.verifying import verify_ledger

TRIES = 1000


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[bytes], Checkpoint]:
    """Return the lines of an export, audit 1 to 6, checkpoints 1, more 1 to 2, and a checkpoint over them."""
    ledger = SqliteLedger.at(tmp_path_factory.mktemp("ledger") / "ledger.sqlite", TickingClock())
    ledger.append("audit", [event(f"e-{number}") for number in range(6)])
    ledger.append("more", [event("m-1"), event("m-2")])
    kept, _ = make_checkpoint(ledger, SIGNER, TRUST.verifier, HandClock())
    lines = list(export_lines(ledger))
    ledger.close()
    return lines, kept


def written(tmp_path: Path, lines: list[bytes]) -> ExportedLedger:
    """Return an export of these lines."""
    file = tmp_path / "export.jsonl"
    file.write_bytes(b"".join(lines))
    return ExportedLedger(file)


def test_an_export_that_nobody_touched_holds(exported: tuple[list[bytes], Checkpoint], tmp_path: Path) -> None:
    lines, kept = exported
    export = written(tmp_path, lines)

    assert verify_ledger(export, [kept], TRUST) == (1, 1)
    assert [(it.stream, it.position) for it in (export.heads() or {}).values()] == [
        ("audit", 6), ("checkpoints", 1), ("more", 2),
    ]  # fmt: skip


def test_a_line_is_an_entry_as_it_was_hashed(tmp_path: Path) -> None:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    ledger.append("audit", [event("e-1")])
    (entry,) = ledger.read("audit")

    first, last = export_lines(ledger)

    assert first == entry.content + b"\n"
    assert json.loads(last)["heads"] == [{"digest": entry.digest, "position": 1, "stream": "audit"}]
    ledger.close()


def test_any_altered_byte_is_found_and_its_place_named(
    exported: tuple[list[bytes], Checkpoint], tmp_path: Path
) -> None:
    lines, _ = exported
    places = [("audit", number) for number in range(1, 7)] + [("checkpoints", 1), ("more", 1), ("more", 2)]
    dice = random.Random(9162)  # noqa: S311  # the place of a test's damage, not a secret

    wrong = []
    for _ in range(TRIES):
        number = dice.randrange(len(places))
        line = bytearray(lines[number])
        line[dice.randrange(len(line) - 1)] ^= dice.randrange(1, 256)
        with pytest.raises(LedgerBroken) as refusal:
            verify_ledger(written(tmp_path, [*lines[:number], bytes(line), *lines[number + 1 :]]))
        found = re.search(r"entry (\d+) of the stream '(\w+)'", str(refusal.value))
        assert found, str(refusal.value)
        # A bond has two ends, and a file alone does not say which of them was altered: the first is named then.
        ends = {int(found[1]), int(found[1]) + int("was bound to follow" in str(refusal.value))}
        if found[2] != places[number][0] or places[number][1] not in ends:
            wrong.append((places[number], str(refusal.value)))

    assert wrong == []


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ([0, 1, 3, 4, 5, 6, 7, 8, 9], "entry 3 of the stream 'audit' is missing"),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], "entry 1 of the stream 'audit' is missing"),
        ([0, 1, 2, 3, 4, 6, 7, 8, 9], "entry 6 of the stream 'audit' is missing"),
        ([0, 1, 2, 3, 4, 5, 6, 7, 9], "entry 2 of the stream 'more' is missing"),
        ([0, 1, 2, 3, 4, 5, 6, 9], "entry 1 of the stream 'more' is missing"),
        ([1, 0, 2, 3, 4, 5, 6, 7, 8, 9], "entry 1 of the stream 'audit' is missing"),
        ([0, 1, 2, 3, 4, 5, 7, 8, 6, 0, 9], "entry 1 of the stream 'audit' is reordered"),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], "its last line"),
        ([], "its last line"),
    ],
)
def test_a_line_that_is_gone_or_moved_is_found(
    exported: tuple[list[bytes], Checkpoint], tmp_path: Path, kept: list[int], said: str
) -> None:
    lines, _ = exported

    with pytest.raises(LedgerBroken) as refusal:
        verify_ledger(written(tmp_path, [lines[number] for number in kept]))

    assert said in str(refusal.value)


def test_a_cut_off_tail_with_a_last_line_to_match_is_found_with_a_checkpoint(
    exported: tuple[list[bytes], Checkpoint], tmp_path: Path
) -> None:
    lines, kept = exported
    entry = json.loads(lines[1])
    end = {"digest": json.loads(lines[2])["previous"], "position": entry["position"], "stream": "audit"}
    last = json.dumps({"schema": "counterseal/ledger-export/v1", "heads": [end]}).encode()
    export = written(tmp_path, [*lines[:2], last])

    assert verify_ledger(export) == (0, 0)
    with pytest.raises(LedgerBroken, match="entry 3 of the stream 'audit' is missing"):
        verify_ledger(export, [kept], TRUST)


@pytest.mark.parametrize("end", ["{", '{"schema":"counterseal/ledger-export/v1"}'])
def test_a_last_line_that_cannot_be_read_is_no_last_line(
    exported: tuple[list[bytes], Checkpoint], tmp_path: Path, end: str
) -> None:
    lines, _ = exported

    assert written(tmp_path, [*lines[:-1], end.encode()]).heads() is None


def test_a_checkpoint_line_that_says_something_else_is_refused(
    exported: tuple[list[bytes], Checkpoint], tmp_path: Path
) -> None:
    lines, _ = exported

    with pytest.raises(MalformedInput):
        list(written(tmp_path, [lines[6].replace(b'"at"', b'"to"')]).read("checkpoints"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"absent\.jsonl"):
        ExportedLedger(tmp_path / "absent.jsonl")
    with pytest.raises(Unreachable, match="cannot be read"):
        ExportedLedger(tmp_path)


def test_what_is_appended_while_it_is_written_is_left_out(tmp_path: Path) -> None:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    ledger.append("audit", [event("e-1")])
    lines = export_lines(ledger)
    first = next(lines)
    ledger.append("audit", [event("e-2")])
    make_checkpoint(ledger, SIGNER, TRUST.verifier, HandClock())

    export = written(tmp_path, [first, *lines])

    assert verify_ledger(export) == (0, 0)
    assert (export.heads() or {}).keys() == {"audit"}
    assert (export.heads() or {})["audit"] == Head("audit", 1, next(iter(ledger.read("audit"))).digest)
    ledger.close()
