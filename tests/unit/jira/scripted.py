"""A Jira that answers what a test wrote down, and remembers what it was asked."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from counterseal.hidden import Hidden
from counterseal.jira.interface import Flavour, Jira
from counterseal.jira.opening import Address, open_jira
from counterseal.jira.sending import Patience
from counterseal.jira.sign_in import BearerToken, SignIn

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOKEN = "t0ken-of-the-robot"
HOST = "https://jira.example"
MYSELF = {
    Flavour.CLOUD: {"accountId": "acc-1", "displayName": "Robot", "emailAddress": None},
    Flavour.DATA_CENTER: {"name": "robot", "key": "JIRAUSER1", "displayName": "Robot"},
}

Scripted = httpx2.Response | httpx2.HTTPError


class HandClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Script:
    """Gives the answers in their order. /myself is answered apart, by `me`."""

    def __init__(self, answers: Iterable[Scripted], me: Callable[[], Scripted]) -> None:
        self._answers, self._me = list(answers), me
        self.requests: list[httpx2.Request] = []
        self.waits: list[float] = []
        self.proofs = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/myself"):
            self.proofs += 1
            answer = self._me()
        else:
            self.requests.append(request)
            answer = self._answers.pop(0)
        if isinstance(answer, httpx2.HTTPError):
            raise answer
        return answer

    @property
    def asked(self) -> list[str]:
        """Return every request's method, path and query."""
        return [f"{it.method} {it.url.raw_path.decode()}" for it in self.requests]

    @property
    def body(self) -> Any:
        """Return the JSON of the last request."""
        return json.loads(self.requests[-1].content)

    def patience(self, **changed: Any) -> Patience:
        """Return a patience that waits by writing down, and has no luck."""
        return Patience(wait=self.waits.append, dice=lambda: 1.0, ticks=lambda: 0.0)._replace(**changed)


def as_json(status: int, value: object, **headers: str) -> httpx2.Response:
    """Return an answer of JSON; an underscore in a header's name stands for a dash."""
    return httpx2.Response(status, json=value, headers={name.replace("_", "-"): it for name, it in headers.items()})


def errors(status: int, *messages: str, **by_field: str) -> httpx2.Response:
    """Return an error as Jira's platform writes it."""
    return as_json(status, {"errorMessages": list(messages), "errors": by_field})


def page(status: int, **headers: str) -> httpx2.Response:
    """Return a page for people."""
    named = {name.replace("_", "-"): it for name, it in headers.items()}
    return httpx2.Response(status, html="<html><body>Sign in</body></html>", headers=named)


def scripted(
    flavour: Flavour,
    *answers: Scripted,
    me: Callable[[], Scripted] | None = None,
    clock: HandClock | None = None,
    sign_in: SignIn | None = None,
) -> tuple[Jira, Script]:
    """Return a Jira of a flavour that is answered so, and the script that answers."""
    script = Script(answers, me or (lambda: as_json(200, MYSELF[flavour])))
    jira = open_jira(
        Address(HOST, flavour),
        sign_in or BearerToken(Hidden(TOKEN.encode())),
        clock=clock or HandClock(),
        transport=httpx2.MockTransport(script),
        patience=script.patience(),
    )
    return jira, script
