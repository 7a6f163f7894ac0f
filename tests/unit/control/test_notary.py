"""The notary issues what the audit would call approved, records it first, and takes it back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.correlation.invented import (
    ACCOUNT,
    ANA,
    ARN,
    BEN,
    IDENTITIES,
    NAME,
    REGION,
    T,
    approval,
    at,
    change,
    finding,
    rejection,
    session,
    ticket,
)
from tests.unit.correlation.sealing import KEY, evidence
from tests.unit.ledger.samples import event

from counterseal.clock import FixedClock
from counterseal.control.notary import STREAM, Office, Request, issuances_in, issue, revoke
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import FieldEdit, Ticket, TicketSet
from counterseal.errors import NotFound, Refused
from counterseal.ledger.sqlite import SqliteLedger

RULES = Rules(policy=Policy(), as_of=T)
REQUEST = Request(issue_key="OPS-42", secret=ARN, operation=Operation.VALUE, principal=ANA.arn)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = SqliteLedger.at(tmp_path / "ledger.sqlite", FixedClock(T))
    yield Office(KEY.notary(), ledger)
    ledger.close()


def told(*tickets: Ticket) -> TicketSet:
    return TicketSet(tickets=tickets or (ticket(),), identities=IDENTITIES)


def test_what_it_issues_proves_the_change(office: Office) -> None:
    issued = issue(REQUEST, told(), RULES, office)
    found = finding(change(version_id=issued.token), tickets=[ticket()], evidence=evidence(issued))

    assert found.verdict is Verdict.PROVED
    assert issued.token.startswith("OPS-42.")
    assert (issued.issuance.secret_name, issued.issuance.secret_arn) == (NAME, ARN)


def test_it_is_in_the_ledger_as_it_was_given_out(office: Office) -> None:
    first, second = issue(REQUEST, told(), RULES, office), issue(REQUEST, told(), RULES, office)

    assert first.token != second.token
    assert issuances_in(office.ledger).issued == (first, second)


def test_what_else_stands_in_the_stream_is_no_issuance(office: Office) -> None:
    office.ledger.append(STREAM, [event()])
    issued = issue(REQUEST, told(), RULES, office)

    assert issuances_in(office.ledger).issued == (issued,)


def test_a_secret_that_is_not_there_yet_is_named(office: Office) -> None:
    request = replace(REQUEST, secret=NAME, account=ACCOUNT, region=REGION)
    issued = issue(request, told(ticket(secrets=(NAME,))), RULES, office)

    assert (issued.issuance.secret_name, issued.issuance.secret_arn) == (NAME, "")


@pytest.mark.parametrize("principal", [session("ana@example.com").arn, f"arn:aws:iam::{ACCOUNT}:role/path/Admin"])
def test_a_session_and_a_role_may_be_expected(office: Office, principal: str) -> None:
    given = replace(told(), identities={"ana.j": ("ana@example.com", f"arn:aws:iam::{ACCOUNT}:role/path/Admin")})
    issued = issue(replace(REQUEST, principal=principal), given, RULES, office)
    found = finding(
        change(version_id=issued.token, actor=session("ana@example.com")),
        tickets=[ticket()],
        said={"identities": given.identities},
        evidence=evidence(issued),
    )

    assert found.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("approved", "span", "end"),
    [
        (ticket(), timedelta(hours=1), at(hours=1)),
        (ticket(), timedelta(hours=24), at(hours=6)),
        (ticket(window=None), timedelta(days=9), at(hours=70)),
    ],
    ids=["as asked", "with the window", "72 hours after the approval"],
)
def test_it_expires_as_asked_and_with_the_ticket_at_the_latest(
    office: Office, approved: Ticket, span: timedelta, end: Any
) -> None:
    assert issue(replace(REQUEST, valid_for=span), told(approved), RULES, office).issuance.expires == end


NOT_APPROVED: dict[str, tuple[Ticket, str]] = {
    "nobody decided": (ticket(approvals=()), "unapproved: awaiting-approval"),
    "rejected": (ticket(approvals=(rejection(at(hours=-1)),)), "mismatched: rejected"),
    "only the requester": (ticket(approvals=(approval(at(hours=-1), by="cleo.j"),)), "mismatched: self-approved"),
    "edited": (ticket(edits=(FieldEdit(at=at(hours=-1), field="secrets"),)), "mismatched: edited"),
    "another secret": (ticket(secrets=("other",)), "mismatched: other-secret"),
    "another operation": (ticket(operations=frozenset({"tag"})), "mismatched: other-operation"),
    "another person": (
        ticket(assignee="ben.j", approvals=(approval(at(hours=-1), by="dan"),)),
        "mismatched: other",
    ),
    "unknown decisions": (ticket(approvals=None), "approval-unknown"),
    "approved later": (ticket(approvals=(approval(at(hours=1)),)), "approved-late"),
    "an emergency": (ticket(approvals=(), emergency_declared_at=at(hours=-1)), "emergency-pending"),
}


@pytest.mark.parametrize("case", NOT_APPROVED)
def test_nothing_is_issued_that_an_audit_would_not_call_approved(office: Office, case: str) -> None:
    given, said = NOT_APPROVED[case]

    with pytest.raises(Refused) as refused:
        issue(REQUEST, told(given), RULES, office)

    assert f"no counterseal for OPS-42: a change made now would be {said}" in str(refused.value)
    assert list(office.ledger.read(STREAM)) == []


def test_nobody_gets_one_whom_the_identities_do_not_know(office: Office) -> None:
    with pytest.raises(Refused, match="would be unattributed"):
        issue(REQUEST, replace(told(), identities={}), RULES, office)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an operation without a token": ({"operation": Operation.DELETE}, "no call for the operation delete"),
    "no time": ({"valid_for": timedelta(0)}, "for a second at least"),
    "no principal": ({"principal": "ana"}, "'ana' is not the ARN of a principal"),
    "no name": ({"secret": "a b"}, "'a b' is not the name of a secret"),
    "a name without a place": ({"secret": NAME}, "is in no account and region"),
    "a name in half a place": ({"secret": NAME, "account": ACCOUNT}, "is in no account and region"),
    "part of an ARN": ({"secret": ARN[:-7]}, "is not the full ARN"),
    "an ARN elsewhere": ({"account": "999999999999"}, "is not in 999999999999 eu-west-1"),
    "an ARN in another region": ({"region": "us-east-1"}, "is not in 111122223333 us-east-1"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_request_is_refused_with_what_is_wrong(office: Office, case: str) -> None:
    changed, said = BAD[case]

    with pytest.raises(Refused) as refused:
        issue(replace(REQUEST, **changed), told(), RULES, office)

    assert said in str(refused.value)


def test_a_ticket_that_was_not_given_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound, match="'OPS-1' is none of the tickets given"):
        issue(replace(REQUEST, issue_key="OPS-1"), told(), RULES, office)


def test_what_is_revoked_proves_nothing_from_then_on(office: Office) -> None:
    issued = issue(REQUEST, told(), RULES, office)
    taken_back = revoke(issued.token, " laptop lost ", at(hours=1), office)
    given = replace(evidence(issued), issuances=issuances_in(office.ledger))
    found = [
        finding(change(version_id=issued.token, time=when), tickets=[ticket()], evidence=given)
        for when in (at(minutes=59), at(hours=1))
    ]

    assert taken_back.revocation.reason == "laptop lost"
    assert [it.verdict for it in found] == [Verdict.PROVED, Verdict.MISMATCHED]
    assert "revoked on 2026-03-10T13:00:00Z (laptop lost)" in found[1].reason


def test_it_is_revoked_once_and_by_its_id_as_well(office: Office) -> None:
    issuance_id = issue(REQUEST, told(), RULES, office).issuance.issuance_id
    revoke(issuance_id, "lost", T, office)

    with pytest.raises(Refused, match="was revoked on 2026-03-10T12:00:00Z: lost"):
        revoke(issuance_id, "again", T, office)


def test_what_was_never_issued_cannot_be_revoked(office: Office) -> None:
    with pytest.raises(NotFound, match="holds no counterseal 'x'"):
        revoke("x", "lost", T, office)


@pytest.mark.parametrize("reason", ["", " ", "x" * 5000])
def test_a_revocation_says_why(office: Office, reason: str) -> None:
    with pytest.raises(Refused, match="needs a reason"):
        revoke("x", reason, T, office)


def test_an_executor_gets_one_too(office: Office) -> None:
    given = ticket(executors=("ben.j",), approvals=(approval(at(hours=-1), by="dan.j"),))

    assert issue(replace(REQUEST, principal=BEN.arn), told(given), RULES, office).issuance.principal == BEN.arn


def test_nothing_is_issued_on_tickets_that_were_read_before_now(office: Office) -> None:
    stale = replace(told(), known_until=at(minutes=-1))

    with pytest.raises(Refused, match=r"would be approval-unknown: Jira was last read on 2026-03-10T11:59:00Z"):
        issue(REQUEST, stale, RULES, office)
    assert issue(REQUEST, replace(told(), known_until=T), RULES, office).token.startswith("OPS-42.")


def test_a_ticket_that_moved_is_asked_for_by_either_key(office: Office) -> None:
    moved = ticket(issue_key="SEC-7", edits=(FieldEdit(at=at(hours=-3), field="Key", former_key="OPS-42"),))

    assert issue(REQUEST, told(moved), RULES, office).issuance.issue_key == "SEC-7"
