"""What counts as a change to what guards the secrets: what is registered, and what trails deliver by."""

from typing import Any

import pytest
from tests.journeys.story import ACCOUNT, REGION, record
from tests.unit.correlation.making import gather, organisation_call, trail_call

from counterseal.clock import parse_time
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.delivery import Place
from counterseal.correlation.records.guarded import Guarded, guard_events
from counterseal.correlation.tickets.policy import Policy

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"


def test_guard_events_are_those_of_the_monitor_and_of_what_is_registered() -> None:
    policy = {"eventSource": "s3.amazonaws.com"}
    population = gather(
        trail_call("StopLogging"),
        record("PutBucketPolicy", number=2, requestParameters={"bucketName": "ours"}, **policy),
        record("PutBucketPolicy", number=3, requestParameters={"bucketName": "theirs"}, **policy),
        record("DisableKey", number=4, requestParameters={"keyId": "k"}, eventSource="kms.amazonaws.com"),
        record("DeleteItem", number=5, requestParameters={"tableName": "t"}, eventSource="dynamodb.amazonaws.com"),
    )

    assert [event.name for event in guard_events(population.events, Guarded())] == ["StopLogging"]
    registered = guard_events(population.events, Guarded(["ours"], ["k"], ["t"]))
    assert {event.event_id for event in registered} == {"StopLogging-2026-03-10T12:00:00Z", "e-2", "e-4", "e-5"}


def test_what_an_organisation_does_about_other_services_is_no_guard_event() -> None:
    def about(name: str, **parameters: str) -> list[str]:
        population = gather(organisation_call(name, requestParameters=parameters))
        return [event.name for event in guard_events(population.events, Guarded())]

    for name in ("DisableAWSServiceAccess", "DeregisterDelegatedAdministrator"):
        assert about(name, servicePrincipal="cloudtrail.amazonaws.com") == [name]
        assert about(name, servicePrincipal="sso.amazonaws.com") == []
        assert about(name) == [name]
    assert about("RemoveAccountFromOrganization", accountId="1") == ["RemoveAccountFromOrganization"]


def bucket_call(name: str = "PutBucketPolicy", bucket: str = "logs") -> dict[str, Any]:
    return record(name, number=3, eventSource="s3.amazonaws.com", requestParameters={"bucketName": bucket})


def key_call(key_id: str = KEY, **changed: Any) -> dict[str, Any]:
    request = {"keyId": key_id}
    return record("DisableKey", number=2, eventSource="kms.amazonaws.com", requestParameters=request, **changed)


def told(*documents: dict[str, Any], policy: Policy | None = None, read: tuple[Place, ...] = ()) -> list[str]:
    """Return the changes to buckets and keys that count."""
    events = gather(*documents).events
    rules = Rules(policy=policy or Policy(), as_of=parse_time("2026-03-20T00:00:00Z"), read=read)
    return [it.name for it in guard_events(events, rules.guarded(events)) if it.service != "cloudtrail"]


def trail(name: str = "CreateTrail", answer: dict[str, Any] | None = None, **request: Any) -> dict[str, Any]:
    return trail_call(name, requestParameters={"name": "t"} | request, responseElements=answer)


@pytest.mark.parametrize("name", ["CreateTrail", "UpdateTrail"])
def test_the_bucket_that_a_trail_names_is_guarded_though_nobody_registers_it(name: str) -> None:
    assert told(bucket_call()) == []
    assert told(bucket_call(), trail(name, s3BucketName="logs")) == ["PutBucketPolicy"]
    assert told(bucket_call(), trail(name, answer={"s3BucketName": "logs"})) == ["PutBucketPolicy"]
    assert told(bucket_call(bucket="theirs"), trail(name, s3BucketName="logs")) == []


def test_a_bucket_is_guarded_before_the_trail_was_sent_there_too() -> None:
    later = trail(s3BucketName="logs") | {"eventTime": "2026-03-12T12:00:00Z"}

    assert told(bucket_call("DeleteBucket"), later) == ["DeleteBucket"]


@pytest.mark.parametrize("called", [KEY, KEY_ID, "alias/trail"])
def test_the_key_that_a_trail_names_is_guarded_by_whatever_name(called: str) -> None:
    named = trail(kmsKeyId=called, answer={"kmsKeyId": KEY})

    assert told(key_call(), named) == ["DisableKey"]
    assert told(key_call("other", resources=[{"ARN": KEY}]), named) == ["DisableKey"]
    assert told(key_call(KEY_ID), named) == ["DisableKey"]
    assert told(key_call("other"), named) == []


def test_a_key_that_was_only_asked_for_is_known_by_its_id_and_not_behind_an_alias() -> None:
    assert told(key_call(), trail(kmsKeyId=KEY_ID)) == ["DisableKey"]
    assert told(key_call(), trail(kmsKeyId="alias/trail")) == []
    assert told(key_call(""), trail(kmsKeyId="")) == []


def test_a_refused_call_names_nothing() -> None:
    refused = trail(s3BucketName="logs", kmsKeyId=KEY) | {"errorCode": "AccessDenied"}

    assert told(bucket_call(), key_call(), refused) == []


def test_the_buckets_that_are_read_are_guarded() -> None:
    assert told(bucket_call(), policy=Policy(trail_buckets=("logs",))) == ["PutBucketPolicy"]
    assert told(bucket_call(), read=(Place("logs", "a"),)) == ["PutBucketPolicy"]
    assert told(bucket_call(), read=(Place("more", ""),)) == []
