"""What stands around every page of the double: that it is invented, and as whom one looks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from counterseal.jira_double.exchange import Answer
from counterseal.jira_double.model import Person

STYLE_PATH = "/double.css"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_TONES = {
    "Waiting for approval": "wait", "In Review": "wait", "Approved": "good", "Declined": "bad", "Rejected": "bad",
}  # fmt: skip


class Frame(NamedTuple):
    """Whom one may be, who one is (None: nobody yet), and the path of the page."""

    players: Sequence[Person]
    viewer: Person | None = None
    here: str = "/"

    def address(self, path: str, person: Person | None = None) -> str:
        """Return the address of a page, for who looks or for somebody else."""
        who = person or self.viewer
        return f"{path}?{urlencode({'as': who.name})}" if who else path

    def to(self, path: str, person: Person | None = None) -> str:
        """Return the same as the attribute of a link."""
        return escape(self.address(path, person))


def page(title: str, inner: str, frame: Frame, *, status: int = 200) -> Answer:
    """Return a whole page around its inner part."""
    whole = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Invented Jira</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><link rel="stylesheet" href="{STYLE_PATH}"></head><body>
<a class="skip" href="#main">Skip to the content</a>
<aside class="invented" aria-label="Invented"><p><strong>An invented Jira, for trying things out.</strong>
No ticket, person or approval in it is real, and all of it is gone when the program ends.</p></aside>
<header><div class="inner"><a class="brand" href="{frame.to("/")}">Invented Jira</a>{_chooser(frame)}</div></header>
<main id="main" tabindex="-1">{inner}</main></body></html>
"""
    headers = {
        "Content-Type": "text/html;charset=UTF-8",
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
    }
    return Answer(status, whole.encode(), headers)


def message(heading: str, text: str, frame: Frame) -> str:
    """Return a page's inner part that only says something."""
    back = f'<p><a href="{frame.to(frame.here)}">Back</a></p>'
    return f'<h1>{escape(heading)}</h1><p class="refused">{escape(text)}</p>{back}'


def section(name: str, heading: str, inner: str, kind: str = "panel") -> str:
    """Return a section with a heading that names it."""
    return f'<section class="{kind}" aria-labelledby="{name}"><h2 id="{name}">{escape(heading)}</h2>{inner}</section>'


def form(action: str, inner: str, frame: Frame, kind: str = "row") -> str:
    """Return a form that acts as who looks."""
    who = f'<input type="hidden" name="as" value="{escape(frame.viewer.name)}">' if frame.viewer else ""
    return f'<form method="post" action="{escape(action)}" class="{kind}">{who}{inner}</form>'


def badge(status: str) -> str:
    """Return a status; those that decide something, or wait for it, have a colour."""
    return f'<span class="badge {_TONES.get(status, "plain")}">{escape(status)}</span>'


def time(moment: datetime) -> str:
    """Return a time as people read it."""
    there = moment.astimezone(UTC)
    return f'<time datetime="{there:%Y-%m-%dT%H:%M:%SZ}">{there:%d %b %Y, %H:%M} UTC</time>'


def _chooser(frame: Frame) -> str:
    nobody = "" if frame.viewer else '<option value="">nobody yet</option>'
    options = "".join(_option(it, is_chosen=it == frame.viewer) for it in frame.players)
    return (
        f'<form class="me" method="get" action="{escape(frame.here)}"><label for="me">You are</label>'
        f'<select id="me" name="as">{nobody}{options}</select><button>Be this person</button></form>'
    )


def _option(person: Person, *, is_chosen: bool) -> str:
    chosen = " selected" if is_chosen else ""
    return f'<option value="{escape(person.name)}"{chosen}>{escape(person.display_name)}</option>'
