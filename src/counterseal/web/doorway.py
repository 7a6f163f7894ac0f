"""Where people come in and go out: the sign-in link, the cookie, another link, signing out."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from counterseal.web.problems import Problem, Problems
from counterseal.web.rendering import Rendering
from counterseal.web.sign_in import SESSION_LIFE, SignIn

Announce = Callable[[str], None]
"""Tells the person at the terminal a sign-in link."""


class Doorway:
    """The door of the server at one address of this machine."""

    def __init__(self, *, port: int, sign_in: SignIn, rendering: Rendering, announce: Announce) -> None:
        """Take the port, what knows the sessions, what draws, and how the person at the terminal is told."""
        self.hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self.rendering = rendering
        self._sign_in = sign_in
        self._problems = Problems(rendering)
        self._announce = announce
        # Cookies do not keep ports apart: two servers on one machine must not overwrite each other's.
        self._cookie = f"counterseal-{port}"

    @property
    def address(self) -> str:
        """Return the address of the first page."""
        return f"http://{self.hosts[0]}/"

    def announce_link(self) -> bool:
        """Tell the person at the terminal a new link; say whether it was done (not twice within seconds)."""
        token = self._sign_in.new_link_token()
        if token is None:
            return False
        self._announce(f"{self.address}sign-in?token={quote(token)}")
        return True

    def knows(self, request: Request) -> bool:
        """Say whether the request comes from somebody who is signed in."""
        return self._sign_in.is_open(request.cookies.get(self._cookie, ""))

    def open(self, request: Request) -> Response:
        """Take the link, once, and let its bearer in."""
        # A browser that fetches ahead, and a HEAD, must not use up the link of a person.
        is_ahead = "prefetch" in request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
        if is_ahead or request.method != "GET":
            return Response(status_code=HTTPStatus.NO_CONTENT)
        cookie = self._sign_in.redeem(request.query_params.get("token", ""))
        if cookie is None:
            return self._problems.answer(Problem.LINK_REFUSED)
        answer = RedirectResponse("/", status_code=HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            self._cookie, cookie, max_age=int(SESSION_LIFE.total_seconds()), httponly=True, samesite="strict"
        )
        return answer

    def another_link(self, _: Request) -> Response:
        """Print another link in the terminal: whoever asks learns nothing, who reads the terminal does."""
        was_printed = self.announce_link()
        return self.rendering.page("link_printed.html", was_printed=was_printed)

    def leave(self, request: Request) -> Response:
        """End the session, and have the browser forget what it knows of us."""
        self._sign_in.end(request.cookies.get(self._cookie, ""))
        answer = self.rendering.page("signed_out.html")
        answer.delete_cookie(self._cookie, httponly=True, samesite="strict")
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer
