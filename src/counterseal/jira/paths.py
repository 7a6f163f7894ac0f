"""The paths of calls: what goes into one is checked first, so that a name can never lead elsewhere."""

import re
from urllib.parse import quote

from counterseal.errors import Refused

_ISSUE = re.compile(r"[0-9]{1,19}|[A-Za-z][A-Za-z0-9_]{0,254}-[0-9]{1,19}")
_PROPERTY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{0,254}")
_NUMBER = re.compile(r"[0-9]{1,19}")

DESK = "/rest/servicedeskapi"


def issue_path(api: str, id_or_key: str, *rest: str) -> str:
    """Return the path of a ticket, or of what hangs on it.

    Raises:
        Refused: it is no id and no key.
    """
    return "/".join([api, "issue", checked_issue(id_or_key), *map(_segment, rest)])


def request_path(id_or_key: str, what: str) -> str:
    """Return the path of what hangs on a service request.

    Raises:
        Refused: it is no id and no key.
    """
    return f"{DESK}/request/{checked_issue(id_or_key)}/{what}"


def checked_issue(id_or_key: str) -> str:
    """Return the id or key of a ticket.

    Raises:
        Refused: it is neither.
    """
    return _checked(_ISSUE, id_or_key, "id and no key of a ticket", hint="a key is written like OPS-42")


def checked_property(name: str) -> str:
    """Return the name of a property.

    Raises:
        Refused: it is none that we would give one.
    """
    return _checked(_PROPERTY, name, "name of a property")


def checked_project(project_key: str) -> str:
    """Return the key of a project.

    Raises:
        Refused: it is none.
    """
    return _checked(_PROJECT, project_key, "key of a project", hint="a key is written like OPS")


def checked_number(text: str, what: str) -> str:
    """Return the id of something that Jira numbers.

    Raises:
        Refused: it is none.
    """
    return _checked(_NUMBER, text, f"id of {what}")


def _checked(pattern: re.Pattern[str], text: str, what: str, *, hint: str = "") -> str:
    if not pattern.fullmatch(text):
        raise Refused(f"{text[:100]!r} is no {what}", hint=hint)
    return _segment(text)


def _segment(text: str) -> str:
    return quote(text, safe="")
