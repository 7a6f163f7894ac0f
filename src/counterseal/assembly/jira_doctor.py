"""Looks at everything that a Jira needs to be right, one thing after the other, and says what mends it."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from counterseal.assembly.embedded import Reading, policy_of
from counterseal.assembly.jira import SOON_SECONDS, flavour_found, open_jira, warnings_of
from counterseal.assembly.jira_mirror import mirror_path, open_mirror
from counterseal.assembly.jira_webhooks import faults
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock, format_time
from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import CountersealError, Denied, NotFound, NotSignedIn
from counterseal.jira.interface import Flavour, Issue, Jira

NEEDED = ("secrets", "operations")
"""Without these two a ticket covers no change."""

STALE = timedelta(hours=1)
"""`up` reads every minute: a mirror that was read so long ago belongs to one that does not run, or cannot ask."""

_NEWEST = 50
_TRIED = 5


class State(StrEnum):
    """How a thing is. UNKNOWN is no fault: it could not be seen from here."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


class Check(NamedTuple):
    """One thing that was looked at. `fault` names what Jira's answer was, "" where it answered as it should."""

    about: str
    state: State
    said: str
    mending: str = ""
    fault: str = ""


def examine(settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None) -> Iterator[Check]:
    """Yield what is found, each as soon as it is known. What rests on something that failed is not looked at.

    Raises:
        SettingsError: the policy cannot be read.
    """
    environment = os.environ if environment is None else environment
    policy = policy_of(Reading(()), settings)
    lacking = list(_lacking(settings, policy))
    yield from lacking or [Check("settings", State.GOOD, "complete")]
    yield from _expiry(settings, clock)
    for check in _signing_in(settings, policy, clock, environment):
        yield check
        if check.state is State.BAD and check.about in ("address", "token"):
            yield Check("the rest", State.UNKNOWN, "was not looked at, for it rests on this", "mend this first")
    yield from _mirror(settings, clock)


def _lacking(settings: Settings, policy: Policy) -> Iterator[Check]:
    jira = settings.jira
    is_cloud = jira.flavour == Flavour.CLOUD or bool(jira.cloud_id)
    mending = "counterseal jira connect asks for it"
    for name, is_there in (
        ("jira.url", jira.url),
        ("jira.token_env", jira.token_env or jira.token or jira.oauth_client_id),
        ("jira.email", jira.email or jira.oauth_client_id or not is_cloud),
        ("jira.projects", jira.projects),
        *((f"policy.jira_fields.{word}", policy.jira_fields.get(word)) for word in NEEDED),
    ):
        if not is_there:
            yield Check("settings", State.BAD, f"{name} is not set", mending)


def _expiry(settings: Settings, clock: Clock) -> Iterator[Check]:
    if settings.jira.oauth_client_id:
        return  # tokens of OAuth are renewed as they are used
    warnings = warnings_of(settings, clock)
    for warning in warnings:
        said, _, mending = warning.partition(": ")
        yield Check("token's end", State.BAD, said, mending)
    if settings.jira.token_expires and not warnings:
        yield Check("token's end", State.GOOD, f"written down as {settings.jira.token_expires}")
    elif not settings.jira.token_expires:
        yield Check(
            "token's end",
            State.UNKNOWN,
            "Jira does not tell when a token expires, and jira.token_expires does not say",
            "set it to the day that Jira named when the token was made",
        )


def _signing_in(settings: Settings, policy: Policy, clock: Clock, environment: Mapping[str, str]) -> Iterator[Check]:
    if not settings.jira.url:
        return
    try:
        found = flavour_found(settings, clock, most_wait_seconds=SOON_SECONDS)
    except CountersealError as failure:
        yield _failed("address", failure)
        return
    yield Check("address", State.GOOD, f"{settings.jira.url} answers" + _trusted(settings))
    yield _flavour(settings, found)
    settings = settings._replace(jira=settings.jira._replace(flavour=found.value))  # as it is, whatever was written
    try:
        with open_jira(settings, clock, environment, most_wait_seconds=SOON_SECONDS) as jira:
            me = jira.myself()
            yield Check("token", State.GOOD, f"Jira knows it as {me.display_name or me.user}")
            yield from _Examination(jira, me.user, settings, policy, environment).all()
    except CountersealError as failure:
        yield _failed("token", failure)


def _trusted(settings: Settings) -> str:
    return ", and its certificate is trusted" if settings.jira.url.startswith("https:") else ", on this machine"


def _flavour(settings: Settings, found: Flavour) -> Check:
    if settings.jira.flavour in ("", found):
        return Check("flavour", State.GOOD, found)
    return Check(
        "flavour", State.BAD, f"it is {found}, and jira.flavour says {settings.jira.flavour}", f'set it to "{found}"'
    )


def _mirror(settings: Settings, clock: Clock) -> Iterator[Check]:
    path = mirror_path(settings)
    if not path.exists():
        said = f"there is none at {str(path)!r} yet"
        yield Check("mirror", State.UNKNOWN, said, "counterseal up makes it, or counterseal jira sync")
        return
    try:
        with closing(open_mirror(settings)) as mirror:
            until, held = mirror.reached().known_until, len(mirror.held())
    except CountersealError as failure:
        yield _failed("mirror", failure)
        return
    mending = "counterseal up reads it on, or counterseal jira sync"
    if until is None:
        yield Check("mirror", State.BAD, "tickets were never read to the end", mending)
        return
    state = State.BAD if clock.now() - until > STALE else State.GOOD
    said = f"{held} tickets, known up to {format_time(until)}"
    yield Check("mirror", state, said, mending if state is State.BAD else "")


class _Examination:
    """What is asked of a Jira that knows us."""

    def __init__(self, jira: Jira, me: str, settings: Settings, policy: Policy, environment: Mapping[str, str]) -> None:
        self._jira, self._me = jira, me
        self._settings, self._policy, self._environment = settings, policy, environment
        self._held: dict[str, frozenset[str]] = {}
        self._newest: dict[str, list[Issue]] = {}
        self._ids: dict[str, str] = {}

    def all(self) -> Iterator[Check]:
        """Yield a check of each thing; what fails on the way to one is said of that one alone."""
        projects = self._settings.jira.projects
        for key in projects:
            yield from self._each(f"project {key}", self._project(key))
        yield from self._each("fields", self._fields())
        for key in filter(self._held.get, projects):
            yield from self._each(f"tickets of {key}", self._tickets(key))
            yield from self._each(f"approvals in {key}", self._approvals(key))
        if self._policy.approver_groups:
            yield from self._each("groups", self._groups())
        yield from self._each("webhook", self._webhook())
        yield from self._each("answers", self._answers())

    def _each(self, about: str, checks: Iterator[Check]) -> Iterator[Check]:
        try:
            yield from checks
        except CountersealError as failure:
            yield _failed(about, failure)

    def _project(self, key: str) -> Iterator[Check]:
        about, mending = f"project {key}", "let the user of the token browse it, or mend jira.projects"
        try:
            held = self._jira.permissions(key)
        except NotFound as failure:
            yield _failed(about, failure)._replace(said="there is none, or it is not shown to us", mending=mending)
            return
        self._held[key] = held if "BROWSE_PROJECTS" in held else frozenset()
        if not self._held[key]:
            yield Check(about, State.BAD, "we may not browse it", mending)
            return
        yield Check(about, State.GOOD, "we may browse it")

    def _fields(self) -> Iterator[Check]:
        known = [(it.field_id, it.name) for it in self._jira.fields()]
        for word, text in self._policy.jira_fields.items():
            try:
                self._ids[word] = FieldNames({word: text}, known).id_of(word)
            except CountersealError as failure:
                yield _failed(f"field {word}", failure)
            else:
                yield Check(f"field {word}", State.GOOD, f"is {text!r}" + _id(text, self._ids[word]))

    def _tickets(self, key: str) -> Iterator[Check]:
        """Look whether the fields are on tickets of a project: Jira shows those that are, empty ones too."""
        about = f"tickets of {key}"
        asked = ("updated", "reporter", *self._ids.values())
        found = self._jira.search(f'project = "{key}" ORDER BY updated DESC', fields=asked)
        newest = self._newest[key] = list(islice(found, _NEWEST))
        if not newest:
            yield Check(about, State.UNKNOWN, "there is none that we may see, so what is on them is not known")
            return
        absent = [word for word, it in self._ids.items() if not any(it in ticket.fields for ticket in newest)]
        if not absent:
            yield Check(about, State.GOOD, f"have {_listed(list(self._ids))}" if self._ids else "are shown to us")
            return
        said = f"none of the newest {len(newest)} has the field for {_listed(absent)}"
        yield Check(about, State.BAD, said, "let an administrator put it on the project's screens, or map another")

    def _approvals(self, key: str) -> Iterator[Check]:
        about, statuses = f"approvals in {key}", self._policy.approved_statuses
        for ticket in self._newest.get(key, [])[:_TRIED]:
            if self._jira.approvals(ticket.issue_id) is not None:
                yield Check(about, State.GOOD, "rounds of Jira Service Management are read")
                return
        if statuses:
            yield Check(about, State.GOOD, f"by status: {', '.join(sorted(statuses))}")
        elif self._newest.get(key):
            said = "the newest tickets are no service requests, and no status approves: nothing can be approved there"
            yield Check(about, State.BAD, said, "set policy.approved_statuses, or name a service project")
        else:
            yield Check(about, State.UNKNOWN, "without a ticket it is not known whether they can be read")

    def _groups(self) -> Iterator[Check]:
        """Ask for somebody else's groups: one's own may be shown where those of others are not."""
        people = [it.fields.get("reporter") for newest in self._newest.values() for it in newest]
        named = [str(it.get("accountId") or it.get("name") or "") for it in people if isinstance(it, Mapping)]
        others = [it for it in named if it and it != self._me]
        groups = self._jira.groups(others[0] if others else self._me)
        whose = "of others" if others else "of our own user; those of others were not asked for"
        yield Check("groups", State.GOOD, f"{len(groups)} were read, {whose}")

    def _webhook(self) -> Iterator[Check]:
        names = self._settings.jira.webhook_secret_env
        if not names:
            said = "none is wanted: jira.webhook_secret_env is not set, and tickets are read every minute"
            yield Check("webhook", State.GOOD, said)
            return
        for name in names:
            if not self._environment.get(name):
                yield Check(
                    "webhook",
                    State.BAD,
                    f"the variable {name}, which should hold its secret, is not set here",
                    "set it where `counterseal up` runs; openssl rand -hex 32 makes one",
                )
        try:
            hooks, found = faults(self._jira, self._settings)
        except NotSignedIn:
            raise
        except Denied as failure:
            said = "only an administrator of Jira may look at webhooks"
            yield _failed("webhook", failure)._replace(
                state=State.UNKNOWN, said=said, mending="counterseal jira webhook check, with an administrator's token"
            )
            return
        for fault in found:
            yield Check("webhook", State.BAD, fault.what, fault.mending)
        if not found:
            yield Check(
                "webhook", State.GOOD, f"sends to {hooks[0].url}; whether its secret is ours Jira does not tell"
            )

    def _answers(self) -> Iterator[Check]:
        jira = self._settings.jira
        if not jira.answers:
            yield Check("answers", State.GOOD, "none are wanted: jira.answers is not set")
            return
        if not self._settings.alerts_link:
            yield Check(
                "answers",
                State.BAD,
                "alerts.link is not set, so tickets get no link",
                "set it to where `up` is reached",
            )
        needed = {"EDIT_ISSUES", *_if(self._settings.alerts_link, "LINK_ISSUES")}
        needed |= {*_if(jira.comments, "ADD_COMMENTS"), *_if(jira.transition, "TRANSITION_ISSUES")}
        for key in jira.projects:
            yield from self._may(key, needed)
        if jira.create_in:
            yield from self._may(jira.create_in, {"CREATE_ISSUES"})

    def _may(self, key: str, needed: set[str]) -> Iterator[Check]:
        held = self._held[key] if key in self._held else self._jira.permissions(key)
        if lacking := sorted(needed - held):
            said, mending = f"we lack {_listed(lacking)}", "give the user of the token these permissions there"
            yield Check(f"answers in {key}", State.BAD, said, mending)
            return
        yield Check(f"answers in {key}", State.GOOD, f"we have {_listed(sorted(needed))}")


def _failed(about: str, failure: CountersealError) -> Check:
    """Say what went wrong, and by which of our errors: what must not be mixed up stays apart."""
    fault = re.sub(r"(?<!^)(?=[A-Z])", "-", type(failure).__name__).lower()
    return Check(about, State.BAD, str(failure), failure.hint, fault)


def _if(wanted: object, permission: str) -> tuple[str, ...]:
    return (permission,) if wanted else ()


def _id(text: str, field_id: str) -> str:
    return "" if text == field_id else f" ({field_id})"


def _listed(words: list[str]) -> str:
    return ", ".join(words)
