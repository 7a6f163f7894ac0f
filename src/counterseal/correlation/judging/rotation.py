"""Steps of a rotation, which inherit the approval of the rotation itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from counterseal.clock import format_time
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.witnesses import moved_version
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.population import Population
from counterseal.correlation.records.secret_names import BySecret
from counterseal.correlation.tickets.people import principals

_STEPS = frozenset({"PutSecretValue", "UpdateSecretVersionStage"})
_SETTINGS = frozenset({"RotateSecret", "CancelRotateSecret"})
_ENDS = frozenset({"RotationSucceeded", "RotationFailed", "RotationAbandoned"})
_GRANTED = frozenset({Verdict.PROVED, Verdict.APPROVED})

_FUNCTION = re.compile(r"(arn:[a-z-]+:lambda:[^:]*:(\d+):function:([^:]+))(?::[^:]+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inheritance:
    """From which ticket a step inherits, and why."""

    issue_key: str
    reason: str


class Rotations:
    """The rotations of a population: who set them up, when they ran, and under which token."""

    def __init__(
        self, population: Population, verdict_of: Callable[[Event], Finding], roles: dict[str, str] | None = None
    ) -> None:
        """Take the findings of the RotateSecret calls, which have no rotation to inherit from."""
        self._settings = BySecret(it for it in population.of_kind(Kind.CHANGE) if it.name in _SETTINGS)
        self._service = BySecret(it for it in population.of_kind(Kind.SERVICE) if it.version_id)
        self._verdict_of = verdict_of
        self._roles = roles or {}

    def inherited_by(self, step: Event) -> Inheritance | None:
        """Return what a step inherits: nothing unless every link of the chain is seen (design part 5)."""
        token = step_token(step)
        started = self._started(step, token) if token else None
        ruling = self._ruling(step)
        if started is None or not ruling or any(it.name == "CancelRotateSecret" for it in ruling):
            return None
        granted = self._verdict_of(ruling[0])
        if any(self._verdict_of(it).verdict not in _GRANTED for it in ruling):
            return None
        made_by = self._made_by_rotation(step)
        if not made_by:
            return None
        return Inheritance(
            issue_key=granted.ticket,
            reason=f"a step of the rotation that started on {format_time(started.time)} under this token, {made_by}; "
            f"RotateSecret of {format_time(ruling[0].time)} was {granted.verdict} by {granted.ticket}",
        )

    def ran(self, event: Event, version_id: str) -> bool:
        """Say whether a rotation ran that made this version of the secret of an event."""
        return any(it.version_id == version_id for it in self._service.of(event))

    def _started(self, step: Event, token: str) -> Event | None:
        """Return the start of the rotation that was running at the step, where it is the one of this token."""
        here = [it for it in self._service.of(step) if it.time <= step.time]
        starts = [it for it in here if it.name == "RotationStarted"]
        last = max((it.time for it in starts), default=None)
        own = [it for it in starts if it.time == last and it.version_id == token]
        if not own:
            return None
        over = any(it.name in _ENDS and it.version_id == token and own[0].time <= it.time < step.time for it in here)
        return None if over else own[0]

    def _ruling(self, step: Event) -> list[Event]:
        """Return the latest settings of the secret's rotation up to the step; several where a second holds several."""
        before = [it for it in self._settings.of(step) if it.time <= step.time]
        last = max((it.time for it in before), default=None)
        return [it for it in before if it.time == last]

    def _made_by_rotation(self, step: Event) -> str:
        """Return who made the step, in words, where it is the rotation itself; else ""."""
        before = [it for it in self._settings.of(step) if it.time <= step.time]
        named = [it for it in before if it.facts.get("rotation_lambda")]
        last = max((it.time for it in named), default=None)
        functions = {str(it.facts["rotation_lambda"]) for it in named if it.time == last}
        # An approval of a rotation is none of a function that somebody else put in its place before.
        unapproved = any(self._verdict_of(it).verdict not in _GRANTED for it in named if it.time == last)
        if len(functions) == 1 and not unapproved:
            return self._by_function(step, functions.pop())
        managed = not named and step.actor.type in ("AWSService", "Service")
        return f"which {step.actor.via or step.actor.name} manages" if managed else ""

    def _by_function(self, step: Event, function_arn: str) -> str:
        found = _FUNCTION.fullmatch(function_arn)
        if not found or step.actor.type != "AssumedRole":
            return ""
        plain, account, name = found.groups()
        listed = self._roles.get(function_arn) or self._roles.get(plain)
        if listed:
            return f"made by {name} in its role" if listed in principals(step.actor) else ""
        # Lambda names the session of a function's role after the function (aws-events: rotation by Lambda).
        own_session = step.actor.session_name == name and f":{account}:assumed-role/" in step.actor.arn
        return f"made by {name}, known by its session's name" if own_session else ""


def step_token(event: Event) -> str:
    """Return the rotation token of a step: the version written, made current, or no longer pending."""
    if event.name not in _STEPS:
        return ""
    no_longer_pending = event.facts.get("stage") == "AWSPENDING" and event.facts.get("remove_from")
    return event.version_id or moved_version(event) or str(no_longer_pending or "")
