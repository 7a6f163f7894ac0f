"""What an audit found, recorded: once, whole, and never overwritten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from tests.unit.ledger.samples import TickingClock

from counterseal.control import BlindInterval, Outcome, Recorded, record, record_audit
from counterseal.control.record import BATCH, outcome_of
from counterseal.correlation import Actor, Approval, Event, Finding, Kind, Operation, Ticket, Verdict
from counterseal.correlation.judging.aside import UnusedApproval
from counterseal.correlation.judging.result import DISCREPANCIES, AuditResult
from counterseal.correlation.records.interval import BlindInterval as SeenInterval
from counterseal.correlation.records.population import Population
from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.correlation.tickets.ticket import Decision, FieldEdit, StatusMove, Window
from counterseal.errors import Refused
from counterseal.ledger import Draft, EntryKind
from counterseal.ledger.sqlite import SqliteLedger

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Actor(type="AssumedRole", arn="arn:aws:sts::111122223333:assumed-role/deploy/ada", name="ada", session_name="ada")
POPULATION: dict[str, int | str | None] = {
    "records": 3, "changes": 1, "attempts": 1, "service_events": 0, "unclassified": 0, "duplicates": 0, "conflicts": 0,
    "from": "2026-03-10T11:00:00Z", "to": "2026-03-10T12:00:00Z",
}  # fmt: skip
CHANGE = Finding(
    verdict=Verdict.UNAPPROVED,
    reason="no ticket names the secret",
    service="secretsmanager",
    event="PutSecretValue",
    event_id="e-1",
    time=NOON,
    account="111122223333",
    region="eu-west-1",
    actor=ADA,
    signals=("repeat",),
    secret="arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf",
    secret_name="db/password",
    version_id="v-1",
    witnesses=("cloudtrail", "kms"),
)
EVENT = Event(
    event_id="e-1", account="111122223333", region="eu-west-1", time=NOON, service="secretsmanager",
    name="PutSecretValue", kind=Kind.CHANGE, operation=Operation.VALUE, actor=ADA, secret_given="db/password",
    digest="a" * 64, source="a.json", facts={"secretString": "hunter2"},
)  # fmt: skip
TICKET = Ticket(
    issue_id="10001",
    issue_key="OPS-1",
    secrets=("db/password",),
    operations=frozenset({"value", "label"}),
    approvals=(Approval(by="cleo", at=NOON - HOUR, decision=Decision.APPROVED),),
    window=Window(start=NOON - HOUR, end=NOON + HOUR),
    emergency_declared_at=NOON,
    edits=(FieldEdit(at=NOON, field="summary"),),
    status_history=(StatusMove(at=NOON, to="Done"),),
)
OUTCOME = Outcome(
    as_of=NOON + HOUR,
    is_discrepancy=lambda it: it.verdict in DISCREPANCIES,
    findings=(CHANGE, replace(CHANGE, verdict=Verdict.ATTEMPT, event_id="e-2")),
    population=POPULATION,
    guard_events=(structs.replace(EVENT, event_id="g-1", kind=Kind.GUARD, name="StopLogging", operation=None),),
    blind_intervals=(BlindInterval("111122223333", "eu-west-1", NOON, None, "the trail was stopped", "g-1", "main"),),
    events=(EVENT,),
    tickets=(TICKET,),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


def held(ledger: SqliteLedger, kind: EntryKind) -> list[dict[str, Any]]:
    """Return the bodies of all entries of a kind."""
    return [entry.body() for entry in ledger.read("audit") if entry.kind is kind]


def test_an_audit_is_recorded_with_its_own_entry_last(ledger: SqliteLedger) -> None:
    recorded = record_audit(ledger, OUTCOME)

    assert recorded == Recorded(added=7, known=0, conflicts=0)
    assert [entry.kind.value for entry in ledger.read("audit")] == [
        "ticket-snapshot", "event", "guard-event", "blind-interval", "verdict", "verdict", "audit-run",
    ]  # fmt: skip
    assert ledger.verify() is None


def test_the_same_audit_again_adds_nothing(ledger: SqliteLedger) -> None:
    record_audit(ledger, OUTCOME)

    assert record_audit(ledger, OUTCOME) == Recorded(added=0, known=7, conflicts=0)


def test_a_changed_verdict_is_added_and_the_first_one_stays(ledger: SqliteLedger) -> None:
    record_audit(ledger, OUTCOME)
    later = replace(
        OUTCOME, as_of=NOON + 2 * HOUR, findings=(replace(CHANGE, verdict=Verdict.APPROVED_LATE, ticket="OPS-1"),)
    )

    assert record_audit(ledger, later) == Recorded(added=2, known=4, conflicts=0)
    assert [(it["event_id"], it["verdict"]) for it in held(ledger, EntryKind.VERDICT)] == [
        ("e-1", "unapproved"),
        ("e-2", "attempt"),
        ("e-1", "approved-late"),
    ]


def test_a_finding_is_recorded_whole(ledger: SqliteLedger) -> None:
    record_audit(ledger, OUTCOME)

    assert held(ledger, EntryKind.VERDICT)[0] == {
        "about": "change", "verdict": "unapproved", "discrepancy": True, "reason": "no ticket names the secret",
        "basis": "", "signals": ["repeat"], "service": "secretsmanager", "event": "PutSecretValue", "event_id": "e-1",
        "time": "2026-03-10T12:00:00Z", "account": "111122223333", "region": "eu-west-1",
        "actor": {
            "type": "AssumedRole", "arn": ADA.arn, "name": "ada", "via": "", "source_identity": "",
            "session_name": "ada", "role_arn": "",
        },
        "secret": CHANGE.secret, "secret_name": "db/password", "version_id": "v-1", "ticket": "",
        "witnesses": ["cloudtrail", "kms"],
    }  # fmt: skip


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_says_what_it_is_about(ledger: SqliteLedger, verdict: Verdict) -> None:
    record_audit(ledger, replace(OUTCOME, findings=(replace(CHANGE, verdict=verdict),)))

    traces = ("orphan-deletion", "unrecorded-version", "untracked-version", "unrecorded-deletion", "stale-label")
    expected = {"attempt": "attempt", **dict.fromkeys(traces, "trace")}
    assert held(ledger, EntryKind.VERDICT)[0]["about"] == expected.get(verdict.value, "change")


def test_nothing_that_the_caller_sent_is_recorded(ledger: SqliteLedger) -> None:
    record_audit(ledger, OUTCOME)

    assert b"hunter2" not in b"".join(entry.content for entry in ledger.read("audit"))
    assert held(ledger, EntryKind.EVENT)[0]["operation"] == "value"
    assert held(ledger, EntryKind.GUARD_EVENT)[0]["operation"] == ""


def test_a_ticket_is_recorded_as_it_stood_and_again_when_it_changed(ledger: SqliteLedger) -> None:
    record_audit(ledger, OUTCOME)
    unread = replace(TICKET, approvals=None, window=None, emergency_declared_at=None)
    record_audit(ledger, replace(OUTCOME, tickets=(unread,)))

    first, second = held(ledger, EntryKind.TICKET)
    assert first["approvals"] == [{"by": "cleo", "at": "2026-03-10T11:00:00Z", "decision": "approved"}]
    assert first["operations"] == ["label", "value"]
    assert (first["window_from"], first["window_to"]) == ("2026-03-10T11:00:00Z", "2026-03-10T13:00:00Z")
    assert (second["approvals"], second["window_from"], second["emergency_declared_at"]) == (None, "", "")


def test_a_blind_interval_that_ended_is_added(ledger: SqliteLedger) -> None:
    record_audit(ledger, OUTCOME)
    (interval,) = OUTCOME.blind_intervals
    record_audit(ledger, replace(OUTCOME, blind_intervals=(interval._replace(end=NOON + HOUR),)))

    assert [it["to"] for it in held(ledger, EntryKind.BLIND_INTERVAL)] == ["", "2026-03-10T13:00:00Z"]


def test_one_event_with_two_contents_is_kept_twice_and_counted(ledger: SqliteLedger) -> None:
    record_audit(ledger, OUTCOME)

    recorded = record_audit(ledger, replace(OUTCOME, events=(structs.replace(EVENT, digest="b" * 64),)))

    assert recorded.conflicts == 1
    assert len(held(ledger, EntryKind.EVENT)) == 2
    assert len(held(ledger, EntryKind.CONFLICT)) == 1


def test_what_is_invented_is_marked_in_every_entry(ledger: SqliteLedger) -> None:
    record_audit(ledger, replace(OUTCOME, invented=True))
    assert {entry.invented for entry in ledger.read("audit")} == {True}

    assert record_audit(ledger, OUTCOME).added == 7


def test_an_empty_audit_is_recorded_as_having_seen_nothing(ledger: SqliteLedger) -> None:
    nothing = {name: 0 if isinstance(count, int) else None for name, count in POPULATION.items()}

    recorded = record_audit(ledger, Outcome(as_of=NOON, findings=(), is_discrepancy=bool, population=nothing))

    assert recorded.added == 1
    assert held(ledger, EntryKind.AUDIT_RUN)[0]["from"] == ""


@pytest.mark.parametrize("written", ["\ud800", "x" * 5000, "a\0b", "\u202eevil"])
def test_what_somebody_chose_to_call_themselves_keeps_nothing_out(ledger: SqliteLedger, written: str) -> None:
    strange = replace(CHANGE, actor=structs.replace(ADA, name=written))

    assert record_audit(ledger, replace(OUTCOME, findings=(strange,))).added == 6
    assert ledger.verify() is None


def test_text_that_is_too_long_is_cut_and_shows_it(ledger: SqliteLedger) -> None:
    record_audit(ledger, replace(OUTCOME, findings=(replace(CHANGE, reason="x" * 4097),)))

    assert held(ledger, EntryKind.VERDICT)[0]["reason"] == "x" * 4095 + "…"


def test_two_findings_about_one_change_are_refused_and_nothing_is_recorded(ledger: SqliteLedger) -> None:
    contradiction = (CHANGE, replace(CHANGE, verdict=Verdict.APPROVED))

    with pytest.raises(Refused, match="'e-1'"):
        record_audit(ledger, replace(OUTCOME, findings=contradiction))

    assert ledger.streams() == []


def test_findings_that_contradict_each_other_are_noticed_before_the_first_batch(ledger: SqliteLedger) -> None:
    many = tuple(structs.replace(EVENT, event_id=f"e-{number}") for number in range(BATCH + 1))
    contradiction = (CHANGE, replace(CHANGE, event_id="e-2"), replace(CHANGE, verdict=Verdict.APPROVED))

    with pytest.raises(Refused, match="'e-1'"):
        record_audit(ledger, replace(OUTCOME, events=many, findings=contradiction))

    assert ledger.streams() == []


def test_a_finding_that_comes_twice_and_several_traces_of_one_event_are_no_contradiction(ledger: SqliteLedger) -> None:
    trace = replace(CHANGE, verdict=Verdict.UNRECORDED_VERSION)
    findings = (CHANGE, CHANGE, trace, replace(trace, version_id="v-2"))

    assert record_audit(ledger, replace(OUTCOME, findings=findings)) == Recorded(added=8, known=1, conflicts=0)


def test_what_a_batch_holds_is_drafted_when_the_one_before_is_recorded(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "BATCH", 3)
    found: list[tuple[EntryKind, int]] = []

    def wanted(one: Draft) -> bool:
        found.append((one.kind, ledger.head("audit").position))
        return True

    record_audit(ledger, OUTCOME, wanted=wanted)

    assert [position for _, position in found] == [0, 0, 0, 3, 3, 3, 6]
    assert found[-1][0] is EntryKind.AUDIT_RUN


def test_a_population_that_lacks_a_count_is_refused_by_its_name(ledger: SqliteLedger) -> None:
    with pytest.raises(Refused, match="lacks the field 'records'"):
        record_audit(ledger, replace(OUTCOME, population={}, events=[EVENT] * (BATCH + 1)))

    assert ledger.streams() == []


def test_an_audit_larger_than_a_batch_is_recorded_whole(ledger: SqliteLedger) -> None:
    many = tuple(replace(CHANGE, event_id=f"e-{number}") for number in range(BATCH + 1))

    assert record_audit(ledger, replace(OUTCOME, findings=many)).added == BATCH + 1 + 5
    assert ledger.verify() is None


def test_a_guard_event_is_recorded_with_what_it_was_done_to(ledger: SqliteLedger) -> None:
    facts = {"guards": "object", "resource": "acme-logs", "object": "a/\udc00", "effect": "an object was removed"}
    removed = structs.replace(EVENT, event_id="g-1", kind=Kind.GUARD, service="s3", name="DeleteObject", facts=facts)
    stopped = structs.replace(removed, event_id="g-2", digest="b" * 64, facts={"guards": "trail", "resource": "main"})

    record_audit(ledger, replace(OUTCOME, guard_events=(removed, stopped)))

    names = ("resource", "object", "effect")
    assert [[it.get(name) for name in names] for it in held(ledger, EntryKind.GUARD_EVENT)] == [
        ["acme-logs", "a/\\udc00", "an object was removed"],
        ["main", None, None],
    ]


def test_a_guard_event_of_before_its_target_was_recorded_is_the_same_event(ledger: SqliteLedger) -> None:
    before = replace(OUTCOME, guard_events=(structs.replace(EVENT, event_id="g-1", kind=Kind.GUARD),))
    now = structs.replace(EVENT, event_id="g-1", kind=Kind.GUARD, facts={"guards": "trail", "resource": "main"})
    record_audit(ledger, before)

    recorded = record_audit(ledger, replace(before, guard_events=(now,)))

    assert (recorded.added, recorded.conflicts) == (0, 0)


def test_the_progress_of_recording_is_told_batch_by_batch(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "BATCH", 3)
    told: list[tuple[int, int]] = []

    added = record_audit(ledger, OUTCOME, progress=lambda *it: told.append(it)).added

    assert told == [(min(3 * number, added), added) for number in range(1, len(told) + 1)]
    assert told[-1] == (added, added)


def result_with(policy: Policy) -> AuditResult:
    """Return an audit of three findings, two blind intervals and an unused approval, under that policy."""
    seen = SeenInterval(
        start=NOON - 2 * HOUR, end=NOON - HOUR, account="111122223333", region="eu-west-1", cause="stopped",
        event_id="g-1", trail="main", stream="kms",
    )  # fmt: skip
    return AuditResult(
        as_of=NOON + HOUR,
        policy=policy,
        population=Population(events=()),
        findings=(
            CHANGE,
            replace(CHANGE, event_id="e-2", time=NOON - HOUR),
            replace(CHANGE, event_id="e-3", verdict=Verdict.UNATTRIBUTED),
        ),
        blind_intervals=(seen, replace(seen, end=None, event_id="g-2")),
        unused_approvals=(UnusedApproval(ticket=TICKET, window=TICKET.window),),
        tickets=(TICKET,),
    )


@pytest.mark.parametrize(
    ("policy", "counted", "blind"),
    [
        (Policy(), [True, True, True], [True, True]),
        (Policy(baseline=NOON), [True, False, True], [False, True]),
        (Policy(minimum_basis=Basis.WINDOW), [True, True, False], [True, True]),
    ],
)
def test_what_the_audit_counted_is_what_is_recorded_as_a_discrepancy(
    ledger: SqliteLedger, policy: Policy, counted: list[bool], blind: list[bool]
) -> None:
    result = result_with(policy)

    record_audit(ledger, outcome_of(result))

    assert [it["discrepancy"] for it in held(ledger, EntryKind.VERDICT)] == counted
    assert [it["discrepancy"] for it in held(ledger, EntryKind.BLIND_INTERVAL)] == blind
    assert counted.count(True) == len(result.discrepancies())
    assert blind.count(True) == len(result.blind_discrepancies())


def test_a_blind_interval_says_which_trail_missed_what(ledger: SqliteLedger) -> None:
    record_audit(ledger, outcome_of(result_with(Policy())))

    first = held(ledger, EntryKind.BLIND_INTERVAL)[0]
    assert (first["trail"], first["missed"], first["reason"]) == ("main", "kms", "stopped")


def test_an_unused_approval_is_bound_to_the_ticket_as_it_stood(ledger: SqliteLedger) -> None:
    record_audit(ledger, outcome_of(result_with(Policy())))

    (unused,) = held(ledger, EntryKind.UNUSED_APPROVAL)
    snapshot = next(it for it in ledger.read("audit") if it.kind is EntryKind.TICKET)
    assert unused["snapshot"] == snapshot.draft.fingerprint.hex()
    assert (unused["issue_key"], unused["from"], unused["to"]) == (
        "OPS-1", "2026-03-10T11:00:00Z", "2026-03-10T13:00:00Z",
    )  # fmt: skip


def test_an_unused_approval_without_a_window_has_no_times(ledger: SqliteLedger) -> None:
    result = replace(result_with(Policy()), unused_approvals=(UnusedApproval(ticket=TICKET, window=None),))

    record_audit(ledger, outcome_of(result))

    assert held(ledger, EntryKind.UNUSED_APPROVAL)[0]["from"] == ""
