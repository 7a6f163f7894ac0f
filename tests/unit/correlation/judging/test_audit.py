"""The audit as a whole: one finding a change, standing approvals, the baseline, and no care for order."""

import gc
import json
import random
from typing import Any
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journeys.story import ANA, ARN, IDENTITIES, record, session
from tests.journeys.story import ticket as written_ticket
from tests.unit.correlation.invented import (
    BEN,
    LATER,
    OTHER_ARN,
    SEALED,
    ZOE,
    T,
    at,
    change,
    finding,
    kms,
    move,
    outcome,
    service_event,
    standing,
    ticket,
)
from tests.unit.correlation.invented import session as role_session

from counterseal.correlation.judging.audit import audit, grounds_of
from counterseal.correlation.judging.deciding import Deciding
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.correlation.tickets.ticket_file import read_ticket_file


def test_what_judged_is_let_go_without_a_collector() -> None:
    gathering = Gathering()
    gathering.add(json.dumps({"Records": [record()]}).encode(), source="a.json")
    population = gathering.population()
    rules = Rules(policy=Policy(), as_of=T)
    deciding = Deciding(population, grounds_of(population, TicketSet(), rules))
    assert deciding.findings()
    gone = ref(deciding)

    gc.disable()
    del deciding
    was_let_go = gone() is None
    gc.enable()

    assert was_let_go


def test_there_is_one_finding_a_change_and_one_an_attempt_and_none_a_read() -> None:
    events = [
        change(),
        change(event_id="e-2", kind=Kind.ATTEMPT, error_code="AccessDenied"),
        change("GetSecretValue", None, event_id="e-3", kind=Kind.READ),
        kms(),
        service_event("RotationSucceeded"),
    ]

    found = outcome(*events, tickets=[ticket()])

    assert [(it.event_id, it.verdict) for it in found.findings] == [("e-1", "approved"), ("e-2", "attempt")]
    assert "tried PutSecretValue, and AWS refused it: AccessDenied" in found.findings[1].reason


def test_without_a_ticket_a_change_is_unapproved_and_the_reason_names_the_secret() -> None:
    found = finding(change())

    assert (found.verdict, found.ticket, found.basis) == (Verdict.UNAPPROVED, "", "")
    assert found.reason == f"no ticket names {ARN} near 2026-03-10T12:00:00Z"


def test_a_ticket_that_is_cited_and_not_given_is_named() -> None:
    found = finding(change(actor=role_session("OPS-77"), version_id=SEALED), tickets=[])

    assert "it cites OPS-42, OPS-77, which is none of the tickets given" in found.reason


def test_a_secret_that_nothing_names_is_said_to_be_unknown() -> None:
    found = finding(change(secret_arn="", secret_name="", secret_given=""))

    assert found.reason.startswith("no ticket names a secret that was not recorded")


def test_a_standing_approval_covers_to_its_last_second() -> None:
    lasting = finding(change(), said={"standing": (standing(expires=T),)})
    expired = finding(change(), said={"standing": (standing(expires=at(seconds=-1)),)})

    assert (lasting.verdict, lasting.basis, lasting.ticket) == (Verdict.APPROVED, "standing", "OPS-1")
    assert (
        lasting.reason
        == f"the standing approval of OPS-1, owned by cleo.j, lets {ANA} do this until 2026-03-10T12:00:00Z"
    )
    assert expired.verdict is Verdict.UNAPPROVED
    assert expired.reason.endswith("the standing approval of OPS-1 expired on 2026-03-10T11:59:59Z")


def test_a_standing_approval_of_the_policy_counts_as_well() -> None:
    found = finding(change(), policy=Policy(standing=(standing(owner=""),)))

    assert found.reason.startswith(f"the standing approval of OPS-1 lets {ANA} do this")


def test_an_approved_ticket_is_named_before_a_standing_approval_and_a_late_one_after_it() -> None:
    said = {"standing": (standing(),)}

    assert finding(change(), tickets=[ticket()], said=said).ticket == "OPS-42"
    assert finding(change(), tickets=[ticket(approvals=())], said=said).ticket == "OPS-1"


def test_older_history_is_listed_and_does_not_count() -> None:
    policy = Policy(baseline=at(seconds=1))

    found = outcome(change(), policy=policy)

    assert found.is_clean()
    assert found.findings[0].verdict is Verdict.UNAPPROVED
    assert found.findings[0].reason.endswith("before the baseline of 2026-03-10T12:00:01Z, so it is no discrepancy")
    assert not outcome(change(), policy=Policy(baseline=T)).is_clean()


def test_a_change_in_a_blind_interval_is_marked() -> None:
    stopped = change(
        "StopLogging",
        None,
        event_id="g-1",
        service="cloudtrail",
        kind=Kind.GUARD,
        time=at(hours=-1),
        facts={"guards": "monitor", "resource": "trail"},
    )

    found = outcome(stopped, change(), tickets=[ticket()])

    assert [(it.event_id, it.signals) for it in found.findings] == [("e-1", ("in-blind-interval",))]
    assert (len(found.blind_intervals), len(found.guard_events), found.is_clean()) == (1, 1, False)


def test_a_label_moved_without_an_approval_for_it_is_a_silent_rollback() -> None:
    back = move("an-older-version", actor=BEN)
    for_values = ticket(assignee="ben.j", approvals=())

    unapproved, other = finding(back), finding(back, tickets=[ticket(requester="dan.j", assignee="ben.j")])

    assert [it.verdict for it in (unapproved, other)] == [Verdict.SILENT_ROLLBACK] * 2
    assert unapproved.signals == ("silent-rollback",)
    assert "user/ben moved a label to the older version an-older-version, with no new value" in unapproved.reason
    assert finding(back, tickets=[for_values]).verdict is Verdict.SILENT_ROLLBACK


@pytest.mark.parametrize(
    ("of_ticket", "verdict"),
    [({}, Verdict.APPROVED), ({"changed_after_approval": True}, Verdict.MISMATCHED)],
)
def test_a_ticket_for_labels_gives_its_own_verdict_and_the_rollback_is_a_signal(
    of_ticket: dict[str, Any], verdict: Verdict
) -> None:
    found = finding(move("older"), tickets=[ticket(operations=frozenset({"label"}), **of_ticket)])

    assert (found.verdict, found.signals) == (verdict, ("silent-rollback",))


def test_the_same_id_in_two_accounts_is_two_changes() -> None:
    elsewhere = change(account="999999999999", secret_arn=OTHER_ARN)

    assert [it.verdict for it in outcome(change(), elsewhere, tickets=[ticket()]).findings] == [
        Verdict.APPROVED,
        Verdict.UNAPPROVED,
    ]


def test_findings_come_by_time_and_id() -> None:
    events = [change(event_id="b"), change(event_id="a"), change(event_id="c", time=at(hours=-1))]

    assert [it.event_id for it in outcome(*events).findings] == ["c", "a", "b"]


def test_an_operation_nobody_knows_fits_no_ticket() -> None:
    found = finding(change("FrobnicateSecret", None, kind=Kind.UNCLASSIFIED), tickets=[ticket()])

    assert found.verdict is Verdict.UNCLASSIFIED
    assert "FrobnicateSecret is no call that this version of Counterseal knows" in found.reason


def test_identities_of_the_policy_are_added_to_those_of_the_tickets() -> None:
    policy = Policy(identities={"ana.j": (ZOE.arn,)})

    assert finding(change(actor=ZOE), tickets=[ticket()], policy=policy).verdict is Verdict.APPROVED


RECORDS = [
    record(number=1),
    record(number=2, requestParameters={"secretId": "db/password", "clientRequestToken": SEALED}),
    record("UpdateSecret", number=3),
    record("DeleteSecret", number=4, responseElements={"aRN": ARN}, requestParameters={"secretId": ARN}),
    record("CreateSecret", number=5, userIdentity=session("OPS-42"), requestParameters={"name": "db/password"}),
    record("PutSecretValue", number=6, requestParameters=record(number=1)["requestParameters"]),
    record("DeleteSecret", number=7, errorCode="AccessDenied", responseElements=None),
    record("FrobnicateSecret", number=8),
    record(
        "UpdateSecretVersionStage",
        number=9,
        requestParameters={"secretId": ARN, "versionStage": "AWSCURRENT", "moveToVersionId": "v"},
    ),
    record(
        "GenerateDataKey",
        number=10,
        eventSource="kms.amazonaws.com",
        userIdentity={"type": "IAMUser", "arn": ANA, "invokedBy": "secretsmanager.amazonaws.com"},
        requestParameters={"encryptionContext": {"SecretARN": ARN, "SecretVersionId": "unseen"}},
    ),
    record("StopLogging", number=11, eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "t"}),
]
TICKETS = [
    written_ticket(),
    written_ticket(key="OPS-43", id="10043", approvals=None),
    written_ticket(key="OPS-44", id="10044", operations=["any"], approvals=[]),
    written_ticket(key="OPS-45", id="10045", secrets=["db/password"], operations=["delete", "label"]),
]


def told(records: list[dict[str, Any]], tickets: list[dict[str, Any]], pieces: int) -> dict[str, Any]:
    gathering = Gathering()
    for number in range(pieces):
        piece = records[number::pieces]
        gathering.add(json.dumps({"Records": piece}).encode(), source=f"{number}.json")
    given = read_ticket_file({"tickets": tickets, "identities": IDENTITIES})
    result = audit(gathering.population(), given, Rules(policy=Policy(), as_of=LATER)).as_json()
    result["population"] = None  # how often a record was read again is told there, rightly
    return result


@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_order_repetition_and_splitting_change_nothing(chance: random.Random, pieces: int) -> None:
    records = RECORDS + chance.sample(RECORDS, 4)
    tickets = list(TICKETS)
    chance.shuffle(records)
    chance.shuffle(tickets)

    assert told(records, tickets, pieces) == told(RECORDS, TICKETS, 1)


def test_the_story_of_the_property_has_every_kind_of_finding() -> None:
    found = told(RECORDS, TICKETS, 1)

    assert {it["verdict"] for it in found["findings"]} >= {
        "approved", "mismatched", "attempt", "unclassified", "unrecorded-version",
    }  # fmt: skip
    assert {signal for it in found["findings"] for signal in it["signals"]} >= {"repeat", "silent-rollback"}
