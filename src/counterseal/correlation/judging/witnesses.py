"""Witnesses: the KMS and label records that confirm a version, joined to the records that made it."""

from collections import defaultdict
from collections.abc import Iterable

from counterseal.correlation.records.catalogue import SENTINEL
from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.interval import BlindInterval
from counterseal.correlation.records.population import Population, hour_of
from counterseal.correlation.records.secret_names import same_beyond_region, same_secret
from counterseal.correlation.records.selectors import Stream

VALUE_CALLS = frozenset({"CreateSecret", "PutSecretValue", "UpdateSecret"})
"""The calls that may make a version with a value, named by their token."""

# A token given again with the same value succeeds and changes nothing (PutSecretValue and CreateSecret, API reference).
_REPEATABLE = frozenset({"CreateSecret", "PutSecretValue"})

KMS_STREAM, LABEL_STREAM = "kms", "label"
_SECRETS_MANAGER = "secretsmanager.amazonaws.com"

MAKERS = VALUE_CALLS | {"RotateSecret"}
"""The calls whose token becomes a version id."""


class Witnesses:
    """The witnesses of a population, each joined to the record that it confirms."""

    def __init__(self, population: Population, blind: Iterable[BlindInterval] = ()) -> None:
        """Join by secret and version id, exactly as recorded; `blind` is when trails were seen not to record."""
        self._without_kms = [it for it in blind if it.stream != Stream.WRITES]
        self._kms_hours = population.kms_hours
        self._label_hours = population.label_hours
        self._makers: defaultdict[str, list[Event]] = defaultdict(list)
        self._moves: defaultdict[str, list[Event]] = defaultdict(list)
        for change in population.of_kind(Kind.CHANGE):
            if change.name in MAKERS and change.version_id:
                self._makers[change.version_id].append(change)
            elif moved := moved_version(change):
                self._moves[moved].append(change)
        self._by_change: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._unexplained: list[Event] = []
        for witness in witnesses_of(population):
            self._join(witness)

    def of(self, event: Event) -> tuple[str, ...]:
        """Return which witnesses, beyond its own record, confirm a change: a subset of ("kms", "label"), in order."""
        return tuple(sorted(self._by_change[_id(event)]))

    def kms_observable(self, event: Event) -> bool:
        """Say whether a source was seen to carry the KMS stream in that account, region and hour, and none to stop."""
        hidden = any(it.covers(event.account, event.region, event.time) for it in self._without_kms)
        return hour_of(event) in self._kms_hours and not hidden

    def is_repeat(self, event: Event) -> bool:
        """Say whether it gave a version's token again, which AWS answers with success and no change."""
        if event.name not in _REPEATABLE or self.of(event):
            return False
        others = [it for it in self._makers[event.version_id] if it.name in VALUE_CALLS and same_secret(it, event)]
        return any(_first(it, self) < _first(event, self) for it in others)

    def is_missing(self, event: Event) -> bool:
        """Say whether a witness of a new value is absent where it would have been seen.

        Only PutSecretValue is known to make a version. Records of CreateSecret and UpdateSecret carry a token and no
        version id, with a value and without one: Terraform creates secrets that have none (records of July 2023).
        """
        if event.name != "PutSecretValue" or not event.version_id or self.is_repeat(event):
            return False
        seen = self.of(event)
        label_expected = made_current(event) and hour_of(event) in self._label_hours
        return (KMS_STREAM not in seen and self.kms_observable(event)) or (LABEL_STREAM not in seen and label_expected)

    def made(self, event: Event, version_id: str) -> list[Event]:
        """Return the records that made a version of the secret of an event."""
        return [it for it in self._makers[version_id] if same_secret(it, event)]

    def unexplained(self) -> list[Event]:
        """Return the witnesses of versions that no record made, in order."""
        return list(self._unexplained)

    def _join(self, witness: Event) -> None:
        makers = [it for it in self._makers[witness.version_id] if same_secret(it, witness)]
        # RotateSecret names the version and its rotation writes it: the writer is the one confirmed, where it is known.
        makers = [it for it in makers if it.name in VALUE_CALLS] or makers
        if stream_of(witness) == LABEL_STREAM:
            # The move itself, where there is one, is what moved the label.
            makers += [it for it in self._moves[witness.version_id] if same_secret(it, witness)]
        if makers:
            self._by_change[_id(_nearest(makers, witness))].add(stream_of(witness))
        elif not any(same_beyond_region(it, witness) for it in self._makers[witness.version_id]):
            self._unexplained.append(witness)


def witnesses_of(population: Population) -> Iterable[Event]:
    """Return the witnesses of versions: what Secrets Manager itself reported or asked KMS for, and AWS did not refuse.

    Anybody may ask KMS for a data key under any encryption context; the sentinel only tries a key and is no version.
    """
    for event in population.of_kind(Kind.WITNESS):
        stream = stream_of(event)
        genuine = stream == LABEL_STREAM or (stream == KMS_STREAM and event.actor.via == _SECRETS_MANAGER)
        if genuine and event.version_id not in ("", SENTINEL) and not event.error_code:
            yield event


def made_current(event: Event) -> bool:
    """Say whether a new version became current at once: it does unless the caller named other stages."""
    stages = event.facts.get("stages")
    return not isinstance(stages, tuple) or "AWSCURRENT" in stages


def stream_of(witness: Event) -> str:
    """Return the name of a witness's stream: "kms", "label", or "cloudtrail" for what a VPC endpoint saw pass."""
    return str(witness.facts.get("witness", ""))


def moved_version(event: Event) -> str:
    """Return the version that a label was moved to, or "" where none was."""
    return str(event.facts.get("move_to") or "") if event.name == "UpdateSecretVersionStage" else ""


def _nearest(changes: list[Event], witness: Event) -> Event:
    return min(
        changes,
        key=lambda it: (abs(it.time - witness.time), it.name in MAKERS, it.time, it.event_id, it.account),
    )


def _first(event: Event, witnesses: Witnesses) -> tuple[object, bool, str, str]:
    """Order the records of one version: by time; in one second, the one with a witness made it."""
    return (event.time, not witnesses.of(event), event.event_id, event.account)


def _id(event: Event) -> tuple[str, str]:
    return event.event_id, event.account
