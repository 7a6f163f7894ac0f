"""The embedded server: one loopback port, until somebody ends it."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

from starlette.types import ASGIApp
from uvicorn import Config, Server

from counterseal.errors import Conflict, Refused

HOST = "127.0.0.1"
USUAL_PORT = 8642

# Open requests get this long when the server is told to stop.
_GRACE_SECONDS = 2


def listen(port: int | None) -> socket.socket:
    """Return a socket that already listens on 127.0.0.1, so that a printed address answers at once.

    Args:
        port: the port that must be taken; None takes the usual one, or any free one where that is taken.

    Raises:
        Conflict: something else listens on the port that was asked for.
        Refused: the port may not be used by this person.
    """
    if port is not None:
        return _listen(port)
    try:
        return _listen(USUAL_PORT)
    except Conflict:
        return _listen(0)


def serve(application: ASGIApp, listening: socket.socket, announce: Callable[[], object]) -> None:
    """Answer requests until SIGINT or SIGTERM, then end cleanly.

    Args:
        application: what answers.
        listening: a socket of `listen`.
        announce: called once a signal would already end the server, so that nobody is told too early.
    """
    server = Server(
        Config(
            application,
            access_log=False,  # the path of a sign-in holds its token
            log_level="warning",
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )

    def stop(_: int, __: FrameType | None) -> None:
        server.should_exit = True

    # uvicorn takes these over while it runs and raises the signal again once it has ended: then nothing is left to do.
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        announce()
        server.run(sockets=[listening])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio turns Nagle's algorithm off: without, a kept connection waits 40 ms an answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Otherwise a restart within a minute finds its own port taken (TIME_WAIT).
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)
    except PermissionError as failure:
        listening.close()
        raise Refused(f"port {port} may not be used: {failure.strerror}", hint="take one above 1023") from failure
    except OSError as failure:
        listening.close()
        raise Conflict(
            f"port {port} of {HOST} cannot be used: {failure.strerror}", hint="leave --port out to take a free one"
        ) from failure
    return listening
