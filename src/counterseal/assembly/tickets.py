"""Where tickets are read: the file that was given, the one that the settings name, or Jira itself."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from counterseal.assembly.jira import open_jira, warnings_of
from counterseal.assembly.settings import Settings
from counterseal.clock import SystemClock
from counterseal.control.tickets import FileTickets
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import SettingsError
from counterseal.jira.tickets import JiraTickets


def open_tickets(settings: Settings, policy: Policy, *, file: Path | None = None) -> Tickets:
    """Return what tickets are read through.

    Raises:
        SettingsError: no file was given, and the settings name neither a file nor a Jira.
    """
    chosen = file or settings.tickets_file
    if chosen is None and settings.jira.url:
        return jira_tickets(settings, policy)
    if chosen is None:
        raise SettingsError(
            "nothing says where tickets are read", hint="give --tickets FILE, or set tickets.file, or jira.url"
        )
    return FileTickets(chosen, policy)


def jira_tickets(settings: Settings, policy: Policy, environment: Mapping[str, str] | None = None) -> JiraTickets:
    """Return what reads tickets from the Jira of the settings: it is asked at each question, not before."""
    clock = SystemClock()
    opened = partial(open_jira, settings, clock, os.environ if environment is None else environment)
    return JiraTickets(
        opened, policy, projects=settings.jira.projects, clock=clock, warn=partial(warnings_of, settings, clock)
    )
