"""What every Jira does that a test can reach into: hidden tickets, approvals, pages, comments, webhooks."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable

import pytest
from tests.contracts.jira import LINK, JiraContract, Look
from tests.doubles.alert_receivers import HookServer, serving

from counterseal.errors import Denied, NotFound, Refused
from counterseal.jira.interface import PERMISSIONS, Flavour, Jira, NewIssue, Webhook
from counterseal.jira_double import model as state
from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.hooks import signature
from counterseal.jira_double.model import HandClock, Person

OpenAs = Callable[[Person], Jira]
WEBHOOK = Webhook("", "Counterseal", "https://counterseal.example/jira", ("jira:issue_updated",))
SECRET = b"canary-secret-of-the-webhook"


class OnTheDouble(ABC):
    """Opens a double as whoever is asked for; the tests prepare what Jira holds, and look at what became of it."""

    flavour: Flavour

    @pytest.fixture
    @abstractmethod
    def double(self) -> JiraDouble:
        """Return the double that is asked."""

    @pytest.fixture
    @abstractmethod
    def open_as(self, double: JiraDouble) -> OpenAs:
        """Return what opens the double with a new token of a person's."""

    @pytest.fixture
    def request_(self, double: JiraDouble) -> state.Issue:
        """Return a service request."""
        return double.create_issue("OPS", {world.SECRET: "prod/db"})


class JiraStateContract(OnTheDouble, JiraContract):
    """What holds of tickets, people and webhooks that were made ready."""

    @pytest.fixture
    def jira(self, open_as: OpenAs) -> Jira:
        return open_as(world.ROBOT)

    @pytest.fixture
    def draft(self) -> NewIssue:
        return NewIssue("SEC", "Task", "Unapproved change", "Nobody approved *this*.\n\nLook.", ("counterseal-1", "x"))

    @pytest.fixture
    def somebody(self) -> str:
        return "Bob Example"

    @pytest.fixture
    def look(self, double: JiraDouble) -> Look:
        return Look(
            links=lambda issue: list(double.site.issues[issue.issue_id].links.values()),
            comments=lambda issue: [it.text for it in double.site.issues[issue.issue_id].comments],
        )

    # ------------------------------------------------------------ people
    def test_we_are_named_as_this_flavour_names_people(self, jira: Jira) -> None:
        me = jira.myself()

        expected = world.ROBOT.account_id if self.flavour is Flavour.CLOUD else "robot"
        assert (me.user, me.display_name, me.email) == (expected, "Robot Example", "robot@example.com")

    def test_people_are_found_by_their_address_where_they_show_it(self, jira: Jira) -> None:
        (bob,) = jira.find_users("bob@example.com")
        (carol,) = jira.find_users("Carol")

        assert bob.email == "bob@example.com"
        assert carol.email == ("" if self.flavour is Flavour.CLOUD else "carol@example.com")

    def test_a_person_is_known_by_what_this_flavour_calls_them(self, jira: Jira) -> None:
        (bob,) = jira.find_users("bob@example.com")

        assert jira.user(bob.user) == bob
        with pytest.raises(NotFound):
            jira.user("nobody-of-this-name")

    def test_a_property_of_a_person_is_told_and_one_that_is_not_there_is_none(
        self, jira: Jira, double: JiraDouble
    ) -> None:
        (bob,) = jira.find_users("bob@example.com")
        double.site.user_properties[world.BOB.account_id, "aws"] = ["arn:aws:iam::111122223333:user/bob"]

        assert jira.user_property(bob.user, "aws") == ["arn:aws:iam::111122223333:user/bob"]
        assert jira.user_property(bob.user, "other") is None
        with pytest.raises(NotFound):
            jira.user_property("nobody-of-this-name", "aws")

    def test_the_groups_of_a_person_are_told(self, jira: Jira) -> None:
        (bob,) = jira.find_users("Bob")

        assert jira.groups(bob.user) == {"jira-users", "secrets-approvers"}

    def test_jira_tells_its_own_time(self, jira: Jira, double: JiraDouble) -> None:
        assert jira.server().time == double.clock().replace(microsecond=0)

    def test_what_we_may_do_in_a_project_is_told(self, open_as: OpenAs) -> None:
        every = set(PERMISSIONS)

        assert open_as(world.ROBOT).permissions("OPS") == every - {"ADMINISTER"}
        assert open_as(world.ADMIN).permissions("SEC") == every
        assert open_as(world.ONLOOKER).permissions("OPS") == {"BROWSE_PROJECTS"}

    def test_what_we_may_do_in_a_project_that_is_none_is_not_there(self, jira: Jira) -> None:
        with pytest.raises(NotFound, match="mypermissions"):
            jira.permissions("NONE")
        with pytest.raises(Refused, match="key of a project"):
            jira.permissions("OPS&x=1")

    # ------------------------------------------------------------ tickets
    def test_the_text_of_a_new_ticket_is_what_was_meant(self, jira: Jira, draft: NewIssue, double: JiraDouble) -> None:
        made = double.site.issues[jira.create(draft).issue_id]

        written = made.fields["description"]
        plain = draft.description if self.flavour is Flavour.CLOUD else "Nobody approved \\*this\\*.\n\nLook."
        assert written == plain
        assert made.reporter == world.ROBOT

    def test_a_ticket_is_followed_to_another_project(
        self, jira: Jira, request_: state.Issue, double: JiraDouble
    ) -> None:
        double.move(request_, "SEC")

        assert jira.issue("OPS-1")[:2] == (request_.issue_id, "SEC-1")
        (history,) = jira.history(request_.issue_id)
        items = history["items"]
        assert isinstance(items, list)
        assert ("Key", "OPS-1", "SEC-1") in [(it["field"], it["fromString"], it["toString"]) for it in items]

    def test_a_long_history_comes_whole_and_oldest_first(
        self, jira: Jira, request_: state.Issue, double: JiraDouble, clock: HandClock
    ) -> None:
        for number in range(5):
            clock.advance(seconds=1)
            double.edit(request_, {world.SECRET: f"prod/db-{number}"})
        double.page_limit = 2

        histories = jira.history(request_.issue_id)

        told = [it["items"] for it in histories]
        assert [items[0]["toString"] for items in told if isinstance(items, list)] == [
            f"prod/db-{number}" for number in range(5)
        ]

    def test_a_long_search_finds_each_ticket_once(self, jira: Jira, double: JiraDouble) -> None:
        made = [double.create_issue("OPS").issue_id for _ in range(5)]
        double.page_limit = 2

        found = [it.issue_id for it in jira.search("project = OPS order by updated asc")]

        assert sorted(found) == made

    def test_a_query_that_jira_does_not_take_is_refused(self, jira: Jira) -> None:
        with pytest.raises(Refused, match="colour"):
            list(jira.search("colour = red"))

    def test_what_is_hidden_from_us_is_not_there_whatever_is_asked(
        self, jira: Jira, request_: state.Issue, double: JiraDouble
    ) -> None:
        double.hide(request_)
        number = request_.issue_id
        calls: list[Callable[[], object]] = [
            lambda: jira.issue(number),
            lambda: jira.history(number),
            lambda: jira.approvals(number),
            lambda: jira.properties(number, "counterseal"),
            lambda: jira.transitions(number),
            lambda: jira.comment(number, "x", is_service_request=True),
            lambda: jira.comment(number, "x", is_service_request=False),
            lambda: jira.put_property(number, "counterseal", {}),
            lambda: jira.put_remote_link(number, LINK),
            lambda: jira.transition(number, "11"),
        ]

        for call in calls:
            with pytest.raises(NotFound):
                call()
        assert list(jira.search("project = OPS")) == []

    def test_who_may_only_look_is_denied_what_changes(
        self, open_as: OpenAs, request_: state.Issue, draft: NewIssue
    ) -> None:
        onlooker, number = open_as(world.ONLOOKER), request_.issue_id
        calls: list[Callable[[], object]] = [
            lambda: onlooker.comment(number, "x", is_service_request=True),
            lambda: onlooker.put_property(number, "counterseal", {}),
            lambda: onlooker.put_remote_link(number, LINK),
            lambda: onlooker.transition(number, "11"),
            lambda: onlooker.create(draft),
        ]

        for call in calls:
            with pytest.raises(Denied):
                call()
        assert onlooker.issue(number).issue_key == "OPS-1"
        assert list(onlooker.transitions(number)) == []

    # ------------------------------------------------------------ approvals
    def test_a_ticket_without_a_service_desk_has_no_rounds_at_all(self, jira: Jira, double: JiraDouble) -> None:
        assert jira.approvals(double.create_issue("SEC").issue_id) is None

    def test_a_jira_without_a_service_desk_has_none_either(
        self, jira: Jira, request_: state.Issue, double: JiraDouble
    ) -> None:
        double.site.is_service_desk_licensed = False

        assert jira.approvals(request_.issue_id) is None

    def test_a_request_that_nobody_was_asked_about_has_no_round_yet(self, jira: Jira, request_: state.Issue) -> None:
        assert jira.approvals(request_.issue_id) == []

    def test_every_round_is_told_with_who_decided_what(
        self, jira: Jira, request_: state.Issue, double: JiraDouble
    ) -> None:
        double.request_approval(request_, world.BOB, world.CAROL)
        double.decline(request_, by=world.CAROL)
        double.transition(request_, "Open")
        double.request_approval(request_, world.BOB)
        double.approve(request_)
        double.page_limit = 1

        rounds = jira.approvals(request_.issue_id)

        assert rounds is not None
        assert [it["finalDecision"] for it in rounds] == ["declined", "approved"]
        approvers = rounds[1]["approvers"]
        assert isinstance(approvers, list)
        assert [(it["approver"]["displayName"], it["approverDecision"]) for it in approvers] == [
            ("Bob Example", "approved")
        ]

    # ------------------------------------------------------------ answers
    def test_a_comment_on_a_request_is_internal(self, jira: Jira, request_: state.Issue) -> None:
        jira.comment(request_.issue_id, "Matched chg-1", is_service_request=True)

        assert [(it.text, it.is_public) for it in request_.comments] == [("Matched chg-1", False)]

    def test_a_comment_on_what_was_thought_to_be_no_request_is_internal_too(
        self, jira: Jira, request_: state.Issue
    ) -> None:
        jira.comment(request_.issue_id, "Matched chg-1", is_service_request=False)

        assert [it.is_public for it in request_.comments] == [False]

    def test_a_property_is_read_as_it_was_set_last(self, jira: Jira, request_: state.Issue) -> None:
        assert jira.properties(request_.issue_id, "counterseal") is None

        jira.put_property(request_.issue_id, "counterseal", {"verdict": "proved"})
        jira.put_property(request_.issue_id, "counterseal", {"verdict": "disputed", "n": 1})

        assert jira.properties(request_.issue_id, "counterseal") == {"verdict": "disputed", "n": 1}

    def test_a_property_longer_than_jira_takes_is_refused(self, jira: Jira, request_: state.Issue) -> None:
        with pytest.raises(Refused):
            jira.put_property(request_.issue_id, "counterseal", {"x": "x" * 32_768})

        assert request_.properties == {}

    def test_a_link_keeps_every_part_when_it_is_replaced(
        self, jira: Jira, request_: state.Issue, double: JiraDouble
    ) -> None:
        jira.put_remote_link(request_.issue_id, LINK)
        jira.put_remote_link(request_.issue_id, LINK._replace(is_resolved=True))

        (link,) = request_.links.values()
        assert link["globalId"] == LINK.global_id
        assert link["object"] == {
            "url": LINK.url,
            "title": LINK.title,
            "summary": LINK.summary,
            "icon": {"url16x16": LINK.icon.url, "title": LINK.icon.title},
            "status": {
                "resolved": True,
                "icon": {"url16x16": LINK.status.url, "title": LINK.status.title, "link": LINK.status.link},
            },
        }

    # ------------------------------------------------------------ webhooks
    def test_only_an_administrator_is_told_of_webhooks(self, jira: Jira, open_as: OpenAs) -> None:
        with pytest.raises(Denied):
            jira.webhooks()
        with pytest.raises(Denied):
            jira.put_webhook(WEBHOOK, SECRET)
        assert list(open_as(world.ADMIN).webhooks()) == []

    def test_a_webhook_is_made_and_changed_and_read_back_without_its_secret(
        self, open_as: OpenAs, double: JiraDouble
    ) -> None:
        admin = open_as(world.ADMIN)

        made = admin.put_webhook(WEBHOOK, SECRET)
        changed = admin.put_webhook(made._replace(is_enabled=False, jql="project = OPS"), SECRET + b"-2")

        (held,) = double.site.hooks.values()
        assert made == WEBHOOK._replace(webhook_id=held.hook_id)
        assert list(admin.webhooks()) == [changed]
        assert (changed.webhook_id, changed.is_enabled, changed.jql) == (held.hook_id, False, "project = OPS")
        assert held.secret.encode() == SECRET + b"-2"

    def test_what_a_webhook_of_ours_brings_is_signed_with_our_secret(
        self, open_as: OpenAs, request_: state.Issue, double: JiraDouble
    ) -> None:
        with serving(receiver := HookServer()):
            url = f"http://127.0.0.1:{receiver.server_address[1]}/"
            open_as(world.ADMIN).put_webhook(WEBHOOK._replace(url=url), SECRET)
            double.edit(request_, {world.SECRET: "prod/other"})

        ((headers, body),) = receiver.got
        assert headers["X-Hub-Signature"] == signature(SECRET.decode(), body)
        assert json.loads(body)["issue"]["key"] == "OPS-1"

    # ------------------------------------------------------------ what is said
    def test_a_token_is_said_nowhere_but_where_it_belongs(
        self, jira: Jira, request_: state.Issue, double: JiraDouble
    ) -> None:
        jira.issue(request_.issue_id)
        jira.comment(request_.issue_id, "x", is_service_request=True)

        assert double.asked("/comment", "POST")[0].headers["authorization"].endswith("(kept out)")
        assert "canary-token" not in double.everything_said()
