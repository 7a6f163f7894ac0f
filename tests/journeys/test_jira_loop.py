"""From a ticket to its verdict and back: approved in Jira, heard of, judged, answered; and all that goes wrong."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.jira_house import SECRET_OF_HOOK, JiraHouse, jira_house
from tests.unit.control.test_process import EVENT

from counterseal.clock import format_time
from counterseal.control.recall import RecordedTickets
from counterseal.errors import NotSignedIn, Unreachable
from counterseal.inbox.letter import State
from counterseal.jira_double import faults, world
from counterseal.jira_double.model import Flavour, Issue

pytestmark = pytest.mark.enable_socket

PRINCIPAL = "arn:aws:iam::111122223333:user/dave"
ARN = "arn:aws:secretsmanager:us-east-2:111122223333:secret:db/password-AbCdEf"
_numbers = count(1)


@pytest.fixture(params=list(Flavour))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JiraHouse]:
    with jira_house(tmp_path, request.param, PRINCIPAL) as made:
        made.listen()
        made.catch_up()
        yield made


def changed(house: JiraHouse, *, minutes_ago: float = 0, by: str = PRINCIPAL) -> dict[str, Any]:
    """Let somebody put a value now, and its record arrive; return the record."""
    number = next(_numbers)
    when = house.clock() - timedelta(minutes=minutes_ago)
    request = {"secretId": ARN, "clientRequestToken": f"{number:08}-0000-4000-8000-000000000000"}
    record: dict[str, Any] = EVENT["detail"] | {
        "eventID": f"e-{number}",
        "eventTime": format_time(when),
        "eventName": "PutSecretValue",
        "requestParameters": request,
        "responseElements": {"arn": ARN},
        "userIdentity": {
            "type": "AssumedRole" if ":assumed-role/" in by else "IAMUser",
            "arn": by,
            "userName": by.rpartition("/")[2],
        },
    }
    house.report(record)
    return record


def hints(house: JiraHouse, state: State = State.PROCESSED) -> int:
    return sum(it.channel == "jira" for it in house.inbox.letters(state))


def test_an_approved_change_is_approved_and_its_ticket_hears_of_it(house: JiraHouse) -> None:
    issue = house.approved("db/password")
    house.clock.advance(minutes=1)
    record = changed(house)
    house.pass_time()

    done = house.answer()

    assert house.verdict(record) == "approved"
    assert hints(house) > 0
    assert done.failed == 0
    assert house.told(issue) == ["PutSecretValue of db/password: approved"]
    (link,) = issue.links.values()
    told, pages = link["object"], "https://audit.example"
    page = f"{pages}/tickets/{issue.issue_key}?change={record['eventID']}"
    assert (told["url"], told["icon"]["url16x16"]) == (page, f"{pages}/static/marks/seal.svg")
    assert told["status"] == {
        "resolved": True,
        "icon": {"url16x16": f"{pages}/static/marks/explained.svg", "title": "Needs no explanation", "link": page},
    }
    assert [it.is_public for it in issue.comments] == [False]


def test_what_is_told_is_told_once(house: JiraHouse) -> None:
    issue = house.approved("db/password")
    house.clock.advance(minutes=1)
    changed(house)
    house.pass_time()
    house.answer()
    house.pass_time()

    again = house.answer()

    assert (again.written, again.taken) == (0, 0)
    assert (len(issue.links), len(issue.comments)) == (1, 1)


def test_our_own_answer_does_not_void_the_approval(house: JiraHouse) -> None:
    house.approved("db/password")
    house.clock.advance(minutes=1)
    first = changed(house)
    house.pass_time()
    house.answer()
    second = changed(house)
    house.pass_time()

    assert (house.verdict(first), house.verdict(second)) == ("approved", "approved")


@pytest.mark.parametrize(
    ("what", "verdict"),
    [
        ("declined", "mismatched"),
        ("approved by who asked", "mismatched"),
        ("edited after the approval", "mismatched"),
        ("approved late", "approved-late"),
        ("not approved", "unapproved"),
    ],
)
def test_what_is_wrong_with_an_approval_is_said_on_the_ticket(house: JiraHouse, what: str, verdict: str) -> None:
    issue = house.ticket("db/password")
    double, approver = house.double, world.ALICE if what == "approved by who asked" else world.BOB
    double.request_approval(issue, approver)
    house.clock.advance(seconds=5)
    if what in ("approved by who asked", "edited after the approval"):
        double.approve(issue, by=approver)
    if what == "declined":
        double.decline(issue)
    house.clock.advance(minutes=1)
    if what == "edited after the approval":
        double.edit(issue, {world.SECRET: "db/password, db/other"})
    house.clock.advance(minutes=1)
    record = changed(house)
    house.clock.advance(minutes=1)
    if what == "approved late":
        double.approve(issue)
    house.pass_time()

    house.answer()

    assert house.verdict(record) == verdict
    told = house.told(issue)
    assert told == [f"PutSecretValue of db/password: {verdict}"]


def test_a_webhook_that_is_lost_is_caught_up_with(house: JiraHouse) -> None:
    house.double.hooks.loses = True
    house.approved("db/password")
    house.clock.advance(minutes=1)
    record = changed(house)
    house.run()
    unknown = house.verdict(record)
    house.pass_time()

    assert (unknown, house.verdict(record)) == ("approval-unknown", "approved")
    assert hints(house) == 0


def test_a_forged_webhook_is_refused_and_changes_nothing(house: JiraHouse) -> None:
    house.double.hooks.forges = True
    house.approved("db/password")

    assert {it.status for it in house.double.hooks.sent} == {403}
    assert [it for it in house.inbox.letters() if it.channel == "jira"] == []


def test_webhooks_twice_and_out_of_order_come_to_the_same(house: JiraHouse) -> None:
    hooks = house.double.hooks
    hooks.duplicates = hooks.holds = hooks.disorders = True
    house.approved("db/password")
    sent = hooks.deliver()
    house.clock.advance(minutes=1)
    record = changed(house)
    house.pass_time()

    assert {it.status for it in sent} == {200}
    assert hints(house) == len(sent) // 2
    assert house.verdict(record) == "approved"


def test_a_webhook_of_yesterday_is_refused(house: JiraHouse) -> None:
    hooks = house.double.hooks
    hooks.holds = True
    house.ticket("db/password")
    house.clock.advance(hours=25)

    assert {it.status for it in hooks.deliver()} == {403}


def test_a_dead_token_is_never_no_ticket(house: JiraHouse) -> None:
    house.approved("db/password")
    house.clock.advance(minutes=1)
    record = changed(house)
    with house.double.inject(faults.dead_token(None)):
        house.clock.advance(minutes=2)
        failure = house.catch_up()
        house.run()
        unknown = house.verdict(record)
    house.pass_time()

    assert isinstance(failure, NotSignedIn)
    assert (unknown, house.verdict(record)) == ("approval-unknown", "approved")


def test_while_jira_is_down_nothing_is_lost_doubled_or_called_unapproved(house: JiraHouse) -> None:
    early = house.approved("db/password")
    house.clock.advance(minutes=1)
    before = changed(house)
    house.pass_time()
    with house.double.down():
        house.clock.advance(hours=1)
        during = changed(house)
        house.clock.advance(hours=23)
        failure = house.catch_up()
        house.run()
        silent = house.answer()
        unknown = house.verdict(during)
    house.double.hooks.retry()
    house.pass_time()
    house.clock.advance(hours=1)
    house.answer()
    house.answer()

    assert isinstance(failure, Unreachable)
    assert silent.failed > 0
    assert (house.verdict(before), unknown, house.verdict(during)) == ("approved", "approval-unknown", "approved")
    assert sorted(house.told(early)) == ["PutSecretValue of db/password: approved"] * 2
    assert len(early.comments) == 2


def test_a_dead_jira_holds_no_change_up(house: JiraHouse) -> None:
    with house.double.down():
        house.clock.advance(minutes=1)
        record = changed(house)
        done = house.run()

    assert done.processed == 1
    assert house.verdict(record) == "approval-unknown"


def test_a_discrepancy_moves_the_ticket_where_the_workflow_lets_it(house: JiraHouse) -> None:
    issue = house.ticket("db/password")
    house.clock.advance(minutes=1)
    changed(house)
    house.pass_time()
    before = issue.status

    assert house.answer().failed == 0

    assert issue.status in (before, "Needs explanation")


def test_no_secret_token_or_full_arn_is_ever_sent_to_jira(house: JiraHouse) -> None:
    house.approved("db/password")
    house.ticket("db/password")
    house.clock.advance(minutes=1)
    changed(house)
    changed(house, by="arn:aws:iam::111122223333:user/mallory")
    house.pass_time()
    house.answer()

    said = [it for it in house.double.seen if "webhook" not in it.path]
    everything = json.dumps([[it.path, str(it.body)] for it in said])
    assert said
    assert "arn:aws" not in everything
    assert "canary" not in everything
    assert SECRET_OF_HOOK not in everything


def test_a_ticket_that_moves_keeps_its_approval_of_before(house: JiraHouse) -> None:
    issue: Issue = house.approved("db/password")
    house.clock.advance(minutes=1)
    record = changed(house)
    house.pass_time()
    before = issue.issue_key
    house.double.move(issue, "SEC")
    house.pass_time()

    assert issue.issue_key.startswith("SEC-")
    found = RecordedTickets(house.ledger).recall(before)
    assert found
    assert found.keys == (issue.issue_key, before)
    assert house.verdict(record) in ("approved", "approval-unknown")
