"""Alerts on their way out, each kept until its receiver has taken it."""

from counterseal.outbox.interface import Outbox
from counterseal.outbox.notice import Notice, Pause, Waiting

__all__ = ["Notice", "Outbox", "Pause", "Waiting"]
