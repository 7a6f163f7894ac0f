"""What goes wrong with a Jira, on demand: each fault by name, to be put on some calls."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from threading import Event
from typing import Self

from counterseal.jira_double.exchange import NOBODY, Answer, as_html, as_json, errors

GATE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to go wrong.

    instead: answers in Jira's place. after: changes the answer that Jira gave, when everything has happened.
    gate: the answer waits for it. nobody: Jira takes whoever asks for nobody in particular, and says `reason`.
    """

    instead: Callable[[], Answer] | None = None
    after: Callable[[Answer], Answer] | None = None
    gate: Event | None = None
    nobody: bool = False
    headers: Mapping[str, str] | None = None


def dead_token(reason: str | None = "AUTHENTICATED_FAILED") -> Fault:
    """The token is dead: what is open to everybody answers 200, empty. None: not even the header tells."""
    return Fault(nobody=True, headers={"X-Seraph-LoginReason": reason} if reason else {})


def unauthorized() -> Fault:
    """401, as Jira says it."""
    return Fault(instead=lambda: errors(401, NOBODY))


def forbidden() -> Fault:
    """403, in Jira's words: the user may not."""
    return Fault(instead=lambda: errors(403, "You do not have permission to do this."))


def html_forbidden() -> Fault:
    """403 with a page, as an unlicensed part of Jira or a filter in front of it answers."""
    return Fault(instead=lambda: as_html(403, "Forbidden (403)", "Encountered a 403 - Forbidden error."))


def proxy_page(status: int = 200) -> Fault:
    """A page of something else, such as a company's sign-in; 200 by default."""
    return Fault(instead=lambda: as_html(status, "Sign in to continue", "Your session with the proxy is over."))


def sent_elsewhere(place: str = "https://login.example.com/?back=jira") -> Fault:
    """A redirect to a sign-in of somebody else's."""
    return Fault(instead=lambda: Answer(302, b"", {"Location": place}))


def gone() -> Fault:
    """410: the call was taken away."""
    return Fault(instead=lambda: errors(410, "The requested API has been removed."))


def throttled(seconds: int | None = 5, reason: str = "jira-burst-based") -> Fault:
    """429 with the limit that was met; None: without Retry-After."""
    limits = {"X_RateLimit_Limit": "350", "X_RateLimit_Remaining": "0", "RateLimit_Reason": reason}
    told = limits if seconds is None else {**limits, "Retry_After": str(seconds)}
    return Fault(instead=lambda: as_json(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, **told))


def broken(status: int = 503) -> Fault:
    """A fault of Jira's own, or of what stands before it."""
    return Fault(instead=lambda: as_html(status, "Service unavailable", "Jira is starting up."))


def cut() -> Fault:
    """The connection ends before Jira has done anything."""
    return Fault(instead=lambda: Answer(0, is_cut=True))


def cut_after() -> Fault:
    """Jira has done it, and the connection ends before it could say so."""
    return Fault(after=lambda _: Answer(0, is_cut=True))


def slow(gate: Event) -> Fault:
    """The answer waits until the event is set."""
    return Fault(gate=gate)


def other_json(value: object = None) -> Fault:
    """200 with JSON that nobody documented."""
    shown = {"unexpected": True} if value is None else value
    return Fault(instead=lambda: as_json(200, shown))


def half() -> Fault:
    """200 with the first half of what Jira would have said: no JSON any more."""
    return Fault(after=lambda answer: answer._replace(body=answer.body[: len(answer.body) // 2]))


def without(*members: str) -> Fault:
    """The answer lacks members of its object that are documented."""

    def cut_out(answer: Answer) -> Answer:
        value = json.loads(answer.body)
        return answer._replace(body=json.dumps({k: v for k, v in value.items() if k not in members}).encode())

    return Fault(after=cut_out)


class Placed:
    """A fault put on calls: a context manager that takes it away again."""

    def __init__(
        self, fault: Fault, place: tuple[str, str], *, skip: int, times: int | None, all_: list["Placed"]
    ) -> None:
        """Take the fault, which calls it is put on, how many of them go well before it and go wrong, and all faults."""
        self.fault = fault
        self._method, self._path = place
        self._skip, self._times, self._all = skip, times, all_
        self.met = 0
        self.reached = Event()  # set as soon as a call has met it

    def meets(self, method: str, path: str) -> bool:
        """Say whether it holds for this call, and count it."""
        if not (fnmatch(method, self._method) and fnmatch(path, self._path)):
            return False
        self.met += 1
        holds = self.met > self._skip and (self._times is None or self.met <= self._skip + self._times)
        if holds:
            self.reached.set()
        return holds

    def remove(self) -> None:
        """Let Jira be well again, here."""
        if self in self._all:
            self._all.remove(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
