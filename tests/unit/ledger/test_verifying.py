"""A ledger held against its checkpoints: whatever was done to it is found, and the first place is named."""

import random
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.ledger.samples import NOON, TickingClock, event
from tests.unit.ledger.signing import OTHER_SIGNER, OTHER_TRUST, SIGNER, TRUST, HandClock

from counterseal.errors import LedgerBroken
from counterseal.ledger.chain import Head, bind
from counterseal.ledger.checkpoint import STREAM, Checkpoint, as_draft, make_checkpoint, read_checkpoints
from counterseal.ledger.entry import Draft
from counterseal.ledger.schema import expected_objects
from counterseal.ledger.sqlite import SqliteLedger
from counterseal.ledger.verifying import anchored_entries, anchored_until, verify_ledger

GUARDS = ("entries_are_not_updated", "entries_are_not_deleted", "entries_only_follow")
TRIES = 1000
INSERT = "INSERT INTO entries VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(path, TickingClock())
    yield opened
    opened.close()


def checkpoint(ledger: SqliteLedger, minutes: int = 0) -> Checkpoint:
    """Return a checkpoint made that long after noon."""
    clock = HandClock()
    clock.minutes = minutes
    return make_checkpoint(ledger, SIGNER, TRUST.verifier, clock)[0]


class Intruder:
    """Somebody who may write the file, and takes the guards away and puts them back."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")
        self._guards = [made for _, name, made in expected_objects() if name in GUARDS]

    def do(self, *statements: str) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        for name in GUARDS:
            self.connection.execute(f"DROP TRIGGER {name}")
        for statement in (*statements, *self._guards):
            self.connection.execute(statement)
        self.connection.execute("COMMIT")

    def write_anew(self, stream: str, drafts: list[Draft]) -> None:
        """Write a stream anew, with bonds and digests that hold."""
        self.do(f"DELETE FROM entries WHERE stream = '{stream}'")  # noqa: S608  # a test's own name
        head = Head(stream)
        for draft in drafts:
            entry = bind(draft, head, NOON)
            digest = bytes.fromhex(entry.digest)
            values = (stream, entry.position, draft.kind, draft.subject, draft.fingerprint, digest, entry.content)
            self.connection.execute(INSERT, values)
            head = Head(stream, entry.position, entry.digest)


@pytest.fixture
def intruder(path: Path, ledger: SqliteLedger) -> Iterator[Intruder]:
    opened = Intruder(path)
    yield opened
    opened.connection.close()


def place(said: str) -> tuple[str, int]:
    """Return the stream and the position that a refusal names."""
    found = re.search(r"entry (\d+) of the stream '(\w+)'", said)
    assert found, said
    return found[2], int(found[1])


def test_a_ledger_that_nobody_touched_holds(ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1")])
    kept = checkpoint(ledger)
    ledger.append("audit", [event("e-2")])
    make_checkpoint(ledger, OTHER_SIGNER, OTHER_TRUST.verifier, HandClock())

    assert verify_ledger(ledger) == (2, 0)
    assert verify_ledger(ledger, [kept], TRUST) == (2, 1)
    assert verify_ledger(ledger, [kept], OTHER_TRUST) == (2, 1)


def test_whatever_is_altered_at_a_random_place_is_found_and_its_place_named(
    ledger: SqliteLedger, intruder: Intruder
) -> None:
    ledger.append("audit", [event(f"e-{number}") for number in range(12)])
    kept = checkpoint(ledger)
    rows = intruder.connection.execute("SELECT * FROM entries WHERE stream = 'audit' ORDER BY position").fetchall()
    dice = random.Random(6962)  # noqa: S311  # the place of a test's damage, not a secret
    columns = {"subject": 4, "fingerprint": 5, "digest": 6, "content": 7}

    wrong = []
    for _ in range(TRIES):
        row = dice.choice(rows)
        column = dice.choice([*columns, "content", "content", "all of it"])
        value = bytearray(row[columns.get(column, 7)])
        value[dice.randrange(len(value))] ^= dice.randrange(1, 256)
        there = f"WHERE sequence = {row[0]}"
        done = (
            f"DELETE FROM entries {there}"  # noqa: S608  # numbers and hexadecimal digits of this test
            if column == "all of it"
            else f"UPDATE entries SET {column} = x'{value.hex()}' {there}"  # noqa: S608
        )
        intruder.do(done)
        with pytest.raises(LedgerBroken) as refusal:
            verify_ledger(ledger, [kept], TRUST)
        if place(str(refusal.value)) != ("audit", row[2]):
            wrong.append((column, row[2], str(refusal.value)))
        whole = ", ".join(f"x'{it.hex()}'" if isinstance(it, bytes) else repr(it) for it in row)
        intruder.do(f"INSERT OR REPLACE INTO entries VALUES ({whole})")  # noqa: S608

    assert wrong == []
    assert verify_ledger(ledger, [kept], TRUST) == (1, 1)


@pytest.mark.parametrize("left", range(9))
def test_a_tail_that_was_cut_off_is_found_with_a_checkpoint(
    ledger: SqliteLedger, intruder: Intruder, left: int
) -> None:
    ledger.append("audit", [event(f"e-{number}") for number in range(9)])
    kept = checkpoint(ledger)
    intruder.do(
        f"DELETE FROM entries WHERE stream = 'audit' AND position > {left}",  # noqa: S608  # a number
        f"DELETE FROM entries WHERE stream = '{STREAM}'",  # noqa: S608  # our own name
    )

    without = verify_ledger(ledger)
    with pytest.raises(LedgerBroken, match=f"entry {left + 1} of the stream 'audit' is missing"):
        verify_ledger(ledger, [kept], TRUST)

    assert without == (0, 0)


def test_a_tail_cut_off_is_found_by_the_ledgers_own_checkpoint_too(ledger: SqliteLedger, intruder: Intruder) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])
    checkpoint(ledger)
    intruder.do("DELETE FROM entries WHERE stream = 'audit' AND position = 2")

    with pytest.raises(LedgerBroken, match="entry 2 of the stream 'audit' is missing"):
        verify_ledger(ledger)


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (0, "entry 1 of the stream 'audit' is altered: one of the entries 1 to 4 "),
        (3, "entry 1 of the stream 'audit' is altered: one of the entries 1 to 4 "),
        (5, "entry 5 of the stream 'audit' is altered: one of the entries 5 to 6 "),
        (6, "entry 7 of the stream 'audit' is altered: entry 7 "),
    ],
)
def test_a_stream_written_anew_is_found_as_closely_as_a_checkpoint_tells(
    ledger: SqliteLedger, intruder: Intruder, altered: int, said: str
) -> None:
    drafts = [event(f"e-{number}") for number in range(7)]
    for draft in drafts:
        ledger.append("audit", [draft])
    intruder.write_anew("audit", drafts)  # every entry as of noon, so that a forged one differs from then on alone
    kept = checkpoint(ledger)
    forged = [*drafts]
    forged[altered] = event("forged")
    intruder.write_anew("audit", forged)
    intruder.do(f"DELETE FROM entries WHERE stream = '{STREAM}'")  # noqa: S608  # our own name

    without = verify_ledger(ledger)
    with pytest.raises(LedgerBroken) as refusal:
        verify_ledger(ledger, [kept], TRUST)

    assert without == (0, 0)
    assert said in str(refusal.value)


def test_the_checkpoint_that_still_fits_narrows_the_place(ledger: SqliteLedger, intruder: Intruder) -> None:
    drafts = [event(f"e-{number}") for number in range(8)]
    ledger.append("audit", drafts[:6])
    intruder.write_anew("audit", drafts[:6])
    first = checkpoint(ledger)
    intruder.write_anew("audit", drafts)
    second = checkpoint(ledger)
    intruder.write_anew("audit", [*drafts[:6], event("forged"), drafts[7]])
    intruder.do(f"DELETE FROM entries WHERE stream = '{STREAM}'")  # noqa: S608  # our own name

    with pytest.raises(LedgerBroken, match="one of the entries 7 to 8 is not what the checkpoint over 8"):
        verify_ledger(ledger, [second, first], TRUST)


def test_a_checkpoint_of_another_signature_in_the_ledger_is_found(ledger: SqliteLedger) -> None:
    forged = checkpoint(ledger)._replace(at="2020-01-01T00:00:00Z")
    ledger.append(STREAM, [as_draft(forged)])

    assert verify_ledger(ledger) == (2, 0)
    with pytest.raises(LedgerBroken, match="entry 2 of the stream 'checkpoints' is altered: the signature"):
        verify_ledger(ledger, trust=TRUST)


def test_a_checkpoint_that_cannot_be_read_is_named_by_its_place(ledger: SqliteLedger, intruder: Intruder) -> None:
    checkpoint(ledger)
    intruder.do("UPDATE entries SET content = x'7b7d'")

    with pytest.raises(LedgerBroken, match="entry 1 of the stream 'checkpoints' is altered"):
        verify_ledger(ledger)


def test_an_altered_checkpoint_in_the_ledger_blames_no_other_entry(ledger: SqliteLedger, intruder: Intruder) -> None:
    ledger.append("audit", [event("e-1")])
    head = checkpoint(ledger).streams[0].head
    changed = f"replace(content, '{head}', '{'0' * 64}')"
    intruder.do(f"UPDATE entries SET content = CAST({changed} AS BLOB) WHERE stream = '{STREAM}'")  # noqa: S608

    with pytest.raises(LedgerBroken, match="entry 1 of the stream 'checkpoints' is altered"):
        verify_ledger(ledger)


def test_guards_that_are_gone_are_said_without_a_place(ledger: SqliteLedger, intruder: Intruder) -> None:
    intruder.connection.execute("DROP TRIGGER entries_are_not_updated")

    with pytest.raises(LedgerBroken, match="the ledger is broken: the tables or the triggers"):
        verify_ledger(ledger)


def test_what_lies_under_an_older_checkpoint_is_anchored(ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])
    checkpoint(ledger, minutes=10)
    ledger.append("audit", [event("e-3")])
    ledger.append("more", [event("m-1")])
    checkpoint(ledger, minutes=20)
    all_of_them = [it for _, it in read_checkpoints(ledger)]

    def until(minutes: int) -> dict[str, int]:
        return anchored_until(all_of_them, NOON + timedelta(minutes=minutes))

    assert until(10) == {}  # older, not as old
    assert until(11) == {"audit": 2}
    assert until(20) == {"audit": 2}
    assert until(21) == {"audit": 3, STREAM: 1, "more": 1}


def test_a_checkpoint_of_a_clock_that_went_back_takes_nothing_away(ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])
    newer, older = checkpoint(ledger, minutes=10), checkpoint(ledger, minutes=5)

    assert anchored_until([newer, older], NOON + timedelta(minutes=30)) == {"audit": 2}


def test_the_entries_that_are_anchored_are_given_with_the_time_since_when(ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1"), event("e-2")])
    first = checkpoint(ledger, minutes=10)
    ledger.append("audit", [event("e-3")])
    second = checkpoint(ledger, minutes=20)
    ledger.append("audit", [event("e-4")])

    anchored = [(it.body()["event_id"], since) for it, since in anchored_entries(ledger, "audit", [second, first])]

    ten, twenty = (NOON + timedelta(minutes=minutes) for minutes in (10, 20))
    assert anchored == [("e-1", ten), ("e-2", ten), ("e-3", twenty)]
    assert list(anchored_entries(ledger, "absent", [first])) == []


def test_an_entry_is_not_anchored_before_it_was_recorded_whatever_a_checkpoint_says(ledger: SqliteLedger) -> None:
    ledger.append("audit", [event("e-1")])
    kept = checkpoint(ledger, minutes=-60)  # a clock that went back: it covers what was recorded after it

    assert [since for _, since in anchored_entries(ledger, "audit", [kept])] == [NOON + timedelta(seconds=1)]
