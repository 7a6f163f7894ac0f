"""From the settings to the storage that safes lie in."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from counterseal.assembly.settings import Settings
from counterseal.errors import Refused, SettingsError
from counterseal.objects.interface import ObjectStore
from counterseal.objects.local import LocalObjects
from counterseal.objects.naming import checked_name

# Amazon S3 User Guide, "General purpose bucket naming rules".
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_HINT = "write file:///folder or s3://bucket/prefix"


def storage_uri(settings: Settings) -> str:
    """Return where safes are kept: what is set, or the folder in the state directory."""
    return settings.storage_uri or (settings.state_directory.absolute() / "storage").as_uri()


def object_store(settings: Settings) -> ObjectStore:
    """Open the storage that the settings name.

    Raises:
        SettingsError: the URI names no storage, or the access is not set up.
        NotInstalled: the part that speaks to it is not installed.
    """
    uri = storage_uri(settings)
    parts = urlsplit(uri)
    if parts.query or parts.fragment:
        raise SettingsError(f"the storage {uri!r} has a ? or # in it", hint=_HINT)
    match parts.scheme:
        case "file":
            return LocalObjects(_folder(uri, parts.netloc, parts.path))
        case "s3":
            return _bucket(settings, uri, parts.netloc, parts.path.strip("/"))
        case _:
            raise SettingsError(f"the storage {uri!r} is of no known kind", hint=_HINT)


def storage_holds(settings: Settings) -> str:
    """Open a folder of safes and say how much is in it; a bucket is not asked.

    Raises:
        SettingsError: the URI names no storage.
        Denied: the folder may not be read.
        Unreachable: the folder cannot be read.
    """
    if urlsplit(storage_uri(settings)).scheme == "s3":
        return "in a bucket, which is asked only when a secret is kept or used"
    count = sum(1 for _ in object_store(settings).names(""))
    return "nothing yet" if count == 0 else f"{count} sealed object{'s' if count > 1 else ''}"


def _folder(uri: str, host: str, path: str) -> Path:
    if host not in ("", "localhost") or not path.startswith("/") or path == "/":
        raise SettingsError(f"the storage {uri!r} names no folder of this machine", hint="write file:///folder")
    return Path(unquote(path))


def _bucket(settings: Settings, uri: str, bucket: str, prefix: str) -> ObjectStore:
    if not _BUCKET.fullmatch(bucket):
        raise SettingsError(f"the storage {uri!r} names no bucket", hint=_HINT)
    owner = settings.storage_bucket_owner
    if owner and not _ACCOUNT.fullmatch(owner):
        raise SettingsError(f"storage.bucket_owner is {owner!r}, and an AWS account is 12 digits")
    try:
        prefix = checked_name(prefix) if prefix else ""
    except Refused as failure:
        raise SettingsError(f"the storage {uri!r}: {failure}", hint=_HINT) from None
    from counterseal.aws.session import client

    opened = client("s3", settings.access(settings.storage_access), endpoint=settings.aws_endpoint)
    from counterseal.aws.s3_objects import S3Objects

    return S3Objects(opened, bucket, prefix=prefix, bucket_owner=owner)
