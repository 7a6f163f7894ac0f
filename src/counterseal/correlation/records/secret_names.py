"""Whether two ways of writing a secret mean the same one."""

import re
from collections.abc import Iterable
from functools import lru_cache

from counterseal.correlation.records.event import Event

# The full ARN ends in a hyphen and six characters that Secrets Manager adds; they are never stripped from a name.
_FULL = re.compile(r"arn:[^:]*:secretsmanager:([^:]*):([^:]*):secret:(.+)-[A-Za-z0-9]{6}", re.ASCII)
_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}", re.ASCII)


def names_event(written: str, event: Event, *, account: str = "", region: str = "") -> bool:
    """Say whether a ticket's entry, a name or an ARN, means the secret of an event.

    A name holds in the account and region given, each where it is given. An ARN without the suffix means the secret of
    that name. Where AWS did not record the secret's ARN, its name, account and region stand for it: Secrets Manager
    holds one secret of a name at a time.
    """
    if written.startswith("arn:"):
        return _arn_means(written, event)
    return written == secret_name(event) and account in ("", event.account) and region in ("", event.region)


def secret_name(event: Event) -> str:
    """Return the secret's name, from its ARN where the event gives no name."""
    parts = full_arn_parts(event.secret_arn)
    return event.secret_name or (parts[2] if parts else "")


@lru_cache(maxsize=4096)  # a secret is named in many records; nobody can make us remember more
def full_arn_parts(arn: str) -> tuple[str, ...] | None:
    """Return region, account and name of a full ARN; None of anything else."""
    found = _FULL.fullmatch(arn)
    return found.groups() if found else None


def _arn_means(written: str, event: Event) -> bool:
    if event.secret_arn:
        tail = event.secret_arn.removeprefix(written)
        return not tail or (tail != event.secret_arn and bool(_SUFFIX.fullmatch(tail)))
    return full_arn_parts(written) == (event.region, event.account, event.secret_name)


def same_secret(one: Event, other: Event) -> bool:
    """Say whether two events speak of the same secret: by ARN where both have it, else by account, region and name."""
    if one.secret_arn and other.secret_arn:
        return one.secret_arn == other.secret_arn
    here = (one.account, one.region, secret_name(one))
    return bool(here[2]) and here == (other.account, other.region, secret_name(other))


class BySecret:
    """Events by their secret, so that asking for one secret's does not read all: the same answers as `same_secret`."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Take the events; their order is kept."""
        self._by_arn: dict[str, list[Event]] = {}
        self._by_place: dict[tuple[str, str, str], list[Event]] = {}
        self._without_arn: dict[tuple[str, str, str], list[Event]] = {}
        for event in events:
            name = secret_name(event)
            place = (event.account, event.region, name)
            if event.secret_arn:
                self._by_arn.setdefault(event.secret_arn, []).append(event)
            elif name:
                self._without_arn.setdefault(place, []).append(event)
            if name:
                self._by_place.setdefault(place, []).append(event)

    def of(self, event: Event) -> list[Event]:
        """Return the events that speak of the secret of this one."""
        place = (event.account, event.region, secret_name(event))
        if not event.secret_arn:
            return self._by_place.get(place, [])
        return self._by_arn.get(event.secret_arn, []) + self._without_arn.get(place, [])


def same_beyond_region(one: Event, other: Event) -> bool:
    """Say whether one secret is a replica of the other: the ARNs differ in their region only (multi-region secrets)."""
    return _without_region(one.secret_arn) == _without_region(other.secret_arn) != ""


def _without_region(arn: str) -> str:
    parts = arn.split(":", 6)
    return ":".join([*parts[:3], *parts[4:]]) if len(parts) == 7 else ""  # noqa: PLR2004 - an ARN has seven parts here
