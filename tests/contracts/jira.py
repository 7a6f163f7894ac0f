"""What every Jira does, whichever flavour it has and whoever plays it: a subclass opens it, and inherits the tests.

`JiraContract` asks for nothing that a plain Jira of ten years ago lacks. `JiraStateContract` is for those whose state a
test can reach into, and `JiraFaultsContract` (tests/contracts/jira_faults.py) for those that fail on demand.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from counterseal.errors import NotFound, Refused
from counterseal.jira.interface import Flavour, Icon, Issue, Jira, Json, NewIssue, RemoteLink

LINK = RemoteLink(
    global_id="system=counterseal&change=chg-1",
    url="https://counterseal.example/c/chg-1",
    title="Secret db: change matched",
    summary="v2 by role/ci",
    is_resolved=False,
    icon=Icon("https://counterseal.example/seal.svg", "Counterseal"),
    status=Icon("https://counterseal.example/matched.svg", "Matched", "https://counterseal.example/t/OPS-1"),
)


class Look(NamedTuple):
    """Looks at what hangs on a ticket, without our client."""

    links: Callable[[Issue], Sequence[Json]]
    comments: Callable[[Issue], Sequence[str]]


class JiraContract(ABC):
    """Opens a Jira that takes a ticket such as `draft`, and where `somebody` can be found by a name."""

    flavour: Flavour

    @pytest.fixture
    @abstractmethod
    def jira(self) -> Jira:
        """Return a Jira, asked as somebody who may read and write."""

    @pytest.fixture
    @abstractmethod
    def draft(self) -> NewIssue:
        """Return a ticket that it takes, with one label of its own."""

    @pytest.fixture
    @abstractmethod
    def somebody(self) -> str:
        """Return the name, as people see it, of a user."""

    @pytest.fixture
    @abstractmethod
    def look(self) -> Look:
        """Return what looks at links and comments, without our client."""

    def named(self, issue: Issue) -> str:
        """Return by what the ticket is asked for: its id, wherever ids are known."""
        return issue.issue_id

    @pytest.fixture
    def issue(self, jira: Jira, draft: NewIssue) -> Issue:
        """Return a ticket that was just made."""
        return jira.create(draft)

    def test_it_knows_us_and_says_what_it_is(self, jira: Jira) -> None:
        server = jira.server()

        assert jira.myself().user
        assert jira.flavour is self.flavour
        assert server.flavour is self.flavour
        assert server.url.startswith("http://127.0.0.1:")
        assert server.version
        assert server.title

    def test_its_fields_have_ids_and_the_names_that_people_see(self, jira: Jira) -> None:
        fields = {it.field_id: it for it in jira.fields()}

        assert (fields["summary"].name, fields["summary"].is_custom) == ("Summary", False)
        assert any(it.is_custom and it.kind for name, it in fields.items() if name.startswith("customfield_"))

    def test_what_was_made_is_read_back(self, jira: Jira, draft: NewIssue, issue: Issue) -> None:
        read = jira.issue(self.named(issue))

        assert (read.issue_id, read.issue_key) == (issue.issue_id, issue.issue_key)
        assert read.issue_key.startswith(f"{draft.project_key}-")
        assert (read.fields["summary"], read.fields["labels"]) == (draft.summary, list(draft.labels))

    def test_only_the_fields_asked_for_come_back(self, jira: Jira, issue: Issue) -> None:
        assert set(jira.issue(self.named(issue), fields=("summary", "labels")).fields) == {"summary", "labels"}

    def test_a_ticket_is_found_by_its_label(self, jira: Jira, draft: NewIssue, issue: Issue) -> None:
        query = f'project = {draft.project_key} AND labels = "{draft.labels[0]}"'

        (found,) = jira.search(query, fields=("labels",))

        assert (found.issue_id, found.issue_key) == (issue.issue_id, issue.issue_key)
        assert found.fields["labels"] == list(draft.labels)

    def test_a_search_can_find_nothing(self, jira: Jira, draft: NewIssue) -> None:
        assert list(jira.search(f'project = {draft.project_key} AND labels = "nobody-wrote-this"')) == []

    def test_a_new_ticket_has_no_history(self, jira: Jira, issue: Issue) -> None:
        assert list(jira.history(self.named(issue))) == []

    def test_a_ticket_moves_where_it_may_and_its_history_tells(self, jira: Jira, issue: Issue) -> None:
        way = jira.transitions(self.named(issue))[0]

        jira.transition(self.named(issue), way.transition_id)

        (history,) = jira.history(self.named(issue))
        items = history["items"]
        assert isinstance(items, list)
        assert [it["toString"] for it in items if it["field"] == "status"] == [way.to_status]
        assert {"id", "created", "author"} <= history.keys()
        status = jira.issue(self.named(issue), fields=("status",)).fields["status"]
        assert isinstance(status, dict)
        assert status["name"] == way.to_status

    def test_a_way_that_is_none_is_refused(self, jira: Jira, issue: Issue) -> None:
        with pytest.raises(Refused):
            jira.transition(self.named(issue), "999999")

    def test_a_comment_is_written(self, jira: Jira, issue: Issue, look: Look) -> None:
        jira.comment(self.named(issue), "Matched by 2 tickets", is_service_request=False)

        assert list(look.comments(issue)) == ["Matched by 2 tickets"]

    def test_a_link_replaces_the_one_with_its_global_id(self, jira: Jira, issue: Issue, look: Look) -> None:
        jira.put_remote_link(self.named(issue), LINK)
        jira.put_remote_link(self.named(issue), LINK._replace(title="Secret db: change disputed"))
        jira.put_remote_link(self.named(issue), LINK._replace(global_id="system=counterseal&change=chg-2"))

        links = {str(it["globalId"]): it["object"] for it in look.links(issue)}
        assert len(links) == len(look.links(issue)) == 2
        link = links[LINK.global_id]
        assert isinstance(link, dict)
        assert (link["title"], link["url"]) == ("Secret db: change disputed", LINK.url)
        assert link["icon"]["url16x16"] == LINK.icon.url

    def test_people_are_found_by_their_name(self, jira: Jira, somebody: str) -> None:
        assert somebody in [it.display_name for it in jira.find_users(somebody)]
        assert list(jira.find_users("nobody-of-this-name")) == []

    def test_a_ticket_that_is_not_there_is_said_not_to_be(self, jira: Jira, draft: NewIssue) -> None:
        absent = f"{draft.project_key}-999999"

        with pytest.raises(NotFound, match=absent):
            jira.issue(absent)
        with pytest.raises(NotFound, match=absent):
            jira.history(absent)

    def test_a_ticket_that_jira_does_not_take_is_refused(self, jira: Jira, draft: NewIssue) -> None:
        with pytest.raises(Refused):
            jira.create(draft._replace(issue_type="Nothing of this kind"))

    def test_it_can_be_closed_twice(self, jira: Jira) -> None:
        jira.close()
        jira.close()
