"""The receivers of alerts, read from `[alerts.NAME]` in the settings."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from counterseal.assembly.known_settings import ALERT_SETTINGS
from counterseal.errors import SettingsError

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}
_LAST_PORT = 65535
_Kind = TypeVar("_Kind", bool, int, str)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Alert(NamedTuple):
    """One receiver; `kind` says which of the fields are set."""

    name: str
    kind: str
    url: str = ""
    secret_file: Path | None = None
    host: str = ""
    port: int = 0
    tls: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    username: str = ""
    password_file: Path | None = None
    verdicts: tuple[str, ...] = ()
    link: str = ""
    full_arns: bool = False


def read_alerts(content: object, file: Path | None) -> dict[str, Alert]:
    """Read the table [alerts].

    Raises:
        SettingsError: an unknown key, a wrong kind of value, or a receiver that would be told in the clear.
    """
    if not isinstance(content, dict):
        raise SettingsError("alerts must be a table: [alerts.NAME]")
    return {name: _alert(name, members, file) for name, members in content.items()}


def _alert(name: str, members: object, file: Path | None) -> Alert:
    if not isinstance(members, dict) or not _NAME.fullmatch(name):
        raise SettingsError(f"alerts.{name} must be a table: [alerts.NAME], with a name of letters, digits, - and _")
    for key in members:
        if key not in ALERT_SETTINGS:
            near = get_close_matches(key, ALERT_SETTINGS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "docs/reference/settings.md lists all"
            raise SettingsError(f"unknown setting alerts.{name}.{key}", hint=hint)
    fields = _Fields(name, members, file)
    alert = Alert(
        name=name,
        kind=fields.text("kind"),
        url=fields.text("url"),
        secret_file=fields.path("secret_file"),
        host=fields.text("host"),
        tls=fields.text("tls") or "starttls",
        sender=fields.text("from"),
        to=fields.texts("to"),
        username=fields.text("username"),
        password_file=fields.path("password_file"),
        verdicts=fields.texts("verdicts"),
        link=fields.text("link"),
        full_arns=fields.of_kind("full_arns", bool, default=False),
    )
    kinds: Mapping[str, Callable[[Alert], None]] = {"webhook": _check_webhook, "mail": _check_mail}
    if alert.kind not in kinds:
        raise SettingsError(f"alerts.{name}.kind is webhook or mail, not {alert.kind!r}")
    kinds[alert.kind](alert)
    return alert._replace(port=_port(alert, fields.of_kind("port", int, default=_PORTS[alert.tls])))


class _Fields:
    """The members of one table, each asked for by its kind."""

    def __init__(self, name: str, members: Mapping[str, Any], file: Path | None) -> None:
        self._name = name
        self._members = members
        self._base = file.parent if file else Path.cwd()

    def of_kind(self, key: str, kind: type[_Kind], *, default: _Kind) -> _Kind:
        value = self._members.get(key, default)
        if type(value) is not kind:
            raise SettingsError(f"alerts.{self._name}.{key} has the wrong kind of value", hint=ALERT_SETTINGS[key])
        return value

    def text(self, key: str) -> str:
        return self.of_kind(key, str, default="")

    def path(self, key: str) -> Path | None:
        text = self.text(key)
        return self._base / Path(text).expanduser() if text else None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._members.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(it, str) and it for it in listed):
            raise SettingsError(f"alerts.{self._name}.{key} must be a list of texts")
        return tuple(listed)


def _check_webhook(alert: Alert) -> None:
    where = f"alerts.{alert.name}"
    try:
        url = urlsplit(alert.url)
        host, _ = url.hostname, url.port
    except ValueError:
        raise SettingsError(f"{where}.url is no address") from None
    if not host or url.username or url.password or url.scheme not in {"https", "http"}:
        raise SettingsError(f"{where}.url is no address of a webhook", hint="https://HOST/PATH, without a password")
    if url.scheme == "http" and host not in _LOOPBACK:
        raise SettingsError(f"{where}.url is http: what is sent could be read and altered", hint="use https")
    if alert.secret_file is None:
        raise SettingsError(f"{where}.secret_file is missing", hint="openssl rand -hex 32 > FILE makes one")


def _check_mail(alert: Alert) -> None:
    where = f"alerts.{alert.name}"
    if not (alert.host and alert.sender and alert.to):
        raise SettingsError(f"{where} needs host, from and to")
    if any("@" not in it or not it.isprintable() or " " in it for it in (alert.sender, *alert.to)):
        raise SettingsError(f"{where}: from and to are addresses like watch@example.com")
    if alert.tls not in _PORTS:
        raise SettingsError(f"{where}.tls is starttls, implicit or none, not {alert.tls!r}")
    if alert.tls == "none" and alert.host not in _LOOPBACK:
        raise SettingsError(f"{where}.tls is none: what is sent could be read and altered", hint="use starttls")
    if bool(alert.username) != bool(alert.password_file):
        raise SettingsError(f"{where}: username and password_file go together")


def _port(alert: Alert, port: int) -> int:
    if not 1 <= port <= _LAST_PORT:
        raise SettingsError(f"alerts.{alert.name}.port is a number from 1 to {_LAST_PORT}")
    return port
