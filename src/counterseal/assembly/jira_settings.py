"""[jira]: which Jira is asked, and as whom. No token stands in it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from counterseal.errors import SettingsError

FLAVOURS = ("cloud", "data-center")

# Names in capitals, as variables are written: what holds small letters may be a token in the wrong place.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}", re.ASCII)
_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]+", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_REFERENCES = ("aws-sm://", "safe://", "s3://", "{")
_MOVE_IT = "make a new token, for this one may have been seen; keep it in a secret or a variable, and name that here"


class JiraSettings(NamedTuple):
    """How Jira is asked; everything is "" or empty where it was not set. `token` is a reference, never the token."""

    url: str = ""
    flavour: str = ""
    cloud_id: str = ""
    email: str = ""
    token_env: str = ""
    token: str = ""
    token_expires: str = ""
    oauth_client_id: str = ""
    oauth_client_secret_env: str = ""
    projects: tuple[str, ...] = ()
    webhook_secret_env: tuple[str, ...] = ()
    ca_file: Path | None = None
    mirror: Path | None = None
    outbox: Path | None = None
    answers: bool = False
    comments: bool = False
    transition: str = ""
    create_in: str = ""
    create_as: str = "Task"


_LISTS = ("projects", "webhook_secret_env")
_PATHS = ("ca_file", "mirror", "outbox")
_SWITCHES = ("answers", "comments")


def read_jira(
    values: Mapping[str, str], parts: Callable[[str], tuple[str, ...]], path: Callable[[str], Path | None]
) -> JiraSettings:
    """Read the settings whose names begin with `jira.`: `parts` takes a list apart, `path` makes a path of a text.

    Raises:
        SettingsError: one is none of what it may be; where it may be a token, what it holds is not repeated.
    """
    given = {it: text for it in JiraSettings._fields if (text := values.get(f"jira.{it}", ""))}
    made: dict[str, Any] = dict(given)
    made |= {name: parts(given[name]) for name in _LISTS if name in given}
    made |= {name: path(given[name]) for name in _PATHS if name in given}
    made |= {name: _switch(name, given[name]) for name in _SWITCHES if name in given}
    found = JiraSettings(**made)
    if found.flavour and found.flavour not in FLAVOURS:
        raise SettingsError(f"jira.flavour is {' or '.join(FLAVOURS)}, not {found.flavour!r}")
    _check_token(found)
    for name in found.webhook_secret_env:
        if not _VARIABLE.fullmatch(name):
            raise SettingsError(
                "jira.webhook_secret_env is no name of a variable, such as JIRA_WEBHOOK_SECRET", hint=_MOVE_IT
            )
    for setting, keys in (("projects", found.projects), ("create_in", filter(None, [found.create_in]))):
        for key in keys:
            if not _PROJECT_KEY.fullmatch(key):
                raise SettingsError(f"jira.{setting}: {key!r} is no key of a project", hint="a key is written like OPS")
    if found.token_expires and not _is_day(found.token_expires):
        raise SettingsError(f"jira.token_expires: {found.token_expires!r} is no day", hint="write it like 2027-01-31")
    return found


def is_variable(text: str) -> bool:
    """Say whether a text is the name of a variable as we take it."""
    return bool(_VARIABLE.fullmatch(text))


def _switch(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise SettingsError(f"jira.{name} is true or false, not {text!r}")
    return text == "true"


def _check_token(found: JiraSettings) -> None:
    if found.token and not found.token.startswith(_REFERENCES):
        raise SettingsError(
            "jira.token is no reference such as aws-sm://eu-west-1/jira: the token itself is not written here",
            hint=_MOVE_IT,
        )
    if found.token_env and not _VARIABLE.fullmatch(found.token_env):
        raise SettingsError("jira.token_env is no name of a variable, such as JIRA_TOKEN", hint=_MOVE_IT)
    if found.oauth_client_secret_env and not _VARIABLE.fullmatch(found.oauth_client_secret_env):
        raise SettingsError("jira.oauth_client_secret_env is no name of a variable, such as JIRA_APP", hint=_MOVE_IT)
    if found.oauth_client_id and (found.token or found.token_env):
        raise SettingsError(
            "jira.oauth_client_id and a token are both set", hint="say one way to sign in: an app of OAuth, or a token"
        )
    if found.token and found.token_env:
        raise SettingsError("jira.token and jira.token_env are both set", hint="say one place where the token is")


def _is_day(text: str) -> bool:
    from datetime import date  # here, because every command loads this file, and few ask Jira

    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
