"""From the settings to the mirror of tickets: what keeps it up to date, and what answers out of it."""

import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from counterseal.assembly.embedded import Reading, policy_of
from counterseal.assembly.jira import SOON_SECONDS, open_jira
from counterseal.assembly.settings import Settings
from counterseal.assembly.state import kept, made_for
from counterseal.assembly.tickets import jira_tickets
from counterseal.clock import Clock
from counterseal.control.jira_hook import JiraHook
from counterseal.control.process import Rereading
from counterseal.correlation.tickets.interface import Tickets
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import CountersealError, SettingsError, Unreachable
from counterseal.hidden import Hidden
from counterseal.jira.interface import Jira
from counterseal.jira.mirrored import MirroredTickets
from counterseal.jira.mirroring import CaughtUp, Mirroring, Progress, Scope
from counterseal.mirror.interface import Mirror

_NAME = "jira-mirror.sqlite"

SILENCE = timedelta(seconds=30)
"""After a failure messages wait so long before one of them asks Jira again: each would wait for its silence."""

_Asked = TypeVar("_Asked")
OpenJira = Callable[[], AbstractContextManager[Jira]]


def mirror_path(settings: Settings) -> Path:
    """Return where the mirror is: what is set, or jira-mirror.sqlite in the state directory."""
    return kept(settings, settings.jira.mirror, _NAME)


def open_mirror(settings: Settings) -> Mirror:
    """Open the mirror that the settings name, and make it where there is none.

    Raises:
        Denied, MalformedInput, Refused, Unreachable: what `SqliteMirror.at` raises.
    """
    from counterseal.mirror.sqlite import SqliteMirror

    return SqliteMirror.at(made_for(settings, settings.jira.mirror, _NAME))


class Following:
    """Follows one Jira. Threads may share it: each asks over a connection of its own, and closes no other's."""

    def __init__(self, settings: Settings, mirror: Mirror, policy: Policy, clock: Clock, open_: OpenJira) -> None:
        """Take the settings, the mirror, the policy that says which fields hold what, and what opens Jira."""
        self._scope = Scope(settings.jira.url, settings.jira.projects)
        self._mirror = mirror
        self._policy = policy
        self._clock = clock
        self._open = open_
        self._own = threading.local()
        self._connections: set[ExitStack] = set()
        self._is_closed = False
        self._failure: CountersealError | None = None
        self._silent_until = clock.now()
        now = jira_tickets(settings, policy)
        self._tickets = MirroredTickets(mirror, policy, settings.jira.projects, now.ticket)

    def catch_up(self, progress: Progress | None = None) -> CaughtUp:
        """Read all that Jira changed since the last time. See `Mirroring.catch_up`."""
        return self._asking(lambda it: it.catch_up(progress))

    def reread(self, id_or_key: str, *, since: datetime | None = None) -> bool:
        """Read one ticket now. See `Rereading.reread`; for a while after a failure it is not tried."""
        if self._failure and self._clock.now() < self._silent_until:
            raise self._failure
        return self._asking(lambda it: it.reread(id_or_key, since=since))

    def ticket(self, issue_key: str) -> TicketSet:
        """Return one ticket as Jira holds it now. See `Tickets.ticket`."""
        return self._tickets.ticket(issue_key)

    def concerning(self, secrets: Collection[str], *, since: datetime, until: datetime) -> TicketSet:
        """Return every ticket of the mirror. See `Tickets.concerning`."""
        return self._tickets.concerning(secrets, since=since, until=until)

    def close(self) -> None:
        """Let go of the connections; who asks meanwhile is cut off."""
        self._is_closed = True
        for connection in [*self._connections]:
            connection.close()

    def _asking(self, ask: Callable[[Mirroring], _Asked]) -> _Asked:
        try:
            found = ask(self._opened())
        except CountersealError as failure:
            self._failure, self._silent_until = failure, self._clock.now() + SILENCE
            # The next one signs in anew: a token may have been replaced where the settings say that it is.
            self._let_go()
            raise
        except RuntimeError as failure:  # what a client says that was closed meanwhile
            if not self._is_closed:
                raise
            raise Unreachable("Jira is asked no more: the program ends") from failure
        self._failure = None
        return found

    def _opened(self) -> Mirroring:
        mirroring: Mirroring | None = getattr(self._own, "mirroring", None)
        if mirroring is None:
            self._own.connection = connection = ExitStack()
            jira = connection.enter_context(self._open())
            self._connections.add(connection)
            mirroring = Mirroring(jira, self._mirror, self._scope, self._policy, self._clock)
            self._own.mirroring = mirroring
        return mirroring

    def _let_go(self) -> None:
        if connection := getattr(self._own, "connection", None):
            self._connections.discard(connection)
            connection.close()
        self._own.mirroring = None


@contextmanager
def following(
    reading: Reading,
    settings: Settings,
    clock: Clock,
    environment: Mapping[str, str] | None = None,
    *,
    most_wait_seconds: float = SOON_SECONDS,
) -> Iterator[Following | None]:
    """Open the mirror and what keeps it up to date, for the length of a `with`. Jira is asked later.

    None where the settings name no Jira, or where a ticket file is read, which goes before it.

    Raises:
        SettingsError: the policy cannot be read.
        Denied, MalformedInput, Refused, Unreachable: what `open_mirror` raises.
    """
    if reading.tickets or not settings.jira.url:
        yield None
        return
    policy, mirror = policy_of(reading, settings), open_mirror(settings)
    opened = partial(open_jira, settings, clock, environment, most_wait_seconds=most_wait_seconds)
    followed = Following(settings, mirror, policy, clock, opened)
    try:
        yield followed
    finally:
        followed.close()
        mirror.close()


def jira_hook(settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None) -> JiraHook | None:
    """Return what checks webhooks of Jira; None where the settings name no secret.

    Raises:
        SettingsError: the variable that should hold the secret is not set.
    """
    environment = os.environ if environment is None else environment
    names = settings.jira.webhook_secret_env
    for name in names:
        if not environment.get(name):
            raise SettingsError(
                f"the variable {name}, which should hold the secret of Jira's webhook, is not set",
                hint="openssl rand -hex 32 makes one; the webhook in Jira gets the same",
            )
    return JiraHook([Hidden(environment[name].encode()) for name in names], clock) if names else None


_: type[Rereading] = Following
_t: type[Tickets] = Following
