"""Which secret it was: names, partial ARNs and full ARNs, told apart by evidence."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

from counterseal.correlation.records.catalogue import KMS
from counterseal.correlation.records.event import Event, Kind, Operation
from counterseal.correlation.records.namesake import Mark, NameHistory

_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]*):([^:]*):secret:(.+)", re.ASCII | re.DOTALL)

# Secrets Manager ends every ARN in a hyphen and six random characters; a name may end so too (troubleshoot.html).
_SUFFIX = re.compile(r"(.+)-[A-Za-z0-9]{6}", re.ASCII | re.DOTALL)

_INVOKED_BY_SECRETS_MANAGER = "secretsmanager.amazonaws.com"


class Place(NamedTuple):
    """A name in an account and region; with its history it leads to an ARN."""

    account: str
    region: str
    name: str


_NOWHERE = Place(account="", region="", name="")


@lru_cache(maxsize=4096)  # a secret is named in many records; nobody can make us remember more
def split_arn(arn: str) -> Place | None:
    """Return account, region and resource of a secret's ARN, or None where the text is none.

    Every partition is taken; the account is not looked at, for published records redact it.
    """
    found = _ARN.fullmatch(arn)
    return Place(account=found[2], region=found[1], name=found[3]) if found else None


def resolve_secrets(events: Iterable[Event]) -> list[Event]:
    """Give every event the full ARN and the name of its secret, as far as the events prove them.

    What comes in has `secret_arn` only where AWS itself wrote the full ARN, `secret_name` only where a record gave the
    name as such, `secret_given` as typed. One thing alone goes by shape: an ARN whose name no record tells ends in six
    characters that are no part of it. Where two ARNs are possible, none is given.
    """
    held = list(events)
    atlas = _Atlas(held)
    return [atlas.resolved(event) for event in held]


class _Atlas:
    """What all events together say about names and ARNs: the same whatever their order."""

    def __init__(self, events: list[Event]) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        self._by_version: dict[str, set[str]] = defaultdict(set)
        self._events = events
        self._known = [event for event in events if event.secret_arn and _is_evidence(event)]
        for event in self._known:
            self._learn(event)

    @cached_property
    def _full(self) -> frozenset[str]:
        return frozenset(event.secret_arn for event in self._known)

    @cached_property
    def _partial(self) -> frozenset[Place]:
        return frozenset(self._marked)

    @cached_property
    def _marked(self) -> dict[Place, set[Mark]]:
        """Return what names meant, as far as AWS wrote ARNs. Where every event has its own, nobody asks."""
        marks: dict[Place, set[Mark]] = defaultdict(set)
        for event in self._known:
            self._mark(marks, event, event.secret_arn)
        for event in self._events:
            if _is_birth(event) and not event.secret_arn:
                here = Place(event.account, event.region, _name_typed(event))
                marks[here].add(Mark(event.time, self._arn_by_version(event), born=True))
        return marks

    @cached_property
    def _histories(self) -> dict[Place, NameHistory]:
        # A typed ARN that no history explains as a partial one is a full one, and where AWS took it, evidence itself.
        marks = defaultdict(set, {place: set(found) for place, found in self._marked.items()})
        for event in self._events:
            if event.secret_arn or event.kind is Kind.ATTEMPT:
                continue
            if self._looks_full(event.secret_given):
                self._mark(marks, event, event.secret_given)
            elif _is_end(event):
                marks[_place_typed(event)].add(Mark(event.time, "", gone=True))
        return {place: NameHistory(found) for place, found in marks.items()}

    def resolved(self, event: Event) -> Event:
        """Return the event with its secret's ARN and name filled in."""
        arn = event.secret_arn or self._arn_of(event)
        is_twofold = not arn and self._is_twofold(event.secret_given)
        name = self._name_of(arn) if arn else "" if is_twofold else _name_typed(event)
        told = (event.secret_arn, event.secret_name) == (arn, name)
        return event if told else event.of_secret(arn, name)

    def _learn(self, event: Event) -> None:
        typed = "" if event.secret_given == event.secret_arn else _name_typed(event)
        resource = _resource(event.secret_arn)
        told = {name for name in (event.secret_name, typed) if name and resource.startswith(f"{name}-")}
        self._names[event.secret_arn] |= told
        if event.version_id:
            self._by_version[event.version_id].add(event.secret_arn)

    def _mark(self, marks: dict[Place, set[Mark]], event: Event, arn: str) -> None:
        place = split_arn(arn) or _NOWHERE
        marks[Place(place.account, place.region, self._name_of(arn))].add(
            Mark(event.time, arn, born=_is_birth(event), gone=_is_end(event), late=_is_aftermath(event))
        )

    def _name_of(self, arn: str) -> str:
        """Return the name of a full ARN: as a record tells it, else by the shape of the ARN."""
        told = self._names.get(arn)
        return max(told, key=len) if told else shaped_name(arn)

    def _looks_full(self, given: str) -> bool:
        """Say whether what was typed can be a full ARN: AWS wrote it, or it ends like one that is no name."""
        place = split_arn(given)
        shaped = place is not None and place not in self._partial and _SUFFIX.fullmatch(place.name) is not None
        return shaped or given in self._full

    def _is_twofold(self, given: str) -> bool:
        """Say whether what was typed may be a full ARN and as well a partial one, and AWS wrote it nowhere.

        A longer ARN was typed; or a secret bears the whole as its name, and the shorter name was asked for too.
        """
        place = split_arn(given)
        shorter = place._replace(name=shaped_name(given)) if place else None
        if place is None or shorter == place or given in self._full:
            return False
        return given in self._lengthened or (place in self._partial and shorter in self._asked)

    @cached_property
    def _asked(self) -> frozenset[Place]:
        taken = (event for event in self._events if event.secret_given and event.kind is not Kind.ATTEMPT)
        return self._partial.union(map(_place_typed, taken))

    @cached_property
    def _lengthened(self) -> frozenset[str]:
        """Return each ARN that callers typed and AWS took, without a hyphen and six characters at its end."""
        typed = {event.secret_given for event in self._events if event.kind is not Kind.ATTEMPT}
        return frozenset(found[1] for given in typed if split_arn(given) and (found := _SUFFIX.fullmatch(given)))

    def _arn_of(self, event: Event) -> str:
        given, is_twofold = event.secret_given, self._is_twofold(event.secret_given)
        if self._looks_full(given) and not is_twofold:
            return given
        if (by_version := self._arn_by_version(event)) or is_twofold:
            return by_version
        history = self._histories.get(_place_typed(event))
        found = history.arn_at(event.time, born=_is_birth(event), gone=_is_end(event)) if history else ""
        return "" if self._is_twofold(found) else found

    def _arn_by_version(self, event: Event) -> str:
        """Follow the version id to another record of it that carries the ARN; the name must fit."""
        if event.kind is Kind.ATTEMPT or not event.version_id:
            return ""
        name = _name_typed(event)
        fitting = {arn for arn in self._by_version.get(event.version_id, ()) if _resource(arn).startswith(f"{name}-")}
        return fitting.pop() if len(fitting) == 1 else ""


def _is_birth(event: Event) -> bool:
    return event.operation is Operation.CREATE and event.kind is Kind.CHANGE


def _is_end(event: Event) -> bool:
    """Say whether the secret was deleted for good: without a recovery window it cannot come back."""
    return event.operation is Operation.DELETE and event.kind is Kind.CHANGE and event.facts.get("force") is True


def _is_aftermath(event: Event) -> bool:
    """Say whether versions went: they may go when the name is another secret's already."""
    return event.operation is Operation.DELETE and event.kind is Kind.SERVICE


def _is_evidence(event: Event) -> bool:
    """Anybody may call KMS with any encryption context: only what Secrets Manager asked for proves a name."""
    return event.service != KMS or event.actor.via == _INVOKED_BY_SECRETS_MANAGER


@lru_cache(maxsize=4096)
def shaped_name(arn: str) -> str:
    """Return the name in an ARN by its shape alone: without a hyphen and six characters, where it ends in them."""
    shaped = _SUFFIX.fullmatch(_resource(arn))
    return shaped[1] if shaped else _resource(arn)


def _resource(arn: str) -> str:
    return (split_arn(arn) or _NOWHERE).name


def _name_typed(event: Event) -> str:
    """Return what was given as a name; of a typed ARN the resource."""
    place = split_arn(event.secret_given)
    return place.name if place else event.secret_given or event.secret_name


def _place_typed(event: Event) -> Place:
    """Return where what was given as a name, or as a partial ARN, was looked for."""
    return split_arn(event.secret_given) or Place(event.account, event.region, _name_typed(event))
