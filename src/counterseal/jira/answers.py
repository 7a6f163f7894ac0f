"""Tells a ticket what was found of a change: links and properties replace themselves, all else is looked for first."""

import hashlib
import json
from typing import Any, NamedTuple
from urllib.parse import quote

from counterseal.control.alerting import Receiver
from counterseal.control.answering import ELSEWHERE
from counterseal.errors import Refused
from counterseal.jira.interface import Icon, Issue, Jira, NewIssue, RemoteLink

APPLICATION = "counterseal"

# Pictures that our pages show to everybody.
_MARKS = "/static/marks"

# A property's name and a label hold no blank; 16 digits of SHA-256 tell findings apart.
_DIGITS = 16

# Jira Cloud REST v3, "Get project": projectTypeKey is software, service_desk or business, and lately others.
_PLAIN_PROJECTS = ("software", "business")


class Choices(NamedTuple):
    """What is done beside link and property, which every answer has; "" and False leave a thing undone.

    `transition` is the name of a transition, or of the status it leads to, taken where a change needs an explanation.
    `project` is where tickets for unapproved changes are made.
    """

    comments: bool = False
    transition: str = ""
    project: str = ""
    issue_type: str = "Task"


class JiraAnswers:
    """Hands answers over. The property is written last: where it holds an answer's key, all of it was done."""

    def __init__(self, jira: Jira, choices: Choices) -> None:
        """Take the Jira, and what else is wished."""
        self._jira = jira
        self._choices = choices

    def send(self, key: str, body: str) -> None:
        """Tell a ticket. See `Receiver.send`; what was done before is not done again."""
        answer = {"pages": "", **json.loads(body)}  # an answer that waited since before tickets had pages has no link
        issue = self._issue(answer)
        name = f"{APPLICATION}.{_mark(answer)}"
        held = self._jira.properties(issue.issue_id, name)
        if isinstance(held, dict) and held.get("key") == key:
            return
        if answer["pages"]:
            self._jira.put_remote_link(issue.issue_id, _link(answer, issue))
        if self._choices.comments:
            self._comment(issue, key, answer)
        if self._choices.transition and answer["counts"]:
            self._move(issue)
        self._jira.put_property(issue.issue_id, name, _property(key, answer))

    def _issue(self, answer: dict[str, Any]) -> Issue:
        fields = ("project", "status")
        if answer["ticket"]:
            return self._jira.issue(answer["ticket"], fields=fields)
        if not self._choices.project:
            raise Refused("the settings name no project in which tickets are made", hint="set jira.create_in")
        label = f"{APPLICATION}-{_mark(answer)}"
        found = next(self._jira.search(f'project = "{self._choices.project}" AND labels = "{label}"'), None)
        made = found or self._jira.create(
            NewIssue(
                project_key=self._choices.project,
                issue_type=self._choices.issue_type,
                summary=f"Explain {_what(answer)}",
                description=_text(answer, _evidence(answer)),
                labels=(APPLICATION, label),
            )
        )
        return self._jira.issue(made.issue_id, fields=fields)

    def _comment(self, issue: Issue, key: str, answer: dict[str, Any]) -> None:
        mark = f"{APPLICATION} {key[:_DIGITS]}"  # no letter of it is markup
        if any(mark in text for text in self._jira.comments(issue.issue_id)):
            return
        text = f"{_text(answer, _page(answer, issue))}\n\n({mark})"
        self._jira.comment(issue.issue_id, text, is_service_request=_is_service_request(issue))

    def _move(self, issue: Issue) -> None:
        wanted, here = self._choices.transition.casefold(), _status(issue)
        if here == wanted:
            return
        ways = [it for it in self._jira.transitions(issue.issue_id) if it.to_status.casefold() != here]
        for way in ways:
            if wanted in (way.name.casefold(), way.to_status.casefold()):
                self._jira.transition(issue.issue_id, way.transition_id)
                return
        # Where the ticket stands there is no such way: the workflow's owner decided that.


def _status(issue: Issue) -> str:
    status = issue.fields.get("status")
    return str(status.get("name", "")).casefold() if isinstance(status, dict) else ""


def _link(answer: dict[str, Any], issue: Issue) -> RemoteLink:
    page, marks = _page(answer, issue), f"{answer['pages']}{_MARKS}"
    state = "unexplained" if answer["counts"] else "explained"
    return RemoteLink(
        global_id=f"system={APPLICATION}&finding={answer['finding']}",
        url=page,
        title=f"{_what(answer)}: {answer['verdict']}",
        summary=answer["reason"],
        is_resolved=not answer["counts"],
        icon=Icon(f"{marks}/seal.svg", "Counterseal"),
        status=Icon(f"{marks}/{state}.svg", _state(answer), page),
    )


def _state(answer: dict[str, Any]) -> str:
    if answer["counts"]:
        return "Needs an explanation"
    if answer["verdict"] == ELSEWHERE:
        return "Not judged by this ticket any more"
    return "Waived" if answer["waived"] else "Needs no explanation"


def _page(answer: dict[str, Any], issue: Issue) -> str:
    """Return where the ticket's page is, with this change on top; "" where the pages are nowhere."""
    if not answer["pages"]:
        return ""
    return f"{answer['pages']}/tickets/{quote(issue.issue_key, safe='')}?change={quote(answer['event_id'], safe='')}"


def _evidence(answer: dict[str, Any]) -> str:
    """Return where the change's own page is: a ticket that is not made yet has none."""
    return f"{answer['pages']}/changes/{quote(answer['event_id'])}" if answer["pages"] else ""


def _property(key: str, answer: dict[str, Any]) -> dict[str, object]:
    kept = ("schema", "finding", "event_id", "event", "time", "verdict", "counts", "waived")
    return {"key": key, **{name: answer[name] for name in kept}}


def _text(answer: dict[str, Any], link: str) -> str:
    waived = " (waived)" if answer["waived"] else ""
    lines = [f"{_what(answer)} by {answer['actor']} on {answer['time']}: {answer['verdict']}{waived}", answer["reason"]]
    return "\n".join([*lines, *filter(None, [link])])


def _what(answer: dict[str, Any]) -> str:
    return f"{answer['event']} of {answer['secret_name'] or 'a secret'}"


def _mark(answer: dict[str, Any]) -> str:
    return hashlib.sha256(str(answer["finding"]).encode()).hexdigest()[:_DIGITS]


def _is_service_request(issue: Issue) -> bool:
    """Say whether customers might be shown a plain comment: in a service project, and in one that says nothing."""
    project = issue.fields.get("project")
    return not (isinstance(project, dict) and project.get("projectTypeKey") in _PLAIN_PROJECTS)


_: type[Receiver] = JiraAnswers
