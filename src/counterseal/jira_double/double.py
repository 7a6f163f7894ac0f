"""The double as tests use it: a server, hands to change tickets with, faults, and what was asked."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Self
from urllib.parse import urlsplit

from counterseal.jira_double import oauth, world
from counterseal.jira_double.answering import Answering
from counterseal.jira_double.exchange import Answer, Call
from counterseal.jira_double.faults import GATE_SECONDS, Fault, Placed
from counterseal.jira_double.hands import Hands
from counterseal.jira_double.model import Clock, Flavour, HandClock, Issue, Person
from counterseal.jira_double.pages import Pages
from counterseal.jira_double.seen import Seen, without_token
from counterseal.jira_double.serving import DoubleServer
from counterseal.jira_double.sign_in import SignedIn, sign_in
from counterseal.jira_double.world import EXAMPLE, World


class JiraDouble(Hands):
    """A Jira of one flavour on a loopback port.

    Its switches are plain members: `takes_basic` (Data Center), `page_limit`, `site.is_service_desk_licensed`, and
    those of `hooks`.
    """

    def __init__(
        self,
        flavour: Flavour | str = Flavour.CLOUD,
        *,
        clock: Clock | None = None,
        port: int = 0,
        version: str = "11.3.0",
        begun: World = EXAMPLE,
    ) -> None:
        """Take the flavour and its version, the clock, the port (0: a free one), and who and what is there."""
        super().__init__(Flavour(flavour), clock or HandClock(), begun)
        self.seen: list[Seen] = []
        self.page_limit = 100
        self.takes_basic = self.flavour is Flavour.CLOUD or int(version.split(".", maxsplit=1)[0]) < 11
        self.faults: list[Placed] = []
        self._answering = Answering(self.flavour, version)
        self._pages = Pages(self)
        self._index: list[Issue] | None = None
        self._server = DoubleServer(port, self._respond)
        self._port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self._port}"

    @property
    def gateway_url(self) -> str:
        """Return the address under which Cloud takes scoped tokens and OAuth."""
        return f"{self.url}/ex/jira/{world.CLOUD_ID}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        if self._server.failures:
            raise self._server.failures[0]

    @contextmanager
    def down(self) -> Iterator[None]:
        """Let nothing listen on the port for the length of a `with`; what the Jira holds stays, and can be changed."""
        self.__exit__()
        yield
        self._server = DoubleServer(self._port, self._respond)
        self._server.start()

    # ------------------------------------------------------------ what goes wrong
    def inject(
        self, fault: Fault, path: str = "*", *, method: str = "*", skip: int = 0, times: int | None = None
    ) -> Placed:
        """Put a fault on calls by method and path (`*` stands for anything), after `skip` of them, `times` times."""
        placed = Placed(fault, (method, path), skip=skip, times=times, all_=self.faults)
        self.faults.append(placed)
        return placed

    def freeze_index(self) -> None:
        """Let searches know only what was until now: they lag behind until `catch_up`."""
        with self.lock:
            self._index = deepcopy(list(self.site.issues.values()))

    def catch_up(self) -> None:
        """Let searches know everything again."""
        self._index = None

    # ------------------------------------------------------------ what was asked
    def asked(self, path_part: str = "", method: str = "") -> list[Seen]:
        """Return the requests so far whose path contains a text."""
        return [it for it in self.seen if path_part in it.path and method in ("", it.method)]

    def everything_said(self) -> str:
        """Return all that all requests said, without the tokens: where a canary must not be."""
        return "\n\n".join(it.text for it in self.seen)

    # ------------------------------------------------------------ answering
    def _respond(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        place = urlsplit(target)
        if place.path == oauth.PATH and self.flavour is Flavour.CLOUD:
            return self.oauth.answer(body)  # no part of Jira: it is told secrets, and nothing of it is kept
        if not place.path.startswith(("/rest/", "/ex/", "/_edge/")):
            return self._pages.answer(method, place, body, origin=_header(headers, "origin"))
        gateway = f"/ex/jira/{world.CLOUD_ID}"
        at_gateway = self.flavour is Flavour.CLOUD and place.path.startswith(f"{gateway}/")
        path = place.path.removeprefix(gateway) if at_gateway else place.path
        kept = without_token(headers)
        seen = Seen(method=method, whole_path=place.path, path=path, query=place.query, headers=kept, body=body)
        self.seen.append(seen)
        who = sign_in(self.site, _header(headers, "authorization"), at_gateway=at_gateway, takes_basic=self.takes_basic)
        faults = [it.fault for it in tuple(self.faults) if it.meets(method, path)]
        seen.answer = self._answer_to(seen, who, faults)
        return seen.answer

    def _answer_to(self, seen: Seen, who: SignedIn, faults: Iterable[Fault]) -> Answer:
        for fault in faults:
            if fault.gate is not None:
                fault.gate.wait(GATE_SECONDS)
            if fault.instead is not None:
                return fault.instead()
            if fault.nobody:
                who = SignedIn(None, fault.headers or {})
        if who.refusal is not None:
            return who.refusal
        with self.changing():
            answer = self._answering.answer(self._call(seen, who.person))
        answer = answer._replace(headers={**answer.headers, **who.headers})
        for fault in faults:
            answer = fault.after(answer) if fault.after else answer
        return answer

    def _call(self, seen: Seen, viewer: Person | None) -> Call:
        return Call(
            method=seen.method,
            path=seen.path,
            query=seen.query,
            headers=seen.headers,
            body=seen.body,
            site=self.site,
            viewer=viewer,
            base=self.url,
            page_limit=self.page_limit,
            searched=list(self.site.issues.values()) if self._index is None else self._index,
        )


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for given, value in headers.items() if given.lower() == name), "")
