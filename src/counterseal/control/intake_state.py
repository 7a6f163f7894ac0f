"""How the intake of messages stands, for a person who looks."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from counterseal.clock import parse_time
from counterseal.control.receive import Reception
from counterseal.errors import CountersealError
from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import State


class Failure(NamedTuple):
    """What went wrong last, and when."""

    at: datetime
    said: str


class IntakeState(NamedTuple):
    """How many messages are in each state, when the last one came and from where, and what went wrong last.

    `unreadable` says why the inbox could not be read, "" where it could: then the numbers say nothing.
    """

    new: int = 0
    processed: int = 0
    quarantined: int = 0
    last_at: datetime | None = None
    last_from: str = ""
    failure: Failure | None = None
    unreadable: str = ""

    @property
    def needs_a_look(self) -> bool:
        """Say whether something came that was not judged, and that nobody but a person can settle."""
        return bool(self.quarantined or self.unreadable)


class Intake(NamedTuple):
    """What takes messages over HTTPS, None where nothing does, and how the intake stands whenever it is asked."""

    reception: Reception | None
    state: Callable[[], IntakeState]


def intake_state(inbox: Inbox, failure: Failure | None = None) -> IntakeState:
    """Return how the intake stands now. An inbox that cannot be read is a state as well."""
    try:
        counts, newest = inbox.counts(), inbox.newest(limit=1)
    except CountersealError as unreadable:
        return IntakeState(failure=failure, unreadable=str(unreadable))
    state = IntakeState(
        new=counts.get(State.NEW, 0),
        processed=counts.get(State.PROCESSED, 0),
        quarantined=counts.get(State.QUARANTINED, 0),
        failure=failure,
    )
    for letter in newest:
        state = state._replace(last_at=parse_time(letter.received_at), last_from=f"{letter.channel}: {letter.origin}")
    return state
