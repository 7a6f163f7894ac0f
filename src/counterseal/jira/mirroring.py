"""Keeps the mirror of tickets up to date: all that Jira changed since the last time, and whatever a message names."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from counterseal.clock import Clock, parse_time
from counterseal.control.process import Rereading
from counterseal.correlation.tickets.jira_fields import FieldNames
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import NotFound, SettingsError
from counterseal.jira.interface import Issue, Jira
from counterseal.jira.mirrored import KEPT, content_of, encode, updated_of
from counterseal.jira.tickets import Groups, read_parts
from counterseal.mirror.interface import Mirror, Reached

OVERLAP = timedelta(minutes=5)
"""A search is asked for so much more than passed since the last one: its index lags, and its minutes are whole."""

LAG = timedelta(minutes=1)
"""What was changed within it may not be found yet (docs/decisions/0033-the-jira-wing.md)."""

SETTLED = timedelta(minutes=10)
"""A ticket that was read so long after its last change is not read again for a search that finds it unchanged."""

Progress = Callable[[int, int], None]


class Scope(NamedTuple):
    """What is mirrored: a Jira, by its address; some of its projects; how far back at the first time."""

    url: str
    projects: Sequence[str]
    days: int = 400


class CaughtUp(NamedTuple):
    """What one catching up came to: tickets read, how many of them were changed, and up to when all is known."""

    read: int
    changed: int
    known_until: datetime


class Mirroring:
    """Reads tickets from one Jira into a mirror."""

    def __init__(self, jira: Jira, mirror: Mirror, scope: Scope, policy: Policy, clock: Clock) -> None:
        """Take the Jira, the mirror, what of it is mirrored, the policy that names fields and groups, and the clock."""
        self._jira = jira
        self._mirror = mirror
        self._scope = scope
        self._policy = policy
        self._clock = clock
        self._names = FieldNames({})

    def catch_up(self, progress: Progress | None = None) -> CaughtUp:
        """Read all that was changed since the last time; what fails half-way goes on from there the next time.

        `progress` is called with the number of tickets looked at, and of all that were found.

        Raises:
            CountersealError: what the Jira and the mirror raise; how far the reading came stays as it was.
        """
        begun = self._clock.now()
        self._begin()
        self._mirror.set_back(begun + OVERLAP)
        # Jira's clock dates approvals. Whichever of the two clocks is behind says how far we know.
        known = min(self._jira.server().time or begun, begun) - LAG
        found = [it for it in self._found(begun) if self._concerns_us(it)]
        read = changed = 0
        for number, issue in enumerate(found, 1):
            if not self._is_settled(issue):
                read += 1
                changed += self.reread(issue.issue_id)
            if progress:
                progress(number, len(found))
        self._mirror.reach(Reached(begun, known))
        return CaughtUp(read, changed, known)

    def reread(self, id_or_key: str, *, since: datetime | None = None) -> bool:
        """Read one ticket now, unless it was read after that time; say whether it is another than before.

        Raises:
            CountersealError: what the Jira and the mirror raise, but for a ticket that Jira does not show.
        """
        at, held = self._clock.now(), self._mirror.find(id_or_key)
        if held and since and parse_time(held.read_at) > since:
            return False
        if not self._names.id_of("secrets"):
            self._begin()
        try:
            read = read_parts(self._jira, id_or_key)
        except NotFound:
            return held is not None and self._mirror.miss(held.issue_id, at)
        parts = read.parts
        if not self._concerns_us(Issue(parts.issue_id, parts.issue_key, parts.fields)):
            return False
        groups = Groups(self._jira) if self._policy.approver_groups else None
        content = content_of(read, self._names, groups)
        return self._mirror.put(parts.issue_id, parts.issue_key, content, at)

    def _begin(self) -> None:
        """Learn which fields there are.

        Raises:
            SettingsError: no project is set, or the policy names no field for secrets, or one that is not there.
        """
        if not self._scope.projects:
            raise SettingsError("jira.projects names no project", hint="name those whose tickets approve changes")
        fields = [(it.field_id, it.name) for it in self._jira.fields()]
        names = FieldNames(self._policy.jira_fields, fields)
        if not names.id_of("secrets"):
            raise SettingsError(
                "policy.jira_fields names no field for secrets", hint="no ticket could be found by them"
            )
        named = ",".join(f"{word}={text}" for word, text in sorted(self._policy.jira_fields.items()))
        # A mirror in which less is kept is filled again.
        kept = ",".join(sorted(KEPT))
        self._mirror.begin(f"{self._scope.url} {','.join(sorted(self._scope.projects))} {named} {kept}")
        self._mirror.describe(encode(fields))
        self._names = names

    def _found(self, now: datetime) -> Iterator[Issue]:
        """Search. Times in a query are in the time zone of whoever asks: minutes from now are not."""
        watermark = self._mirror.reached().watermark
        fields = ("updated", "project", self._names.id_of("secrets"))
        if watermark:
            # Wherever it happened: a ticket that left our projects must be seen to have left.
            minutes = ceil((now - watermark + OVERLAP) / timedelta(minutes=1))
            return self._jira.search(f"updated >= -{minutes}m ORDER BY key ASC", fields=fields)
        within = ", ".join(f'"{it}"' for it in self._scope.projects)
        query = f"project in ({within}) AND updated >= -{self._scope.days}d ORDER BY key ASC"
        return self._jira.search(query, fields=fields)

    def _concerns_us(self, issue: Issue) -> bool:
        if self._mirror.find(issue.issue_id):
            return True
        names_secret = bool(issue.fields.get(self._names.id_of("secrets")))
        return names_secret and issue.issue_key.rpartition("-")[0] in self._scope.projects

    def _is_settled(self, issue: Issue) -> bool:
        held, updated = self._mirror.find(issue.issue_id), issue.fields.get("updated")
        if held is None or held.missing_since or not isinstance(updated, str) or updated_of(held) != updated:
            return False
        return parse_time(held.read_at) - parse_time(updated) > SETTLED


_: type[Rereading] = Mirroring
