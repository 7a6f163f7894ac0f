"""One change as the rules look at it, before any ticket is opened."""

from dataclasses import dataclass
from datetime import datetime

from counterseal.correlation.judging.witnesses import Witnesses
from counterseal.correlation.records.event import Event, Operation
from counterseal.correlation.tickets.people import Citations, People, citations


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An event, with what it turned out to do, who did it, and which tickets it cites.

    `people` are the Jira users that the actor is; `doubt` is a sentence where the operation had to be assumed.
    `completes` is the counterseal whose use it completes, where it moves the label of the version of that name.
    """

    event: Event
    operation: Operation | None
    people: frozenset[str]
    cited: Citations
    doubt: str = ""
    completes: str = ""

    @property
    def time(self) -> datetime:
        """Return when AWS completed it."""
        return self.event.time


def look_at(event: Event, people: People, witnesses: Witnesses) -> Change:
    """Return the change that an event is."""
    operation, doubt = _operation(event, witnesses)
    return Change(
        event=event,
        operation=operation,
        people=people.of(event.actor),
        cited=citations(event),
        doubt=doubt,
    )


def _operation(event: Event, witnesses: Witnesses) -> tuple[Operation | None, str]:
    """Tell a new value from new metadata: UpdateSecret does either, and its record does not say which.

    Callers send a token in both cases and the value is never recorded; only a witness of the version tells
    (aws-events: semantics of UpdateSecret).
    """
    if event.name != "UpdateSecret":
        return event.operation, ""
    if witnesses.of(event):
        return Operation.VALUE, ""
    if witnesses.kms_observable(event):
        return Operation.METADATA, "KMS made no data key for it, so it changed no value"
    return Operation.VALUE, "whether it changed the value could not be observed, so it is taken for a new value"
