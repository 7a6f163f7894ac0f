"""Actors of the ledger's changes whom no identity map knows, and people of its tickets without a principal."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from counterseal.control.identities import Pair, is_principal
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

_Answer = TypeVar("_Answer")


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


class Found(Protocol):
    """A user whom Jira found: `user` is the accountId on Cloud, the name on Data Center; "" what is not shown."""

    @property
    def user(self) -> str:
        """Return what they are known by."""
        ...

    @property
    def display_name(self) -> str:
        """Return the name that people see."""
        ...

    @property
    def email(self) -> str:
        """Return their address."""
        ...


class Directory(Protocol):
    """What is asked of a Jira about its users."""

    def find_users(self, text: str) -> Sequence[Found]:
        """Return users whose name or e-mail address fits."""
        ...

    def user_property(self, user: str, name: str) -> object | None:
        """Return the JSON under a property of a user, None where there is none."""
        ...


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
    """Says who an actor may be, and what principal a user may have: nobody is mapped by it."""

    def __init__(self, users: Sequence[str], open_directory: Callable[[], Directory] | None, *, named: str) -> None:
        """Take the people of tickets, what opens Jira, None where there is none, and the property to read, or "".

        Jira is opened at the first question. Once it does not answer it is not asked again, and `failure` says why.
        """
        self._users = users
        self._open = open_directory
        self._property = named
        self._directory: Directory | None = None
        self.failure: CountersealError | None = None

    def of(self, actor: Actor) -> Suggested | None:
        """Return who it may be by the name of their session; None where it is nobody, or not one person alone."""
        name = actor.session_name
        if "@" not in name or not actor.arn:
            return None
        # The session's own ARN: a name alone holds in every role, also in one where the caller chooses it.
        if name in self._users:
            return Suggested(Pair(name, actor.arn), "", "same name")
        found = self._asked(lambda jira: jira.find_users(name)) or ()
        match [it for it in found if it.email.casefold() == name.casefold()]:
            case [one]:
                return Suggested(Pair(one.user, actor.arn), one.display_name, "e-mail match")
        return None

    def for_user(self, user: str) -> list[Suggested]:
        """Return what stands in the property of a user: a principal, or a list of some. What is none is left out."""
        told = self._asked(lambda jira: jira.user_property(user, self._property)) if self._property else None
        listed = told if isinstance(told, list) else [told]
        names = [it for it in listed if isinstance(it, str) and is_principal(it)]
        return [Suggested(Pair(user, it), "", f"Jira user property {self._property}") for it in names]

    def _asked(self, ask: Callable[[Directory], _Answer]) -> _Answer | None:
        if self._open is None or self.failure:
            return None
        try:
            self._directory = self._directory or self._open()
            return ask(self._directory)
        except CountersealError as failure:
            self.failure = failure
            return None


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
