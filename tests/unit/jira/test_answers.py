"""What a ticket is told, and that telling it twice tells it once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from counterseal.errors import Refused, Unreachable
from counterseal.jira.answers import Choices, JiraAnswers
from counterseal.jira.interface import Icon, Issue, Json, NewIssue, RemoteLink, Transition

ANSWER: dict[str, Any] = {
    "schema": "counterseal/answer/v1", "finding": "f-1", "ticket": "OPS-42", "event": "PutSecretValue",
    "event_id": "e-1", "verdict": "approved-late", "counts": True, "waived": False, "time": "2026-03-10T12:00:00Z",
    "secret_name": "db/password", "actor": "ana", "reason": "approved an hour after the change",
    "pages": "https://audit.example",
}  # fmt: skip


class OneTicket:
    """A Jira with one ticket that notes what is done to it, and can fail once at a named step."""

    def __init__(self, *, project_type: str = "software", status: str = "In Progress") -> None:
        self.links: dict[str, RemoteLink] = {}
        self.held: dict[str, Json] = {}
        self.said: list[tuple[str, bool]] = []
        self.made: list[NewIssue] = []
        self.moved: list[str] = []
        self.fails_at = ""
        self._project: Mapping[str, object] = {"projectTypeKey": project_type} if project_type else {}
        self._status = status

    def issue(self, id_or_key: str, *, fields: Sequence[str] = ()) -> Issue:
        return Issue("10042", "OPS-42", {"project": self._project, "status": {"name": self._status}})

    def properties(self, issue_id: str, name: str) -> object | None:
        return self.held.get(name)

    def put_property(self, issue_id: str, name: str, value: Json) -> None:
        self._step("property")
        self.held[name] = value

    def put_remote_link(self, issue_id: str, link: RemoteLink) -> None:
        self._step("link")
        self.links[link.global_id] = link

    def comments(self, issue_id: str) -> Sequence[str]:
        return [text for text, _ in reversed(self.said)]

    def comment(self, issue_id: str, text: str, *, is_service_request: bool) -> None:
        self._step("comment")
        self.said.append((text, is_service_request))

    def transitions(self, issue_id: str) -> Sequence[Transition]:
        return [Transition("11", "Close", "Done"), Transition("31", "Ask why", "Needs explanation")]

    def transition(self, issue_id: str, transition_id: str) -> None:
        self.moved.append(transition_id)
        self._status = "Needs explanation"

    def search(self, jql: str, *, fields: Sequence[str] = ()) -> Iterator[Issue]:
        return iter([Issue("10042", "OPS-42", {}) for it in self.made if it.labels[-1] in jql])

    def create(self, issue: NewIssue) -> Issue:
        self.made.append(issue)
        return Issue("10042", "OPS-42", {})

    def _step(self, name: str) -> None:
        if self.fails_at == name:
            self.fails_at = ""
            raise Unreachable("Jira did not answer")


def tell(jira: OneTicket, choices: Choices = Choices(), key: str = "k" * 32, **members: object) -> None:  # noqa: B008
    JiraAnswers(jira, choices).send(key, json.dumps(ANSWER | members))  # type: ignore[arg-type]


def test_the_verdict_becomes_a_link_and_a_property() -> None:
    jira = OneTicket()

    tell(jira)

    (link,) = jira.links.values()
    assert link.title == "PutSecretValue of db/password: approved-late"
    assert link.url == "https://audit.example/tickets/OPS-42?change=e-1"
    assert not link.is_resolved
    (value,) = jira.held.values()
    assert (value["verdict"], value["counts"], value["event_id"]) == ("approved-late", True, "e-1")
    assert jira.said == []
    assert jira.moved == []


@pytest.mark.parametrize(
    ("told", "state", "title", "resolved"),
    [
        ({"counts": True}, "unexplained", "Needs an explanation", False),
        ({"counts": False}, "explained", "Needs no explanation", True),
        ({"counts": False, "waived": True}, "explained", "Waived", True),
        ({"counts": False, "verdict": "elsewhere"}, "explained", "Not judged by this ticket any more", True),
    ],
)
def test_the_link_carries_our_seal_and_the_mark_of_its_state(
    told: dict[str, object], state: str, title: str, *, resolved: bool
) -> None:
    jira = OneTicket()

    tell(jira, **told)  # type: ignore[arg-type]

    (link,) = jira.links.values()
    page, marks = "https://audit.example/tickets/OPS-42?change=e-1", "https://audit.example/static/marks"
    assert link.icon == Icon(f"{marks}/seal.svg", "Counterseal")
    assert link.status == Icon(f"{marks}/{state}.svg", title, page)
    assert link.is_resolved is resolved


def test_what_stands_in_an_address_is_written_so_that_it_ends_none() -> None:
    jira = OneTicket()

    tell(jira, event_id="a/b?c#d&e")

    assert [it.url for it in jira.links.values()] == ["https://audit.example/tickets/OPS-42?change=a%2Fb%3Fc%23d%26e"]


def test_a_later_verdict_replaces_the_link() -> None:
    jira = OneTicket()
    tell(jira)

    tell(jira, key="n" * 32, verdict="approved", counts=False)

    (link,) = jira.links.values()
    assert (link.title, link.is_resolved) == ("PutSecretValue of db/password: approved", True)


def test_two_findings_of_one_ticket_stand_beside_each_other() -> None:
    jira = OneTicket()

    tell(jira)
    tell(jira, finding="f-2", event_id="e-2")

    assert (len(jira.links), len(jira.held)) == (2, 2)


def test_without_an_address_for_our_pages_there_is_no_link() -> None:
    jira = OneTicket()

    tell(jira, pages="")

    assert jira.links == {}
    assert jira.held


def test_an_answer_that_waited_since_before_tickets_had_pages_is_told_without_a_link() -> None:
    jira = OneTicket()
    old = {name: value for name, value in ANSWER.items() if name != "pages"} | {"link": "https://audit.example/e-1"}

    JiraAnswers(jira, Choices()).send("k-1", json.dumps(old))  # type: ignore[arg-type]

    assert (jira.links, len(jira.held)) == ({}, 1)


@pytest.mark.parametrize("step", ["link", "comment", "property"])
def test_whatever_failed_is_done_once_when_it_is_tried_again(step: str) -> None:
    jira = OneTicket()
    choices = Choices(comments=True, transition="Ask why")
    jira.fails_at = step
    with pytest.raises(Unreachable):
        tell(jira, choices)

    tell(jira, choices)
    tell(jira, choices)

    assert (len(jira.links), len(jira.said), len(jira.held), jira.moved) == (1, 1, 1, ["31"])


def test_a_comment_says_what_was_found_and_names_itself() -> None:
    jira = OneTicket()

    tell(jira, Choices(comments=True), waived=True)

    ((text, _),) = jira.said
    assert text == (
        "PutSecretValue of db/password by ana on 2026-03-10T12:00:00Z: approved-late (waived)\n"
        "approved an hour after the change\n"
        "https://audit.example/tickets/OPS-42?change=e-1\n\n"
        f"(counterseal {'k' * 16})"
    )


@pytest.mark.parametrize(
    ("project_type", "internal"), [("software", False), ("business", False), ("service_desk", True), ("", True)]
)
def test_customers_never_see_a_comment(project_type: str, *, internal: bool) -> None:
    jira = OneTicket(project_type=project_type)

    tell(jira, Choices(comments=True))

    assert [it for _, it in jira.said] == [internal]


@pytest.mark.parametrize("name", ["Ask why", "needs explanation"])
def test_a_discrepancy_moves_the_ticket_by_the_name_of_the_way_or_of_the_status(name: str) -> None:
    jira = OneTicket()

    tell(jira, Choices(transition=name))

    assert jira.moved == ["31"]


def test_a_ticket_that_is_there_already_is_not_moved() -> None:
    jira = OneTicket(status="Needs Explanation")

    tell(jira, Choices(transition="Needs explanation"))

    assert jira.moved == []


def test_what_is_explained_moves_nothing() -> None:
    jira = OneTicket()

    tell(jira, Choices(transition="Ask why"), counts=False)

    assert jira.moved == []


def test_a_way_that_the_workflow_does_not_offer_is_left() -> None:
    jira = OneTicket()

    tell(jira, Choices(transition="Escalate"))

    assert jira.moved == []
    assert jira.held


def test_an_unapproved_change_gets_one_ticket() -> None:
    jira = OneTicket()
    choices = Choices(project="SEC", issue_type="Incident")
    jira.fails_at = "property"
    with pytest.raises(Unreachable):
        tell(jira, choices, ticket="")

    tell(jira, choices, ticket="")

    (made,) = jira.made
    assert (made.project_key, made.issue_type, made.summary) == (
        "SEC",
        "Incident",
        "Explain PutSecretValue of db/password",
    )
    assert made.labels[0] == "counterseal"
    assert made.description.endswith("\nhttps://audit.example/changes/e-1")
    assert [it.url for it in jira.links.values()] == ["https://audit.example/tickets/OPS-42?change=e-1"]
    assert jira.held


def test_nobody_said_where_tickets_are_made() -> None:
    with pytest.raises(Refused, match="no project"):
        tell(OneTicket(), ticket="")
