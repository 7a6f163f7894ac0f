"""The secrets of one safe, as a secret store: so that `safe://` references resolve."""

from collections.abc import Sequence

from counterseal.errors import SecretNotFound
from counterseal.safes.safe import Safe
from counterseal.secretstore.interface import SecretStore
from counterseal.secretstore.version import SecretRequest, SecretVersion

_LONGEST_NUMBER = 15


class SafeSecrets:
    """Gives the secrets of an open safe. A version's id is its number as text."""

    def __init__(self, safe: Safe) -> None:
        """Take the safe, open."""
        self._safe = safe

    def fetch(self, requests: Sequence[SecretRequest]) -> list[SecretVersion]:
        """Return the values asked for, in the order asked; all or nothing, each object read once.

        Raises:
            SecretNotFound: a secret or version is not there; safes have no stages.
            SealBroken: an object is not what was sealed; ForeignObject and RolledBack say more.
            Denied, Unreachable: the storage cannot be read.
        """
        found = {request: self._fetch_one(request) for request in dict.fromkeys(requests)}
        return [found[request] for request in requests]

    def _fetch_one(self, request: SecretRequest) -> SecretVersion:
        uri = self._safe.place.as_uri(request.secret_id)
        if request.stage is not None:
            raise SecretNotFound(f"{uri} has no stage {request.stage!r}: secrets in safes have none")
        entry, value = self._safe.get(request.secret_id, version_number(request.version_id, uri))
        return SecretVersion(request.secret_id, str(entry.version), value)


def version_number(version_id: str | None, uri: str) -> int | None:
    """Return the number of a version of a secret in a safe.

    Raises:
        SecretNotFound: no version has such an id: they are numbers from 1.
    """
    if version_id is None:
        return None
    is_number = version_id.isascii() and version_id.isdecimal() and len(version_id) <= _LONGEST_NUMBER
    if not is_number or version_id.startswith("0"):
        raise SecretNotFound(f"{uri} has no version {version_id!r}", hint="versions in safes are 1, 2, 3 …")
    return int(version_id)


_: type[SecretStore] = SafeSecrets
