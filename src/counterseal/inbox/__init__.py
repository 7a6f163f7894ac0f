"""Messages as they came, each kept before it is acknowledged."""

from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import Arrival, Letter, State, Stored

__all__ = ["Arrival", "Inbox", "Letter", "State", "Stored"]
