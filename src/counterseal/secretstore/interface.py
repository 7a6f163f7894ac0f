"""The interface of whatever gives secrets by name, version and stage."""

from collections.abc import Sequence
from typing import Protocol

from counterseal.secretstore.version import SecretRequest, SecretVersion


class SecretStore(Protocol):
    """Gives secret values. One store is one place: a region under one access, or one safe."""

    def fetch(self, requests: Sequence[SecretRequest]) -> list[SecretVersion]:
        """Return the values asked for, in the order asked; all or nothing.

        Equal requests may be given once and are answered by the same value. The store uses as few calls as it can.

        Raises:
            SecretNotFound: a secret, or the version asked for, is not there; the message names it.
            Denied: the store refuses this caller; the message names the secret and the permission missing, if known.
            Unreachable: the store did not answer; the same call may succeed later.
            SealBroken: what is stored is not what was sealed.
        """
        ...
