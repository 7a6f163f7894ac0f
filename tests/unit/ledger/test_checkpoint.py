"""The checkpoint: signed over every stream, going on from the one before, and never over what does not follow."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.ledger.samples import event
from tests.unit.ledger.signing import OTHER_SIGNER, OTHER_TRUST, SIGNER, TRUST, HandClock

from counterseal.errors import LedgerBroken, MalformedInput
from counterseal.ledger.checkpoint import (
    NAMESPACE,
    STREAM,
    Checkpoint,
    as_draft,
    make_checkpoint,
    parse_checkpoints,
    read_checkpoints,
    sign_checkpoint,
)
from counterseal.ledger.merkle import tree_hash
from counterseal.ledger.sqlite import SqliteLedger


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path, clock: HandClock) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(path, clock)
    yield opened
    opened.close()


def made(ledger: SqliteLedger, clock: HandClock) -> Checkpoint:
    """Return a checkpoint made now."""
    return make_checkpoint(ledger, SIGNER, TRUST.verifier, clock)[0]


def altered(path: Path, statement: str) -> None:
    """Alter the file without its guards."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DROP TRIGGER entries_are_not_updated")
    connection.execute("DROP TRIGGER entries_are_not_deleted")
    connection.execute(statement)
    connection.close()


def test_it_covers_every_stream_with_the_tree_hash_over_its_entries(ledger: SqliteLedger, clock: HandClock) -> None:
    ledger.append("b", [event("e-1")])
    ledger.append("a", [event("e-2"), event("e-3"), event("e-4")])

    checkpoint = made(ledger, clock)

    assert [(it.stream, it.size) for it in checkpoint.streams] == [("a", 3), ("b", 1)]
    assert [it.root for it in checkpoint.streams] == [
        tree_hash(entry.content for entry in ledger.read(name)).hex() for name in ("a", "b")
    ]
    assert [it.head for it in checkpoint.streams] == [ledger.head(name).digest for name in ("a", "b")]
    assert checkpoint.is_signed_by(TRUST.verifier)
    assert not checkpoint.is_signed_by(OTHER_TRUST.verifier)


def test_the_signature_is_in_a_namespace_of_its_own(ledger: SqliteLedger, clock: HandClock) -> None:
    checkpoint = made(ledger, clock)

    assert TRUST.verifier.verify(NAMESPACE, checkpoint.statement(), checkpoint.signature)
    assert not TRUST.verifier.verify("head", checkpoint.statement(), checkpoint.signature)


def test_it_goes_on_from_the_one_before_and_covers_it(ledger: SqliteLedger, clock: HandClock) -> None:
    for number in range(7):
        ledger.append("audit", [event(f"e-{number}-{it}") for it in range(number)])
        ledger.append("more", [event(f"m-{number}")])
        clock.minutes += 1
        made(ledger, clock)

    newest = list(read_checkpoints(ledger))[-1][1]

    assert [(it.stream, it.size) for it in newest.streams] == [("audit", 21), (STREAM, 6), ("more", 7)]
    assert newest.streams[0].root == tree_hash(entry.content for entry in ledger.read("audit")).hex()


def test_where_nothing_is_new_the_newest_is_given_again(ledger: SqliteLedger, clock: HandClock) -> None:
    ledger.append("audit", [event("e-1")])
    first = make_checkpoint(ledger, SIGNER, TRUST.verifier, clock)
    clock.minutes += 1

    again = make_checkpoint(ledger, SIGNER, TRUST.verifier, clock)

    assert (first[1], again[1]) == (True, False)
    assert first[0] == again[0]
    assert ledger.head(STREAM).position == 1


def test_an_empty_ledger_can_be_signed(ledger: SqliteLedger, clock: HandClock) -> None:
    assert made(ledger, clock).streams == ()


def test_another_key_starts_from_the_first_entry(ledger: SqliteLedger, clock: HandClock) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])
    first = made(ledger, clock)

    other, is_new = make_checkpoint(ledger, OTHER_SIGNER, OTHER_TRUST.verifier, clock)

    assert is_new
    assert other.streams[0] == first.streams[0]


def test_a_clock_that_goes_back_breaks_nothing(ledger: SqliteLedger, clock: HandClock) -> None:
    ledger.append("audit", [event("e-1")])
    made(ledger, clock)
    clock.minutes = -600
    ledger.append("audit", [event("e-2")])
    made(ledger, clock)

    times = [it.at for _, it in read_checkpoints(ledger)]

    assert times == ["2026-03-10T12:00:00Z", "2026-03-10T02:00:00Z"]
    assert ledger.verify(trees=[tree for _, it in read_checkpoints(ledger) for tree in it.streams]) is None


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM entries WHERE stream = 'audit' AND position > 1", "entry 2 of the stream 'audit' is missing"),
        ("DELETE FROM entries WHERE stream = 'audit'", "entry 1 of the stream 'audit' is missing"),
        (
            "UPDATE entries SET content = CAST(replace(content, 'e-2', 'x-2') AS BLOB)",
            "entry 2 of the stream 'audit' is altered",
        ),
        (
            "UPDATE entries SET content = CAST(replace(content, 'e-3', 'x-3') AS BLOB)",
            "entry 4 of the stream 'audit' is altered",
        ),
        (
            'UPDATE entries SET content = CAST(replace(content, \'"at":"2026\', \'"at":"2025\') AS BLOB)',
            "entry 1 of the stream 'checkpoints' is altered: the signature",
        ),
    ],
)
def test_nothing_is_signed_that_does_not_follow_what_was_signed(
    path: Path, ledger: SqliteLedger, clock: HandClock, statement: str, said: str
) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])
    made(ledger, clock)
    ledger.append("audit", [event("e-3"), event("e-4")])
    altered(path, statement)

    with pytest.raises(LedgerBroken) as refusal:
        made(ledger, clock)

    assert said in str(refusal.value)
    assert ledger.head(STREAM).position == 1


def test_what_is_exported_is_read_again(ledger: SqliteLedger, clock: HandClock) -> None:
    ledger.append("audit", [event("e-1")])
    first = made(ledger, clock)
    ledger.append("audit", [event("e-2")])
    second = made(ledger, clock)

    assert parse_checkpoints(first.exported() + second.exported(), name="kept") == [first, second]


GOOD = sign_checkpoint("2026-03-10T12:00:00Z", [], SIGNER).exported()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "'kept' holds no checkpoint"),
        (b"{}", "line 1 of 'kept' is not a checkpoint"),
        (b"[]", "line 1 of 'kept' is not a checkpoint"),
        (GOOD + GOOD[:50], "line 2 of 'kept' is not a checkpoint"),
        (GOOD.replace(b"checkpoint/v1", b"checkpoint/v2"), "has the schema"),
        (GOOD.replace(b'"key_id"', b'"key"'), "line 1 of 'kept' is not a checkpoint"),
    ],
)
def test_a_file_that_is_something_else_is_refused_and_its_line_named(content: bytes, said: str) -> None:
    with pytest.raises(MalformedInput, match=said):
        parse_checkpoints(content, name="kept")


@pytest.mark.parametrize("changed", [{"size": 3}, {"nodes": []}, {"root": "0" * 64}])
def test_a_checkpoint_that_contradicts_itself_is_refused(
    ledger: SqliteLedger, clock: HandClock, changed: dict[str, object]
) -> None:
    ledger.append("audit", [event("e-1")])
    read = json.loads(made(ledger, clock).exported())
    read["streams"][0] |= changed

    with pytest.raises(MalformedInput, match="contradicts itself"):
        parse_checkpoints(json.dumps(read).encode(), name="kept")


@pytest.mark.parametrize("names", [["b", "a"], ["a", "a"]])
def test_streams_out_of_order_or_named_twice_are_refused(
    ledger: SqliteLedger, clock: HandClock, names: list[str]
) -> None:
    ledger.append("audit", [event("e-1")])
    read = json.loads(made(ledger, clock).exported())
    read["streams"] = [read["streams"][0] | {"stream": name} for name in names]

    with pytest.raises(MalformedInput, match="contradicts itself"):
        parse_checkpoints(json.dumps(read).encode(), name="kept")


def test_recording_one_twice_adds_nothing(ledger: SqliteLedger, clock: HandClock) -> None:
    checkpoint = made(ledger, clock)

    assert ledger.append(STREAM, [as_draft(checkpoint)]).added == 0
