from tests.journeys.story import record
from tests.unit.correlation.making import gather, organisation_call, service_event, trail_call

from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.population import Population, guard_events


def test_the_counts_are_those_of_the_contract() -> None:
    population = gather(
        record(number=1),
        record(number=1),
        record(number=2),
        record(number=2, userAgent="another"),
        record(number=3, errorCode="AccessDenied", time="2026-03-10T13:00:00Z"),
        record("FrobnicateSecret", number=4),
        service_event("RotationStarted"),
    )

    assert population.counts() == {
        "records": 7,
        "changes": 2,
        "attempts": 1,
        "service_events": 1,
        "unclassified": 1,
        "duplicates": 1,
        "conflicts": 1,
        "from": "2026-03-10T12:00:00Z",
        "to": "2026-03-10T13:00:00Z",
    }


def test_the_counts_of_nothing_have_no_span() -> None:
    assert (Population().counts()["from"], Population().counts()["to"]) == (None, None)


def test_events_can_be_asked_for_by_kind() -> None:
    population = gather(record(), service_event("RotationStarted"), trail_call("StopLogging"))

    found = population.of_kind(Kind.CHANGE, Kind.GUARD)

    assert sorted(event.name for event in found) == ["PutSecretValue", "StopLogging"]


def test_guard_events_are_those_of_the_monitor_and_of_what_is_registered() -> None:
    policy = {"eventSource": "s3.amazonaws.com"}
    population = gather(
        trail_call("StopLogging"),
        record("PutBucketPolicy", number=2, requestParameters={"bucketName": "ours"}, **policy),
        record("PutBucketPolicy", number=3, requestParameters={"bucketName": "theirs"}, **policy),
        record("DisableKey", number=4, requestParameters={"keyId": "k"}, eventSource="kms.amazonaws.com"),
        record("DeleteItem", number=5, requestParameters={"tableName": "t"}, eventSource="dynamodb.amazonaws.com"),
    )

    assert [event.name for event in guard_events(population)] == ["StopLogging"]
    registered = guard_events(population, buckets=["ours"], key_arns=["k"], tables=["t"])
    assert {event.event_id for event in registered} == {"StopLogging-2026-03-10T12:00:00Z", "e-2", "e-4", "e-5"}


def test_what_an_organisation_does_about_other_services_is_no_guard_event() -> None:
    def about(name: str, **parameters: str) -> list[str]:
        population = gather(organisation_call(name, requestParameters=parameters))
        return [event.name for event in guard_events(population)]

    for name in ("DisableAWSServiceAccess", "DeregisterDelegatedAdministrator"):
        assert about(name, servicePrincipal="cloudtrail.amazonaws.com") == [name]
        assert about(name, servicePrincipal="sso.amazonaws.com") == []
        assert about(name) == [name]
    assert about("RemoveAccountFromOrganization", accountId="1") == ["RemoveAccountFromOrganization"]
