"""What AWS recorded against what tickets approved: pure, no input and no output."""

from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.records.event import Actor, Event, Kind, Operation
from counterseal.correlation.tickets.ticket import Approval, Standing, Ticket, TicketSet

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
