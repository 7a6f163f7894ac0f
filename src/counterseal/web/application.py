"""The whole web application: routes, the gate that asks who is there, and the guard around both."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from counterseal.clock import Clock
from counterseal.errors import CountersealError
from counterseal.reports import ReportEngine
from counterseal.reports.metrics import CONTENT_TYPE
from counterseal.web.doorway import Doorway
from counterseal.web.guard import Guard
from counterseal.web.pages import DossierReader, Pages
from counterseal.web.problems import Problem, Problems
from counterseal.web.readings import IntakeReader, Readings
from counterseal.web.tickets import TicketPages, TicketReader

_STATIC = Path(__file__).parent / "static"

# What a person who is not signed in may see: the door, and how it is painted.
_OPEN_PATHS = ("/sign-in", "/static/")


class Sources(NamedTuple):
    """Where the pages read, and whether that is invented.

    `intake` is None where no message ever came, `metrics` where nothing answers /metrics, `jira_url` "" where no page
    of Jira is known.
    """

    reports: ReportEngine
    dossiers: DossierReader
    tickets: TicketReader
    clock: Clock
    is_demonstration: bool = False
    intake: IntakeReader | None = None
    metrics: Callable[[], str] | None = None
    jira_url: str = ""


def application(sources: Sources, doorway: Doorway) -> ASGIApp:
    """Return the application that answers at the doorway's address."""
    rendering = doorway.rendering
    problems = Problems(rendering)
    readings = Readings(
        sources.reports, sources.clock, is_demonstration=sources.is_demonstration, intake=sources.intake
    )
    pages = Pages(rendering, readings, sources.dossiers)
    tickets = TicketPages(rendering, readings, sources.tickets, sources.clock, jira_url=sources.jira_url)
    measured = [Route("/metrics", _metrics(sources.metrics))] if sources.metrics else []
    inner = Starlette(
        routes=[
            *measured,
            Route("/", pages.overview),
            Route("/changes", pages.changes),
            Route("/changes/{event_id:path}", pages.evidence),
            Route("/tickets/{issue_key:path}", tickets.ticket),
            Route("/approvals", pages.approvals),
            Route("/coverage", pages.coverage),
            Route("/words", pages.words),
            Route("/sign-in", doorway.open, methods=["GET"]),
            Route("/sign-in/new-link", doorway.another_link, methods=["POST"]),
            Route("/sign-out", doorway.leave, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(Gate, doorway=doorway, problems=problems, open_paths=tuple(it.path for it in measured))],
        exception_handlers={
            HTTPException: problems.http,
            CountersealError: problems.ours,
            Exception: problems.fault,
        },
    )
    return Guard(inner, hosts=doorway.hosts, problems=problems)


def _metrics(text: Callable[[], str]) -> Callable[[Request], Response]:
    # Not async: the reports are asked in a thread of the pool.
    def answer(_: Request) -> Response:
        return Response(text(), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})

    return answer


class Gate:
    """Lets in who is signed in; everybody else sees where the link is."""

    def __init__(self, app: ASGIApp, *, doorway: Doorway, problems: Problems, open_paths: tuple[str, ...]) -> None:
        """Take the application behind the gate, and the paths that are open beside the door."""
        self._open_paths = open_paths
        self._app = app
        self._doorway = doorway
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or show the door."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(_OPEN_PATHS) or path in self._open_paths:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if self._doorway.knows(request):
            await self._app(scope, receive, send)
            return
        # A SameSite=Strict cookie stays at home when a link on another site leads here. The page then asks once more
        # by itself: that second request is our own, and carries the cookie.
        returning = request.method == "GET" and request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}
        await self._problems.answer(Problem.NOT_SIGNED_IN, returning=returning)(scope, receive, send)
