"""What confirms a version, what is missing, and what nothing explains."""

from typing import Any

import pytest
from tests.unit.correlation.invented import (
    ACCOUNT,
    ANA,
    ARN,
    HOUR,
    OTHER_ARN,
    REGION,
    SEALED,
    VERSION,
    at,
    change,
    finding,
    kms,
    label,
    move,
    outcome,
    ticket,
)

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.records.catalogue import SENTINEL
from counterseal.correlation.records.event import Event, Kind, Operation

KMS_SEEN: dict[str, Any] = {"kms_hours": frozenset({HOUR})}
READS_ONLY = [{"includeManagementEvents": True, "readWriteType": "ReadOnly"}]
WRITES_ONLY = [{"includeManagementEvents": True, "readWriteType": "WriteOnly"}]
LABELS_SEEN: dict[str, Any] = {"label_hours": frozenset({HOUR})}


def not_recorded(stream: str) -> Event:
    """Return the call after which a trail does not record a stream."""
    selectors = {"kms": WRITES_ONLY, "writes": READS_ONLY}.get(stream)
    facts = {"guards": "monitor", "resource": "trail", "selectors": selectors}
    name = "PutEventSelectors" if selectors else "StopLogging"
    return change(name, None, event_id="g-1", service="cloudtrail", kind=Kind.GUARD, time=at(minutes=-10), facts=facts)


def test_witnesses_are_named_in_one_order() -> None:
    assert finding(change(), kms(), label()).witnesses == ("cloudtrail", "kms", "label")
    assert finding(change()).witnesses == ("cloudtrail",)


@pytest.mark.parametrize(
    "witness",
    [
        kms(version_id=VERSION.upper() + "X"),
        kms(version_id="ABCDEF"),
        kms(secret_arn=OTHER_ARN),
        kms(version_id=SENTINEL),
        kms(error_code="AccessDenied"),
        kms(actor=ANA),
        kms(facts={"witness": "cloudtrail"}),
    ],
)
def test_what_is_no_witness_of_the_version_confirms_nothing(witness: Event) -> None:
    assert finding(change(version_id="abcdef"), witness).witnesses == ("cloudtrail",)


def test_a_token_is_joined_as_recorded_capitals_and_all() -> None:
    assert finding(change(version_id="AB"), kms(version_id="AB")).witnesses == ("cloudtrail", "kms")
    assert finding(change(version_id="AB"), kms(version_id="ab")).witnesses == ("cloudtrail",)


def test_where_the_record_lacks_the_arn_the_name_stands_for_it() -> None:
    assert finding(change(secret_arn=""), kms()).witnesses == ("cloudtrail", "kms")
    assert finding(change(secret_arn="", secret_name="other"), kms()).witnesses == ("cloudtrail",)


def test_a_missing_witness_is_a_fault_only_where_it_would_have_been_seen() -> None:
    assert finding(change()).signals == ()
    assert finding(change(), **KMS_SEEN).signals == ("witness-missing",)
    assert finding(change(time=at(hours=1)), **KMS_SEEN).signals == ()
    assert finding(change(region="us-east-1"), **KMS_SEEN).signals == ()
    assert finding(change(account="999999999999"), **KMS_SEEN).signals == ()
    assert finding(change(), kms(), **KMS_SEEN).signals == ()
    assert finding(change(version_id=""), **KMS_SEEN).signals == ()
    assert finding(change("CreateSecret", Operation.CREATE, version_id=VERSION), **KMS_SEEN).signals == ()


def test_a_label_is_missed_where_labels_are_seen_and_one_was_moved() -> None:
    pending = change(facts={"stages": ("AWSPENDING",)})

    assert finding(change(), kms(), **LABELS_SEEN).signals == ("witness-missing",)
    assert finding(change(), label(), **LABELS_SEEN).signals == ()
    assert finding(pending, kms(), **LABELS_SEEN).signals == ()


def test_a_token_given_again_is_a_repeat_and_lacks_nothing() -> None:
    again = change(event_id="e-2", time=at(minutes=5))

    assert finding(change(), again, kms(), event_id="e-2", **KMS_SEEN).signals == ("repeat",)
    assert finding(change(), again, kms(), **KMS_SEEN).signals == ()


def test_in_one_second_the_record_with_a_witness_made_the_version() -> None:
    first, second = change(event_id="e-1"), change(event_id="e-0")

    assert finding(first, second, event_id="e-1").signals == ("repeat",)
    assert finding(first, second, event_id="e-0").signals == ()


def test_one_token_on_two_secrets_is_no_repeat() -> None:
    other = change(event_id="e-2", secret_arn=OTHER_ARN, time=at(minutes=5))

    assert finding(change(), other, event_id="e-2").signals == ()


def test_the_move_of_a_label_is_confirmed_rather_than_the_record_that_made_the_version() -> None:
    made = change(time=at(days=-1), event_id="e-0")

    assert finding(made, move(VERSION), label()).witnesses == ("cloudtrail", "label")
    assert finding(made, move(VERSION), label(), event_id="e-0").witnesses == ("cloudtrail",)


UPDATE = change("UpdateSecret")
FOR_METADATA = ticket(operations=frozenset({"metadata"}))


def test_an_update_with_a_witness_is_a_new_value() -> None:
    assert finding(UPDATE, kms(), tickets=[ticket()], **KMS_SEEN).verdict is Verdict.APPROVED
    assert finding(UPDATE, label(), tickets=[ticket()], **KMS_SEEN).verdict is Verdict.APPROVED


def test_an_update_without_a_witness_that_would_have_been_seen_is_metadata() -> None:
    found = finding(UPDATE, tickets=[FOR_METADATA], **KMS_SEEN)

    assert (found.verdict, found.signals) == (Verdict.APPROVED, ())
    assert found.reason.endswith("KMS made no data key for it, so it changed no value")


def test_an_update_that_nobody_could_observe_is_taken_for_a_new_value() -> None:
    assert finding(UPDATE, tickets=[ticket()]).verdict is Verdict.APPROVED
    assert finding(UPDATE, tickets=[FOR_METADATA]).verdict is Verdict.MISMATCHED


@pytest.mark.parametrize(("stream", "expected"), [("all", "mismatched"), ("kms", "mismatched"), ("writes", "approved")])
def test_an_update_while_no_trail_recorded_kms_is_taken_for_a_new_value(stream: str, expected: str) -> None:
    found = finding(not_recorded(stream), UPDATE, tickets=[FOR_METADATA], **KMS_SEEN)

    assert (found.verdict, found.signals) == (expected, ("in-blind-interval",))


def test_a_witness_is_not_missed_while_no_trail_recorded_kms() -> None:
    assert finding(not_recorded("kms"), change(), **KMS_SEEN).signals == ("in-blind-interval",)
    assert finding(not_recorded("writes"), change(), **KMS_SEEN).signals == ("witness-missing", "in-blind-interval")


def unrecorded(*events: Event) -> list[tuple[str, str, tuple[str, ...]]]:
    found = outcome(*events).findings
    return [(it.event_id, it.version_id, it.witnesses) for it in found if it.verdict is Verdict.UNRECORDED_VERSION]


def test_a_version_that_no_record_made_is_one_finding_however_many_witnesses_it_has() -> None:
    assert unrecorded(kms(), label()) == [("k-1", VERSION, ("kms", "label"))]
    assert unrecorded(kms(), kms(event_id="k-2")) == [("k-1", VERSION, ("kms",))]
    assert unrecorded(kms(), kms(event_id="k-2", version_id=SEALED)) == [
        ("k-1", VERSION, ("kms",)),
        ("k-2", SEALED, ("kms",)),
    ]


def test_the_reason_says_what_shows_the_version() -> None:
    [found] = outcome(kms(), label()).findings

    assert found.reason == (
        "this version exists (KMS made a data key for it and AWS reported its label), "
        "and no record of a call that made it was read"
    )
    assert (found.secret, found.account, found.region) == (ARN, ACCOUNT, REGION)


@pytest.mark.parametrize("name", ["CreateSecret", "PutSecretValue", "UpdateSecret", "RotateSecret"])
def test_a_call_that_makes_versions_explains_them(name: str) -> None:
    assert unrecorded(kms(), change(name)) == []


def test_a_move_explains_a_label_and_no_data_key() -> None:
    assert unrecorded(label(), move(VERSION)) == []
    assert unrecorded(kms(), move(VERSION)) == [("k-1", VERSION, ("kms",))]


def test_the_copy_in_another_region_is_explained_by_the_call_on_the_primary() -> None:
    replica = ARN.replace(REGION, "us-east-1")

    assert unrecorded(change(), kms(), kms(event_id="k-2", secret_arn=replica, region="us-east-1")) == []
    assert unrecorded(change(), kms(secret_arn="", secret_name="x")) == [("k-1", VERSION, ("kms",))]
