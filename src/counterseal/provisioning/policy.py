"""An AWS policy as a value: exact actions on exact resources, with places for what is known only later."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from counterseal.errors import Refused

ANY = "*"
VERSION = "2012-10-17"
"""Of the policy language (IAM User Guide, "IAM JSON policy elements: Version")."""

_PLACE = re.compile(r"<([a-z_]+)>", re.ASCII)
_ACTION = re.compile(r"[a-z0-9-]{2,40}:[A-Za-z]{3,60}", re.ASCII)
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.ASCII)

Given = Mapping[str, tuple[str, ...]]
"""What stands in the places, by name: one text, several, or none where a policy may do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition: an operator such as StringLike, a condition key, and what it is compared with."""

    operator: str
    of: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. Texts may hold places such as <account>.

    `resources` are ARNs; `unscoped_because` says why there are none: only then is the resource `*`. A trust policy has
    `principals` instead. `optional` statements are left out where a place of theirs is not given.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    unscoped_because: str = ""
    principals: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    effect: Literal["Allow", "Deny"] = "Allow"
    optional: bool = False

    def __post_init__(self) -> None:
        """Refuse a statement that grants more than it names.

        Raises:
            Refused: an action is not exact, or what it is allowed on is not said.
        """
        for action in self.actions:
            if not _ACTION.fullmatch(action):
                raise Refused(f"the statement {self.sid!r} does not name an action: {action!r}")
        if sum(map(bool, (self.resources, self.unscoped_because, self.principals))) != 1:
            raise Refused(f"the statement {self.sid!r} must name resources, or why there are none, or principals")
        for resource in self.resources:
            if not _PLACE.fullmatch(resource) and not _ARN.fullmatch(resource):
                raise Refused(f"the statement {self.sid!r} does not name a resource: {resource!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy document: its name, what it is for in a sentence, and its statements."""

    name: str
    meaning: str
    statements: tuple[Statement, ...]

    def places(self) -> tuple[str, ...]:
        """Return the names of the places that nothing stands in yet, each once, in the order they come."""
        return tuple(dict.fromkeys(it for statement in self.statements for it in _places(statement)))

    def actions(self) -> frozenset[str]:
        """Return every action that it allows."""
        return frozenset(it for statement in self.statements if statement.effect == "Allow" for it in statement.actions)

    def kept(self) -> "Policy":
        """Return the policy without the optional statements that nothing was given for."""
        return replace(self, statements=tuple(it for it in self.statements if not (it.optional and _places(it))))

    def document(self) -> dict[str, object]:
        """Return the policy as AWS takes it; optional statements that were not filled are left out."""
        return {"Version": VERSION, "Statement": [_statement(it) for it in self.kept().statements]}


def filled(policy: Policy, given: Given) -> Policy:
    """Return the policy with what is given in its places; a text with several for one place comes several times."""
    return replace(policy, statements=tuple(_filled(it, given) for it in policy.statements))


def _filled(statement: Statement, given: Given) -> Statement:
    return replace(
        statement,
        resources=_texts(statement.resources, given),
        principals=_texts(statement.principals, given),
        conditions=tuple(replace(it, values=_texts(it.values, given)) for it in statement.conditions),
    )


def _texts(texts: Iterable[str], given: Given) -> tuple[str, ...]:
    return tuple(dict.fromkeys(done for text in texts for done in _expanded(text, given)))


def _expanded(text: str, given: Given) -> list[str]:
    place = next((it for it in _PLACE.findall(text) if it in given), None)
    if place is None:
        return [text]
    return [done for value in given[place] for done in _expanded(text.replace(f"<{place}>", value), given)]


def _places(statement: Statement) -> list[str]:
    conditions = [value for it in statement.conditions for value in it.values]
    return [it for text in (*statement.resources, *statement.principals, *conditions) for it in _PLACE.findall(text)]


def _statement(statement: Statement) -> dict[str, object]:
    written: dict[str, object] = {"Sid": statement.sid, "Effect": statement.effect}
    if statement.principals:
        written["Principal"] = {"AWS": _one_or_many(statement.principals)}
    written["Action"] = _one_or_many(statement.actions)
    if not statement.principals:
        written["Resource"] = _one_or_many(statement.resources or (ANY,))
    if statement.conditions:
        written["Condition"] = _conditions(statement.conditions)
    return written


def _conditions(conditions: tuple[Condition, ...]) -> dict[str, dict[str, object]]:
    written: dict[str, dict[str, object]] = {}
    for it in conditions:
        written.setdefault(it.operator, {})[it.of] = _one_or_many(it.values)
    return written


def _one_or_many(texts: tuple[str, ...]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)
