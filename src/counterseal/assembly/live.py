"""From an access of the settings to what of a live account is read: its bucket, its event history, its regions."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from counterseal.assembly.settings import Settings
from counterseal.aws.access import AwsAccess
from counterseal.control import event_history
from counterseal.control.event_history import HISTORY, LookedUp
from counterseal.control.fetched import Fetched
from counterseal.control.online_trail import KeyList
from counterseal.control.period import Period
from counterseal.control.sweep import Asked, Swept, sweep
from counterseal.correlation.digests.saved_keys import PublicKey, read_public_keys
from counterseal.correlation.judging.sweep import Recorded
from counterseal.errors import UsageError
from counterseal.objects.archive import ObjectArchive
from counterseal.references.regions import NAMES, region_code

ALL = "all"


class Place(NamedTuple):
    """Where in which bucket."""

    archive: ObjectArchive
    prefix: str


def is_in_a_bucket(path: str) -> bool:
    """Say whether a path on the command line means a bucket."""
    return path.startswith("s3://")


def bucket_at(settings: Settings, uri: str, access: str) -> Place:
    """Open the bucket that a URI names.

    Raises:
        UsageError: the URI names no bucket.
        SettingsError: the access is not set up.
        NotInstalled: botocore is not installed.
    """
    parts = urlsplit(uri)
    if not parts.netloc or parts.query or parts.fragment:
        raise UsageError(f"{uri!r} names no place in a bucket", hint="write s3://bucket/prefix")
    client = _client(settings, "s3", settings.access(access))
    from counterseal.aws.s3_archive import S3Archive

    return Place(S3Archive(client, parts.netloc), unquote(parts.path).lstrip("/"))


def fetched(settings: Settings, *about: str) -> Fetched:
    """Return the folder, in the state directory, of what is fetched from one place."""
    return Fetched(_folder(settings, *about))


def key_list(settings: Settings, access: str) -> KeyList:
    """Return what lists the keys that CloudTrail signs with."""

    def list_keys(region: str, start: datetime, end: datetime) -> Iterable[PublicKey]:
        from counterseal.seal.rsa_signatures import RsaSha256Verifier

        # The region stands in the name of an object: whoever can write the bucket must not choose a host by it.
        if region not in NAMES:
            return ()
        client = _client(settings, "cloudtrail", settings.access(access)._replace(region=region))
        from counterseal.aws.cloudtrail import list_public_keys

        return read_public_keys(list_public_keys(client, start, end, region=region), RsaSha256Verifier)

    return list_keys


def regions_of(settings: Settings, access: str, named: Sequence[str]) -> list[str]:
    """Return the regions to ask: those named, the access's own where none is, or all of its partition.

    Raises:
        MalformedReference: what was named is no region.
        SettingsError: the access has no region.
        NotInstalled: botocore is not installed.
    """
    own: str = _client(settings, "sts", settings.access(access)).meta.region_name
    if not named:
        return [own]
    if ALL in named:
        return sorted(it for it in NAMES if _partition(it) == _partition(own))
    return list(dict.fromkeys(map(region_code, named)))


def account_of(settings: Settings, access: str) -> str:
    """Return the account that an access signs in to.

    Raises:
        Denied, SettingsError, Unreachable, NotInstalled: as `aws.account.account_of`.
    """
    client = _client(settings, "sts", settings.access(access))
    from counterseal.aws.account import account_of

    return account_of(client, access)


def in_regions(settings: Settings, service: str, access: str, regions: Sequence[str]) -> dict[str, Any]:
    """Return a client of a service for each region.

    Raises:
        SettingsError: the access is not set up.
        NotInstalled: botocore is not installed.
    """
    chosen = settings.access(access)
    return {region: _client(settings, service, chosen._replace(region=region)) for region in regions}


def looked_up(
    settings: Settings, access: str, named: Sequence[str], period: Period, now: datetime
) -> Callable[[Fetched], LookedUp]:
    """Return what looks up the event history of an access's account, given where to keep what it finds.

    Raises:
        Denied, SettingsError, Unreachable, NotInstalled, MalformedReference: as `regions_of` and `account_of`.
    """
    account = account_of(settings, access)
    clients = in_regions(settings, "cloudtrail", access, regions_of(settings, access, named))
    from counterseal.aws.cloudtrail import CloudTrailHistory

    histories = {region: CloudTrailHistory(client, region) for region, client in clients.items()}
    start = max(period.since or now - HISTORY, now - HISTORY)
    # One second more: what happens in this one belongs to it.
    end = min(period.until or now, now) + timedelta(seconds=1)
    if start >= end:
        raise UsageError("the period lies outside the event history", hint="it holds the last 90 days: --last 90d")
    asked = event_history.Asked(account, start, end, now)
    return lambda kept: LookedUp(histories, asked, kept, may_be_denied=ALL in named)


class Wanted(Protocol):
    """What is asked of a sweep: the access, and the regions."""

    access: str
    regions: Sequence[str]


def swept(
    settings: Settings, wanted: Wanted, recorded: Recorded, *, now: datetime, progress: Callable[[str], None]
) -> Swept:
    """Sweep the account of an access.

    Raises:
        Denied, SettingsError, Unreachable, NotInstalled, MalformedReference: as `regions_of`, `account_of`, `sweep`.
    """
    account = account_of(settings, wanted.access)
    clients = in_regions(settings, "secretsmanager", wanted.access, regions_of(settings, wanted.access, wanted.regions))
    from counterseal.aws.secretsmanager_inventory import SecretsManagerInventory

    inventories = {region: SecretsManagerInventory(client, region) for region, client in clients.items()}
    return sweep(inventories, recorded, Asked(account, now), progress=progress)


def _partition(region: str) -> str:
    return region.partition("-")[0] if region.startswith("cn-") else "us-gov" if region.startswith("us-gov-") else "aws"


def _folder(settings: Settings, *about: str) -> Path:
    name = hashlib.sha256("\n".join(about).encode()).hexdigest()[:16]
    return settings.state_directory / "fetched" / name


def _client(settings: Settings, service: str, access: AwsAccess) -> Any:
    from counterseal.aws.session import client

    return client(service, access, endpoint=settings.aws_endpoint)
