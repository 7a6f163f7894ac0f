"""Approval rounds of Jira Service Management: who decided what and when, and while nobody had."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from counterseal.clock import parse_time
from counterseal.correlation.tickets.ticket import Approval, Decision, Wait
from counterseal.errors import MalformedInput

# What Jira answers (Jira Service Management REST, approvals); "pending" is the third word.
_DECIDED = {"approved": Decision.APPROVED, "declined": Decision.REJECTED}


class Rounds(NamedTuple):
    """What rounds amount to. `approvals` is None where one says something that we do not know."""

    approvals: tuple[Approval, ...] | None = ()
    waits: tuple[Wait, ...] = ()


def read_rounds(rounds: Sequence[Mapping[str, object]], place: str, groups: Mapping[str, frozenset[str]]) -> Rounds:
    """Read the rounds of one issue. Jira keeps one time for a round: everybody in it decided when it was completed.

    Raises:
        MalformedInput: a time is none, with its place.
    """
    approvals: list[Approval] = []
    waits: list[Wait] = []
    is_known = True
    for number, one in enumerate(rounds):
        here = f"{place}[{number}]"
        final = str(one.get("finalDecision") or "").lower()
        asked, given = (_date(one.get(it), f"{here}.{it}") for it in ("createdDate", "completedDate"))
        decided = _DECIDED.get(final)
        is_known &= asked is not None and (final == "pending" or (decided is not None and given is not None))
        if asked:
            waits.append(Wait(start=asked, end=given if decided else None))
        if decided and given:
            approvals += _decisions(one, decided, given, groups)
    return Rounds(tuple(approvals) if is_known else None, tuple(waits))


def _decisions(
    one: Mapping[str, object], decided: Decision, at: datetime, groups: Mapping[str, frozenset[str]]
) -> Iterator[Approval]:
    """Yield who decided as the round did: somebody outvoted decided nothing, and a round that declines always does."""
    people = [person_of(it.get("approver")) for it in _approvers(one) if _DECIDED.get(_word(it)) is decided]
    for person in people:
        yield Approval(by=person, at=at, decision=decided, groups=groups.get(person))
    if not people or decided is Decision.REJECTED:
        # Whoever it was: the round as a whole said so.
        yield Approval(by="", at=at, decision=decided)


def _approvers(one: Mapping[str, object]) -> list[Mapping[str, object]]:
    approvers = one.get("approvers")
    return [it for it in approvers if isinstance(it, Mapping)] if isinstance(approvers, list) else []


def _word(approver: Mapping[str, object]) -> str:
    return str(approver.get("approverDecision") or "").lower()


def _date(value: object, place: str) -> datetime | None:
    text = value.get("iso8601") if isinstance(value, Mapping) else value
    return time_of(text, place) if text else None


def time_of(value: object, place: str) -> datetime:
    """Return a time as Jira writes it.

    Raises:
        MalformedInput: it is none, with its place.
    """
    try:
        return parse_time(value if isinstance(value, str) else "")
    except MalformedInput as failure:
        raise MalformedInput(f"{place}: {failure}", hint=failure.hint) from None


def person_of(value: object) -> str:
    """Return the user as the identity map names it: Cloud's accountId, Data Center's name, else its key."""
    if isinstance(value, Mapping):
        return next((str(value[it]) for it in ("accountId", "name", "key") if value.get(it)), "")
    return value.strip() if isinstance(value, str) else ""
