"""A request as the double reads it, and an answer as it gives it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from counterseal.jira_double.model import Flavour, Issue, Person, RefusedChange
from counterseal.jira_double.shapes import Shapes
from counterseal.jira_double.site import Site

HIDDEN = "Issue does not exist or you do not have permission to see it."
NOBODY = "You are not authenticated. Authentication required to perform this operation."


class Answer(NamedTuple):
    """What goes back. `is_cut`: nothing does, the connection ends instead."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}
    is_cut: bool = False


def as_json(status: int, value: object, **headers: str) -> Answer:
    """Return an answer of JSON; an underscore in a header's name stands for a dash."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json;charset=UTF-8", **named})


def as_html(status: int, title: str, text: str = "", **headers: str) -> Answer:
    """Return an answer that is a page."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, page.encode(), {"Content-Type": "text/html;charset=UTF-8", **named})


def errors(status: int, *messages: str, **by_field: str) -> Answer:
    """Return an error in the shape of Jira's platform."""
    return as_json(status, {"errorMessages": list(messages), "errors": by_field})


class Stopped(Exception):
    """The call ends here, with this answer."""

    def __init__(self, answer: Answer) -> None:
        """Take the answer."""
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, with the site it asks, who asks, how long pages may be, and what a search knows of tickets."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    site: Site
    viewer: Person | None
    base: str
    page_limit: int
    searched: Sequence[Issue]

    @property
    def is_cloud(self) -> bool:
        """Say which of the two flavours is asked."""
        return self.site.flavour is Flavour.CLOUD

    @property
    def shapes(self) -> Shapes:
        """Return the writer of JSON for who asks."""
        return Shapes(self.site, self.base, self.viewer)

    def asked(self, name: str, otherwise: str = "") -> str:
        """Return a parameter of the query; repeated ones are joined by commas."""
        return ",".join(parse_qs(self.query, keep_blank_values=True).get(name, [otherwise]))

    def number(self, name: str, otherwise: int) -> int:
        """Return a number of the query.

        Raises:
            Stopped: it is none.
        """
        text = self.asked(name, str(otherwise))
        if not text.isdigit():
            raise Stopped(errors(400, f"'{text}' is not a number: {name}"))
        return int(text)

    def page(self, size_name: str = "maxResults", otherwise: int = 50) -> int:
        """Return how long a page will be: what was asked for, and no longer than the double allows."""
        return min(self.number(size_name, otherwise), self.page_limit)

    def json(self) -> dict[str, Any]:
        """Return the object that was sent.

        Raises:
            Stopped: it was sent as something else, or is no object.
        """
        value = self.any_json()
        if not isinstance(value, dict):
            raise Stopped(errors(400, "Unexpected type: an object is needed"))
        return value

    def any_json(self) -> Any:
        """Return the JSON that was sent.

        Raises:
            Stopped: it was sent as something else, or is none.
        """
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise Stopped(as_html(415, "Unsupported Media Type"))
        try:
            return json.loads(self.body)
        except ValueError:
            raise Stopped(errors(400, "Unexpected character: this is no JSON")) from None

    def person(self) -> Person:
        """Return who asks.

        Raises:
            Stopped: nobody in particular.
        """
        if self.viewer is None:
            raise Stopped(errors(401, NOBODY))
        return self.viewer

    def writer(self, what: str) -> Person:
        """Return who asks, who may change tickets.

        Raises:
            Stopped: it is nobody, or somebody who may not.
        """
        person = self.person()
        if not person.may_write:
            raise Stopped(errors(403, f"You do not have permission to {what}."))
        return person

    def issue(self, id_or_key: str) -> Issue:
        """Return the ticket.

        Raises:
            Stopped: there is none that the one who asks may see; Jira does not say which of the two.
        """
        found = self.site.find(id_or_key)
        if found is None or not self.site.may_see(self.viewer, found):
            raise Stopped(errors(404, HIDDEN))
        return found


def refused(refusal: RefusedChange) -> Answer:
    """Return Jira's 400 for a change that it does not take."""
    return as_json(400, {"errorMessages": refusal.messages, "errors": refusal.errors})


Handler = Callable[..., Answer]


class Route(NamedTuple):
    """A call that is answered: `path` is a pattern of the whole path after the context, its groups are handed on."""

    method: str
    path: str
    handler: Handler
