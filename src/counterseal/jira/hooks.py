"""Admin webhooks: what we know of them, from what either flavour tells."""

import re
from collections.abc import Mapping

from counterseal.errors import MalformedInput, Refused
from counterseal.jira import shapes
from counterseal.jira.interface import Json, Webhook

_ISSUES = "issue-related-events-section"
_ID = re.compile(r"/([0-9]+)/?$")


def events_filter(webhook: Webhook) -> Json:
    """Return which tickets a webhook tells of, as Jira writes it."""
    return {_ISSUES: webhook.jql} if webhook.jql else {}


def secret_text(secret: bytes) -> str:
    """Return the secret as it is given to Jira.

    Raises:
        Refused: it is empty or not plain letters; an empty secret would sign what anybody can sign.
    """
    text = secret.decode("ascii", errors="replace")
    if not re.fullmatch(r"[!-~]{16,255}", text):
        raise Refused("the secret of a webhook has 16 to 255 letters, digits or signs of ASCII, and no blank")
    return text


def from_hook(hook: shapes.Hook) -> Webhook:
    """Return a webhook of Cloud, or of Data Center before 10.

    Raises:
        MalformedInput: its address does not end with an id.
    """
    found = _ID.search(hook.self)
    if not found:
        raise MalformedInput("Jira told of a webhook whose address does not end with its id")
    return Webhook(found[1], hook.name, hook.url, tuple(hook.events), hook.enabled, _jql(hook.filters))


def from_new_hook(hook: shapes.NewHook) -> Webhook:
    """Return a webhook of Data Center 10."""
    return Webhook(str(hook.id), hook.name, hook.url, tuple(hook.events), hook.active, _jql(hook.filters))


def _jql(filters: Mapping[str, object]) -> str:
    jql = filters.get(_ISSUES)
    return jql if isinstance(jql, str) else ""
