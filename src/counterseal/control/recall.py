"""Recalls tickets as the ledger last recorded them, so that a page can say who asked and who approved."""

import threading
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from counterseal.clock import parse_time
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, StatusMove, Ticket, Wait, Window
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger
from counterseal.ledger.order import in_order


class Recalled(NamedTuple):
    """A ticket as it was read last, when that was recorded, and the keys it is known by: the one of now first."""

    ticket: Ticket
    recorded_at: datetime
    keys: tuple[str, ...]


class RecordedTickets:
    """The newest snapshot of each ticket. What was appended since the last question is read before the next.

    A ticket that moved is found by each key that it is known to have had.

    Invented tickets are recalled only where invented data is what is wanted, and then alone.
    """

    def __init__(self, ledger: Ledger, *, invented: bool = False) -> None:
        """Take the ledger to read, and whether invented tickets are wanted."""
        self._ledger = ledger
        self._invented = invented
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[int, str]] = {}
        self._tickets: dict[str, tuple[str, Ticket]] = {}
        self._keys: dict[str, dict[str, None]] = {}
        self._read_as: dict[str, str] = {}
        self._moved_from: dict[str, str] = {}

    def find(self, issue_key: str) -> Ticket | None:
        """Return the ticket of that key, None where the ledger holds no snapshot of it. Raises what `recall` does."""
        found = self.recall(issue_key)
        return found.ticket if found else None

    def recall(self, issue_key: str) -> Recalled | None:
        """Return the same, with when it was recorded and by which keys it is known.

        Raises:
            Unreachable: the ledger does not answer; the same call may succeed later.
            MalformedInput: the ledger is damaged.
        """
        with self._lock:
            self._follow()
            known_as = self._read_as.get(issue_key) or self._moved_from.get(issue_key, "")
            if known_as not in self._tickets:
                return None
            said_at, ticket = self._tickets[known_as]
            return Recalled(ticket, parse_time(said_at), tuple({ticket.issue_key: None} | self._keys[known_as]))

    def _follow(self) -> None:
        for stream in self._ledger.streams():
            position, since = self._seen.get(stream, (0, ""))
            for said_at, entry in in_order(self._ledger.read(stream, after=position), since):
                self._seen[stream] = entry.position, said_at
                if entry.kind is EntryKind.TICKET and entry.invented is self._invented:
                    self._take(said_at, _ticket(entry.body()))

    def _take(self, said_at: str, ticket: Ticket) -> None:
        # A ticket file may tell no ids: then the key is all there is to know it by.
        known_as = ticket.issue_id or ticket.issue_key
        self._read_as[ticket.issue_key] = known_as
        self._moved_from |= dict.fromkeys(ticket.former_keys(), known_as)
        self._keys.setdefault(known_as, {}).update(dict.fromkeys((ticket.issue_key, *sorted(ticket.former_keys()))))
        before, _ = self._tickets.get(known_as, ("", None))
        if said_at >= before:
            self._tickets[known_as] = said_at, ticket


def _ticket(body: dict[str, Any]) -> Ticket:
    approvals, declared_at = body["approvals"], body["emergency_declared_at"]
    return Ticket(
        issue_id=body["issue_id"],
        issue_key=body["issue_key"],
        secrets=tuple(body["secrets"]),
        operations=frozenset(body["operations"]),
        status=body["status"],
        account=body["account"],
        region=body["region"],
        requester=body["requester"],
        assignee=body["assignee"],
        executors=tuple(body["executors"]),
        approvals=None if approvals is None else tuple(map(_approval, approvals)),
        waits=tuple(map(_wait, body.get("waits", ()))),
        window=_window(body["window_from"], body["window_to"]),
        emergency_declared_at=parse_time(declared_at) if declared_at else None,
        edits=tuple(map(_edit, body["edits"])),
        status_history=tuple(map(_move, body["status_history"])),
        changed_after_approval=body["changed_after_approval"],
    )


def _approval(body: dict[str, Any]) -> Approval:
    return Approval(by=body["by"], at=parse_time(body["at"]), decision=Decision(body["decision"]), groups=_groups(body))


def _move(body: dict[str, Any]) -> StatusMove:
    return StatusMove(at=parse_time(body["at"]), to=body["to"], by=body.get("by", ""), groups=_groups(body))


def _groups(body: dict[str, Any]) -> frozenset[str] | None:
    return frozenset(body["groups"]) if "groups" in body else None


def _wait(body: dict[str, str]) -> Wait:
    return Wait(start=parse_time(body["from"]), end=parse_time(body["to"]) if body["to"] else None)


def _edit(body: dict[str, str]) -> FieldEdit:
    return FieldEdit(
        at=parse_time(body["at"]),
        field=body["field"],
        field_id=body.get("field_id", ""),
        former_key=body.get("former_key", ""),
    )


def _window(start: str, end: str) -> Window | None:
    return Window(start=parse_time(start), end=parse_time(end)) if start and end else None


class Evidence(NamedTuple):
    """What the ledger holds about one event besides its verdicts: bodies of entries, with their places in the chain."""

    events: list[dict[str, Any]]
    tickets: list[dict[str, Any]]


def recall_evidence(ledger: Ledger, event_id: str, issue_keys: Collection[str]) -> Evidence:
    """Return every record of an event, two where they contradict each other, and the newest reading of each ticket.

    What was done to a guard stands in the ledger as an event and as a guard event: it is told once.

    Raises:
        Unreachable: the ledger does not answer; the same call may succeed later.
        MalformedInput: the ledger is damaged.
    """
    events: list[dict[str, Any]] = []
    tickets: dict[str, tuple[str, dict[str, Any]]] = {}
    for stream in ledger.streams():
        for said_at, entry in in_order(ledger.read(stream)):
            if entry.invented or entry.kind not in _EVIDENCE:
                continue
            body = entry.body()
            told = {**body, "stream": stream, "position": entry.position, "entry_digest": entry.digest}
            if entry.kind is EntryKind.TICKET and body["issue_key"] in issue_keys:
                before, _ = tickets.get(body["issue_key"], ("", None))
                if said_at >= before:
                    tickets[body["issue_key"]] = said_at, told
            elif body.get("event_id") == event_id and not any(body.items() <= it.items() for it in events):
                events.append(told)
    return Evidence(events, [told for _, (_, told) in sorted(tickets.items())])


_EVIDENCE = frozenset({EntryKind.EVENT, EntryKind.GUARD_EVENT, EntryKind.TICKET})
