"""The broker grants what the audit would call approved, limited to the ticket, and records it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.correlation.invented import ACCOUNT, ANA, ARN, BEN, IDENTITIES, NAME, REGION, T, approval, at, ticket

from counterseal.clock import FixedClock, format_time
from counterseal.control.session import STREAM, Grant, SessionRequest, grant_session, record_grant
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.correlation.tickets.ticket import FieldEdit, Ticket, TicketSet
from counterseal.errors import NotFound, Refused
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger
from counterseal.ledger.sqlite import SqliteLedger

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/sessions"
RULES = Rules(policy=Policy(), as_of=T)
REQUEST = SessionRequest(issue_key="OPS-42", principal=ANA.arn, role_arn=ROLE)
DELETE = frozenset({"delete"})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    held = SqliteLedger.at(tmp_path / "ledger.sqlite", FixedClock(T))
    yield held
    held.close()


def told(*tickets: Ticket) -> TicketSet:
    return TicketSet(tickets=tickets or (ticket(operations=DELETE),), identities=IDENTITIES)


def granted(given: Ticket | None = None, rules: Rules = RULES, **request: Any) -> Grant:
    return grant_session(replace(REQUEST, **request), told(*[given] if given else []), rules)


def statements(grant: Grant) -> dict[str, dict[str, Any]]:
    written: Any = grant.policy.document()["Statement"]
    return {it["Sid"]: it for it in written}


def test_what_is_granted_is_the_tickets_and_for_its_time() -> None:
    grant = granted()
    only = statements(grant)["Do"]

    assert (grant.issue_key, grant.secrets, grant.operations) == ("OPS-42", (ARN,), ("delete",))
    assert (grant.not_before, grant.expires) == (T, at(hours=1))
    assert list(statements(grant)) == ["Do"]
    assert only["Action"] == [
        "secretsmanager:DeleteSecret",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:ListSecretVersionIds",
    ]
    assert only["Resource"] == ARN
    assert only["Condition"] == {"DateLessThanEquals": {"aws:CurrentTime": format_time(at(hours=1))}}


@pytest.mark.parametrize(
    ("given", "span", "end"),
    [
        (ticket(operations=DELETE), timedelta(hours=12), at(hours=6)),
        (ticket(operations=DELETE, window=None), timedelta(days=9), at(hours=70)),
        (ticket(operations=DELETE), timedelta(minutes=5), at(hours=1 / 12)),
    ],
    ids=["with the window", "72 hours after the approval", "as asked"],
)
def test_it_ends_as_asked_and_with_the_approval_at_the_latest(given: Ticket, span: timedelta, end: Any) -> None:
    assert granted(given, valid_for=span).expires == end


def test_it_is_in_the_ledger_with_everything_but_credentials(ledger: Ledger) -> None:
    grant = granted()
    record_grant(grant, ledger)
    (entry,) = ledger.read(STREAM)

    assert entry.kind is EntryKind.SESSION_GRANTED
    assert entry.body() == {
        "session_id": grant.session_id,
        "issue_id": "10042",
        "issue_key": "OPS-42",
        "principal": ANA.arn,
        "role": ROLE,
        "secrets": [ARN],
        "operations": ["delete"],
        "approval_digest": grant.approval_digest,
        "not_before": format_time(T),
        "expires": format_time(at(hours=1)),
    }
    assert grant.session_name == f"counterseal-{grant.session_id}"
    assert len(grant.session_name) <= 64


RESOURCES: dict[str, tuple[Ticket, str]] = {
    "a full ARN": (ticket(secrets=(ARN,)), ARN),
    "an ARN without its end": (ticket(secrets=(ARN[:-7],)), f"{ARN[:-7]}-??????"),
    "a name where the ticket says": (
        ticket(secrets=(NAME,), account=ACCOUNT, region=REGION),
        f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{NAME}-??????",
    ),
    "a name in the role's account, any region": (
        ticket(secrets=(NAME,), account="", region=""),
        f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:{NAME}-??????",
    ),
}


@pytest.mark.parametrize("case", RESOURCES)
def test_a_secret_is_meant_as_the_ticket_names_it(case: str) -> None:
    given, resource = RESOURCES[case]

    assert statements(granted(given))["Do"]["Resource"] == resource


def test_what_makes_versions_may_use_the_key_that_the_role_names() -> None:
    grant = granted(ticket(operations=frozenset({"value", "rotation"})))

    assert list(statements(grant)) == ["Do", "Key", "Rotate"]
    assert statements(grant)["Key"]["Condition"]["StringLike"] == {"kms:ViaService": "secretsmanager.*.amazonaws.com"}
    assert statements(grant)["Rotate"]["Action"] == "lambda:InvokeFunction"


def test_any_operation_is_every_one_and_fits_into_a_session() -> None:
    grant = granted(ticket(operations=frozenset({"any"})))

    assert len(grant.operations) == 10
    assert "secretsmanager:UpdateSecretVersionStage" in statements(grant)["Do"]["Action"]


def test_it_may_be_narrowed_and_not_widened() -> None:
    both = ticket(secrets=(ARN, "other"), operations=frozenset({"delete", "tag"}))
    grant = granted(both, secrets=("other",), operations=("tag",))

    assert (grant.secrets, grant.operations) == (("other",), ("tag",))
    with pytest.raises(Refused, match="OPS-42 does not name the secret 'third'"):
        granted(both, secrets=("third",))
    with pytest.raises(Refused, match="OPS-42 does not approve the operation 'label'"):
        granted(both, operations=("label",))


def test_more_than_a_session_can_carry_is_refused() -> None:
    many = ticket(secrets=tuple(f"{ARN[:-7]}{number:03}" for number in range(40)), operations=DELETE)

    with pytest.raises(Refused, match=r"has \d+ characters, and AWS takes 2048") as refused:
        granted(many)

    assert "open several sessions" in refused.value.hint


NOT_GRANTED: dict[str, tuple[Ticket, str]] = {
    "nobody decided": (ticket(approvals=()), "unapproved: awaiting-approval"),
    "only the requester": (ticket(approvals=(approval(at(hours=-1), by="cleo.j"),)), "mismatched: self-approved"),
    "edited": (ticket(edits=(FieldEdit(at=at(hours=-1), field="secrets"),)), "mismatched: edited"),
    "another person": (
        ticket(assignee="ben.j", approvals=(approval(at(hours=-1), by="dan"),)),
        "mismatched: other",
    ),
    "unknown decisions": (ticket(approvals=None), "approval-unknown"),
    "approved later": (ticket(approvals=(approval(at(hours=1)),)), "approved-late"),
}


@pytest.mark.parametrize("case", NOT_GRANTED)
def test_nothing_is_granted_that_an_audit_would_not_call_approved(case: str) -> None:
    given, said = NOT_GRANTED[case]

    with pytest.raises(Refused) as refused:
        granted(given)

    assert f"no session for OPS-42: a change made now would be {said}" in str(refused.value)


def test_nobody_gets_one_whom_the_identities_do_not_know() -> None:
    with pytest.raises(Refused, match="the identities do not know"):
        grant_session(REQUEST, replace(told(), identities={}), RULES)


def test_the_approver_does_not_get_one() -> None:
    with pytest.raises(Refused, match="no session for OPS-42"):
        granted(principal=BEN.arn)


def test_a_policy_that_wants_source_identities_is_content_with_a_session() -> None:
    strict = Rules(policy=Policy(minimum_basis=Basis.SOURCE_IDENTITY), as_of=T)

    assert granted(rules=strict).issue_key == "OPS-42"


BAD: dict[str, tuple[dict[str, Any], Ticket, str]] = {
    "no time": ({"valid_for": timedelta(0)}, ticket(), "for a second at least"),
    "no principal": ({"principal": "ana"}, ticket(), "'ana' is not the ARN of a principal"),
    "no role": ({"role_arn": "sessions"}, ticket(), "'sessions' is not the ARN of a role"),
    "a pattern for a secret": ({}, ticket(secrets=("db/*",)), "no policy can be made of it"),
    "a pattern for an ARN": ({}, ticket(secrets=(f"{ARN[:-9]}*",)), "no policy can be made of it"),
    "no secret": ({}, ticket(secrets=()), "OPS-42 names no secret"),
    "no operation": ({}, ticket(operations=frozenset()), "OPS-42 names no operation"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_request_is_refused(case: str) -> None:
    request, given, said = BAD[case]

    with pytest.raises(Refused, match=said):
        granted(given, **request)


def test_a_ticket_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="'OPS-1' is none of the tickets"):
        granted(issue_key="OPS-1")


def test_the_policy_is_ascii_json_as_sts_takes_it() -> None:
    assert json.dumps(granted().policy.document()).isascii()
