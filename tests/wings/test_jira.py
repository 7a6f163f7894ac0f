"""Our client on each Jira that can be had: the double of both flavours, and jira820."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.contracts.jira import JiraContract, Look
from tests.contracts.jira_faults import READS, WRITES, JiraFaultsContract
from tests.contracts.jira_state import SECRET, WEBHOOK, JiraStateContract, OnTheDouble, OpenAs
from tests.doubles.jira820_server import PROJECT, running_jira820
from tests.doubles.jira_description import Description

from counterseal.clock import FixedClock
from counterseal.errors import NotSignedIn, Refused
from counterseal.hidden import Hidden
from counterseal.jira.interface import Flavour, Issue, Jira, NewIssue, Webhook
from counterseal.jira.opening import Address, open_jira
from counterseal.jira.sending import Patience
from counterseal.jira.sign_in import BasicToken, BearerToken, OAuth, SignIn
from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.exchange import Answer
from counterseal.jira_double.faults import Fault
from counterseal.jira_double.model import HandClock, Hook, Person

pytestmark = pytest.mark.enable_socket


class Ours(NamedTuple):
    """Where a Jira is, which flavour it has, and how long our client bears with it."""

    url: str
    flavour: Flavour | None
    waits: list[float]

    def opened(self, sign_in: SignIn, clock: HandClock, *, read_seconds: float = 30.0) -> Jira:
        """Return our client; it waits by writing down how long."""
        patience = Patience(read_seconds=read_seconds, wait=self.waits.append, dice=lambda: 0.0)
        return open_jira(Address(self.url, self.flavour), sign_in, clock=FixedClock(clock()), patience=patience)


def sign_in_of(double: JiraDouble, person: Person) -> SignIn:
    """Return a new token of a person's, as this flavour takes it."""
    token = Hidden(double.token(person).encode())
    return BasicToken(person.email, token) if double.flavour == "cloud" else BearerToken(token)


class _Opened(OnTheDouble):
    @pytest.fixture
    def clock(self) -> HandClock:
        return HandClock()

    @pytest.fixture
    def waits(self) -> list[float]:
        return []

    @pytest.fixture
    def double(self, clock: HandClock) -> Iterator[JiraDouble]:
        with JiraDouble(self.flavour, clock=clock) as double:
            yield double

    @pytest.fixture
    def open_as(self, double: JiraDouble, clock: HandClock, waits: list[float]) -> Iterator[OpenAs]:
        opened: list[Jira] = []

        def open_one(person: Person) -> Jira:
            opened.append(Ours(double.url, self.flavour, waits).opened(sign_in_of(double, person), clock))
            return opened[-1]

        yield open_one
        for jira in opened:
            jira.close()

    @pytest.fixture
    def hasty(self, double: JiraDouble, clock: HandClock, waits: list[float]) -> Iterator[Jira]:
        sign_in = sign_in_of(double, world.ADMIN)
        jira = Ours(double.url, self.flavour, waits).opened(sign_in, clock, read_seconds=0.2)
        yield jira
        jira.close()


class TestCloud(_Opened, JiraStateContract):
    flavour = Flavour.CLOUD


class TestCloudFaults(_Opened, JiraFaultsContract):
    flavour = Flavour.CLOUD


class TestDataCenter(_Opened, JiraStateContract):
    flavour = Flavour.DATA_CENTER

    def test_a_ticket_that_leaves_its_place_between_two_pages_hides_no_other(
        self, jira: Jira, double: JiraDouble, clock: HandClock
    ) -> None:
        made = []
        for _ in range(7):
            made.append(double.create_issue("OPS"))
            clock.advance(seconds=1)
        double.page_limit = 3

        def edit_first(answer: Answer) -> Answer:
            double.edit(made[0], {"summary": "changed meanwhile"})
            return answer

        double.inject(Fault(after=edit_first), "*/search", times=1)

        found = [it.issue_id for it in jira.search("project = OPS order by updated asc")]

        assert sorted(found) == [it.issue_id for it in made]


class TestDataCenterFaults(_Opened, JiraFaultsContract):
    flavour = Flavour.DATA_CENTER


class TestDataCenterBeforeTen:
    @pytest.fixture
    def double(self) -> Iterator[JiraDouble]:
        with JiraDouble("data-center", version="9.12.0") as double:
            yield double

    @pytest.fixture
    def jira(self, double: JiraDouble) -> Iterator[Jira]:
        jira = Ours(double.url, None, []).opened(sign_in_of(double, world.ADMIN), HandClock())
        yield jira
        jira.close()

    def test_its_webhooks_are_read_where_they_were_then(self, jira: Jira, double: JiraDouble) -> None:
        double.site.hooks["7"] = Hook(hook_id="7", name="n", url="https://a.example", events=("jira:issue_created",))

        assert list(jira.webhooks()) == [Webhook("7", "n", "https://a.example", ("jira:issue_created",))]

    def test_none_of_ours_is_made_as_it_would_be_unsigned(self, jira: Jira, double: JiraDouble) -> None:
        with pytest.raises(Refused, match="does not sign"):
            jira.put_webhook(WEBHOOK, SECRET)

        assert double.site.hooks == {}


class Kept:
    """Keeps a refresh token in memory."""

    def __init__(self, token: str) -> None:
        self.token = Hidden(token.encode())

    def read(self) -> Hidden:
        return self.token

    def write(self, token: Hidden) -> None:
        self.token = token

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()


class ClockOf:
    """Tells our client the time that the double lives in."""

    def __init__(self, clock: HandClock) -> None:
        self.now = clock


class TestGateway:
    """What Cloud takes at its gateway only: tokens with scopes, and OAuth."""

    @pytest.fixture
    def clock(self) -> HandClock:
        return HandClock()

    @pytest.fixture
    def double(self, clock: HandClock) -> Iterator[JiraDouble]:
        with JiraDouble("cloud", clock=clock) as double:
            yield double

    @pytest.fixture
    def kept(self, double: JiraDouble) -> Kept:
        return Kept(double.refresh_token(world.ROBOT))

    @pytest.fixture
    def jira(self, double: JiraDouble, clock: HandClock, kept: Kept) -> Iterator[Jira]:
        """Return our client, signed in by OAuth."""
        secret = Hidden(double.oauth.client_secret.encode())
        sign_in = OAuth(double.oauth.client_id, secret, kept, f"{double.url}/oauth/token")
        jira = open_jira(Address(double.gateway_url, Flavour.CLOUD), sign_in, clock=ClockOf(clock))
        yield jira
        jira.close()

    def test_a_token_with_scopes_serves_there_and_not_at_the_site(self, double: JiraDouble, clock: HandClock) -> None:
        sign_in = BasicToken(world.ROBOT.email, Hidden(double.token(is_scoped=True).encode()))
        there = Ours(double.gateway_url, Flavour.CLOUD, []).opened(sign_in, clock)
        here = Ours(double.url, Flavour.CLOUD, []).opened(sign_in, clock)

        assert there.myself().display_name == "Robot Example"
        with pytest.raises(NotSignedIn):
            here.myself()
        there.close()
        here.close()

    def test_an_access_token_is_renewed_when_its_hour_is_over(
        self, jira: Jira, kept: Kept, double: JiraDouble, clock: HandClock
    ) -> None:
        issue = double.create_issue()
        first = kept.token
        jira.issue(issue.issue_id)
        second = kept.token
        clock.advance(hours=2)

        assert jira.issue(issue.issue_id).issue_key == "OPS-1"
        assert len({it.reveal() for it in (first, second, kept.token)}) == 3

    def test_an_access_token_that_died_before_its_time_is_renewed(
        self, jira: Jira, kept: Kept, double: JiraDouble
    ) -> None:
        jira.myself()
        double.site.tokens.clear()

        assert jira.myself().display_name == "Robot Example"

    def test_a_right_that_was_taken_back_is_a_dead_token(self, jira: Jira, double: JiraDouble) -> None:
        double.oauth.revoke()

        with pytest.raises(NotSignedIn):
            jira.myself()
        assert double.seen == []


@pytest.fixture(scope="session")
def jira820(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the jira820 of this run."""
    with running_jira820(tmp_path_factory.mktemp("jira820")) as url:
        yield url


class TestJira820(JiraContract):
    flavour = Flavour.DATA_CENTER

    @pytest.fixture
    def jira(self, jira820: str) -> Iterator[Jira]:
        sign_in = BearerToken(Hidden(b"it-takes-any"))
        jira = Ours(jira820, None, []).opened(sign_in, HandClock())
        yield jira
        jira.close()

    @pytest.fixture
    def draft(self, request: pytest.FixtureRequest) -> NewIssue:
        name = request.node.name.replace("_", "-")
        return NewIssue(PROJECT, "Task", "Unapproved change", "Nobody approved it.", (name,))

    @pytest.fixture
    def somebody(self) -> str:
        return "Casey Walker Acme"

    @pytest.fixture
    def look(self, jira820: str) -> Look:
        def read(issue: Issue, what: str) -> Any:
            url = f"{jira820}/rest/api/2/issue/{issue.issue_key}/{what}"
            with urllib.request.urlopen(url) as answer:  # noqa: S310  # loopback
                return json.load(answer)

        return Look(
            links=lambda issue: list(read(issue, "remotelink")),
            comments=lambda issue: [it["body"] for it in read(issue, "comment")["comments"]],
        )

    def named(self, issue: Issue) -> str:
        return issue.issue_key


@pytest.mark.shared_data
def test_what_we_ask_of_cloud_is_asked_as_published(shared_data: Path) -> None:
    description = Description(shared_data)
    with JiraDouble("cloud") as double:
        jira = Ours(double.url, Flavour.CLOUD, []).opened(sign_in_of(double, world.ADMIN), HandClock())
        jira.server()
        for asking in (READS | WRITES).values():
            asking.ask(jira, double.create_issue("OPS").issue_id)
        jira.close()

    covered = [it for it in double.seen if description.covers(it)]
    assert len({(it.method, it.path.rsplit("/", 1)[-1]) for it in covered if it.method != "GET"}) >= 5
    assert [problem for it in covered for problem in description.problems(it)] == []
