"""Standing approvals: what a principal may do to secrets until the approval expires."""

from collections.abc import Iterable

from counterseal.correlation.judging.change import Change
from counterseal.correlation.records.secret_names import names_event, secret_name
from counterseal.correlation.tickets.people import principals
from counterseal.correlation.tickets.ticket import Standing


def covering(change: Change, approvals: Iterable[Standing]) -> list[Standing]:
    """Return the standing approvals for the change, the longest-lived first, expired ones included."""
    found = [it for it in approvals if _covers(it, change)]
    return sorted(found, key=lambda it: (-it.expires.timestamp(), it.issue_key, it.principal))


def _covers(standing: Standing, change: Change) -> bool:
    may = bool({"any", change.operation} & standing.operations)
    return (
        may
        and standing.principal in principals(change.event.actor)
        and any(_names(secret, change) for secret in standing.secrets)
    )


def _names(secret: str, change: Change) -> bool:
    """Say whether an entry names the secret; a star at its end stands for any rest."""
    if not secret.endswith("*"):
        return names_event(secret, change.event)
    of_event = change.event.secret_arn if secret.startswith("arn:") else secret_name(change.event)
    return bool(of_event) and of_event.startswith(secret[:-1])
