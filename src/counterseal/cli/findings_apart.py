"""A finding that is about no change, told in full: the call that opened a blind interval, and when that ended."""

from collections.abc import Mapping, Sequence
from typing import Any

from counterseal.correlation.records.interval import place_named
from counterseal.reports.interface import Cell

Row = dict[str, Cell]

APART = ("blind-interval", "trail-fault")

_SAME = (("time", "time_from"), ("account", "account"), ("region", "region"), ("reason", "reason"))


def about(row: Mapping[str, Cell]) -> str:
    """Return the secret that a finding is about, or the place where nothing could be seen or proved; "" for neither."""
    place = place_named(str(row["account"]), str(row["region"])) if row["verdict"] in APART else ""
    return str(row["secret_name"] or row["secret"] or place)


def completed(row: Row, events: Sequence[Mapping[str, Any]], coverage: Sequence[Row]) -> Row:
    """Return a blind interval with its end, None where it has none, and with what AWS recorded of its beginning.

    Any other finding comes back as it is. `coverage` are the rows of that report.
    """
    if row["verdict"] != "blind-interval":
        return row
    same = (it for it in coverage if it["what"] == "blind" and all(it[there] == row[here] for here, there in _SAME))
    ended = {"time_to": next(same, {"time_to": None})["time_to"]}
    if not events:
        return row | ended
    opened = events[0]
    actor = {f"actor_{name}": opened["actor"][name] for name in ("type", "arn", "name", "via")}
    target = {name: opened[name] for name in ("resource", "object", "effect") if name in opened}
    return row | ended | {"service": opened["service"], "event": opened["name"]} | target | actor
