"""Names, ARNs without their suffix, and full ARNs."""

import pytest
from tests.unit.correlation.invented import ACCOUNT, ARN, NAME, OTHER_ARN, REGION, change

from counterseal.correlation.records.secret_names import (
    BySecret,
    names_event,
    same_beyond_region,
    same_secret,
    secret_name,
)

PARTIAL = ARN[:-7]
WITHOUT_ARN = change(secret_arn="")


@pytest.mark.parametrize("written", [ARN, PARTIAL, NAME])
def test_a_secret_is_meant(written: str) -> None:
    assert names_event(written, change())


@pytest.mark.parametrize(
    "written", [ARN[:-1], PARTIAL[:-1], f"{PARTIAL}-", OTHER_ARN, "db", f"{NAME}-AbCdEf", "", "arn:"]
)
def test_another_secret_is_meant(written: str) -> None:
    assert not names_event(written, change())


def test_a_name_holds_in_the_account_and_region_given() -> None:
    assert names_event(NAME, change(), account=ACCOUNT, region=REGION)
    assert not names_event(NAME, change(), account="999999999999")
    assert not names_event(NAME, change(), region="us-east-1")


def test_a_name_that_ends_like_a_suffix_is_not_cut() -> None:
    look_alike = change(secret_arn=f"{PARTIAL}-AbCdEf-GhIjKl", secret_name=f"{NAME}-AbCdEf")

    assert names_event(f"{NAME}-AbCdEf", look_alike)
    assert not names_event(NAME, look_alike)


def test_where_aws_recorded_no_arn_the_full_arn_means_the_name_in_its_account_and_region() -> None:
    assert names_event(ARN, WITHOUT_ARN)
    assert not names_event(ARN, change(secret_arn="", account="999999999999"))
    assert not names_event(PARTIAL, WITHOUT_ARN)


def test_the_name_comes_from_the_arn_where_no_record_gives_it() -> None:
    assert secret_name(change(secret_name="")) == NAME
    assert secret_name(change(secret_name="", secret_arn="arn:odd")) == ""


def test_secrets_are_compared_by_arn_else_by_place_and_name() -> None:
    assert same_secret(change(), change(secret_name="other"))
    assert not same_secret(change(), change(secret_arn=OTHER_ARN))
    assert same_secret(change(), WITHOUT_ARN)
    assert not same_secret(change(), change(secret_arn="", region="us-east-1"))
    assert not same_secret(change(secret_arn="", secret_name=""), change(secret_arn="", secret_name=""))


def test_events_are_found_by_their_secret_as_they_are_compared() -> None:
    events = [
        change(),
        WITHOUT_ARN,
        change(secret_arn=OTHER_ARN, secret_name="other"),
        change(secret_arn="", region="us-east-1"),
        change(secret_arn="", secret_name="", event_id="nameless"),
        change(secret_arn=ARN, secret_name="", region="us-east-1"),
        change(secret_arn="arn:odd", secret_name="", event_id="odd"),
    ]
    index = BySecret(events)

    for event in events:
        assert sorted(map(repr, index.of(event))) == sorted(repr(it) for it in events if same_secret(it, event))


def test_a_replica_differs_in_its_region_only() -> None:
    replica = change(secret_arn=ARN.replace(REGION, "us-east-1"))

    assert same_beyond_region(change(), replica)
    assert not same_beyond_region(change(), change(secret_arn=OTHER_ARN))
    assert not same_beyond_region(WITHOUT_ARN, WITHOUT_ARN)
