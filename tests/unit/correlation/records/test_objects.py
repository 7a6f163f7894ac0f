"""What is done to objects of guarded buckets: what counts, what is plain use, and what the records of S3 hide."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from tests.journeys.story import ACCOUNT
from tests.unit.correlation.making import as_bytes, event_bridge, gather, object_call

from counterseal.correlation.records.catalogue import CATALOGUE, Guards
from counterseal.correlation.records.event import Event
from counterseal.correlation.records.guarded import Guarded, guard_events
from counterseal.correlation.records.objects import GuardedBuckets, bucket_and_object
from counterseal.correlation.records.population import Population
from counterseal.safes.layout import safe_place

BUCKET = "acme-logs"
PLACE = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/03/10"
LOG = f"{PLACE}/{ACCOUNT}_CloudTrail_eu-west-1_20260310T1200Z_7xgocspSowgK0Gto.json.gz"
DIGEST = (
    f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/03/10/"
    f"{ACCOUNT}_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260310T120000Z.json.gz"
)
SAFE = safe_place("team")
ID = "abcdefghijklmnopqrstuvwx23"
OF_A_SAFE = [SAFE.head_name, SAFE.membership_name(3), SAFE.secret_name(ID, 12), f"some/prefix/{SAFE.head_name}"]
VIA = {"invokedBy": "cloudtrail.amazonaws.com"}
CLOUDTRAIL = {"type": "AWSService", **VIA}
KEPT = "was removed: for good, unless the bucket keeps versions, which this record does not tell"


def read(*documents: object, buckets: tuple[str, ...] = (BUCKET,)) -> Population:
    return gather(*documents, guarded_buckets=buckets)


def reported(*documents: object) -> list[Event]:
    return list(guard_events(read(*documents).events, Guarded([BUCKET])))


def asking(**parameters: str) -> dict[str, Any]:
    return {"requestParameters": {"bucketName": BUCKET, "key": "k", **parameters}}


# What each call that alters an object comes to. Nothing needs a ticket; everything is told.
EFFECTS = {
    "CompleteMultipartUpload": "an object was written",
    "CopyObject": "an object was written, as a copy",
    "DeleteObject": f"an object {KEPT}",
    "DeleteObjectAnnotation": "an object lost an annotation",
    "DeleteObjectTagging": "an object lost its tags, by which lifecycle rules may remove or keep it",
    "DeleteObjects": "objects were removed, or hidden by delete markers: this record does not name them",
    "PostObject": "an object was written",
    "PutObject": "an object was written",
    "PutObjectAcl": "an object had its access list replaced",
    "PutObjectAnnotation": "an object had an annotation written",
    "PutObjectLegalHold": "an object had its legal hold put on or taken off",
    "PutObjectRetention": "an object had its retention altered",
    "PutObjectTagging": "an object had its tags replaced, by which lifecycle rules may remove or keep it",
    "RenameObject": "an object was moved to this name, and is gone from its old one",
    "RestoreObject": "an object was made readable out of the archive",
    "UpdateObjectEncryption": "an object was put under another key",
}
CALLS = [(service, name) for (service, name), entry in CATALOGUE.items() if entry.guards is Guards.OBJECT]


@pytest.mark.parametrize(("service", "name"), CALLS)
def test_every_call_that_alters_an_object_is_told_with_what_it_did(service: str, name: str) -> None:
    [event] = reported(object_call(name, eventSource=f"{service}.amazonaws.com"))

    facts = {"guards": "object", "resource": BUCKET, "object": "some/thing", "effect": EFFECTS[name]}
    assert event.facts.items() >= facts.items()


@pytest.mark.parametrize(
    "name", ["CreateMultipartUpload", "UploadPart", "UploadPartCopy", "AbortMultipartUpload", "GetObject"]
)
def test_what_alters_no_object_is_counted_and_not_kept(name: str) -> None:
    population = read(object_call(name))

    assert (population.others, population.events) == (1, ())


@pytest.mark.parametrize("name", EFFECTS)
def test_an_object_of_a_bucket_that_nobody_guards_is_counted_and_not_kept(name: str) -> None:
    for buckets in ((), ("acme", "logs"), ("one", "two", "three")):
        population = read(object_call(name), buckets=buckets)

        assert (population.others, population.events, population.bucket_names) == (1, (), frozenset())


@pytest.mark.parametrize("name", EFFECTS)
def test_a_refused_call_is_told_with_the_refusal_and_had_no_effect(name: str) -> None:
    [event] = reported(object_call(name, errorCode="AccessDenied"))

    assert (event.error_code, event.facts["effect"]) == ("AccessDenied", "")


# ------------------------------------------------------------------------------------------------ deletions

DELETIONS = {
    "a version that is named is gone for good": (
        {"versionId": "v-1"}, None, "lost its version v-1 for good"),
    "a delete marker hides what a bucket with versions keeps": (
        {}, {"x-amz-version-id": "m-1", "x-amz-delete-marker": "true"},
        "was hidden by a delete marker: the versions that the bucket kept of it are still there"),
    "the marker may be told as true or false": (
        {}, {"x-amz-delete-marker": True},
        "was hidden by a delete marker: the versions that the bucket kept of it are still there"),
    "whoever removes a delete marker shows the object again": (
        {"versionId": "m-1"}, {"x-amz-delete-marker": "true"}, "shows again: the delete marker m-1 was removed"),
    "a record that answers nothing does not tell": ({}, None, KEPT),
    "a marker that is false does not tell either": ({}, {"x-amz-delete-marker": "false"}, KEPT),
}  # fmt: skip


@pytest.mark.parametrize("case", DELETIONS)
def test_what_a_deletion_left_is_said_as_far_as_the_record_tells(case: str) -> None:
    parameters, answer, effect = DELETIONS[case]

    [event] = reported(object_call("DeleteObject", **asking(**parameters), responseElements=answer))

    assert event.facts["effect"] == f"an object {effect}"


@pytest.mark.parametrize(
    ("object_name", "what"),
    [
        (LOG, "a log file of CloudTrail"),
        (DIGEST, "a digest of CloudTrail"),
        *((it, "an object of a safe") for it in OF_A_SAFE),
    ],
)
def test_the_removal_of_a_log_file_a_digest_or_a_part_of_a_safe_is_told_as_such(object_name: str, what: str) -> None:
    [event] = reported(object_call("DeleteObject", object_name))

    assert event.facts["effect"] == f"{what} {KEPT}"


def test_the_record_of_several_deletions_names_none_of_them() -> None:
    document = object_call(
        "DeleteObjects",
        requestParameters={"bucketName": BUCKET, "Host": f"{BUCKET}.s3.amazonaws.com", "delete": ""},
        resources=[
            {"type": "AWS::S3::Object", "ARNPrefix": f"arn:aws:s3:::{BUCKET}/"},
            {"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{BUCKET}"},
        ],
    )

    [event] = reported(document)

    assert (event.facts["resource"], event.facts["object"]) == (BUCKET, "")


def test_each_of_several_deletions_has_a_record_of_the_service_too() -> None:
    one = object_call("DeleteObject", LOG, eventType="AwsServiceEvent", requestParameters=None)

    found = reported(object_call("DeleteObjects"), one)

    assert [(it.name, it.facts["object"]) for it in found] == [("DeleteObject", LOG), ("DeleteObjects", "some/thing")]
    assert found[0].facts["effect"] == f"a log file of CloudTrail {KEPT} (one of those of a DeleteObjects)"


# ------------------------------------------------------------------------------------------------ plain use


@pytest.mark.parametrize("object_name", [LOG, DIGEST, f"AWSLogs/{ACCOUNT}/CloudTrail/"])
def test_what_cloudtrail_delivers_is_no_tampering_and_shows_that_data_events_arrive(object_name: str) -> None:
    population = read(object_call("PutObject", object_name, userIdentity=CLOUDTRAIL))

    assert (population.events, population.others) == ((), 1)
    assert population.bucket_names == {BUCKET}


def test_that_cloudtrail_could_not_deliver_is_told() -> None:
    [event] = reported(object_call("PutObject", LOG, userIdentity=CLOUDTRAIL, errorCode="AccessDenied"))

    assert (event.actor.via, event.error_code) == ("cloudtrail.amazonaws.com", "AccessDenied")


@pytest.mark.parametrize(
    "identity",
    [
        {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/ana", "userName": "ana"},
        {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/R/cloudtrail.amazonaws.com"},
        {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s",
            "invokedBy": "cloudtrail.amazonaws.com",
        },
        {"type": "AWSService", "invokedBy": "config.amazonaws.com"},
        {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"},
        {},
    ],
)
@pytest.mark.parametrize(("object_name", "what"), [(LOG, "a log file"), (DIGEST, "a digest")])
def test_a_log_file_that_anybody_else_wrote_is_told(identity: dict[str, str], object_name: str, what: str) -> None:
    [event] = reported(object_call("PutObject", object_name, userIdentity=identity))

    assert event.facts["effect"] == f"{what} of CloudTrail was written"


@pytest.mark.parametrize("name", sorted(EFFECTS.keys() - {"PutObject"}))
def test_cloudtrail_does_nothing_but_write(name: str) -> None:
    assert len(reported(object_call(name, LOG, userIdentity=CLOUDTRAIL))) == 1


@pytest.mark.parametrize("object_name", OF_A_SAFE)
@pytest.mark.parametrize("error_code", [None, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"])
def test_writing_a_safe_and_losing_a_race_for_it_are_how_it_works(object_name: str, error_code: str | None) -> None:
    population = read(object_call("PutObject", object_name, errorCode=error_code))

    assert (population.events, population.others) == ((), 1)
    assert population.bucket_names == {BUCKET}


@pytest.mark.parametrize("object_name", OF_A_SAFE)
def test_a_write_to_a_safe_that_s3_denied_is_told(object_name: str) -> None:
    assert [it.error_code for it in reported(object_call("PutObject", object_name, errorCode="AccessDenied"))] == [
        "AccessDenied"
    ]


@pytest.mark.parametrize("name", sorted(EFFECTS.keys() - {"PutObject"}))
def test_whatever_no_member_does_to_an_object_of_a_safe_is_told(name: str) -> None:
    assert len(reported(object_call(name, SAFE.head_name))) == 1


@pytest.mark.parametrize(
    "object_name",
    [
        f"default/{SAFE.safe}", f"{SAFE.head_name}/more", f"default/{SAFE.safe}/o/{ID}", f"default/{SAFE.safe}/m/x",
        f"{SAFE.safe}/head", f"default/{SAFE.safe.upper()}/head", f"default/{SAFE.safe[:-1]}/head",
        f"a\n/{SAFE.head_name}", f"{SAFE.head_name}\n", f"default/{SAFE.safe}/m/٣", "",
    ],
)  # fmt: skip
def test_what_is_only_much_like_an_object_of_a_safe_is_told(object_name: str) -> None:
    assert len(reported(object_call("PutObject", object_name))) == 1


# ------------------------------------------------------------------------------------------------ which bucket

ARN = f"arn:aws:s3:::{BUCKET}"
POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap"
BEHIND = (f"{ARN}/k", ARN, POINT)
THEIRS = "arn:aws:s3:::theirs"


def told(request: object, *resources: object) -> dict[str, Any]:
    """Return what a record says of where it was: the parameters, and the ARNs of resources."""
    return {"requestParameters": request, "resources": [{"ARN": it} if isinstance(it, str) else it for it in resources]}


ABOUT: dict[str, tuple[dict[str, Any], str, str]] = {
    "as the call named it": ({**asking(), "resources": None}, BUCKET, "k"),
    "an access point by its ARN": (told({"bucketName": POINT, "key": "k"}, *BEHIND), BUCKET, "k"),
    "an access point by its alias": (told({"bucketName": "ap-x-s3alias", "key": "k"}, *BEHIND), BUCKET, "k"),
    "resources alone": (told(None, *BEHIND), BUCKET, "k"),
    "in other letters": (told({}, {"arn": ARN}, {"aRN": f"{ARN}/a/b"}), BUCKET, "a/b"),
    "an object and no bucket": (told({}, f"{ARN}/a/b"), BUCKET, "a/b"),
    "a prefix alone": (told({}, {"ARNPrefix": f"{ARN}/"}), BUCKET, ""),
    "in China": (told({}, f"arn:aws-cn:s3:::{BUCKET}/k"), BUCKET, "k"),
    "a directory bucket": (told({}, f"arn:aws:s3express:eu-west-1:1:bucket/{BUCKET}/k"), BUCKET, "k"),
    "a copy out of it": (told({"bucketName": "theirs", "key": "k"}, ARN, THEIRS), "theirs", "k"),
    "an access point of another": (told({"bucketName": POINT}, THEIRS, ARN), "theirs", ""),
    "one whose name goes on": (told({"bucketName": f"{BUCKET}-2"}, f"{ARN}-2"), f"{BUCKET}-2", ""),
    "another, told oddly": (told({"bucketName": "theirs", "key": "k"}, {"ARN": 1}), "theirs", "k"),
    "nothing at all": ({"requestParameters": None, "resources": None}, "", ""),
    "other things than texts": (told({"bucketName": 1, "key": [2]}, {"ARN": None}, 3), "", ""),
}


@pytest.mark.parametrize("case", ABOUT)
def test_the_bucket_and_the_object_are_found_wherever_a_record_has_them(case: str) -> None:
    changed, bucket, object_name = ABOUT[case]

    assert bucket_and_object(object_call("DeleteObject", **changed)) == (bucket, object_name)


@pytest.mark.parametrize("case", ABOUT)
@pytest.mark.parametrize("buckets", [(BUCKET,), (BUCKET, "a", "b")])
@pytest.mark.parametrize("around", [dict, event_bridge])
def test_a_record_is_kept_if_and_only_if_it_is_about_a_guarded_bucket(
    case: str, buckets: tuple[str, ...], around: Callable[[dict[str, Any]], object]
) -> None:
    changed, bucket, _ = ABOUT[case]
    document = object_call("DeleteObject", **changed)

    population = read(around(document), buckets=buckets)

    assert len(population.events) == (bucket == BUCKET)
    assert population.others == (bucket != BUCKET)


@given(
    st.lists(st.sampled_from(sorted(ABOUT)), min_size=1),
    st.sampled_from([(BUCKET,), (BUCKET, "another"), (BUCKET, "another", "third")]),
    st.sampled_from([lambda text: text, lambda text: text.replace("acme", "\\u0061cme")]),
)
def test_what_may_be_about_a_guarded_bucket_is_never_left_unopened(
    cases: list[str], buckets: tuple[str, ...], spelled: Any
) -> None:
    documents = [object_call("DeleteObject", **ABOUT[case][0]) for case in cases]
    about = [ABOUT[case][1] in buckets for case in cases]
    guarded = GuardedBuckets(buckets)

    together = guarded.may_hold_each(spelled(json.dumps(documents)).encode(), len(documents))
    alone = [guarded.may_hold(Raw(spelled(json.dumps(it)).encode())) for it in documents]

    assert all(may or not is_about for may, is_about in zip(together, about, strict=True))
    assert all(may or not is_about for may, is_about in zip(alone, about, strict=True))


def test_a_record_about_another_bucket_is_not_opened_for_the_sake_of_its_neighbour() -> None:
    theirs = object_call(
        "PutObject", requestParameters={"bucketName": "theirs"}, resources=[{"ARN": "arn:aws:s3:::theirs"}]
    )

    several = object_call("DeleteObjects", **told({"bucketName": "theirs"}, {"ARNPrefix": f"{THEIRS}/"}, THEIRS))

    may = GuardedBuckets([BUCKET]).may_hold_each(as_bytes([object_call(), theirs, several]), 3)

    assert may == [True, False, False]


def test_text_that_is_not_utf_8_is_left_to_who_opens_the_record() -> None:
    assert GuardedBuckets(["a", "b", "c"]).may_hold(Raw(b'{"requestParameters":{"bucketName":"\xff"}}'))


# ------------------------------------------------------------------------------------------------ copies


def test_an_action_that_two_accounts_saw_is_told_once() -> None:
    shared = {"sharedEventID": "s-1", "requestID": "r"}
    theirs = object_call("DeleteObject", LOG, eventID="theirs", recipientAccountId="444455556666", **shared)

    assert [it.event_id for it in reported(theirs, object_call("DeleteObject", LOG, eventID="ours", **shared))] == [
        "ours"
    ]


def test_the_same_id_in_two_accounts_without_a_shared_one_is_told_twice() -> None:
    other = object_call("DeleteObject", LOG, recipientAccountId="444455556666")

    assert len(reported(object_call("DeleteObject", LOG), other)) == 2


def test_a_record_that_comes_twice_is_told_once() -> None:
    assert len(reported(object_call("DeleteObject"), object_call("DeleteObject"))) == 1


def test_what_a_vpc_endpoint_let_pass_has_a_record_of_its_own_and_what_it_refused_has_none() -> None:
    seen = {"eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity"}
    refused = object_call("PutObject", eventID="refused", errorCode="VpceAccessDenied", **seen)

    population = read(object_call("DeleteObject"), object_call("DeleteObject", eventID="passed", **seen), refused)

    assert ([it.name for it in population.events], population.others) == (["DeleteObject", "PutObject"], 1)


def test_a_null_answer_is_no_failure_and_an_error_code_of_200_is_none() -> None:
    [event] = reported(object_call("PutObjectAcl", responseElements=None, errorCode="200"))

    assert (event.error_code, event.facts["effect"]) == ("", "an object had its access list replaced")


def test_a_read_only_hint_alters_nothing() -> None:
    assert len(reported(object_call("DeleteObject", readOnly=True))) == 1
