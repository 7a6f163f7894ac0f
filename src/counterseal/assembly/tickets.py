"""Where tickets are read: the file that was given, or the one that the settings name."""

from pathlib import Path

from counterseal.assembly.settings import Settings
from counterseal.control.tickets import FileTickets
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import SettingsError


def open_tickets(settings: Settings, policy: Policy, *, file: Path | None = None) -> Tickets:
    """Return what tickets are read through.

    Raises:
        SettingsError: no file was given, and the settings name none.
    """
    chosen = file or settings.tickets_file
    if chosen is None:
        raise SettingsError("nothing says where tickets are read", hint="give --tickets FILE, or set tickets.file")
    return FileTickets(chosen, policy)
