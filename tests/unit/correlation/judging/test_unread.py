"""Of a change that was made after tickets were read nobody knows whether it was approved."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.unit.correlation.invented import (
    ACCOUNT,
    ANA,
    IDENTITIES,
    LATER,
    REGION,
    VERSION,
    T,
    approval,
    at,
    change,
    finding,
    move,
    outcome,
    population,
    service_event,
    session,
    standing,
    ticket,
)

from counterseal.correlation.judging.audit import grounds_of
from counterseal.correlation.judging.deciding import Deciding
from counterseal.correlation.judging.explaining import Explanation, explain
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Event, Operation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet

BEFORE = at(minutes=-1)
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rotate"
FOR_ROTATION = ticket(operations=frozenset({"rotation"}))
STEP = change(actor=session("rotate", role="rotate"), facts={"stages": ("AWSPENDING",)})
STARTED = service_event("RotationStarted", time=at(minutes=-1), version_id=VERSION)


def rotates(when: datetime) -> Event:
    return change("RotateSecret", Operation.ROTATION, event_id="r-1", time=when, facts={"rotation_lambda": LAMBDA})


def found(*events: Event, known: datetime | None = BEFORE, said: dict[str, Any] | None = None, **more: Any) -> Finding:
    return finding(*events, said={"known_until": known, **(said or {})}, **more)


def test_an_approved_ticket_does_not_approve_what_it_may_not_approve_any_more() -> None:
    one = found(change(), tickets=[ticket()])

    assert (one.verdict, one.ticket, one.basis) == (Verdict.APPROVAL_UNKNOWN, "OPS-42", "")
    assert one.reason == (
        "Jira was last read on 2026-03-10T11:59:00Z, before the change of 2026-03-10T12:00:00Z: a ticket that approves "
        "it, or takes an approval back, may not have been seen; as far as it was read: OPS-42 was approved by ben.j on "
        "2026-03-10T10:00:00Z, before the change of 2026-03-10T12:00:00Z; the identity map names the actor"
    )


def test_no_ticket_is_no_statement_either() -> None:
    one = found(change())

    assert (one.verdict, one.ticket) == (Verdict.APPROVAL_UNKNOWN, "")
    assert "as far as it was read: no ticket names" in one.reason


def test_the_second_in_which_tickets_were_read_is_known() -> None:
    assert found(change(), known=T, tickets=[ticket()]).verdict is Verdict.APPROVED
    assert found(change(), known=None, tickets=[ticket()]).verdict is Verdict.APPROVED


def test_a_mismatch_may_be_none() -> None:
    other = ticket(operations=frozenset({"delete"}))

    assert found(change(), tickets=[other]).verdict is Verdict.APPROVAL_UNKNOWN


def test_a_standing_approval_needs_no_ticket() -> None:
    one = found(change(), tickets=[ticket()], said={"standing": (standing(),)})

    assert (one.verdict, one.basis, one.ticket) == (Verdict.APPROVED, "standing", "OPS-1")
    expired = standing(expires=at(hours=-1))
    assert found(change(), said={"standing": (expired,)}).verdict is Verdict.APPROVAL_UNKNOWN


def test_a_step_inherits_from_a_rotation_that_was_known_and_not_from_one_that_was_not() -> None:
    steps: dict[str, Any] = {"tickets": [FOR_ROTATION]}

    assert found(STEP, STARTED, rotates(at(hours=-1)), **steps).verdict is Verdict.INHERITED
    assert found(STEP, STARTED, rotates(at(seconds=-30)), **steps).verdict is Verdict.APPROVAL_UNKNOWN


def test_a_step_inherits_from_a_rotation_that_a_standing_approval_covers() -> None:
    covers = standing(operations=frozenset({"rotation"}))

    one = found(STEP, STARTED, rotates(at(seconds=-30)), said={"standing": (covers,)})

    assert one.verdict is Verdict.INHERITED


def test_a_silent_rollback_that_may_be_approved_is_a_signal() -> None:
    old = change(event_id="e-0", time=at(hours=-3), version_id="old")
    new = change(event_id="e-9", time=at(hours=-2), version_id="new")

    one = found(old, new, move("old"))

    assert (one.verdict, one.signals) == (Verdict.APPROVAL_UNKNOWN, ("silent-rollback",))


def test_an_approval_is_unused_only_once_tickets_after_its_window_were_read() -> None:
    other = change(event_id="e-2", secret_arn="", secret_name="other", secret_given="other")

    def unused(known: datetime) -> list[str]:
        result = outcome(other, tickets=[ticket()], said={"known_until": known})
        return [it.ticket.issue_key for it in result.unused_approvals]

    assert unused(at(hours=5)) == []
    assert unused(at(hours=7)) == ["OPS-42"]


def test_a_ticket_that_may_explain_an_unknown_change_is_no_unused_approval() -> None:
    result = outcome(
        change(), tickets=[ticket(window=None, approvals=(approval(at(days=-4)),))], said={"known_until": BEFORE}
    )

    assert result.unused_approvals == ()


def explained(tickets: Iterable[Ticket], known: datetime) -> Explanation:
    rules = Rules(policy=Policy(), as_of=LATER)
    held = population([change()])
    told = TicketSet(tickets=tuple(tickets), identities=IDENTITIES, known_until=known)
    deciding = Deciding(held, grounds_of(held, told, rules))
    [one] = deciding.findings()
    return explain(one, held.events[0], deciding, rules.policy)


def test_an_explanation_says_that_jira_was_not_read() -> None:
    fine, nothing = explained([ticket()], BEFORE), explained([], BEFORE)

    assert any(it.startswith("Jira was last read on") for it in fine.change)
    assert fine.remedies == ("Jira could be read up to 2026-03-10T12:00:00Z: then it is judged again",)
    assert len(nothing.remedies) == 2
    assert explained([ticket()], T).remedies == ()
    assert not any("last read" in it for it in explained([ticket()], T).change)


def test_whoever_acts_is_named_all_the_same() -> None:
    assert found(change(), tickets=[ticket()]).actor == ANA
