"""[alerts.NAME]: who is told what became of findings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from counterseal.errors import SettingsError

ALERT_SETTINGS = {
    "kind": "webhook or mail",
    "verdicts": "only these verdicts, as a list; unset: every discrepancy",
    "url": "of a webhook: https, or http on this machine",
    "secret_env": "the environment variable that holds the secret which signs what a webhook gets; unset: unsigned",
    "host": "of mail: the SMTP server",
    "port": "its port; unset: 587, with implicit TLS 465, without any 25",
    "tls": "starttls (unset), implicit, or none, on this machine only",
    "from": "the sender's address",
    "to": "the addresses, as a list",
    "username": "who signs in to the server; unset: nobody",
    "password_env": "the environment variable that holds the password",
}

KINDS = {
    "webhook": frozenset({"kind", "verdicts", "url", "secret_env"}),
    "mail": frozenset({"kind", "verdicts", "host", "port", "tls", "from", "to", "username", "password_env"}),
}
_NEEDED = {"webhook": ("url",), "mail": ("host", "from", "to")}
_FIELD = {"from": "sender"}  # a word that Python keeps for itself
_LISTS = frozenset({"verdicts", "to"})
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


class AlertReceiver(NamedTuple):
    """One receiver, as it is set; what its kind does not have is empty."""

    name: str
    kind: str
    verdicts: tuple[str, ...] = ()
    url: str = ""
    secret_env: str = ""
    host: str = ""
    port: int = 0
    tls: str = "starttls"
    sender: str = ""
    to: tuple[str, ...] = ()
    username: str = ""
    password_env: str = ""


def read_receivers(tables: Mapping[str, Any], file: Path | None) -> tuple[AlertReceiver, ...]:
    """Read the tables by their names.

    Raises:
        SettingsError: a key is unknown or missing, or holds what it may not; it is named.
    """
    return tuple(_receiver(name, table, file) for name, table in tables.items())


def _receiver(name: str, table: Mapping[str, Any], file: Path | None) -> AlertReceiver:
    place = f"alerts.{name}"
    kind = table.get("kind")
    if kind not in KINDS:
        raise SettingsError(f"{place}.kind in {str(file)!r} must be one of {', '.join(KINDS)}")
    for key in table:
        if key not in KINDS[kind]:
            raise SettingsError(
                f"unknown setting {place}.{key} in {str(file)!r}", hint=f"a {kind} has {', '.join(sorted(KINDS[kind]))}"
            )
    for key in _NEEDED[kind]:
        if not table.get(key):
            raise SettingsError(f"{place}.{key} in {str(file)!r} must be set")
    values = {
        ("sender" if key == "from" else key): _value(f"{place}.{key}", key, it, file) for key, it in table.items()
    }
    tls = values.get("tls", "starttls")
    if tls not in _PORTS:
        raise SettingsError(f"{place}.tls in {str(file)!r} must be one of {', '.join(_PORTS)}")
    if kind == "mail":
        values.setdefault("port", _PORTS[tls])
    return AlertReceiver(name=name, **values)


def _value(place: str, key: str, value: object, file: Path | None) -> Any:
    if key == "port":
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**16:
            return value
        raise SettingsError(f"{place} in {str(file)!r} must be a number from 1 to 65535")
    if key in _LISTS:
        texts = [value] if isinstance(value, str) else value
        if isinstance(texts, list) and all(isinstance(it, str) and it for it in texts):
            return tuple(texts)
        raise SettingsError(f"{place} in {str(file)!r} must be a list of texts")
    if not isinstance(value, str):
        raise SettingsError(f"{place} in {str(file)!r} must be text in quotation marks")
    return value
