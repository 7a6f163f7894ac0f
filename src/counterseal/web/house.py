"""The embedded server as a whole: the parts, the pages over them, and the door."""

import socket
from collections.abc import Callable
from typing import NamedTuple

from counterseal.assembly.embedded import Embedded
from counterseal.clock import Clock
from counterseal.control.intake_state import Intake
from counterseal.web.application import Sources, application
from counterseal.web.doorway import Announce, Doorway
from counterseal.web.rendering import Rendering
from counterseal.web.serving import serve
from counterseal.web.sign_in import SignIn
from counterseal.web.webhooks import with_hooks


class Beside(NamedTuple):
    """What answers beside the pages: what takes messages of AWS, and the text of /metrics. None: nothing does."""

    intake: Intake | None = None
    metrics: Callable[[], str] | None = None


def keep_house(
    listening: socket.socket, parts: Embedded, clock: Clock, announce: Announce, *, beside: Beside | None = None
) -> None:
    """Answer at the socket until somebody stops it; `announce` is told the first link, and each one asked for later.

    `beside` is what answers beside the pages; the state of the intake stands on the first of them.
    """
    beside = beside or Beside()
    rendering = Rendering(is_demonstration=parts.is_demonstration, places=parts.places)
    port: int = listening.getsockname()[1]
    doorway = Doorway(port=port, sign_in=SignIn(clock), rendering=rendering, announce=announce)
    intake = beside.intake
    sources = Sources(
        parts.reports,
        parts.dossiers.about,
        parts.tickets.about,
        clock,
        parts.is_demonstration,
        intake.state if intake else None,
        beside.metrics,
        parts.jira_url,
    )
    reception = intake.reception if intake else None
    serve(with_hooks(application(sources, doorway), reception), listening, doorway.announce_link)
