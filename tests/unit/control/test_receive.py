"""What AWS sends over HTTPS: what is stored, what is refused, and which of both is said."""

import hmac
import json
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.sns import NOW, TOPIC, AnyAddress, FakeFiles, body, check

from counterseal.clock import FixedClock
from counterseal.control.jira_hook import JiraHook
from counterseal.control.receive import EventBridgeKey, Outcome, Reception
from counterseal.errors import MalformedInput, Unreachable
from counterseal.hidden import Hidden
from counterseal.inbox.letter import State
from counterseal.inbox.sqlite import SqliteInbox

KEY = EventBridgeKey("X-Api-Key", Hidden(b"invented for these tests"))
SIGNED_IN = {"x-api-key": "invented for these tests"}
EVENT = json.dumps({"id": "e-1", "detail-type": "x"}).encode()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[SqliteInbox]:
    with closing(SqliteInbox.at(tmp_path / "inbox", FixedClock(NOW))) as opened:
        yield opened


class Told:
    """How often somebody was told of news."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def reception(inbox: Any, files: FakeFiles | None = None, told: Told | None = None) -> Reception:
    return Reception(inbox, sns=check(files), event_bridge=KEY, announce=told or Told())


def test_a_message_of_sns_is_stored_and_only_then_acknowledged(inbox: SqliteInbox) -> None:
    told = Told()

    answer = reception(inbox, told=told).take_sns(body("version 2"), {"x-amz-sns-message-type": "Notification"})

    assert answer.outcome is Outcome.STORED
    (letter,) = inbox.letters(State.NEW)
    assert inbox.body(letter.number) == body("version 2")
    assert (letter.channel, letter.origin) == ("sns", TOPIC)
    assert told.times == 1


def test_a_message_that_comes_again_is_acknowledged_and_kept_once(inbox: SqliteInbox) -> None:
    told = Told()
    ours = reception(inbox, told=told)
    again = json.dumps(json.loads(body("version 2")), indent=2).encode()

    outcomes = [ours.take_sns(it, {}).outcome for it in (body("version 2"), body("version 2"), again)]

    assert outcomes == [Outcome.STORED] * 3
    assert len(inbox.letters()) == 1
    assert told.times == 1


@pytest.mark.parametrize(
    ("name", "headers", "outcome"),
    [
        ("message altered", {}, Outcome.REFUSED),
        ("another topic", {}, Outcome.REFUSED),
        ("an hour and a second old", {}, Outcome.REFUSED),
        ("certificate: bucket named sns", {}, Outcome.REFUSED),
        ("no id", {}, Outcome.MALFORMED),
        ("signature is no base64", {}, Outcome.MALFORMED),
        ("version 2", {"x-amz-sns-rawdelivery": "true"}, Outcome.REFUSED),
        ("version 2", {"x-amz-sns-message-type": "SubscriptionConfirmation"}, Outcome.REFUSED),
    ],
)
def test_what_can_never_be_right_is_refused_and_not_stored(
    name: str, headers: dict[str, str], outcome: Outcome, inbox: SqliteInbox
) -> None:
    answer = reception(inbox).take_sns(body(name), headers)

    assert answer.outcome is outcome
    assert answer.reason
    assert inbox.letters() == []


def test_what_we_cannot_check_now_may_be_sent_again(inbox: SqliteInbox) -> None:
    assert reception(inbox, FakeFiles({})).take_sns(body("version 2"), {}).outcome is Outcome.UNAVAILABLE
    assert reception(inbox, AnyAddress("untrusted")).take_sns(body("version 2"), {}).outcome is Outcome.UNAVAILABLE


def test_what_our_clock_calls_the_future_may_be_sent_again(inbox: SqliteInbox) -> None:
    assert reception(inbox).take_sns(body("of the future"), {}).outcome is Outcome.UNAVAILABLE


def test_what_nests_deeper_than_anything_that_sns_sends_is_no_message_of_it(inbox: SqliteInbox) -> None:
    assert reception(inbox).take_sns(b'{"Type": "Notification", "x": ' + b"[" * 5000, {}).outcome is Outcome.MALFORMED


class Full:
    """An inbox on a full disk."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def store(self, *_: object, **__: object) -> None:
        raise self.failure

    def count_of(self, *_: object) -> int:
        return 0


@pytest.mark.parametrize("failure", [Unreachable("full"), MalformedInput("the inbox is damaged")])
def test_a_fault_of_our_own_is_never_said_to_be_the_senders(failure: Exception) -> None:
    ours = reception(Full(failure))
    foreign = json.dumps(json.loads(body("subscription"))).encode()

    assert ours.take_sns(body("version 2"), {}).outcome is Outcome.UNAVAILABLE
    assert ours.take_event(EVENT, SIGNED_IN).outcome is Outcome.UNAVAILABLE
    assert jira_reception(Full(failure)).take_jira(*from_jira(b"{}")).outcome is Outcome.UNAVAILABLE
    with_no_topic = Reception(Full(failure), sns=_without_topics(), event_bridge=KEY)  # type: ignore[arg-type]
    assert with_no_topic.take_sns(foreign, {}).outcome is Outcome.UNAVAILABLE


def _without_topics(files: FakeFiles | None = None) -> Any:
    from tests.sns import authorities

    from counterseal.control.sns import SnsCheck
    from counterseal.outside.sns_certificates import SnsCertificates

    clock = FixedClock(NOW)
    return SnsCheck((), SnsCertificates(files or AnyAddress(), authorities(), clock), clock)


def test_the_wish_of_a_foreign_topic_is_kept_aside_once_and_refused(inbox: SqliteInbox) -> None:
    ours = Reception(inbox, sns=_without_topics())

    outcomes = [ours.take_sns(body("subscription"), {}).outcome for _ in range(2)]

    assert outcomes == [Outcome.REFUSED] * 2
    (letter,) = inbox.letters(State.QUARANTINED)
    assert letter.message_id == TOPIC
    assert "asks to subscribe a topic that is not in intake.sns_topics" in letter.reason


def test_a_wish_that_sns_did_not_sign_is_not_kept(inbox: SqliteInbox) -> None:
    forged = json.dumps(json.loads(body("subscription")) | {"Token": "another"}).encode()

    assert Reception(inbox, sns=_without_topics()).take_sns(forged, {}).outcome is Outcome.REFUSED

    assert inbox.letters() == []


def test_only_so_many_wishes_of_strangers_are_kept(inbox: SqliteInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterseal.control.receive.MOST_FOREIGN", 0)

    assert Reception(inbox, sns=_without_topics()).take_sns(body("subscription"), {}).outcome is Outcome.REFUSED

    assert inbox.letters() == []


def test_an_event_of_eventbridge_is_stored_under_its_id(inbox: SqliteInbox) -> None:
    ours = reception(inbox)

    outcomes = [ours.take_event(EVENT, SIGNED_IN).outcome for _ in range(2)]

    assert outcomes == [Outcome.STORED] * 2
    (letter,) = inbox.letters(State.NEW)
    assert (letter.channel, letter.message_id) == ("event-bridge", "e-1")
    assert inbox.body(letter.number) == EVENT


@pytest.mark.parametrize(
    ("content", "headers", "outcome"),
    [
        (EVENT, {}, Outcome.NOT_SIGNED_IN),
        (EVENT, {"x-api-key": "guessed"}, Outcome.REFUSED),
        (EVENT, {"x-api-key": "ünvented"}, Outcome.REFUSED),
        (b"{}", SIGNED_IN, Outcome.MALFORMED),
        (b"no JSON", SIGNED_IN, Outcome.MALFORMED),
        (b'{"id": 1}', SIGNED_IN, Outcome.MALFORMED),
        (b'{"id": "e-1", "detail": ' + b"[" * 5000, SIGNED_IN, Outcome.MALFORMED),
    ],
)
def test_an_event_without_the_key_or_an_id_is_refused(
    content: bytes, headers: dict[str, str], outcome: Outcome, inbox: SqliteInbox
) -> None:
    assert reception(inbox).take_event(content, headers).outcome is outcome

    assert inbox.letters() == []


def test_a_channel_that_is_not_set_up_is_closed(inbox: SqliteInbox) -> None:
    closed = Reception(inbox)

    assert not closed.takes_sns
    assert not closed.takes_events
    assert closed.take_sns(body("version 2"), {}).outcome is Outcome.REFUSED
    assert closed.take_event(EVENT, SIGNED_IN).outcome is Outcome.REFUSED
    assert reception(inbox).takes_sns
    assert reception(inbox).takes_events


def jira_reception(inbox: Any, told: Told | None = None) -> Reception:
    return Reception(inbox, jira=JiraHook([Hidden(b"invented")], FixedClock(NOW)), announce=told or Told())


def from_jira(body: bytes, secret: bytes = b"invented", **headers: str) -> tuple[bytes, dict[str, str]]:
    return body, {"x-hub-signature": "sha256=" + hmac.new(secret, body, sha256).hexdigest(), **headers}


def test_a_webhook_of_jira_is_stored_and_only_then_acknowledged(inbox: SqliteInbox) -> None:
    told = Told()
    request = from_jira(b'{"issue": {"id": "1"}}')

    outcomes = [jira_reception(inbox, told).take_jira(*request).outcome for _ in range(2)]

    assert outcomes == [Outcome.STORED] * 2
    (letter,) = inbox.letters(State.NEW)
    assert (letter.channel, inbox.body(letter.number)) == ("jira", request[0])
    assert told.times == 1


@pytest.mark.parametrize(
    ("request_of_jira", "outcome"),
    [
        ((b"{}", {}), Outcome.NOT_SIGNED_IN),
        (from_jira(b"{}", b"guessed"), Outcome.REFUSED),
        (from_jira(b'{"timestamp": 0}'), Outcome.REFUSED),
        ((b"{}", {"x-hub-signature": "sha3=00"}), Outcome.UNAVAILABLE),
    ],
)
def test_what_jira_did_not_send_is_not_stored(
    inbox: SqliteInbox, request_of_jira: tuple[bytes, dict[str, str]], outcome: Outcome
) -> None:
    assert jira_reception(inbox).take_jira(*request_of_jira).outcome is outcome
    assert inbox.letters() == []


def test_without_a_secret_no_webhook_of_jira_is_taken(inbox: SqliteInbox) -> None:
    closed = reception(inbox)

    assert not closed.takes_jira
    assert closed.take_jira(*from_jira(b"{}")).outcome is Outcome.REFUSED
