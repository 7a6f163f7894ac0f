"""What the trails of organisations no longer record: accounts that left, and all others where access was withdrawn."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from counterseal.correlation.records.catalogue import CLOUDTRAIL
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.interval import EVERYWHERE, BlindInterval
from counterseal.correlation.records.trail_name import trail_of

_WORSE = frozenset({"DisableAWSServiceAccess", "LeaveOrganization", "RemoveAccountFromOrganization"})


def is_about_cloudtrail(event: Event) -> bool:
    """Say whether a call concerns CloudTrail, as all do but those that name another service."""
    return event.facts.get("principal", CLOUDTRAIL) == CLOUDTRAIL


class _Departure(NamedTuple):
    """An account that left an organisation; `manager` is the account that removed it, "" where it left by itself."""

    interval: BlindInterval
    manager: str


class Organisations:
    """Follows who is in an organisation, and whether CloudTrail may look into its accounts.

    An account that left is recorded again by the trails of an organisation that it joins: it must be the one that
    removed it, or one that was seen to have a trail. Access that was withdrawn turns the organisation's trails into
    trails of the management account. To give it back alters none of them: somebody must give a trail to the
    organisation again (services-that-can-integrate-cloudtrail.html).
    """

    def __init__(self) -> None:
        """Begin with organisations of which nothing is known."""
        self._with_trails: set[str] = set()
        self._gone: dict[str, _Departure] = {}
        self._withdrawn: dict[str, BlindInterval] = {}
        self._over: list[BlindInterval] = []

    def follow(self, second: Iterable[Event]) -> None:
        """Take the successful calls of one second, whose order nobody knows: what takes accounts away comes last."""
        for event in sorted(second, key=lambda it: it.name in _WORSE):
            self._take(event)

    def intervals(self) -> list[BlindInterval]:
        """Return all intervals, those that are still open included."""
        return [*self._over, *(it.interval for it in self._gone.values()), *self._withdrawn.values()]

    def _take(self, event: Event) -> None:
        match event.name:
            case "RemoveAccountFromOrganization":
                self._leave(str(event.facts["resource"]) or EVERYWHERE, event, manager=event.account)
            case "LeaveOrganization":
                self._leave(_caller(event), event)
            case "AcceptHandshake":
                self._join(_caller(event), event)
            case "DisableAWSServiceAccess" if is_about_cloudtrail(event):
                self._withdraw(event)
            case _ if event.service == "cloudtrail":
                self._see(event)

    def _leave(self, account: str, event: Event, *, manager: str = "") -> None:
        who = f"account {account}" if account != EVERYWHERE else "an account that its record does not name"
        cause = f"{event.name} took {who} out of its organisation, whose trails record it no more; one of its own may"
        interval = _begun(event, cause, account=account, spared=manager if account == EVERYWHERE else "")
        self._gone.setdefault(account, _Departure(interval, manager))

    def _join(self, account: str, event: Event) -> None:
        inviter, gone = event.facts.get("inviter"), self._gone.get(account)
        if gone and inviter and (inviter == gone.manager or inviter in self._with_trails):
            self._over.append(replace(self._gone.pop(account).interval, end=event.time))

    def _withdraw(self, event: Event) -> None:
        left = f"{event.name} left all accounts but {event.account} out of the trails of their organisation"
        doubt = "" if "principal" in event.facts else ", if it was CloudTrail's access, which its record does not tell"
        cause = f"{left}{doubt}; trails of their own may record"
        self._withdrawn.setdefault(event.account, _begun(event, cause, account=EVERYWHERE, spared=event.account))

    def _see(self, event: Event) -> None:
        """See whether a trail is an organisation's; one that is given to it ends that it has none."""
        owner, is_given = trail_of(event).account, event.facts.get("organisation") is True
        if is_given or event.account not in ("", owner):
            self._with_trails.add(owner)
        if is_given and (withdrawn := self._withdrawn.pop(owner, None)):
            self._over.append(replace(withdrawn, end=event.time))


def _caller(event: Event) -> str:
    return str(event.facts["resource"]) or event.account


def _begun(event: Event, cause: str, *, account: str, spared: str) -> BlindInterval:
    return BlindInterval(
        start=event.time,
        end=None,
        account=account,
        region=EVERYWHERE,
        cause=cause,
        event_id=event.event_id,
        trail="",
        except_account=spared,
    )
