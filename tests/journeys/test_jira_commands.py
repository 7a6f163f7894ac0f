"""`counterseal jira`: what a person sees of a Jira, on both flavours."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.command import counterseal
from tests.journeys.gated_change import Ended
from tests.journeys.jira_house import JiraHouse, jira_house
from tests.journeys.test_jira_loop import PRINCIPAL, changed

from counterseal.jira_double import world
from counterseal.jira_double.model import Flavour

pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=list(Flavour))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JiraHouse]:
    with jira_house(tmp_path, request.param, PRINCIPAL) as made:
        yield made


def run(house: JiraHouse, *arguments: str, **environment: str) -> Ended:
    done = counterseal(
        "jira",
        *arguments,
        folder=house.folder,
        environment={
            **house.environment,
            "COUNTERSEAL_STATE_DIRECTORY": str(house.folder / "state"),
            **environment,
        },
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def as_admin(house: JiraHouse) -> dict[str, str]:
    signed_in = {"JIRA_TOKEN": house.double.token(world.ADMIN)}
    if house.double.flavour is Flavour.CLOUD:
        signed_in["COUNTERSEAL_JIRA_EMAIL"] = world.ADMIN.email
    return signed_in


def test_a_person_sees_who_asks_and_how_far_tickets_were_read(house: JiraHouse) -> None:
    house.approved("db/password")
    before = run(house, "status")
    synced = run(house, "sync")
    after = run(house, "status", "--json")

    assert (before.status, synced.status, after.status) == (0, 0, 0), before.said + synced.said + after.said
    assert "tickets were not read yet: counterseal jira sync" in before.shown
    assert "Robot Example" in before.shown
    assert synced.shown.startswith("1 tickets read, 1 changed; known up to ")
    assert (after.json["tickets_mirrored"], after.json["projects"]) == (1, ["OPS", "SEC"])


def test_a_token_that_is_about_to_expire_is_warned_of(house: JiraHouse) -> None:
    assert "expire" in run(house, "status", COUNTERSEAL_JIRA_TOKEN_EXPIRES="2020-01-31").said


def test_a_dead_token_is_said_to_be_one(house: JiraHouse) -> None:
    house.double.kill(house.environment["JIRA_TOKEN"])

    assert [run(house, step).status for step in ("status", "sync")] == [6, 6]


def test_without_a_jira_there_is_nothing_to_read(house: JiraHouse) -> None:
    house.file.write_text("")

    done = run(house, "sync")

    assert (done.status, "no Jira is set up" in done.said) == (4, True)


def test_a_webhook_is_made_checked_and_brought_up_to_date(house: JiraHouse) -> None:
    admin, address = as_admin(house), "https://audit.example"
    none = run(house, "webhook", "check", **admin)
    made = run(house, "webhook", "install", address, **admin)
    again = run(house, "webhook", "install", address, **admin)
    fine = run(house, "webhook", "check", address, **admin)

    assert none.status == 4
    assert (made.status, again.status) == (0, 0), made.said + again.said
    (hook,) = house.double.site.hooks.values()
    assert (hook.url, hook.jql) == ("https://audit.example/hooks/jira", 'project in ("OPS", "SEC")')
    assert (fine.status, "nothing is wrong with it" in fine.shown) == (0, True)


def test_what_is_wrong_with_a_webhook_is_said_with_what_mends_it(house: JiraHouse) -> None:
    admin = as_admin(house)
    run(house, "webhook", "install", "https://audit.example", **admin)
    (hook,) = house.double.site.hooks.values()
    hook.is_enabled, hook.events, hook.url = False, ("jira:issue_created",), "http://127.0.0.1/hooks/jira"

    done = run(house, "webhook", "check", **admin)

    assert done.status == 10
    assert "is switched off" in done.shown
    assert "does not tell of jira:issue_updated, jira:issue_deleted" in done.shown
    assert "in the clear" in done.shown


@pytest.mark.parametrize(
    ("address", "environment", "status"),
    [
        ("http://audit.example", {}, 9),
        ("https://audit.example", {"JIRA_WEBHOOK_SECRET": ""}, 13),
        ("https://audit.example", {"COUNTERSEAL_JIRA_PROJECTS": ","}, 13),
    ],
)
def test_a_webhook_that_would_be_none_is_not_made(
    house: JiraHouse, address: str, environment: dict[str, str], status: int
) -> None:
    done = run(house, "webhook", "install", address, **as_admin(house), **environment)

    assert done.status == status, done.said
    assert not house.double.site.hooks


def test_who_is_no_administrator_makes_no_webhook(house: JiraHouse) -> None:
    assert run(house, "webhook", "install", "https://audit.example").status == 6


def recorded(house: JiraHouse) -> Any:
    house.listen()
    issue = house.approved("db/password")
    house.clock.advance(minutes=1)
    changed(house)
    house.pass_time()
    return issue


def test_the_first_pass_takes_stock_and_existing_tells_all(house: JiraHouse) -> None:
    issue = recorded(house)
    nothing = run(house, "answer", "send")

    assert (nothing.status, "took stock" in nothing.said) == (0, True), nothing.said
    assert house.told(issue) == []


def test_a_ticket_is_told_by_command(house: JiraHouse) -> None:
    issue = recorded(house)

    done = run(house, "answer", "send", "--existing")

    assert (done.status, done.shown) == (0, "1 answers written, 1 taken, 0 not taken\n"), done.said
    assert house.told(issue) == ["PutSecretValue of db/password: approved"]
    assert run(house, "answer", "list").shown == "Nothing waits.\n"


def test_what_jira_does_not_take_waits_and_says_why(house: JiraHouse) -> None:
    recorded(house)
    house.double.kill(house.environment["JIRA_TOKEN"])
    done = run(house, "answer", "send", "--existing")
    shown, listed = run(house, "answer", "list"), run(house, "answer", "list", "--json")

    assert done.status == 7
    assert "approved" in shown.shown
    (waiting,) = listed.json["waiting"]
    assert waiting["body"]["verdict"] == "approved"
    assert house.environment["JIRA_TOKEN"] not in json.dumps(listed.json) + done.said


def test_before_anything_was_told_there_is_no_list(house: JiraHouse) -> None:
    house.settings.state_directory.joinpath("jira-outbox.sqlite").unlink(missing_ok=True)

    assert run(house, "answer", "list").status == 4
