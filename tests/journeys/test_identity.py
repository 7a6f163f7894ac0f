"""Who is whom, beside a Jira of each flavour: confirmed by a person, heeded by what judges, taken back again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.command import counterseal
from tests.journeys.gated_change import Ended
from tests.journeys.jira_house import JiraHouse, jira_house
from tests.journeys.test_jira_loop import changed

from counterseal.jira_double import world
from counterseal.jira_double.model import Flavour, Person

pytestmark = pytest.mark.enable_socket

NOBODY_YET = "arn:aws:iam::111122223333:user/somebody-else"
ROLE_SESSION = "arn:aws:sts::111122223333:assumed-role/Admin/"
BY = ("--by", "ana", "--source", "asked them")


@pytest.fixture(params=list(Flavour))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JiraHouse]:
    with jira_house(tmp_path, request.param, NOBODY_YET) as made:
        yield made


def run(house: JiraHouse, *arguments: str, **environment: str) -> Ended:
    done = counterseal(
        *arguments,
        folder=house.folder,
        environment={
            **house.environment,
            "COUNTERSEAL_STATE_DIRECTORY": str(house.folder / "state"),
            **environment,
        },
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def by_session(house: JiraHouse, person: Person) -> tuple[str, str]:
    """Let somebody change the secret in a session that is called by their address; return its ARN and the change."""
    house.approved("db/password")
    house.clock.advance(minutes=1)
    arn = ROLE_SESSION + person.email
    record = changed(house, by=arn)
    house.pass_time()
    return arn, str(record["eventID"])


def verdict(house: JiraHouse, event_id: str) -> str:
    return str(house.findings()[event_id]["verdict"])


def test_a_suggested_mapping_that_is_confirmed_approves_and_one_taken_back_does_not(house: JiraHouse) -> None:
    arn, event_id = by_session(house, world.DAVE)
    before = verdict(house, event_id)
    user = house.user(world.DAVE)

    suggested = run(house, "identity", "check", "--json")
    house.pass_time()
    unconfirmed = verdict(house, event_id)
    (stranger,) = suggested.json["unmapped_actors"]
    command = stranger["command"]
    assert command == f"counterseal identity map {user} {arn} --by WHO --source 'e-mail match'"
    mapped = run(house, "identity", "map", user, arn, "--by", "ana", "--source", "e-mail match")
    house.pass_time()
    confirmed = verdict(house, event_id)
    checked = run(house, "identity", "check")
    removed = run(house, "identity", "unmap", user, arn, *BY)
    house.pass_time()

    assert suggested.status == 10
    assert "perhaps Dave Example, by e-mail match" in run(house, "identity", "check").shown
    assert mapped.shown == f"{arn} is Dave Example ({user})\n", mapped.said
    assert (checked.status, removed.status) == (0, 0), checked.shown + checked.said + removed.said
    assert [before, unconfirmed, confirmed, verdict(house, event_id)] == [
        "unattributed", "unattributed", "approved", "unattributed",
    ]  # fmt: skip


def test_whose_address_jira_does_not_show_is_suggested_for_nobody(house: JiraHouse) -> None:
    by_session(house, world.CAROL)

    (stranger,) = run(house, "identity", "check", "--json").json["unmapped_actors"]

    assert (stranger["session_name"], stranger["suggested_user"]) == ("carol@example.com", "")


def test_what_a_property_of_a_user_says_is_suggested_and_maps_nobody(house: JiraHouse) -> None:
    by_session(house, world.CAROL)
    house.file.write_text(house.file.read_text().partition("[policy.identities]")[0])
    arn, user = "arn:aws:iam::111122223333:user/dave", house.user(world.DAVE)
    house.double.site.user_properties[world.DAVE.account_id, "aws"] = arn

    done = run(house, "identity", "check", "--property", "aws", "--json")

    (found,) = done.json["users_without_a_principal"]
    assert found == {
        "user": user,
        "commands": [f"counterseal identity map {user} {arn} --by WHO --source 'Jira user property aws'"],
    }
    assert run(house, "identity", "list", "--json").json["mappings"] == []


def test_a_user_whom_jira_does_not_know_is_not_mapped(house: JiraHouse) -> None:
    single = run(house, "identity", "map", "nobody-of-this-name", "s-1", *BY)
    file = house.folder / "people.csv"
    file.write_text(f"user,principal\n{house.user(world.BOB)},bob@example.com\nnobody-of-this-name,s-1\n")
    many = run(house, "identity", "import", str(file), "--by", "ana")

    assert (single.status, many.status) == (4, 4)
    assert "Jira knows no user 'nobody-of-this-name'" in single.said
    assert [it["written_in"] for it in run(house, "identity", "list", "--json").json["mappings"]] == ["settings"]


def test_a_user_whom_jira_calls_otherwise_is_not_mapped(house: JiraHouse) -> None:
    done = run(house, "identity", "map", world.DAVE.user_key, "s-1", *BY)

    assert done.status == 4
    assert f"Jira calls the user '{world.DAVE.user_key}' '{house.user(world.DAVE)}'" in done.said


def test_a_file_of_users_whom_jira_knows_is_confirmed(house: JiraHouse) -> None:
    user, file = house.user(world.BOB), house.folder / "people.csv"
    file.write_text(f"user,principal\n{user},bob@example.com\n{user},arn:aws:iam::111122223333:user/bob\n")

    done = run(house, "identity", "import", str(file), "--by", "ana")

    assert "2 recorded, 0 known already" in done.said
    assert f"bob@example.com is Bob Example ({user})" in done.shown
    assert run(house, "ledger", "verify").status == 0


def test_nobody_is_mapped_or_suggested_while_jira_does_not_know_us(house: JiraHouse) -> None:
    arn, _ = by_session(house, world.DAVE)
    house.double.kill(house.environment["JIRA_TOKEN"])

    mapped = run(house, "identity", "map", house.user(world.DAVE), arn, *BY)
    checked = run(house, "identity", "check")

    assert mapped.status == 6, mapped.said
    assert (checked.status, "Jira was not asked for all of them" in checked.said) == (10, True)
    assert f"{arn} is nobody: 1 change" in checked.shown
    assert "perhaps" not in checked.shown


def test_no_principal_is_told_to_jira(house: JiraHouse) -> None:
    user = house.user(world.DAVE)
    done = run(house, "identity", "map", user, "arn:aws:iam::111122223333:user/canary", *BY)

    assert done.status == 0, done.said
    assert house.double.asked("/user")
    assert not [it for it in ("canary", "111122223333") if it in house.double.everything_said()]
