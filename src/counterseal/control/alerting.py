"""Tells receivers what became of findings: at least once, and so that telling twice is the same as once."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from counterseal.clock import Clock, format_time
from counterseal.errors import CountersealError
from counterseal.outbox.interface import LONGEST_PAUSE, Outbox, Queued

SCHEMA = "counterseal/alert/v1"

_FIRST_PAUSE = timedelta(seconds=30)

# An ARN tells account, path and suffix; its last part is what people call the thing.
_ARN = re.compile(r"arn:aws[a-z-]*:[^\s,;]*[:/]([^\s,;:/]+)")

# What an alert says of a finding, in this order; none of it is a value, none a full ARN.
_SAID = ("event", "event_id", "account", "region", "secret_name", "ticket")

_OF_WAIVER = ("waived_until", "waived_at")

Row = Mapping[str, object]


class Told(NamedTuple):
    """What became of a finding: `what` in a word, `row` as it is (or was, where it is settled), the verdict before.

    `waiver` tells one waiver of a finding from the next: that which holds, or which has just ended.
    """

    what: str
    row: Row
    verdict_before: str = ""
    waiver: str = ""


class Receiver(Protocol):
    """Takes alerts: a webhook, a mailbox."""

    def send(self, key: str, body: str) -> None:
        """Hand over one alert, a JSON object; return once the other side has taken it.

        Raises:
            Denied, Refused, Unreachable: it was not taken; the message says why, without what it holds.
        """
        ...


def alert_of(told: Told, *, link: str = "") -> Queued:
    """Return the alert, for no receiver yet."""
    row = told.row
    document = {
        "schema": SCHEMA,
        "what": told.what,
        "verdict": row["verdict"],
        "verdict_before": told.verdict_before or None,
        "counts": bool(row["counts"]),
        "time": time_text(row["time"]),
        **{name: row[name] for name in _SAID},
        "actor": row["actor_name"] or short(str(row["actor_arn"])),
        "reason": shortened(row),
        "link": f"{link.rstrip('/')}/{_page(row)}" if link else None,
    }
    of = [row["finding"], told.what, row["entry_digest"], row["verdict"], bool(row["counts"]), row["waived_by"]]
    of.append(told.waiver)
    key = hashlib.sha256(json.dumps(of).encode()).hexdigest()[:32]
    return Queued("", key, json.dumps({"key": key, **document}, ensure_ascii=False))


def _page(row: Row) -> str:
    """Return the page of a finding: what is about no change stands on that of what could not be seen."""
    return "coverage" if row["verdict"] in ("blind-interval", "trail-fault") else f"changes/{row['event_id']}"


def known_of(row: Row) -> str:
    """Return what is kept of a finding, to tell later what became of it."""
    kept = ("verdict", "discrepancy", "counts", "waived_by", "actor_name", "actor_arn", "secret", "reason", "finding")
    said = {name: row[name] for name in (*kept, *_SAID, "entry_digest")} | {"time": time_text(row["time"])}
    said |= {name: time_text(row[name] or "") for name in _OF_WAIVER}
    return json.dumps(said, ensure_ascii=False)


def waiver_of(row: Row) -> str:
    """Return what tells the waiver that holds from any other of the finding; "" where none holds.

    One may end early and be said again until the same day, so that its end alone does not tell. What was kept of a
    finding by an older version does not say when it was waived.
    """
    return " ".join(time_text(row[name]) for name in _OF_WAIVER if row.get(name))


def deliver(outbox: Outbox, receivers: Mapping[str, Receiver], clock: Clock) -> tuple[int, int]:
    """Hand over what is due, and return how many alerts were taken and how many were not.

    What fails is tried again after half a minute, then twice as long each time, an hour at most, for as long as it
    takes. An alert for a receiver that the settings no longer name waits, and is not counted.
    """
    taken = failed = 0
    for it in outbox.waiting(clock.now()):
        if it.receiver not in receivers:
            continue
        try:
            receivers[it.receiver].send(it.key, it.body)
        except CountersealError as failure:
            pause = min(_FIRST_PAUSE * 2 ** min(it.tries, 10), LONGEST_PAUSE)
            outbox.failed(it.number, str(failure), clock.now() + pause)
            failed += 1
        else:
            outbox.taken(it.number, clock.now())
            taken += 1
    return taken, failed


def for_receivers(alerts: Iterable[Queued], wanted: Mapping[str, frozenset[str]]) -> list[Queued]:
    """Address each alert to the receivers that want its verdict; one that names no verdict wants all."""
    addressed = []
    for alert in alerts:
        verdict = json.loads(alert.body)["verdict"]
        addressed += [alert._replace(receiver=name) for name, it in wanted.items() if not it or verdict in it]
    return addressed


def shortened(row: Row) -> str:
    """Return the reason of a finding with names where it has ARNs."""
    text = str(row["reason"])
    for long, brief in (("secret", "secret_name"), ("actor_arn", "actor_name")):
        if row[long] and row[brief]:
            text = text.replace(str(row[long]), str(row[brief]))
    return short(text)


def short(text: str) -> str:
    """Return a text in which of each ARN only the last part is left."""
    return _ARN.sub(r"…\1", text)


def time_text(value: object) -> str:
    """Return a time as it is written everywhere, or the text that it is already."""
    return format_time(value) if isinstance(value, datetime) else str(value)
