"""The page of one ticket: what Counterseal makes of it, at one glance, as a panel beside the ticket would say it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from counterseal.clock import Clock, format_time
from counterseal.control.ticket_record import TicketRecord, TicketSeal
from counterseal.correlation.judging.ticket_story import Story
from counterseal.errors import NotFound, UsageError
from counterseal.web.readings import ROWS_A_PAGE, Readings, Row
from counterseal.web.rendering import Rendering
from counterseal.web.words import rank, verdict_words

TicketReader = Callable[[str, datetime], TicketRecord]
"""Says what the ledger holds of the ticket with a key, as of a time."""

# CloudTrail's ids are shorter by far.
_LONGEST = 600

# Jira's keys. Whatever else stands in an address is not repeated in a command.
_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[1-9][0-9]{0,17}", re.ASCII)


class Head(NamedTuple):
    """What stands on top: the sentence, how it looks, and what must be added to it."""

    said: str
    tone: str
    icon: str
    more: tuple[str, ...] = ()


class SealLine(NamedTuple):
    """A counterseal on the page: what became of it in a word, and the change that carried it, if one did."""

    seal: TicketSeal
    state: str
    use: Row | None


class TicketPages:
    """The page of each ticket."""

    def __init__(
        self, rendering: Rendering, readings: Readings, tickets: TicketReader, clock: Clock, *, jira_url: str = ""
    ) -> None:
        """Take what draws, what answers, what knows tickets, the time, and where Jira is, "" for unknown."""
        self._rendering = rendering
        self._readings = readings
        self._tickets = tickets
        self._clock = clock
        self._jira_url = jira_url.rstrip("/")

    def ticket(self, request: Request) -> Response:
        """Show a ticket by a key that it has, or had; the change that a link names stands first.

        Raises:
            NotFound: nothing is known of the ticket, nor of the change.
            UsageError: the change is named by what can be no id.
        """
        issue_key, event_id = request.path_params["issue_key"], request.query_params.get("change", "")
        if len(event_id) > _LONGEST:
            raise UsageError("the id of the change is longer than any id", hint="follow the link as it is")
        now = self._clock.now()
        record = self._tickets(issue_key, now)
        rows = self._readings.ticket(record.keys)
        linked = self._linked(event_id, rows)
        if not (record.story or rows or record.seals or (linked and _KEY.fullmatch(issue_key))):
            raise _unknown(issue_key)
        others = [row for row in rows if row is not linked]
        return self._rendering.page(
            "ticket.html",
            here="",
            record=record,
            head=head_of(rows, record.story),
            rows=rows,
            linked=linked,
            others=others[:ROWS_A_PAGE],
            seals=[_line(it, rows, now) for it in record.seals],
            in_jira=f"{self._jira_url}/browse/{quote(record.keys[0], safe='')}" if self._jira_url else "",
        )

    def _linked(self, event_id: str, rows: Sequence[Row]) -> Row | None:
        """Return the change that a link is about, also where it is judged with another ticket now."""
        if not event_id:
            return None
        ours = next((row for row in rows if row["event_id"] == event_id), None)
        if ours:
            return ours
        current = next((row for row in self._readings.history(event_id) if row["current"]), None)
        if current is None:
            return None
        nobody: Row = {"waived_by": "", "waived_why": "", "waived_until": None}
        return {**nobody, **current, **(self._readings.waiver(current) or {})}


def head_of(rows: Sequence[Row], story: Story | None) -> Head:
    """Return what stands on top, of what was found under a ticket and what it comes to."""
    changes = [row for row in rows if row["about"] != "attempt"]
    if changes:
        return _of_changes(changes, story)
    if story is None:
        return Head("Nothing is known of an approval by this ticket", "neutral", "question")
    if story.approves:
        return Head("Approved and not used yet", "success", "check", _until("its approval counts", story))
    if story.until and story.until < story.as_of:
        return Head("Approved, and never used", "neutral", "clock", ("no change under it is known", *story.lacking))
    if story.approves is None:
        return Head(f"It {story.says}", "warning", "question", story.lacking)
    return Head(f"It {story.says}", "neutral", "clock", story.lacking)


def _of_changes(changes: Sequence[Row], story: Story | None) -> Head:
    more = _until("it approves further changes", story) if story and story.approves else ()
    worst = verdict_words(min((str(row["verdict"]) for row in changes), key=rank))
    counting = [str(row["verdict"]) for row in changes if row["counts"]]
    if counting:
        gravest = verdict_words(min(counting, key=rank))
        return Head(_needs(len(counting), len(changes)), gravest.tone, gravest.icon, more)
    waived = sum(1 for row in changes if row["waived_by"])
    explained = sum(1 for row in changes if not row["waived_by"] and _is_explained(row))
    icon = worst.icon if explained == len(changes) else "check"
    return Head(_explained(len(changes), explained, waived), "success" if explained else "neutral", icon, more)


def _needs(counting: int, changes: int) -> str:
    among = str(counting) if counting == changes else f"{counting} of {changes}"
    return f"{among} {'change' if changes == 1 else 'changes'} {'needs' if counting == 1 else 'need'} an explanation"


def _explained(changes: int, explained: int, waived: int) -> str:
    made = f"{changes} {'change was' if changes == 1 else 'changes were'} made under this ticket"
    counts = {"explained": explained, "waived": waived, "not counted by the policy": changes - explained - waived}
    told = [(number, word) for word, number in counts.items() if number]
    if len(told) == 1:
        return f"{made}, and {({1: 'it is', 2: 'both are'}).get(changes, 'all are')} {told[0][1]}"
    return f"{made}: {', '.join(f'{number} {word}' for number, word in told)}"


def _is_explained(row: Row) -> bool:
    return verdict_words(str(row["verdict"])).tone == "success"


def _until(what: str, story: Story) -> tuple[str, ...]:
    return (f"{what} until {format_time(story.until)}",) if story.until else ()


def _line(seal: TicketSeal, rows: Sequence[Row], now: datetime) -> SealLine:
    use = next((row for row in rows if row["version_id"] == seal.issued.token), None)
    if use:
        return SealLine(seal, "Used", use)
    if seal.revocation:
        return SealLine(seal, "Revoked, and not used", None)
    return SealLine(seal, "Not used yet" if now <= seal.issued.issuance.expires else "Expired, and not used", None)


def _unknown(issue_key: str) -> NotFound:
    if not _KEY.fullmatch(issue_key):
        return NotFound(f"{issue_key[:60]!r} is no key of a ticket", hint="a key is written like OPS-42")
    return NotFound(
        f"nothing is recorded of the ticket {issue_key}: no reading of it, no change and no counterseal under it; "
        "it may approve a change all the same",
        hint="a ticket is recorded with the first audit that reads it; "
        f"to ask Jira itself: counterseal ticket show {issue_key}",
    )
