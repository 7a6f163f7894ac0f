"""Whether a ticket approves a change at this moment, asked of the very rules that an audit will judge it by."""

from datetime import datetime
from typing import NamedTuple

from counterseal.correlation.judging.approvals import approved_until
from counterseal.correlation.judging.change import Change
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Judgement, Rules, judge
from counterseal.correlation.judging.reasons import reason_of, unread
from counterseal.correlation.records.actor import read_actor
from counterseal.correlation.records.event import Event, Kind, Operation
from counterseal.correlation.tickets.people import People, citations
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import Refused


class Target(NamedTuple):
    """A secret, as far as it is known: its ARN is "" before AWS made it."""

    account: str
    region: str
    name: str
    arn: str


class Intention(NamedTuple):
    """What somebody would do: the call of AWS, what it counts as, to which secret, and as which principal.

    `source_identity` is the one that a session would carry, "" for none.
    """

    call: str
    operation: Operation
    target: Target
    principal: str
    source_identity: str = ""


class JudgedNow(NamedTuple):
    """What a change would be called if it were made at this moment, why, and what the ticket by itself says."""

    verdict: Verdict
    reason: str
    judged: Judgement


def approved_now(
    intention: Intention, ticket: Ticket, tickets: TicketSet, rules: Rules, *, for_a: str = "counterseal"
) -> Judgement:
    """Judge the change as if it were made at this moment.

    Raises:
        Refused: it would not be approved; the reason says why not, and `for_a` what is not given out.
    """
    found = judged_now(intention, ticket, tickets, rules)
    if found.verdict is not Verdict.APPROVED:
        raise Refused(
            f"no {for_a} for {ticket.issue_key}: a change made now would be {found.verdict}: {found.reason}",
            hint=f"a {for_a} is given out once the ticket approves this change, by this principal, at this time: "
            f"counterseal ticket show {ticket.issue_key} says what is missing",
        )
    return found.judged


def judged_now(intention: Intention, ticket: Ticket, tickets: TicketSet, rules: Rules) -> JudgedNow:
    """Return what the change would be called if it were made at this moment."""
    target, principal = intention.target, intention.principal
    kind = "AssumedRole" if ":assumed-role/" in principal else "Role" if ":role/" in principal else ""
    identity: dict[str, object] = {"type": kind or "IAMUser", "arn": principal}
    if intention.source_identity:
        identity["sessionContext"] = {"sourceIdentity": intention.source_identity}
    event = Event(
        event_id="",
        account=target.account,
        region=target.region,
        time=rules.as_of,
        service="secretsmanager",
        name=intention.call,
        kind=Kind.CHANGE,
        actor=read_actor(identity),
        operation=intention.operation,
        secret_arn=target.arn,
        secret_name=target.name,
    )
    people = People(tickets.identities, rules.policy.identities).of(event.actor)
    change = Change(event=event, operation=intention.operation, people=people, cited=citations(event))
    judged = judge(change, ticket, rules)
    known = tickets.known_until
    if known and rules.as_of > known:
        return JudgedNow(Verdict.APPROVAL_UNKNOWN, unread(change, known), judged)
    return JudgedNow(judged.verdict, reason_of(change, judged, rules.policy), judged)


def end_of_approval(judged: Judgement, policy: Policy) -> datetime:
    """Return until when the ticket approves such a change: to the end of its window, or the time the policy gives."""
    return approved_until(judged.ticket, judged.weighed.timely, policy)
