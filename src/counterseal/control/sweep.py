"""Sweeps a live account: asks AWS which secrets and versions there are, and compares them with the ledger."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from counterseal.clock import format_time
from counterseal.control.pace import Pace
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.result import finding_json
from counterseal.correlation.judging.sweep import Recorded, SeenSecret, SeenVersion, compare
from counterseal.errors import Denied, SecretNotFound

SCHEMA = "counterseal/sweep/v1"

PER_SECOND = 20.0
"""Secrets Manager takes 40 to 100 such calls a second from an account: half at most are ours (quotas)."""

_T = TypeVar("_T")


class Inventory(Protocol):
    """The secrets of one account and region, page by page; a page's token is "" where it is the last."""

    def secrets(self, token: str) -> tuple[list[SeenSecret], str]:
        """Return one page of the secrets, those scheduled for deletion too, without their versions.

        Raises:
            Denied: the caller may not list them.
            Unreachable: Secrets Manager did not answer, or is throttling.
        """
        ...

    def versions(self, arn: str, token: str) -> tuple[list[SeenVersion], str]:
        """Return one page of a secret's versions, those without a label too.

        Raises:
            SecretNotFound: the secret is not there.
            Denied, Unreachable: as `secrets`.
        """
        ...

    def describe(self, arn: str) -> SeenSecret:
        """Return one secret without its versions.

        Raises:
            SecretNotFound: the secret is not there.
            Denied, Unreachable: as `secrets`.
        """
        ...


class NotVisible(NamedTuple):
    """Something that the caller may not see, why, and the statement of a policy that would show it."""

    what: str
    why: str
    statement: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep found. `secrets` are those judged, by ARN; `start` and `end` are the time that records span.

    `undecided` is as in what was compared: an earlier finding of that kind stays open. `over` are the secrets whose end
    was recorded by now: an earlier finding that it was not is settled.
    """

    at: datetime
    account: str
    regions: tuple[str, ...]
    start: datetime
    end: datetime
    findings: tuple[Finding, ...]
    secrets: tuple[str, ...]
    versions: int
    young: int
    older: int
    never_seen: tuple[str, ...]
    not_visible: tuple[NotVisible, ...]
    undecided: frozenset[tuple[Verdict, str]] = frozenset()
    over: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, object]:
        """Return what `sweep --json` prints (docs/reference/sweep-json.md)."""
        return {
            "schema": SCHEMA,
            "at": format_time(self.at),
            "account": self.account,
            "regions": list(self.regions),
            "recorded": {"from": format_time(self.start), "to": format_time(self.end)},
            "findings": [finding_json(it) for it in self.findings],
            "secrets": len(self.secrets),
            "versions": self.versions,
            "too_young": self.young,
            "older_than_the_records": self.older,
            "never_seen": list(self.never_seen),
            "not_visible": [it._asdict() for it in self.not_visible],
        }


class Asked(NamedTuple):
    """What is swept: the account, and the time taken for now."""

    account: str
    now: datetime


class _Region(NamedTuple):
    seen: tuple[SeenSecret, ...] = ()
    gone: tuple[str, ...] = ()
    not_visible: tuple[NotVisible, ...] = ()
    denied: str = ""


def sweep(
    inventories: Mapping[str, Inventory],
    recorded: Recorded,
    asked: Asked,
    *,
    pace: Callable[[], Pace] = lambda: Pace(PER_SECOND),
    progress: Callable[[str], None] = lambda _: None,
) -> Swept:
    """Compare what AWS lists in some regions with what was recorded.

    Raises:
        Denied: no region lets the caller list secrets.
        Unreachable: Secrets Manager did not answer.
    """

    def one(region: str) -> _Region:
        known = [arn for arn, _ in recorded.alive_in(asked.account, [region])]
        return _Look(region, inventories[region], pace(), progress).at(known)

    with ThreadPoolExecutor(len(inventories)) as pool:
        found = list(pool.map(one, inventories))
    if all(it.denied for it in found):
        raise Denied(f"no region shows its secrets: {found[0].denied}", hint="allow secretsmanager:ListSecrets")
    seen = [secret for it in found for secret in it.seen]
    gone = [arn for it in found for arn in it.gone]
    compared = compare(seen, gone, recorded, asked.now)
    return Swept(
        at=asked.now,
        account=asked.account,
        regions=tuple(region for region, it in zip(inventories, found, strict=True) if not it.denied),
        start=recorded.start,
        end=recorded.end,
        findings=compared.findings,
        secrets=tuple(sorted([*(it.arn for it in seen if it.versions is not None), *gone])),
        versions=sum(len(it.versions or ()) for it in seen),
        young=compared.young,
        older=compared.older,
        never_seen=compared.never_seen,
        not_visible=tuple(it for part in found for it in part.not_visible),
        undecided=compared.undecided,
        over=recorded.over(),
    )


class _Look:
    """Looks at one region, at its pace."""

    def __init__(self, region: str, inventory: Inventory, pace: Pace, progress: Callable[[str], None]) -> None:
        self._region, self._inventory, self._pace, self._progress = region, inventory, pace, progress
        self._not_visible: list[NotVisible] = []

    def at(self, known: Sequence[str]) -> _Region:
        try:
            listed = list(self._all(self._inventory.secrets))
        except Denied as failure:
            return _Region(not_visible=(_not_visible(self._region, failure, "ListSecrets", "*"),), denied=str(failure))
        gone: list[str] = []
        there = {it.arn for it in listed}
        for arn in known:
            if arn not in there:
                self._look_for(arn, listed, gone)
        seen = [it for it in map(self._with_versions, listed) if it]
        return _Region(tuple(seen), tuple(gone), tuple(self._not_visible))

    def _look_for(self, arn: str, listed: list[SeenSecret], gone: list[str]) -> None:
        """Ask for a secret that was recorded and is not listed: the list lags behind."""
        try:
            listed.append(self._pace.call(partial(self._inventory.describe, arn)))
        except SecretNotFound:
            gone.append(arn)
        except Denied as failure:
            self._not_visible.append(_not_visible(f"whether {arn} exists", failure, "DescribeSecret", arn))

    def _with_versions(self, secret: SeenSecret) -> SeenSecret | None:
        self._progress(secret.name)
        try:
            versions = tuple(self._all(partial(self._inventory.versions, secret.arn)))
        except SecretNotFound:
            return None  # deleted since it was listed: the next sweep says whether that was recorded
        except Denied as failure:
            what = f"the versions of {secret.arn}"
            self._not_visible.append(_not_visible(what, failure, "ListSecretVersionIds", secret.arn))
            return secret._replace(versions=None)
        return secret._replace(versions=versions)

    def _all(self, page: Callable[[str], tuple[list[_T], str]]) -> Iterable[_T]:
        token = ""
        while True:
            items, token = self._pace.call(partial(page, token))
            yield from items
            if not token:
                return


def _not_visible(what: str, failure: Denied, operation: str, resource: str) -> NotVisible:
    statement = {"Effect": "Allow", "Action": f"secretsmanager:{operation}", "Resource": resource}
    return NotVisible(what, str(failure), statement)
