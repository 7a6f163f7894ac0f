"""A second opinion on which secret a name means: docs/reference/events.md, and a world whose truth is known.

"A name or a partial ARN leads to a full ARN only through other records: one that answered the same name in that
account, region and time, or the witness of the same version. Where two are possible, none is given."
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tests.unit.correlation.judging.worlds_histories import History, Life, Record


class Seen(NamedTuple):
    """When the records show a secret: the first and the last time that it was asked for, its making, its end."""

    first: datetime
    last: datetime
    made: datetime | None
    ended: datetime | None


class Said(NamedTuple):
    """What may be said of a record's secret, "" for nothing; and whether it is promised."""

    allowed: frozenset[str]
    promised: bool


def opinion(one: Record, world: History) -> Said:
    """Return which ARNs may be given of a record."""
    truth = one.life.arn if one.life else ""
    if one.tells and is_twofold(one, world):
        return Said(frozenset({truth, ""}) | {it.arn for it in world.lives if it.partial == truth}, False)
    if is_told(one, world):
        return Said(frozenset({truth}), True)
    seen = shown(one, world)
    could = {life.arn for life in seen if is_possible(life, one, seen) and not is_cut_off(life, one, seen, world)}
    if not agreed(one, world.recorded):
        could |= {it.arn for it in ended(one, world) if it not in seen}
    if one.life in seen:
        surely = could == {truth} and is_between(one, world.recorded)
        return Said(frozenset({truth} if surely else {truth, ""}), surely)
    # What was never recorded nobody can know of: one that alone is possible is what the records say.
    return Said(frozenset({"", truth} | (could if len(could) == 1 else set())), False)


def shown(one: Record, world: History) -> dict[Life, Seen]:
    """Return the secrets of that account, region and name whose ARN a record tells."""
    alike = [it for it in world.recorded if it.place == one.place and it.life and is_told(it, world)]
    found = {}
    for life in {it.life for it in alike if it.life}:
        mine = [it for it in alike if it.life == life and it.name != "EndSecretVersionDelete"]
        if not mine:
            continue
        times = [it.time for it in mine]
        made = min((it.time for it in mine if it.name == "CreateSecret"), default=None)
        ended = max((it.ends for it in mine if it.ends), default=None)
        found[life] = Seen(min(times), max(times), made, ended)
    return found


def is_possible(life: Life, one: Record, seen: dict[Life, Seen]) -> bool:
    """It was made by then and not gone; and no other bore the name between then and when this one did."""
    mine = seen[life]
    if (mine.made and one.time < mine.made) or (mine.ended and one.time > mine.ended):
        return False
    # Nothing is made and deleted for good in one second.
    if one.name == "DeleteSecret" and (mine.last > one.time or mine.made == one.time):
        return False
    if one.name == "CreateSecret" and (mine.first < one.time or mine.ended == one.time):
        return False
    first, last = min(one.time, mine.first), max(one.time, mine.last)
    others = [it for other, it in seen.items() if other != life]
    return not any((first < it.last and it.first < last) or first < it.first < last for it in others)


def is_cut_off(life: Life, one: Record, seen: dict[Life, Seen], world: History) -> bool:
    """Between then and when it bore the name, one was made or deleted for good, though no record tells which."""
    first, last = min(one.time, seen[life].first), max(one.time, seen[life].last)
    turns = [it for it in world.recorded if it.place == one.place and it is not one and not it.tells]
    return any(first < it.time < last for it in turns if it.name == "CreateSecret" or it.ends)


def is_told(one: Record, world: History) -> bool:
    """The ARN stands in the record, or in the witness of the same version."""
    witnesses = [it for it in world.recorded if one.version and it.version == one.version and not it.is_call]
    return (one.tells and not is_twofold(one, world)) or any(it.tells for it in witnesses)


def is_between(one: Record, recorded: Sequence[Record]) -> bool:
    """One that answered the same name *in that time*, of this secret alone."""
    return one.name not in ("CreateSecret", "DeleteSecret") and agreed(one, recorded) == {one.life}


def agreed(one: Record, recorded: Sequence[Record]) -> set[Life | None]:
    """Return the one secret that the last record before and the first after are of, or nothing.

    Of what happened in one second the order is unknown, so a making or an end there leaves it open.
    """
    alike = [it for it in recorded if it.place == one.place and it is not one and it.name != "EndSecretVersionDelete"]
    turns = [it for it in alike if it.name in ("CreateSecret", "DeleteSecret") and it.is_call]
    told = [it for it in alike if it.tells]
    before = max((it.time for it in told if it.time < one.time), default=None)
    after = min((it.time for it in told if it.time > one.time), default=None)
    if before is None or after is None or any(before <= it.time <= after for it in turns):
        return set()
    lives = {it.life for it in told if before <= it.time <= after}
    return lives if len(lives) == 1 else set()


def ended(one: Record, world: History) -> set[Life]:
    """Return the secrets of that name whose versions went then or later: the name meant each at some time before."""
    alike = [it for it in world.recorded if it.place == one.place and it.name == "EndSecretVersionDelete"]
    return {it.life for it in alike if it.life and one.time <= it.time}


def is_twofold(one: Record, world: History) -> bool:
    """What was typed as a full ARN may be a partial one, of a name that ends so; and AWS answered nothing."""
    request = one.written.get("requestParameters") or {}
    typed = request.get("secretId")
    if one.written.get("responseElements") or not any(it.partial == typed for it in world.lives):
        return False
    # "A typed ARN is a full one where AWS wrote it elsewhere."
    wrote = [it for it in world.recorded if it.tells and (not it.is_call or it.written["responseElements"])]
    return not any(it.life and it.life.arn == typed for it in wrote)


def names(one: Record, world: History) -> set[str]:
    """Return which names may be given: none, or either, only where what was typed may be two things."""
    if not is_twofold(one, world):
        return {one.place[2]}
    typed = one.written["requestParameters"]["secretId"]
    return {one.place[2], ""} | {it.name for it in world.lives if it.partial == typed}
