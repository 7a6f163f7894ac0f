"""A second opinion on every verdict: docs/reference/verdicts.md, read once more.

What tickets say was written before its author had seen the code that judges. It is the plainest reading: every ticket
is looked at for every change, rule by rule, and each rule quotes what it stands on. Where several tickets are equally
good, any of them will do.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import structs
from tests.unit.correlation.judging.oracle_tickets import (
    World,
    approved_from,
    approved_then,
    basis,
    certain,
    cited_by_token,
    cites,
    decisions,
    in_group,
    is_attributed,
    is_near,
    is_rejected,
    means,
    names,
    people,
    principals,
    standing_at,
    standing_now,
    taken_back_by,
    tally,
    users,
    waits_still,
)
from tests.unit.correlation.judging.oracle_traces import (
    NOT_CHECKED,
    as_rest_of,
    begun_by,
    functions,
    given_for,
    is_blind,
    is_made_by_rotation,
    is_repeat,
    is_running,
    is_silent_rollback,
    is_witness_missing,
    operation,
    rotation_settings,
    seal_faults,
)

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.event import Event
from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.correlation.tickets.ticket import Decision, FieldEdit, Standing, Ticket

BEST_FIRST = tuple(Verdict)
GRANTED = (Verdict.PROVED, Verdict.APPROVED)


class Answer(NamedTuple):
    """What one ticket says about a change."""

    verdict: Verdict
    ticket: str = ""
    basis: str = ""
    causes: frozenset[str] = frozenset()


class Opinion(NamedTuple):
    """What the change comes to: the verdict, each answer that may stand behind it, what it shows besides.

    `counts` says whether it is a discrepancy.
    """

    verdict: Verdict
    answers: tuple[Answer, ...]
    signals: frozenset[str] = frozenset()
    counts: bool = False


# ------------------------------------------------------------------ whether it covers the change


def in_window(change: Event, ticket: Ticket, world: World) -> bool:
    """The *window* bounds the change, both ends included, and never an approval given afterwards.

    "A ticket without one covers `default_window_hours` from its approval."
    """
    if ticket.window:
        return ticket.window.start <= change.time <= ticket.window.end
    counted = [it for it in standing_at(ticket, change.time, world.policy) if certain(it, change, ticket, world)]
    covered = [it for it in counted if change.time <= it.at + world.policy.default_window]
    return bool(covered) or not approved_then(change, ticket, world)


def is_frozen(change: Event, policy: Policy) -> bool:
    """`freeze`: periods in which no ticket covers a change."""
    return any(it.start <= change.time <= it.end for it in policy.freezes)


def is_emergency(change: Event, ticket: Ticket, policy: Policy) -> bool:
    """Declared at or before t, t inside the window (design part 5)."""
    declared = ticket.emergency_declared_at
    if declared is None or declared > change.time:
        return False
    return bool(ticket.window) or change.time <= declared + policy.default_window


def misfits(change: Event, ticket: Ticket, world: World) -> set[str]:
    """A ticket that fails to cover a change: the causes that no decision alters."""
    causes = set()
    known = users(change.actor, world)
    if not names(ticket, change):
        causes.add("other-secret")
    if not ticket.operations & {change.operation, "any"}:
        causes.add("other-operation")
    frozen = is_frozen(change, world.policy) and not is_emergency(change, ticket, world.policy)
    if not in_window(change, ticket, world) or frozen:
        causes.add("outside-window")
    if known and people(ticket) and not known & people(ticket):
        causes.add("other-actor")
    return causes


def shortcomings(change: Event, ticket: Ticket, world: World) -> set[str]:
    """... and those that lie in its decisions: none where it is approved, or may be."""
    policy = world.policy
    if approved_then(change, ticket, world) or approved_from(change, ticket, world):
        return set()
    if is_rejected(ticket, policy):
        return {"rejected"} | taken_back(change, ticket, policy)
    stand = standing_now(ticket, change, policy)
    enough = tally(stand, change, ticket, world).most >= policy.approvers_needed
    if ticket.approvals is None or (enough and not waits_still(ticket)):
        return set()
    causes = taken_back(change, ticket, policy)
    if causes or not stand or waits_still(ticket):
        return causes
    able = [it for it in stand if in_group(it, policy) is not False]
    but_for_own = len({it.by for it in able}) >= policy.approvers_needed
    return {"self-approved" if but_for_own else "too-few-approvals"}


def taken_back(change: Event, ticket: Ticket, policy: Policy) -> set[str]:
    """`edited`, `reopened`: between approval and change, or when is not recorded."""
    given = [it for it in decisions(ticket, policy) if it.approves]
    return {it for one in given for it in taken_back_by(one, ticket, change.time, policy)} - {"rejected"}


# ------------------------------------------------------------------ one ticket


def answer(change: Event, ticket: Ticket, world: World) -> Answer:
    """What one ticket says about a change: the first of these rows that holds."""
    policy, limit = world.policy, change.time + world.policy.emergency_limit
    found, causes = basis(change, ticket, world), misfits(change, ticket, world)
    short = shortcomings(change, ticket, world)
    known = is_attributed(found, policy)
    awaited = is_awaited(change, ticket, world)
    then = approved_then(change, ticket, world)
    seen = approved_from(change, without_unseen(change, ticket, policy), world)
    late = seen or approved_from(change, ticket, world)
    urgent = is_emergency(change, ticket, policy) and not causes
    in_time = urgent and late is not None and late <= limit
    rows = (
        (awaited and urgent, pending(limit, world)),
        (awaited, Verdict.UNAPPROVED),
        (causes, Verdict.MISMATCHED),
        (then and was_rewritten(change, ticket, policy), Verdict.APPROVAL_UNKNOWN),
        (then, Verdict.APPROVED if known else Verdict.UNATTRIBUTED),
        (in_time and not seen, Verdict.APPROVAL_UNKNOWN),
        (in_time, Verdict.EMERGENCY if known else Verdict.UNATTRIBUTED),
        (late, Verdict.APPROVED_LATE),
        (not short, Verdict.APPROVAL_UNKNOWN),
        (urgent and short == {"too-few-approvals"}, pending(limit, world)),
        (True, Verdict.MISMATCHED),
    )
    verdict = next(it for holds, it in rows if holds)
    failed = causes | short if verdict is Verdict.MISMATCHED else causes
    if cited_by_token(ticket, change):
        faults = seal_faults(change, ticket, world)
        if faults - NOT_CHECKED:
            verdict, failed = Verdict.MISMATCHED, failed | faults
        elif not faults and verdict is Verdict.APPROVED:
            verdict = Verdict.PROVED
    shown = found is not Basis.WINDOW or verdict is Verdict.UNATTRIBUTED
    said = frozenset(failed) if verdict is Verdict.MISMATCHED else frozenset[str]()
    return Answer(verdict, ticket.issue_key, found if shown else "", said)


def is_awaited(change: Event, ticket: Ticket, world: World) -> bool:
    """No candidate, or one still awaiting approval (design part 5): nothing it fails by was decided."""
    if ticket.approvals is None or approved_then(change, ticket, world) or is_rejected(ticket, world.policy):
        return False
    undecided = not decisions(ticket, world.policy) or waits_still(ticket)
    return undecided and not taken_back(change, ticket, world.policy)


def pending(limit: datetime, world: World) -> Verdict:
    """Declared, not approved: within / past the limit at `--as-of` (design part 5), as far as tickets were read."""
    now = min(world.as_of, world.told.known_until or world.as_of)
    return Verdict.EMERGENCY_PENDING if now <= limit else Verdict.EMERGENCY_OVERDUE


def hides_who_asked(edit: FieldEdit, policy: Policy) -> bool:
    """So it is where Jira says that the reporter was changed then, while duties are separated."""
    return policy.separation_of_duties and edit.field_id == "reporter"


def was_rewritten(change: Event, ticket: Ticket, policy: Policy) -> bool:
    """Where Jira says that a field of `[policy.jira_fields]` was edited then, it is not known what the ticket said."""
    later = [it for it in ticket.edits if it.field_id and it.at > change.time]
    return any(policy.judges_by(it) or hides_who_asked(it, policy) for it in later)


def without_unseen(change: Event, ticket: Ticket, policy: Policy) -> Ticket:
    """The ticket without the approvals that such an edit followed: of an emergency, nobody knows what they covered.

    Nor, whoever came to be called the reporter, and when, whether they were given by who asked.
    """
    later = [it for it in ticket.edits if it.field_id and it.at > change.time]
    if any(hides_who_asked(it, policy) for it in later):
        last = datetime.max.replace(tzinfo=UTC)
    elif any(policy.judges_by(it) for it in later):
        last = max(it.at for it in later if policy.judges_by(it))
    else:
        return ticket
    kept = tuple(it for it in ticket.approvals or () if it.at > last or it.decision is Decision.REJECTED)
    moves = [it for it in ticket.status_history if it.at > last or it.to.casefold() not in policy.approved_statuses]
    return replace(ticket, approvals=kept, status_history=tuple(moves))


# ------------------------------------------------------------------ one change


def covers(one: Standing, change: Event) -> bool:
    """`standing`: the principal is the ARN of a user, of a role, or of one session; a star stands for any rest.

    "It holds up to and including the second in which it expires."
    """
    return (
        one.principal in principals(change.actor)
        and bool(one.operations & {change.operation, "any"})
        and change.time <= one.expires
        and any(starred(it, change) if it.endswith("*") else means(it, change) for it in one.secrets)
    )


def starred(written: str, change: Event) -> bool:
    """A star at the end of a secret's name or ARN stands for any rest."""
    return any(it.startswith(written[:-1]) for it in (change.secret_arn, change.secret_name) if it)


def by_tickets(change: Event, world: World) -> Opinion:
    """Where several tickets could explain a change, the best answer wins, in the order of this table."""
    policy, told = world.policy, world.told
    answers = [
        answer(change, it, world)
        for it in told.tickets
        if (names(it, change) and is_near(it, change, policy)) or cites(change, it)
    ]
    if told.known_until and told.known_until < change.time:
        # "A change after that is `approval-unknown`, whatever else the tickets say."
        answers = [Answer(Verdict.APPROVAL_UNKNOWN, it.ticket) for it in answers] or [Answer(Verdict.APPROVAL_UNKNOWN)]
    answers += [
        Answer(Verdict.APPROVED, it.issue_key, Basis.STANDING)
        for it in (*told.standing, *policy.standing)
        if covers(it, change)
    ]
    return best_of(answers or [Answer(Verdict.UNAPPROVED)])


def best_of(answers: list[Answer]) -> Opinion:
    """The best answer, and all that are as good."""
    verdict = min((it.verdict for it in answers), key=BEST_FIRST.index)
    return Opinion(verdict, tuple(it for it in answers if it.verdict is verdict))


def of_event(event: Event, world: World) -> Opinion:
    """What tickets say of a change, once it is known what it did."""
    return by_tickets(structs.replace(event, operation=operation(event, world)), world)


def inherited(step: Event, world: World) -> list[Answer]:
    """A rotation passes on its approval only while every link is seen.

    "RotateSecret approved and not followed by another or by CancelRotateSecret; RotationStarted under this token, and
    not over; the actor is the session of that function."
    """
    ruling, named = rotation_settings(step, world), functions(step, world)
    said = [of_event(it, world) for it in ruling]
    approved = all(it.verdict in GRANTED for it in (*said, *(of_event(one, world) for one in named)))
    if not ruling or not approved or any(it.name == "CancelRotateSecret" for it in ruling):
        return []
    if not is_running(step, world) or not is_made_by_rotation(step, world):
        return []
    return [Answer(Verdict.INHERITED, it.ticket, Basis.ROTATION) for one in said for it in one.answers]


def opinion(event: Event, world: World) -> Opinion:
    """The best of what tickets say, of what is the rest of a use that was granted, and of what a rotation passes on."""
    said = [*of_event(event, world).answers]
    begun = begun_by(event, world)
    if begun and of_event(begun, world).verdict in GRANTED:
        said += the_rest(event, begun, world)
    found = best_of(said + inherited(event, world))
    signals = {
        "silent-rollback": is_silent_rollback(event, world),
        "witness-missing": is_witness_missing(event, world),
        "repeat": is_repeat(event, world),
        "in-blind-interval": is_blind(event, world),
        "counterseal-unanchored": found.verdict is Verdict.PROVED and not is_anchored(event, begun, world),
    }
    shown = frozenset(it for it, shows in signals.items() if shows)
    answers = tuple(rolled_back(it) if signals["silent-rollback"] else it for it in found.answers)
    return Opinion(answers[0].verdict, answers, shown, counts(event, answers[0].verdict, world.policy))


def the_rest(step: Event, begun: Event, world: World) -> tuple[Answer, ...]:
    """The rest of one use of one counterseal, as the ticket that this one is for judges it (COUNTER-7.5)."""
    own = tuple(it for it in world.told.tickets if cited_by_token(it, begun))
    told, policy = replace(world.told, tickets=own, standing=()), replace(world.policy, standing=())
    return by_tickets(as_rest_of(step, begun), replace(world, told=told, policy=policy)).answers


def rolled_back(one: Answer) -> Answer:
    """The verdict itself where no approval covers `label` (design part 5); else it is a signal."""
    uncovered = one.verdict is Verdict.UNAPPROVED or "other-operation" in one.causes
    return one._replace(verdict=Verdict.SILENT_ROLLBACK) if uncovered else one


def is_anchored(event: Event, begun: Event | None, world: World) -> bool:
    """Its issuance lies under a checkpoint of an earlier second (COUNTER-7.6)."""
    seal = given_for(begun or event, world)
    made = world.anchored.get(seal.issued.issuance.issuance_id) if seal else None
    return made is not None and made < event.time


def counts(change: Event, verdict: Verdict, policy: Policy) -> bool:
    """Whether it is a discrepancy: the table says so, and the exceptions below it and of `baseline`."""
    fine = {Verdict.PROVED, Verdict.APPROVED, Verdict.INHERITED, Verdict.EMERGENCY}
    if verdict is Verdict.UNATTRIBUTED and policy.minimum_basis is Basis.WINDOW:
        return False
    return verdict not in fine and not (policy.baseline and change.time < policy.baseline)
