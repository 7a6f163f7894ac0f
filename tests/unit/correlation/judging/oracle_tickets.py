"""What the oracle reads in the reference about tickets: which are considered, who acted, what was decided."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from counterseal.correlation.records.event import Actor, Event
from counterseal.correlation.records.population import CoveredHour
from counterseal.correlation.tickets.counterseal import Issued, Revoked
from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.correlation.tickets.ticket import Decision, FieldEdit, Ticket, TicketSet

STRONGEST_FIRST = tuple(Basis)
KEY = r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]*-[1-9][0-9]*(?![A-Za-z0-9_])"


class Tally(NamedTuple):
    """How many people approved, at least and at most, as far as is known."""

    least: int
    most: int


class Decided(NamedTuple):
    """One decision, whether it was given as such or by a move to a status."""

    at: datetime
    by: str
    approves: bool
    groups: frozenset[str] | None


class Seal(NamedTuple):
    """One counterseal that was given, and what became of it; `is_genuine` is None where nobody can say."""

    issued: Issued
    is_genuine: bool | None = True
    revoked: tuple[Revoked, ...] = ()
    is_revocation_genuine: bool = True


@dataclass(frozen=True, kw_only=True)
class World:
    """All that was read. `seals` are the counterseals that were given, None where none were."""

    events: tuple[Event, ...]
    told: TicketSet
    policy: Policy
    as_of: datetime
    seals: tuple[Seal, ...] | None = None
    anchored: dict[str, datetime] = field(default_factory=dict)
    kms_hours: frozenset[CoveredHour] = frozenset()


# ------------------------------------------------------------------ which tickets, and who


def names(ticket: Ticket, change: Event) -> bool:
    """*Considered* are the tickets that name the secret, by ARN or by name."""
    there = ticket.account in ("", change.account) and ticket.region in ("", change.region)
    return any(means(it, change) and (there or it.startswith("arn:")) for it in ticket.secrets)


def means(written: str, change: Event) -> bool:
    """By ARN or by name: "a name holds in the ticket's account and region, where they are given".

    "An ARN without its six-character suffix means the secret of that name, of changes whose ARN the records tell"
    (ticket-file.md).
    """
    if not written.startswith("arn:"):
        return written == change.secret_name
    if change.secret_arn:
        return written in (change.secret_arn, change.secret_arn[:-7])
    whole = f"arn:aws:secretsmanager:{change.region}:{change.account}:secret:{change.secret_name}"
    return bool(change.secret_name) and written[:-7] == whole


def is_near(ticket: Ticket, change: Event, policy: Policy) -> bool:
    """... with a window at most `candidate_days` from the change.

    One without a window speaks of the time from its first decision, or its declaration, to `default_window_hours`
    after the last; one without any date of any time.
    """
    declared = ticket.emergency_declared_at
    dates = [it.at for it in decisions(ticket, policy)] + ([declared] if declared else [])
    near = policy.candidate_span
    if ticket.window:
        return ticket.window.start - near <= change.time <= ticket.window.end + near
    return not dates or min(dates) - near <= change.time <= max(dates) + policy.default_window + near


def keys(ticket: Ticket) -> set[str]:
    """A change that cites the key of before its move to another project still finds the ticket (ticket-file.md)."""
    return {ticket.issue_key, *(it.former_key for it in ticket.edits)} - {""}


def cited_by_source(ticket: Ticket, change: Event) -> bool:
    """Its source identity or a session tag cites the ticket."""
    tags = change.facts.get("session_tags")
    tagged = list(tags.values()) if isinstance(tags, dict) else []
    return bool(keys(ticket) & {*re.findall(KEY, change.actor.source_identity), *tagged})


def cited_by_name(ticket: Ticket, change: Event) -> bool:
    """Its session name cites the ticket."""
    return bool(keys(ticket) & {*re.findall(KEY, change.actor.session_name)})


def cited_by_token(ticket: Ticket, change: Event) -> bool:
    """A counterseal is recognised by its form and counts as citing its ticket."""
    key, _, code = change.version_id.partition(".")
    return bool(re.fullmatch("[A-Za-z0-9_-]{43}", code)) and key in keys(ticket) | {f"#{ticket.issue_id}"}


def cites(change: Event, ticket: Ticket) -> bool:
    """... and any ticket that the change cites: by token, by source identity or session tag, by session name."""
    return cited_by_source(ticket, change) or cited_by_name(ticket, change) or cited_by_token(ticket, change)


def principals(actor: Actor) -> set[str]:
    """By ARN: of the principal, of its role with or without the path."""
    role = re.sub(r":sts::(\d+):assumed-role/([^/]+)/.*", r":iam::\1:role/\2", actor.arn)
    return {actor.arn, actor.role_arn, role} - {""}


def users(actor: Actor, world: World) -> set[str]:
    """The identity map goes by the user of IAM Identity Center; then by ARN; then by session name.

    "A session name or user id names one person: listed for several, wherever, it is nobody's" (map-people.md).
    """

    def listed(name: str) -> set[str]:
        maps = (world.policy.identities, world.told.identities)
        return {user for one in maps for user, them in one.items() if name in them} if name else set()

    by_arn = {it for arn in principals(actor) for it in listed(arn)}
    for found in (listed(actor.user_id), by_arn, listed(actor.session_name)):
        if found:
            return found if found is by_arn or len(found) == 1 else set()
    return set()


def people(ticket: Ticket) -> set[str]:
    """Those whom the ticket is for: the assignee, and the `executors`, who may make the change as well."""
    return {ticket.assignee, *ticket.executors} - {""}


def basis(change: Event, ticket: Ticket, world: World) -> Basis:
    """On what strength an actor was matched, strongest first.

    "Who is known to be somebody else is never matched by citing a ticket." "A ticket that is for nobody attributes no
    change."
    """
    known = users(change.actor, world)
    if not people(ticket) or (known and not known & people(ticket)):
        return Basis.WINDOW
    if cited_by_source(ticket, change):
        return Basis.SOURCE_IDENTITY
    if cited_by_name(ticket, change):
        return Basis.SESSION_NAME
    return Basis.MAPPED_ACTOR if known else Basis.WINDOW


def is_attributed(found: Basis, policy: Policy) -> bool:
    """`minimum_basis`: the weakest basis that attributes a change. On `window` alone nobody knows who it was."""
    return found is not Basis.WINDOW and STRONGEST_FIRST.index(found) <= STRONGEST_FIRST.index(policy.minimum_basis)


# ------------------------------------------------------------------ what was decided


def decisions(ticket: Ticket, policy: Policy) -> list[Decided]:
    """The decisions, the moves into an approved status, "the approval of whoever made it", and those that reject."""
    given = [Decided(it.at, it.by, it.decision is Decision.APPROVED, it.groups) for it in ticket.approvals or ()]
    for move in ticket.status_history:
        if move.to.casefold() in policy.approved_statuses:
            given.append(Decided(move.at, move.by, True, move.groups))
        elif move.to.casefold() in policy.rejected_statuses:
            given.append(Decided(move.at, move.by, False, move.groups))
    return given


def covered_edits(ticket: Ticket, policy: Policy) -> Iterator[FieldEdit]:
    """An edit of a covered field; of the status, the history says more."""
    moved = [it.at for it in ticket.status_history]
    for edit in ticket.edits:
        if policy.covers(edit) and not (edit.field.casefold() == "status" and edit.at in moved):
            yield edit


def takings_back(ticket: Ticket, policy: Policy) -> Iterator[tuple[datetime, str]]:
    """A rejection, an edit of a covered field, or a move to a status that no approved ticket has."""
    yield from ((it.at, "rejected") for it in decisions(ticket, policy) if not it.approves)
    yield from ((it.at, "edited") for it in covered_edits(ticket, policy))
    for move in ticket.status_history:
        if move.to.casefold() not in policy.statuses_after_approval | policy.rejected_statuses:
            yield move.at, "reopened"


def taken_back_by(one: Decided, ticket: Ticket, moment: datetime, policy: Policy) -> set[str]:
    """Only what lies between approval and change does so; an edit without a date always does.

    "In one second the order is unknown, and either of them there takes the approval back."
    """
    undated = {"edited"} if ticket.changed_after_approval else set()
    return undated | {cause for at, cause in takings_back(ticket, policy) if one.at <= at <= moment}


def standing_at(ticket: Ticket, moment: datetime, policy: Policy) -> list[Decided]:
    """The approvals that stood at the change."""
    given = [it for it in decisions(ticket, policy) if it.approves and it.at <= moment]
    return [it for it in given if not taken_back_by(it, ticket, moment, policy)]


def standing_now(ticket: Ticket, change: Event, policy: Policy) -> list[Decided]:
    """The approvals that stand in the end: those that stood at the change, and later ones.

    "An edit after the change takes no approval back."
    """
    rejections = [it.at for it in decisions(ticket, policy) if not it.approves]
    later = [it for it in decisions(ticket, policy) if it.approves and it.at > change.time]
    later = [] if ticket.changed_after_approval else later
    stood = standing_at(ticket, change.time, policy) + later
    return [it for it in stood if not any(at >= it.at for at in rejections)]


def is_rejected(ticket: Ticket, policy: Policy) -> bool:
    """The last decision is a rejection, or the status rejects the ticket.

    "One that rejects, and that no date explains, rejects the ticket" (ticket-file.md).
    """
    return rejects_for_good(ticket, policy) or last_decision_rejects(ticket, policy)


def rejects_for_good(ticket: Ticket, policy: Policy) -> bool:
    """`rejected_statuses`: one without a date rejects it for good.

    A date is the last move, into that status, or a rejection that nobody overruled.
    """
    status = ticket.status.casefold()
    last = max((it.at for it in ticket.status_history), default=None)
    moved = any(it.at == last and it.to.casefold() == status for it in ticket.status_history)
    return status in policy.rejected_statuses and not moved and not last_decision_rejects(ticket, policy)


def last_decision_rejects(ticket: Ticket, policy: Policy) -> bool:
    """The last decision is a rejection."""
    given = decisions(ticket, policy)
    last = max((it.at for it in given), default=None)
    return any(not it.approves for it in given if it.at == last)


def own(change: Event, ticket: Ticket, world: World) -> set[str]:
    """An approval counts if it is by somebody who is neither the requester nor the actor.

    "Who only cites a ticket may be any of the people it is for, so an approval by one of these does not count."
    """
    if not world.policy.separation_of_duties:
        return set()
    known = users(change.actor, world)
    only_cites = cited_by_source(ticket, change) or cited_by_name(ticket, change)
    return {ticket.requester} - {""} | (known or (people(ticket) if only_cites else set()))


def in_group(one: Decided, policy: Policy) -> bool | None:
    """`approver_groups`: only approvals by members of these count; None where membership is not known."""
    if not policy.approver_groups:
        return True
    return None if one.groups is None else any(it.casefold() in policy.approver_groups for it in one.groups)


def certain(one: Decided, change: Event, ticket: Ticket, world: World) -> bool:
    """An approval that counts for sure."""
    return bool(tally([one], change, ticket, world).least)


def tally(given: Iterable[Decided], change: Event, ticket: Ticket, world: World) -> Tally:
    """How many people must have approved, the requester and the actor not counted.

    "Who is not named never makes a change approved." Nameless, they may be one person or several, or the requester.
    """
    policy, mine = world.policy, own(change, ticket, world)
    able = [it for it in given if in_group(it, policy) is not False]
    named = {it.by for it in able if it.by and it.by not in mine}
    certain = {it.by for it in able if it.by in named and in_group(it, policy)}
    nameless = [it for it in able if not it.by]
    least = len(certain)
    if not policy.separation_of_duties and any(in_group(it, policy) for it in nameless):
        least = max(1, least)
    if policy.separation_of_duties and not ticket.requester:
        least = 0
    return Tally(least, len(named) + len(nameless))


def approved_then(change: Event, ticket: Ticket, world: World, *, least: bool = True) -> bool:
    """Enough approvals at or before t (design part 5)."""
    found = tally(standing_at(ticket, change.time, world.policy), change, ticket, world)
    enough = (found.least if least else found.most) >= world.policy.approvers_needed
    return enough and not waits(ticket, change.time) and not rejects_for_good(ticket, world.policy)


def waits(ticket: Ticket, moment: datetime) -> bool:
    """While Jira asks for a decision that nobody has given yet, no approval counts."""
    return any(it.start <= moment and (it.end is None or moment < it.end) for it in ticket.waits)


def waits_still(ticket: Ticket) -> bool:
    """... and has not been given."""
    return any(it.end is None for it in ticket.waits)


def approved_from(change: Event, ticket: Ticket, world: World, *, least: bool = True) -> datetime | None:
    """The first moment after the change from which on enough people had approved; None for never."""
    if waits_still(ticket) or is_rejected(ticket, world.policy):
        return None
    stand = standing_now(ticket, change, world.policy)
    moments = [it.at for it in stand] + [it.end for it in ticket.waits if it.end]
    for moment in sorted(it for it in moments if it > change.time):
        found = tally([it for it in stand if it.at <= moment], change, ticket, world)
        if (found.least if least else found.most) >= world.policy.approvers_needed and not waits(ticket, moment):
            return moment
    return None
