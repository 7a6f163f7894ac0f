"""What both flavours are asked in the same way: one path each, and the same shapes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from counterseal.clock import parse_time
from counterseal.errors import Denied, MalformedInput, NotFound, NotSignedIn, OtherAnswer, Refused
from counterseal.jira import shapes
from counterseal.jira.calls import Call, Calls, Query
from counterseal.jira.interface import (
    PERMISSIONS,
    Field,
    Flavour,
    Icon,
    Issue,
    Json,
    NewIssue,
    Person,
    RemoteLink,
    Server,
    Transition,
)
from counterseal.jira.paths import DESK, checked_number, checked_project, checked_property, issue_path, request_path
from counterseal.jira.rich_text import plain, wiki
from counterseal.jira.words import short

PAGE_SIZE = 100
MOST_USERS = 1000
MOST_PROPERTY_LETTERS = 32_768
MOST_GLOBAL_ID_LETTERS = 255


class Platform:
    """The calls that differ in nothing but the version in their path, and in how rich text is written."""

    flavour: Flavour
    api: ClassVar[str]

    def __init__(self, calls: Calls, rich: Callable[[str], object]) -> None:
        """Take what asks, and what writes plain text as the flavour has it."""
        self._calls, self._rich = calls, rich

    def myself(self) -> Person:
        """See `Jira.myself`."""
        return self._calls.who().person()

    def server(self) -> Server:
        """See `Jira.server`."""
        info = self._calls.ask(Call("GET", f"{self.api}/serverInfo"), shapes.ServerInfo)
        told = info.server_time
        time = told_time(f"{self.api}/serverInfo", told) if told else None
        return Server(self.flavour, info.version, info.server_title, info.base_url, time)

    def fields(self) -> Sequence[Field]:
        """See `Jira.fields`."""
        found = self._calls.ask(Call("GET", f"{self.api}/field"), list[shapes.Field])
        return [Field(it.id, it.name, it.custom, it.schema.custom or it.schema.type) for it in found]

    def issue(self, id_or_key: str, *, fields: Sequence[str] = ("*all",)) -> Issue:
        """See `Jira.issue`."""
        return self._issue(id_or_key, fields=",".join(fields)).issue()

    def approvals(self, issue_id: str) -> Sequence[Json] | None:
        """See `Jira.approvals`."""
        try:
            return list(self._rounds(issue_id))
        except NotFound:
            self._issue(issue_id, fields="status")  # else the ticket itself is what is not there
            return None
        except NotSignedIn:
            raise
        except (Denied, OtherAnswer):
            # Data Center without a licence for Jira Service Management answers each of these paths with a page.
            if self._calls.ask(Call("GET", f"{DESK}/info"), shapes.ServiceDesk).is_licensed_for_use:
                raise
            return None

    def comment(self, issue_id: str, text: str, *, is_service_request: bool) -> None:
        """See `Jira.comment`."""
        if is_service_request:
            # Data Center reads wiki markup here, and Cloud does not say. What does not say `public` is public.
            call = Call("POST", request_path(issue_id, "comment"), body={"body": wiki(text), "public": False})
        else:
            # Should the ticket be a service request after all, this keeps customers from seeing it.
            internal = {"key": "sd.public.comment", "value": {"internal": True}}
            body = {"body": self._rich(text), "properties": [internal]}
            call = Call("POST", issue_path(self.api, issue_id, "comment"), body=body)
        self._calls.tell(call)

    def comments(self, issue_id: str) -> Sequence[str]:
        """See `Jira.comments`."""
        query: Query = {"orderBy": "-created", "maxResults": PAGE_SIZE}
        call = Call("GET", issue_path(self.api, issue_id, "comment"), query)
        return [plain(it.body) for it in self._calls.ask(call, shapes.Comments).comments]

    def properties(self, issue_id: str, name: str) -> object | None:
        """See `Jira.properties`."""
        path = issue_path(self.api, issue_id, "properties", checked_property(name))
        try:
            value: object = self._calls.ask(Call("GET", path), shapes.Property).value
        except NotFound:
            self._issue(issue_id, fields="status")  # else the ticket itself is what is not there
            return None
        return value

    def put_property(self, issue_id: str, name: str, value: Json) -> None:
        """See `Jira.put_property`."""
        letters = len(msgspec.json.encode(value).decode())
        if letters > MOST_PROPERTY_LETTERS:
            raise Refused(f"the property {name!r} would have {letters} letters; Jira takes {MOST_PROPERTY_LETTERS}")
        path = issue_path(self.api, issue_id, "properties", checked_property(name))
        self._calls.tell(Call("PUT", path, body=value))

    def put_remote_link(self, issue_id: str, link: RemoteLink) -> None:
        """See `Jira.put_remote_link`."""
        if not 0 < len(link.global_id) <= MOST_GLOBAL_ID_LETTERS:
            raise Refused(f"the global id of a link has 1 to {MOST_GLOBAL_ID_LETTERS} letters: {link.global_id!r}")
        # The global id makes twice the same as once.
        path = issue_path(self.api, issue_id, "remotelink")
        self._calls.tell(Call("POST", path, body=_link_body(link), is_repeatable=True))

    def transitions(self, issue_id: str) -> Sequence[Transition]:
        """See `Jira.transitions`."""
        call = Call("GET", issue_path(self.api, issue_id, "transitions"))
        found = self._calls.ask(call, shapes.Transitions).transitions
        return [Transition(it.id, it.name, it.to.name) for it in found]

    def transition(self, issue_id: str, transition_id: str) -> None:
        """See `Jira.transition`."""
        body = {"transition": {"id": checked_number(transition_id, "a transition")}}
        self._calls.tell(Call("POST", issue_path(self.api, issue_id, "transitions"), body=body))

    def create(self, issue: NewIssue) -> Issue:
        """See `Jira.create`. What was made is known by its id and key; its fields are not read back."""
        fields = {
            "project": {"key": issue.project_key},
            "issuetype": {"name": issue.issue_type},
            "summary": issue.summary,
            "description": self._rich(issue.description),
            "labels": list(issue.labels),
        }
        made = self._calls.ask(Call("POST", f"{self.api}/issue", body={"fields": fields}), shapes.Issue)
        return made.issue()

    def permissions(self, project_key: str) -> frozenset[str]:
        """See `Jira.permissions`. Cloud must be given the names; Data Center may tell of all there are."""
        query: Query = {"projectKey": checked_project(project_key), "permissions": ",".join(PERMISSIONS)}
        found = self._calls.ask(Call("GET", f"{self.api}/mypermissions", query), shapes.Permissions).permissions
        return frozenset(it for it in PERMISSIONS if it in found and found[it].have_permission)

    def close(self) -> None:
        """See `Jira.close`."""
        self._calls.close()

    def _issue(self, id_or_key: str, **query: str) -> shapes.Issue:
        return self._calls.ask(Call("GET", issue_path(self.api, id_or_key), query), shapes.Issue)

    def _user(self, parameter: str, user: str) -> Person:
        call = Call("GET", f"{self.api}/user", {parameter: user})
        found = self._calls.ask(call, shapes.Me).person()
        if not found.user:
            raise MalformedInput(f"{call.name} was answered with nobody")
        return found

    def _user_property(self, parameter: str, user: str, name: str) -> object | None:
        path = f"{self.api}/user/properties/{checked_property(name)}"
        try:
            value: object = self._calls.ask(Call("GET", path, {parameter: user}), shapes.Property).value
        except NotFound:
            self._user(parameter, user)  # else the user is who is not there
            return None
        return value

    def _found_users(self, parameter: str, text: str) -> Sequence[Person]:
        query: Query = {parameter: text, "maxResults": MOST_USERS}
        found = self._calls.ask(Call("GET", f"{self.api}/user/search", query), list[shapes.Me])
        return [it.person() for it in found]

    def _rounds(self, issue_id: str) -> Iterator[Json]:
        path, start = request_path(issue_id, "approval"), 0
        while True:
            page = self._calls.ask(Call("GET", path, {"start": start, "limit": PAGE_SIZE}), shapes.Rounds)
            expect_start(path, page.start, start)
            yield from page.values
            start += len(page.values)
            if page.is_last_page:
                return
            expect_more(path, page.values)


def expect_start(path: str, told: int, asked: int) -> None:
    """Refuse a page that begins elsewhere than asked: pages would be left out, or read for ever."""
    if told != asked:
        raise MalformedInput(f"GET {path} was answered with a page from {told}, where one from {asked} was asked for")


def expect_more(path: str, page: Sequence[object]) -> None:
    """Refuse an empty page that says that others follow."""
    if not page:
        raise MalformedInput(f"GET {path} was answered with an empty page that is not the last")


def told_time(path: str, text: str) -> datetime:
    """Read a time that an answer tells."""
    try:
        return parse_time(text)
    except MalformedInput:
        raise MalformedInput(f"GET {path} was answered with {short(text)!r} where a time was expected") from None


def in_order(path: str, histories: Sequence[Json]) -> list[Json]:
    """Return histories oldest first; within a second by their ids, which rise."""

    def place(history: Json) -> tuple[float, int]:
        number, created = str(history.get("id", "")), history.get("created")
        if not number.isdecimal() or not isinstance(created, str):
            raise MalformedInput(f"GET {path} was answered with a history that has no id or no time")
        return told_time(path, created).timestamp(), int(number)

    return sorted(histories, key=place)


def _link_body(link: RemoteLink) -> Json:
    """Return a link in full: what an update leaves out would be emptied."""
    return {
        "globalId": link.global_id,
        "relationship": "sealed by",
        "application": {"type": "io.counterseal", "name": "Counterseal"},
        "object": {
            "url": link.url,
            "title": link.title,
            "summary": link.summary,
            "icon": _icon_body(link.icon),
            "status": {"resolved": link.is_resolved, "icon": _icon_body(link.status)},
        },
    }


def _icon_body(icon: Icon) -> Json:
    if not icon.url:
        return {}
    body = {"url16x16": icon.url, "title": icon.title}
    return {**body, "link": icon.link} if icon.link else body
