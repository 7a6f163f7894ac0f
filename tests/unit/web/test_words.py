"""How things are said on a page."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.unit.web.fake_reports import finding

from counterseal.correlation.judging.finding import Verdict
from counterseal.web.words import (
    BLIND,
    TRAIL_FAULT,
    VERDICTS,
    duration,
    moment,
    rank,
    reason,
    said,
    sentence,
    verdict_words,
)


def test_every_verdict_has_its_words() -> None:
    assert set(VERDICTS) == {*Verdict, BLIND, TRAIL_FAULT}


def test_no_two_verdicts_are_told_apart_by_colour_alone() -> None:
    labels = [words.label for words in VERDICTS.values()]

    assert len(labels) == len(set(labels))


def test_a_verdict_that_is_not_known_is_shown_as_it_is_and_last() -> None:
    assert verdict_words("novel").label == "novel"
    assert rank("novel") > rank("attempt") > rank("unapproved")


def test_a_time_is_told_in_utc() -> None:
    instant = datetime(2026, 3, 4, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))

    assert moment(instant) == "3 Mar 2026, 23:02:03 UTC"
    assert moment(datetime(2026, 3, 4, tzinfo=UTC)) == "4 Mar 2026, 00:00:00 UTC"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds"), (1, "1 second"), (2700, "45 minutes"), (3661, "1 hour 1 minute"), (180000, "2 days 2 hours")],
)
def test_how_long_is_told_in_two_units(seconds: int, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("no ticket", "No ticket."),
        ("Done.", "Done."),
        ("", ""),
        ("declared; not approved yet", "Declared. Not approved yet."),
        ("self-approved: by maya", "Self-approved: by maya."),
        ("arn:aws:iam::1:user/a changed it", "arn:aws:iam::1:user/a changed it."),
        ("jonas@bakery.example changed it", "jonas@bakery.example changed it."),
    ],
)
def test_a_message_becomes_a_sentence(message: str, said: str) -> None:
    assert sentence(message) == said


def test_a_reason_names_what_its_row_holds_in_full_and_tells_times_like_the_page() -> None:
    row = finding(
        reason=f"no ticket names {finding()['secret']} near 2026-11-20T12:00:00Z; {finding()['actor_arn']} did"
    )

    assert reason(row) == "No ticket names shop/prod/database near 20 Nov 2026, 12:00:00 UTC. jonas@bakery.example did."


def test_a_reason_without_names_is_left_as_it_is() -> None:
    row = finding(secret="", actor_arn="", reason="near 2026-99-99T12:00:00Z")

    assert reason(row) == "Near 2026-99-99T12:00:00Z."


ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"the secret {ARN}", "the secret db/password in 111122223333 eu-west-1"),
        (f"{ARN}, {ARN}", "db/password in 111122223333 eu-west-1, db/password in 111122223333 eu-west-1"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:db", "arn:aws:secretsmanager:eu-west-1:1:secret:db"),
        ("until 2026-03-10T12:00:00Z", "until 10 Mar 2026, 12:00:00 UTC"),
        ("ana.j asked for it", "ana.j asked for it"),
    ],
)
def test_a_part_of_a_sentence_has_names_and_times_of_the_page(text: str, shown: str) -> None:
    assert said(text) == shown
