"""What counts, and the one JSON object."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec import structs
from tests.unit.correlation.invented import (
    ANA,
    ARN,
    LATER,
    OTHER_ARN,
    VERSION,
    T,
    at,
    change,
    kms,
    move,
    outcome,
    service_event,
    ticket,
)

from counterseal.correlation.digests.completeness import Completeness, Fault, Hour, Outcome, fault_of
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.result import DISCREPANCIES, AuditResult, finding_json
from counterseal.correlation.judging.verdicts import SIGNALS
from counterseal.correlation.records.event import Event, Kind, Operation
from counterseal.correlation.records.population import Conflict
from counterseal.correlation.tickets.policy import Basis, Policy

REFUSED = change(kind=Kind.ATTEMPT, error_code="AccessDenied")
STARTED = change(
    "StartLogging",
    None,
    service="cloudtrail",
    kind=Kind.GUARD,
    facts={"guards": "monitor", "resource": "trail"},
)
STOPPED = structs.replace(STARTED, name="StopLogging", event_id="g-0", time=at(hours=-1))


def clean(*events: Event, strict: bool = False, **more: Any) -> bool:
    return outcome(*events, **more).is_clean(strict=strict)


def test_every_verdict_is_either_a_discrepancy_or_not() -> None:
    assert set(Verdict) - DISCREPANCIES == {
        Verdict.PROVED,
        Verdict.APPROVED,
        Verdict.INHERITED,
        Verdict.EMERGENCY,
        Verdict.ATTEMPT,
    }


def test_an_approved_change_is_clean_even_strictly() -> None:
    assert clean(change(), tickets=[ticket()], strict=True)


@pytest.mark.parametrize(
    "event",
    [change(), kms(), service_event("EndSecretVersionDelete"), change("X", None, kind=Kind.UNCLASSIFIED), move("v")],
)
def test_a_discrepancy_is_not_clean(event: Event) -> None:
    assert not clean(event)


def test_what_stands_beside_counts_only_strictly() -> None:
    cases: list[tuple[tuple[Event, ...], dict[str, Any]]] = [
        ((REFUSED,), {}),
        ((STARTED,), {}),
        ((move("v"),), {"tickets": [ticket(operations=frozenset({"label"}))]}),
        ((), {"tickets": [ticket()]}),
        ((), {"conflicts": (Conflict(event_id="e", account="a", digests=(), sources=()),)}),
    ]

    assert [clean(*events, **more) for events, more in cases] == [True] * len(cases)
    assert [clean(*events, strict=True, **more) for events, more in cases] == [False] * len(cases)


def test_a_blind_interval_counts_unless_it_ended_before_the_baseline() -> None:
    policy = Policy(baseline=at(seconds=1))

    assert not clean(STOPPED, STARTED)
    assert not clean(STOPPED, policy=policy)
    assert not clean(STOPPED, STARTED, policy=Policy(baseline=T))
    assert clean(STOPPED, STARTED, policy=policy)


def test_the_reason_of_a_lenient_basis_does_not_excuse_other_verdicts() -> None:
    assert not clean(change(), policy=Policy(minimum_basis=Basis.WINDOW))


def everything() -> AuditResult:
    fault = Fault(
        outcome=Outcome.NOTHING_PROVED, account="a", region="r", start=None, end=None, object_name="", reason="because"
    )
    hour = Hour(
        account="111122223333",
        region="eu-west-1",
        trail="main",
        home_region="eu-west-1",
        backfill=False,
        start=datetime(2026, 3, 10, 12, tzinfo=UTC),
        end=datetime(2026, 3, 10, 13, tzinfo=UTC),
        outcome=Outcome.PROVED,
        reason="",
    )
    return replace(
        _everything(), completeness=Completeness(hours=(hour,), faults=(fault, fault_of(hour))), unseen=("data events",)
    )


def _everything() -> AuditResult:
    return outcome(
        STOPPED,
        change(),
        structs.replace(REFUSED, event_id="e-2"),
        change(event_id="e-3", secret_arn="", secret_name="", secret_given=""),
        kms(version_id="another"),
        change("DeleteSecret", Operation.DELETE, event_id="e-4"),
        tickets=[ticket(), ticket(issue_key="OPS-43", secrets=(OTHER_ARN,))],
    )


def test_a_finding_is_printed_as_the_contract_says() -> None:
    [found] = outcome(change(), kms(), tickets=[ticket()]).findings

    assert finding_json(found) == {
        "verdict": "approved",
        "basis": "mapped-actor",
        "reason": found.reason,
        "signals": [],
        "service": "secretsmanager",
        "event": "PutSecretValue",
        "event_id": "e-1",
        "time": "2026-03-10T12:00:00Z",
        "account": "111122223333",
        "region": "eu-west-1",
        "secret": ARN,
        "secret_name": "db/password",
        "version_id": VERSION,
        "actor": {"type": "IAMUser", "arn": ANA.arn, "name": "ana", "via": ""},
        "ticket": "OPS-42",
        "witnesses": ["cloudtrail", "kms"],
    }


def test_what_is_not_known_is_null() -> None:
    [found] = outcome(change(secret_arn="", secret_name="")).findings

    shown = finding_json(found)

    assert (shown["secret"], shown["ticket"], shown["secret_name"]) == (None, None, "db/password")


def test_the_object_has_the_keys_of_the_contract_and_no_others() -> None:
    shown = everything().as_json()

    assert list(shown) == [
        "schema", "as_of", "population", "findings", "guard_events", "blind_intervals", "unused_approvals",
        "completeness", "unseen",
    ]  # fmt: skip
    assert (shown["schema"], shown["as_of"]) == ("counterseal/audit/v1", "2026-03-20T00:00:00Z")
    assert all(shown[name] for name in shown)


@pytest.fixture(scope="module")
def schema(root: Any) -> Any:
    return json.loads((root / "docs/reference/audit.schema.json").read_text(encoding="utf-8"))


def test_the_published_schema_takes_the_whole_and_the_empty_object(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)

    for result in (everything(), outcome(as_of=LATER)):
        shown = json.loads(json.dumps(result.as_json()))
        assert list(Draft202012Validator(schema).iter_errors(shown)) == []


def test_the_published_schema_knows_the_words_of_the_code(schema: Any) -> None:
    of_finding = schema["$defs"]["finding"]["properties"]

    assert of_finding["verdict"]["enum"] == list(Verdict)
    assert of_finding["basis"]["enum"] == [*Basis, ""]
    assert of_finding["signals"]["items"]["enum"] == list(SIGNALS)
    assert list(of_finding) == list(finding_json(everything().findings[0]))
    assert schema["$defs"]["outcome"]["enum"] == list(Outcome)


@pytest.mark.parametrize("name", ["schema", "as_of", "population", "findings", "unused_approvals"])
def test_the_published_schema_misses_what_is_left_out(name: str, schema: Any) -> None:
    shown = everything().as_json()
    del shown[name]

    assert list(Draft202012Validator(schema).iter_errors(json.loads(json.dumps(shown))))


def test_what_digests_refute_is_a_discrepancy_unless_it_ended_before_the_baseline() -> None:
    refuted = replace(outcome(), completeness=everything().completeness)
    [nothing, over] = refuted.completeness_discrepancies()
    later = replace(refuted, policy=Policy(baseline=datetime(2026, 3, 11, tzinfo=UTC)))

    assert not refuted.is_clean()
    assert later.completeness_discrepancies() == (nothing,)
    assert over.end == datetime(2026, 3, 10, 13, tzinfo=UTC)
    assert outcome().completeness_discrepancies() == ()
