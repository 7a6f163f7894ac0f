"""What every double has, fields and workflows; and whom and what one begins with, where nothing else is given."""

from typing import NamedTuple

from counterseal.jira_double.model import ADMINISTRATORS, WRITERS, FieldSpec, Person, Project

CLOUD_ID = "11111111-2222-3333-4444-555555555555"


def _person(number: int, name: str, *groups: str, zone: str = "UTC", shows_email: bool = True) -> Person:
    return Person(
        account_id=f"712020:00000000-0000-4000-8000-{number:012}",
        name=name,
        user_key=f"JIRAUSER{10100 + number}",
        display_name=f"{name.capitalize()} Example",
        email=f"{name}@example.com",
        groups=frozenset({WRITERS, *groups}),
        time_zone=zone,
        shows_email=shows_email,
    )


ADMIN = _person(1, "admin", ADMINISTRATORS)
ROBOT = _person(2, "robot", "service-desk-team")
ALICE = _person(3, "alice", "developers")
BOB = _person(4, "bob", "secrets-approvers", zone="Europe/Berlin")
CAROL = _person(5, "carol", "secrets-approvers", shows_email=False)
DAVE = _person(6, "dave", "service-desk-team")
ONLOOKER = _person(7, "onlooker")._replace(groups=frozenset({"onlookers"}))
PEOPLE = (ADMIN, ROBOT, ALICE, BOB, CAROL, DAVE, ONLOOKER)

SERVICE = Project("10001", "OPS", "Operations desk", is_service=True)
PLAIN = Project("10002", "SEC", "Security work")
OPEN_TO_ALL = Project("10003", "PUB", "Public questions", is_public=True)
PROJECTS = (SERVICE, PLAIN, OPEN_TO_ALL)


class World(NamedTuple):
    """Who and what is there when a double begins. `players` are those whom somebody at the pages may be.

    `first_id` is the first number that the double gives by itself: tickets that are brought in have lower ones.
    """

    people: tuple[Person, ...] = PEOPLE
    projects: tuple[Project, ...] = PROJECTS
    players: tuple[Person, ...] = PEOPLE
    first_id: int = 10_042


EXAMPLE = World()

ISSUE_TYPES = {"Change": "10010", "Task": "10011"}

SECRET, OPERATION = "customfield_10050", "customfield_10051"
WINDOW_FROM, WINDOW_TO, EMERGENCY = "customfield_10052", "customfield_10053", "customfield_10054"
EXECUTORS, ACCOUNT, REGION, JUSTIFICATION = (f"customfield_{10055 + it}" for it in range(4))
APPROVERS, APPROVALS = "customfield_10060", "customfield_10061"

FIELDS = (
    FieldSpec("summary", "Summary", "string"),
    FieldSpec("description", "Description", "text"),
    FieldSpec("labels", "Labels", "labels"),
    FieldSpec("assignee", "Assignee", "user"),
    FieldSpec("reporter", "Reporter", "user"),
    FieldSpec(SECRET, "Secret", "string"),
    FieldSpec(OPERATION, "Operation", "option"),
    FieldSpec(WINDOW_FROM, "Change start", "datetime"),
    FieldSpec(WINDOW_TO, "Change end", "datetime"),
    FieldSpec(EMERGENCY, "Emergency since", "datetime"),
    FieldSpec(EXECUTORS, "Executors", "users"),
    FieldSpec(ACCOUNT, "AWS account", "string"),
    FieldSpec(REGION, "AWS region", "string"),
    FieldSpec(JUSTIFICATION, "Justification", "text"),
    FieldSpec(APPROVERS, "Approvers", "users"),
)
# Shown and never set: Jira fills them itself.
READ_ONLY_FIELDS = ("status", "issuetype", "project", "creator", "created", "updated", "comment")


class Way(NamedTuple):
    """A transition: its id and name, and the status it leads to."""

    transition_id: str
    name: str
    to: str


# Every status: its id and its category (new, indeterminate, done).
STATUSES = {
    "Open": ("1", "new"),
    "Waiting for approval": ("10101", "indeterminate"),
    "Approved": ("10102", "indeterminate"),
    "Declined": ("10103", "done"),
    "In Progress": ("3", "indeterminate"),
    "In Review": ("10104", "indeterminate"),
    "Rejected": ("10105", "done"),
    "Done": ("10106", "done"),
}

# An agent can go around the approval: the third way out of "Waiting for approval".
SERVICE_WAYS = {
    "Open": (Way("11", "Ask for approval", "Waiting for approval"),),
    "Waiting for approval": (
        Way("21", "Approve", "Approved"),
        Way("31", "Decline", "Declined"),
        Way("41", "Go around the approval", "Approved"),
    ),
    "Approved": (Way("51", "Start", "In Progress"), Way("61", "Reopen", "Open"), Way("71", "Close", "Done")),
    "Declined": (Way("61", "Reopen", "Open"),),
    "In Progress": (Way("71", "Close", "Done"), Way("61", "Reopen", "Open")),
    "Done": (Way("61", "Reopen", "Open"),),
}
# What answering the last question of an approval takes by itself: nobody is offered these as a move.
APPROVAL_WAYS = {"21", "31"}

_EVERY_WAY = tuple(
    Way(str(101 + number), name, to)
    for number, (name, to) in enumerate(
        [
            ("To review", "In Review"),
            ("Approve", "Approved"),
            ("Reject", "Rejected"),
            ("Start", "In Progress"),
            ("Close", "Done"),
            ("Reopen", "Open"),
        ]
    )
)
PLAIN_WAYS = {
    status: tuple(way for way in _EVERY_WAY if way.to != status)
    for status in ("Open", "In Review", "Approved", "Rejected", "In Progress", "Done")
}


def ways(project: Project, status: str) -> tuple[Way, ...]:
    """Return the transitions out of a status, in a project."""
    return (SERVICE_WAYS if project.is_service else PLAIN_WAYS).get(status, ())
