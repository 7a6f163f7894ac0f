"""When CloudTrail signed no digest of what a trail delivered, as far as the calls to it tell."""

from collections.abc import Iterable

from counterseal.clock import format_time
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.trail_name import TrailName, trail_of

_CALLS = frozenset({"CreateTrail", "UpdateTrail"})


def without_validation(events: Iterable[Event]) -> tuple[str, ...]:
    """Say of which trails nothing can prove the log files complete, from when to when, sorted by that.

    Nothing is blind meanwhile: the files come, and one that is taken away leaves no trace. A refused call says nothing;
    a trail is made without validation unless its making asks for it (CreateTrail, API reference).
    """
    since: dict[TrailName, Event] = {}
    said: list[tuple[Event, str]] = []
    for event in sorted(events, key=lambda it: (it.time, it.facts.get("validation") is False)):
        if event.kind is not Kind.GUARD or event.name not in _CALLS or event.error_code:
            continue
        trail, asked = trail_of(event), event.facts.get("validation")
        if asked is True and (begun := since.pop(trail, None)):
            said.append((begun, _sentence(trail, begun, f" to {format_time(event.time)}")))
        elif asked is False or (asked is None and event.name == "CreateTrail"):
            since.setdefault(trail, event)
    said += [(begun, _sentence(trail, begun, " on")) for trail, begun in since.items()]
    return tuple(sentence for _, sentence in sorted(said, key=lambda it: (it[0].time, it[0].event_id)))


def _sentence(trail: TrailName, begun: Event, until: str) -> str:
    did = "made it without" if begun.name == "CreateTrail" else "switched off its"
    return (
        f"whether a log file of the trail {trail.name!r} of {trail.account} is missing, of those delivered from "
        f"{format_time(begun.time)}{until}: {begun.name} {did} log file validation, so no digest lists them"
    )
