"""A Jira search response read as tickets; what it cannot carry stays unknown, and unknown never passes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.jira_issue import IssueParts, Json, first_text, read_issue, unknown_of
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.correlation.tickets.ticket_file import refuse_twins
from counterseal.errors import MalformedInput


def is_jira_search(document: object) -> bool:
    """Say whether a document is a search response of Jira Cloud (v3) or Data Center (v2)."""
    return isinstance(document, Mapping) and "issues" in document and "tickets" not in document


def read_jira_search(document: Mapping[str, Any], named: Mapping[str, str]) -> TicketSet:
    """Read the issues of a search response; `named` is `[policy.jira_fields]`: our word to a field.

    A field may be given by its name where the response says the names of its fields (`expand=names`).

    Raises:
        MalformedInput: it is not shaped as Jira answers, a field holds what it should not, or two issues have one
            key or one id, each with its place.
        SettingsError: the response says its names, and has no field of one that is named, or several.
    """
    issues = document["issues"]
    if not isinstance(issues, list):
        raise MalformedInput("issues must be a list, as Jira's search answers it")
    said = document.get("names")
    known = [(str(it), str(name)) for it, name in said.items()] if isinstance(said, Mapping) else None
    names = FieldNames(named, known)
    notes = [*_missing_fields(names), *_missing_pages(document, len(issues))]
    parts = [_parts(issue, f"issues[{number}]") for number, issue in enumerate(issues)]
    for one in parts:
        notes += [*unknown_of(one, names), *_undated_emergency(one, names)]
    tickets = tuple(read_issue(it, names) for it in parts)
    refuse_twins(tickets, "issues")
    return TicketSet(tickets=tickets, notes=tuple(notes))


def _missing_fields(names: FieldNames) -> Iterator[str]:
    absent = names.lacks("secrets", "operations")
    if absent:
        words = " and ".join(absent)
        yield (
            f"a Jira search response says nothing of {words} by itself: such a ticket covers no change "
            f"([policy.jira_fields] names the fields that hold them)"
        )
    other = names.lacks("executors", "window_from", "window_to", "emergency")
    if other:
        yield f"not carried by this Jira search response: {', '.join(other)}"
    yield "not carried by a Jira search response: identities, standing, issuances"


def _undated_emergency(parts: IssueParts, names: FieldNames) -> Iterator[str]:
    if first_text(parts.fields.get(names.id_of("emergency"))) and not first_text(parts.fields.get("created")):
        yield (
            f"{parts.issue_key}: when it was made is not among the fields (created), so it counts as an emergency only "
            f"from an edit on that its history shows"
        )


def _missing_pages(document: Mapping[str, Any], held: int) -> Iterator[str]:
    total = document.get("total")
    if isinstance(total, int) and total > held:
        yield f"this Jira search response holds {held} of {total} issues: the others are not considered"
    elif document.get("isLast") is False or document.get("nextPageToken"):
        yield f"this Jira search response is one page of {held} issues, with more to come: those are not considered"


def _parts(issue: object, place: str) -> IssueParts:
    if not isinstance(issue, Mapping) or not isinstance(issue.get("key"), str) or not issue["key"]:
        raise MalformedInput(f"{place} must be an issue with a key", hint="ask Jira for fields=*all, not for ids only")
    fields = issue.get("fields", {})
    if not isinstance(fields, Mapping):
        raise MalformedInput(f"{place}.fields must be an object")
    return IssueParts(
        issue_id=str(issue.get("id") or ""),
        issue_key=issue["key"],
        fields=fields,
        history=_history(issue.get("changelog")),
        rounds=_rounds(fields),
        place=place,
    )


def _history(changelog: object) -> Sequence[Json] | None:
    """Return the changelog, or None where it is absent or cut off."""
    if not isinstance(changelog, Mapping) or not isinstance(changelog.get("histories"), list):
        return None
    histories = [it for it in changelog["histories"] if isinstance(it, Mapping)]
    total = changelog.get("total", len(histories))
    return histories if isinstance(total, int) and total <= len(histories) else None


def _rounds(fields: Json) -> Sequence[Json] | None:
    """Find the approvals of Jira Service Management, in whichever field they stand; None where in none."""
    found: list[Json] = []
    for value in fields.values():
        items = [it for it in value if isinstance(it, Mapping)] if isinstance(value, list) else []
        found += [it for it in items if "approvers" in it and "finalDecision" in it]
    return found or None
