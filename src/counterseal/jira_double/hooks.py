"""The messages that a Jira sends by itself: signed, and lost, doubled, late or forged where a test says so."""

import hashlib
import hmac
import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from counterseal.jira_double.jql import read_jql
from counterseal.jira_double.model import Event, Flavour, Hook
from counterseal.jira_double.shapes import Shapes
from counterseal.jira_double.site import Site

# developer.atlassian.com/cloud/jira/platform/webhooks: what is sent again, and how often.
RETRIED = {0, 408, 409, 425, 429, *range(500, 600)}
MOST_RETRIES = 5
SEND_SECONDS = 20.0

# A double speaks to this machine alone: whatever address a webhook names, nothing of it leaves.
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Message(NamedTuple):
    """A message for one webhook, with the secret it is signed with."""

    identifier: str
    url: str
    body: bytes
    secret: str
    retry: int = 0


class Sent(NamedTuple):
    """A message that went out, and the status that came back: 0 where nobody answered."""

    url: str
    headers: dict[str, str]
    body: bytes
    status: int


def signature(secret: str, body: bytes) -> str:
    """Return the header's value: the method and the HMAC over the raw body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Hooks:
    """Makes messages of events and sends them. The switches are plain members; they may be set together.

    loses: nothing goes out. duplicates: everything goes out twice. holds: everything waits for `deliver`, which sends
    the newest first where `disorders`. forges: everything is signed with a secret that is not the webhook's.
    """

    site: Site
    base: Callable[[], str]
    loses: bool = False
    duplicates: bool = False
    holds: bool = False
    disorders: bool = False
    forges: bool = False
    sent: list[Sent] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)
    failed: list[Message] = field(default_factory=list)
    _made: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, event: Event) -> None:
        """Make the messages of an event; the body is written now, so that a late message tells of then."""
        for hook in self.site.hooks.values():
            if hook.is_enabled and event.name in hook.events and self._is_meant(hook, event):
                self._made += 1
                body = b"" if hook.excludes_body else json.dumps(self.body_of(event)).encode()
                with self._guard:
                    self.waiting.append(Message(str(UUID(int=self._made)), hook.url, body, hook.secret))

    def _is_meant(self, hook: Hook, event: Event) -> bool:
        return not hook.jql or bool(read_jql(hook.jql, self.site, event.by).find([event.issue]))

    def body_of(self, event: Event) -> dict[str, Any]:
        """Return what a message says of an event. Only the one of tickets is documented in full."""
        shapes = Shapes(self.site, self.base(), event.by)
        body: dict[str, Any] = {"timestamp": int(event.at.timestamp() * 1000), "webhookEvent": event.name}
        if event.name.startswith("jira:"):
            body["issue_event_type_name"] = event.kind
            body["user"] = shapes.person(event.by, in_webhook=True)
        body["issue"] = shapes.issue(event.issue, in_webhook=True)
        if event.history:
            body["changelog"] = shapes.items_of(event.history)
        if comment := event.extra.get("comment"):
            body["comment"] = {**shapes.comment(comment, event.issue), "body": comment.text}
        if told := event.extra.get("property"):
            body["property"] = told
        return body

    def flush(self) -> None:
        """Send what waits, unless it is held."""
        if not self.holds:
            self.deliver()

    def deliver(self) -> list[Sent]:
        """Send what waits now, and return what went out."""
        with self._guard:
            messages, self.waiting = self.waiting, []
        return self._send(messages[::-1] if self.disorders else messages)

    def retry(self) -> list[Sent]:
        """Send again what could not be taken, as Cloud does after some minutes; Data Center never does."""
        messages, self.failed = self.failed, []
        return self._send([it._replace(retry=it.retry + 1) for it in messages])

    def _send(self, messages: list[Message]) -> list[Sent]:
        out: list[Sent] = []
        for message in [] if self.loses else messages:
            times = range(2 if self.duplicates else 1)
            out += [self._post(message._replace(retry=message.retry + again)) for again in times]
            if out[-1].status in RETRIED and message.retry < MOST_RETRIES and self.site.flavour is Flavour.CLOUD:
                self.failed.append(message)
        self.sent += out
        return out

    def _post(self, message: Message) -> Sent:
        headers = {"Content-Type": "application/json; charset=UTF-8", "User-Agent": "Atlassian HttpClient"}
        if self.site.flavour is Flavour.CLOUD:
            headers["X-Atlassian-Webhook-Identifier"] = message.identifier
            headers["X-Atlassian-Webhook-Flow"] = "Primary"
            if message.retry:
                headers["X-Atlassian-Webhook-Retry"] = str(message.retry)
        if message.secret:
            secret = f"not {message.secret}" if self.forges else message.secret
            headers["X-Hub-Signature"] = signature(secret, message.body)
        return Sent(message.url, headers, message.body, _answer_to(message, headers))


def _answer_to(message: Message, headers: dict[str, str]) -> int:
    place = urlsplit(message.url)
    if place.hostname not in LOOPBACK:
        return 0
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=SEND_SECONDS)
    try:
        query = f"?{place.query}" if place.query else ""
        connection.request("POST", f"{place.path or '/'}{query}", message.body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
