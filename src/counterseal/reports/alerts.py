"""What an alert says: enough to know where to look, and no more."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from counterseal.clock import format_time
from counterseal.reports.following import Change, Row, What
from counterseal.reports.interface import Cell

SCHEMA = "counterseal/alert/v1"

_ARN = re.compile(r"arn:aws[a-z-]*:[^\s,;'\"<>()]*:([^\s,;'\"<>():]+)", re.ASCII)

# What is remembered of a finding: what an alert says, and what the next look compares.
_KEPT = (
    "verdict", "reason", "event", "event_id", "secret_name", "account", "region", "time", "actor_name", "ticket",
    "discrepancy", "counts", "waived_by", "waived_until", "entry_digest", "finding",
)  # fmt: skip
_SAID = ("verdict", "event", "event_id", "secret_name", "account", "region", "time", "actor_name", "ticket")


class Wish(NamedTuple):
    """What one receiver wants to hear: of which verdicts (none named: all), with what link, with whole ARNs or not."""

    verdicts: tuple[str, ...] = ()
    link: str = ""
    full_arns: bool = False


def remembered(row: Row) -> str:
    """Return what is kept of a finding until the next look, as JSON."""
    return json.dumps({name: _plain(row[name]) for name in _KEPT}, ensure_ascii=False)


def recalled(content: str) -> Row:
    """Return a finding as it was kept."""
    row: Row = json.loads(content)
    return row


def is_wanted(change: Change, wish: Wish) -> bool:
    """Say whether a receiver is told: not of what is waived or settled before anybody heard of it."""
    if wish.verdicts and change.row["verdict"] not in wish.verdicts:
        return False
    return bool(change.row["counts"]) or change.what in (What.WAIVED, What.SETTLED)


def idempotency_key(alert: str, change: Change) -> str:
    """Return what makes this news the same however often it is found: who, what, which entry, under which waivers."""
    row = change.row
    # A finding that stands is the same news, whether it was new or had another verdict before.
    stands = change.what in (What.NEW, What.CHANGED)
    waived_until = change.before["waived_until"] if change.what is What.COUNTS_AGAIN and change.before else None
    parts = [alert, "stands" if stands else change.what.value, row["finding"], row["entry_digest"]]
    parts += [] if stands else [_plain(waived_until or row["waived_until"])]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def content(change: Change, wish: Wish) -> bytes:
    """Return the body of an alert: never a value, and no whole ARN unless that is wished for."""
    row = change.row
    said: dict[str, object] = {"schema": SCHEMA, "what": change.what.value}
    said |= {name: _shortened(_plain(row[name]), wish) for name in _SAID}
    said |= {"reason": _shortened(row["reason"], wish), "counts": bool(row["counts"]) and change.what != What.SETTLED}
    if wish.link:
        said["link"] = wish.link.replace("{event_id}", quote(str(row["event_id"]), safe=""))
    return json.dumps(said, ensure_ascii=False).encode()


def trial(wish: Wish) -> bytes:
    """Return the body of an alert that tries a receiver."""
    nothing: Mapping[str, str] = dict.fromkeys(_SAID, "")
    said = {"schema": SCHEMA, "what": "test", **nothing, "reason": "counterseal alert test: nothing was found"}
    return json.dumps(said | {"counts": False} | ({"link": wish.link} if wish.link else {})).encode()


def _plain(cell: Cell) -> Cell:
    return format_time(cell) if isinstance(cell, datetime) else cell


def _shortened(cell: object, wish: Wish) -> object:
    return cell if wish.full_arns or not isinstance(cell, str) else _ARN.sub(r"…\1", cell)
