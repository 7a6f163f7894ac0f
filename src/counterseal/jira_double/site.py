"""The state of a Jira, and every change to it: what flavour asks makes no difference here."""

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from counterseal.jira_double import world
from counterseal.jira_double.model import (
    Brought,
    Clock,
    Comment,
    Event,
    FieldSpec,
    Flavour,
    History,
    Hook,
    Issue,
    Item,
    Person,
    Project,
    RefusedChange,
    Round,
    Token,
)
from counterseal.jira_double.world import EXAMPLE, World

LINK_FIELD = {Flavour.CLOUD: "RemoteWorkItemLink", Flavour.DATA_CENTER: "RemoteIssueLink"}
PROPERTY_LIMIT = 32_768


def _ignore(_: Event) -> None:
    """Tell nobody."""


class Site:
    """Projects, people and tickets, and what is done to them. `emit` is told of every change."""

    def __init__(self, clock: Clock, flavour: Flavour, begun: World = EXAMPLE) -> None:
        """Take the clock that everything is dated by, the flavour, and who and what is there."""
        self.clock, self.flavour, self.players = clock, flavour, begun.players
        self.emit: Callable[[Event], None] = _ignore
        self.people: dict[str, Person] = {it.account_id: it for it in begun.people}
        self.projects: dict[str, Project] = {it.project_key: it for it in begun.projects}
        self.fields: dict[str, FieldSpec] = {it.field_id: it for it in world.FIELDS}
        self.tokens: dict[str, Token] = {}
        self.issues: dict[str, Issue] = {}
        self.hooks: dict[str, Hook] = {}
        self.user_properties: dict[tuple[str, str], object] = {}
        self.is_service_desk_licensed = True
        self._ids = count(begun.first_id)
        self._last = dict.fromkeys(self.projects, 0)

    def next_id(self) -> str:
        """Return a number that nothing else here has."""
        return str(next(self._ids))

    def _next_key(self, project_key: str, number: int = 0) -> str:
        number = number or self._last[project_key] + 1
        self._last[project_key] = max(number, self._last[project_key])
        return f"{project_key}-{number}"

    # ------------------------------------------------------------ finding
    def find(self, id_or_key: str) -> Issue | None:
        """Return a ticket by its id, its key, or a key that it once had."""
        known = self.issues.get(id_or_key)
        asked = id_or_key.upper()
        return known or next((it for it in self.issues.values() if asked in (it.issue_key, *it.old_keys)), None)

    def may_see(self, viewer: Person | None, issue: Issue) -> bool:
        """Say whether somebody (None: nobody in particular) may see a ticket."""
        return issue.project.is_public if viewer is None else viewer not in issue.hidden_from

    def who(self, name: str) -> Person | None:
        """Return a person by accountId, name or key."""
        return next((it for it in self.people.values() if name in (it.account_id, it.name, it.user_key)), None)

    # ------------------------------------------------------------ tickets
    def create(
        self,
        project_key: str,
        issue_type: str,
        by: Person,
        fields: Mapping[str, Any],
        *,
        brought: Brought | None = None,
    ) -> Issue:
        """Make a ticket of plain values by field id; one that is brought in keeps its id and its number.

        Raises:
            RefusedChange: no such project, type or field, or no summary.
        """
        errors = {it: f"Field '{it}' cannot be set. It is not on the appropriate screen, or unknown." for it in fields}
        errors = {name: text for name, text in errors.items() if name not in self.fields}
        if project_key not in self.projects:
            errors["project"] = "valid project is required"
        if issue_type not in world.ISSUE_TYPES:
            errors["issuetype"] = "Specify a valid issue type"
        if not fields.get("summary"):
            errors["summary"] = "You must specify a summary of the issue."
        if errors:
            raise RefusedChange(errors=errors)
        now = self.clock()
        given = dict(fields)
        issue = Issue(
            issue_id=brought.issue_id if brought else self.next_id(),
            project=self.projects[project_key],
            issue_key=self._next_key(project_key, brought.number if brought else 0),
            issue_type=issue_type,
            status="Open",
            reporter=given.pop("reporter", None) or by,
            created=now,
            updated=now,
            fields=given,
        )
        self.issues[issue.issue_id] = issue
        self.emit(Event("jira:issue_created", "issue_created", issue, by, now))
        return issue

    def edit(self, issue: Issue, by: Person, changes: Mapping[str, Any]) -> History | None:
        """Set fields; what stays as it was is no change.

        Raises:
            RefusedChange: there is no such field.
        """
        unknown = {
            it: f"Field '{it}' cannot be set. It is not on the appropriate screen, or unknown." for it in changes
        }
        errors = {name: text for name, text in unknown.items() if name not in self.fields}
        if errors:
            raise RefusedChange(errors=errors)
        items = []
        for field_id, new in changes.items():
            old = issue.reporter if field_id == "reporter" else issue.fields.get(field_id)
            if (new or None) != (old or None):
                items.append(self._item(self.fields[field_id], old, new))
                if field_id == "reporter":
                    issue.reporter = new
                else:
                    issue.fields[field_id] = new
        return self._note(issue, by, items, "issue_updated") if items else None

    def transition(self, issue: Issue, transition_id: str, by: Person) -> History:
        """Move a ticket along its workflow.

        Raises:
            RefusedChange: the workflow has no such way out of the status.
        """
        way = next((it for it in world.ways(issue.project, issue.status) if it.transition_id == transition_id), None)
        if way is None:
            raise RefusedChange(
                f"It seems that you have tried to perform a workflow operation ({transition_id}) that is not valid for "
                f"the current state of this issue ({issue.issue_key})."
            )
        item = self._status_item(issue.status, way.to)
        issue.status = way.to
        return self._note(issue, by, [item], "issue_generic")

    def move(self, issue: Issue, project_key: str, by: Person) -> History:
        """Move a ticket to another project: its key changes, its id never does."""
        old, new = issue.project, self.projects[project_key]
        old_key, issue.project = issue.issue_key, new
        issue.issue_key = self._next_key(project_key)
        issue.old_keys.append(old_key)
        items = [
            Item("project", "project", old.project_id, old.name, new.project_id, new.name),
            Item("Key", "", None, old_key, None, issue.issue_key),
        ]
        if not world.ways(new, issue.status):
            items.append(self._status_item(issue.status, "Open"))
            issue.status = "Open"
        return self._note(issue, by, items, "issue_moved")

    def delete(self, issue: Issue, by: Person) -> None:
        """Take a ticket away for good."""
        del self.issues[issue.issue_id]
        self.emit(Event("jira:issue_deleted", "issue_deleted", issue, by, self.clock()))

    # ------------------------------------------------------------ what hangs on a ticket
    def comment(self, issue: Issue, by: Person, text: str, *, is_public: bool = True) -> Comment:
        """Write a comment. On a service project it is public unless it is said otherwise, as in Jira."""
        now = self.clock()
        comment = Comment(self.next_id(), by, text, now, is_public)
        issue.comments.append(comment)
        issue.updated = now
        self.emit(Event("comment_created", "comment_created", issue, by, now, None, {"comment": comment}))
        self.emit(Event("jira:issue_updated", "issue_commented", issue, by, now, None, {"comment": comment}))
        return comment

    def put_property(self, issue: Issue, name: str, value: Any, by: Person) -> bool:
        """Set a property, and say whether it is new. It is no change of the ticket: `updated` stays."""
        is_new = name not in issue.properties
        issue.properties[name] = value
        told = {"property": {"key": name, "value": value}}
        self.emit(Event("issue_property_set", "issue_property_set", issue, by, self.clock(), None, told))
        return is_new

    def put_link(self, issue: Issue, link: Mapping[str, Any], by: Person) -> tuple[int, bool]:
        """Make a remote link, or replace the whole of the one with its globalId; say its id and whether it is new."""
        global_id = link.get("globalId")
        known = next((it for it, old in issue.links.items() if global_id and old.get("globalId") == global_id), None)
        link_id = known or int(self.next_id())
        issue.links[link_id] = dict(link)
        title = f'This issue links to "{link["object"]["title"]}"'
        # [R] both flavours write a new link into the changelog, each under a name of its own.
        if known is None:
            self._note(
                issue, by, [Item(LINK_FIELD[self.flavour], "", None, None, str(link_id), title)], "issue_updated"
            )
        return link_id, known is None

    # ------------------------------------------------------------ approvals
    def ask_for_approval(
        self, issue: Issue, by: Person, approvers: Iterable[Person], *, needed: int | None = None
    ) -> Round:
        """Move a service request to its approval, which opens a round: all of them must approve, or `needed`."""
        if not issue.project.is_service:
            raise RefusedChange(f"{issue.issue_key} is no service request")
        people = list(approvers)
        if issue.status != "Waiting for approval":
            self.transition(issue, "11", by)
        one = Round(
            round_id=self.next_id(),
            name="Waiting for approval",
            approvers=dict.fromkeys(people, "pending"),
            needed=needed or len(people),
            created=self.clock(),
        )
        issue.rounds.append(one)
        return one

    def decide(self, issue: Issue, one: Round, by: Person, decision: str) -> None:
        """Answer a round as one of its approvers. The last answer that it needs moves the ticket.

        Raises:
            RefusedChange: the round is over, or does not ask this person.
        """
        if one.decision != "pending" or one.approvers.get(by) != "pending":
            raise RefusedChange("You are not authorised to answer this approval.")
        one.approvers[by] = decision
        if decision != "declined" and list(one.approvers.values()).count("approved") < one.needed:
            return
        one.decision, one.completed = decision, self.clock()
        if issue.status == "Waiting for approval":
            self.transition(issue, "31" if decision == "declined" else "21", by)

    # ------------------------------------------------------------ changelog
    def _note(self, issue: Issue, by: Person, items: list[Item], kind: str) -> History:
        now = self.clock()
        history = History(self.next_id(), now, by, tuple(items))
        issue.histories.append(history)
        issue.updated = now
        self.emit(Event("jira:issue_updated", kind, issue, by, now, history))
        return history

    @staticmethod
    def _status_item(old: str, new: str) -> Item:
        return Item("status", "status", world.STATUSES[old][0], old, world.STATUSES[new][0], new)

    def _item(self, spec: FieldSpec, old: Any, new: Any) -> Item:
        name = spec.name if spec.is_custom else spec.field_id
        old_id, old_text = self._told(spec, old)
        new_id, new_text = self._told(spec, new)
        return Item(name, spec.field_id, old_id, old_text, new_id, new_text)

    def _told(self, spec: FieldSpec, value: Any) -> tuple[str | None, str | None]:
        """Return how a changelog tells a value: the id, where it has one, and the text."""
        if not value:
            return None, None
        match spec.kind:
            case "user":
                return self._user_id(value), value.display_name
            case "users":
                names = ", ".join(it.display_name for it in value)
                return "[" + ", ".join(self._user_id(it) for it in value) + "]", f"[{names}]"
            case "labels":
                return None, " ".join(value)
        return None, str(value)

    def _user_id(self, person: Person) -> str:
        return person.account_id if self.flavour is Flavour.CLOUD else person.user_key
