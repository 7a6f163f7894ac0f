"""What setting up a Jira needs to know: how to sign in, which fields are likely, and the settings that come of it."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from counterseal.assembly.jira_settings import JiraSettings
from counterseal.assembly.settings_file import Tables, Value
from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.policy import JIRA_FIELDS
from counterseal.errors import Refused, SettingsError, UsageError
from counterseal.jira.interface import Field, Flavour, Jira

NAMES = {Flavour.CLOUD: "Jira Cloud", Flavour.DATA_CENTER: "Jira Data Center"}
NONE = "none"
FIELDS = "policy.jira_fields"

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PAGES = ("browse", "projects", "secure", "rest", "issues", "plugins", "servicedesk", "login.jsp")
"""What a page of Jira begins with, after the folder that Jira is in: people copy addresses from their browser."""

_ASKED = ("url", "flavour", "cloud_id", "email", "token_env", "token", "token_expires")
_ASKED_LATER = ("oauth_client_id", "oauth_client_secret_env", "projects", "webhook_secret_env", "answers")

_LIKELY = {
    "secrets": ("secret", "secrets", "secret name", "secret arn", "aws secret", "aws secrets"),
    "operations": ("operation", "operations", "secret operation", "aws operation"),
    "account": ("aws account", "account", "aws account id"),
    "region": ("aws region", "region"),
    "executors": ("executors", "executor", "implementers", "implementer"),
    "window_from": ("change start", "change start date", "planned start", "planned start date", "window from"),
    "window_to": ("change end", "change completion date", "planned end", "planned end date", "window to"),
    "emergency": ("emergency since", "emergency"),
}

MEANINGS = {
    "secrets": "which secrets a change is about",
    "operations": "what is done to them",
    "account": "their AWS account",
    "region": "their region",
    "executors": "who may make the change, besides the assignee",
    "window_from": "when it may begin",
    "window_to": "when it must be done",
    "emergency": "since when it is an emergency",
}

_RIGHTS = """\
  rights   browse the projects, and see their requests as an agent where they are service projects
           to read approver groups: browse users and groups
           to answer tickets: edit and link issues; comment, transition and create where you wish for these"""

_CLOUD = """\
  make it  signed in as a user of its own: Account settings, Security, API tokens; it lives for a year at most
{rights}
  scopes   none, or for a token with scopes: read:jira-work, read:jira-user, read:servicedesk-request, and to
           answer tickets write:jira-work, write:servicedesk-request. Such a token is taken by Atlassian's gateway
           only, which asks for the cloud id: {url}/_edge/tenant_info shows it"""

_DATA_CENTER = """\
  make it  signed in as a user of its own: Profile, Personal access tokens (Jira 8.14 or later)
{rights}
  scopes   there are none: the token may do what its user may"""

_OAUTH = """\
  make it  an app of OAuth 2.0 (3LO) in Atlassian's developer console; let a user of its own give it the right to
           act in their name, and exchange the code that comes of it: the answer holds the first refresh token
{rights}
  scopes   offline_access, read:jira-work, read:jira-user, read:servicedesk-request, and to answer tickets
           write:jira-work, write:servicedesk-request
  cloud id {url}/_edge/tenant_info shows it"""


class Answers(NamedTuple):
    """What was answered: the settings, and which field of Jira holds what."""

    jira: JiraSettings
    fields: Mapping[str, str]


def normal_url(text: str) -> str:
    """Return the address of a Jira from what a person may type or copy: with https, and without the page.

    Raises:
        UsageError: it is no address; what it holds is not repeated, for it may be a password.
    """
    hint = "write it like https://example.atlassian.net or https://jira.example.com/jira"
    try:
        parts = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError("the address of Jira is none", hint=hint) from None
    if not host or parts.username is not None or parts.scheme not in ("https", "http") or " " in text.strip():
        raise UsageError("the address of Jira has parts that it must not have, or lacks its host", hint=hint)
    scheme = parts.scheme if host in _LOOPBACK else "https"
    name = f"[{host}]" if ":" in host else host
    place = name if port is None or (port == 80 and scheme == "https") else f"{name}:{port}"  # noqa: PLR2004  # http's own
    folders: list[str] = []
    for folder in filter(None, parts.path.split("/")):
        if folder in _PAGES or host.endswith(".atlassian.net"):
            break
        folders.append(folder)
    return "/".join([f"{scheme}://{place}", *folders])


def how_to_sign_in(flavour: Flavour, url: str, *, by_app: bool = False) -> str:
    """Return where a token is made, and what it must be allowed, for a person to read.

    Raises:
        UsageError: an app is to sign in where there is none.
    """
    if by_app and flavour is not Flavour.CLOUD:
        raise UsageError("--oauth signs in to Jira Cloud only", hint="a Data Center takes a personal access token")
    return (_OAUTH if by_app else _CLOUD if flavour is Flavour.CLOUD else _DATA_CENTER).format(rights=_RIGHTS, url=url)


def look_into(jira: Jira, project_key: str) -> bool:
    """Ask for a ticket of a project by a search that is bounded to it; say whether there is one.

    Raises:
        Refused: there is no such project, or it is not shown to us.
        Errors as in `Jira`.
    """
    try:
        return bool(list(islice(jira.search(f'project = "{project_key}" ORDER BY updated DESC'), 1)))
    except Refused as failure:
        raise Refused(
            f"there is no project {project_key!r}, or it is not shown to us",
            hint="let the user of the token browse it, or give another key",
        ) from failure


def likely(fields: Sequence[Field], word: str) -> list[Field]:
    """Return the fields that may hold something for us, by their names, the likeliest first."""
    names = _LIKELY[word]
    exact = [it for name in names for it in fields if it.name.casefold() == name]
    near = [it for it in fields if it.is_custom and names[0] in it.name.casefold()]
    return list(dict.fromkeys([*exact, *near]))


def suggested(fields: Sequence[Field]) -> dict[str, str]:
    """Return the likeliest field for each word, as it is written in the settings; none is suggested twice."""
    found: dict[str, str] = {}
    for word in JIRA_FIELDS:
        taken = [it for it in likely(fields, word) if written(it, fields) not in found.values()]
        if taken:
            found[word] = written(taken[0], fields)
    return found


def written(field: Field, fields: Sequence[Field]) -> str:
    """Return how the settings call a field: by its name, or by its id where others have that name."""
    same = [it for it in fields if it.name.casefold() == field.name.casefold()]
    return field.name if len(same) == 1 else field.field_id


def checked_field(word: str, text: str, fields: Sequence[Field]) -> str:
    """Return a field as it is written in the settings.

    Raises:
        UsageError: there is no such word.
        SettingsError: Jira has no such field, or several; the nearest is named.
    """
    if word not in JIRA_FIELDS:
        raise UsageError(f"no field holds {word!r} for us", hint=f"it is one of {', '.join(JIRA_FIELDS)}")
    if not text:
        raise SettingsError(f"no field is given for {word}", hint="give its name or its id, or none")
    FieldNames({word: text}, [(it.field_id, it.name) for it in fields])
    return text


def tables_of(answers: Answers, before: Mapping[str, object]) -> Tables:
    """Return the tables to write. What was set in [jira] before, and was not asked for, is set again."""
    jira = answers.jira._asdict()
    asked = [*_ASKED, *_ASKED_LATER, *(["ca_file"] if answers.jira.ca_file else [])]
    table: dict[str, Value] = {name: _toml(jira[name]) for name in asked if jira[name]}
    kept = {it: value for it, value in before.items() if it not in asked and isinstance(value, str | bool | list)}
    return {
        "jira": table | kept,
        FIELDS: {word: answers.fields[word] for word in JIRA_FIELDS if word in answers.fields},
    }


def _toml(value: object) -> Value:
    return value if isinstance(value, bool) else list(value) if isinstance(value, tuple) else str(value)
