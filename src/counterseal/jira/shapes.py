"""The shapes of what Jira answers, as far as we read it: anything else in an answer is left where it is."""

from typing import Any

from msgspec import Struct, field

from counterseal.jira import interface


class Me(Struct, rename="camel"):
    """A user. Cloud knows them by accountId, Data Center by name."""

    account_id: str = ""
    name: str = ""
    display_name: str | None = None
    email_address: str | None = None

    def person(self) -> interface.Person:
        """Return the user as everybody else knows one."""
        return interface.Person(self.account_id or self.name, self.display_name or "", self.email_address or "")


class ServerInfo(Struct, rename="camel"):
    """What /serverInfo says."""

    deployment_type: str
    version: str = ""
    server_title: str = ""
    base_url: str = ""
    server_time: str = ""


class FieldSchema(Struct):
    """What a field holds."""

    type: str = ""
    custom: str = ""


class Field(Struct):
    """A field of tickets."""

    id: str
    name: str
    custom: bool = False
    schema: FieldSchema = field(default_factory=FieldSchema)


class Project(Struct):
    """A project."""

    key: str
    name: str

    def project(self) -> interface.Project:
        """Return the project as everybody else knows one."""
        return interface.Project(self.key, self.name)


class Projects(Struct, rename="camel"):
    """A page of the projects of Cloud."""

    values: list[Project]
    total: int
    start_at: int = 0


class Entries(Struct, rename="camel"):
    """Histories within a ticket on Data Center: all of them, or not."""

    histories: list[dict[str, Any]]
    total: int
    start_at: int = 0


class Issue(Struct):
    """A ticket."""

    id: str
    key: str
    fields: dict[str, Any] = {}
    changelog: Entries | None = None

    def issue(self) -> interface.Issue:
        """Return the ticket as everybody else knows one."""
        return interface.Issue(self.id, self.key, self.fields)


class Histories(Struct, rename="camel"):
    """A page of a ticket's changelog on Cloud."""

    values: list[dict[str, Any]]
    total: int
    start_at: int = 0


class FoundByToken(Struct, rename="camel"):
    """A page of a search on Cloud."""

    issues: list[Issue]
    next_page_token: str | None = None
    is_last: bool = False


class FoundByNumber(Struct, rename="camel"):
    """A page of a search on Data Center."""

    issues: list[Issue]
    total: int
    start_at: int = 0


class Rounds(Struct, rename="camel"):
    """A page of approval rounds."""

    values: list[dict[str, Any]]
    is_last_page: bool
    start: int = 0


class ServiceDesk(Struct, rename="camel"):
    """What Jira Service Management says of itself: Data Center answers where it has no licence for it."""

    is_licensed_for_use: bool = True


class Property(Struct):
    """A property of a ticket, or of a user."""

    value: Any


class Status(Struct):
    """A status, by its name."""

    name: str


class Transition(Struct):
    """A way to a status."""

    id: str
    name: str
    to: Status


class Transitions(Struct):
    """The ways that a ticket has now."""

    transitions: list[Transition]


class Group(Struct):
    """A group, by its name."""

    name: str


class Groups(Struct):
    """The groups within a user on Data Center: all of them where `size` says so."""

    items: list[Group]
    size: int


class UserWithGroups(Struct):
    """A user of Data Center and the groups that they are in."""

    groups: Groups


class Permission(Struct, rename="camel"):
    """Whether we have a permission."""

    have_permission: bool


class Permissions(Struct):
    """Permissions by their names."""

    permissions: dict[str, Permission]


class Hook(Struct, rename="camel"):
    """An admin webhook, as Cloud and Data Center before 10 tell it: its id is the end of its address."""

    name: str
    url: str
    self: str
    events: list[str] = []
    enabled: bool = True
    filters: dict[str, Any] = {}


class NewHook(Struct, rename="camel"):
    """An admin webhook, as Data Center 10 tells it."""

    id: int
    name: str
    url: str
    events: list[str] = []
    active: bool = True
    configuration: dict[str, Any] = {}
    filters: dict[str, Any] = {}


class Comment(Struct):
    """A comment: a document on Cloud, wiki markup on Data Center."""

    body: Any = ""


class Comments(Struct):
    """Comments of a ticket."""

    comments: list[Comment]
