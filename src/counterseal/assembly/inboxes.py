"""From the settings to the inbox, and to what its messages are opened and decided with."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from counterseal.assembly.anchors import EvidenceHere
from counterseal.assembly.embedded import Reading, asked_now, policy_of
from counterseal.assembly.jira_mirror import Following
from counterseal.assembly.live import bucket_at, is_in_a_bucket
from counterseal.assembly.settings import IntakeSettings, Settings
from counterseal.assembly.state import kept, made_for
from counterseal.clock import Clock
from counterseal.control.deciding import Asked, PieceByPiece
from counterseal.control.identities import KeptIdentities
from counterseal.control.log_files import NamedFiles
from counterseal.control.process import Means, Processing
from counterseal.control.receive import EventBridgeKey
from counterseal.control.sns import SnsCheck
from counterseal.control.tickets import KeptTickets
from counterseal.errors import MalformedInput, NotFound, NotInstalled, SettingsError, UsageError
from counterseal.hidden import Hidden
from counterseal.inbox.interface import Inbox
from counterseal.ledger.interface import Ledger

_NAME = "inbox.sqlite"

USUAL_HEADER = "x-api-key"

SHORTEST_KEY = 16
"""What is shorter can be guessed by whoever may try often enough."""


def inbox_path(settings: Settings) -> Path:
    """Return where the inbox is: what is set, or inbox.sqlite in the state directory."""
    return kept(settings, settings.inbox_path, _NAME)


def open_inbox(settings: Settings, clock: Clock) -> Inbox:
    """Open the inbox that the settings name, and make it where there is none.

    Raises:
        Denied: the file or its folder may not be read or written.
        MalformedInput: the file is something else, or is damaged.
        Refused: a newer Counterseal wrote it, or the folder of `inbox.path` is not there.
        Unreachable: it is busy, or the disk is full or failing.
    """
    from counterseal.inbox.sqlite import SqliteInbox

    return SqliteInbox.at(made_for(settings, settings.inbox_path, _NAME), clock)


def open_existing_inbox(settings: Settings, clock: Clock) -> Inbox:
    """Open the inbox as `open_inbox` does, and never make one: a wrong path must not look like an empty inbox.

    Raises:
        NotFound: there is no inbox; and what `open_inbox` raises.
    """
    path = inbox_path(settings)
    if not path.exists():
        raise NotFound(f"there is no inbox {str(path)!r}", hint="inbox.path in counterseal.toml names the inbox")
    return open_inbox(settings, clock)


class House(NamedTuple):
    """What there is to work with: the ledger, the Jira that is followed, and one pass of answers to its tickets.

    The last two are None where there are none. `environment` holds the secrets that the settings name: None is that of
    the program. What comes of invented messages is recorded as invented.
    """

    ledger: Ledger
    jira: Following | None = None
    answer: Callable[[], object] | None = None
    environment: Mapping[str, str] | None = None
    is_invented: bool = False


def processing(inbox: Inbox, house: House, reading: Reading, settings: Settings, clock: Clock) -> Processing:
    """Return what works through the inbox: it audits by the policy and the tickets of the reading, or those of Jira.

    Raises:
        SettingsError, NotInstalled: the settings ask for what cannot be.
    """
    # Asked for anew each time: tickets change, counterseals are issued, and people are mapped.
    here = EvidenceHere(house.ledger, settings, reading.evidence, invented=house.is_invented)
    kept = KeptTickets(clock)
    people = KeptIdentities(house.ledger)

    def ask() -> Asked:
        now = reading._replace(evidence=here.now(), identities=people.now())
        asked = asked_now(now, settings, clock, read=kept.read, tickets=house.jira)
        return asked._replace(rules=replace(asked.rules, read=places))

    files = _log_files(settings)
    places = files.places() if files else ()
    checked = sns_check(settings, clock)

    def begin() -> PieceByPiece:
        buckets = policy_of(reading, settings).guarded_buckets
        return PieceByPiece(ask, guarded_buckets=buckets, invented=house.is_invented)

    means = Means(checked, _confirming(settings) if checked else None, files, house.jira)
    return Processing(inbox, house.ledger, begin, means)


def sns_check(settings: Settings, clock: Clock) -> SnsCheck | None:
    """Return what checks messages of SNS; None where the settings name no topic.

    Raises:
        SettingsError: a topic or a version is none, or there is no authority to trust.
        NotInstalled: what fetches certificates is not installed.
    """
    intake = settings.intake
    if not intake.sns_topics:
        return None
    versions = intake.sns_signature_versions or ("1", "2")
    if not {"1", "2"}.issuperset(versions):
        raise SettingsError("intake.sns_signature_versions are 1 and 2, of which one may be left out")
    try:
        from counterseal.outside.fetching import SmallFiles
    except ModuleNotFoundError as failure:
        raise NotInstalled(
            f"checking messages of SNS needs {failure.name}, which is not installed",
            hint="install counterseal with its extra [outside]",
        ) from failure
    from counterseal.outside.sns_certificates import SnsCertificates
    from counterseal.seal.certificates import TrustedAuthorities

    certificates = SnsCertificates(SmallFiles(), TrustedAuthorities(_trust_store(intake)), clock)
    try:
        return SnsCheck(intake.sns_topics, certificates, clock, versions=versions)
    except MalformedInput as failure:
        raise SettingsError(f"intake.sns_topics: {failure}", hint="arn:aws:sns:REGION:ACCOUNT:NAME") from None


def event_bridge_key(intake: IntakeSettings, environment: Mapping[str, str] | None = None) -> EventBridgeKey | None:
    """Return what an EventBridge connection must send; None where the settings name no key.

    Raises:
        SettingsError: the variable that holds the key is not set, or the key is too short.
    """
    environment = os.environ if environment is None else environment
    if not intake.event_bridge_key_env:
        return None
    value = environment.get(intake.event_bridge_key_env, "")
    if len(value) < SHORTEST_KEY:
        raise SettingsError(
            f"the variable {intake.event_bridge_key_env} holds no key of {SHORTEST_KEY} characters or more",
            hint="openssl rand -hex 32 makes one; the connection of the API destination sends the same",
        )
    return EventBridgeKey(intake.event_bridge_header or USUAL_HEADER, Hidden(value.encode()))


def _confirming(settings: Settings) -> Any:
    try:
        from counterseal.aws.subscriptions import SnsSubscriptions
    except ModuleNotFoundError:
        return None
    from counterseal.aws.session import client

    access = settings.access(settings.intake.access)
    return SnsSubscriptions(
        lambda region: client("sns", access._replace(region=region), endpoint=settings.aws_endpoint)
    )


def _log_files(settings: Settings) -> NamedFiles | None:
    folders = settings.intake.log_folders
    for folder in folders:
        if not is_in_a_bucket(folder):
            raise SettingsError(f"intake.log_folders: {folder!r} names no bucket", hint="write s3://bucket/prefix")
    try:
        return NamedFiles([bucket_at(settings, it, settings.intake.access) for it in folders]) if folders else None
    except UsageError as failure:
        raise SettingsError(f"intake.log_folders: {failure}", hint=failure.hint) from None


def _trust_store(intake: IntakeSettings) -> bytes:
    import ssl

    if intake.sns_authorities:
        return _read(intake.sns_authorities)
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return _read(Path(paths.cafile))
    folder = Path(paths.capath) if paths.capath else None
    files = sorted(folder.glob("*.pem")) if folder else []
    return b"\n".join(map(_read, files))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as failure:
        raise SettingsError(f"the certificates {str(file)!r} cannot be read: {failure.strerror}") from failure
