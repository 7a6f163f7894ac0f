"""The Jira of the demonstration: the double, with the story's people in it, and its tickets as they came about."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from counterseal.assembly.demo.people import IDENTITIES, INES, JONAS, MAYA, PRIYA, Person
from counterseal.assembly.demo.tickets import StoryTicket
from counterseal.assembly.jira_settings import JiraSettings
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import ADMINISTRATORS, WRITERS, Brought, Flavour, Project
from counterseal.jira_double.model import Person as JiraUser

_TOKEN, _ADMIN_TOKEN, _HOOK_SECRET = "DEMO_TOKEN", "DEMO_ADMIN_TOKEN", "DEMO_WEBHOOK_SECRET"  # names
_OPS = Project("10001", "OPS", "Operations of the bakery", is_service=True)

# The tickets that are brought in have lower ids than this.
_FIRST_ID = 20_000


def _user(name: str, display_name: str = "", *groups: str) -> JiraUser:
    """Return somebody whose account id is the name: those of a real Cloud say nothing to whoever reads a verdict."""
    return JiraUser(
        account_id=name,
        name=name,
        user_key=name,
        display_name=display_name or name.capitalize(),
        email=f"{name}@bakery.example",
        groups=frozenset({WRITERS, *groups}),
    )


_ROBOT = _user("counterseal")
_ADMIN = _user("admin", "The administrator", ADMINISTRATORS)
_PEOPLE = {it.user: _user(it.user) for it in (MAYA, JONAS, INES, PRIYA)}
_WORLD = world.World(
    people=(_ROBOT, _ADMIN, *_PEOPLE.values()), projects=(_OPS,), players=tuple(_PEOPLE.values()), first_id=_FIRST_ID
)


class _StoryClock:
    """The time of the story while it is played, and the present afterwards."""

    def __init__(self, present: Clock) -> None:
        self._present = present
        self.told: datetime | None = None

    def __call__(self) -> datetime:
        return self.told or self._present.now()


class PlayedJira(NamedTuple):
    """The double, and what Counterseal has to know to ask it: all of it inside of this process."""

    double: JiraDouble
    environment: Mapping[str, str]

    def settings(self, state_directory: Path, address: str) -> Settings:
        """Return settings that name it alone; `address` is where our pages are, and its webhooks go."""
        jira = JiraSettings(
            url=self.double.url,
            flavour=Flavour.CLOUD.value,
            email=_ROBOT.email,
            token_env=_TOKEN,
            projects=(_OPS.project_key,),
            webhook_secret_env=(_HOOK_SECRET,),
            answers=True,
        )
        fields = {
            "secrets": world.SECRET,
            "operations": world.OPERATION,
            "window_from": world.WINDOW_FROM,
            "window_to": world.WINDOW_TO,
            "emergency": world.EMERGENCY,
        }
        policy = {"jira_fields": fields, "identities": IDENTITIES}
        return Settings(state_directory=state_directory, jira=jira, alerts_link=address, policy=policy)

    def as_admin(self, settings: Settings) -> Settings:
        """Return the settings as who may set webhooks up."""
        return settings._replace(jira=settings.jira._replace(email=_ADMIN.email, token_env=_ADMIN_TOKEN))


def played(tickets: Iterable[StoryTicket], clock: Clock) -> PlayedJira:
    """Return a Jira in which the tickets have come about, each at its times. It answers once it is entered."""
    time = _StoryClock(clock)
    double = JiraDouble(Flavour.CLOUD, clock=time, begun=_WORLD)
    for ticket in tickets:
        _play(ticket, double, time)
    time.told = None
    secrets = {_TOKEN: double.token(_ROBOT), _ADMIN_TOKEN: double.token(_ADMIN), _HOOK_SECRET: token_hex(32)}
    return PlayedJira(double, secrets)


def _play(ticket: StoryTicket, double: JiraDouble, time: _StoryClock) -> None:
    by, approver = _of(ticket.by), _of(ticket.approver)
    time.told = ticket.asked
    fields = {
        "summary": ticket.summary,
        "assignee": _of(ticket.done_by),
        world.SECRET: ticket.secret,
        world.OPERATION: ", ".join(ticket.operations),
        world.WINDOW_FROM: _written(ticket.window.start),
        world.WINDOW_TO: _written(ticket.window.end),
    }
    issue = double.create_issue(_OPS.project_key, fields, by=by, brought=Brought(ticket.issue_id, ticket.number))
    double.request_approval(issue, approver, by=by)
    if ticket.declared:
        time.told = ticket.declared
        double.edit(issue, {world.EMERGENCY: _written(ticket.declared)}, by=by)
    if ticket.decided:
        time.told = ticket.decided.at
        decide = double.approve if ticket.decided.decision == "approved" else double.decline
        decide(issue, by=approver)


def _of(person: Person) -> JiraUser:
    return _PEOPLE[person.user]


def _written(moment: datetime) -> str:
    """Write a time as Jira keeps it in a field, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"
