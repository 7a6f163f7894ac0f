"""What AWS recorded against what tickets approved: pure, no input and no output."""

from counterseal.correlation.event import Actor, Event, Kind, Operation
from counterseal.correlation.finding import Finding, Verdict
from counterseal.correlation.ticket import Approval, Standing, Ticket, TicketSet

__all__ = [
    "Actor",
    "Approval",
    "Event",
    "Finding",
    "Kind",
    "Operation",
    "Standing",
    "Ticket",
    "TicketSet",
    "Verdict",
]
