"""One issue of Jira read as a ticket, whoever asked; what was not read stays unknown, and unknown never passes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from counterseal.correlation.fields import Fields
from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.jira_rounds import Rounds, person_of, read_rounds, time_of
from counterseal.correlation.tickets.ticket import FieldEdit, StatusMove, Ticket, Window
from counterseal.correlation.tickets.ticket_file import OPERATIONS
from counterseal.errors import MalformedInput

Json = Mapping[str, object]
Groups = Mapping[str, frozenset[str]]
"""Jira user to the groups that the user is in; who is not in it is in groups that are not known."""

# Custom fields hold text, options {"value"}, versions or people; Cloud's rich text (ADF) nests text under "content".
_TEXT_MEMBERS = ("value", "name", "accountId", "key", "text")


class IssueParts(NamedTuple):
    """What Jira answered about one issue. `place` is how an error names it.

    `history` is the whole changelog, None where it was not read in full. `rounds` are the approval rounds of Jira
    Service Management: empty where the issue has none, None where they could not be read.
    """

    issue_id: str
    issue_key: str
    fields: Json
    history: Sequence[Json] | None
    rounds: Sequence[Json] | None
    place: str = ""


def read_issue(parts: IssueParts, names: FieldNames, groups: Groups | None = None) -> Ticket:
    """Return the ticket; its approvals are None where history or rounds are.

    Raises:
        MalformedInput: a field, the history or a round is not shaped as Jira answers, with its place.
    """
    return _Reading(parts, names, groups or {}).ticket()


def unknown_of(parts: IssueParts, names: FieldNames) -> Iterator[str]:
    """Yield what is not known of an issue, in sentences; because of any of these its approvals are not known."""
    key = parts.issue_key
    if parts.history is None:
        yield f"{key}: its history is not in full here, so edits are unknown (ask with expand=changelog)"
    if parts.rounds is None:
        yield f"{key}: its approvals are not among the fields, so they are unknown"
    if has_half_a_window(parts, names):
        yield f"{key}: its window has one end only, so what was approved is unknown"
    if has_unnamed_edits(parts, names):
        yield f"{key}: which custom fields were edited is not told apart here (ask with expand=changelog,names)"


def has_unnamed_edits(parts: IssueParts, names: FieldNames) -> bool:
    """Say whether the history calls custom fields by names that nobody told: any may be what changes are judged by.

    Data Center gives no ids of fields there.
    """
    entries = [it.get("items") for it in parts.history or () if names.ids() and not names.are_known]
    items = [item for found in entries if isinstance(found, list) for item in found if isinstance(item, Mapping)]
    return any(it.get("fieldtype") == "custom" and not it.get("fieldId") for it in items)


def has_half_a_window(parts: IssueParts, names: FieldNames) -> bool:
    """Say whether one end of the window is given and the other is not."""
    ends = [first_text(parts.fields.get(names.id_of(word))) for word in ("window_from", "window_to")]
    return ends.count("") == 1


def read_in_doubt(parts: IssueParts, names: FieldNames) -> Ticket:
    """Return the ticket of an issue that holds what cannot be read: whether it approves anything is not known.

    It may allow any operation, so that no change of its secrets is called unapproved because of a slip in a field.
    """
    reading = _Reading(parts._replace(history=None, rounds=None), names, {})
    return Ticket(
        issue_id=parts.issue_id,
        issue_key=parts.issue_key,
        secrets=tuple(reading.words("secrets")),
        operations=frozenset({"any"}),
        approvals=None,
    )


def decided_within(ticket: Ticket, projects: Collection[str]) -> Ticket:
    """Return the ticket without what was decided before it came from a project whose tickets approve no change."""
    left = [it.at for it in ticket.edits if it.former_key and it.former_key.rpartition("-")[0] not in projects]
    if not left:
        return ticket
    return replace(
        ticket,
        approvals=None if ticket.approvals is None else tuple(it for it in ticket.approvals if it.at > max(left)),
        status_history=tuple(it for it in ticket.status_history if it.at > max(left)),
    )


def deciders_of(ticket: Ticket) -> frozenset[str]:
    """Return everybody who decided on a ticket or moved it: whose groups may have to be known."""
    return frozenset({*(it.by for it in ticket.approvals or ()), *(it.by for it in ticket.status_history)} - {""})


def names_in(*values: object) -> dict[str, str]:
    """Return the names that people see of the users of Jira Cloud who stand anywhere in what it answered."""
    found: dict[str, str] = {}
    for value in values:
        if isinstance(value, Mapping):
            if isinstance(value.get("accountId"), str) and isinstance(value.get("displayName"), str):
                found[value["accountId"]] = value["displayName"]
            found |= names_in(*value.values())
        elif isinstance(value, list | tuple):
            found |= names_in(*value)
    return found


class _Reading:
    """The reading of one issue."""

    def __init__(self, parts: IssueParts, names: FieldNames, groups: Groups) -> None:
        self._parts, self._names, self._groups = parts, names, groups
        self._fields = parts.fields
        self._place = f"{parts.place}." if parts.place else f"{parts.issue_key}: "

    def ticket(self) -> Ticket:
        parts, rounds = self._parts, self._rounds()
        items = [*self._items()]
        is_in_doubt = has_half_a_window(parts, self._names) or has_unnamed_edits(parts, self._names)
        is_known = parts.history is not None and not is_in_doubt
        return Ticket(
            issue_id=parts.issue_id,
            issue_key=parts.issue_key,
            secrets=tuple(self.words("secrets")),
            operations=self._operations(),
            status=first_text(self._fields.get("status")),
            account=next(iter(self.words("account")), ""),
            region=next(iter(self.words("region")), ""),
            requester=person_of(self._fields.get("reporter")) or person_of(self._fields.get("creator")),
            assignee=person_of(self._fields.get("assignee")),
            executors=tuple(self._people("executors")),
            approvals=rounds.approvals if rounds and is_known else None,
            waits=rounds.waits if rounds else (),
            window=self._window(),
            emergency_declared_at=self._declared(items),
            edits=tuple(it for it in (_edit(*item, self._names) for item in items) if it),
            # Without the whole history a move back may be missing: then no status counts as an approval either.
            status_history=tuple(it for it in (_move(*item, self._groups) for item in items) if it) if is_known else (),
        )

    def _rounds(self) -> Rounds | None:
        if self._parts.rounds is None:
            return None
        return read_rounds(self._parts.rounds, f"{self._place}approvals", self._groups)

    def _items(self) -> Iterator[tuple[datetime, str, Json]]:
        for number, history in enumerate(self._parts.history or ()):
            place = f"{self._place}changelog.histories[{number}]"
            at = time_of(history.get("created"), f"{place}.created")
            items = history.get("items")
            if not isinstance(items, list):
                raise MalformedInput(f"{place}.items must be a list")
            for item in items:
                if isinstance(item, Mapping):
                    yield at, person_of(history.get("author")), item

    def _operations(self) -> frozenset[str]:
        words = [word.lower() for word in self.words("operations")]
        place = self._place.rstrip(".: ")
        Fields({"operations": words}, place, ("operations",)).refuse_unless_known("operations", words, OPERATIONS)
        return frozenset(words)

    def _window(self) -> Window | None:
        start, end = self._time("window_from"), self._time("window_to")
        if start is None or end is None:
            return None
        if start > end:
            raise MalformedInput(f"{self._place.rstrip('.: ')}: its window ends before it begins")
        return Window(start=start, end=end)

    def _declared(self, items: Sequence[tuple[datetime, str, Json]]) -> datetime | None:
        """Return when the emergency was declared: as the field says, and not before the field came to say so.

        That is its last edit, or where there is none, when the ticket was made. Where neither is told, it is none.
        """
        declared, field = self._time("emergency"), self._names.id_of("emergency")
        edits = [(at, _edit(at, by, item, self._names)) for at, by, item in items]
        since = [at for at, edit in edits if edit and edit.field_id == field] or [*self._made()]
        return max(declared, *since) if declared and since else None

    def _made(self) -> Iterator[datetime]:
        made = first_text(self._fields.get("created"))
        if made:
            yield time_of(made, f"{self._place}fields.created")

    def _time(self, word: str) -> datetime | None:
        field = self._names.id_of(word)
        text = first_text(self._fields.get(field))
        return time_of(text, f"{self._place}fields.{field}") if text else None

    def words(self, word: str) -> Iterator[str]:
        """Yield the words of a field: secrets, operations, accounts and regions hold no space and no comma."""
        for text in _texts(self._fields.get(self._names.id_of(word))):
            yield from text.replace(",", " ").split()

    def _people(self, word: str) -> Iterator[str]:
        value = self._fields.get(self._names.id_of(word))
        for item in value if isinstance(value, list) else [value]:
            person = person_of(item)
            if person:
                yield person


def _is_status(item: Json) -> bool:
    """Say whether an item moves the status itself: a custom field may be named so too, and anybody may edit that."""
    return (
        item.get("field") == "status"
        and item.get("fieldtype") != "custom"
        and item.get("fieldId", "status") == "status"
    )


def _move(at: datetime, by: str, item: Json, groups: Groups) -> StatusMove | None:
    if not _is_status(item):
        return None
    return StatusMove(at=at, to=str(item.get("toString") or ""), by=by, groups=groups.get(by))


def _edit(at: datetime, _by: str, item: Json, names: FieldNames) -> FieldEdit | None:
    if _is_status(item):
        return None
    field = str(item.get("field") or "")
    is_move = field == "Key" and item.get("fieldtype") != "custom"
    return FieldEdit(
        at=at,
        field=field,
        field_id=str(item.get("fieldId") or names.id_of_name(field)),
        former_key=str(item.get("fromString") or "") if is_move else "",
    )


def first_text(value: object) -> str:
    """Return the first text of a field, "" where it holds none."""
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
            yield from _texts([*_in_line(value["content"])])
        case Mapping():
            found = next((value[it] for it in _TEXT_MEMBERS if isinstance(value.get(it), str)), None)
            yield from _texts(found)
        case _:
            return


def _in_line(nodes: Iterable[object]) -> Iterator[object]:
    """Yield the nodes of rich text, the texts that stand side by side as one: a part of a word may be bold.

    What is struck out is shown as something that does not hold, and is left out.
    """
    for is_text, group in groupby(nodes, key=_is_text):
        if is_text:
            yield "".join(str(it["text"]) for it in group if isinstance(it, Mapping) and not _is_struck_out(it))
        else:
            yield from group


def _is_text(node: object) -> bool:
    return isinstance(node, Mapping) and node.get("type") == "text" and isinstance(node.get("text"), str)


def _is_struck_out(node: Json) -> bool:
    marks = node.get("marks")
    return isinstance(marks, list) and any(isinstance(it, Mapping) and it.get("type") == "strike" for it in marks)
