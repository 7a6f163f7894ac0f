"""The story written down as the files that an audit reads: a trail's folder, events, a ticket file, a key."""

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from counterseal.assembly.demo.notary import notary_public_line
from counterseal.assembly.demo.people import ACCOUNT, REGION
from counterseal.assembly.demo.records import Record, invented_id
from counterseal.assembly.demo.story import Story
from counterseal.control.process import S3
from counterseal.inbox.letter import Arrival

_BUCKET = "invented-trail-of-the-bakery"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFiles:
    """Where the story lies."""

    logs: Path
    tickets: Path
    notary_key: Path

    def arrivals(self) -> list[Arrival]:
        """Return the records as messages, each a file as it would come out of the trail's bucket."""
        files = sorted(it for it in self.logs.rglob("*") if it.is_file())
        return [Arrival(S3, _BUCKET, it.relative_to(self.logs).as_posix(), it.read_bytes()) for it in files]


def write_story(folder: Path, story: Story) -> DemoFiles:
    """Write the story under the folder, in the layout of a trail's bucket, and return where it lies."""
    logs = folder / "logs"
    for day, records in _by_day(story.records, "eventTime").items():
        _write_records(logs, day, records)
    events = logs / "events"
    events.mkdir(parents=True, exist_ok=True)
    for event in story.label_events:
        (events / f"{event['id']}.json").write_text(json.dumps(event), encoding="utf-8")
    tickets = folder / "tickets.json"
    tickets.write_text(json.dumps(story.ticket_file(), indent=2), encoding="utf-8")
    notary_key = folder / "notary-public.keys"
    notary_key.write_text(notary_public_line(), encoding="utf-8")
    return DemoFiles(logs=logs, tickets=tickets, notary_key=notary_key)


def _by_day(records: list[Record], time_field: str) -> dict[str, list[Record]]:
    days: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        days[str(record[time_field])[:10]].append(record)
    return days


def _write_records(logs: Path, day: str, records: list[Record]) -> None:
    # CloudTrail user guide, "CloudTrail log file examples": account, region, day as folders; delivery time in the name.
    folder = logs / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / day.replace("-", "/")
    folder.mkdir(parents=True, exist_ok=True)
    unique = invented_id("file", day).replace("-", "")[:16].upper()
    name = f"{ACCOUNT}_CloudTrail_{REGION}_{day.replace('-', '')}T2355Z_{unique}.json.gz"
    (folder / name).write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), mtime=0))
