"""Which Jira user a principal of AWS is, as people confirmed it: every word stays in the ledger, the newest holds."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from counterseal.correlation.tickets.people import names_one_person
from counterseal.errors import Refused
from counterseal.ledger.entry import draft
from counterseal.ledger.fields import TEXT_LIMIT, EntryKind
from counterseal.ledger.interface import Ledger

STREAM = "identities"
"""A stream of their own: whoever needs the map does not read all that was ever audited."""

Identities = Mapping[str, tuple[str, ...]]

_ARN = re.compile(r"arn:[a-z-]+:(?:iam|sts)::[0-9]{12}:[!-~]+", re.ASCII)
# As STS bounds the name of a role session; the id of a user of Identity Center is of the same letters.
_ONE_PERSON = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class Pair(NamedTuple):
    """A Jira user (accountId on Cloud, name on Data Center), and the ARN, session name or user id that they are."""

    user: str
    principal: str


class Said(NamedTuple):
    """Who confirms it, and from what they know it."""

    by: str
    source: str


class Word(NamedTuple):
    """What the ledger says of a pair last: that it is mapped, or that it is not any more; who said so, and when."""

    pair: Pair
    mapped: bool
    said: Said
    at: str


def is_principal(text: str) -> bool:
    """Say whether this is an ARN of a principal, or what may be a session name or the id of a user."""
    shape = _ONE_PERSON if names_one_person(text) else _ARN
    return bool(shape.fullmatch(text)) and len(text) <= TEXT_LIMIT


def record_mappings(ledger: Ledger, pairs: Collection[Pair], said: Said, known: Identities) -> int:
    """Record pairs as confirmed, all of them or none; return how many the ledger did not say already.

    `known` is what is mapped already, wherever that is written.

    Raises:
        Refused: something is missing or is no principal, or what names one person would be of two.
        Denied: the ledger may not be written.
        Unreachable: the ledger is busy, full or does not answer; nothing was recorded.
        MalformedInput: the ledger is damaged.
    """
    owners = {name: user for user, names in known.items() for name in names if names_one_person(name)}
    for pair in pairs:
        _refuse_what_is_none(pair)
        owner = owners.setdefault(pair.principal, pair.user) if names_one_person(pair.principal) else pair.user
        if owner != pair.user:
            raise Refused(
                f"{pair.principal!r} would be {pair.user!r} and is {owner!r}: what names one person is nobody's then",
                hint="take the other mapping back first, or map an ARN",
            )
    return _record(ledger, pairs, said, mapped=True)


def record_removal(ledger: Ledger, pair: Pair, said: Said) -> None:
    """Record that a pair is not mapped any more.

    Raises:
        Refused: the ledger does not say that it is.
        Denied, Unreachable, MalformedInput: as `record_mappings`.
    """
    if not any(it.mapped and it.pair == pair for it in words_in(ledger)):
        raise Refused(
            f"the ledger does not map {pair.user!r} to {pair.principal!r}",
            hint="counterseal identity list shows every mapping and where it is written; settings are edited there",
        )
    _record(ledger, [pair], said, mapped=False)


def words_in(ledger: Ledger) -> list[Word]:
    """Return the newest word about each pair, in the order of users and principals; invented ones are left out.

    Raises:
        Unreachable: the ledger does not answer; the same call may succeed later.
        MalformedInput: the ledger is damaged.
    """
    newest: dict[Pair, Word] = {}
    for entry in ledger.read(STREAM):
        if entry.kind is EntryKind.IDENTITY_MAPPING and not entry.invented:
            body = entry.body()
            pair = Pair(body["user"], body["principal"])
            newest[pair] = Word(pair, body["mapped"], Said(body["by"], body["source"]), entry.recorded_at)
    return [newest[it] for it in sorted(newest)]


def identities_of(words: Iterable[Word]) -> Identities:
    """Return whom these words say which principals are: what was taken back is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        if word.mapped:
            found[word.pair.user] = (*found.get(word.pair.user, ()), word.pair.principal)
    return found


def identities_in(ledger: Ledger) -> Identities:
    """Return whom the ledger says which principals are, as of now.

    Raises:
        Unreachable, MalformedInput: as `words_in`.
    """
    return identities_of(words_in(ledger))


class KeptIdentities:
    """The same, read again only once something was added to it."""

    def __init__(self, ledger: Ledger) -> None:
        """Take the ledger."""
        self._ledger = ledger
        self._position = 0
        self._identities: Identities = {}

    def now(self) -> Identities:
        """Return whom the ledger says which principals are, as of now.

        Raises:
            Unreachable, MalformedInput: as `identities_in`.
        """
        position = self._ledger.head(STREAM).position
        if position != self._position:
            self._identities, self._position = identities_in(self._ledger), position
        return self._identities


def _refuse_what_is_none(pair: Pair) -> None:
    if not pair.user or len(pair.user) > TEXT_LIMIT or pair.user != pair.user.strip():
        raise Refused(f"{pair.user!r} is no Jira user", hint="an accountId on Cloud, a user's name on Data Center")
    if not is_principal(pair.principal):
        raise Refused(
            f"{pair.principal!r} is no principal",
            hint="an ARN such as arn:aws:iam::111122223333:user/ana, a session name, or a user id of Identity Center",
        )


def _record(ledger: Ledger, pairs: Collection[Pair], said: Said, *, mapped: bool) -> int:
    by, source = said.by.strip(), said.source.strip()
    for what, text in (("--by", by), ("--source", source)):
        if not 0 < len(text) <= TEXT_LIMIT:
            raise Refused(f"{what} must be text of 1 to {TEXT_LIMIT} characters", hint="say who confirms it, and why")
    body = {"mapped": mapped, "by": by, "source": source}
    drafts = [draft(EntryKind.IDENTITY_MAPPING, {**pair._asdict(), **body}) for pair in pairs]
    return ledger.append(STREAM, drafts).added
