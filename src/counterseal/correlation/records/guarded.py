"""What is guarded: what somebody registered, and the buckets and keys that trails deliver by."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from counterseal.correlation.records.event import Event, Kind
from counterseal.correlation.records.organisations import is_about_cloudtrail

_CALLS = frozenset({"CreateTrail", "UpdateTrail"})


class Guarded(NamedTuple):
    """Names of buckets and tables, and ARNs of keys. `key_ids` are the ends of ARNs, or aliases, that trails told."""

    buckets: Collection[str] = ()
    key_arns: Collection[str] = ()
    tables: Collection[str] = ()
    key_ids: Collection[str] = ()

    def with_trails(self, events: Iterable[Event]) -> "Guarded":
        """Add what trails were told to deliver by, at any time: what alters it may stop them.

        A refused call tells nothing.
        """
        told = [it.facts for it in events if it.kind is Kind.GUARD and it.name in _CALLS and not it.error_code]
        buckets = {str(it["bucket"]) for it in told if "bucket" in it}
        key_ids = {_key_id(str(it["key"])) for it in told if "key" in it}
        return self._replace(
            buckets=frozenset(self.buckets) | buckets,
            key_ids=frozenset(self.key_ids) | key_ids,
        )

    def holds(self, event: Event) -> bool:
        """Tell whether a guard event touches what is guarded. The monitor always is.

        What an organisation does about other services than CloudTrail is nothing to the monitor.
        """
        resource = str(event.facts["resource"])
        match event.facts["guards"]:
            case "monitor":
                return is_about_cloudtrail(event)
            case "key":
                return resource in self.key_arns or _key_id(resource) in self.key_ids
            case "table":
                return resource in self.tables
            case _:
                return resource in self.buckets


def guard_events(events: Iterable[Event], guarded: Guarded) -> tuple[Event, ...]:
    """Return the changes to what guards the secrets, of these events."""
    return tuple(event for event in events if event.kind is Kind.GUARD and guarded.holds(event))


def _key_id(text: str) -> str:
    """Return the id in the ARN of a key; an id, or an alias, stands for itself."""
    return text.rpartition(":key/")[2]
