"""Files in, one result out, and every fault named with its file."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.journeys.story import record, ticket, write_logs, write_tickets
from tests.unit.correlation.making import object_call

from counterseal.control.audit import Sources, audit_files, read_policy_file, read_tickets, with_baseline
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Kind
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import MalformedInput, NotFound, SettingsError

RULES = Rules(policy=Policy(), as_of=datetime(2026, 3, 20, tzinfo=UTC))


def test_records_are_joined_with_tickets(tmp_path: Path) -> None:
    result = audit_files(Sources([write_logs(tmp_path, record())], write_tickets(tmp_path, ticket())), rules=RULES)

    assert [it.verdict for it in result.findings] == [Verdict.APPROVED]
    assert result.notes == ()


def test_without_tickets_nothing_is_approved(tmp_path: Path) -> None:
    result = audit_files(Sources([write_logs(tmp_path, record())]), rules=RULES)

    assert [it.verdict for it in result.findings] == [Verdict.UNAPPROVED]


def test_files_left_alone_are_told(tmp_path: Path) -> None:
    logs = write_logs(tmp_path, record())
    (logs / "readme.txt").write_text("x")

    result = audit_files(Sources([logs], write_tickets(tmp_path)), rules=RULES)

    assert result.notes == ("1 files were left alone for their names",)


def test_a_guarded_bucket_of_which_no_write_was_recorded_is_told(tmp_path: Path) -> None:
    rules = replace(RULES, policy=Policy(guarded_buckets=("acme-logs", "acme-safes")))
    delivered = object_call("PutObject", userIdentity={"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"})

    result = audit_files(Sources([write_logs(tmp_path, record(), delivered, object_call("DeleteObject"))]), rules=rules)

    assert [(it.name, it.facts["object"]) for it in result.guard_events] == [("DeleteObject", "some/thing")]
    [said] = result.unseen
    assert said == (
        "what was done to the objects in the bucket 'acme-safes': no record of a write to it was read, and a trail"
        " records such data events only where its event selectors ask for them"
    )


def test_the_progress_is_told(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []

    audit_files(Sources([write_logs(tmp_path, record())]), rules=RULES, progress=lambda *it: steps.append(it))

    assert steps == [(1, 1)]


def test_what_comes_after_reading_is_told(tmp_path: Path) -> None:
    told: list[object] = []
    logs = [write_logs(tmp_path, record())]

    audit_files(Sources(logs), rules=RULES, progress=lambda *it: told.append(it), stage=told.append)
    assert told == [(1, 1), "judging"]

    audit_files(Sources(logs, asked=AskedTickets(TicketSet())), rules=RULES, stage=told.append)
    assert told[2:] == ["asking for tickets", "judging"]


def test_a_slip_in_the_tickets_shows_before_the_records_are_read(tmp_path: Path) -> None:
    with pytest.raises(MalformedInput, match=r"unknown key tickets\[0\]\.aprovals") as refused:
        audit_files(Sources([tmp_path / "absent"], write_tickets(tmp_path, ticket(aprovals=[]))), rules=RULES)

    assert "tickets.json" in str(refused.value)
    assert refused.value.hint == "did you mean 'approvals'?"


def test_a_jira_search_response_is_taken_for_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "search.json"
    issue = {"id": "1", "key": "OPS-1", "fields": {"customfield_1": "db"}, "changelog": {"histories": []}}
    file.write_text(json.dumps({"issues": [issue]}))

    told = read_tickets(file, Policy(jira_fields={"secrets": "customfield_1"}))

    assert told.tickets[0].secrets == ("db",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON: Expecting property name"),
        (b"\xff{}", "is not JSON: 'utf-8' codec"),
        (b'{"tickets": [], "tickets": []}', "the key 'tickets' stands twice in one object"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "the document must be an object"),
        (b'{"issues": 1}', "issues must be a list"),
    ],
)
def test_a_ticket_file_that_is_none_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "tickets.json"
    file.write_bytes(content)

    with pytest.raises(MalformedInput) as refused:
        read_tickets(file, Policy())

    assert str(file) in str(refused.value)
    assert message in str(refused.value)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "tickets.json"
    file.write_bytes(b'\xef\xbb\xbf{"tickets": []}')

    assert read_tickets(file, Policy()).tickets == ()


def test_tickets_that_are_not_there_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_tickets(tmp_path / "absent.json", Policy())


def policy_file(folder: Path, content: bytes) -> Path:
    file = folder / "rules.toml"
    file.write_bytes(content)
    return file


def test_a_policy_is_read_from_its_table(tmp_path: Path) -> None:
    file = policy_file(tmp_path, b"[storage]\nuri = 'x'\n[policy]\napprovers_needed = 2\n")

    assert read_policy_file(file).approvers_needed == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[policy", "is not TOML"),
        (b"\xff", "is not TOML"),
        (b"[polcy]", r"has no table \[policy\]"),
        (b"[policy]\nx = 1", "unknown key policy.x"),
    ],
)
def test_a_policy_that_is_none_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        read_policy_file(policy_file(tmp_path, content))

    assert "rules.toml" in str(refused.value)


def test_a_policy_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read: No such file"):
        read_policy_file(tmp_path / "absent.toml")
    with pytest.raises(SettingsError, match=r"cannot be read: Is a directory"):
        read_policy_file(tmp_path)


def test_a_baseline_given_is_stronger_than_the_policy() -> None:
    own, given = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)

    assert with_baseline(Policy(baseline=own), given).baseline == given
    assert with_baseline(Policy(baseline=own), None).baseline == own


class AskedTickets:
    """Answers with what it was given, and remembers what it was asked."""

    def __init__(self, told: TicketSet) -> None:
        self.told = told
        self.asked: list[tuple[set[str], datetime, datetime]] = []

    def ticket(self, issue_key: str) -> TicketSet:
        raise NotImplementedError(issue_key)

    def concerning(self, secrets: Collection[str], *, since: datetime, until: datetime) -> TicketSet:
        self.asked.append((set(secrets), since, until))
        return self.told


def test_tickets_are_asked_for_the_changes_that_were_read(tmp_path: Path) -> None:
    logs = write_logs(tmp_path, record(number=1), record(number=2), record("GetSecretValue", number=3))
    told = read_tickets(write_tickets(tmp_path, ticket()), Policy())
    asked = AskedTickets(told)

    result = audit_files(Sources([logs], asked=asked), rules=RULES)

    changes = [it for it in result.population.events if it.kind is Kind.CHANGE]
    assert asked.asked == [({changes[0].secret_arn}, changes[0].time, changes[-1].time)]
    assert result.tickets == told.tickets


def test_without_a_change_nobody_is_asked(tmp_path: Path) -> None:
    asked = AskedTickets(TicketSet())

    audit_files(Sources([write_logs(tmp_path, record("GetSecretValue"))], asked=asked), rules=RULES)

    assert asked.asked == []
