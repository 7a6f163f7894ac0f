"""An event: it travels between processes, and what stands in many is held once."""

import pickle
from typing import Any

import pytest
from msgspec.structs import replace
from tests.journeys.story import record
from tests.unit.correlation.making import gather

from counterseal.correlation.records.event import Actor, Event

EVENT = gather(record()).events[0]
WHOLE = replace(
    EVENT,
    shared_event_id="s-1",
    error_code="AccessDenied",
    facts={"stages": ("AWSCURRENT",)},
    actor=replace(
        EVENT.actor, via="lambda.amazonaws.com", source_identity="OPS-1", session_name="ana", role_arn="arn:x"
    ),
)


def arrived(it: Any) -> Any:
    """Return it as another process receives it."""
    return pickle.loads(pickle.dumps(it))  # noqa: S301 - our own


def test_an_event_arrives_as_it_was_sent() -> None:
    received = arrived(WHOLE)

    assert type(received) is Event
    assert type(received.actor) is Actor
    assert received == WHOLE


@pytest.mark.parametrize("name", ["account", "region", "service", "name", "secret_given"])
def test_what_stands_in_many_events_is_held_once(name: str) -> None:
    assert getattr(arrived(WHOLE), name) is getattr(arrived(WHOLE), name)


@pytest.mark.parametrize("name", ["type", "arn", "name", "via", "session_name", "role_arn"])
def test_what_is_known_of_one_actor_is_held_once(name: str) -> None:
    assert getattr(arrived(WHOLE).actor, name) is getattr(arrived(WHOLE).actor, name)


def test_what_is_read_is_held_once_like_what_arrives() -> None:
    one, other = (replace(EVENT, region=f"{word}-west-1") for word in ("eu", "eu"))

    assert one.region is other.region


def test_a_secret_that_turned_out_alters_nothing_else() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-AbCdEf"

    assert WHOLE.of_secret(arn, "other") == replace(WHOLE, secret_arn=arn, secret_name="other")
    assert WHOLE.secret_name != "other"
