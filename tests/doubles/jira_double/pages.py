"""The pages of the double: a person looks at a ticket, edits it, answers its approval, and moves it on."""

from html import escape
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote

from tests.doubles.jira_double import world
from tests.doubles.jira_double.exchange import Answer
from tests.doubles.jira_double.hands import Hands
from tests.doubles.jira_double.model import Issue, Person, RefusedChange
from tests.doubles.jira_double.style import STYLE

EDITED = ("summary", world.SECRET, world.OPERATION, world.ACCOUNT, world.WINDOW_FROM, world.WINDOW_TO, world.EMERGENCY)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; img-src * data:; base-uri 'none'"


class Pages:
    """Answers what a browser asks. Nobody signs in: a form says as whom it acts."""

    def __init__(self, double: Hands) -> None:
        self._double = double

    def answer(self, method: str, place: SplitResult, body: bytes) -> Answer:
        """Return a page, or do what a form says and show the ticket again."""
        parts = [unquote(it) for it in place.path.split("/") if it]
        sent = {name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        match method, parts:
            case "GET", []:
                return _page("Tickets", self._list())
            case "GET", ["browse", key] if issue := self._double.site.find(key):
                return _page(f"{issue.issue_key} {issue.fields['summary']}", self._ticket(issue))
            case "POST", ["create"]:
                made = self._double.create_issue(
                    sent.get("project", "OPS"), {"summary": sent.get("summary") or "A change"}
                )
                return Answer(303, b"", {"Location": f"/browse/{made.issue_key}"})
            case "POST", ["browse", key, deed] if issue := self._double.site.find(key):
                return self._done(issue, deed, sent)
        return _page("Not here", "<p>There is no such page. <a href='/'>All tickets</a></p>", status=404)

    def _done(self, issue: Issue, deed: str, sent: dict[str, str]) -> Answer:
        by = self._double.site.who(sent.get("as", "")) or world.ALICE
        try:
            self._do(issue, deed, sent, by)
        except RefusedChange as refusal:
            back = f"<p class=refused>{escape(str(refusal))}</p><p><a href='/browse/{issue.issue_key}'>Back</a></p>"
            return _page("Refused", back, status=400)
        return Answer(303, b"", {"Location": f"/browse/{issue.issue_key}"})

    def _do(self, issue: Issue, deed: str, sent: dict[str, str], by: Person) -> None:
        double = self._double
        match deed:
            case "edit":
                changes = {it: sent[it] for it in EDITED if it in sent}
                double.edit(issue, changes, by=by)
            case "ask":
                double.request_approval(issue, *(it for it in world.PEOPLE if sent.get(it.name)), by=by)
            case "approve":
                double.approve(issue, by=by)
            case "decline":
                double.decline(issue, by=by)
            case "transition":
                with double.changing():
                    double.site.transition(issue, sent.get("way", ""), by)
            case "comment" if sent.get("text"):
                double.comment(issue, sent["text"], by=by, is_public="public" in sent)
            case _:
                raise RefusedChange("nothing was asked for")

    def _list(self) -> str:
        rows = "".join(
            f"<tr><td><a href='/browse/{it.issue_key}'>{it.issue_key}</a><td>{escape(it.fields['summary'])}"
            f"<td>{_badge(it.status)}<td>{escape(it.reporter.display_name)}<td>{it.updated:%Y-%m-%d %H:%M} UTC"
            for it in self._double.site.issues.values()
        )
        projects = "".join(f"<option value={it.project_key}>{escape(it.name)}" for it in world.PROJECTS)
        table = f"<table><tr><th>Key<th>Summary<th>Status<th>Reporter<th>Updated{rows}</table>" if rows else ""
        make = f"<select name=project>{projects}</select><input name=summary placeholder='What is to be changed'>"
        form = f"<form method=post action=/create class=row>{make}<button>Create a ticket</button></form>"
        return f"<h1>Tickets</h1>{table or '<p>There is none yet.</p>'}{form}"

    def _ticket(self, issue: Issue) -> str:
        head = (
            f"<p><a href='/'>Tickets</a> / {issue.issue_key}</p><h1>{escape(issue.fields['summary'])}</h1>"
            f"<p>{_badge(issue.status)} reported by {escape(issue.reporter.display_name)}</p>"
        )
        left = _fields(issue) + _comments(issue) + _history(issue)
        return (
            f"{head}<div class=two><div>{left}</div><aside>{_ways(issue)}{_rounds(issue)}{_links(issue)}</aside></div>"
        )


def _page(title: str, inner: str, *, status: int = 200) -> Answer:
    page = (
        "<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        "<header><b>Jira, played</b> <span>a double for trying things out: nothing here is real</span></header>"
        f"<main>{inner}</main></html>"
    )
    headers = {"Content-Type": "text/html;charset=UTF-8", "Content-Security-Policy": _POLICY}
    return Answer(status, page.encode(), headers)


def _badge(status: str) -> str:
    return f"<span class='badge {world.STATUSES[status][1]}'>{escape(status)}</span>"


def _who(chosen: Person) -> str:
    options = "".join(
        f"<option value={it.name}{' selected' if it == chosen else ''}>{escape(it.display_name)}" for it in world.PEOPLE
    )
    return f"<label>as <select name=as>{options}</select></label>"


def _form(issue: Issue, deed: str, inner: str) -> str:
    return f"<form method=post action='/browse/{issue.issue_key}/{deed}'>{inner}</form>"


def _fields(issue: Issue) -> str:
    names = {it.field_id: it.name for it in world.FIELDS}
    rows = "".join(
        f"<label>{escape(names[it])}<input name={it} value='{escape(_text(issue.fields.get(it)))}'></label>"
        for it in EDITED
    )
    described = escape(_text(issue.fields.get("description")))
    form = _form(
        issue, "edit", f"<div class=grid>{rows}</div><div class=row>{_who(issue.reporter)}<button>Save</button></div>"
    )
    return f"<section><h2>Details</h2>{form}<p class=text>{described}</p></section>"


def _ways(issue: Issue) -> str:
    out = world.ways(issue.project, issue.status)
    buttons = "".join(f"<button name=way value={it.transition_id}>{escape(it.name)}</button>" for it in out)
    form = _form(issue, "transition", f"<div class=row>{_who(world.DAVE)}{buttons}</div>")
    return f"<section><h2>Move on</h2>{form}</section>"


def _rounds(issue: Issue) -> str:
    if not issue.project.is_service:
        return ""
    shown = ""
    for one in issue.rounds:
        people = "".join(f"<li>{escape(who.display_name)}: <b>{word}</b>" for who, word in one.approvers.items())
        shown += f"<p>{escape(one.name)}: <b>{one.decision}</b></p><ul>{people}</ul>"
        waiting = [who for who, word in one.approvers.items() if word == "pending"]
        if one.decision == "pending" and waiting:
            shown += _form(
                issue, "approve", f"<div class=row>{_who(waiting[0])}<button class=main>Approve</button></div>"
            )
            shown += _form(issue, "decline", f"<div class=row>{_who(waiting[0])}<button>Decline</button></div>")
    if issue.status == "Open":
        boxes = "".join(
            f"<label><input type=checkbox name={it.name}{' checked' if it == world.BOB else ''}> "
            f"{escape(it.display_name)}</label>"
            for it in (world.BOB, world.CAROL, world.ALICE)
        )
        shown += _form(
            issue, "ask", f"{boxes}<div class=row>{_who(issue.reporter)}<button>Ask for approval</button></div>"
        )
    return f"<section><h2>Approvals</h2>{shown or '<p>There is none.</p>'}</section>"


def _links(issue: Issue) -> str:
    shown = ""
    for link in issue.links.values():
        told = link["object"]
        status = told.get("status") or {}
        icon = (status.get("icon") or {}).get("title") or ("resolved" if status.get("resolved") else "")
        title = f"<a href='{escape(_web(told['url']))}' rel=noreferrer>{escape(told['title'])}</a>"
        struck = f"<s>{title}</s>" if status.get("resolved") else title
        shown += f"<li>{struck} <small>{escape(told.get('summary') or '')} {escape(icon)}</small>"
    return f"<section><h2>Links</h2><ul>{shown or '<li>There is none.'}</ul></section>"


def _web(url: str) -> str:
    """Return an address that a browser may be sent to, and no script."""
    return url if url.startswith(("http://", "https://")) else "#"


def _comments(issue: Issue) -> str:
    def seen_by(is_public: bool) -> str:  # noqa: FBT001  # of one comment, as it stands
        return "customers see it" if is_public else "internal"

    shown = "".join(
        f"<li><b>{escape(it.author.display_name)}</b> "
        f"<small>{it.created:%Y-%m-%d %H:%M} UTC, {seen_by(it.is_public)}</small>"
        f"<p class=text>{escape(it.text)}</p>"
        for it in issue.comments
    )
    box = "<textarea name=text rows=2></textarea>"
    public = (
        "<label><input type=checkbox name=public checked> customers see it</label>" if issue.project.is_service else ""
    )
    form = _form(issue, "comment", f"{box}<div class=row>{_who(world.ALICE)}{public}<button>Comment</button></div>")
    return f"<section><h2>Comments</h2><ul>{shown}</ul>{form}</section>"


def _history(issue: Issue) -> str:
    rows = "".join(
        f"<tr><td>{it.created:%Y-%m-%d %H:%M:%S}<td>{escape(it.author.display_name)}<td>{escape(item.field)}"
        f"<td>{escape(item.old_text or '')} → {escape(item.new_text or '')}"
        for it in reversed(issue.histories)
        for item in it.items
    )
    return f"<section><h2>History</h2><table><tr><th>When (UTC)<th>Who<th>What<th>Change{rows}</table></section>"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
