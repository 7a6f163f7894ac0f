"""What the double's Jira consists of: people, projects, fields, tickets and what hangs on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

ADMINISTRATORS = "jira-administrators"
WRITERS = "jira-users"


class Flavour(StrEnum):
    """Which of the two Jiras the double plays."""

    CLOUD = "cloud"
    DATA_CENTER = "data-center"


class HandClock:
    """A clock that moves only when it is told to."""

    def __init__(self, start: datetime = datetime(2026, 1, 2, 3, 0, 0, 250_000, tzinfo=UTC)) -> None:
        """Take the time that it shows first."""
        self.moment = start

    def __call__(self) -> datetime:
        """Return the time that it shows."""
        return self.moment

    def advance(self, **span: float) -> datetime:
        """Move on by a span, as `timedelta` takes it, and return the time then."""
        self.moment += timedelta(**span)
        return self.moment


class Person(NamedTuple):
    """A user, with the names of both flavours."""

    account_id: str
    name: str
    user_key: str
    display_name: str
    email: str
    groups: frozenset[str] = frozenset({WRITERS})
    time_zone: str = "UTC"
    shows_email: bool = True

    @property
    def zone(self) -> tzinfo:
        """Return the time zone; that of most needs no database of zones, which not every machine has."""
        return UTC if self.time_zone == "UTC" else ZoneInfo(self.time_zone)

    @property
    def is_administrator(self) -> bool:
        """Say whether they may set up webhooks."""
        return ADMINISTRATORS in self.groups

    @property
    def may_write(self) -> bool:
        """Say whether they may change tickets."""
        return bool(self.groups & {WRITERS, ADMINISTRATORS})


class Token(NamedTuple):
    """A right to sign in as somebody, for ever or until a time. Scoped ones serve on Cloud's gateway only."""

    secret: str
    person: Person
    is_scoped: bool = False
    until: datetime | None = None


class FieldSpec(NamedTuple):
    """A field of tickets. `kind` is string, text (rich), option, datetime, user, users or labels."""

    field_id: str
    name: str
    kind: str

    @property
    def is_custom(self) -> bool:
        """Say whether somebody added it to what every Jira has."""
        return self.field_id.startswith("customfield_")


class Project(NamedTuple):
    """A project. `is_service` makes its tickets requests of Jira Service Management."""

    project_id: str
    project_key: str
    name: str
    is_service: bool = False
    is_public: bool = False  # to people who are not signed in


class Item(NamedTuple):
    """One field's change within a history; `old` and `new` are ids where the field has such, else None."""

    field: str
    field_id: str
    old: str | None
    old_text: str | None
    new: str | None
    new_text: str | None


class History(NamedTuple):
    """One entry of a changelog."""

    history_id: str
    created: datetime
    author: Person
    items: tuple[Item, ...]


class Comment(NamedTuple):
    """A comment. `is_public` means something on service projects only: customers see it."""

    comment_id: str
    author: Person
    text: str
    created: datetime
    is_public: bool = True


@dataclass(slots=True, kw_only=True)
class Round:
    """One approval round of Jira Service Management; `needed` approvals complete it, one refusal does too."""

    round_id: str
    name: str
    approvers: dict[Person, str]
    needed: int
    created: datetime
    completed: datetime | None = None
    decision: str = "pending"


@dataclass(slots=True, kw_only=True)
class Issue:
    """A ticket. `fields` holds plain values by field id: texts, times, lists of texts, people."""

    issue_id: str
    project: Project
    issue_key: str
    issue_type: str
    status: str
    reporter: Person
    created: datetime
    updated: datetime
    fields: dict[str, Any]
    old_keys: list[str] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    links: dict[int, dict[str, Any]] = field(default_factory=dict)
    hidden_from: set[Person] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Hook:
    """An admin webhook. An empty secret leaves its messages unsigned."""

    hook_id: str
    name: str
    url: str
    events: tuple[str, ...]
    secret: str = ""
    is_enabled: bool = True
    jql: str = ""
    excludes_body: bool = False


class Event(NamedTuple):
    """Something happened to a ticket: what webhooks tell of."""

    name: str
    kind: str
    issue: Issue
    by: Person
    at: datetime
    history: History | None = None
    extra: Mapping[str, Any] = {}


class Brought(NamedTuple):
    """What a ticket keeps that is brought in from elsewhere."""

    issue_id: str
    number: int


class RefusedChange(Exception):
    """Jira does not take it; `errors` are by field."""

    def __init__(self, message: str = "", errors: Mapping[str, str] | None = None) -> None:
        """Take a message about the whole, or messages by field."""
        super().__init__(message or str(errors))
        self.messages = [message] if message else []
        self.errors = dict(errors or {})
