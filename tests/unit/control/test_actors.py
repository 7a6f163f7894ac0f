"""Who acted, through the whole audit: people of the identity centre, and stacks of CloudFormation.

The shapes are those of CloudTrail's user guide, "userIdentity element"; the people are invented.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, ANA, BEN, IDENTITIES, record, ticket, write_logs, write_tickets

from counterseal.control.audit import Sources, audit_files
from counterseal.correlation.judging.finding import Finding
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.tickets.policy import Policy

CLOUDFORMATION = "cloudformation.amazonaws.com"
BY_STACK: dict[str, Any] = {"sourceIPAddress": CLOUDFORMATION, "userAgent": CLOUDFORMATION}
STORE = f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-1234567890"
ANA_ID, BEN_ID = "94482488-3041-7055-1b7f-000000000001", "94482488-3041-7055-1b7f-000000000002"
SERVICE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/stacks/deploys"


def sso(user: str, *, on_behalf_of: str = "") -> dict[str, Any]:
    """Return the session that the identity centre opens: its permission set's role, and the user's name."""
    role = "AWSReservedSSO_Operator_0f1e2d3c4b5a6978"
    issuer = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/{role}"
    identity: dict[str, Any] = {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{user}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{user}",
        "accountId": ACCOUNT,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": issuer, "userName": role}},
    }
    return identity | ({"onBehalfOf": {"userId": on_behalf_of, "identityStoreArn": STORE}} if on_behalf_of else {})


def centre_user(user_id: str) -> dict[str, Any]:
    """Return a user of the identity centre who acts without a role: no ARN, no session."""
    return {
        "type": "IdentityCenterUser",
        "accountId": ACCOUNT,
        "onBehalfOf": {"userId": user_id, "identityStoreArn": STORE},
        "credentialId": "an invented credential",
    }


def through_stack(identity: dict[str, Any]) -> dict[str, Any]:
    """Return a change that CloudFormation makes with the rights of whoever called it."""
    return record(userIdentity=identity | {"invokedBy": CLOUDFORMATION}, **BY_STACK)


def user(name: str) -> dict[str, Any]:
    return {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "accountId": ACCOUNT, "userName": name}


SERVICE_ROLE_SESSION = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:AWSCloudFormation",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploys/AWSCloudFormation",
    "accountId": ACCOUNT,
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": SERVICE_ROLE, "userName": "deploys"}},
}


def audited(folder: Path, *records: dict[str, Any], **more: Any) -> Finding:
    """Audit records against the ticket that ana works on and ben approved, and return the one finding."""
    people = {**IDENTITIES, "ana.j": [*IDENTITIES["ana.j"], ANA_ID], "ben.j": [BEN, BEN_ID, "ben@example.com"]}
    tickets = write_tickets(folder, ticket(**more.pop("ticket", {})), **({"identities": people} | more))
    rules = Rules(policy=Policy(), as_of=datetime(2026, 3, 20, tzinfo=UTC))
    [found] = audit_files(Sources([write_logs(folder, *records)], tickets), rules=rules).findings
    return found


def judged(found: Finding) -> tuple[str, str]:
    """Return the verdict, and on what strength the actor was matched."""
    return str(found.verdict), found.basis


@pytest.mark.parametrize(
    "identity",
    [sso("ana@example.com"), sso("a.jones", on_behalf_of=ANA_ID), centre_user(ANA_ID)],
    ids=["by session name", "by user id", "without a role"],
)
def test_a_person_of_the_identity_centre_is_who_the_map_says(identity: dict[str, Any], tmp_path: Path) -> None:
    found = audited(tmp_path, record(userIdentity=identity))

    assert judged(found) == ("approved", "mapped-actor")
    assert found.actor.name == str(identity.get("arn", ANA_ID)).rpartition("/")[2]


@pytest.mark.parametrize(
    "identity",
    [
        sso("ben@example.com"),
        sso("b.jones", on_behalf_of=BEN_ID),
        centre_user(BEN_ID),
        # The session's name is what somebody chose, the user is who signed in.
        sso("ana@example.com", on_behalf_of=BEN_ID),
    ],
)
def test_another_person_of_the_identity_centre_is_another_person(identity: dict[str, Any], tmp_path: Path) -> None:
    found = audited(tmp_path, record(userIdentity=identity), ticket={"requester": "dora.j"})

    assert found.verdict == "mismatched"
    assert "ben.j" in found.reason


@pytest.mark.parametrize("identity", [sso("eve@example.com"), centre_user("94482488-3041-7055-1b7f-000000000009")])
def test_a_person_whom_the_map_does_not_know_is_nobody(identity: dict[str, Any], tmp_path: Path) -> None:
    found = audited(tmp_path, record(userIdentity=identity))

    assert found.verdict == "unattributed"
    assert str(identity.get("arn") or identity["onBehalfOf"]["userId"]) in found.reason


def test_the_user_who_signed_in_counts_before_the_role_that_several_may_use(tmp_path: Path) -> None:
    identity = sso("a.jones", on_behalf_of=ANA_ID)
    role = identity["sessionContext"]["sessionIssuer"]["arn"]

    found = audited(
        tmp_path, record(userIdentity=identity), identities={"ana.j": [ANA_ID], "zoe.j": [role], "ben.j": [BEN]}
    )

    assert judged(found) == ("approved", "mapped-actor")
    assert "zoe.j" not in found.reason


@pytest.mark.parametrize("identity", [user("ana"), sso("ana@example.com"), sso("x", on_behalf_of=ANA_ID)])
def test_a_stack_acts_for_its_caller(identity: dict[str, Any], tmp_path: Path) -> None:
    found = audited(tmp_path, through_stack(identity))

    assert judged(found) == ("approved", "mapped-actor")
    assert (found.actor.arn, found.actor.via) == (identity["arn"], CLOUDFORMATION)


def test_a_stack_of_somebody_else_is_somebody_elses_change(tmp_path: Path) -> None:
    found = audited(tmp_path, through_stack(user("ben")), ticket={"requester": "dora.j"})

    assert found.verdict == "mismatched"
    assert "ben.j" in found.reason


def test_the_service_role_of_a_stack_is_nobody_unless_it_stands_in_for_somebody(tmp_path: Path) -> None:
    found = audited(tmp_path, through_stack(SERVICE_ROLE_SESSION))

    assert found.verdict == "unattributed"
    assert "assumed-role/deploys/AWSCloudFormation" in found.reason


def test_who_called_the_stack_of_a_service_role_is_not_guessed(tmp_path: Path) -> None:
    called = record(
        "UpdateStack",
        number=2,
        userIdentity=user("ana"),
        eventSource=CLOUDFORMATION,
        requestParameters={"stackName": "secrets", "roleARN": SERVICE_ROLE},
        responseElements=None,
    )

    found = audited(tmp_path, called, through_stack(SERVICE_ROLE_SESSION))

    assert (found.event_id, str(found.verdict)) == ("e-1", "unattributed")


def test_a_standing_approval_may_name_the_service_role(tmp_path: Path) -> None:
    standing = {"principal": SERVICE_ROLE, "secrets": ["db/password"], "operations": ["value"], "ticket": "OPS-7",
                "owner": "cleo.j", "expires": "2026-12-31"}  # fmt: skip

    found = audited(tmp_path, through_stack(SERVICE_ROLE_SESSION), ticket={"secrets": ["other"]}, standing=[standing])

    assert (*judged(found), found.ticket) == ("approved", "standing", "OPS-7")


def test_the_map_may_say_whose_the_service_role_is(tmp_path: Path) -> None:
    found = audited(tmp_path, through_stack(SERVICE_ROLE_SESSION), identities={"ana.j": [SERVICE_ROLE], "ben.j": [BEN]})

    assert judged(found) == ("approved", "mapped-actor")


def test_an_approver_cannot_approve_what_a_stack_does_for_them(tmp_path: Path) -> None:
    found = audited(tmp_path, through_stack(user("ben")), ticket={"assignee": "ben.j"})

    assert found.verdict == "mismatched"
    assert "self-approved" in found.reason


def test_the_ana_of_the_story_is_the_one_of_the_map() -> None:
    assert user("ana")["arn"] == ANA
