"""The webhook that Jira tells us of tickets by: how it should be, how it is, and setting it up."""

import os
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from counterseal.assembly.settings import Settings
from counterseal.errors import NotFound, Refused, SettingsError
from counterseal.jira.interface import Jira, Webhook

NAME = "Counterseal"
PATH = "/hooks/jira"

EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
"""An approval, an edit, a comment and a move all arrive as an update (Jira Cloud, "Webhooks")."""


class Fault(NamedTuple):
    """What is wrong with a webhook, and what mends it."""

    what: str
    mending: str


def wanted(settings: Settings, address: str) -> Webhook:
    """Return the webhook as it should be; `address` is where our server is reached from Jira.

    Raises:
        Refused: Jira could not, or should not, send there.
        SettingsError: no project is set.
    """
    parts = urlsplit(address)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or (parts.scheme != "https" and not loopback):
        raise Refused(f"{address!r} is no https address", hint="a proxy with a certificate stands before Counterseal")
    if not settings.jira.projects:
        raise SettingsError("jira.projects names no project", hint="name those whose tickets approve changes")
    url = address.rstrip("/") if parts.path.endswith(PATH) else address.rstrip("/") + PATH
    projects = ", ".join(f'"{it}"' for it in settings.jira.projects)
    return Webhook("", NAME, url, EVENTS, jql=f"project in ({projects})")


def install(jira: Jira, settings: Settings, address: str, environment: Mapping[str, str] | None = None) -> Webhook:
    """Make the webhook, or bring the one that sends to this address up to date, with the newest secret of the settings.

    Raises:
        SettingsError: no secret is set, or its variable is empty.
        Errors as in `Jira`: above all Denied, where the user is no administrator.
    """
    names = settings.jira.webhook_secret_env
    if not names:
        raise SettingsError(
            "jira.webhook_secret_env is not set", hint="name a variable; openssl rand -hex 32 makes what it holds"
        )
    secret = (os.environ if environment is None else environment).get(names[0], "")
    if not secret:
        raise SettingsError(f"the variable {names[0]}, which should hold the secret of Jira's webhook, is not set")
    hook = wanted(settings, address)
    there = [it for it in jira.webhooks() if it.url == hook.url]
    return jira.put_webhook(hook._replace(webhook_id=there[0].webhook_id if there else ""), secret.encode())


def faults(jira: Jira, settings: Settings, address: str = "") -> tuple[list[Webhook], list[Fault]]:
    """Return the webhooks that send to us, and what is wrong with them. Without an address, those named as ours.

    Raises:
        Errors as in `Jira`; NotFound: none sends to us.
    """
    url = wanted(settings, address).url if address else ""
    ours = [it for it in jira.webhooks() if (it.url == url if url else it.url.endswith(PATH) or it.name == NAME)]
    if not ours:
        raise NotFound(
            "no webhook of this Jira sends to Counterseal", hint="counterseal jira webhook install ADDRESS makes one"
        )
    found: list[Fault] = []
    for hook in ours:
        if not hook.is_enabled:
            found.append(Fault(f"the webhook {hook.name!r} is switched off", "jira webhook install switches it on"))
        if lacking := [it for it in EVENTS if it not in hook.events]:
            found.append(Fault(f"it does not tell of {', '.join(lacking)}", "jira webhook install adds them"))
        if urlsplit(hook.url).scheme != "https":
            found.append(Fault(f"it sends to {hook.url} in the clear", "let a proxy with a certificate stand before"))
    if not settings.jira.webhook_secret_env:
        found.append(
            Fault("jira.webhook_secret_env is not set, so /hooks/jira is closed", "set it, then install again")
        )
    return ours, found
