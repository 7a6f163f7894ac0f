"""The pages of the double: a person looks at a ticket, edits it, answers its approval, and moves it on.

Nobody signs in: the address of a page says as whom one looks, and a form as whom it acts.
"""

from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from counterseal.jira_double.exchange import Answer
from counterseal.jira_double.hands import Hands
from counterseal.jira_double.hooks import LOOPBACK
from counterseal.jira_double.layout import STYLE_PATH, Frame, message, page
from counterseal.jira_double.list_page import list_page
from counterseal.jira_double.model import Issue, Person, RefusedChange
from counterseal.jira_double.ticket_page import EDITED, ticket_page

_STYLE = Path(__file__).with_name("pages.css")


class Pages:
    """Answers what a browser asks."""

    def __init__(self, double: Hands) -> None:
        """Take the double whose tickets are shown and changed."""
        self._double = double

    def answer(self, method: str, place: SplitResult, body: bytes, *, origin: str = "") -> Answer:
        """Return a page, or do what a form says and show the ticket again. Forms of other sites are refused."""
        sent = _members(body.decode(errors="replace") if method == "POST" else place.query)
        frame = Frame(self._double.site.players, self._double.site.who(sent.get("as", "")), place.path)
        parts = [unquote(it) for it in place.path.split("/") if it]
        if method == "POST":
            if origin and urlsplit(origin)[:2] not in {("http", f"{it}:{self._port()}") for it in LOOPBACK}:
                return _refused("another site sent this form", frame._replace(here="/"), 403)
            return self._posted(parts, sent, frame)
        site = self._double.site
        match parts:
            case []:
                return page("Tickets", list_page(site, frame), frame)
            case ["browse", key] if issue := site.find(key):
                return page(f"{issue.issue_key} {issue.fields['summary']}", ticket_page(site, issue, frame), frame)
            case _ if place.path == STYLE_PATH:
                return Answer(200, _STYLE.read_bytes(), {"Content-Type": "text/css;charset=UTF-8"})
        return _nowhere(frame)

    def _port(self) -> int | None:
        return urlsplit(self._double.url).port

    def _posted(self, parts: list[str], sent: dict[str, str], frame: Frame) -> Answer:
        try:
            match parts:
                case ["create"]:
                    issue = self._made(sent, frame)
                case ["browse", key, deed] if found := self._double.site.find(key):
                    issue, frame = found, frame._replace(here=f"/browse/{found.issue_key}")
                    self._do(issue, deed, sent, _who(frame))
                case _:
                    return _nowhere(frame)
        except RefusedChange as refusal:
            return _refused(str(refusal), frame, 400)
        return Answer(303, b"", {"Location": frame.address(f"/browse/{issue.issue_key}")})

    def _made(self, sent: dict[str, str], frame: Frame) -> Issue:
        fields = {"summary": sent.get("summary") or "A change"}
        return self._double.create_issue(sent.get("project", ""), fields, by=_who(frame))

    def _do(self, issue: Issue, deed: str, sent: dict[str, str], by: Person) -> None:
        double = self._double
        match deed:
            case "edit":
                double.edit(issue, {it: sent[it] for it in EDITED if it in sent}, by=by)
            case "ask" if approvers := [it for it in double.site.players if sent.get(it.name)]:
                double.request_approval(issue, *approvers, by=by)
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
                raise RefusedChange("Nothing was asked for.")


def _members(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _who(frame: Frame) -> Person:
    if frame.viewer is None:
        raise RefusedChange("Nobody said who does it: choose above who you are.")
    return frame.viewer


def _refused(why: str, frame: Frame, status: int) -> Answer:
    return page("Refused", message("Nothing was done", why, frame), frame, status=status)


def _nowhere(frame: Frame) -> Answer:
    frame = frame._replace(here="/")
    return page("Not here", message("Not here", "There is no such page.", frame), frame, status=404)
