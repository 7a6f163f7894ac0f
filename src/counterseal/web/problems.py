"""Our errors as HTTP answers: each in our words, with what to do, and never a traceback."""

from enum import Enum
from http import HTTPStatus
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from counterseal.errors import CountersealError, Denied, NotFound, Unreachable, UsageError
from counterseal.web.rendering import Rendering
from counterseal.web.words import sentence


class _Words(NamedTuple):
    status: HTTPStatus
    title: str
    sentence: str
    advice: str


class Problem(Enum):
    """Why a request got no page."""

    NOT_SIGNED_IN = _Words(
        HTTPStatus.UNAUTHORIZED,
        "Sign in",
        "This page is for the person who started Counterseal on this machine.",
        "Open the sign-in link in the terminal where counterseal up is running.",
    )
    LINK_REFUSED = _Words(
        HTTPStatus.UNAUTHORIZED,
        "This link does not open anything",
        "A sign-in link works once and for ten minutes. This one was used, has expired, or is not complete.",
        "Ask for a new one below: it is printed in the terminal where counterseal up is running.",
    )
    NOT_FOUND = _Words(
        HTTPStatus.NOT_FOUND,
        "There is nothing here",
        "No page has this address.",
        "The first page shows where everything is.",
    )
    WRONG_METHOD = _Words(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "That cannot be done here",
        "This address does not take such a request.",
        "Go back and use the buttons of the page.",
    )
    BAD_REQUEST = _Words(
        HTTPStatus.BAD_REQUEST,
        "That request cannot be read",
        "Something in the address is not what it should be.",
        "Start again from the first page.",
    )
    WRONG_HOST = _Words(
        HTTPStatus.MISDIRECTED_REQUEST,
        "Wrong address",
        "Counterseal answers only under the address that it printed when it started.",
        "Use the address in the terminal, with 127.0.0.1 in it.",
    )
    THROUGH_A_PROXY = _Words(
        HTTPStatus.FORBIDDEN,
        "Not through a proxy",
        "This request came through a proxy, so it may come from another machine.",
        "Open the address from a browser on this machine, with no proxy for 127.0.0.1.",
    )
    FROM_ANOTHER_SITE = _Words(
        HTTPStatus.FORBIDDEN,
        "Not from another site",
        "Another web site sent this request in your name. Nothing was changed.",
        "If it was you, use the button on Counterseal's own page.",
    )
    FAULT = _Words(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something is wrong with Counterseal",
        "This page could not be made. Nothing that was recorded is lost.",
        "The terminal where counterseal up is running says more. Please report it.",
    )


_STATUS_PROBLEMS = {
    HTTPStatus.NOT_FOUND: Problem.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: Problem.WRONG_METHOD,
}

_ERROR_STATUSES: dict[type[CountersealError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    UsageError: HTTPStatus.BAD_REQUEST,
    Denied: HTTPStatus.FORBIDDEN,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problems:
    """Makes the page for whatever went wrong."""

    def __init__(self, rendering: Rendering) -> None:
        """Take what draws the pages."""
        self._rendering = rendering

    def answer(self, problem: Problem, *, returning: bool = False) -> Response:
        """Return the page for a problem; `returning` lets the browser try once more, as its own visitor."""
        words = problem.value
        return self._rendering.page(
            "problem.html",
            status=words.status,
            title=words.title,
            sentence=words.sentence,
            advice=words.advice,
            offers_link=problem in {Problem.NOT_SIGNED_IN, Problem.LINK_REFUSED},
            offers_way_home=problem in {Problem.NOT_FOUND, Problem.WRONG_METHOD, Problem.BAD_REQUEST},
            returning=returning,
        )

    async def http(self, _: Request, failure: Exception) -> Response:
        """Answer what the router refused."""
        status = failure.status_code if isinstance(failure, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
        answer = self.answer(_STATUS_PROBLEMS.get(HTTPStatus(status), Problem.BAD_REQUEST))
        if isinstance(failure, HTTPException) and failure.headers:
            answer.headers.update(failure.headers)
        return answer

    async def ours(self, _: Request, failure: Exception) -> Response:
        """Answer one of our own errors: its sentence and its hint are written for people and hold no secret."""
        statuses = (status for kind, status in _ERROR_STATUSES.items() if isinstance(failure, kind))
        return self._rendering.page(
            "problem.html",
            status=next(statuses, HTTPStatus.INTERNAL_SERVER_ERROR),
            title="That did not work",
            sentence=sentence(str(failure)),
            advice=sentence(getattr(failure, "hint", "")),
            offers_link=False,
            offers_way_home=True,
            returning=False,
        )

    async def fault(self, _: Request, __: Exception) -> Response:
        """Answer a fault of our own; the server's log has the rest."""
        return self.answer(Problem.FAULT)
