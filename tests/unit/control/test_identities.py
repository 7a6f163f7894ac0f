"""Identities: who is whom by whose word, and what the newest word makes of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.unit.ledger.samples import TickingClock

from counterseal.control.identities import (
    KeptIdentities,
    Pair,
    Said,
    Word,
    identities_in,
    record_mappings,
    record_removal,
    words_in,
)
from counterseal.control.identity_file import read_pairs
from counterseal.errors import MalformedInput, NotFound, Refused
from counterseal.ledger import EntryKind, draft
from counterseal.ledger.sqlite import SqliteLedger

BEN = "arn:aws:iam::111122223333:user/ben"
PAIR = Pair("ben.j", BEN)
SAID = Said(" ana ", "asked him")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


def confirm(ledger: SqliteLedger, *pairs: Pair, said: Said = SAID) -> int:
    return record_mappings(ledger, pairs, said, identities_in(ledger))


def test_a_mapping_is_recorded_whole_and_once(ledger: SqliteLedger) -> None:
    assert (confirm(ledger, PAIR), confirm(ledger, PAIR)) == (1, 0)

    (entry,) = ledger.read("identities")
    assert entry.kind is EntryKind.IDENTITY_MAPPING
    assert entry.body() == {
        "user": "ben.j", "principal": BEN, "mapped": True, "by": "ana", "source": "asked him",
    }  # fmt: skip
    assert words_in(ledger) == [Word(PAIR, True, Said("ana", "asked him"), "2026-03-10T12:00:01Z")]


def test_the_newest_word_about_a_pair_holds(ledger: SqliteLedger) -> None:
    confirm(ledger, PAIR, Pair("ben.j", "ben@example.com"))
    record_removal(ledger, PAIR, Said("cleo", "he left"))
    taken_back = identities_in(ledger)
    confirm(ledger, PAIR)

    assert taken_back == {"ben.j": ("ben@example.com",)}
    assert identities_in(ledger) == {"ben.j": (BEN, "ben@example.com")}
    assert [(it.body()["mapped"], it.body()["by"]) for it in ledger.read("identities")] == [
        (True, "ana"), (True, "ana"), (False, "cleo"), (True, "ana"),
    ]  # fmt: skip


def test_what_is_mapped_is_known_anew_once_something_was_said(ledger: SqliteLedger) -> None:
    kept = KeptIdentities(ledger)
    before = kept.now()
    confirm(ledger, PAIR)
    mapped = kept.now()
    same = kept.now()
    record_removal(ledger, PAIR, SAID)

    assert (before, mapped, kept.now()) == ({}, {"ben.j": (BEN,)}, {})
    assert same is mapped


def test_what_is_invented_maps_nobody(ledger: SqliteLedger) -> None:
    body = {**PAIR._asdict(), "mapped": True, "by": "ana", "source": "a story"}
    ledger.append("identities", [draft(EntryKind.IDENTITY_MAPPING, body, invented=True)])

    assert words_in(ledger) == []


@pytest.mark.parametrize(
    "principal",
    ["", "x", "a b", "user/ben", "arn:aws:s3:::bucket", "arn:aws:iam::1:user/ben", f"{BEN}\n", "b\u202een", "x" * 65],
)
def test_what_is_no_principal_is_refused(ledger: SqliteLedger, principal: str) -> None:
    with pytest.raises(Refused, match="is no principal"):
        confirm(ledger, PAIR, Pair("ben.j", principal))

    assert ledger.streams() == []


@pytest.mark.parametrize("user", ["", " ben.j", "x" * 4097])
def test_what_is_no_user_is_refused(ledger: SqliteLedger, user: str) -> None:
    with pytest.raises(Refused, match="is no Jira user"):
        confirm(ledger, Pair(user, BEN))


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (Said(" ", "x"), "--by"),
        (Said("x" * 4097, "x"), "--by"),
        (Said("ana", ""), "--source"),
        (Said("ana", "x" * 4097), "--source"),
    ],
)
def test_a_word_of_nobody_or_from_nothing_is_refused(ledger: SqliteLedger, said: Said, what: str) -> None:
    with pytest.raises(Refused, match=what):
        confirm(ledger, PAIR, said=said)


@pytest.mark.parametrize("pairs", [[("ben.j", "s-1")], [("cleo.j", "s-2"), ("dan.j", "s-2")]])
def test_a_name_of_one_person_is_not_given_to_a_second(ledger: SqliteLedger, pairs: Sequence[tuple[str, str]]) -> None:
    with pytest.raises(Refused, match=r"would be '(ben|dan)"):
        record_mappings(ledger, [Pair(*it) for it in pairs], SAID, {"ana.j": ("s-1",)})

    assert ledger.streams() == []


def test_an_arn_may_be_several_people_s(ledger: SqliteLedger) -> None:
    assert confirm(ledger, PAIR, Pair("cleo.j", BEN)) == 2


def test_only_what_the_ledger_maps_is_taken_back(ledger: SqliteLedger) -> None:
    confirm(ledger, PAIR)
    record_removal(ledger, PAIR, SAID)

    for pair in (PAIR, Pair("ben.j", "other")):
        with pytest.raises(Refused, match=r"does not map 'ben\.j'"):
            record_removal(ledger, pair, SAID)


def written(folder: Path, content: bytes) -> Path:
    file = folder / "people.csv"
    file.write_bytes(content)
    return file


def test_a_file_maps_each_pair_once(tmp_path: Path) -> None:
    content = f'\ufeffuser,principal\r\nben.j,{BEN}\r\n\r\n"cleo, j", s-1 \nben.j,{BEN}\n'

    assert read_pairs(written(tmp_path, content.encode())) == [PAIR, Pair("cleo, j", "s-1")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "its first line is not"),
        (b"principal,user\nx,y\n", "its first line is not"),
        (b"user,principal\nben.j\n", "line 2 has 1 columns"),
        (b"user,principal\nx,y\na,b,c\n", "line 3 has 3 columns"),
        (b'user,principal\n"x,y\n', "is no CSV file"),
        (b"user,principal\n\xff,y\n", "is no CSV file"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(MalformedInput, match=said):
        read_pairs(written(tmp_path, content))


def test_a_file_that_is_not_there_is_said_not_to_be(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_pairs(tmp_path / "people.csv")
