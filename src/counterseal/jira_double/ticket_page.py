"""The page of one ticket: its approval first, what other programs linked to it, its fields, and what happened to it."""

import json
from datetime import datetime
from html import escape
from typing import Any

from counterseal.jira_double import world
from counterseal.jira_double.layout import Frame, badge, form, section, time
from counterseal.jira_double.model import Comment, History, Issue, Person, Round
from counterseal.jira_double.site import Site

EDITED = ("summary", world.SECRET, world.OPERATION, world.ACCOUNT, world.WINDOW_FROM, world.WINDOW_TO, world.EMERGENCY)
_SHOWN_ABOVE = {"summary", "description", "reporter"}
_CHOOSE = "<p>Choose above who you are: somebody has to do it.</p>"


def ticket_page(site: Site, issue: Issue, frame: Frame) -> str:
    """Return the inner part of the page."""
    asked = issue.fields.get("assignee")
    done_by = f", to be done by {escape(asked.display_name)}" if asked else ""
    head = (
        f'<p class="crumbs"><a href="{frame.to("/")}">All tickets</a></p><p class="key">{escape(issue.issue_key)}</p>'
        f"<h1>{escape(str(issue.fields['summary']))}</h1><p>{badge(issue.status)} "
        f'<span class="small">asked for by {escape(issue.reporter.display_name)}{done_by}</span></p>'
    )
    here = (
        _approval(site, issue, frame),
        section("links", "Linked by other programs", _links(issue, frame) + _properties(issue)),
        section("history", "History", _history(issue)),
        section("comments", "Comments", _comments(issue, frame)),
    )
    beside = (
        section("fields", "Fields", _fields(site, issue) + _editing(site, issue, frame)),
        section("ways", "Move on", _ways(issue, frame)),
    )
    return f'{head}<div class="columns"><div>{"".join(here)}</div><div>{"".join(beside)}</div></div>'


def _listed(items: str) -> str:
    return f'<ul class="plain">{items}</ul>' if items else "<p>None yet.</p>"


def _action(issue: Issue, deed: str) -> str:
    return f"/browse/{issue.issue_key}/{deed}"


# ---------------------------------------------------------------- the approval
def _approval(site: Site, issue: Issue, frame: Frame) -> str:
    if not issue.project.is_service:
        return ""
    shown = "".join(_round(one, issue, frame) for one in issue.rounds)
    if issue.status == "Open":
        shown += _asking(site, issue, frame)
    return section("approval", "Approval", shown or "<p>Nobody was asked.</p>")


def _round(one: Round, issue: Issue, frame: Frame) -> str:
    people = "".join(f"<li>{escape(who.display_name)}: <b>{word}</b></li>" for who, word in one.approvers.items())
    when = f"{one.decision.capitalize()} {time(one.completed)}" if one.completed else f"Waits since {time(one.created)}"
    waiting = [who for who, word in one.approvers.items() if word == "pending"] if one.decision == "pending" else []
    return f"<p><b>{when}</b></p><ul>{people}</ul>{_answering(waiting, issue, frame)}"


def _answering(waiting: list[Person], issue: Issue, frame: Frame) -> str:
    """Return the buttons to answer with; for anybody who was not asked, how to be one who was."""
    if not waiting:
        return ""
    if frame.viewer in waiting:
        approve = form(_action(issue, "approve"), '<button class="primary">Approve</button>', frame)
        return f'<div class="row">{approve}{form(_action(issue, "decline"), "<button>Decline</button>", frame)}</div>'
    here = f"/browse/{issue.issue_key}"
    be = "".join(
        f'<a class="button" href="{frame.to(here, it)}">Be {escape(it.display_name)}</a>'
        for it in waiting
        if it in frame.players
    )
    return f'<p>Only who was asked can answer.</p><div class="row">{be}</div>'


def _asking(site: Site, issue: Issue, frame: Frame) -> str:
    if not frame.viewer:
        return _CHOOSE
    boxes = "".join(
        f'<label class="check"><input type="checkbox" name="{escape(it.name)}"> {escape(it.display_name)}</label>'
        for it in site.players
    )
    inner = f"<fieldset><legend>Who shall approve it?</legend>{boxes}</fieldset><button>Ask for approval</button>"
    return form(_action(issue, "ask"), inner, frame, "stack")


# ---------------------------------------------------------------- what others say
def _links(issue: Issue, frame: Frame) -> str:
    shown = "".join(_link(it) for it in issue.links.values())
    again = f'<a href="{frame.to(frame.here)}">Look again</a>'
    later = f'<p class="small">What others say of a change here comes a moment after it. {again}</p>'
    return _listed(shown) + later


def _link(link: dict[str, Any]) -> str:
    told = link["object"]
    status = told.get("status") or {}
    state = "resolved" if status.get("resolved") else "open"
    icon = (status.get("icon") or told.get("icon") or {}).get("title") or ""
    said = f"{state}: {icon}" if icon else state
    who = " ".join(filter(None, [link.get("relationship"), (link.get("application") or {}).get("name")]))
    return (
        f'<li><p><a href="{escape(_web(told["url"]))}">{escape(told["title"])}</a> '
        f'<span class="badge {state}">{escape(said)}</span></p><p>{escape(told.get("summary") or "")}</p>'
        f'<p class="small">{escape(who)}</p></li>'
    )


def _web(url: str) -> str:
    """Return an address that a browser may be sent to, and no script."""
    return url if url.startswith(("http://", "https://")) else "#"


def _properties(issue: Issue) -> str:
    shown = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(json.dumps(value, ensure_ascii=False))}</code></dd>"
        for name, value in issue.properties.items()
    )
    return f"<details><summary>Properties that programs set</summary><dl>{shown}</dl></details>" if shown else ""


# ---------------------------------------------------------------- the fields
def _fields(site: Site, issue: Issue) -> str:
    rows = "".join(
        f"<dt>{escape(spec.name)}</dt><dd>{_value(spec.kind, value)}</dd>"
        for spec in site.fields.values()
        if spec.field_id not in _SHOWN_ABOVE and (value := issue.fields.get(spec.field_id))
    )
    described = escape(str(issue.fields.get("description") or ""))
    return f'<dl>{rows}</dl><p class="text">{described}</p>'


def _value(kind: str, value: Any) -> str:
    match value:
        case Person():
            return escape(value.display_name)
        case list():
            return ", ".join(_value(kind, it) for it in value)
        case str() if kind == "datetime":
            try:
                return time(datetime.fromisoformat(value))
            except ValueError:
                return escape(value)
        case datetime():
            return time(value)
    return escape(str(value))


def _editing(site: Site, issue: Issue, frame: Frame) -> str:
    inputs = "".join(
        f'<label for="{it}">{escape(site.fields[it].name)}</label>'
        f'<input id="{it}" name="{it}" value="{escape(_text(issue.fields.get(it)))}">'
        for it in EDITED
    )
    if not frame.viewer:
        return ""
    inner = form(_action(issue, "edit"), f"{inputs}<button>Save</button>", frame, "stack")
    return f"<details><summary>Edit the fields</summary>{inner}</details>"


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _ways(issue: Issue, frame: Frame) -> str:
    if not frame.viewer:
        return _CHOOSE
    buttons = "".join(
        f'<button name="way" value="{it.transition_id}">{escape(it.name)}</button>'
        for it in world.ways(issue.project, issue.status)
        if it.transition_id not in world.APPROVAL_WAYS
    )
    return form(_action(issue, "transition"), buttons, frame)


# ---------------------------------------------------------------- what happened
def _history(issue: Issue) -> str:
    made = f"<li><p>{escape(issue.reporter.display_name)} asked for it</p>{_small(issue.created)}</li>"
    shown = "".join(_entry(it) for it in reversed(issue.histories))
    return _listed(shown + made)


def _entry(history: History) -> str:
    told = "; ".join(
        f"<b>{escape(it.field)}</b> {escape(it.old_text or '')} → {escape(it.new_text or '')}" for it in history.items
    )
    return f"<li><p>{escape(history.author.display_name)}: {told}</p>{_small(history.created)}</li>"


def _small(moment: datetime, more: str = "") -> str:
    return f'<p class="small">{time(moment)}{more}</p>'


def _comments(issue: Issue, frame: Frame) -> str:
    shown = "".join(_comment(it, issue) for it in issue.comments)
    return _listed(shown) + _commenting(issue, frame)


def _comment(comment: Comment, issue: Issue) -> str:
    seen_by = ", customers see it" if comment.is_public else ", internal"
    small = _small(comment.created, seen_by if issue.project.is_service else "")
    return (
        f'<li><p><b>{escape(comment.author.display_name)}</b></p><p class="text">{escape(comment.text)}</p>{small}</li>'
    )


def _commenting(issue: Issue, frame: Frame) -> str:
    if not frame.viewer:
        return ""
    public = '<label class="check"><input type="checkbox" name="public" checked> customers see it</label>'
    inner = (
        '<label for="text">A comment</label><textarea id="text" name="text" rows="2" required></textarea>'
        f"{public if issue.project.is_service else ''}<button>Comment</button>"
    )
    return form(_action(issue, "comment"), inner, frame, "stack")
