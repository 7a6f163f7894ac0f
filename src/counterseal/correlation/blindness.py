"""The intervals in which nothing was recorded, read from what was done to the trails."""

from dataclasses import dataclass
from datetime import datetime

from counterseal.clock import format_time


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindInterval:
    """From when to when a trail did not record. `end` is None where it never resumed in what was read.

    `region` is where the trail lives; `all_regions` is true where it was seen to record every region.
    `stream` is "all", "writes" or "kms": what went unrecorded.
    """

    start: datetime
    end: datetime | None
    account: str
    region: str
    cause: str
    event_id: str
    trail: str
    stream: str
    all_regions: bool = False

    def covers(self, account: str, region: str, time: datetime) -> bool:
        """Tell whether that place and time lie in it."""
        if account != self.account or not (self.all_regions or region == self.region):
            return False
        return self.start <= time and (self.end is None or time <= self.end)

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
