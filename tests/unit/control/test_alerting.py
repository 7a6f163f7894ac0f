"""What an alert says, and that it is told until it is taken."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from counterseal.control.alerting import Told, alert_of, deliver, for_receivers, known_of
from counterseal.errors import Denied, Unreachable
from counterseal.outbox.interface import LONGEST_PAUSE, Queued, Waiting

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf"
ANA = "arn:aws:iam::111122223333:user/ana"
ROW: dict[str, Any] = {
    "finding": "f-1", "entry_digest": "d-1", "verdict": "unapproved", "discrepancy": True, "counts": True,
    "waived_by": "", "waived_until": None, "waived_at": None, "event": "PutSecretValue", "event_id": "e-1",
    "account": "111122223333", "region": "eu-west-1",
    "secret": ARN, "secret_name": "db/password", "ticket": "", "actor_name": "ana", "actor_arn": ANA, "time": NOON,
    "reason": f"no ticket names {ARN}, which {ANA} changed with arn:aws:kms:eu-west-1:111122223333:key/1234",
}  # fmt: skip


class HandClock:
    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


class FakeOutbox:
    """What waits, in a list."""

    def __init__(self, *alerts: Queued) -> None:
        self.held = [Waiting(n, it.receiver, it.key, it.body, "", 0, "", "") for n, it in enumerate(alerts)]
        self.done: list[int] = []
        self.again: list[tuple[int, str, datetime]] = []

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def waiting(self, due: datetime | None = None) -> Sequence[Waiting]:
        return [it for it in self.held if it.number not in self.done]

    def taken(self, number: int, at: datetime) -> None:
        self.done.append(number)

    def failed(self, number: int, reason: str, next_at: datetime) -> None:
        self.again.append((number, reason, next_at))
        self.held[number] = self.held[number]._replace(tries=self.held[number].tries + 1)

    def known(self) -> Mapping[str, str] | None:
        return None

    def queue(self, alerts: Sequence[Queued], known: Mapping[str, str], at: datetime) -> int:
        return 0

    def close(self) -> None:
        """Let go of nothing."""


class FakeReceiver:
    def __init__(self, *failures: Exception) -> None:
        self.got: list[str] = []
        self._failures = list(failures)

    def send(self, key: str, body: str) -> None:
        if self._failures:
            raise self._failures.pop(0)
        self.got.append(key)


def test_an_alert_says_what_happened_and_no_full_arn() -> None:
    alert = alert_of(Told("new", ROW, ""))

    said = json.loads(alert.body)
    assert said == {
        "key": alert.key,
        "schema": "counterseal/alert/v1",
        "what": "new",
        "verdict": "unapproved",
        "verdict_before": None,
        "counts": True,
        "time": "2026-03-10T12:00:00Z",
        "event": "PutSecretValue",
        "event_id": "e-1",
        "account": "111122223333",
        "region": "eu-west-1",
        "secret_name": "db/password",
        "ticket": "",
        "actor": "ana",
        "reason": "no ticket names db/password, which ana changed with …1234",
        "link": None,
    }
    assert "arn:" not in alert.body


def test_an_actor_without_a_name_is_named_by_the_end_of_its_arn() -> None:
    said = json.loads(alert_of(Told("new", ROW | {"actor_name": "", "secret_name": ""})).body)

    assert said["actor"] == "…ana"
    assert said["reason"].startswith("no ticket names …password-AbCdEf, which …ana changed")


def test_a_link_leads_to_the_page_of_the_change() -> None:
    assert json.loads(alert_of(Told("new", ROW), link="https://audit.example/").body)["link"] == (
        "https://audit.example/changes/e-1"
    )


@pytest.mark.parametrize("verdict", ["blind-interval", "trail-fault"])
def test_a_link_leads_to_a_page_that_there_is_where_no_change_is_meant(verdict: str) -> None:
    apart = ROW | {"verdict": verdict, "event_id": "AWSLogs/1/x.json.gz"}

    assert json.loads(alert_of(Told("new", apart), link="https://audit.example").body)["link"] == (
        "https://audit.example/coverage"
    )


@pytest.mark.parametrize(
    "other",
    [
        Told("changed", ROW),
        Told("new", ROW | {"finding": "f-2"}),
        Told("new", ROW | {"entry_digest": "d-2"}),
        Told("new", ROW | {"counts": False}),
        Told("new", ROW | {"waived_by": "cleo"}),
        Told("new", ROW | {"verdict": "mismatched"}),
    ],
)
def test_the_same_alert_has_the_same_key_and_another_has_another(other: Told) -> None:
    assert alert_of(Told("new", ROW)).key == alert_of(Told("new", {**ROW, "time": str(NOON)})).key
    assert alert_of(other).key != alert_of(Told("new", ROW)).key


def test_what_is_kept_of_a_finding_can_be_told_later() -> None:
    kept = json.loads(known_of(ROW))

    assert json.loads(alert_of(Told("settled", kept, "unapproved")).body)["reason"].startswith("no ticket names db")


def test_each_receiver_gets_the_verdicts_that_it_wants() -> None:
    alerts = [alert_of(Told("new", ROW)), alert_of(Told("new", ROW | {"verdict": "mismatched"}))]

    addressed = for_receivers(alerts, {"all": frozenset(), "some": frozenset({"mismatched"}), "none": frozenset({"x"})})

    assert [(it.receiver, it.key == alerts[0].key) for it in addressed] == [
        ("all", True),
        ("all", False),
        ("some", False),
    ]


def test_what_fails_is_tried_again_ever_more_seldom_until_it_is_taken() -> None:
    outbox, clock = FakeOutbox(Queued("ops", "k", "{}")), HandClock()
    receiver = FakeReceiver(*[Unreachable("nobody answers")] * 9)

    results = [deliver(outbox, {"ops": receiver}, clock) for _ in range(10)]

    assert results == [(0, 1)] * 9 + [(1, 0)]
    pauses = [next_at - NOON for _, _, next_at in outbox.again]
    assert pauses[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert pauses[-1] == LONGEST_PAUSE
    assert {reason for _, reason, _ in outbox.again} == {"nobody answers"}
    assert receiver.got == ["k"]


def test_one_receiver_that_is_down_holds_up_no_other() -> None:
    outbox = FakeOutbox(Queued("down", "a", "{}"), Queued("up", "b", "{}"), Queued("gone", "c", "{}"))
    up = FakeReceiver()

    assert deliver(outbox, {"down": FakeReceiver(Denied("no")), "up": up}, HandClock()) == (1, 1)
    assert (up.got, outbox.done) == (["b"], [1])
