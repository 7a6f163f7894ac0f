"""Where AWS and Jira deliver over HTTPS: outside the sign-in and its pages, with a guard of its own.

The server listens on this machine only. A proxy that ends TLS passes requests to these addresses on, and to no other:
the pages refuse whatever comes through a proxy.
"""

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from counterseal.control.receive import Answer, Headers, Outcome, Reception

PREFIX = "/hooks/"

MOST_BYTES = 1024 * 1024
"""SNS, SQS and EventBridge carry up to 256 KB a message; SQS up to 1 MiB since 2025."""

MOST_BYTES_OF_JIRA = 25 * 1024 * 1024
"""Jira drops what is larger, and never sends again what was answered with 413. Two so large are read at once."""

BODY_SECONDS = 10.0
MOST_AT_ONCE = 16
MOST_LARGE_AT_ONCE = 2

_STATUSES = {
    Outcome.STORED: HTTPStatus.OK,
    Outcome.MALFORMED: HTTPStatus.BAD_REQUEST,
    Outcome.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
    Outcome.REFUSED: HTTPStatus.FORBIDDEN,
    # The one that is tried again: by SNS three times, 20 seconds apart, by EventBridge for a day, by Jira five times.
    Outcome.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

log = logging.getLogger(__name__)


class _Hook(NamedTuple):
    """One address: what takes a body there, the content types that are sent to it, and how large a body may be."""

    take: Callable[[bytes, Headers], Answer]
    content_types: tuple[str, ...]
    most_bytes: int = MOST_BYTES


class _Places(NamedTuple):
    """How many requests are worked on at once, and how many of them may be large."""

    all: asyncio.Semaphore
    large: asyncio.Semaphore


class _Unread(Exception):
    """The body was not read to its end."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


def with_hooks(pages: ASGIApp, reception: Reception | None) -> ASGIApp:
    """Return the pages, and beside them the addresses that the reception takes messages at: none where it is None."""
    if reception is None or not (reception.takes_sns or reception.takes_events or reception.takes_jira):
        return pages
    return _Beside(pages, _hooks(reception))


class _Beside:
    """Sends a request to the hooks or to the pages, by its path alone."""

    def __init__(self, pages: ASGIApp, hooks: ASGIApp) -> None:
        self._pages = pages
        self._hooks = hooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_hook = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._hooks if is_hook else self._pages)(scope, receive, send)


def _hooks(reception: Reception) -> ASGIApp:
    places = _Places(asyncio.Semaphore(MOST_AT_ONCE), asyncio.Semaphore(MOST_LARGE_AT_ONCE))
    routes = []
    if reception.takes_sns:
        # SNS says text/plain of its JSON (Developer Guide, "Parsing Amazon SNS message formats").
        hook = _Hook(reception.take_sns, ("text/plain", "application/json"))
        routes.append(Route(f"{PREFIX}sns", _endpoint(hook, places), methods=["POST"]))
    if reception.takes_events:
        hook = _Hook(reception.take_event, ("application/json",))
        routes.append(Route(f"{PREFIX}event-bridge", _endpoint(hook, places), methods=["POST"]))
    if reception.takes_jira:
        hook = _Hook(reception.take_jira, ("application/json",), MOST_BYTES_OF_JIRA)
        routes.append(Route(f"{PREFIX}jira", _endpoint(hook, places), methods=["POST"]))
    return Starlette(routes=routes)


def _endpoint(hook: _Hook, places: _Places) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        if places.all.locked():
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE, "busy: send it again")
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type not in hook.content_types:
            return _plain(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "this content type is not taken here")
        async with places.all:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await _read(request, hook.most_bytes, places.large)
            except TimeoutError:
                return _plain(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly")
            except _Unread as failure:
                return _plain(failure.status, failure.status.phrase.lower())
            # Checking and storing block: a thread does them, and the answer waits for the disk.
            taken = await run_in_threadpool(hook.take, body, dict(request.headers))
        if taken.outcome is not Outcome.STORED:
            log.warning("webhook refused", extra={"path": request.url.path, "reason": taken.reason})
        return _plain(_STATUSES[taken.outcome], taken.reason or "stored")

    return answer


async def _read(request: Request, most_bytes: int, places: asyncio.Semaphore) -> bytes:
    # The server lets no length through that is no number, and counts; what is declared too long is not begun.
    declared = int(request.headers.get("content-length", "0"))
    if declared > most_bytes:
        raise _Unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if declared <= MOST_BYTES:
        return await _read_up_to(request, MOST_BYTES)
    if places.locked():
        raise _Unread(HTTPStatus.SERVICE_UNAVAILABLE)
    async with places:
        return await _read_up_to(request, most_bytes)


async def _read_up_to(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > most_bytes:
                raise _Unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except ClientDisconnect:
        raise _Unread(HTTPStatus.BAD_REQUEST) from None
    return bytes(body)


def _plain(status: HTTPStatus, said: str) -> Response:
    return PlainTextResponse(f"{said}\n", status_code=status, headers=_HEADERS)
