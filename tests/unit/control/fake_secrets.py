"""Secrets Manager in memory: AWS's rules for tokens and labels, and calls that come to grief when told to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from counterseal.errors import Conflict, CountersealError, Refused, SecretNotFound
from counterseal.hidden import Hidden
from counterseal.secretstore import SecretRequest, SecretStore, SecretVersion
from counterseal.secretstore.writing import (
    CURRENT,
    LARGEST_VALUE,
    Listed,
    NewSecret,
    SecretDescription,
    SecretWriter,
)

ACCOUNT = "111122223333"
REGION = "eu-west-1"
START = datetime(2026, 3, 10, 11, tzinfo=UTC)


class Grief(NamedTuple):
    """How a call comes to grief: the error, and whether AWS did it all the same."""

    failure: CountersealError
    done: bool = False


@dataclass
class Version:
    """One version."""

    value: Hidden
    labels: set[str]
    made_at: datetime


@dataclass
class Secret:
    """One secret."""

    arn: str
    versions: dict[str, Version] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class FakeSecrets:
    """Both interfaces of one region. `fates` says which calls come to grief, in order, by their name."""

    def __init__(self) -> None:
        """Start with no secret."""
        self.secrets: dict[str, Secret] = {}
        self.fates: defaultdict[str, list[Grief | None]] = defaultdict(list)
        self.calls: list[str] = []

    def fetch(self, requests: Sequence[SecretRequest]) -> list[SecretVersion]:
        self._meet("fetch")
        found = []
        for it in requests:
            secret = self._secret(it.secret_id)
            version_id = it.version_id or self._with(secret, it.stage or CURRENT)
            if version_id not in secret.versions:
                raise SecretNotFound(f"there is no version {version_id!r}")
            version = secret.versions[version_id]
            found.append(SecretVersion(it.secret_id, version_id, version.value, frozenset(version.labels)))
        return found

    def describe(self, secret_id: str) -> SecretDescription:
        self._meet("describe")
        name, secret = self._named(secret_id)
        stages = {it: frozenset(version.labels) for it, version in secret.versions.items() if version.labels}
        return SecretDescription(arn=secret.arn, name=name, stages=stages, **secret.facts)

    def versions(self, secret_id: str) -> Mapping[str, Listed]:
        self._meet("versions")
        held = self._secret(secret_id).versions
        return {it: Listed(frozenset(version.labels), version.made_at) for it, version in held.items()}

    def create(self, new: NewSecret, value: Hidden, token: str) -> str:
        late = self._meet("create")
        if new.name not in self.secrets:
            arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{new.name}-AbCdEf"
            self.secrets[new.name] = Secret(arn)
        elif token not in self.secrets[new.name].versions:
            raise Conflict(f"{new.name!r}: there is one already")
        self._add(new.name, value, token, CURRENT)
        self._late(late)
        return self.secrets[new.name].arn

    def put(self, secret_id: str, value: Hidden, token: str, *, stage: str) -> None:
        if not 0 < len(value.reveal()) <= LARGEST_VALUE:
            raise Refused("no such value")
        late = self._meet("put")
        self._add(self._named(secret_id)[0], value, token, stage)
        self._late(late)

    def move_stage(self, secret_id: str, stage: str, *, to: str = "", away_from: str = "") -> None:
        late = self._meet("move_stage")
        secret = self._secret(secret_id)
        if away_from and self._with(secret, stage) not in (away_from, ""):
            raise Conflict(f"{stage} is elsewhere")
        if away_from and stage not in secret.versions[away_from].labels:
            raise Conflict(f"{stage} is not there")
        if to:
            self._label(secret, to, stage)
        else:
            secret.versions[away_from].labels.discard(stage)
        self._late(late)

    def rotate(self, secret_id: str, token: str) -> None:
        late = self._meet("rotate")
        self._secret(secret_id).versions[token] = Version(Hidden(b""), {"AWSPENDING"}, START)
        self._late(late)

    def _add(self, name: str, value: Hidden, token: str, stage: str) -> None:
        secret = self.secrets[name]
        before = secret.versions.get(token)
        if before is not None:
            if before.value != value:
                raise Conflict("there is one already")
            return
        secret.versions[token] = Version(value, set(), START + timedelta(minutes=len(secret.versions)))
        self._label(secret, token, stage)

    def _label(self, secret: Secret, to: str, stage: str) -> None:
        before = self._with(secret, stage)
        for version in secret.versions.values():
            version.labels.discard(stage)
        if stage == CURRENT and before and before != to:
            self._label(secret, before, "AWSPREVIOUS")
        secret.versions[to].labels.add(stage)

    def _with(self, secret: Secret, stage: str) -> str:
        return next((it for it, version in secret.versions.items() if stage in version.labels), "")

    def _secret(self, secret_id: str) -> Secret:
        return self._named(secret_id)[1]

    def _named(self, secret_id: str) -> tuple[str, Secret]:
        for name, secret in self.secrets.items():
            if secret_id in (name, secret.arn):
                return name, secret
        raise SecretNotFound(f"there is no secret {secret_id!r}")

    def _meet(self, call: str) -> Grief | None:
        self.calls.append(call)
        fate = self.fates[call].pop(0) if self.fates[call] else None
        if fate and not fate.done:
            raise fate.failure
        return fate

    def _late(self, fate: Grief | None) -> None:
        if fate:
            raise fate.failure


_writer: type[SecretWriter] = FakeSecrets
_store: type[SecretStore] = FakeSecrets
