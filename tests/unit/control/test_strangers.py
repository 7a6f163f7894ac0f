"""Strangers: whom no map knows, and who they may be."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ledger.samples import ACTOR, TickingClock, ticket, verdict

from counterseal.control.identities import Pair
from counterseal.control.strangers import Stranger, Suggested, Suggesting, strangers_in
from counterseal.correlation.records.event import Actor
from counterseal.errors import CountersealError, Unreachable
from counterseal.jira.interface import Person
from counterseal.ledger import Draft
from counterseal.ledger.sqlite import SqliteLedger

ROLE = "arn:aws:iam::111122223333:role/deploy"
Maps = Mapping[str, tuple[str, ...]]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


def session(name: str) -> dict[str, str]:
    arn = f"arn:aws:sts::111122223333:assumed-role/deploy/{name}"
    return {**ACTOR, "arn": arn, "name": name, "session_name": name}


def change(number: int, by: dict[str, str] = ACTOR, **changed: Any) -> Draft:
    return verdict(f"e-{number}", actor=by, **{"time": f"2026-03-10T11:00:0{number}Z", **changed})


def test_an_actor_whom_no_map_knows_is_a_stranger(ledger: SqliteLedger) -> None:
    ledger.append("audit", [change(1), change(2), change(3, session("ben")), change(4, session("cleo"))])
    ledger.append("inbox", [change(5, session("ben"))])

    found = strangers_in(ledger, [{"cleo.j": ("cleo",)}, {}])

    assert found.changes == 5
    assert found.actors == [
        Stranger(Actor(**session("ben")), "2026-03-10T11:00:05Z", 2),
        Stranger(Actor(**ACTOR), "2026-03-10T11:00:02Z", 2),
    ]


@pytest.mark.parametrize(
    "aside",
    [
        change(1, basis="standing"),
        change(1, basis="rotation"),
        change(1, {**ACTOR, "type": "AWSService"}),
        verdict("e-1", about="attempt"),
        verdict("e-1", "approved", invented=True),
    ],
    ids=["standing", "rotation", "service", "attempt", "invented"],
)
def test_where_nobody_is_asked_who_it_was_nobody_is_a_stranger(ledger: SqliteLedger, aside: Draft) -> None:
    ledger.append("audit", [aside])

    assert list(strangers_in(ledger, []).actors) == []


def test_what_was_concluded_last_of_a_change_counts(ledger: SqliteLedger) -> None:
    ledger.append("audit", [change(1, verdict="unattributed", basis="window")])
    ledger.append("inbox", [change(1, basis="standing")])

    found = strangers_in(ledger, [])

    assert (found.changes, list(found.actors)) == (1, [])


def test_people_of_tickets_as_they_stand_now_need_a_principal(ledger: SqliteLedger) -> None:
    ledger.append("audit", [ticket(assignee="old.j", executors=[])])
    ledger.append("audit", [ticket(assignee="ana.j", executors=["ben.j", "cleo.j"])])

    found = strangers_in(ledger, [{"ana.j": (ROLE,), "ben.j": ("s-1",)}, {"dan.j": ("s-1",)}])

    assert found.users == ["ben.j", "cleo.j"]
    assert found.ambiguous == ["s-1"]


class FakeDirectory:
    """Answers what it was given, and counts the questions."""

    def __init__(self, *found: Person, told: object = None, failure: CountersealError | None = None) -> None:
        self._found, self._told, self._failure = found, told, failure
        self.asked: list[str] = []

    def find_users(self, text: str) -> Sequence[Person]:
        self._ask(text)
        return self._found

    def user_property(self, user: str, name: str) -> object | None:
        self._ask(f"{user} {name}")
        return self._told

    def _ask(self, text: str) -> None:
        self.asked.append(text)
        if self._failure:
            raise self._failure


def asking(*found: Person) -> Suggesting:
    directory = FakeDirectory(*found)
    return Suggesting(["cleo@example.com"], lambda: directory, named="")


BEN = Person("acc-1", "Ben Example", "Ben@example.com")


def test_an_actor_is_perhaps_the_one_user_who_has_that_address() -> None:
    actor = Actor(**session("ben@example.com"))
    other = Person("acc-2", "Benjamin", "bigben@example.com")

    assert asking(BEN, other).of(actor) == Suggested(Pair("acc-1", actor.arn), "Ben Example", "e-mail match")


@pytest.mark.parametrize(
    "found",
    [(), (BEN, BEN._replace(user="acc-2")), (BEN._replace(email=""),), (BEN._replace(email="ben@example.org"),)],
    ids=["none", "two", "hidden", "another"],
)
def test_where_it_is_not_one_user_alone_nobody_is_suggested(found: Sequence[Person]) -> None:
    assert asking(*found).of(Actor(**session("ben@example.com"))) is None


def test_a_name_that_is_no_address_asks_nobody() -> None:
    assert asking(BEN._replace(email="ben")).of(Actor(**session("ben"))) is None


def test_a_user_of_tickets_who_is_called_so_needs_no_jira() -> None:
    actor = Actor(**session("cleo@example.com"))

    assert Suggesting(["cleo@example.com"], None, named="").of(actor) == Suggested(
        Pair("cleo@example.com", actor.arn), "", "same name"
    )
    assert Suggesting([], None, named="aws").of(actor) is None
    assert Suggesting([], None, named="aws").for_user("cleo") == []


def test_a_jira_that_does_not_answer_is_asked_once() -> None:
    directory = FakeDirectory(failure=Unreachable("Jira does not answer"))
    suggesting = Suggesting([], lambda: directory, named="aws")

    told = [suggesting.of(Actor(**session(name))) for name in ("ben@example.com", "cleo@example.com")]

    assert (told, suggesting.for_user("dan")) == ([None, None], [])
    assert (directory.asked, str(suggesting.failure)) == (["ben@example.com"], "Jira does not answer")


def test_a_jira_is_opened_once_and_only_where_there_is_somebody_to_ask_for() -> None:
    opened: list[FakeDirectory] = []

    def open_directory() -> FakeDirectory:
        opened.append(FakeDirectory(BEN))
        return opened[-1]

    suggesting = Suggesting([], open_directory, named="")
    assert (suggesting.of(Actor(**session("ben"))), suggesting.for_user("ben"), opened) == (None, [], [])

    assert all(suggesting.of(Actor(**session(it))) for it in ("ben@example.com", "BEN@example.com"))
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (ROLE, [ROLE]),
        (["s-1", ROLE, "no principal", 7, None], ["s-1", ROLE]),
        ({"arn": ROLE}, []),
        (None, []),
        ("", []),
    ],
)
def test_what_stands_in_a_property_of_a_user_is_suggested(told: object, names: list[str]) -> None:
    directory = FakeDirectory(told=told)

    found = Suggesting([], lambda: directory, named="aws").for_user("ben")

    assert found == [Suggested(Pair("ben", it), "", "Jira user property aws") for it in names]
    assert directory.asked == ["ben aws"]
