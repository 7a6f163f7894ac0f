"""What every Jira does when things go wrong: what must not be mixed up is kept apart."""

from abc import abstractmethod
from collections.abc import Callable
from threading import Event
from typing import NamedTuple

import pytest
from tests.contracts.jira import LINK
from tests.contracts.jira_state import SECRET, WEBHOOK, OnTheDouble, OpenAs

from counterseal.errors import (
    Denied,
    Gone,
    MalformedInput,
    NotSignedIn,
    OtherAnswer,
    Throttled,
    Unreachable,
    Unsettled,
)
from counterseal.jira.interface import Jira, NewIssue
from counterseal.jira_double import faults, world
from counterseal.jira_double import model as state
from counterseal.jira_double.double import JiraDouble

DRAFT = NewIssue("SEC", "Task", "Unapproved change", "Look.", ("counterseal-1",))


class Asking(NamedTuple):
    """A call of the interface, and the path on which it goes."""

    path: str
    ask: Callable[[Jira, str], object]


ISSUE = "/rest/api/?/issue/*"
READS = {
    "myself": Asking("*/myself", lambda jira, _: jira.myself()),
    "fields": Asking("*/field", lambda jira, _: jira.fields()),
    "issue": Asking(ISSUE, lambda jira, number: jira.issue(number)),
    "history": Asking(ISSUE, lambda jira, number: jira.history(number)),
    "approvals": Asking("*/approval", lambda jira, number: jira.approvals(number)),
    "search": Asking("*/search*", lambda jira, _: list(jira.search("project = OPS"))),
    "properties": Asking("*/properties/*", lambda jira, number: jira.properties(number, "counterseal")),
    "transitions": Asking("*/transitions", lambda jira, number: jira.transitions(number)),
    "user": Asking("*/user", lambda jira, _: jira.user("bob")),
    "user_property": Asking("*/user/properties/*", lambda jira, _: jira.user_property("bob", "aws")),
    "find_users": Asking("*/user/search", lambda jira, _: jira.find_users("bob")),
    "groups": Asking("*/user*", lambda jira, _: jira.groups("bob")),
    "permissions": Asking("*/mypermissions", lambda jira, _: jira.permissions("OPS")),
    "webhooks": Asking("*/webhook*", lambda jira, _: jira.webhooks()),
}
WRITES = {
    "comment": Asking("*/comment", lambda jira, number: jira.comment(number, "x", is_service_request=False)),
    "internal comment": Asking("*/comment", lambda jira, number: jira.comment(number, "x", is_service_request=True)),
    "put_property": Asking("*/properties/*", lambda jira, number: jira.put_property(number, "counterseal", {})),
    "put_remote_link": Asking("*/remotelink", lambda jira, number: jira.put_remote_link(number, LINK)),
    "transition": Asking("*/transitions", lambda jira, number: jira.transition(number, "11")),
    "create": Asking("*/issue", lambda jira, _: jira.create(DRAFT)),
    "put_webhook": Asking("*/webhook*", lambda jira, _: jira.put_webhook(WEBHOOK, SECRET)),
}
ONCE_ONLY = ("comment", "internal comment", "transition", "create")


def each(calls: dict[str, Asking]) -> pytest.MarkDecorator:
    """Run a test once for each call."""
    return pytest.mark.parametrize("asking", calls.values(), ids=calls.keys())


class JiraFaultsContract(OnTheDouble):
    """Every call is made as an administrator, so that nothing but the fault stands in the way."""

    @pytest.fixture
    @abstractmethod
    def waits(self) -> list[float]:
        """Return where the client writes down how long it would have waited."""

    @pytest.fixture
    @abstractmethod
    def hasty(self, double: JiraDouble) -> Jira:
        """Return a Jira, asked by one who does not wait long for an answer."""

    @pytest.fixture
    def jira(self, open_as: OpenAs) -> Jira:
        return open_as(world.ADMIN)

    @pytest.fixture
    def number(self, request_: state.Issue, double: JiraDouble) -> str:
        """Return the id of a service request with a property; a person has one as well."""
        request_.properties["counterseal"] = {"verdict": "proved"}
        double.site.user_properties[world.BOB.account_id, "aws"] = ["s-1"]
        return request_.issue_id

    @each(READS | WRITES)
    def test_a_dead_token_is_no_answer_about_tickets(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str
    ) -> None:
        double.site.tokens.clear()

        with pytest.raises(NotSignedIn):
            asking.ask(jira, number)

    @each(READS | WRITES)
    def test_a_dead_token_is_found_out_where_no_header_tells(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str
    ) -> None:
        double.inject(faults.dead_token(None))

        with pytest.raises(NotSignedIn):
            asking.ask(jira, number)

    def test_a_token_that_dies_right_after_its_proof_says_nothing_about_tickets(
        self, jira: Jira, double: JiraDouble, request_: state.Issue
    ) -> None:
        jira.myself()
        double.inject(faults.dead_token(None))

        with pytest.raises(NotSignedIn):
            list(jira.search("updated >= -10m"))
        with pytest.raises(NotSignedIn):
            jira.issue(request_.issue_id)

    def test_a_token_in_whose_name_nothing_may_be_done_does_nothing(
        self, jira: Jira, double: JiraDouble, request_: state.Issue
    ) -> None:
        public = double.create_issue("PUB")
        double.inject(faults.dead_token(None))

        with pytest.raises(NotSignedIn):
            jira.issue(public.issue_id)  # Jira shows it to everybody
        with pytest.raises(NotSignedIn):
            jira.comment(public.issue_id, "x", is_service_request=False)
        assert public.comments == []

    @each(READS | WRITES)
    def test_401_is_a_dead_token(self, jira: Jira, double: JiraDouble, asking: Asking, number: str) -> None:
        double.inject(faults.unauthorized(), asking.path)

        with pytest.raises(NotSignedIn):
            asking.ask(jira, number)

    @each(READS | WRITES)
    def test_403_in_jiras_words_is_a_permission(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str
    ) -> None:
        double.inject(faults.forbidden(), asking.path)

        with pytest.raises(Denied) as raised:
            asking.ask(jira, number)

        assert not isinstance(raised.value, NotSignedIn)

    @each(READS | WRITES)
    def test_403_with_a_page_is_never_an_answer(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str
    ) -> None:
        double.inject(faults.html_forbidden(), asking.path)

        with pytest.raises((Denied, OtherAnswer)):
            asking.ask(jira, number)

    @each(READS | WRITES)
    @pytest.mark.parametrize("fault", [faults.proxy_page(), faults.sent_elsewhere()], ids=["page", "redirect"])
    def test_a_page_in_jiras_place_is_told_apart(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str, fault: faults.Fault
    ) -> None:
        double.inject(fault, asking.path)

        with pytest.raises(OtherAnswer):
            asking.ask(jira, number)

    @each({name: it for name, it in (READS | WRITES).items() if name != "myself"})
    def test_a_call_that_was_taken_away_is_gone(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str
    ) -> None:
        double.inject(faults.gone(), asking.path)

        with pytest.raises(Gone):
            asking.ask(jira, number)

    @each(READS | WRITES)
    def test_a_long_wait_is_told_and_not_waited_for(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str, waits: list[float]
    ) -> None:
        double.inject(faults.throttled(3600), asking.path)

        with pytest.raises(Throttled) as raised:
            asking.ask(jira, number)

        assert raised.value.seconds >= 3600
        assert waits == []

    @each(READS | WRITES)
    def test_a_short_wait_is_waited_for(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str, waits: list[float]
    ) -> None:
        with double.inject(faults.throttled(2), asking.path, times=1):
            asking.ask(jira, number)

        assert [it >= 2 for it in waits] == [True]

    @each(READS | WRITES)
    @pytest.mark.parametrize("fault", [faults.broken(), faults.broken(500), faults.cut()], ids=["503", "500", "cut"])
    def test_a_jira_that_is_down_is_unreachable(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str, fault: faults.Fault
    ) -> None:
        double.inject(fault, asking.path)

        with pytest.raises(Unreachable) as raised:
            asking.ask(jira, number)

        assert not isinstance(raised.value, OtherAnswer | Gone | Throttled)

    @each(READS | WRITES)
    def test_where_nothing_listens_nothing_was_done(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str
    ) -> None:
        jira.myself()

        with double.down(), pytest.raises(Unreachable) as raised:
            asking.ask(jira, number)

        assert not isinstance(raised.value, Unsettled)

    @each(READS)
    @pytest.mark.parametrize("fault", [faults.broken(), faults.cut(), faults.cut_after()], ids=["503", "cut", "after"])
    def test_a_read_is_tried_again(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str, fault: faults.Fault
    ) -> None:
        placed = double.inject(fault, asking.path, times=1)

        asking.ask(jira, number)

        assert placed.met >= 2

    @each({it: WRITES[it] for it in ONCE_ONLY})
    @pytest.mark.parametrize("fault", [faults.cut_after(), faults.broken()], ids=["done", "not done"])
    def test_what_makes_something_is_not_tried_twice_and_said_to_be_open(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str, fault: faults.Fault
    ) -> None:
        placed = double.inject(fault, asking.path, method="POST")

        with pytest.raises(Unsettled):
            asking.ask(jira, number)

        assert placed.met == 1

    @each({it: WRITES[it] for it in ("put_property", "put_remote_link")})
    def test_what_replaces_itself_is_tried_again(
        self, jira: Jira, double: JiraDouble, asking: Asking, request_: state.Issue
    ) -> None:
        double.inject(faults.cut_after(), asking.path, times=1)

        asking.ask(jira, request_.issue_id)

        assert len(request_.links) + len(request_.properties) == 1

    @each({"issue": READS["issue"], "transition": WRITES["transition"]})
    def test_a_jira_that_says_nothing_is_not_waited_for_without_end(
        self, hasty: Jira, double: JiraDouble, asking: Asking, number: str
    ) -> None:
        gate = Event()
        double.inject(faults.slow(gate), asking.path)

        with pytest.raises(Unreachable):
            asking.ask(hasty, number)

        gate.set()

    @each({name: it for name, it in READS.items() if name != "myself"})
    @pytest.mark.parametrize("fault", [faults.half(), faults.other_json()], ids=["half", "other"])
    def test_json_of_another_shape_is_not_read(
        self, jira: Jira, double: JiraDouble, asking: Asking, number: str, fault: faults.Fault
    ) -> None:
        double.inject(fault, asking.path, method="GET")

        with pytest.raises(MalformedInput):
            asking.ask(jira, number)

    @pytest.mark.parametrize("fault", [faults.gone(), faults.broken(), faults.half(), faults.proxy_page()])
    def test_a_search_that_breaks_off_says_so(self, jira: Jira, double: JiraDouble, fault: faults.Fault) -> None:
        for _ in range(5):
            double.create_issue("OPS")
        double.page_limit = 2
        double.inject(fault, "*/search*", skip=1)

        with pytest.raises((Unreachable, MalformedInput)):
            list(jira.search("project = OPS"))
