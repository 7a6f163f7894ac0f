"""A ticket is asked about a change by the rules that an audit judges by."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.correlation.invented import ACCOUNT, ANA, ARN, BEN, IDENTITIES, NAME, REGION, T, at, ticket

from counterseal.control.approving import JudgedNow
from counterseal.control.ticket_check import Question, check
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import Refused

RULES = Rules(policy=Policy(), as_of=T)


def asked(secret: str = NAME, principal: str = ANA.arn, told: TicketSet | None = None, **changed: Any) -> JudgedNow:
    operation = changed.pop("operation", Operation.VALUE)
    place = {it: changed.pop(it) for it in ("account", "region") if it in changed}
    one = ticket(**changed)
    question = Question(secret=secret, operation=operation, principal=principal, **place)
    return check(question, one, told or TicketSet(tickets=(one,), identities=IDENTITIES), RULES)


@pytest.mark.parametrize("secret", [NAME, ARN])
def test_a_secret_is_named_by_its_name_or_its_arn(secret: str) -> None:
    assert asked(secret).verdict is Verdict.APPROVED


def test_a_name_lies_where_the_ticket_says() -> None:
    one = ticket(secrets=(NAME,), account=ACCOUNT, region=REGION)
    told = TicketSet(tickets=(one,), identities=IDENTITIES)
    question = Question(secret=NAME, operation=Operation.VALUE, principal=ANA.arn)

    assert check(question, one, told, RULES).verdict is Verdict.APPROVED
    assert check(question._replace(account="999999999999"), one, told, RULES).verdict is Verdict.MISMATCHED


def test_without_a_principal_it_is_a_session_that_cites_the_ticket() -> None:
    found = asked(principal="")

    assert (found.verdict, found.judged.basis) == (Verdict.APPROVED, "source-identity")


def test_what_does_not_fit_says_why() -> None:
    assert asked(principal=BEN.arn).reason.startswith("other-actor")
    assert asked(operation=Operation.DELETE).reason.startswith("other-operation")
    assert asked("other").verdict is Verdict.MISMATCHED


def test_tickets_that_were_read_before_now_say_nothing() -> None:
    stale = TicketSet(tickets=(ticket(),), identities=IDENTITIES, known_until=at(minutes=-1))

    assert asked(told=stale).verdict is Verdict.APPROVAL_UNKNOWN
    assert asked(told=replace(stale, known_until=T)).verdict is Verdict.APPROVED


def test_half_an_arn_is_refused() -> None:
    with pytest.raises(Refused, match="is not the full ARN of a secret"):
        asked(ARN[:-7])
