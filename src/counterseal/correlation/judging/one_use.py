"""Label steps that complete the one use of a counterseal: a staged value made current, or taken back."""

from collections.abc import Callable
from dataclasses import replace

from counterseal.clock import format_time
from counterseal.correlation.judging.change import Change
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.labels import Labels
from counterseal.correlation.judging.rotation import step_token
from counterseal.correlation.judging.witnesses import Witnesses, made_current, moved_version
from counterseal.correlation.records.event import Event
from counterseal.correlation.tickets.counterseal import cited_by

_GRANTED = frozenset({Verdict.PROVED, Verdict.APPROVED})


class OneUse:
    """One use is one full ARN with one version id: staging a value, and moving its label, are the same use.

    A staged value is read by nobody who does not ask for it: the move is what an approval of a new value is about.
    Only the first move of AWSCURRENT counts; a later one is a rollback, and needs an approval of its own.
    """

    def __init__(self, witnesses: Witnesses, labels: Labels, verdict_of: Callable[[Event], Finding]) -> None:
        """Take what made versions, where labels were before, and what became of the calls that made them."""
        self._witnesses = witnesses
        self._labels = labels
        self._verdict_of = verdict_of

    def begun_by(self, step: Event) -> Event | None:
        """Return the call that staged the version whose label a step moves, where both are one use of a counterseal."""
        token = step_token(step) if step.name == "UpdateSecretVersionStage" else ""
        if not cited_by(token):
            return None
        promotes = moved_version(step) == token
        if promotes and (step.facts.get("stage") != "AWSCURRENT" or self._labels.is_silent_rollback(step)):
            return None
        staged = [
            it for it in self._witnesses.made(step, token) if it.name == "PutSecretValue" and it.time <= step.time
        ]
        if not staged or any(made_current(it) for it in staged):
            return None
        first = min(staged, key=lambda it: (it.time, it.event_id))
        return first if self._verdict_of(first).verdict in _GRANTED else None


def completing(change: Change, begun: Event) -> Change:
    """Return a label step as the rest of the change that it completes: it is judged by the same rules, at its time."""
    cited = change.cited._replace(counterseal=cited_by(begun.version_id))
    return replace(change, operation=begun.operation, cited=cited, completes=begun.version_id)


def said_of(begun: Event, step: Event) -> str:
    """Say in a clause what a step completes."""
    does = "makes current" if moved_version(step) else "ends the staging of"
    return f"it {does} what PutSecretValue staged on {format_time(begun.time)}, one use of one counterseal"
