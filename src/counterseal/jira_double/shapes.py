"""The JSON of a Jira: people, tickets, histories, approval rounds and comments, as each flavour writes them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from counterseal.jira_double import world
from counterseal.jira_double.model import Comment, FieldSpec, Flavour, History, Issue, Person, Project, Round
from counterseal.jira_double.rich_text import document, plain
from counterseal.jira_double.site import Site

_CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}
_CUSTOM_TYPES = {
    "string": ("string", "textfield"),
    "text": ("string", "textarea"),
    "option": ("option", "select"),
    "datetime": ("datetime", "datetime"),
    "user": ("user", "userpicker"),
    "users": ("array", "multiuserpicker"),
    "labels": ("array", "labels"),
}


class Shapes:
    """Writes JSON for one reader: in their time zone, with what they may see of people."""

    def __init__(self, site: Site, base: str, viewer: Person | None) -> None:
        """Take the site, its address, and who reads."""
        self._site, self._base, self._viewer = site, base, viewer
        self._zone = viewer.zone if viewer else UTC
        self._is_cloud = site.flavour is Flavour.CLOUD
        self.api = f"{base}/rest/api/{3 if self._is_cloud else 2}"

    def stamp(self, moment: datetime) -> str:
        """Return a time as Jira's platform writes it, in the reader's zone."""
        text = moment.astimezone(self._zone).strftime("%Y-%m-%dT%H:%M:%S.%f%z")
        return f"{text[:23]}{text[26:]}"

    def date(self, moment: datetime) -> dict[str, Any]:
        """Return a time as Jira Service Management writes it."""
        local = moment.astimezone(self._zone)
        return {
            "iso8601": local.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "jira": self.stamp(moment),
            "friendly": local.strftime("%d/%b/%y %H:%M"),
            "epochMillis": int(moment.timestamp() * 1000),
        }

    def person(self, person: Person | None, *, in_webhook: bool = False) -> dict[str, Any] | None:
        """Return a user. Cloud shows an address only where its owner does, and never in a webhook."""
        if person is None:
            return None
        shape: dict[str, Any] = {"displayName": person.display_name, "active": True, "timeZone": person.time_zone}
        if not self._is_cloud:
            names = {"name": person.name, "key": person.user_key, "emailAddress": person.email}
            return {"self": f"{self.api}/user?username={person.name}", **names, **shape}
        shape = {
            "self": f"{self.api}/user?accountId={person.account_id}",
            "accountId": person.account_id,
            "accountType": "atlassian",
            **shape,
        }
        if not in_webhook and (person.shows_email or person == self._viewer):
            shape["emailAddress"] = person.email
        return shape

    def group_names(self, person: Person) -> list[dict[str, Any]]:
        """Return the groups of a person."""
        return [
            {
                "name": it,
                **({"groupId": f"group-{it}"} if self._is_cloud else {}),
                "self": f"{self.api}/group?groupname={it}",
            }
            for it in sorted(person.groups)
        ]

    def status(self, name: str) -> dict[str, Any]:
        """Return a status."""
        status_id, category = world.STATUSES[name]
        number, category_name = _CATEGORIES[category]
        return {
            "self": f"{self.api}/status/{status_id}",
            "description": "",
            "iconUrl": f"{self._base}/images/icons/statuses/generic.png",
            "name": name,
            "id": status_id,
            "statusCategory": {
                "self": f"{self.api}/statuscategory/{number}",
                "id": number,
                "key": category,
                "colorName": "blue-gray",
                "name": category_name,
            },
        }

    def project(self, project: Project) -> dict[str, Any]:
        """Return a project, as it stands in a ticket."""
        return {
            "self": f"{self.api}/project/{project.project_id}",
            "id": project.project_id,
            "key": project.project_key,
            "name": project.name,
            "projectTypeKey": "service_desk" if project.is_service else "software",
        }

    def issue(self, issue: Issue, asked: str = "*all", *, in_webhook: bool = False) -> dict[str, Any]:
        """Return a ticket with the fields that were asked for."""
        return {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": issue.issue_id,
            "self": f"{self.api}/issue/{issue.issue_id}",
            "key": issue.issue_key,
            "fields": _chosen(self._all_fields(issue, in_webhook=in_webhook), asked),
        }

    def _all_fields(self, issue: Issue, *, in_webhook: bool) -> dict[str, Any]:
        comments = [self.comment(it, issue) for it in issue.comments]
        fields: dict[str, Any] = {
            "status": self.status(issue.status),
            "issuetype": {
                "self": "",
                "id": world.ISSUE_TYPES[issue.issue_type],
                "name": issue.issue_type,
                "subtask": False,
            },
            "project": self.project(issue.project),
            "creator": self.person(issue.reporter, in_webhook=in_webhook),
            "reporter": self.person(issue.reporter, in_webhook=in_webhook),
            "created": self.stamp(issue.created),
            "updated": self.stamp(issue.updated),
            "comment": {"comments": comments, "maxResults": len(comments), "total": len(comments), "startAt": 0},
        }
        for spec in self._site.fields.values():
            if spec.field_id not in fields:
                fields[spec.field_id] = self._value(spec, issue.fields.get(spec.field_id), in_webhook=in_webhook)
        if issue.project.is_service:
            fields[world.APPROVALS] = [self.round(it, issue) for it in issue.rounds]
        return fields

    def _value(self, spec: FieldSpec, value: Any, *, in_webhook: bool) -> Any:  # noqa: PLR0911  # one for each kind
        if not value:
            return [] if spec.kind == "labels" else None
        match spec.kind:
            case "text" if self._is_cloud and not in_webhook:
                return document(value)
            case "option":
                return {"self": f"{self.api}/customFieldOption/1", "value": value, "id": "1"}
            case "user":
                return self.person(value, in_webhook=in_webhook)
            case "users":
                return [self.person(it, in_webhook=in_webhook) for it in value]
            case "datetime" if isinstance(value, datetime):
                return self.stamp(value)
        return value

    def history(self, history: History) -> dict[str, Any]:
        """Return one entry of a changelog."""
        return {
            "id": history.history_id,
            "author": self.person(history.author),
            "created": self.stamp(history.created),
            "items": [self._item(it) for it in history.items],
        }

    def _item(self, item: Any) -> dict[str, Any]:
        is_custom = item.field_id.startswith("customfield_")
        shape = {"field": item.field, "fieldtype": "custom" if is_custom else "jira"}
        if self._is_cloud and item.field_id:
            shape["fieldId"] = item.field_id
        return {**shape, "from": item.old, "fromString": item.old_text, "to": item.new, "toString": item.new_text}

    def changelog(self, histories: Iterable[History], most: int) -> dict[str, Any]:
        """Return what `expand=changelog` adds: all, oldest first; on Cloud only the latest, newest first."""
        shown = [self.history(it) for it in histories]
        total = len(shown)
        if self._is_cloud:
            shown = shown[::-1][:most]
        return {"startAt": 0, "maxResults": len(shown), "total": total, "histories": shown}

    def items_of(self, history: History) -> dict[str, Any]:
        """Return what a webhook tells of a change."""
        return {"id": history.history_id, "items": [self._item(it) for it in history.items]}

    def comment(self, comment: Comment, issue: Issue) -> dict[str, Any]:
        """Return a comment as the platform shows it: only service projects tell whether it is public."""
        return {
            "self": f"{self.api}/issue/{issue.issue_id}/comment/{comment.comment_id}",
            "id": comment.comment_id,
            "author": self.person(comment.author),
            "body": document(comment.text) if self._is_cloud else comment.text,
            "updateAuthor": self.person(comment.author),
            "created": self.stamp(comment.created),
            "updated": self.stamp(comment.created),
            **({"jsdPublic": comment.is_public} if self._is_cloud or issue.project.is_service else {}),
        }

    def desk_comment(self, comment: Comment, issue: Issue) -> dict[str, Any]:
        """Return a comment as Jira Service Management shows it."""
        link = f"{self._base}/rest/servicedeskapi/request/{issue.issue_id}/comment/{comment.comment_id}"
        return {
            "id": comment.comment_id,
            "body": comment.text,
            "public": comment.is_public,
            "author": self.person(comment.author),
            "created": self.date(comment.created),
            "_links": {"self": link},
        }

    def round(self, one: Round, issue: Issue) -> dict[str, Any]:
        """Return an approval round; an open one has no completion date at all."""
        asks_viewer = self._viewer is not None and one.approvers.get(self._viewer) == "pending"
        return {
            "id": one.round_id,
            "name": one.name,
            "finalDecision": one.decision,
            "canAnswerApproval": one.decision == "pending" and asks_viewer,
            "approvers": [
                {"approver": self.person(who), "approverDecision": word} for who, word in one.approvers.items()
            ],
            "createdDate": self.date(one.created),
            **({"completedDate": self.date(one.completed)} if one.completed else {}),
            **({} if self._is_cloud else {"condition": {"type": "number", "value": str(one.needed)}}),
            "_links": {"self": f"{self._base}/rest/servicedeskapi/request/{issue.issue_id}/approval/{one.round_id}"},
        }

    def field(self, spec: FieldSpec) -> dict[str, Any]:
        """Return the description of a field."""
        kind, custom = _CUSTOM_TYPES[spec.kind]
        number = spec.field_id.removeprefix("customfield_")
        schema: dict[str, Any] = {"type": kind, "system": spec.field_id}
        if spec.is_custom:
            schema = {
                "type": kind,
                "custom": f"com.atlassian.jira.plugin.system.customfieldtypes:{custom}",
                "customId": int(number),
            }
        return {
            "id": spec.field_id,
            **({"key": spec.field_id} if self._is_cloud else {}),
            "name": spec.name,
            "custom": spec.is_custom,
            "orderable": True,
            "navigable": True,
            "searchable": True,
            "clauseNames": [f"cf[{number}]", spec.name] if spec.is_custom else [spec.field_id],
            "schema": schema,
            **({"untranslatedName": spec.name} if self._is_cloud and spec.is_custom else {}),
        }


def _chosen(fields: Mapping[str, Any], asked: str) -> dict[str, Any]:
    """Return the fields asked for: names, `*all`, `*navigable`, and `-name` for all but one."""
    words = [it.strip() for it in asked.split(",") if it.strip()]
    left_out = {it[1:] for it in words if it.startswith("-")}
    takes_all = not words or bool({"*all", "*navigable"} & set(words)) or len(left_out) == len(words)
    return {name: value for name, value in fields.items() if (takes_all or name in words) and name not in left_out}


def parse_value(spec: FieldSpec, value: Any, site: Site) -> Any:  # noqa: PLR0911  # one for each kind
    """Read a field's value as it is sent, into the plain value that is kept.

    Raises:
        ValueError: with Jira's words for it.
    """
    if value is None:
        return None
    match spec.kind:
        case "text" if site.flavour is Flavour.CLOUD:
            try:
                return plain(value)
            except (ValueError, KeyError, TypeError):
                raise ValueError(
                    "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
                ) from None
        case "string" | "text" | "datetime" if not isinstance(value, str):
            raise ValueError("Operation value must be a string")
        case "labels":
            if not isinstance(value, list) or any(not isinstance(it, str) or " " in it for it in value):
                raise ValueError("The label contains spaces which is invalid.")
            return list(value)
        case "option":
            return str(value["value"])
        case "user":
            return _user(value, site)
        case "users":
            return [_user(it, site) for it in value]
    return value


def _user(value: Any, site: Site) -> Person:
    member = "accountId" if site.flavour is Flavour.CLOUD else "name"
    person = site.who(str(value.get(member))) if isinstance(value, Mapping) else None
    if person is None:
        raise ValueError("specify a valid user")
    return person
