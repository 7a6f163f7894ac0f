"""Messages that name a ticket: the ticket is read from Jira, and nothing that they say is believed."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.sns import NOW, TOPIC, body, check
from tests.unit.control.test_process import TICKETS, House, asked, event, queued

from counterseal.control.process import Means, Processed
from counterseal.correlation.tickets.ticket import TicketSet
from counterseal.errors import Denied, MalformedInput, NotSignedIn, SettingsError, Unreachable
from counterseal.inbox.letter import Arrival, State

WEBHOOK = json.dumps({"webhookEvent": "jira:issue_updated", "issue": {"id": "10042", "key": "OPS-42"}}).encode()


class Asked:
    """Notes which tickets are read."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.read: list[tuple[str, datetime | None]] = []
        self.failure = failure

    def reread(self, id_or_key: str, *, since: datetime | None = None) -> bool:
        if self.failure:
            raise self.failure
        self.read.append((id_or_key, since))
        return True


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as opened:
        yield opened


def from_jira(content: bytes = WEBHOOK, message_id: str = "w-1") -> Arrival:
    return Arrival("jira", "webhook", message_id, content)


def with_jira(house: House, jira: Asked | None) -> Asked | None:
    house.means = Means(sns=check(), tickets=jira)
    return jira


def test_a_webhook_has_its_ticket_read_as_of_when_it_came(house: House) -> None:
    jira = Asked()
    with_jira(house, jira)
    house.inbox.store([from_jira()])

    assert house.processing().run() == Processed(processed=1)

    assert jira.read == [("10042", NOW)]


def test_what_a_webhook_says_is_no_record(house: House) -> None:
    with_jira(house, Asked())
    house.inbox.store([from_jira(event("e-1"))])

    assert house.processing().run() == Processed(processed=1)

    assert house.recorded() == []


def test_a_change_is_judged_by_the_ticket_that_was_just_read(house: House) -> None:
    class Jira(Asked):
        def reread(self, id_or_key: str, *, since: datetime | None = None) -> bool:
            house.ask = lambda: asked(tickets=TICKETS)
            return super().reread(id_or_key, since=since)

    with_jira(house, Jira())
    house.inbox.store([queued(event("e-1"))])
    work = house.processing()
    work.run()
    house.inbox.store([from_jira()])

    work.run()

    first, *_, last = [it["verdict"] for it in house.recorded()]
    assert (first, last) == ("unapproved", "unattributed")


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("Jira did not answer"),
        NotSignedIn("the token is dead"),
        Denied("we may not"),
        SettingsError("no field for secrets"),
        MalformedInput("something else answered"),
    ],
)
def test_a_hint_waits_for_jira_and_changes_do_not(house: House, failure: Exception) -> None:
    jira = Asked(failure)
    with_jira(house, jira)
    house.inbox.store([from_jira(), queued(event("e-1"))])
    work = house.processing()

    done = work.run()

    assert (done.processed, done.quarantined) == (1, 0)
    assert str(failure) in done.delayed
    assert [it.channel for it in house.inbox.letters(State.NEW)] == ["jira"]
    jira.failure = None
    assert work.run().processed == 1
    assert [name for name, _ in jira.read] == ["10042"]


def test_jira_automation_through_sns_is_a_hint(house: House) -> None:
    jira = Asked()
    with_jira(house, jira)
    message = json.dumps({"automationData": {"v": "1", "issueId": "10042"}})
    around = json.loads(body("version 2")) | {"Message": message}
    house.inbox.store([Arrival("sns", TOPIC, around["MessageId"], json.dumps(around).encode())])

    house.processing().run()

    assert [name for name, _ in jira.read] == ["10042"]


def test_jira_automation_is_noted_where_no_jira_is_set_up(house: House) -> None:
    with_jira(house, None)
    around = json.loads(body("version 2")) | {"Message": json.dumps({"automationData": {"issueId": "10042"}})}
    house.inbox.store([Arrival("sns", TOPIC, around["MessageId"], json.dumps(around).encode())])

    assert house.processing().run() == Processed(processed=1)


def test_a_webhook_of_a_jira_that_is_not_set_up_is_put_aside(house: House) -> None:
    with_jira(house, None)
    house.inbox.store([from_jira()])

    assert house.processing().run() == Processed(quarantined=1)

    assert house.why() == ["it comes from Jira, and no Jira is set up; set jira.url, and retry"]


def test_a_webhook_that_names_no_ticket_is_done(house: House) -> None:
    jira = Asked()
    with_jira(house, jira)
    house.inbox.store([from_jira(b'{"webhookEvent": "project_created"}'), from_jira(b"no json", "w-2")])

    assert house.processing().run() == Processed(processed=2)

    assert jira.read == []


def test_after_a_start_hints_are_not_followed_again(house: House) -> None:
    jira = Asked()
    with_jira(house, jira)
    house.inbox.store([from_jira()])
    house.processing().run()

    house.processing().run()

    assert len(jira.read) == 1


def test_unknown_becomes_right_once_jira_was_read_up_to_the_change(house: House) -> None:
    with_jira(house, Asked())
    before = TicketSet(known_until=NOW - timedelta(days=3000))
    house.ask = lambda: asked(tickets=before)
    house.inbox.store([queued(event("e-1"))])
    work = house.processing()
    work.run()

    house.ask = lambda: asked(tickets=TicketSet(known_until=NOW))
    work.run()

    assert [it["verdict"] for it in house.recorded()] == ["approval-unknown", "unapproved"]
