"""What a ticket is told of the findings that name it: said until it is taken, and the newest alone."""

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple

from counterseal.clock import Clock
from counterseal.control.alerting import Receiver, Row, deliver, short, shortened, time_text, waiver_of
from counterseal.outbox.interface import Outbox, Queued

SCHEMA = "counterseal/answer/v1"

JIRA = "jira"
"""The one receiver of answers."""

ELSEWHERE = "elsewhere"
"""Said in a verdict's place to a ticket that a change is not judged by any more."""

# A finding is told again where one of these is another than it was.
_TELLING = ("verdict", "counts", "ticket", "reason", "waived_by", "waived_until")


class Wishes(NamedTuple):
    """What is told: `link` is where the pages are, "" for none; `creates` asks for tickets where a change has none."""

    link: str = ""
    creates: bool = False


def kept_of(row: Row) -> str:
    """Return what is kept of a finding, to see later whether a ticket has to hear of it."""
    kept = {name: row[name] for name in ("finding", "event_id", *_TELLING)}
    kept |= {name: time_text(row[name] or "") for name in ("waived_until", "waived_at")}
    kept["counts"] = bool(row["counts"])
    return json.dumps(kept, ensure_ascii=False)


def answers(before: Mapping[str, str], rows: Mapping[str, Row], wishes: Wishes) -> list[Queued]:
    """Return what tickets have to hear, given what was kept before and what is found now; both by finding."""
    told: list[Queued] = []
    for finding, row in rows.items():
        kept = before.get(finding)
        if kept == kept_of(row):
            continue
        said = json.loads(kept) if kept else {"ticket": ""}
        was = said["ticket"]
        # Once a waiver has ended all else is as before it: what is told must not pass for what was told then.
        news = {**row, "waiver": waiver_of(row) or waiver_of(said)}
        if was and was != row["ticket"]:
            told.append(_answer(news, wishes, ticket=was, verdict=ELSEWHERE, reason=_elsewhere(row)))
        if row["ticket"] or (wishes.creates and row["counts"] and row["verdict"] == "unapproved"):
            told.append(_answer(news, wishes))
    return told


def deliver_newest(outbox: Outbox, receiver: Receiver, clock: Clock) -> tuple[int, int]:
    """Hand over what is due, of each finding and ticket the newest alone; return how many were taken, and not.

    An older answer would say again what holds no more: it is put aside unsent.
    """
    newest: dict[tuple[str, str], int] = {}
    for it in outbox.waiting():
        body = json.loads(it.body)
        about = (body["finding"], body["ticket"])
        if about in newest:
            outbox.taken(newest[about], clock.now())
        newest[about] = it.number
    return deliver(outbox, {JIRA: receiver}, clock)


def _answer(row: Row, wishes: Wishes, *, ticket: str = "", verdict: str = "", reason: str = "") -> Queued:
    said = verdict or str(row["verdict"])
    counts = bool(row["counts"]) and not verdict
    document = {
        "schema": SCHEMA,
        "finding": row["finding"],
        "ticket": ticket or row["ticket"],
        "event": row["event"],
        "event_id": row["event_id"],
        "verdict": said,
        "counts": counts,
        "waived": bool(row["waived_by"]),
        "time": time_text(row["time"]),
        "secret_name": row["secret_name"],
        "actor": row["actor_name"] or short(str(row["actor_arn"])),
        "reason": reason or shortened(row),
        "pages": wishes.link.rstrip("/"),
    }
    of = [row["finding"], document["ticket"], said, counts, row["entry_digest"], row["waiver"]]
    key = hashlib.sha256(json.dumps(of).encode()).hexdigest()[:32]
    return Queued(JIRA, key, json.dumps({"key": key, **document}, ensure_ascii=False))


def _elsewhere(row: Row) -> str:
    other = str(row["ticket"])
    return f"this change is now judged by {other}" if other else "no ticket explains this change any more"
