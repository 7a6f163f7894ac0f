"""A Jira search response read as tickets; what it cannot carry stays unknown, and unknown never passes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from counterseal.clock import parse_time
from counterseal.correlation.fields import Fields
from counterseal.correlation.tickets.ticket import Approval, Decision, FieldEdit, StatusMove, Ticket, TicketSet, Window
from counterseal.correlation.tickets.ticket_file import DECISIONS, OPERATIONS, refuse_twins
from counterseal.errors import MalformedInput

# Custom fields hold text, options {"value"}, versions or people; Cloud's rich text (ADF) nests text under "content".
_TEXT_MEMBERS = ("value", "name", "accountId", "key", "text")


def is_jira_search(document: object) -> bool:
    """Say whether a document is a search response of Jira Cloud (v3) or Data Center (v2)."""
    return isinstance(document, Mapping) and "issues" in document and "tickets" not in document


def read_jira_search(document: Mapping[str, Any], named: Mapping[str, str]) -> TicketSet:
    """Read the issues of a search response; `named` is `[policy.jira_fields]`: our word to the field's id.

    Raises:
        MalformedInput: it is not shaped as Jira answers, a field holds what it should not, or two issues have one
            key or one id, each with its place.
    """
    issues = document["issues"]
    if not isinstance(issues, list):
        raise MalformedInput("issues must be a list, as Jira's search answers it")
    notes = [*_missing_fields(named), *_missing_pages(document, len(issues))]
    tickets = tuple(_Issue(issue, f"issues[{number}]", named).ticket(notes) for number, issue in enumerate(issues))
    refuse_twins(tickets, "issues")
    return TicketSet(tickets=tickets, notes=tuple(notes))


def _missing_fields(named: Mapping[str, str]) -> Iterator[str]:
    absent = [word for word in ("secrets", "operations") if word not in named]
    if absent:
        words = " and ".join(absent)
        yield (
            f"a Jira search response says nothing of {words} by itself: such a ticket covers no change "
            f"([policy.jira_fields] names the fields that hold them)"
        )
    other = [word for word in ("executors", "window_from", "window_to", "emergency") if word not in named]
    if other:
        yield f"not carried by this Jira search response: {', '.join(other)}"
    yield "not carried by a Jira search response: identities, standing, issuances"


def _missing_pages(document: Mapping[str, Any], held: int) -> Iterator[str]:
    total = document.get("total")
    if isinstance(total, int) and total > held:
        yield f"this Jira search response holds {held} of {total} issues: the others are not considered"
    elif document.get("isLast") is False or document.get("nextPageToken"):
        yield f"this Jira search response is one page of {held} issues, with more to come: those are not considered"


class _Issue:
    """One issue of the response."""

    def __init__(self, issue: object, place: str, named: Mapping[str, str]) -> None:
        if not isinstance(issue, Mapping) or not isinstance(issue.get("key"), str) or not issue["key"]:
            raise MalformedInput(
                f"{place} must be an issue with a key", hint="ask Jira for fields=*all, not for ids only"
            )
        fields = issue.get("fields", {})
        if not isinstance(fields, Mapping):
            raise MalformedInput(f"{place}.fields must be an object")
        self._issue, self._fields, self._place, self._named = issue, fields, place, named

    def ticket(self, notes: list[str]) -> Ticket:
        """Return the ticket, adding to the notes what is unknown of it."""
        histories = self._histories()
        approvals = self._approvals()
        key = str(self._issue["key"])
        if histories is None:
            notes.append(f"{key}: its history is not in full here, so edits are unknown (ask with expand=changelog)")
        if approvals is None:
            notes.append(f"{key}: its approvals are not among the fields, so they are unknown")
        ends = [self._time("window_from"), self._time("window_to")]
        half = ends.count(None) == 1
        if half:
            notes.append(f"{key}: its window has one end only, so what was approved is unknown")
        moves = list(_moves(histories or (), self._place))
        return Ticket(
            issue_id=str(self._issue.get("id") or ""),
            issue_key=key,
            secrets=tuple(self._words("secrets")),
            operations=self._operations(),
            status=_first(self._fields.get("status")),
            account=next(iter(self._words("account")), ""),
            region=next(iter(self._words("region")), ""),
            requester=_person(self._fields.get("reporter")) or _person(self._fields.get("creator")),
            assignee=_person(self._fields.get("assignee")),
            executors=tuple(self._people("executors")),
            approvals=None if half or histories is None else approvals,
            window=self._window(*ends),
            emergency_declared_at=self._declared(histories or []),
            edits=tuple(_edits(histories or (), self._place)),
            # Without the whole history a move back may be missing: then no status counts as an approval either.
            status_history=() if half or histories is None else tuple(moves),
        )

    def _histories(self) -> list[Mapping[str, Any]] | None:
        """Return the changelog, or None where it is absent or cut off."""
        changelog = self._issue.get("changelog")
        if not isinstance(changelog, Mapping) or not isinstance(changelog.get("histories"), list):
            return None
        histories = [it for it in changelog["histories"] if isinstance(it, Mapping)]
        total = changelog.get("total", len(histories))
        return histories if isinstance(total, int) and total <= len(histories) else None

    def _approvals(self) -> tuple[Approval, ...] | None:
        """Find the approvals of Jira Service Management, in whichever field they stand; None where in none."""
        found: list[Approval] = []
        seen = False
        for name, value in self._fields.items():
            items = [it for it in value if isinstance(it, Mapping)] if isinstance(value, list) else []
            rounds = [it for it in items if "approvers" in it and "finalDecision" in it]
            seen = seen or bool(rounds)
            for one in rounds:
                found += _decisions(one, f"{self._place}.fields.{name}")
        return tuple(found) if seen else None

    def _operations(self) -> frozenset[str]:
        words = [word.lower() for word in self._words("operations")]
        Fields({"operations": words}, self._place, ("operations",)).refuse_unless_known("operations", words, OPERATIONS)
        return frozenset(words)

    def _window(self, start: datetime | None, end: datetime | None) -> Window | None:
        if start is None or end is None:
            return None
        if start > end:
            raise MalformedInput(f"{self._place}: its window ends before it begins")
        return Window(start=start, end=end)

    def _declared(self, histories: Iterable[Mapping[str, Any]]) -> datetime | None:
        """Return when the emergency was declared: as the field says, and not before the last edit of that field."""
        declared = self._time("emergency")
        if declared is None:
            return None
        name = self._named["emergency"]
        written = [at for at, _, item in _items(histories, self._place) if item.get("fieldId") == name]
        return max([declared, *written])

    def _time(self, word: str) -> datetime | None:
        text = _first(self._fields.get(self._named.get(word, "")))
        return _time(text, f"{self._place}.fields.{self._named[word]}") if text else None

    def _words(self, word: str) -> Iterator[str]:
        """Yield the words of a field: secrets, operations, accounts and regions hold no space and no comma."""
        for text in _texts(self._fields.get(self._named.get(word, ""))):
            yield from text.replace(",", " ").split()

    def _people(self, word: str) -> Iterator[str]:
        value = self._fields.get(self._named.get(word, ""))
        for item in value if isinstance(value, list) else [value]:
            person = _person(item)
            if person:
                yield person


def _decisions(one: Mapping[str, Any], place: str) -> Iterator[Approval]:
    """Yield what each approver of a round decided, at the time the round was completed: Jira keeps no other."""
    approvers = one["approvers"] if isinstance(one["approvers"], list) else []
    completed = one.get("completedDate")
    text = completed.get("iso8601", "") if isinstance(completed, Mapping) else completed
    for approver in approvers:
        decision = DECISIONS.get(str(approver.get("approverDecision", ""))) if isinstance(approver, Mapping) else None
        if decision is not None and text:
            yield Approval(by=_person(approver.get("approver")), at=_time(str(text), place), decision=decision)
    final = DECISIONS.get(str(one.get("finalDecision", "")))
    if final is Decision.REJECTED and text:
        # Whoever it was: the round as a whole said no.
        yield Approval(by="", at=_time(str(text), place), decision=final)


def _moves(histories: Iterable[Mapping[str, Any]], place: str) -> Iterator[StatusMove]:
    for at, author, item in _items(histories, place):
        if item.get("field") == "status":
            yield StatusMove(at=at, to=str(item.get("toString") or ""), by=author)


def _edits(histories: Iterable[Mapping[str, Any]], place: str) -> Iterator[FieldEdit]:
    for at, _, item in _items(histories, place):
        if item.get("field") != "status":
            yield FieldEdit(at=at, field=str(item.get("field") or ""))


def _items(histories: Iterable[Mapping[str, Any]], place: str) -> Iterator[tuple[datetime, str, Mapping[str, Any]]]:
    for number, history in enumerate(histories):
        at = _time(str(history.get("created", "")), f"{place}.changelog.histories[{number}].created")
        items = history.get("items")
        for item in items if isinstance(items, list) else []:
            if isinstance(item, Mapping):
                yield at, _person(history.get("author")), item


def _time(text: str, place: str) -> datetime:
    try:
        return parse_time(text)
    except MalformedInput as failure:
        raise MalformedInput(f"{place}: {failure}", hint=failure.hint) from None


def _person(value: object) -> str:
    """Return the user as the identity map names it: Cloud's accountId, Data Center's name, else its key."""
    if isinstance(value, Mapping):
        return next((str(value[it]) for it in ("accountId", "name", "key") if value.get(it)), "")
    return value.strip() if isinstance(value, str) else ""


def _first(value: object) -> str:
    return next(_texts(value), "")


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a field, however it holds them."""
    match value:
        case str() if value.strip():
            yield value.strip()
        case list():
            for item in value:
                yield from _texts(item)
        case Mapping() if isinstance(value.get("content"), list):
            yield from _texts(value["content"])
        case Mapping():
            found = next((value[it] for it in _TEXT_MEMBERS if isinstance(value.get(it), str)), None)
            yield from _texts(found)
        case _:
            return
