"""Who an actor is to Jira, and which tickets a change cites."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from counterseal.correlation.records.event import Actor, Event
from counterseal.correlation.tickets.counterseal import cited_by
from counterseal.correlation.tickets.ticket import Ticket

_ISSUE_KEY = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]*-[1-9][0-9]*(?![A-Za-z0-9_])", re.ASCII)
# UserId of the Identity Store: a UUID, perhaps behind ten digits of the store (Identity Store API, User).
_USER_ID = re.compile(r"([0-9a-f]{10}-)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_ASSUMED_ROLE = re.compile(r"arn:([a-z-]+):sts::(\d+):assumed-role/([^/]+)/", re.ASCII)


class People:
    """The identity map, looked up by what CloudTrail records of an actor."""

    def __init__(self, *maps: Mapping[str, tuple[str, ...]]) -> None:
        """Take identity maps (Jira user to principal ARNs, Identity Center user ids, session names); they add up.

        What names one person, as any name but an ARN does, and is listed for several is known to be nobody's.
        """
        users: defaultdict[str, set[str]] = defaultdict(set)
        for identities in maps:
            for user, names in identities.items():
                for name in names:
                    users[name].add(user)
        self.ambiguous = frozenset(name for name, found in users.items() if len(found) > 1 and names_one_person(name))
        self._users = {
            name: frozenset[str]() if name in self.ambiguous else frozenset(found) for name, found in users.items()
        }

    def of(self, actor: Actor) -> frozenset[str]:
        """Return the Jira users that the actor is; none where nobody lists it, or an ambiguous name decides.

        A user of Identity Center is one person, a role may be several people's. Both are facts, and a session name may
        be the caller's own choice (aws-events: userIdentity): where the map knows one, it is not asked for the next.
        A session that was named after the id of a user of Identity Center is not that user for it.
        """
        if not self._users:
            return frozenset()
        if actor.user_id and actor.user_id in self._users:
            return self._users[actor.user_id]
        by_arn = frozenset[str]().union(*(self._users.get(arn, frozenset()) for arn in principals(actor)))
        if by_arn or not actor.session_name or _USER_ID.fullmatch(actor.session_name):
            return by_arn
        return self._users.get(actor.session_name, frozenset())


def names_one_person(principal: str) -> bool:
    """Say whether a principal as identity maps list it is one person's: a session name or user id, and not an ARN."""
    return not principal.startswith("arn:")


def principals(actor: Actor) -> frozenset[str]:
    """Return the ARNs under which an actor may be listed: its own, and its role's with and without the path."""
    arns = {actor.arn, actor.role_arn}
    found = _ASSUMED_ROLE.match(actor.arn)
    if found:
        # The role's path is in the session issuer's ARN and not in the session's own.
        partition, account, role = found.groups()
        arns.add(f"arn:{partition}:iam::{account}:role/{role}")
    return frozenset(arns - {""})


class Citations(NamedTuple):
    """The tickets that a change names: by the form of its token, by source identity or session tag, by session name."""

    counterseal: str = ""
    source_identity: frozenset[str] = frozenset()
    session_name: frozenset[str] = frozenset()

    def name(self, ticket: Ticket) -> bool:
        """Say whether the change cites this ticket in any way."""
        return self.sealed_for(ticket) or ticket.goes_by(self.source_identity, self.session_name)

    def sealed_for(self, ticket: Ticket) -> bool:
        """Say whether the version id has the form of a counterseal for this ticket."""
        return bool(self.counterseal) and (
            self.counterseal == f"#{ticket.issue_id}" or ticket.goes_by({self.counterseal})
        )

    def all(self) -> list[str]:
        """Return every ticket key that is cited, sorted."""
        return sorted({self.counterseal, *self.source_identity, *self.session_name} - {""})


def citations(event: Event) -> Citations:
    """Return the tickets that a change names."""
    tags = event.facts.get("session_tags")
    tagged = frozenset(map(str, tags.values())) if isinstance(tags, dict) else frozenset()
    return Citations(
        counterseal=cited_by(event.version_id),
        source_identity=frozenset(_ISSUE_KEY.findall(event.actor.source_identity))
        | {it for it in tagged if _ISSUE_KEY.fullmatch(it)},
        session_name=frozenset(_ISSUE_KEY.findall(event.actor.session_name)),
    )
