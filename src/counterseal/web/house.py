"""The embedded server as a whole: the parts, the pages over them, and the door."""

import socket

from counterseal.assembly.embedded import Embedded
from counterseal.clock import Clock
from counterseal.web.application import Sources, application
from counterseal.web.doorway import Announce, Doorway
from counterseal.web.rendering import Rendering
from counterseal.web.serving import serve
from counterseal.web.sign_in import SignIn


def keep_house(listening: socket.socket, parts: Embedded, clock: Clock, announce: Announce) -> None:
    """Answer at the socket until somebody stops it; `announce` is told the first link, and each one asked for later."""
    rendering = Rendering(is_demonstration=parts.is_demonstration, places=parts.places)
    port: int = listening.getsockname()[1]
    doorway = Doorway(port=port, sign_in=SignIn(clock), rendering=rendering, announce=announce)
    sources = Sources(parts.reports, parts.dossiers.about, clock, parts.is_demonstration)
    serve(application(sources, doorway), listening, doorway.announce_link)
