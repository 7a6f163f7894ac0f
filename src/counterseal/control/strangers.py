"""Actors of the ledger's changes whom no identity map knows, and people of its tickets without a principal."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from counterseal.control.identities import Pair
from counterseal.correlation.records.event import Actor
from counterseal.correlation.tickets.people import People
from counterseal.errors import CountersealError
from counterseal.ledger.entry import Entry
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger
from counterseal.ledger.order import in_order

# What is approved by who a principal is, or as part of a rotation, asks for no person.
_ASKS_FOR_NOBODY = frozenset({"standing", "rotation"})
_NO_PEOPLE = frozenset({"Service", "AWSService"})


class Stranger(NamedTuple):
    """An actor who is mapped to nobody, when they made a change last, and how many changes they made."""

    actor: Actor
    last: str
    changes: int


class Strangers(NamedTuple):
    """Whom the maps leave out: actors, people for whom tickets are, and names that are listed for several people.

    `changes` is how many were looked at.
    """

    changes: int
    actors: Sequence[Stranger]
    users: Sequence[str]
    ambiguous: Sequence[str]


class Suggested(NamedTuple):
    """Who an actor may be, by what; a person must confirm it."""

    pair: Pair
    display_name: str
    source: str


class Found(NamedTuple):
    """A user whom Jira found: `user` is the accountId on Cloud, the name on Data Center; "" what is not shown."""

    user: str
    display_name: str
    email: str


FindUsers = Callable[[str], Sequence[Found]]


def strangers_in(ledger: Ledger, maps: Sequence[Mapping[str, tuple[str, ...]]]) -> Strangers:
    """Return whom these identity maps leave out, of all that the ledger holds of changes and tickets.

    Raises:
        Unreachable: the ledger does not answer; the same call may succeed later.
        MalformedInput: the ledger is damaged.
    """
    people, actors, users, changes = People(*maps), dict[Actor, Stranger](), set[str](), 0
    for told in _newest(ledger):
        if isinstance(told, _Change):
            changes += 1
            if told.asks_who and not people.of(told.actor):
                before = actors.get(told.actor, Stranger(told.actor, "", 0))
                actors[told.actor] = Stranger(told.actor, max(before.last, told.time), before.changes + 1)
        else:
            users |= told
    mapped = {user for identities in maps for user, names in identities.items() if set(names) - people.ambiguous}
    listed = sorted(actors.values(), key=lambda it: (it.last, it.actor.arn, it.actor.session_name), reverse=True)
    return Strangers(changes, listed, sorted(users - mapped), sorted(people.ambiguous))


class Suggesting:
    """Says who an actor may be by the name of their session: nobody is mapped by it."""

    def __init__(self, users: Sequence[str], find_users: FindUsers | None) -> None:
        """Take the people of tickets, and what asks Jira, None where there is none.

        Once Jira does not answer it is not asked again, and `failure` is what it said.
        """
        self._users = users
        self._find = find_users
        self.failure: CountersealError | None = None

    def of(self, actor: Actor) -> Suggested | None:
        """Return who it may be; None where it is nobody, or not one person alone."""
        name = actor.session_name
        if "@" not in name or not actor.arn:
            return None
        # The session's own ARN: a name alone holds in every role, also in one where the caller chooses it.
        if name in self._users:
            return Suggested(Pair(name, actor.arn), "", "same name")
        match [it for it in self._found(name) if it.email.casefold() == name.casefold()]:
            case [one]:
                return Suggested(Pair(one.user, actor.arn), one.display_name, "e-mail match")
        return None

    def _found(self, name: str) -> Sequence[Found]:
        if self._find is None or self.failure:
            return ()
        try:
            return self._find(name)
        except CountersealError as failure:
            self.failure = failure
            return ()


class _Change(NamedTuple):
    actor: Actor
    time: str
    asks_who: bool


def _newest(ledger: Ledger) -> list[_Change | frozenset[str]]:
    """Return who made each change, as was concluded last, and for whom each ticket is, as it was read last."""
    newest: dict[bytes, tuple[str, _Change | frozenset[str]]] = {}
    for stream in ledger.streams():
        for said_at, entry in in_order(ledger.read(stream)):
            told = None if entry.invented else _told(entry)
            before, _ = newest.get(entry.draft.subject, ("", None))
            if told is not None and said_at >= before:
                newest[entry.draft.subject] = said_at, told
    return [told for _, told in newest.values()]


def _told(entry: Entry) -> _Change | frozenset[str] | None:
    body = entry.body()
    if entry.kind is EntryKind.TICKET:
        return frozenset({body["assignee"], *body["executors"]} - {""})
    if entry.kind is not EntryKind.VERDICT or body["about"] != "change":
        return None
    actor = Actor(**body["actor"])
    return _Change(actor, body["time"], body["basis"] not in _ASKS_FOR_NOBODY and actor.type not in _NO_PEOPLE)
