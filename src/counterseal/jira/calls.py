"""Calls of a Jira: each is signed, sent, and believed only as an answer to a living user."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from counterseal import __version__
from counterseal.clock import Clock
from counterseal.errors import MalformedInput, NotFound, NotSignedIn, OtherAnswer, Refused, Unreachable
from counterseal.jira.failures import failure_of, is_to_nobody, login_reasons
from counterseal.jira.sending import Answer, Asked, Sender
from counterseal.jira.shapes import Me
from counterseal.jira.sign_in import Credentials

T = TypeVar("T")
Query = Mapping[str, str | int]

PROOF_LASTS = timedelta(minutes=1)
"""Once known to be alive, a user is asked for again only after this time."""

_LONGEST_OF_NOTHING = 4096

_LONGEST_QUERY = 8000
"""What servers take in a line of a request: 8 KB, most of them."""


class Call(NamedTuple):
    """What is asked. `is_repeatable`: twice is once, although the method does not say so."""

    method: str
    path: str
    query: Query | None = None
    body: object = None
    is_repeatable: bool = False

    @property
    def name(self) -> str:
        """Return how errors call it: without the query."""
        return f"{self.method} {self.path}"


class Calls:
    """Asks one Jira as one user."""

    def __init__(self, base: str, sender: Sender, clock: Clock, credentials: Credentials, *, me: str = "") -> None:
        """Take the address of the Jira, what sends, the clock, who we are, and the path that says so.

        Without that path every answer is believed: for what Jira tells everybody.
        """
        self._base, self._sender, self._clock = base, sender, clock
        self._credentials = credentials
        self._me = Call("GET", me)
        self._alive_at: datetime | None = None

    def ask(self, call: Call, shape: type[T]) -> T:
        """Return what was asked for, read as a shape. See `Jira` for what may be raised."""
        answer = self._answer(call)
        try:
            return msgspec.json.decode(answer.content, type=shape)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as failure:
            raise MalformedInput(
                f"{call.name} was answered with JSON of another shape than Jira's ({failure})"
                if isinstance(failure, msgspec.ValidationError)
                else f"{call.name} was answered with no JSON"
            ) from None

    def tell(self, call: Call) -> None:
        """Ask for something to be done, and leave what Jira says about it. See `Jira` for what may be raised."""
        self._answer(call)

    def who(self) -> Me:
        """Return who we are: Jira is asked, and this proves us to be alive.

        Raises:
            OtherAnswer: what answers knows no users, so it is no Jira.
            Errors as in `Jira`.
        """
        try:
            me = self.ask(self._me, Me)
        except NotFound as failure:
            raise OtherAnswer(
                f"what answers there has no {self._me.name}, as every Jira has", hint="look at the address of Jira"
            ) from failure
        if not (me.account_id or me.name):
            raise MalformedInput(f"{self._me.name} was answered with nobody", hint="look at the address of Jira")
        self._alive_at = self._clock.now()
        return me

    def close(self) -> None:
        """Let go of the connections."""
        self._sender.close()

    def _answer(self, call: Call) -> Answer:
        reads = call.method == "GET"
        if not reads:
            self._prove_alive()  # else something could be written in nobody's name
        asked, answer = self._sent(call)
        failure = failure_of(answer, asked, self._credentials.blot)
        if isinstance(failure, Unreachable | NotSignedIn):
            self._alive_at = None
            raise failure
        # A refusal, nothing found, or only what everybody may see: each could be said to nobody as well.
        if reads and call != self._me:
            if isinstance(failure, NotFound) or _holds_nothing(answer):
                self._alive_at = None  # the proof must be of now: such an answer may take an approval from a change
            self._believe(answer)
        if failure:
            raise failure
        return answer

    def _believe(self, answer: Answer) -> None:
        if "OK" in login_reasons(answer) and not is_to_nobody(answer):
            self._alive_at = self._clock.now()
            return
        if is_to_nobody(answer):
            self._alive_at = None
        self._prove_alive()

    def _prove_alive(self) -> None:
        if self._me.path and (self._alive_at is None or self._clock.now() - self._alive_at >= PROOF_LASTS):
            self.who()

    def _sent(self, call: Call) -> tuple[Asked, Answer]:
        asked = self._asked(call)
        answer = self._sender.send(asked)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._credentials.renew():
            asked = self._asked(call)
            answer = self._sender.send(asked)
        return asked, answer

    def _asked(self, call: Call) -> Asked:
        query = urlencode(call.query or {}, quote_via=quote)
        if len(query) > _LONGEST_QUERY:
            raise Refused(
                f"{call.name} would ask with {len(query)} letters, more than servers take", hint="ask for less"
            )
        headers = {"Accept": "application/json", "User-Agent": f"counterseal/{__version__}"}
        if signed := self._credentials.header():
            headers["Authorization"] = signed
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        return Asked(
            call.name,
            call.method,
            f"{self._base}{call.path}{'?' if query else ''}{query}",
            headers,
            b"" if call.body is None else msgspec.json.encode(call.body),
            call.is_repeatable or call.method != "POST",
        )


def _holds_nothing(answer: Answer) -> bool:
    """Say whether an answer is a list of nothing, alone or under a name: what a dead token is told as well."""
    if len(answer.content) > _LONGEST_OF_NOTHING:
        return False
    try:
        said = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    lists = [it for it in said.values() if isinstance(it, list)] if isinstance(said, dict) else [said]
    return bool(lists) and not any(lists)
