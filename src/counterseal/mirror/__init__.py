"""Tickets as they were last read from Jira, and up to when nothing of them was missed."""

from counterseal.mirror.interface import Held, Mirror, Reached

__all__ = ["Held", "Mirror", "Reached"]
