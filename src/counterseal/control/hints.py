"""Which ticket a message is about. It is a hint, whatever else it says: the ticket is read from Jira itself."""

import re
from collections.abc import Mapping

from msgspec import DecodeError
from msgspec.json import Decoder

_IS_TICKET = re.compile(r"[1-9][0-9]{0,18}|[A-Z][A-Z0-9_]{1,254}-[1-9][0-9]{0,18}", re.ASCII)

# Jira's webhooks name a ticket under "issue"; links between tickets name two. What Jira automation sends are names
# that somebody typed: those of the published samples, and the one that docs/how-to/listen-to-jira.md shows.
_IN_ISSUE = ("id", "key")
_IN_LINK = ("sourceIssueId", "destinationIssueId")
_IN_AUTOMATION = ("issueid", "issuekey", "jira-key", "key", "id")

_DECODER = Decoder(dict[str, object])


def tickets_named(content: bytes) -> tuple[str, ...]:
    """Return the ids, or else the keys, of the tickets that a message of Jira names: mostly one, often none.

    What is no id and no key, such as a smart value that nobody filled in, names nothing.
    """
    try:
        message = _DECODER.decode(content)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    automation = {name.lower(): value for name, value in _object(message.get("automationData")).items()}
    link = _object(message.get("issueLink"))
    named = (
        _first(_object(message.get("issue")), _IN_ISSUE),
        _first(automation, _IN_AUTOMATION),
        *(_first(link, [member]) for member in _IN_LINK),
    )
    return tuple(dict.fromkeys(filter(None, named)))


def _first(members: Mapping[str, object], names: tuple[str, ...] | list[str]) -> str:
    """Return the first of these members that is an id or a key; Jira automation writes ids as numbers."""
    texts = (str(members.get(name, "")).strip() for name in names)
    return next((it for it in texts if _IS_TICKET.fullmatch(it)), "")


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
