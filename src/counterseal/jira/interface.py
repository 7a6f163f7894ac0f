"""What is asked of a Jira, whichever flavour it has: some dozen calls, and what they give."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

Json = Mapping[str, object]
"""A JSON object as Jira answered it."""

PERMISSIONS = (
    "BROWSE_PROJECTS",
    "EDIT_ISSUES",
    "LINK_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "CREATE_ISSUES",
    "ADMINISTER",
)
"""What our calls may need, as Jira names it. The last is over the whole Jira: webhooks need it."""


class Flavour(StrEnum):
    """The two kinds of Jira: what they are asked differs (docs/decisions/0033-the-jira-wing.md)."""

    CLOUD = "cloud"
    DATA_CENTER = "data-center"


class Server(NamedTuple):
    """What a Jira says of itself. `time` is its clock, None where it does not tell."""

    flavour: Flavour
    version: str
    title: str
    url: str
    time: datetime | None = None


class Person(NamedTuple):
    """A user: `user` is the accountId on Cloud, the name on Data Center. Texts are "" where they are not shown."""

    user: str
    display_name: str = ""
    email: str = ""


class Field(NamedTuple):
    """A field of tickets: `field_id` such as customfield_10050, and the name that people see."""

    field_id: str
    name: str
    is_custom: bool = False
    kind: str = ""


class Issue(NamedTuple):
    """A ticket as Jira holds it now. The key may have changed since; the id never does."""

    issue_id: str
    issue_key: str
    fields: Json


class Transition(NamedTuple):
    """A way from the status that a ticket has to another."""

    transition_id: str
    name: str
    to_status: str


class Icon(NamedTuple):
    """A picture beside a link, of 16 by 16; people's browsers load it. "" where there is none.

    `title` is shown over it. `link` is where a click leads: of the picture of a state alone.
    """

    url: str = ""
    title: str = ""
    link: str = ""


class RemoteLink(NamedTuple):
    """A link on a ticket. The same `global_id` replaces the link; every part is always sent.

    `icon` stands for what is linked, `status` for the state it is in; one that is resolved is crossed out.
    """

    global_id: str
    url: str
    title: str
    summary: str
    is_resolved: bool
    icon: Icon = Icon()
    status: Icon = Icon()


class NewIssue(NamedTuple):
    """A ticket to be made. `description` is plain text; `labels` are how it is found again."""

    project_key: str
    issue_type: str
    summary: str
    description: str
    labels: tuple[str, ...] = ()


class Webhook(NamedTuple):
    """An admin webhook as Jira holds it; its secret cannot be read back."""

    webhook_id: str
    name: str
    url: str
    events: tuple[str, ...]
    is_enabled: bool = True
    jql: str = ""


class Jira(Protocol):
    """Asks one Jira as one user. What every method may raise is said here, once.

    NotSignedIn: the token is dead, even where Jira answered 200 to nobody in particular.
    Denied: the user is known and may not do this.
    NotFound: Jira was asked as a living user and says that there is no such thing, or that the user may not see it.
    Throttled: Jira asks to wait, longer than this call was willing to.
    Gone: this Jira no longer offers the call.
    OtherAnswer: something else answered in Jira's place, such as the page of a proxy or a sign-in.
    Unreachable: Jira did not answer, or with a fault of its own; the same call may succeed later. It is Unsettled where
        a comment, a transition, a ticket or a webhook may have been made all the same.
    MalformedInput: Jira answered with something that is not shaped as documented.
    Refused: Jira does not take what was sent, with Jira's own words.
    """

    flavour: Flavour

    def myself(self) -> Person:
        """Return who we are: the only answer that proves the token to be alive."""
        ...

    def server(self) -> Server:
        """Return what this Jira says of itself."""
        ...

    def fields(self) -> Sequence[Field]:
        """Return every field of tickets that the user may see."""
        ...

    def issue(self, id_or_key: str, *, fields: Sequence[str] = ("*all",)) -> Issue:
        """Return one ticket as it is now, wherever it moved to."""
        ...

    def history(self, issue_id: str) -> Sequence[Json]:
        """Return the whole changelog of a ticket, oldest first, in Jira's shape: {id, created, author, items}."""
        ...

    def approvals(self, issue_id: str) -> Sequence[Json] | None:
        """Return the approval rounds of Jira Service Management; None where the ticket is no service request."""
        ...

    def search(self, jql: str, *, fields: Sequence[str] = ("updated",)) -> Iterator[Issue]:
        """Yield what a bounded query finds, page by page. What was changed just now may be missing."""
        ...

    def comment(self, issue_id: str, text: str, *, is_service_request: bool) -> None:
        """Write an internal comment: never one that customers of a service project see."""
        ...

    def comments(self, issue_id: str) -> Sequence[str]:
        """Return the newest comments as plain text, the newest first: a hundred at most."""
        ...

    def properties(self, issue_id: str, name: str) -> object | None:
        """Return the JSON under a property of a ticket, None where there is none."""
        ...

    def put_property(self, issue_id: str, name: str, value: Json) -> None:
        """Set a property of a ticket: at most 32,768 characters of JSON."""
        ...

    def put_remote_link(self, issue_id: str, link: RemoteLink) -> None:
        """Make a link, or replace the one with the same global id."""
        ...

    def transitions(self, issue_id: str) -> Sequence[Transition]:
        """Return where the ticket may be moved now."""
        ...

    def transition(self, issue_id: str, transition_id: str) -> None:
        """Move the ticket. It is not tried twice."""
        ...

    def create(self, issue: NewIssue) -> Issue:
        """Make a ticket. It is not tried twice: whoever retries looks for its label first."""
        ...

    def user(self, user: str) -> Person:
        """Return one user, by accountId on Cloud and by name on Data Center."""
        ...

    def user_property(self, user: str, name: str) -> object | None:
        """Return the JSON under a property of a user, who may have set it themself; None where there is none."""
        ...

    def find_users(self, text: str) -> Sequence[Person]:
        """Return users whose name or e-mail address fits."""
        ...

    def groups(self, user: str) -> frozenset[str]:
        """Return the names of the groups that a user is in."""
        ...

    def permissions(self, project_key: str) -> frozenset[str]:
        """Return which of `PERMISSIONS` we have in a project; NotFound also where it is not shown to us."""
        ...

    def webhooks(self) -> Sequence[Webhook]:
        """Return the admin webhooks; only an administrator may ask."""
        ...

    def put_webhook(self, webhook: Webhook, secret: bytes) -> Webhook:
        """Make an admin webhook, or change the one with its id; requests will be signed with the secret."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
