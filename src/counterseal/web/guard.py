"""The wall around every page: which requests may come in, and what every answer carries."""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from counterseal.web.problems import Problem, Problems

# Level 3 of the Content Security Policy (W3C). Everything is forbidden, then what our pages use is allowed.
_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
    "base-uri 'none'; "
    "require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)

ANSWER_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: under that, browsers write "Origin: null" on our own forms (Fetch, "append a request Origin").
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

# Pictures that stand beside our links in Jira: the browsers of whoever looks at a ticket load them, from Jira's page
# and perhaps by way of a proxy. They are the same for everybody, and nothing else of ours is shown to another site.
_MARKS = frozenset(f"/static/marks/{name}.svg" for name in ("seal", "explained", "unexplained"))
_MARK_HEADERS = {**ANSWER_HEADERS, "Cross-Origin-Resource-Policy": "cross-origin"}

# What a proxy adds. The embedded server speaks to this machine's browser and to nobody behind a proxy, who could be
# anybody (research: the AWS Secrets Manager Agent refuses X-Forwarded-For for the same reason).
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "via")

_SAFE_METHODS = frozenset({"GET", "HEAD"})


class Guard:
    """Refuses what does not come from this machine's own pages, and puts the same headers on every answer."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], problems: Problems) -> None:
        """Take the application, the `Host` values that are ours, and the words for a refusal."""
        self._app = app
        self._hosts = frozenset(hosts)
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        is_mark = scope["path"] in _MARKS and scope["method"] in _SAFE_METHODS

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_MARK_HEADERS if is_mark else ANSWER_HEADERS)
            await send(message)

        refusal = None if is_mark else self._refusal(scope["method"], Headers(scope=scope))
        inner = self._problems.answer(refusal) if refusal else self._app
        await inner(scope, receive, send_guarded)

    def _refusal(self, method: str, headers: Headers) -> Problem | None:
        # A page of another site that resolves its own name to 127.0.0.1 (DNS rebinding) still sends its own name.
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return Problem.WRONG_HOST
        if any(name in headers for name in _PROXY_HEADERS):
            return Problem.THROUGH_A_PROXY
        if method not in _SAFE_METHODS and not self._is_from_our_own_page(headers):
            return Problem.FROM_ANOTHER_SITE
        return None

    def _is_from_our_own_page(self, headers: Headers) -> bool:
        # Fetch Metadata (W3C): browsers set it, pages cannot. Where it is absent, the Origin header must be ours.
        site = headers.get("sec-fetch-site")
        if site is not None and site != "same-origin":
            return False
        origin = headers.get("origin")
        if origin is None:
            return site == "same-origin"
        return origin in {f"http://{host}" for host in self._hosts}
