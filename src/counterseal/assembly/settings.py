"""Settings: `counterseal.toml`, then `COUNTERSEAL_*`, read once into frozen values."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from counterseal.assembly.alert_settings import AlertReceiver, read_receivers
from counterseal.assembly.jira_settings import JiraSettings, read_jira
from counterseal.assembly.known_settings import (
    ACCESS_SETTINGS,
    AUTHENTICATIONS,
    DAYS,
    ENVIRONMENT_ONLY,
    LISTS,
    SETTINGS,
    SWITCHES,
)
from counterseal.aws.access import AwsAccess
from counterseal.errors import SettingsError

FILE_NAME = "counterseal.toml"


class IntakeSettings(NamedTuple):
    """How messages come in; everything is "" or empty where it was not set."""

    queue: str = ""
    access: str = ""
    sns_topics: tuple[str, ...] = ()
    sns_signature_versions: tuple[str, ...] = ()
    sns_authorities: Path | None = None
    event_bridge_key_env: str = ""
    event_bridge_header: str = ""
    log_folders: tuple[str, ...] = ()


class Settings(NamedTuple):
    """Everything that was set. `file` is where it was read, None where no settings file was found.

    `storage_uri` is "" where the folder under `state_directory` is meant. `policy` is read by `correlation.policy`.
    """

    state_directory: Path
    file: Path | None = None
    storage_uri: str = ""
    storage_access: str = "default"
    storage_bucket_owner: str = ""
    unlock_key_file: Path | None = None
    ledger_path: Path | None = None
    notary_key_file: Path | None = None
    notary_kms_mac_key: str = ""
    notary_kms_signing_key: str = ""
    notary_access: str = "default"
    broker_access: str = "default"
    broker_role_arn: str = ""
    ledger_signing_key_file: Path | None = None
    ledger_retention: str = ""
    tickets_file: Path | None = None
    jira: JiraSettings = JiraSettings()
    aws: Mapping[str, AwsAccess] = {}  # never written
    aws_endpoint: str = ""
    inbox_path: Path | None = None
    intake: IntakeSettings = IntakeSettings()
    outbox_path: Path | None = None
    alerts: tuple[AlertReceiver, ...] = ()
    alerts_link: str = ""
    up_metrics: bool = False
    policy: Mapping[str, Any] = {}  # never written

    def access(self, name: str | None) -> AwsAccess:
        """Return the access of that name; the one named "default" need not be set.

        Raises:
            SettingsError: no access has that name.
        """
        wanted = name or "default"
        if wanted in self.aws:
            return self.aws[wanted]
        if wanted == "default":
            return AwsAccess()
        raise SettingsError(f"no access is named {wanted!r}", hint=_nearest(wanted, self.aws, "[aws.NAME] sets one up"))


def load_settings(
    file: Path | None = None, *, environment: Mapping[str, str] | None = None, directory: Path | None = None
) -> Settings:
    """Read the settings file (given, or the nearest from `directory` upward) and the environment over it.

    Raises:
        SettingsError: a file that cannot be read, an unknown key (with the nearest right one), a wrong kind of value.
    """
    environment = os.environ if environment is None else environment
    file = file or _named_in(environment) or _nearest_file(directory or Path.cwd())
    content = _read(file) if file else {}
    accesses = _accesses(content.pop("aws", {}), file)
    policy = _table(content.pop("policy", {}), "policy", file)
    alerts = _receivers(content, file)
    values = _flatten(content, file) | _from_environment(environment)
    base = file.parent if file else Path.cwd()
    return Settings(
        file=file,
        state_directory=_path(values.get("state.directory"), base) or _default_state(environment),
        storage_uri=values.get("storage.uri", ""),
        storage_access=values.get("storage.access", "default"),
        storage_bucket_owner=values.get("storage.bucket_owner", ""),
        unlock_key_file=_path(values.get("unlock.key_file"), base),
        ledger_path=_path(values.get("ledger.path"), base),
        notary_key_file=_path(values.get("notary.key_file"), base),
        notary_kms_mac_key=values.get("notary.kms_mac_key", ""),
        notary_kms_signing_key=values.get("notary.kms_signing_key", ""),
        notary_access=values.get("notary.access", "default"),
        broker_access=values.get("broker.access", "default"),
        broker_role_arn=values.get("broker.role_arn", ""),
        ledger_signing_key_file=_path(values.get("ledger.signing_key_file"), base),
        ledger_retention=values.get("ledger.retention", ""),
        tickets_file=_path(values.get("tickets.file"), base),
        jira=read_jira(values, _parts, lambda text: _path(text, base)),
        aws=accesses,
        aws_endpoint=environment.get("COUNTERSEAL_AWS_ENDPOINT", ""),
        inbox_path=_path(values.get("inbox.path"), base),
        intake=_intake(values, base),
        outbox_path=_path(values.get("alerts.outbox"), base),
        alerts=alerts,
        alerts_link=values.get("alerts.link", ""),
        up_metrics=_switch(values, "up.metrics"),
        policy=policy,
    )


def place_of_settings(environment: Mapping[str, str] | None = None, directory: Path | None = None) -> Path:
    """Return the settings file that is read, and where there is none the one that would be read if it were made."""
    directory = directory or Path.cwd()
    named = _named_in(os.environ if environment is None else environment)
    return named or _nearest_file(directory) or directory / FILE_NAME


def _receivers(content: dict[str, Any], file: Path | None) -> tuple[AlertReceiver, ...]:
    """Take the tables [alerts.NAME] out of the content, and leave the texts of [alerts] in it."""
    members = _table(content.get("alerts", {}), "alerts", file)
    tables = {name: it for name, it in members.items() if isinstance(it, dict)}
    if members:
        content["alerts"] = {name: it for name, it in members.items() if name not in tables}
    return read_receivers(tables, file)


def _intake(values: Mapping[str, str], base: Path) -> IntakeSettings:
    return IntakeSettings(
        queue=values.get("intake.queue", ""),
        access=values.get("intake.access", ""),
        sns_topics=_parts(values.get("intake.sns_topics", "")),
        sns_signature_versions=_parts(values.get("intake.sns_signature_versions", "")),
        sns_authorities=_path(values.get("intake.sns_authorities"), base),
        event_bridge_key_env=values.get("intake.event_bridge_key_env", ""),
        event_bridge_header=values.get("intake.event_bridge_header", ""),
        log_folders=_parts(values.get("intake.log_folders", "")),
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _named_in(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("COUNTERSEAL_SETTINGS")
    return Path(named) if named else None


def _nearest_file(directory: Path) -> Path | None:
    folders = (directory, *directory.parents)
    return next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)


def _read(file: Path) -> dict[str, Any]:
    import tomllib  # only where there is a file to read

    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"there is no settings file {str(file)!r}") from None
    except OSError as failure:
        raise SettingsError(f"the settings file {str(file)!r} cannot be read: {failure.strerror}") from failure
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise SettingsError(f"the settings file {str(file)!r} is not TOML: {failure}") from None


def _flatten(content: Mapping[str, Any], file: Path | None) -> dict[str, str]:
    values: dict[str, str] = {}
    sections = {name.split(".")[0] for name in SETTINGS}
    for section, members in content.items():
        if section not in sections:
            raise _unknown(f"[{section}]", section, {*sections, "aws", "policy"}, file)
        for key, value in _table(members, section, file).items():
            name = f"{section}.{key}"
            if name not in SETTINGS:
                raise _unknown(name, name, SETTINGS, file)
            listed = name in LISTS and isinstance(value, list)
            values[name] = ",".join(_text(it, name, file) for it in value) if listed else _text(value, name, file)
    return values


def _accesses(content: object, file: Path | None) -> dict[str, AwsAccess]:
    accesses = {}
    for name, members in _table(content, "aws", file).items():
        fields = _table(members, f"aws.{name}", file)
        for key in fields:
            if key not in ACCESS_SETTINGS:
                raise _unknown(f"aws.{name}.{key}", key, ACCESS_SETTINGS, file)
        access = AwsAccess(name=name, **{key: _text(value, f"aws.{name}.{key}", file) for key, value in fields.items()})
        if access.authentication not in AUTHENTICATIONS:
            raise _unknown(f"authentication {access.authentication!r}", access.authentication, AUTHENTICATIONS, file)
        accesses[name] = access
    return accesses


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = {it.variable: name for name, it in SETTINGS.items()}
    for variable in environment:
        if variable.startswith("COUNTERSEAL_") and variable not in names and variable not in ENVIRONMENT_ONLY:
            raise _unknown(f"variable {variable}", variable, {*names, *ENVIRONMENT_ONLY}, None)
    return {name: environment[variable] for variable, name in names.items() if environment.get(variable)}


def _table(value: object, name: str, file: Path | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{name} in {str(file)!r} must be a table: [{name}]")
    return value


def _text(value: object, name: str, file: Path | None) -> str:
    if name in SWITCHES and isinstance(value, bool):
        return "true" if value else "false"
    if name in DAYS and hasattr(value, "isoformat"):
        return str(value)
    if not isinstance(value, str):
        raise SettingsError(f"{name} in {str(file)!r} must be text in quotation marks")
    return value


def _switch(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "false")
    if text not in ("true", "false"):
        raise SettingsError(f"{name} is true or false, not {text!r}")
    return text == "true"


def _path(text: str | None, base: Path) -> Path | None:
    return base / Path(text).expanduser() if text else None


def _default_state(environment: Mapping[str, str]) -> Path:
    # XDG Base Directory Specification: state that should persist between restarts.
    root = environment.get("XDG_STATE_HOME") or str(Path(environment.get("HOME") or "~").expanduser() / ".local/state")
    return Path(root) / "counterseal"


def _unknown(what: str, name: str, known: object, file: Path | None) -> SettingsError:
    place = f" in {str(file)!r}" if file else ""
    return SettingsError(
        f"unknown setting {what}{place}", hint=_nearest(name, known, "docs/reference/settings.md lists all")
    )


def _nearest(name: str, known: Any, otherwise: str) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f"did you mean {near[0]!r}?" if near else otherwise
