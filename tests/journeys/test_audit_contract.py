"""The contract of `audit --json`, from outside: files in, one object out (docs/reference/audit-json.md)."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import (
    ACCOUNT,
    ANA,
    ARN,
    BEN,
    REGION,
    approval,
    record,
    session,
    ticket,
    write_logs,
    write_tickets,
)

from counterseal.cli.main import main

LATER = "2026-03-20T00:00:00Z"
NO_WINDOW = {"window": None}
STANDING = {"principal": ANA, "secrets": [ARN], "operations": ["value"], "ticket": "OPS-1", "owner": "cleo.j"}


@pytest.fixture
def audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs `audit --json` and gives the exit status and the object."""

    def run(
        *records: dict[str, Any], tickets: list[dict[str, Any]], options: list[str] | None = None, **more: Any
    ) -> Any:
        logs, file = write_logs(tmp_path, *records), write_tickets(tmp_path, *tickets, **more)
        status = main(["audit", str(logs), "--tickets", str(file), "--as-of", LATER, "--json", *(options or [])])
        return status, json.loads(capsys.readouterr().out)

    return run


VERDICTS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str, str]] = {
    "an approval before the change": ({}, [ticket()], "approved", ""),
    "an approval at the very second": ({}, [ticket(approvals=[approval("2026-03-10T12:00:00Z")])], "approved", ""),
    "fractions of a second do not count": (
        {},
        [ticket(approvals=[approval("2026-03-10T12:00:00.9Z")])],
        "approved",
        "",
    ),
    "an approval one second late": ({}, [ticket(approvals=[approval("2026-03-10T12:00:01Z")])], "approved-late", ""),
    "a late approval needs no window": (
        {},
        [ticket(approvals=[approval("2026-03-10T15:00:00Z")], **NO_WINDOW)],
        "approved-late",
        "",
    ),
    "the window may end before a late approval": (
        {},
        [ticket(approvals=[approval("2026-03-12T12:00:00Z")])],
        "approved-late",
        "",
    ),
    "the end of the window belongs to it": (
        {},
        [ticket(window={"from": "2026-03-10T00:00:00Z", "to": "2026-03-10T12:00:00Z"})],
        "approved",
        "",
    ),
    "no ticket at all": ({}, [], "unapproved", ""),
    "a ticket for another secret": ({}, [ticket(secrets=["other"])], "unapproved", ""),
    "a ticket that still waits": ({}, [ticket(approvals=[], status="Open")], "unapproved", "awaiting"),
    "rejected": (
        {},
        [ticket(approvals=[approval("2026-03-10T10:00:00Z", decision="rejected")])],
        "mismatched",
        "rejected",
    ),
    "declined reads as rejected": (
        {},
        [ticket(approvals=[approval("2026-03-10T10:00:00Z", decision="declined")])],
        "mismatched",
        "rejected",
    ),
    "outside the window": (
        {},
        [ticket(window={"from": "2026-03-08T00:00:00Z", "to": "2026-03-09T00:00:00Z"})],
        "mismatched",
        "window",
    ),
    "72 hours after an approval without a window": (
        {},
        [ticket(approvals=[approval("2026-03-07T11:59:59Z")], **NO_WINDOW)],
        "mismatched",
        "window",
    ),
    "just within 72 hours": ({}, [ticket(approvals=[approval("2026-03-07T12:00:00Z")], **NO_WINDOW)], "approved", ""),
    "a window too long ago is no candidate": (
        {},
        [
            ticket(
                approvals=[approval("2026-02-01T00:00:00Z")],
                window={"from": "2026-02-01T00:00:00Z", "to": "2026-02-02T00:00:00Z"},
            )
        ],
        "unapproved",
        "",
    ),
    "another operation": ({}, [ticket(operations=["delete"])], "mismatched", "operation"),
    "any operation": ({}, [ticket(operations=["any"])], "approved", ""),
    "a known other person": (
        {"userIdentity": {"type": "IAMUser", "arn": BEN}},
        [ticket(requester="x", approvals=[approval("2026-03-10T10:00:00Z", by="cleo.j")])],
        "mismatched",
        "actor",
    ),
    "a listed executor": (
        {"userIdentity": {"type": "IAMUser", "arn": BEN}},
        [ticket(executors=["ben.j"], approvals=[approval("2026-03-10T10:00:00Z", by="dan.j")])],
        "approved",
        "",
    ),
    "an actor that maps to nobody": (
        {"userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/zoe"}},
        [ticket()],
        "unattributed",
        "",
    ),
    "approved by the requester": (
        {},
        [ticket(approvals=[approval("2026-03-10T10:00:00Z", by="cleo.j")])],
        "mismatched",
        "self",
    ),
    "approved by the actor": (
        {},
        [ticket(approvals=[approval("2026-03-10T10:00:00Z", by="ana.j")])],
        "mismatched",
        "self",
    ),
    "edited between approval and change": (
        {},
        [ticket(edits=[{"at": "2026-03-10T11:00:00Z", "field": "secrets"}])],
        "mismatched",
        "edited",
    ),
    "edited before the approval": (
        {},
        [ticket(edits=[{"at": "2026-03-10T09:00:00Z", "field": "secrets"}])],
        "approved",
        "",
    ),
    "edited after the change": (
        {},
        [ticket(edits=[{"at": "2026-03-10T13:00:00Z", "field": "secrets"}])],
        "approved",
        "",
    ),
    "an undated change after approval": ({}, [ticket(changed_after_approval=True)], "mismatched", "edited"),
    "reopened between approval and change": (
        {},
        [ticket(status_history=[{"at": "2026-03-10T11:00:00Z", "to": "Reopened"}])],
        "mismatched",
        "reopened",
    ),
    "approvals that could not be read": ({}, [ticket(approvals=None)], "approval-unknown", ""),
    "an emergency approved in time": (
        {},
        [ticket(emergency={"declared_at": "2026-03-10T11:00:00Z"}, approvals=[approval("2026-03-11T11:00:00Z")])],
        "emergency",
        "",
    ),
    "an emergency approved too late": (
        {},
        [ticket(emergency={"declared_at": "2026-03-10T11:00:00Z"}, approvals=[approval("2026-03-11T12:00:01Z")])],
        "approved-late",
        "",
    ),
    "an emergency nobody approved": (
        {},
        [ticket(emergency={"declared_at": "2026-03-10T11:00:00Z"}, approvals=[])],
        "emergency-overdue",
        "",
    ),
    "an emergency declared after the change": (
        {},
        [ticket(emergency={"declared_at": "2026-03-10T12:00:01Z"}, approvals=[approval("2026-03-10T13:00:00Z")])],
        "approved-late",
        "",
    ),
    "the secret by its name": ({}, [ticket(secrets=["db/password"])], "approved", ""),
    "the name in another account": ({}, [ticket(secrets=["db/password"], account="999999999999")], "unapproved", ""),
    "the name in another region": ({}, [ticket(secrets=["db/password"], region="us-east-1")], "unapproved", ""),
    "the best of several tickets": (
        {},
        [ticket(key="OPS-1", id="1", approvals=[approval("2026-03-10T10:00:00Z", decision="rejected")]), ticket()],
        "approved",
        "",
    ),
    "source identity cites the ticket": (
        {"userIdentity": session("x", source_identity="OPS-42")},
        [ticket()],
        "approved",
        "",
    ),
    "the session name cites the ticket": ({"userIdentity": session("OPS-42")}, [ticket()], "approved", ""),
    "a mapped session name": ({"userIdentity": session("ana@example.com")}, [ticket()], "approved", ""),
    "cited for another secret": (
        {"userIdentity": session("x", source_identity="OPS-42")},
        [ticket(secrets=["other"])],
        "mismatched",
        "secret",
    ),
    "errorCode 200 is a success": ({"errorCode": "200"}, [ticket()], "approved", ""),
    "null response elements are a success": ({"responseElements": None}, [ticket()], "approved", ""),
    "a refused write is an attempt": (
        {"errorCode": "AccessDenied", "responseElements": None},
        [ticket()],
        "attempt",
        "",
    ),
}
DISCREPANCIES = {
    "approved-late",
    "approval-unknown",
    "unattributed",
    "mismatched",
    "unapproved",
    "emergency-overdue",
    "emergency-pending",
}


@pytest.mark.parametrize("case", VERDICTS)
def test_one_change_gets_the_verdict_of_the_design(case: str, audit: Any) -> None:
    changed, tickets, verdict, word = VERDICTS[case]

    status, found = audit(record(**changed), tickets=tickets)

    [finding] = found["findings"]
    assert finding["verdict"] == verdict, finding["reason"]
    assert word in finding["reason"]
    assert status == (10 if verdict in DISCREPANCIES else 0)


def test_the_object_has_the_keys_of_the_contract(audit: Any) -> None:
    _, found = audit(record(), tickets=[ticket()])

    assert found["schema"] == "counterseal/audit/v1"
    assert found["as_of"] == LATER
    assert set(found) >= {
        "schema",
        "as_of",
        "population",
        "findings",
        "guard_events",
        "blind_intervals",
        "unused_approvals",
    }
    assert set(found["population"]) >= {
        "records", "changes", "attempts", "service_events", "unclassified", "duplicates", "conflicts", "from", "to",
    }  # fmt: skip
    [finding] = found["findings"]
    assert set(finding) >= {
        "verdict", "basis", "reason", "signals", "service", "event", "event_id", "time", "account", "region", "secret",
        "secret_name", "version_id", "actor", "ticket", "witnesses",
    }  # fmt: skip
    assert set(finding["actor"]) >= {"type", "arn", "name", "via"}
    assert finding["service"] == "secretsmanager"
    assert finding["event"] == "PutSecretValue"
    assert finding["secret"] == ARN
    assert finding["secret_name"] == "db/password"
    assert finding["ticket"] == "OPS-42"
    assert finding["witnesses"] == ["cloudtrail"]
    assert (finding["account"], finding["region"], finding["actor"]["arn"]) == (ACCOUNT, REGION, ANA)


def test_what_did_not_match_has_no_ticket_and_no_guess(audit: Any) -> None:
    _, found = audit(record(requestParameters={"secretId": "db"}, responseElements=None), tickets=[])

    [finding] = found["findings"]
    assert (finding["ticket"], finding["secret"]) == (None, None)


def test_a_read_gives_no_finding(audit: Any) -> None:
    status, found = audit(record("GetSecretValue", readOnly=True), tickets=[])

    assert (status, found["findings"]) == (0, [])
    assert found["population"]["records"] == 1


def test_the_same_record_twice_is_one_finding(audit: Any) -> None:
    _, found = audit(record(), record(), tickets=[ticket()])

    assert len(found["findings"]) == 1
    assert found["population"]["duplicates"] == 1


def test_the_same_id_with_another_content_is_a_conflict(audit: Any) -> None:
    _, found = audit(record(), record(userAgent="another"), tickets=[ticket()])

    assert found["population"]["conflicts"] == 1


def test_an_unknown_write_surfaces(audit: Any) -> None:
    status, found = audit(record("FrobnicateSecret"), tickets=[ticket()])

    assert (status, found["findings"][0]["verdict"]) == (10, "unclassified")


def test_an_unused_approval_is_listed_and_is_no_discrepancy(audit: Any) -> None:
    status, found = audit(tickets=[ticket()])

    assert [it["ticket"] if isinstance(it, dict) else it for it in found["unused_approvals"]] == ["OPS-42"]
    assert status == 0


def test_an_attempt_sets_the_exit_status_only_when_strict(audit: Any) -> None:
    refused = record(errorCode="AccessDenied", responseElements=None)

    assert audit(refused, tickets=[])[0] == 0
    assert audit(refused, tickets=[], options=["--strict"])[0] == 10


def test_a_stopped_trail_makes_a_blind_interval_and_a_discrepancy(audit: Any) -> None:
    stopped = record(
        "StopLogging", eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "t"}, responseElements=None
    )

    status, found = audit(stopped, tickets=[])

    assert len(found["guard_events"]) == 1
    assert len(found["blind_intervals"]) == 1
    assert status == 10


def test_an_unknown_key_in_the_ticket_file_is_named(
    audit: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    logs, file = write_logs(tmp_path, record()), write_tickets(tmp_path, ticket(aprovals=[]))

    assert main(["audit", str(logs), "--tickets", str(file)]) == 12
    assert "aprovals" in capsys.readouterr().err


def test_a_standing_approval_covers_its_principal(audit: Any) -> None:
    status, found = audit(record(), tickets=[], standing=[STANDING | {"expires": "2027-01-01T00:00:00Z"}])

    assert (status, found["findings"][0]["verdict"], found["findings"][0]["ticket"]) == (0, "approved", "OPS-1")


def test_a_standing_approval_ends_when_it_expires(audit: Any) -> None:
    assert audit(record(), tickets=[], standing=[STANDING | {"expires": "2026-03-10T11:59:59Z"}])[0] == 10
