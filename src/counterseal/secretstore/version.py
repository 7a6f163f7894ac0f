"""What is asked of a secret store, and what it answers."""

from typing import NamedTuple

from counterseal.hidden import Hidden


class SecretRequest(NamedTuple):
    """One secret, and which version of it: by id, by stage, or the current one where neither is given."""

    secret_id: str
    version_id: str | None = None
    stage: str | None = None


class SecretVersion(NamedTuple):
    """One value of a secret, and the stages that point at it."""

    secret_id: str
    version_id: str
    value: Hidden
    stages: frozenset[str] = frozenset()
