"""What every reader of a trail must agree on: which records are changes, and how their ids are compared."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

SECRETS = "secretsmanager.amazonaws.com"


def is_change(record: Mapping[str, Any]) -> bool:
    """Say whether AWS altered a secret: by the fields of the record itself, never by text inside it."""
    return record["eventSource"] == SECRETS and not record["readOnly"] and "errorCode" not in record


def digest(event_ids: Iterable[str]) -> str:
    """Return how many changes there are, and a digest of their ids in one order."""
    ids = sorted(event_ids)
    return f"{len(ids)} changes, {sha256(' '.join(ids).encode()).hexdigest()[:16]}"
