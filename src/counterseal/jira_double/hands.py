"""What a test, or a person on a page, does to the double's tickets: each as somebody, and told by webhooks."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from secrets import token_hex
from typing import Any

from counterseal.jira_double import world
from counterseal.jira_double.hooks import Hooks
from counterseal.jira_double.model import Brought, Clock, Flavour, HandClock, Issue, Person, RefusedChange, Round, Token
from counterseal.jira_double.oauth import OAuthApp
from counterseal.jira_double.site import Site
from counterseal.jira_double.world import EXAMPLE, World


class Hands:
    """Changes tickets as the person named, and sends the webhooks that the change gives rise to."""

    url = ""

    def __init__(self, flavour: Flavour, clock: Clock, begun: World = EXAMPLE) -> None:
        """Take the flavour, the clock that the tickets live by, and who and what is there."""
        self.flavour, self.clock = flavour, clock
        self.site = Site(clock, flavour, begun)
        self.hooks = Hooks(self.site, lambda: self.url)
        self.site.emit = self.hooks.note
        self.oauth = OAuthApp(self.token, clock)
        self.lock = threading.RLock()

    # ------------------------------------------------------------ people
    def token(self, person: Person = world.ROBOT, *, is_scoped: bool = False, until: datetime | None = None) -> str:
        """Return a new token of a person's."""
        secret = f"canary-token-of-{person.name}-{token_hex(16)}"
        self.site.tokens[secret] = Token(secret, person, is_scoped, until)
        return secret

    def refresh_token(self, person: Person = world.ROBOT) -> str:
        """Return a new refresh token, as when a person gives an app of OAuth the right to act as they."""
        return self.oauth.grant(person)

    def kill(self, token: str) -> None:
        """Let a token die, as by its expiry."""
        del self.site.tokens[token]

    # ------------------------------------------------------------ tickets
    def create_issue(
        self,
        project_key: str = "OPS",
        fields: Mapping[str, Any] | None = None,
        *,
        by: Person = world.ALICE,
        brought: Brought | None = None,
    ) -> Issue:
        """Make a ticket of fields by their ids, such as `{world.SECRET: "db"}`, or bring one in."""
        with self.changing():
            given = {"summary": "Rotate a secret", **(fields or {})}
            return self.site.create(project_key, "Change", by, given, brought=brought)

    def edit(self, issue: Issue, changes: Mapping[str, Any], *, by: Person = world.ALICE) -> None:
        """Set fields of a ticket."""
        with self.changing():
            self.site.edit(issue, by, changes)

    def transition(self, issue: Issue, to: str, *, by: Person = world.DAVE) -> None:
        """Move a ticket to a status by the first transition that leads there."""
        way = next((it for it in world.ways(issue.project, issue.status) if it.to == to), None)
        if way is None:
            raise RefusedChange(f"{issue.issue_key} cannot go from {issue.status} to {to}")
        with self.changing():
            self.site.transition(issue, way.transition_id, by)

    def move(self, issue: Issue, project_key: str, *, by: Person = world.DAVE) -> None:
        """Move a ticket to another project."""
        with self.changing():
            self.site.move(issue, project_key, by)

    def request_approval(
        self, issue: Issue, *approvers: Person, by: Person = world.ALICE, needed: int | None = None
    ) -> Round:
        """Ask for approval: by Bob, where nobody is named."""
        with self.changing():
            return self.site.ask_for_approval(issue, by, approvers or (world.BOB,), needed=needed)

    def approve(self, issue: Issue, *, by: Person = world.BOB) -> None:
        """Approve the latest round of a ticket."""
        with self.changing():
            self.site.decide(issue, _latest(issue), by, "approved")

    def decline(self, issue: Issue, *, by: Person = world.BOB) -> None:
        """Decline the latest round of a ticket."""
        with self.changing():
            self.site.decide(issue, _latest(issue), by, "declined")

    def approved_issue(
        self, project_key: str = "OPS", fields: Mapping[str, Any] | None = None, *, by: Person = world.BOB
    ) -> Issue:
        """Make a ticket and let it be approved: by a round on the service project, by its status elsewhere."""
        issue = self.create_issue(project_key, fields)
        if issue.project.is_service:
            self.request_approval(issue, by)
            if isinstance(self.clock, HandClock):
                self.clock.advance(seconds=1)  # nobody decides in the second in which they are asked
            self.approve(issue, by=by)
        else:
            self.transition(issue, "Approved", by=by)
        return issue

    def comment(self, issue: Issue, text: str, *, by: Person = world.ALICE, is_public: bool = True) -> None:
        """Write a comment."""
        with self.changing():
            self.site.comment(issue, by, text, is_public=is_public)

    def hide(self, issue: Issue, *people: Person) -> None:
        """Hide a ticket from people: from Robot, where nobody is named."""
        issue.hidden_from |= set(people or (world.ROBOT,))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the state while it is changed; then send what the change gave rise to."""
        with self.lock:
            yield
        self.hooks.flush()


def _latest(issue: Issue) -> Round:
    if not issue.rounds:
        raise RefusedChange("Nobody was asked to approve it.")
    return issue.rounds[-1]
