"""Files read in stretches, held to the reading of the whole file."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.journeys.story import ARN, record
from tests.unit.correlation.making import (
    as_bytes,
    data_key,
    event_bridge,
    label_update,
    object_call,
    service_event,
    trail_call,
)

from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.population import Population
from counterseal.correlation.records.stretches import read_stretches
from counterseal.errors import MalformedInput

HEAD = '},{"eventVersion":'
OTHER: dict[str, Any] = {"eventSource": "ec2.amazonaws.com", "readOnly": True}
WRITE = {"eventVersion": "1.11", "eventSource": "secretsmanager.amazonaws.com", "eventName": "DeleteSecret"}


def turned(it: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(it.items()))


RECORDS: list[dict[str, Any]] = [
    record(number=1),
    record(number=1, userAgent="another"),
    record(number=1),
    record(
        "TagResource", number=2, requestParameters={"secretId": ARN, "tags": [{"key": "a", "value": '"readOnly":true'}]}
    ),
    record("GetSecretValue", number=3, readOnly=True),
    record("FrobnicateSecret", number=4, readOnly="true"),
    record("RunInstances", number=5, time="2026-03-11T00:00:00Z", **OTHER),
    record("RunInstances", number=6, userAgent=f'"a"{HEAD}"1.11"', **OTHER),
    record("RunInstances", number=7, requestParameters={"readOnly": False, "list": [WRITE, WRITE, {}]}, **OTHER),
    record("RunInstances", number=8, requestParameters={**WRITE, "nested": [[WRITE], {"Records": [WRITE]}]}, **OTHER),
    record("RunInstances", number=9, eventVersion="2.0", recipientAccountId=None, awsRegion=None, **OTHER),
    record("RunInstances", number=10, eventVersion=[1], userAgent="\U0001f600\u2028\\u0073", **OTHER),
    record("GetObject", number=11, eventSource="s3.amazonaws.com", readOnly=True),
    record("DeleteBucketPolicy", number=12, eventSource="s3.amazonaws.com", requestParameters={"bucketName": "b"}),
    record("UpdateFunctionCode20150331v2", number=13, eventSource="lambda.amazonaws.com"),
    record(number=14, time="2026-03-10T11:59:59.5Z"),
    record(number=15, time="2026-03-10T13:00:00+02:00", responseElements={"fraction": 1.5, "large": 2**60}),
    turned(record(number=16)),
    data_key("00000000-0000-4000-8000-000000000001"),
    data_key("v", arn="arn:aws:s3:::bucket"),
    record("Decrypt", number=17, eventSource="kms.amazonaws.com", readOnly=True, time="2026-03-10T14:00:00Z"),
    record("Decrypt", number=18, eventSource="kms.amazonaws.com", recipientAccountId=None),
    record("Decrypt", number=19, eventSource="kms.amazonaws.com", readOnly=True, time="2026-03-10T18:00:00+02:00"),
    data_key("w", eventName="Decrypt", eventTime="2026-03-10T20:00:00Z", eventType="AwsVpceEvent"),
    data_key("w", eventName="Decrypt", eventTime="2026-03-10T21:00:00Z", eventCategory="NetworkActivity"),
    data_key("x", eventName="Decrypt", eventTime="2026-03-10T21:30:00Z"),
    service_event("RotationStarted"),
    trail_call("StopLogging"),
    object_call("DeleteObject"),
    object_call("PutObject", requestParameters={"bucketName": "theirs", "key": "k"}, resources=[]),
    object_call(
        "PutObjectAcl", requestParameters={"bucketName": "theirs", "key": "acme-logs \\ \u2028"}, resources=None
    ),
    object_call("DeleteObjects", requestParameters=None),
    object_call("PutObjectTagging", requestParameters=["acme-logs"], userAgent='"'),
    object_call("CopyObject", requestParameters={"bucketName": None}),
]
BUCKETS = ("acme-logs", "another")
LAYOUTS: dict[str, Callable[[object], bytes]] = {
    "compact": as_bytes,
    "spaced": lambda it: json.dumps(it).encode(),
    "indented": lambda it: json.dumps(it, indent=2).encode(),
    "with letters as they are": lambda it: json.dumps(it, ensure_ascii=False, separators=(",", ":")).encode(),
    "marked, and blanks around": lambda it: b"\xef\xbb\xbf \n" + json.dumps(it, indent=1).encode() + b"\r\n\t",
}


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Cut into pieces, as a decompressor does."""
    return (data[place : place + size] for place in range(0, len(data), size))


def in_stretches(data: bytes, *, size: int = 4096, stretch_bytes: int = 1500) -> Population | None:
    """Return what reading in stretches makes of a file, or None where it declines to."""
    gathering = Gathering(guarded_buckets=BUCKETS)
    taken = gathering.add_in_stretches(pieces(data, size), source="a.json", stretch_bytes=stretch_bytes)
    return gathering.population() if taken else None


def as_a_whole(data: bytes) -> Population | str:
    """Return what the reader of whole files says: a population, or the words of its refusal."""
    gathering = Gathering(guarded_buckets=BUCKETS)
    try:
        gathering.add(data, source="a.json")
    except MalformedInput as refusal:
        return str(refusal)
    return gathering.population()


@given(
    records=st.lists(st.sampled_from(RECORDS), min_size=1, max_size=30),
    layout=st.sampled_from(sorted(LAYOUTS)),
    size=st.integers(200, 5000),
    stretch_bytes=st.integers(1, 4000),
)
def test_a_file_in_stretches_says_what_it_says_as_a_whole(
    records: list[dict[str, Any]], layout: str, size: int, stretch_bytes: int
) -> None:
    data = LAYOUTS[layout]({"Records": records})

    assert in_stretches(data, size=size, stretch_bytes=stretch_bytes) in (as_a_whole(data), None)


DECOY = record("RunInstances", number=1, requestParameters={"list": [WRITE, {}, WRITE, WRITE]}, **OTHER)


@given(
    records=st.lists(
        st.builds(lambda it, size: it | {"userAgent": "a" * size}, st.sampled_from(RECORDS), st.integers(0, 4000)),
        min_size=1,
        max_size=12,
    ),
    layout=st.sampled_from(sorted(LAYOUTS)),
)
@example(records=[DECOY], layout="compact")
@example(records=[DECOY, record(number=2)], layout="compact")
@example(records=[record(number=2), DECOY], layout="compact")
@example(records=[turned(record(number=3)), record(number=2), turned(record(number=4))], layout="spaced")
def test_a_record_is_found_in_a_stretch_whatever_stands_around_it(records: list[dict[str, Any]], layout: str) -> None:
    data = LAYOUTS[layout]({"Records": records})

    for number, expected in enumerate(records):
        (stretch,) = read_stretches([data], stretch_bytes=len(data))
        assert [json.loads(bytes(stretch.raw(number))) for _ in range(2)] == [expected, expected]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_ordinary_records_is_read_in_stretches(layout: str) -> None:
    ordinary = [it for it in RECORDS if it["eventID"] not in ("e-7", "e-8")]
    data = LAYOUTS[layout]({"Records": [*ordinary, *ordinary]})

    assert in_stretches(data) == as_a_whole(data)


def test_a_file_of_more_stretches_than_are_handled_together_is_read_to_its_end() -> None:
    data = as_bytes({"Records": [it | {"eventID": f"{it['eventID']}-{n}"} for n in range(10) for it in RECORDS[10:]]})

    assert in_stretches(data, stretch_bytes=1) == as_a_whole(data)


def test_records_that_begin_each_with_another_key_are_one_long_stretch() -> None:
    data = as_bytes({"Records": [record(number=1), *(turned(record(number=number)) for number in range(2, 40))]})

    assert in_stretches(data, size=1000, stretch_bytes=1) == as_a_whole(data)


WHOLE = as_bytes({"Records": [record("RunInstances", number=number, **OTHER) for number in range(9)] + RECORDS[:3]})
SECRETS = b'"eventSource":"secretsmanager'


def at_times(*times: str) -> bytes:
    """Return a file of records whose times lie in order; the odd one stands between two good ones."""
    return as_bytes({"Records": [record("RunInstances", number=n, time=time, **OTHER) for n, time in enumerate(times)]})


HOSTILE: dict[str, bytes] = {
    "an odd second among good ones": at_times("2026-03-10T12:00:00Z", "2026-03-10T12:50:60Z", "2026-03-10T12:59:00Z"),
    "an odd hour among good ones": at_times("2026-03-10T12:00:00Z", "2026-03-10T24:00:00Z", "2026-03-11T00:00:00Z"),
    "an odd month among good ones": at_times("2026-03-10T12:00:00Z", "2026-13-10T12:00:00Z", "2027-01-11T00:00:00Z"),
    "cut off in a record": WHOLE[: len(WHOLE) // 2],
    "cut off between two": WHOLE[: WHOLE.index(HEAD.encode(), len(WHOLE) // 2) + 1],
    "without its end": WHOLE[:-2],
    "with half of its end": WHOLE[:-1],
    "a byte behind its end": WHOLE + b"x",
    "twice": WHOLE + WHOLE,
    "a file a line": WHOLE + b"\n" + WHOLE,
    "its key twice": WHOLE[:-1] + b',"Records":' + WHOLE[len('{"Records":') :],
    "its key again, for something else": WHOLE[:-1] + b',"Records":5}',
    "more keys behind": WHOLE[:-1] + b',"Events":[]}',
    "more keys before": b'{"a":1,' + WHOLE[1:],
    "a comma too many": WHOLE[:-2] + b",]}",
    "a form feed between two": WHOLE.replace(HEAD.encode(), b"},\x0c" + HEAD.encode()[2:]),
    "two commas between two": WHOLE.replace(HEAD.encode(), b",".join((b"}", HEAD.encode()[1:]))),
    "no comma between two": WHOLE.replace(HEAD.encode(), HEAD.replace(",", "").encode()),
    "a list among the records": WHOLE.replace(HEAD.encode(), b"},[]," + HEAD.encode()[2:], 1),
    "an envelope among the records": as_bytes({"Records": [RECORDS[0], event_bridge(RECORDS[0]), RECORDS[4]]}),
    "a label among the records": as_bytes({"Records": [RECORDS[4], label_update("v")]}),
    "no record at all": b'{"Records":[]}',
    "nothing": b"",
    "a needle written otherwise": WHOLE.replace(b"secretsmanager", b"\\u0073ecretsmanager"),
    "a key written otherwise": WHOLE.replace(b'"eventSource"', b'"\\u0065ventSource"'),
    "a key twice": WHOLE.replace(b'"awsRegion"', b'"eventSource":"secretsmanager.amazonaws.com","awsRegion"'),
    "a blank before a colon": WHOLE.replace(b'"eventSource":', b'"eventSource" :'),
    "an id that is none": WHOLE.replace(b'"eventID":"e-8"', b'"eventID":8'),
    "no id": WHOLE.replace(b'"eventID":"e-8",', b""),
    "a time that is none": WHOLE.replace(b"2026-03-10T12:00:00Z", b"2026-13-10T12:00:00Z"),
    "a time of two": WHOLE.replace(b"12:00:00Z", b"12:00:00Z,2026-03-10T12:00:00Z"),
    "a minute that is none": WHOLE.replace(b"T12:00:00Z", b"T12:60:00Z"),
    "a second that is none": WHOLE.replace(b"T12:00:00Z", b"T12:00:60Z"),
    "a time that is no text": WHOLE.replace(b'"2026-03-10T12:00:00Z"', b'"\\ud800"'),
    "letters that are none": WHOLE.replace(b'"userAgent":"test"', b'"userAgent":"\xff"'),
    "a head of letters that are none": WHOLE.replace(b"RunInstances", b"\xff"),
    "a number that nobody can read": WHOLE.replace(b'"userAgent":"test"', b'"userAgent":1e999'),
    "too deep": WHOLE.replace(b'"userAgent":"test"', b'"userAgent":' + b"[" * 100_000 + b"]" * 100_000),
    "a Lambda event of SNS": as_bytes({"Records": [{"EventSource": "aws:sns", "Sns": {"Type": "x", "Message": "y"}}]}),
    "its first key with an escape": WHOLE.replace(b'"eventVersion"', b'"event\\u0056ersion"'),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("stretch_bytes", [1, 2000, 10**6])
def test_what_is_odd_is_read_alike_or_left_to_the_reader_of_the_whole(case: str, stretch_bytes: int) -> None:
    data = HOSTILE[case]

    assert in_stretches(data, stretch_bytes=stretch_bytes) in (as_a_whole(data), None)


@pytest.mark.parametrize("case", ["a needle written otherwise", "a key written otherwise", "a key twice"])
def test_a_change_cannot_be_hidden_by_writing_it_otherwise(case: str) -> None:
    population = in_stretches(HOSTILE[case])

    assert population is not None
    assert {event.event_id for event in population.events} >= {"e-1"}


BITS = [b'"', b"\\", b",", b"{", b"}", b"[", b"]", b"]}", b" ", b"\n", b"\x00", HEAD.encode(), b'{"Records":[', SECRETS]
SMALL = as_bytes(
    {"Records": [record("RunInstances", number=number, **OTHER) for number in range(3)] + [record(number=9)]}
)


@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(SMALL)), st.integers(0, 40), st.sampled_from([b"", *BITS])), min_size=1, max_size=4
    ),
    stretch_bytes=st.integers(1, 1500),
)
@example(changes=[(0, 0, b" ")], stretch_bytes=1)
def test_no_damage_is_read_otherwise_than_in_the_whole(
    changes: list[tuple[int, int, bytes]], stretch_bytes: int
) -> None:
    data = SMALL
    for place, length, bit in changes:
        data = data[:place] + bit + data[place + length :]

    assert in_stretches(data, size=700, stretch_bytes=stretch_bytes) in (as_a_whole(data), None)


def test_a_file_that_is_declined_leaves_nothing_behind() -> None:
    gathering = Gathering()

    taken = gathering.add_in_stretches([WHOLE[:-1]], source="a.json", stretch_bytes=1)

    assert not taken
    assert gathering.population() == Population()


def test_a_file_that_is_refused_leaves_nothing_behind() -> None:
    gathering = Gathering()

    with pytest.raises(MalformedInput):
        gathering.add(as_bytes([record(), {"odd": 1}]), source="a.json")

    assert gathering.population() == Population()


def test_records_are_read_before_the_end_of_the_file_is_asked_for() -> None:
    windows = pieces(as_bytes({"Records": [record()] * 100}), 4096)

    first = next(read_stretches(windows, stretch_bytes=1000))

    assert len(first.heads) < 10
    assert len(list(windows)) > 10


def test_a_long_file_of_one_hour_spans_that_hour() -> None:
    """Its records are taken many at a time: of a time in an hour that is known, nothing is left to find out."""
    records = [
        record("RunInstances", number=it, time=f"2026-03-10T12:{it // 60:02}:{it % 60:02}Z", **OTHER)
        for it in range(200)
    ]
    gathering = Gathering()

    assert gathering.add_in_stretches(iter([as_bytes({"Records": records})]), source="long", stretch_bytes=1)

    population = gathering.population()
    assert (population.records, population.others) == (200, 200)
    assert population.start
    assert population.start.isoformat() == "2026-03-10T12:00:00+00:00"
    assert population.end
    assert population.end.isoformat() == "2026-03-10T12:03:19+00:00"
