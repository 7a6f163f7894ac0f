"""Who sent a webhook, and whether it is new: Jira's own vector, and all that must be refused."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from counterseal.clock import FixedClock
from counterseal.control.jira_hook import JiraHook, NoSignature
from counterseal.errors import Refused, SettingsError, Unreachable
from counterseal.hidden import Hidden

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = b"an invented secret"


def signed(body: bytes, secret: bytes = SECRET) -> dict[str, str]:
    return {"x-hub-signature": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}


def body(at: datetime = NOW, **members: object) -> bytes:
    return json.dumps(
        {"timestamp": int(at.timestamp() * 1000), "webhookEvent": "jira:issue_updated", **members}
    ).encode()


@pytest.fixture
def hook() -> JiraHook:
    return JiraHook([Hidden(SECRET)], FixedClock(NOW))


def test_the_published_vector_is_taken() -> None:
    hook = JiraHook([Hidden(b"It's a Secret to Everybody")], FixedClock(NOW))
    signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"

    assert hook.arrival(b"Hello World!", {"x-hub-signature": signature}).body == b"Hello World!"


def test_cloud_says_which_message_it_is(hook: JiraHook) -> None:
    headers = signed(body()) | {"x-atlassian-webhook-identifier": "id-1"}

    arrival = hook.arrival(body(), headers)

    assert (arrival.channel, arrival.origin, arrival.message_id) == ("jira", "webhook", "id-1")


def test_without_an_identifier_the_content_says_which_it_is(hook: JiraHook) -> None:
    once, twice, other = body(), body(), body(issue={"id": "2"})

    ids = [hook.arrival(it, signed(it)).message_id for it in (once, twice, other)]

    assert ids[0] == ids[1] != ids[2]


def test_an_altered_body_is_refused(hook: JiraHook) -> None:
    with pytest.raises(Refused, match="signature"):
        hook.arrival(body(issue={"id": "1"}), signed(body()))


def test_another_secret_is_refused(hook: JiraHook) -> None:
    with pytest.raises(Refused, match="signature"):
        hook.arrival(body(), signed(body(), b"guessed"))


def test_a_body_signed_with_no_secret_at_all_is_refused(hook: JiraHook) -> None:
    with pytest.raises(Refused, match="signature"):
        hook.arrival(body(), signed(body(), b""))


@pytest.mark.parametrize("headers", [{}, {"x-hub-signature": ""}, {"x-hub-signature": "a4771c39"}])
def test_what_is_not_signed_is_told_so(hook: JiraHook, headers: dict[str, str]) -> None:
    with pytest.raises(NoSignature, match="has no secret"):
        hook.arrival(body(), headers)


def test_another_way_of_signing_is_kept_by_jira_until_we_know_it(hook: JiraHook) -> None:
    with pytest.raises(Unreachable, match="not known here"):
        hook.arrival(body(), {"x-hub-signature": "sha512=00"})


def test_both_secrets_count_while_one_replaces_the_other() -> None:
    hook = JiraHook([Hidden(b"new"), Hidden(b"old")], FixedClock(NOW))

    assert hook.arrival(body(), signed(body(), b"new")).body == hook.arrival(body(), signed(body(), b"old")).body


@pytest.mark.parametrize("secrets", [[], [Hidden(b"")], [Hidden(b"good"), Hidden(b"")]])
def test_an_empty_secret_is_none(secrets: list[Hidden]) -> None:
    with pytest.raises(SettingsError, match="empty"):
        JiraHook(secrets, FixedClock(NOW))


@pytest.mark.parametrize("age", [timedelta(hours=24), timedelta(0), -timedelta(minutes=5)])
def test_what_was_sent_within_a_day_is_taken(hook: JiraHook, age: timedelta) -> None:
    assert hook.arrival(body(NOW - age), signed(body(NOW - age)))


def test_what_was_sent_long_ago_is_refused(hook: JiraHook) -> None:
    long_ago = body(NOW - timedelta(hours=24, seconds=1))

    with pytest.raises(Refused, match="more than a day ago"):
        hook.arrival(long_ago, signed(long_ago))


def test_what_our_clock_calls_the_future_is_kept_by_jira_until_it_is_right(hook: JiraHook) -> None:
    later = body(NOW + timedelta(minutes=5, seconds=1))

    with pytest.raises(Unreachable, match="clock of this machine"):
        hook.arrival(later, signed(later))


@pytest.mark.parametrize("content", [b"{}", b"no json", b"\xff", b'{"timestamp": "soon"}', b'{"timestamp": 9e18}'])
def test_a_signed_body_without_a_time_is_a_hint_like_any_other(hook: JiraHook, content: bytes) -> None:
    assert hook.arrival(content, signed(content)).body == content
