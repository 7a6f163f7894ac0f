"""The embedded server as a whole: the parts, the pages over them, and the door."""

import socket

from counterseal.assembly.embedded import Embedded
from counterseal.clock import Clock
from counterseal.control.intake_state import Intake
from counterseal.web.application import Sources, application
from counterseal.web.doorway import Announce, Doorway
from counterseal.web.rendering import Rendering
from counterseal.web.serving import serve
from counterseal.web.sign_in import SignIn
from counterseal.web.webhooks import with_hooks


def keep_house(
    listening: socket.socket, parts: Embedded, clock: Clock, announce: Announce, *, intake: Intake | None = None
) -> None:
    """Answer at the socket until somebody stops it; `announce` is told the first link, and each one asked for later.

    `intake` takes messages of AWS at addresses beside the pages, and its state stands on the first; None takes none.
    """
    rendering = Rendering(is_demonstration=parts.is_demonstration, places=parts.places)
    port: int = listening.getsockname()[1]
    doorway = Doorway(port=port, sign_in=SignIn(clock), rendering=rendering, announce=announce)
    sources = Sources(
        parts.reports, parts.dossiers.about, clock, parts.is_demonstration, intake.state if intake else None
    )
    reception = intake.reception if intake else None
    serve(with_hooks(application(sources, doorway), reception), listening, doorway.announce_link)
