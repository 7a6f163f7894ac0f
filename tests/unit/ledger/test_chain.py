"""The chain: the first place that does not hold is found and named."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.ledger.samples import NOON, event

from counterseal.ledger import Entry, Head
from counterseal.ledger.chain import Cause, Stored, bind, verify


def chain(length: int, *, stream: str = "audit", word: str = "e") -> list[Stored]:
    """Return a chain of entries as an implementation stores them."""
    rows, head = [], Head(stream)
    for number in range(1, length + 1):
        entry = bind(event(f"{word}-{number}"), head, NOON)
        rows.append(stored(entry))
        head = Head(stream, entry.position, entry.digest)
    return rows


def stored(entry: Entry) -> Stored:
    """Return an entry and what stands beside it."""
    draft = entry.draft
    digest = bytes.fromhex(entry.digest)
    return Stored(entry.position, draft.kind, draft.subject, draft.fingerprint, digest, entry.content)


def found(rows: list[Stored], known: Head | None = None) -> tuple[int, str] | None:
    """Return the place and the cause of the first break."""
    broken = verify("audit", rows, known)
    return broken and (broken.position, broken.cause.value)


CHAIN = chain(7)


@pytest.mark.parametrize("length", [0, 1, 7])
def test_a_chain_that_nobody_touched_holds(length: int) -> None:
    assert verify("audit", CHAIN[:length]) is None


@settings(max_examples=100)
@given(st.integers(0, 6), st.integers(0, 10_000), st.integers(1, 255))
def test_one_altered_byte_is_found_and_its_place_named(place: int, offset: int, difference: int) -> None:
    content = bytearray(CHAIN[place].content)
    content[offset % len(content)] ^= difference
    rows = [*CHAIN]
    rows[place] = CHAIN[place]._replace(content=bytes(content))

    assert found(rows) == (place + 1, "altered")


BESIDE: dict[str, Callable[[Stored, bytes], Stored]] = {
    "subject": lambda row, altered: row._replace(subject=altered),
    "fingerprint": lambda row, altered: row._replace(fingerprint=altered),
    "digest": lambda row, altered: row._replace(digest=altered),
}


@settings(max_examples=100)
@given(st.integers(0, 6), st.sampled_from(sorted(BESIDE)), st.integers(0, 15), st.integers(1, 255))
def test_one_altered_byte_beside_the_content_is_found(place: int, column: str, offset: int, difference: int) -> None:
    held = bytearray(getattr(CHAIN[place], column))
    held[offset] ^= difference
    rows = [*CHAIN]
    rows[place] = BESIDE[column](CHAIN[place], bytes(held))

    assert found(rows) == (place + 1, "altered")


def test_another_kind_beside_the_content_is_found() -> None:
    rows = [*CHAIN]
    rows[3] = rows[3]._replace(kind="guard-event")

    assert found(rows) == (4, "altered")


@given(st.integers(0, 5))
def test_a_missing_entry_is_found(place: int) -> None:
    assert found([*CHAIN[:place], *CHAIN[place + 1 :]]) == (place + 1, "missing")


def test_a_missing_last_entry_is_found_by_a_head_kept_elsewhere() -> None:
    head = Head("audit", 7, CHAIN[6].digest.hex())

    assert found(CHAIN[:6]) is None
    assert found(CHAIN[:6], head) == (7, "missing")
    assert found(CHAIN, head) is None


@given(st.permutations(range(7)).filter(lambda order: order != sorted(order)))
def test_entries_that_changed_places_are_found(order: list[int]) -> None:
    rows = [CHAIN[moved]._replace(position=place) for place, moved in enumerate(order, start=1)]
    first = next(place for place, moved in enumerate(order, start=1) if moved != place - 1)

    assert found(rows) == (first, "reordered")


def test_an_entry_that_stands_twice_is_found() -> None:
    assert found([*CHAIN[:3], CHAIN[2], *CHAIN[3:]]) == (3, "reordered")


def test_an_entry_written_anew_with_its_digest_is_found_by_the_bond_after_it() -> None:
    forged = bind(event("forged"), Head("audit", 3, CHAIN[2].digest.hex()), NOON)

    assert found([*CHAIN[:3], stored(forged), *CHAIN[4:]]) == (4, "altered")


def test_a_first_entry_that_follows_something_is_found() -> None:
    forged = bind(event("forged"), Head("audit", 0, "e" * 64), NOON)

    assert found([stored(forged)]) == (1, "altered")


def test_a_chain_written_anew_from_its_start_is_found_by_a_head_kept_elsewhere() -> None:
    anew = chain(7, word="f")

    assert found(anew) is None
    assert found(anew, Head("audit", 5, CHAIN[4].digest.hex())) == (5, "altered")


def test_an_entry_of_another_stream_is_found() -> None:
    assert found(chain(1, stream="another")) == (1, "reordered")


def test_content_that_is_no_entry_is_found_even_under_its_right_digest() -> None:
    content = b'{"schema":"counterseal/ledger-entry/v1"}'
    row = CHAIN[0]._replace(content=content, digest=hashlib.sha256(content).digest())

    broken = verify("audit", [row])

    assert broken
    assert (broken.position, broken.cause, broken.stream) == (1, Cause.ALTERED, "audit")
    assert "not a ledger entry" in broken.detail
