"""A time in which a trail did not record."""

from dataclasses import dataclass
from datetime import datetime

from counterseal.clock import format_time

EVERYWHERE = "*"
"""Stands for every account, or every region, that the records are of."""


def place_named(account: str, region: str) -> str:
    """Return an account and a region for a reader."""
    return ", ".join(
        f"every {kind}" if name == EVERYWHERE else name
        for kind, name in (("account", account), ("region", region))
        if name
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindInterval:
    """From when to when a trail did not record; both ends belong to it. `end` is None where it was not seen to resume.

    `account` and `region` are where the trail lives; "*" where it recorded all of them, or nobody knows that it did
    not. `except_account` and `except_region` are those that a trail which was cut down to its own goes on recording.
    `stream` is what went unrecorded: "all", "writes" or "kms".
    """

    start: datetime
    end: datetime | None
    account: str
    region: str
    cause: str
    event_id: str
    trail: str
    stream: str = "all"
    except_account: str = ""
    except_region: str = ""

    def covers(self, account: str, region: str, time: datetime) -> bool:
        """Tell whether that account, region and time lie in it."""
        here = self.account in (EVERYWHERE, account) and self.region in (EVERYWHERE, region)
        spared = (self.except_account and account == self.except_account) or (
            self.except_region and region == self.except_region
        )
        return here and not spared and self.start <= time and (self.end is None or time <= self.end)

    def as_json(self) -> dict[str, str | None]:
        """Return what `audit --json` prints in `blind_intervals` (docs/reference/audit-json.md)."""
        return {
            "from": format_time(self.start),
            "to": format_time(self.end) if self.end else None,
            "account": self.account,
            "region": self.region,
            "cause": self.cause,
            "event_id": self.event_id,
        }
