"""Which trail a call to CloudTrail was about."""

from typing import NamedTuple

from counterseal.correlation.records.event import Event

_ARN_PARTS = 6


class TrailName(NamedTuple):
    """What tells one trail from another: where it lives, and its name there."""

    account: str
    region: str
    name: str


def trail_of(event: Event) -> TrailName:
    """Return the trail that a guard event is about: it is called by its name, or by its ARN.

    An ARN is arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME.
    """
    called = str(event.facts["resource"])
    parts = called.split(":", _ARN_PARTS - 1)
    if len(parts) == _ARN_PARTS and parts[5].startswith("trail/"):
        return TrailName(parts[4], parts[3], parts[5].removeprefix("trail/"))
    return TrailName(event.account, event.region, called)
