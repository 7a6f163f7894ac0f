"""Every entry of the catalogue, audited whole: what each record comes to, and why. No entry is left out."""

from typing import Any

import pytest
from tests.journeys.story import ARN, record
from tests.unit.correlation.invented import LATER, change, standing, ticket
from tests.unit.correlation.making import data_key, gather, service_event

from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.records.catalogue import CATALOGUE, KMS, Guards
from counterseal.correlation.records.event import Kind, Operation
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import Ticket, TicketSet

RULES = Rules(
    policy=Policy(
        guarded_buckets=("b",), guarded_keys=("arn:aws:kms:eu-west-1:111122223333:key/1",), guarded_tables=("d",),
    ),
    as_of=LATER,
)  # fmt: skip
NAMES = [name for service, name in CATALOGUE if service == "secretsmanager"]
CHANGES = {name: entry.operation for (_, name), entry in CATALOGUE.items() if entry.kind is Kind.CHANGE}
GUARDS = [(service, name, entry.guards) for (service, name), entry in CATALOGUE.items() if entry.kind is Kind.GUARD]
IDENTITIES = {"ana.j": ("arn:aws:iam::111122223333:user/ana",)}

# What AWS reports of itself needs no ticket. One thing makes a finding: versions went, and nobody asked for it.
SERVICE_EVENTS = {
    "RotationStarted": None,
    "RotationSucceeded": None,
    "RotationFailed": None,
    "RotationAbandoned": None,
    "TestRotationStarted": None,
    "TestRotationSucceeded": None,
    "TestRotationFailed": None,
    "StartSecretVersionDelete": None,
    "EndSecretVersionDelete": "orphan-deletion",
    "CancelSecretVersionDelete": None,
    "ReplicationStarted": None,
    "ReplicationSucceeded": None,
    "ReplicationFailed": None,
}


def judged(*documents: dict[str, Any], tickets: tuple[Ticket, ...] = (), **more: Any) -> AuditResult:
    population = gather(*documents, guarded_buckets=RULES.policy.guarded_buckets)
    return audit(population, TicketSet(tickets=tickets, identities=IDENTITIES, **more), RULES)


def written(name: str, **changed: Any) -> dict[str, Any]:
    """Return the record of a write that AWS answered; those that move a label say which."""
    parameters: dict[str, Any] = {"secretId": ARN, "name": "db/password", "clientRequestToken": "0" * 32}
    if name == "UpdateSecretVersionStage":
        parameters = {"secretId": ARN, "versionStage": "AWSCURRENT", "moveToVersionId": "v-2"}
    return record(name, requestParameters=parameters, **changed)


def test_every_entry_is_one_that_is_tried_here() -> None:
    tried = {("secretsmanager", name) for name in (*CHANGES, *SERVICE_EVENTS)} | {(it[0], it[1]) for it in GUARDS}
    others = {key: entry.kind for key, entry in CATALOGUE.items() if key not in tried}

    assert set(others.values()) == {Kind.READ, Kind.WITNESS}


@pytest.mark.parametrize("name", CHANGES)
def test_a_write_that_no_ticket_names_is_unapproved(name: str) -> None:
    [finding] = judged(written(name)).findings

    # A label that moves to a version that no record made goes back to an older one.
    expected = "silent-rollback" if name == "UpdateSecretVersionStage" else "unapproved"
    assert (finding.verdict, finding.event) == (expected, name)
    assert "no ticket" in finding.reason


@pytest.mark.parametrize("name", CHANGES)
def test_a_write_is_approved_by_a_ticket_for_its_operation(name: str) -> None:
    operation = CHANGES[name]
    assert operation

    [finding] = judged(written(name), tickets=(ticket(operations=frozenset({str(operation)})),)).findings

    assert (finding.verdict, finding.ticket, finding.basis) == ("approved", "OPS-42", "mapped-actor")
    assert finding.reason.startswith("OPS-42 was approved by ben.j on 2026-03-10T10:00:00Z, before the change")


@pytest.mark.parametrize("name", CHANGES)
def test_a_write_is_mismatched_by_a_ticket_for_every_other_operation(name: str) -> None:
    others = frozenset(str(it) for it in Operation if it not in {CHANGES[name], Operation.METADATA})

    [finding] = judged(written(name), tickets=(ticket(operations=others),)).findings

    # A rollback is one whatever else is approved: what would make it fine is an approval of the label alone.
    expected = "silent-rollback" if name == "UpdateSecretVersionStage" else "mismatched"
    said = f"other-operation: the operation is {CHANGES[name]}, and OPS-42 allows {', '.join(sorted(others))}"
    more = {"UpdateSecret": "; whether it changed the value could not be observed, so it is taken for a new value"}
    assert finding.verdict == expected
    assert finding.reason.endswith(said + more.get(name, ""))
    assert expected == "silent-rollback" or finding.reason.startswith(said)


@pytest.mark.parametrize("name", CHANGES)
def test_a_write_that_aws_refused_is_an_attempt_whatever_ticket_there_is(name: str) -> None:
    operation = frozenset({str(CHANGES[name])})

    [finding] = judged(written(name, errorCode="AccessDenied"), tickets=(ticket(operations=operation),)).findings

    assert (finding.verdict, finding.event) == ("attempt", name)
    assert "AccessDenied" in finding.reason


@pytest.mark.parametrize("name", CHANGES)
def test_a_write_is_approved_by_a_standing_approval_of_its_operation_and_by_no_other(name: str) -> None:
    mine = standing(operations=frozenset({str(CHANGES[name])}))
    other = standing(operations=frozenset({"tag" if CHANGES[name] is not Operation.TAG else "value"}))

    [finding] = judged(written(name), standing=(mine,)).findings
    [unexplained] = judged(written(name), standing=(other,)).findings

    assert (finding.verdict, finding.basis) == ("approved", "standing")
    assert unexplained.verdict in {"unapproved", "silent-rollback"}


@pytest.mark.parametrize("name", SERVICE_EVENTS)
def test_what_the_service_reports_of_itself_has_a_finding_only_where_nobody_asked(name: str) -> None:
    event = service_event(name, additionalEventData={"SecretId": ARN}, requestID="r-1")

    assert [it.verdict for it in judged(event).findings] == ([SERVICE_EVENTS[name]] if SERVICE_EVENTS[name] else [])


@pytest.mark.parametrize(("service", "name", "guards"), GUARDS)
def test_what_guards_the_secrets_stands_beside_and_is_no_finding(service: str, name: str, guards: Guards) -> None:
    parameters = {"bucketName": "b", "tableName": "d"}
    resources = [{"ARN": "arn:aws:kms:eu-west-1:111122223333:key/1"}] if service == KMS else []

    result = judged(
        record(name, eventSource=f"{service}.amazonaws.com", requestParameters=parameters, resources=resources)
    )

    assert result.findings == ()
    assert [(it.name, it.facts["guards"]) for it in result.guard_events] == [(name, guards)]


@pytest.mark.parametrize("name", [name for (_, name), it in CATALOGUE.items() if it.kind is Kind.READ])
def test_a_read_has_no_finding(name: str) -> None:
    assert judged(record(name, readOnly=True)).findings == ()


@pytest.mark.parametrize("name", [name for (_, name), it in CATALOGUE.items() if it.kind is Kind.WITNESS])
def test_a_witness_alone_shows_a_version_that_no_record_made(name: str) -> None:
    [finding] = judged(data_key("v-1", eventName=name)).findings

    assert (finding.verdict, finding.version_id, finding.witnesses) == ("unrecorded-version", "v-1", ("kms",))


def test_a_name_that_aws_may_add_surfaces() -> None:
    [finding] = judged(record("FrobnicateSecret")).findings

    assert (finding.verdict, finding.event) == ("unclassified", "FrobnicateSecret")


def test_the_two_kinds_of_inventing_agree() -> None:
    [event] = gather(written("PutSecretValue")).events

    assert (event.kind, event.operation, event.secret_arn) == (Kind.CHANGE, change().operation, change().secret_arn)
