"""Small invented histories of secrets that share names, as records of CloudTrail of which some are missing."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.journeys.story import record
from tests.unit.correlation.judging.worlds import Draw
from tests.unit.correlation.making import data_key, label_update, service_event

from counterseal.clock import format_time

ACCOUNTS = ("111122223333", "444455556666")
REGIONS = ("eu-west-1", "us-east-1")
# One ends like an ARN of another, one differs by case alone, one holds a path.
NAMES = ("db", "db", "db-abc123", "DB", "a/db-AbCdEf")
SUFFIXES = ("abc123", "AbCdEf", "QwErTy")
START = datetime(2026, 3, 10, 12, tzinfo=UTC)
MONTH = timedelta(days=31)
CALLS = ("PutSecretValue", "UpdateSecret", "TagResource", "UpdateSecretVersionStage", "PutResourcePolicy")
MAKES_VERSIONS = ("PutSecretValue", "UpdateSecret", "CreateSecret")


class Life(NamedTuple):
    """One secret, from its making until it is gone."""

    account: str
    region: str
    name: str
    suffix: str
    made: datetime
    gone: datetime | None

    @property
    def partial(self) -> str:
        return f"arn:aws:secretsmanager:{self.region}:{self.account}:secret:{self.name}"

    @property
    def arn(self) -> str:
        return f"{self.partial}-{self.suffix}"


class Record(NamedTuple):
    """One record, and what its maker knows of it: the secret that it was about, None where there was none then.

    `typed` is the name that the caller meant; `tells` is set where AWS wrote the ARN into it.
    """

    written: dict[str, Any]
    life: Life | None
    time: datetime
    place: tuple[str, str, str]
    tells: bool
    is_call: bool = True
    version: str = ""
    ends: datetime | None = None

    @property
    def name(self) -> str:
        return str(self.written["eventName"]) if "eventName" in self.written else ""


class History(NamedTuple):
    """Everything that happened, and what of it was recorded."""

    lives: tuple[Life, ...]
    recorded: tuple[Record, ...]


def history(one_of: Callable[[Sequence[Any]], Any]) -> History:
    """Return the lives of a few secrets, and their records in any order, some of them missing."""
    draw = Draw(one_of, one_of((1, 3, 10)))
    lives = tuple(life for _ in range(one_of((1, 1, 2, 3))) for life in lives_under_one_name(draw))
    lives = without_doubles(lives)
    happened = [it for number, life in enumerate(lives) for it in records_of(draw, life, f"{number}")]
    happened += [attempt(draw, lives, number) for number in range(one_of((0, 0, 1, 2)))]
    kept = [it for it in happened if draw.usually(True, False)]
    return History(lives, tuple(shuffled(draw, kept)))


def lives_under_one_name(draw: Draw) -> Iterator[Life]:
    """Return what bore one name in one place, one after another."""
    account, region = draw.usually(ACCOUNTS[0], ACCOUNTS[1]), draw.usually(REGIONS[0], REGIONS[1])
    name, made = draw.one_of(NAMES), START
    for suffix in draw.one_of((SUFFIXES, SUFFIXES[::-1]))[: draw.one_of((1, 2, 2, 3))]:
        gone = made + timedelta(seconds=draw.one_of((4, 6, 30)))
        is_last = draw.one_of((True, False, False))
        yield Life(account, region, name, suffix, made, None if is_last else gone)
        if is_last:
            return
        made = gone + timedelta(seconds=draw.one_of((0, 1, 5)))


def without_doubles(lives: tuple[Life, ...]) -> tuple[Life, ...]:
    """Return the lives of names that were drawn once; no ARN is ever that of two secrets."""
    found: dict[tuple[str, ...], list[Life]] = {}
    for life in lives:
        group = found.setdefault((life.account, life.region, life.name), [])
        if not any(it.suffix == life.suffix for it in group) and (not group or may_follow(group[-1], life)):
            group.append(life)
    return tuple(it for group in found.values() for it in group)


def may_follow(before: Life, life: Life) -> bool:
    """Two secrets of one name are never there together."""
    return before.gone is not None and before.gone <= life.made


def records_of(draw: Draw, life: Life, mark: str) -> Iterator[Record]:
    """Return the records of one secret's life."""
    yield from call(draw, life, life.made, f"{mark}-c", "CreateSecret")
    for number in range(draw.one_of((0, 1, 2, 3))):
        end = life.gone or life.made + timedelta(seconds=30)
        time = life.made + timedelta(seconds=draw.one_of(range(int((end - life.made).total_seconds()) + 1)))
        yield from call(draw, life, time, f"{mark}-{number}", draw.one_of(CALLS))
    if life.gone is None:
        return
    yield from call(draw, life, life.gone, f"{mark}-d", "DeleteSecret")
    after = life.gone + timedelta(seconds=draw.one_of((0, 1, 3)))
    written = service_event(
        "EndSecretVersionDelete",
        eventID=f"s-{mark}",
        eventTime=format_time(after),
        awsRegion=life.region,
        recipientAccountId=life.account,
        requestID=f"SecretDeleteMessage:{life.arn}:x:Forced",
        additionalEventData={"ARN": life.arn, "Name": life.name},
    )
    # Its versions go after the secret: it no longer answers to the name.
    yield Record(written, life, after, place(life), True, is_call=False)


def call(draw: Draw, life: Life, time: datetime, mark: str, name: str) -> Iterator[Record]:
    """Return the record of one call, and the witnesses of its version."""
    spellings = [life.name, life.arn] if ends_like_an_arn(life.name) else [life.name, life.name, life.partial, life.arn]
    typed = life.name if name == "CreateSecret" else draw.one_of(spellings)
    answer = draw.one_of((None, None, {"arn": life.arn}, {"aRN": life.arn}, {"ARN": life.arn, "name": life.name}))
    asked: dict[str, Any] = {"name" if name == "CreateSecret" else "secretId": typed}
    version = ""
    if name in MAKES_VERSIONS:
        version = asked["clientRequestToken"] = f"{mark:0>32}"
    if name == "DeleteSecret":
        asked["forceDeleteWithoutRecovery"] = True
    written = {
        "time": format_time(time),
        "awsRegion": life.region,
        "recipientAccountId": life.account,
        "eventID": f"e-{mark}",
        "requestParameters": asked,
        "responseElements": answer,
    }
    tells = answer is not None or typed == life.arn
    ends = life.gone if name == "DeleteSecret" else None
    yield Record(record(name, **written), life, time, place(life), tells, version=version, ends=ends)
    if version:
        yield from witnesses(draw, life, time, mark, version)


def witnesses(draw: Draw, life: Life, time: datetime, mark: str, version: str) -> Iterator[Record]:
    """Return what shows the version besides, perhaps with somebody's own call to KMS about another secret."""
    where = {"awsRegion": life.region, "recipientAccountId": life.account, "eventTime": format_time(time)}
    if draw.one_of((True, False, False)):
        written = data_key(version, arn=life.arn, **where, eventID=f"k-{mark}")
        yield Record(written, life, time, place(life), True, is_call=False, version=version)
    if draw.one_of((True, False, False)):
        written = label_update(version, arn=life.arn, name=life.name, id=f"l-{mark}")
        written |= {"account": life.account, "region": life.region, "time": format_time(time)}
        yield Record(written, life, time, place(life), True, is_call=False, version=version)
    if draw.usually(False, False, False, True):
        lie = f"{life.partial}-LiAr00"
        identity = {"type": "IAMUser", "arn": f"arn:aws:iam::{life.account}:user/mallory", "userName": "mallory"}
        forged = data_key(version, arn=lie, **where, eventID=f"f-{mark}", userIdentity=identity)
        yield Record(forged, None, time, place(life), False, is_call=False)


def attempt(draw: Draw, lives: Sequence[Life], number: int) -> Record:
    """Return a call by name that AWS refused, at any time: there may have been no such secret."""
    life = draw.one_of(lives)
    time = START + timedelta(seconds=draw.one_of(range(-3, 45)))
    written = record(
        "PutSecretValue",
        time=format_time(time),
        awsRegion=life.region,
        recipientAccountId=life.account,
        eventID=f"a-{number}",
        errorCode="AccessDenied",
        requestParameters={"secretId": life.name, "clientRequestToken": f"attempt-{number:032d}"},
        responseElements=None,
    )
    alive = [it for it in lives if place(it) == place(life) and it.made <= time and (not it.gone or time <= it.gone)]
    there = alive[0] if len(alive) == 1 else None
    return Record(written, there, time, place(life), False)


def place(life: Life) -> tuple[str, str, str]:
    return life.account, life.region, life.name


def ends_like_an_arn(name: str) -> bool:
    """AWS may not find such a secret by a partial ARN, and tells to give the full one."""
    return len(name) > 7 and name[-7] == "-" and name[-6:].isalnum()


def shuffled(draw: Draw, records: list[Record]) -> Iterator[Record]:
    """Return them in any order."""
    rest = list(records)
    while rest:
        yield rest.pop(draw.one_of(range(len(rest))))
