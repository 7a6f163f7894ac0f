"""What is done in a broker session is judged by the ticket that the session carries, whatever the operation."""

import pytest
from tests.unit.correlation.invented import change, finding, session, ticket

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.catalogue import look_up
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.policy import Basis
from counterseal.provisioning.broker import READS, TAKES_A_SESSION, WRITES, permissions

IN_SESSION = session("counterseal-0123", source_identity="OPS-42", role="sessions")
# Whether UpdateSecret changed the value, only a witness tells: it is judged as a new value without one.
CALLS = [
    (Operation(operation), name)
    for operation, names in TAKES_A_SESSION.items()
    for name in names
    if operation != Operation.METADATA
]


@pytest.mark.parametrize(("operation", "name"), CALLS)
def test_each_call_that_a_ticket_allows_is_approved_under_it(operation: Operation, name: str) -> None:
    found = finding(
        change(name, operation, actor=IN_SESSION, version_id=""),
        tickets=[ticket(operations=frozenset({operation}))],
        said={"identities": {}},
    )

    assert (found.verdict, found.basis, found.ticket) == (Verdict.APPROVED, Basis.SOURCE_IDENTITY, "OPS-42")
    assert "its source identity cites the ticket" in found.reason


@pytest.mark.parametrize(("operation", "name"), CALLS)
def test_each_call_that_its_ticket_does_not_allow_is_a_mismatch(operation: Operation, name: str) -> None:
    other = Operation.TAG if operation != Operation.TAG else Operation.DELETE
    found = finding(
        change(name, operation, actor=IN_SESSION, version_id=""),
        tickets=[ticket(operations=frozenset({other}))],
        said={"identities": {}},
    )

    assert found.verdict is Verdict.MISMATCHED
    assert found.reason.startswith("other-operation: ")


@pytest.mark.parametrize(("operation", "name"), CALLS)
def test_the_broker_allows_for_an_operation_what_an_audit_takes_for_it(operation: Operation, name: str) -> None:
    known = look_up("secretsmanager", name, read_only=None).operation

    assert known == operation or (name, operation) == ("UpdateSecret", Operation.VALUE)


def test_every_operation_that_a_ticket_can_name_has_a_session() -> None:
    assert set(TAKES_A_SESSION) == set(Operation)


def test_the_scp_guards_every_write_that_the_catalogue_knows() -> None:
    from counterseal.correlation.records.catalogue import CATALOGUE
    from counterseal.correlation.records.event import Kind

    writes = {
        name for (service, name), it in CATALOGUE.items() if service == "secretsmanager" and it.kind is Kind.CHANGE
    }
    # AWS makes this one on the caller's behalf: nobody can be allowed or denied it.
    assert set(WRITES) == set(permissions(*(writes - {"AcceptCrossAccountReplication"})))
    assert all(look_up("secretsmanager", name, read_only=None).operation is None for name in READS)
