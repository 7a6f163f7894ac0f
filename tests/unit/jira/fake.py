"""A Jira in memory: what the interface says, and nothing of how it is asked."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from counterseal.clock import format_time
from counterseal.errors import CountersealError, NotFound
from counterseal.jira.interface import Field, Flavour, Issue, Jira, Json, Person, Server

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
FIELDS = (Field("customfield_1", "Secret"), Field("customfield_2", "Operation"), Field("summary", "Summary"))


def at(*, hours: float = 0, days: float = 0) -> datetime:
    return NOW + timedelta(hours=hours, days=days)


class FakeJira:
    """Holds tickets; `fails` says what a call raises, and `meanwhile` what happens after one was answered."""

    flavour = Flavour.CLOUD

    def __init__(self) -> None:
        self.issues: dict[str, Issue] = {}
        self.histories: dict[str, list[Json]] = {}
        self.rounds: dict[str, list[Json] | None] = {}
        self.members: dict[str, frozenset[str]] = {}
        self.fails: dict[str, CountersealError] = {}
        self.asked: list[tuple[str, str]] = []
        self.time: datetime | None = NOW
        self.is_open = False

    @contextmanager
    def opened(self) -> "Iterator[Jira]":
        """Open it for the length of a `with`."""
        self.is_open = True
        yield self  # type: ignore[misc]  # it answers what reading tickets asks, and no more
        self.is_open = False

    def put(
        self,
        issue_key: str,
        issue_id: str,
        *,
        history: Sequence[Json] = (),
        rounds: Sequence[Json] | None = None,
        **fields: Any,
    ) -> None:
        """Hold a ticket, found by its key and its id."""
        held: dict[str, Any] = {
            "status": {"name": "Approved"},
            "reporter": {"accountId": "cleo"},
            "assignee": {"accountId": "ana"},
            "updated": format_time(at(hours=-1)),
            "customfield_1": "db/password",
            "customfield_2": {"value": "value"},
        }
        self.issues[issue_id] = Issue(issue_id, issue_key, held | fields)
        self.histories[issue_id] = list(history)
        self.rounds[issue_id] = None if rounds is None else list(rounds)

    def _ask(self, name: str, about: str = "") -> None:
        assert self.is_open
        self.asked.append((name, about))
        failure = self.fails.get(f"{name} {about}") or self.fails.get(name)
        if failure:
            raise failure

    def server(self) -> Server:
        self._ask("server")
        return Server(self.flavour, "1", "Jira", "https://jira.example", self.time)

    def myself(self) -> Person:
        self._ask("myself")
        return Person("robot")

    def fields(self) -> Sequence[Field]:
        self._ask("fields")
        return FIELDS

    def issue(self, id_or_key: str, *, fields: Sequence[str] = ("*all",)) -> Issue:
        self._ask("issue", id_or_key)
        assert fields == ("*all",)
        found = [it for it in self.issues.values() if id_or_key in (it.issue_id, it.issue_key)]
        if not found:
            raise NotFound(f"there is no ticket {id_or_key!r}")
        return found[0]

    def history(self, issue_id: str) -> Sequence[Json]:
        self._ask("history", issue_id)
        return tuple(self.histories[issue_id])

    def approvals(self, issue_id: str) -> Sequence[Json] | None:
        self._ask("approvals", issue_id)
        return self.rounds[issue_id]

    def search(self, jql: str, *, fields: Sequence[str] = ("updated",)) -> Iterator[Issue]:
        self._ask("search", jql)
        for it in self.issues.values():
            yield it._replace(fields={name: it.fields.get(name) for name in fields})

    def groups(self, user: str) -> frozenset[str]:
        self._ask("groups", user)
        return self.members[user]

    def close(self) -> None:
        self.is_open = False


def one_round(*, by: str = "ben", given: datetime | None = None, final: str = "approved") -> Mapping[str, Any]:
    """Return a round of approval that one person decided."""
    return {
        "finalDecision": final,
        "approvers": [{"approver": {"accountId": by}, "approverDecision": final}],
        "createdDate": {"iso8601": format_time(at(hours=-3))},
        "completedDate": {"iso8601": format_time(given or at(hours=-2))},
    }


def edited(when: datetime, field: str = "customfield_1", name: str = "Secret") -> Mapping[str, Any]:
    """Return one entry of a history."""
    return {
        "id": "1",
        "created": format_time(when),
        "author": {"accountId": "cleo"},
        "items": [{"field": name, "fieldId": field, "fieldtype": "custom"}],
    }
