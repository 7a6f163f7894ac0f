"""The inbox at work: what is recorded, what goes to quarantine, and that order and repetition change nothing."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.sns import NOW, TOPIC, FakeFiles, body, check
from tests.unit.control.audit_of_all import AuditOfAll
from tests.unit.correlation.invented import approval, ticket
from tests.unit.correlation.making import object_call, trail_call

from counterseal.assembly.demo.story import tell
from counterseal.clock import FixedClock, parse_time
from counterseal.control.deciding import Asked, PieceByPiece
from counterseal.control.named_files import files_named
from counterseal.control.process import STREAM, Means, Processed, Processing
from counterseal.control.record import Outcome, record_audit
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.tickets.policy import Policy
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import Denied, MalformedInput, NotFound, Refused, SettingsError, Unreachable
from counterseal.inbox.letter import Arrival, State
from counterseal.inbox.sqlite import SqliteInbox
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.sqlite import SqliteLedger

EVENT: dict[str, Any] = json.loads(json.loads(body("version 2"))["Message"])
WHEN = parse_time(EVENT["detail"]["eventTime"])
TICKETS = TicketSet(
    tickets=(
        ticket(
            secrets=(EVENT["detail"]["requestParameters"]["secretId"],),
            window=None,
            approvals=(approval(WHEN - timedelta(hours=1)),),
        ),
    )
)
QUEUE = "https://sqs.us-east-2.amazonaws.com/111122223333/secrets"


def event(event_id: str, **detail: Any) -> bytes:
    """Return an EventBridge event of a change."""
    made = EVENT["detail"]["requestParameters"] | {"clientRequestToken": f"version-of-{event_id:>26}"}
    whole = EVENT["detail"] | {"eventID": event_id, "requestParameters": made} | detail
    return json.dumps(EVENT | {"id": event_id, "detail": whole}).encode()


def queued(content: bytes, message_id: str = "m-1") -> Arrival:
    return Arrival("sqs", QUEUE, message_id, content)


def asked(**more: Any) -> Asked:
    return Asked(Rules(policy=Policy(), as_of=NOW), **more)


class House:
    """An inbox and a ledger, and what works through them."""

    def __init__(self, folder: Path) -> None:
        clock = FixedClock(NOW)
        self.inbox = SqliteInbox.at(folder / "inbox", clock)
        self.ledger = SqliteLedger.at(folder / "ledger", clock)
        self.ask: Callable[[], Asked] = asked
        self.guarded_buckets: tuple[str, ...] = ()
        self.means = Means(sns=check(), confirming=Confirmed())

    def processing(self) -> Processing:
        return Processing(self.inbox, self.ledger, self._begun, self.means)

    def _begun(self) -> PieceByPiece:
        return PieceByPiece(self._asked, guarded_buckets=self.guarded_buckets)

    def _asked(self) -> Asked:
        return self.ask()  # as it is set when it is asked

    def close(self) -> None:
        self.inbox.close()
        self.ledger.close()

    def recorded(self, kind: EntryKind = EntryKind.VERDICT) -> list[dict[str, Any]]:
        return [it.body() for name in self.ledger.streams() for it in self.ledger.read(name) if it.kind is kind]

    def why(self) -> list[str]:
        return [it.reason for it in self.inbox.letters(State.QUARANTINED)]


class Confirmed:
    """Writes down what was confirmed."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.confirmed: list[tuple[str, str]] = []
        self.failure = failure

    def confirm(self, topic_arn: str, token: str) -> None:
        if self.failure:
            raise self.failure
        self.confirmed.append((topic_arn, token))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as opened:
        yield opened


def test_a_change_becomes_a_finding(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])

    assert house.processing().run() == Processed(processed=1)

    (finding,) = house.recorded()
    assert (finding["event_id"], finding["verdict"]) == ("e-1", "unapproved")
    (recorded,) = house.recorded(EntryKind.EVENT)
    assert recorded["source"] == f"sqs:{QUEUE}#m-1"
    assert house.inbox.counts()[State.PROCESSED] == 1


def test_without_messages_nothing_is_decided(house: House) -> None:
    assert house.processing().run() == Processed()

    assert list(house.ledger.streams()) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_any_order_and_however_often_the_same_is_recorded(order: tuple[int, ...], house: House) -> None:
    contents = [event("e-1"), event("e-2"), event("e-1", userAgent="contradicts")]
    work = house.processing()
    for number, place in enumerate((*order, *order)):
        house.inbox.store([queued(contents[place], f"m-{number}")])
        work.run()

    assert sorted({it["event_id"] for it in house.recorded()}) == ["e-1", "e-2"]
    assert len(house.recorded()) == 2
    assert house.recorded(EntryKind.AUDIT_RUN)[-1]["conflicts"] == 1
    assert house.inbox.counts()[State.PROCESSED] == 6


def test_after_a_start_what_was_processed_still_counts(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])
    house.processing().run()
    house.inbox.store([queued(event("e-2"), "m-2")])

    house.processing().run()

    assert house.inbox.counts()[State.PROCESSED] == 2
    assert {it["event_id"] for it in house.recorded()} == {"e-1", "e-2"}


def test_a_repetition_of_work_records_nothing_twice(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])
    house.processing().run()
    house.inbox.settle([1], State.NEW)  # as after a kill between recording and settling
    before = len(house.recorded())

    assert house.processing().run() == Processed(processed=1)

    assert len(house.recorded()) == before
    assert house.processing().run() == Processed()


def test_two_processes_share_an_inbox(house: House) -> None:
    first, second = house.processing(), house.processing()
    house.inbox.store([queued(event("e-1"))])
    first.run()
    house.inbox.store([queued(event("e-2"), "m-2")])
    second.run()
    house.inbox.store([queued(event("e-3"), "m-3")])

    first.run()

    assert [it["changes"] for it in house.recorded(EntryKind.AUDIT_RUN)] == [1, 2, 3] or len(house.recorded()) == 3


def test_what_cannot_be_read_is_quarantined_and_the_rest_goes_on(house: House) -> None:
    house.inbox.store([queued(b"no JSON"), queued(event("e-1"), "m-2"), queued(b'{"key": 1}', "m-3")])

    assert house.processing().run() == Processed(processed=1, quarantined=2)

    assert [reason.split("; ")[0][-40:] for reason in house.why()]
    assert "is not JSON" in house.why()[0]
    assert "an object with the keys 'key'" in house.why()[1]
    assert house.inbox.body(1) == b"no JSON"
    assert len(house.recorded()) == 1


@pytest.mark.parametrize("before", [b'{"x": ', b'{"Type": "Notification", "TopicArn": '])
def test_what_nests_deeper_than_the_interpreter_goes_stops_no_other_message(before: bytes, house: House) -> None:
    house.inbox.store([queued(before + b"[" * 5000), queued(event("e-1"), "m-2")])

    assert house.processing().run() == Processed(processed=1, quarantined=1)

    assert len(house.recorded()) == 1


def test_a_message_of_sns_in_a_queue_must_be_signed(house: House) -> None:
    house.inbox.store([queued(body("version 2"), "good"), queued(body("message altered"), "forged")])

    assert house.processing().run() == Processed(processed=1, quarantined=1)

    assert house.why() == ["the signature is not that of SNS over this message"]
    assert len(house.recorded()) == 1


def test_a_message_of_sns_in_a_queue_may_have_waited_for_days(house: House) -> None:
    house.inbox.store([queued(body("an hour and a second old"))])

    assert house.processing().run() == Processed(processed=1)


def test_what_stands_beside_the_signed_text_is_not_read(house: House) -> None:
    smuggled = json.loads(body("version 2")) | {"Records": [EVENT["detail"] | {"eventID": "forged"}]}
    house.inbox.store([queued(json.dumps(smuggled).encode())])

    house.processing().run()

    assert [it["event_id"] for it in house.recorded()] == [EVENT["detail"]["eventID"]]


def test_without_topics_nothing_that_says_it_is_of_sns_is_believed(house: House) -> None:
    house.means = Means()
    house.inbox.store([queued(body("version 2")), Arrival("sns", TOPIC, "m-2", body("version 1"))])

    assert house.processing().run() == Processed(quarantined=2)

    assert all("intake.sns_topics names no topic" in reason for reason in house.why())


def test_a_certificate_that_cannot_be_fetched_delays_a_message_and_no_other(house: House) -> None:
    house.means = house.means._replace(sns=check(FakeFiles({})))
    house.inbox.store([queued(body("version 2")), queued(event("e-1"), "m-2")])

    assert house.processing().run() == Processed(processed=1, delayed="nothing is there")

    assert [it.number for it in house.inbox.letters(State.NEW)] == [1]


def test_a_subscription_is_confirmed_by_a_call_and_its_address_is_never_asked(house: House) -> None:
    confirmed = Confirmed()
    house.means = Means(sns=check(), confirming=confirmed)
    house.inbox.store([Arrival("sns", TOPIC, "m-1", body("subscription"))])
    work = house.processing()

    assert work.run() == Processed(processed=1)
    assert house.processing().run() == Processed()

    assert confirmed.confirmed == [(TOPIC, "2336412f37")]


@pytest.mark.parametrize(
    ("confirming", "said"),
    [(None, "nobody can confirm"), (Confirmed(Denied("sns:ConfirmSubscription is not allowed")), "is not allowed")],
)
def test_a_subscription_that_cannot_be_confirmed_waits_in_quarantine(
    confirming: Confirmed | None, said: str, house: House
) -> None:
    house.means = Means(sns=check(), confirming=confirming)
    house.inbox.store([Arrival("sns", TOPIC, "m-1", body("subscription"))])

    assert house.processing().run() == Processed(quarantined=1)

    assert said in house.why()[0]


def test_the_end_of_a_subscription_is_shown_to_a_person(house: House) -> None:
    house.inbox.store([Arrival("sns", TOPIC, "m-1", body("end of a subscription"))])

    assert house.processing().run() == Processed(quarantined=1)

    assert house.why() == ["the subscription was ended: nothing comes from this topic any more; subscribe again"]


def test_a_foreign_subscription_that_is_freed_is_confirmed_only_once_its_topic_is_named(house: House) -> None:
    foreign = json.loads(body("subscription")) | {"TopicArn": TOPIC + "-theirs"}
    house.inbox.store([Arrival("sns", "other", "m-1", json.dumps(foreign).encode())])

    assert house.processing().run() == Processed(quarantined=1)

    assert "not one of intake.sns_topics" in house.why()[0]


def test_plain_text_of_sns_is_somebodys_notice(house: House) -> None:
    house.inbox.store([queued(body("not ASCII"))])

    assert house.processing().run() == Processed(processed=1)


NEW_FILES = b'{"s3Bucket": "logs", "s3ObjectKey": ["a.json.gz", "b.json.gz"]}'


def test_a_message_that_names_log_files_is_kept_for_who_can_read_them(house: House) -> None:
    house.inbox.store([queued(NEW_FILES)])

    assert house.processing().run() == Processed(quarantined=1)

    assert "names 2 log files in S3" in house.why()[0]


class Files:
    """Holds log files by name, packed, each of one record; what is an error is raised."""

    def __init__(self, *names: str, **other: bytes | Exception) -> None:
        held = {name: gzip.compress(json.dumps({"Records": [record(name)]}).encode()) for name in names}
        self.held: dict[str, bytes | Exception] = {**held, **other}
        self.read_names: list[str] = []

    def read(self, bucket: str, object_name: str) -> bytes:
        self.read_names.append(object_name)
        found = self.held.get(object_name, NotFound(f"there is no s3://{bucket}/{object_name}"))
        if isinstance(found, Exception):
            raise found
        return found


def record(event_id: str) -> dict[str, Any]:
    """Return the record of a change."""
    found: dict[str, Any] = json.loads(event(event_id))["detail"]
    return found


def test_log_files_that_a_message_names_are_read_and_judged(house: House) -> None:
    house.means = house.means._replace(log_files=Files("a.json.gz", "b.json.gz"))
    house.inbox.store([queued(NEW_FILES)])

    assert house.processing().run() == Processed(processed=3)

    assert {it["event_id"] for it in house.recorded()} == {"a.json.gz", "b.json.gz"}
    assert {it["source"] for it in house.recorded(EntryKind.EVENT)} == {"s3:logs#a.json.gz", "s3:logs#b.json.gz"}


def test_a_log_file_is_fetched_once_and_decides_after_it_is_gone_from_its_bucket(house: House) -> None:
    files = Files("a.json.gz", "b.json.gz")
    house.means = house.means._replace(log_files=files)
    house.inbox.store([queued(NEW_FILES)])
    house.processing().run()
    house.means = Means()

    house.ask = lambda: asked(tickets=TICKETS)
    house.processing().run()

    assert files.read_names == ["a.json.gz", "b.json.gz"]
    assert [it["verdict"] for it in house.recorded()] == ["unapproved"] * 2 + ["unattributed"] * 2


def test_a_record_that_comes_as_a_message_and_in_files_is_one_finding(house: House) -> None:
    # CloudTrail's topic and the bucket's own notification name the same file.
    notified = {"Records": [{"s3": {"bucket": {"name": "logs"}, "object": {"key": "a.json.gz"}}}]}
    house.means = house.means._replace(log_files=Files("a.json.gz"))
    named = NEW_FILES.replace(b', "b.json.gz"', b"")
    contents = [event("a.json.gz"), named, json.dumps(notified).encode()]
    house.inbox.store([queued(it, f"m-{number}") for number, it in enumerate(contents)])

    assert house.processing().run() == Processed(processed=4)

    assert len(house.recorded()) == len(house.recorded(EntryKind.EVENT)) == 1
    assert house.recorded(EntryKind.AUDIT_RUN)[-1]["conflicts"] == 0


def test_what_names_files_in_a_message_of_sns_is_read_once_the_message_is_believed(house: House) -> None:
    forged = json.loads(body("message altered")) | {"Message": NEW_FILES.decode()}
    files = Files("a.json.gz", "b.json.gz")
    house.means = house.means._replace(log_files=files)
    house.inbox.store([queued(json.dumps(forged).encode())])

    assert house.processing().run() == Processed(quarantined=1)

    assert files.read_names == []


def test_files_named_in_a_signed_message_are_read(house: House) -> None:
    topics = json.loads(body("version 2")) | {"Message": NEW_FILES.decode()}
    house.means = house.means._replace(log_files=Files("a.json.gz", "b.json.gz"))
    # Its signature was checked at the door: there is none over these words.
    house.inbox.store([Arrival("sns", TOPIC, "m-1", json.dumps(topics).encode())])

    assert house.processing().run() == Processed(processed=3)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (None, "there is no s3://logs/b.json.gz"),
        (Refused("in none of intake.log_folders"), "in none of intake.log_folders"),
        (Denied("s3:GetObject is not allowed"), "s3:GetObject is not allowed"),
        (SettingsError("s3://logs/b.json.gz is in another region"), "in another region"),
    ],
)
def test_a_message_whose_file_cannot_be_had_is_quarantined_and_the_files_that_can_count(
    failure: Exception | None, said: str, house: House
) -> None:
    house.means = house.means._replace(log_files=Files("a.json.gz", **{"b.json.gz": failure} if failure else {}))
    house.inbox.store([queued(NEW_FILES)])

    assert house.processing().run() == Processed(processed=1, quarantined=1)

    assert [said in it for it in house.why()] == [True]
    assert [it["event_id"] for it in house.recorded()] == ["a.json.gz"]


def test_a_file_that_cannot_be_had_hides_none_that_is_named_after_it(house: House) -> None:
    house.means = house.means._replace(log_files=Files("b.json.gz"))
    house.inbox.store([queued(NEW_FILES)])

    assert house.processing().run() == Processed(processed=1, quarantined=1)

    assert [it["event_id"] for it in house.recorded()] == ["b.json.gz"]


def test_a_file_that_may_be_had_later_is_waited_for_also_where_another_is_missing(house: House) -> None:
    files = Files(**{"b.json.gz": Unreachable("S3 did not answer")})
    house.means = house.means._replace(log_files=files)
    house.inbox.store([queued(NEW_FILES)])
    work = house.processing()

    assert work.run() == Processed(delayed="S3 did not answer")
    files.held |= Files("b.json.gz").held
    assert work.run() == Processed(processed=1, quarantined=1)

    assert [it["event_id"] for it in house.recorded()] == ["b.json.gz"]


def test_a_message_whose_file_cannot_be_reached_waits(house: House) -> None:
    files = Files("a.json.gz", **{"b.json.gz": Unreachable("S3 did not answer")})
    house.means = house.means._replace(log_files=files)
    house.inbox.store([queued(NEW_FILES)])
    work = house.processing()

    assert work.run() == Processed(processed=1, delayed="S3 did not answer")
    files.held |= Files("b.json.gz").held
    assert work.run() == Processed(processed=2)

    assert {it["event_id"] for it in house.recorded()} == {"a.json.gz", "b.json.gz"}


def test_a_file_that_cannot_be_unpacked_is_kept_in_quarantine(house: House) -> None:
    cut_off = gzip.compress(b'{"Records": []}')[:-9]
    house.means = house.means._replace(log_files=Files("a.json.gz", **{"b.json.gz": cut_off}))
    house.inbox.store([queued(NEW_FILES)])

    assert house.processing().run() == Processed(processed=2, quarantined=1)

    assert [it.startswith("the gzip of 's3://logs/b.json.gz' is cut off") for it in house.why()] == [True]
    (kept,) = house.inbox.letters(State.QUARANTINED)
    assert house.inbox.body(kept.number) == cut_off


def test_a_file_that_was_replaced_contradicts_the_one_that_is_held(house: House) -> None:
    house.means = house.means._replace(log_files=Files("a.json.gz", "b.json.gz"))
    house.inbox.store([queued(NEW_FILES)])
    house.processing().run()
    house.means = house.means._replace(log_files=Files(**{"a.json.gz": b'{"Records":[]}', "b.json.gz": b"{}"}))
    house.inbox.store([queued(NEW_FILES, "m-2")])

    house.processing().run()

    assert [it.split(" of message")[0] for it in house.why()] == ["another body than that"] * 2
    assert len(house.recorded()) == 2


def test_a_log_file_that_names_files_leads_nowhere(house: House) -> None:
    files = Files(**{"a.json.gz": NEW_FILES, "b.json.gz": b'{"Records":[]}'})
    house.means = house.means._replace(log_files=files)
    house.inbox.store([queued(NEW_FILES)])

    assert house.processing().run() == Processed(processed=3)

    assert files.read_names == ["a.json.gz", "b.json.gz"]


def test_a_notification_of_s3_names_its_object() -> None:
    said = {"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "logs"}, "object": {"key": "a+b%2F1.gz"}}}]}

    assert files_named(json.dumps(said).encode()) == [("logs", "a b/1.gz")]
    assert files_named(json.dumps({"Records": [EVENT["detail"]]}).encode()) == []
    assert files_named(json.dumps(EVENT).encode()) == []
    assert files_named(b"\xff") == []


@pytest.mark.parametrize(("kind", "named"), [("Object Created", [("logs", "a+b/1.gz")]), ("Object Deleted", [])])
def test_an_event_of_s3_by_way_of_eventbridge_names_its_object_as_it_is(
    kind: str, named: list[tuple[str, str]]
) -> None:
    detail = {
        "version": "0",
        "bucket": {"name": "logs"},
        "object": {"key": "a+b/1.gz", "size": 5},
        "reason": "PutObject",
    }
    said = {"version": "0", "source": "aws.s3", "detail-type": kind, "detail": detail}

    assert files_named(json.dumps(said).encode()) == named


def test_who_concludes_the_same_as_before_is_silent_whatever_another_audit_found(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])
    work = house.processing()
    work.run()
    whole = AuditOfAll(lambda: asked(tickets=TICKETS))
    whole.add(event("e-1"), source="a folder")
    record_audit(house.ledger, whole.decide(is_whole=True))

    work.run()
    house.processing().run()

    theirs, ours = (
        [it.body()["verdict"] for it in house.ledger.read(name) if it.kind is EntryKind.VERDICT]
        for name in ("audit", STREAM)
    )
    assert (theirs, ours) == (["unattributed"], ["unapproved"])


def test_who_concludes_otherwise_says_so(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])
    work = house.processing()
    work.run()
    house.ask = lambda: asked(tickets=TICKETS)

    assert work.run() == Processed()

    assert [it["verdict"] for it in house.recorded()] == ["unapproved", "unattributed"]
    assert len(house.recorded(EntryKind.TICKET)) == 1


def set_aside(house: House, number: int = 1) -> None:
    """Quarantine a message as a person does."""
    assert house.inbox.settle([number], State.QUARANTINED, "of the test account") == [number]


def verdicts(house: House) -> list[tuple[str, str, bool]]:
    return [(it["event_id"], it["verdict"], it["discrepancy"]) for it in house.recorded()]


@pytest.mark.parametrize(
    "follower", [lambda _, work: work, lambda house, _: house.processing()], ids=["same process", "after a start"]
)
def test_what_a_person_sets_aside_is_taken_back_once(
    follower: Callable[[House, Processing], Processing], house: House
) -> None:
    house.inbox.store([queued(event("e-1")), queued(event("e-2"), "m-2")])
    work = house.processing()
    work.run()
    set_aside(house)
    work = follower(house, work)

    assert work.run() == Processed()

    told = [("e-1", "unapproved", True), ("e-2", "unapproved", True), ("e-1", "unapproved", False)]
    assert verdicts(house) == told
    work.run()
    house.processing().run()
    assert verdicts(house) == told
    assert house.why() == ["of the test account"]


def test_what_is_decided_of_others_is_decided_without_what_was_set_aside(house: House) -> None:
    house.inbox.store([queued(_story("GenerateDataKey")), queued(_story("PutSecretValue"), "m-2")])
    work = house.processing()
    work.run()
    set_aside(house, 2)

    work.run()

    counting = {(it["event"], it["verdict"]): it["discrepancy"] for it in house.recorded()}
    assert counting == {("PutSecretValue", "unapproved"): False, ("GenerateDataKey", "unrecorded-version"): True}


def test_what_the_other_process_took_back_is_not_said_again_by_this_one(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])
    first, second = house.processing(), house.processing()
    first.run()
    second.run()
    set_aside(house)

    first.run()
    second.run()

    assert verdicts(house) == [("e-1", "unapproved", True), ("e-1", "unapproved", False)]


def test_what_was_set_aside_and_freed_again_counts_again(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])
    work = house.processing()
    work.run()
    set_aside(house)
    work.run()
    house.inbox.settle([1], State.NEW)

    assert work.run() == Processed(processed=1)

    assert verdicts(house) == [(("e-1", "unapproved", is_one)) for is_one in (True, False, True)]


def test_what_could_not_be_taken_back_is_taken_back_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.inbox.store([queued(event("e-1"))])
    work = house.processing()
    work.run()
    set_aside(house)
    with monkeypatch.context() as full:
        full.setattr(house.ledger, "append", _full)
        with pytest.raises(Unreachable):
            work.run()

    work.run()

    assert verdicts(house) == [("e-1", "unapproved", True), ("e-1", "unapproved", False)]


def test_what_could_not_be_read_after_a_start_is_read_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.inbox.store([queued(event("e-1"))])
    house.processing().run()
    house.ask = lambda: asked(tickets=TICKETS)
    work = house.processing()
    with monkeypatch.context() as busy:
        busy.setattr(house.inbox, "body", _full)
        with pytest.raises(Unreachable):
            work.run()

    work.run()

    assert [it["verdict"] for it in house.recorded()] == ["unapproved", "unattributed"]


def test_a_bucket_that_is_guarded_from_now_on_has_what_was_left_out_read_again(house: House) -> None:
    removed, theirs = object_call("DeleteObject"), object_call(requestParameters={"bucketName": "b"}, resources=[])
    house.inbox.store([queued(json.dumps({"Records": [removed, theirs]}).encode()), queued(event("e-1"), "m-2")])
    work = house.processing()
    assert work.run() == Processed(processed=2)
    assert house.recorded(EntryKind.GUARD_EVENT) == []

    house.guarded_buckets = ("acme-logs",)
    house.ask = lambda: Asked(Rules(policy=Policy(guarded_buckets=house.guarded_buckets), as_of=NOW))
    for _ in range(3):
        assert work.run() == Processed()

    assert [it["name"] for it in house.recorded(EntryKind.GUARD_EVENT)] == ["DeleteObject"]
    assert [it["verdict"] for it in house.recorded()] == ["unapproved"]


def test_what_was_done_to_a_bucket_is_told_once_a_trail_names_it(house: House) -> None:
    policy = {"eventSource": "s3.amazonaws.com", "requestParameters": {"bucketName": "logs"}}
    altered = trail_call("PutBucketPolicy", time="2026-03-09T12:00:00Z", recipientAccountId="444455556666", **policy)
    sent = trail_call("UpdateTrail", requestParameters={"name": "t", "s3BucketName": "logs"})
    work = house.processing()
    house.inbox.store([queued(json.dumps(altered).encode())])
    work.run()
    assert house.recorded(EntryKind.GUARD_EVENT) == []

    house.inbox.store([queued(json.dumps(sent).encode(), "m-2")])
    work.run()

    assert {it["name"] for it in house.recorded(EntryKind.GUARD_EVENT)} == {"PutBucketPolicy", "UpdateTrail"}


class _Poisoned:
    """Decides on everything but what holds one word."""

    is_outdated = False

    def __init__(self, failure: Exception) -> None:
        self._inner = PieceByPiece(asked)
        self._failure = failure
        self._is_poisoned = False

    def add(self, data: bytes, *, source: str) -> None:
        self._is_poisoned |= b"poison" in data
        self._inner.add(data, source=source)

    def forget(self) -> None:
        self._inner.forget()

    def decide(self, *, is_whole: bool) -> Outcome:
        if self._is_poisoned:
            raise self._failure
        return self._inner.decide(is_whole=is_whole)


@pytest.mark.parametrize(
    ("failure", "said"),
    [(MalformedInput("two of one"), "two of one"), (ValueError("a bug"), "a fault of our own: ValueError")],
)
def test_a_message_with_which_no_decision_is_possible_is_found(failure: Exception, said: str, house: House) -> None:
    names = ("e-1", "poison-1", "e-2", "poison-2")
    house.inbox.store([queued(event(name), name) for name in names])

    done = Processing(house.inbox, house.ledger, lambda: _Poisoned(failure), house.means).run()

    assert done == Processed(processed=2, quarantined=2)
    assert house.why() == [said, said]
    assert {it["event_id"] for it in house.recorded()} == {"e-1", "e-2"}


def test_a_fault_that_opening_one_message_sets_off_stops_no_other(house: House) -> None:
    house.means = house.means._replace(log_files=Files("b.json.gz", **{"a.json.gz": ValueError("a bug")}))
    house.inbox.store([queued(NEW_FILES), queued(event("e-1"), "m-2")])

    assert house.processing().run() == Processed(processed=1, quarantined=1)

    assert house.why() == ["a fault of our own: ValueError"]


def test_what_is_nobodys_fault_but_ours_puts_no_message_into_quarantine(house: House) -> None:
    def fails() -> Asked:
        raise MalformedInput("the ticket file is no JSON")

    house.ask = fails
    house.inbox.store([queued(event("e-1"))])

    with pytest.raises(MalformedInput, match="ticket file"):
        house.processing().run()

    assert house.inbox.counts()[State.NEW] == 1


@pytest.mark.parametrize("at", ["first", "later"])
def test_an_outage_leaves_the_messages_new(at: str, house: House) -> None:
    failures: list[Exception | None] = [Unreachable("the ledger is busy")]
    if at == "later":
        failures = [MalformedInput("x"), None, *failures]

    def fails() -> Asked:
        if failures and (failure := failures.pop(0)):
            raise failure
        return asked()

    house.ask = fails
    house.inbox.store([queued(event("e-1"))])

    with pytest.raises(Unreachable):
        house.processing().run()

    assert house.inbox.counts()[State.NEW] == 1


def test_a_fault_without_new_messages_is_raised(house: House) -> None:
    house.inbox.store([queued(event("e-1"))])
    work = house.processing()
    work.run()

    def fails() -> Asked:
        raise MalformedInput("the ticket file is no JSON")

    house.ask = fails

    with pytest.raises(MalformedInput):
        work.run()


def test_what_comes_while_nothing_runs_takes_back_what_was_concluded_before(house: House) -> None:
    house.inbox.store([queued(_story("GenerateDataKey"))])
    house.processing().run()
    house.inbox.store([queued(_story("PutSecretValue"), "m-2")])

    house.processing().run()

    counting = {(it["event"], it["verdict"]): it["discrepancy"] for it in house.recorded()}
    assert counting == {
        ("GenerateDataKey", "unrecorded-version"): False,
        ("PutSecretValue", "unapproved"): True,
    }
    last = [it for it in house.recorded() if it["event"] == "GenerateDataKey"][-1]
    assert last["reason"].startswith("no longer so, by what came later; this version exists")


def test_what_another_process_concluded_of_fewer_messages_is_set_right(house: House) -> None:
    first, second = house.processing(), house.processing()
    house.inbox.store([queued(event("e-1"))])
    first.run()
    house.ask = lambda: asked(tickets=TICKETS)
    first.run()
    house.ask = asked
    second.run()  # says what it knows, without the tickets
    house.ask = lambda: asked(tickets=TICKETS)

    first.run()

    assert [it["verdict"] for it in house.recorded()] == ["unapproved", "unattributed", "unapproved", "unattributed"]


def test_what_could_not_be_recorded_is_recorded_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    work = house.processing()
    house.inbox.store([queued(event("e-1"))])
    with monkeypatch.context() as full:
        full.setattr(house.ledger, "append", _full)
        with pytest.raises(Unreachable):
            work.run()

    assert work.run() == Processed(processed=1)
    assert [it["event_id"] for it in house.recorded()] == ["e-1"]


def _full(*_: object) -> None:
    raise Unreachable("the disk is full")


def _story(name: str) -> bytes:
    story = tell(NOW)
    found = [it for it in story.records if it["eventName"] == name and "shop/prod/database" in json.dumps(it)]
    return json.dumps({"Records": found[:1]}).encode()
