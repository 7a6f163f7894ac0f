"""A second opinion on which secret a record is about: invented histories of names, and what may be said of each record.

Who invents the histories knows the secret of every record. Of the records that were read, the opinion asks only which
secrets they tell of, and between which seconds these existed: by docs/reference/events.md a name leads to a full ARN
only through other records that tell it of that account, region and time, and where two are possible, none is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.story import record
from tests.unit.correlation.making import data_key, service_event

Choose = Callable[[Sequence[Any]], Any]

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACCOUNTS = ("111122223333", "444455556666")
REGIONS = ("eu-west-1", "us-east-1")
NAMES = ("db", "db-abc123", "db-abc123-XyZ789", "app/db-prod01")
SUFFIXES = ("AAAAAA", "BBBBBB", "abc123", "XyZ789", "CcCcCc")
ANSWERED_IN_2018 = {"DeleteSecret": "aRN", "PutResourcePolicy": "aRN"}


@dataclass(frozen=True)
class Life:
    """One secret, from its creation until it was gone (None: it was still there)."""

    account: str
    region: str
    name: str
    suffix: str
    born: int
    gone: int | None

    @property
    def place(self) -> str:
        return f"arn:aws:secretsmanager:{self.region}:{self.account}:secret:"

    @property
    def partial(self) -> str:
        return self.place + self.name

    @property
    def arn(self) -> str:
        return f"{self.partial}-{self.suffix}"


@dataclass(frozen=True)
class Line:
    """One record, the secret it is about, and what it tells to who reads it without knowing the history."""

    number: int
    document: dict[str, Any]
    life: Life
    second: int
    typed: str = ""
    tells: bool = False  # AWS wrote the full ARN, or the caller typed it and was not refused
    says_name: bool = False
    begins: bool = False
    witness: bool = False
    ended: bool = False  # its versions went, when it was deleted for good

    @property
    def event_id(self) -> str:
        return str(self.document["eventID"])


def history(choose: Choose) -> list[Line]:
    """Return the records of some secrets, a few of them under one name after another, in no order, some missing."""
    lines: list[Line] = []
    taken: set[str] = set()
    for _ in range(choose((1, 1, 2, 3))):
        account, region, name = choose(ACCOUNTS), choose(REGIONS), choose(NAMES)
        if f"{account}{region}{name}" in taken:
            continue
        taken.add(f"{account}{region}{name}")
        suffixes, born = list(SUFFIXES), choose((0, 1, 5))
        for left in range(choose((1, 2, 2, 3)), 0, -1):
            suffix = choose(suffixes)
            suffixes.remove(suffix)
            gone = born + choose((0, 2, 10)) if left > 1 else choose((None, born + 5))
            life = Life(account, region, name, suffix, born, gone)
            _live(life, lines, choose)
            born = (gone or 0) + choose((1, 1, 4))  # never in the very second
    partial = {it.life.partial for it in lines}
    sure = [it for it in lines if it.life.arn not in partial]  # the reference says what holds where one is both
    kept = [it for it in sure if choose((True, True, False))]
    return sorted(kept, key=lambda it: (choose(range(8)), it.number))


def _live(life: Life, lines: list[Line], choose: Choose) -> None:
    """Add what is recorded of one secret."""
    last = life.born + 12 if life.gone is None else life.gone
    lines.append(_call("CreateSecret", life, life.born, lines, choose))
    for _ in range(choose((1, 2, 3))):
        name = choose(("PutSecretValue", "PutSecretValue", "TagResource", "PutResourcePolicy", "UpdateSecret"))
        lines.append(_call(name, life, choose(range(life.born, last + 1)), lines, choose))
    if choose((True, False, False)):
        second = choose(range(life.born, last + 1))
        lines.append(_call("DeleteSecret", life, second, lines, choose))
        lines.append(_call("RestoreSecret", life, choose(range(second, last + 1)), lines, choose))
    if life.gone is not None:
        lines.append(_call("DeleteSecret", life, life.gone, lines, choose))
        if choose((True, False)):
            lines.append(_ended(life, life.gone, len(lines)))


def _call(name: str, life: Life, second: int, lines: list[Line], choose: Choose) -> Line:
    """Return one call; where it makes a version, maybe with the record of KMS beside it."""
    number, version = len(lines), f"{len(lines):08d}-0000-4000-8000-000000000000"
    born, force = name == "CreateSecret", name == "DeleteSecret" and second == life.gone
    typed = life.name if born else choose((life.name, life.name, life.partial, life.arn))
    request: dict[str, Any] = {"name" if born else "secretId": typed}
    makes = name in ("CreateSecret", "PutSecretValue", "UpdateSecret")
    if makes:
        request["clientRequestToken"] = version
    if force:
        request["forceDeleteWithoutRecovery"] = True
    refused = not born and not force and choose((False,) * 5 + (True,))
    answered = not refused and choose((True, False))
    named = answered and choose((True, False))
    response = {ANSWERED_IN_2018.get(name, "arn"): life.arn} | ({"name": life.name} if named else {})
    document = record(name, time=at(second), number=number) | {
        "requestParameters": request,
        "responseElements": response if answered else None,
        "awsRegion": life.region,
        "recipientAccountId": life.account,
    }
    if refused:
        document["errorCode"] = "AccessDenied"
    if makes and not refused and choose((True, False)):
        lines.append(_witness(life, second, number, version))
        document |= {"eventID": f"e-{len(lines)}", "requestID": f"r-{len(lines)}"}
    return Line(
        len(lines), document, life, second, typed,
        tells=answered or (typed == life.arn and not refused),
        says_name=named or typed == life.name, begins=born,
    )  # fmt: skip


def _witness(life: Life, second: int, number: int, version: str) -> Line:
    changed = {"eventTime": at(second), "awsRegion": life.region, "recipientAccountId": life.account}
    document = data_key(version, arn=life.arn, **changed)
    return Line(number, document, life, second, tells=True, witness=True)


def _ended(life: Life, second: int, number: int) -> Line:
    document = service_event(
        "EndSecretVersionDelete",
        eventTime=at(second),
        eventID=f"e-{number}",
        awsRegion=life.region,
        recipientAccountId=life.account,
        requestID=f"SecretDeleteMessage:{life.arn}:{at(second)}:Forced",
        additionalEventData={"ARN": life.arn, "Name": life.name},
    )
    return Line(number, document, life, second, tells=True, says_name=True, ended=True)


def at(second: int) -> str:
    """Return that second of the history, as CloudTrail writes it."""
    return f"{START + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Opinion:
    """What may be said of a record: the one secret, and whether nothing may be said too."""

    right: str
    may_be_unknown: bool
    beyond_the_records: bool  # no record that was read tells of the secret


def opinion(line: Line, read: list[Line]) -> Opinion:
    """Return what the product may say of a record, given all that were read."""
    life = line.life
    under = [it for it in read if (it.life.partial) == life.partial]
    only = all(it.life == life for it in under if it.tells or it.begins)
    promised = (line.tells and line.says_name) or (only and _is_told(life, under) and not _looks_full(line))
    untold = not any(it.tells and it.life == life for it in read)
    return Opinion(life.arn, not promised, untold or any(_misleads(it, life, read) for it in read))


def _is_told(life: Life, under: list[Line]) -> bool:
    """Tell whether records say which secret it was: in the second of its making or end it may be another's."""
    telling = [it for it in under if it.life == life and it.tells]
    if all(it.ended for it in telling):
        return bool(telling) and life.born != life.gone
    naming = (it for it in telling if it.says_name and not it.witness)
    return any(it.second not in (life.born, life.gone) for it in naming)


def _misleads(line: Line, life: Life, read: list[Line]) -> bool:
    """Tell whether a partial ARN was typed that looks like a full one of this name, and no record tells better.

    Then six characters are taken off it, as the reference says.
    """
    if line.typed != line.life.partial or not line.typed.startswith(f"{life.partial}-") or not _looks_full(line):
        return False
    return not any(it.life.partial == line.typed and it.tells and it.says_name for it in read)


def _looks_full(line: Line) -> bool:
    """Tell whether what was typed may be another secret's ARN in full: six characters after a hyphen end it."""
    head, dash, tail = line.typed.rpartition("-")
    return line.typed.startswith("arn:") and bool(head and dash) and len(tail) == 6
