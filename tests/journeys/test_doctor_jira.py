"""`counterseal doctor jira`: each thing that can be wrong with a Jira is said apart, with its mending."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.command import counterseal
from tests.journeys.gated_change import Ended
from tests.journeys.jira_house import JiraHouse, jira_house
from tests.journeys.test_jira_commands import as_admin
from tests.journeys.test_jira_loop import PRINCIPAL

from counterseal.jira_double import faults, world
from counterseal.jira_double.faults import Fault
from counterseal.jira_double.model import Flavour, Hook

pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=list(Flavour))
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JiraHouse]:
    """Return a house where all is right."""
    with jira_house(tmp_path, request.param, PRINCIPAL) as made:
        made.approved("db/password")
        made.double.approved_issue("SEC", {world.SECRET: "db/password"})
        made.catch_up()
        events = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
        made.double.site.hooks["7"] = Hook(
            hook_id="7", name="Counterseal", url="https://audit.example/hooks/jira", events=events
        )
        yield made


def doctor(house: JiraHouse, *arguments: str, **environment: str) -> Ended:
    state = {"COUNTERSEAL_STATE_DIRECTORY": str(house.folder / "state")}
    settings = {"COUNTERSEAL_JIRA_TOKEN_EXPIRES": "2999-01-31"}
    done = counterseal(
        "doctor",
        "jira",
        *arguments,
        folder=house.folder,
        environment={**house.environment, **state, **settings, **environment},
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def wrong(house: JiraHouse, **environment: str) -> dict[str, tuple[str, str]]:
    """Return what is wrong: what Jira's fault is called, and what is said with the mending."""
    done = doctor(house, "--json", **environment)
    bad = [it for it in done.json["checks"] if it["state"] == "bad"]
    assert done.status == (10 if bad else 0), done.said
    assert house.environment["JIRA_TOKEN"] not in done.shown + done.said
    return {it["about"]: (it["fault"], f"{it['said']}; {it['mending']}") for it in bad}


def test_where_all_is_right_each_thing_is_said_to_be(house: JiraHouse) -> None:
    done = doctor(house)

    assert (done.status, done.said) == (0, ""), done.shown
    assert "✗" not in done.shown
    for said in (
        "✓ settings: complete",
        f"✓ address: {house.double.url} answers",
        f"✓ flavour: {house.double.flavour}",
        "✓ token: Jira knows it as Robot Example",
        "✓ project OPS: we may browse it",
        "✓ field secrets: is 'Secret' (customfield_10050)",
        "✓ tickets of SEC: have secrets, operations",
        "✓ approvals in OPS: rounds of Jira Service Management are read",
        "✓ approvals in SEC: by status: approved",
        "✓ mirror: 2 tickets, known up to ",
        "? webhook: only an administrator of Jira may look at webhooks",
        "✓ answers in OPS: we have ADD_COMMENTS, EDIT_ISSUES, LINK_ISSUES, TRANSITION_ISSUES",
    ):
        assert said in done.shown
    assert done.shown.endswith("\nNothing is wrong.\n")


def test_an_administrator_sees_the_webhook(house: JiraHouse) -> None:
    assert "✓ webhook: sends to https://audit.example/hooks/jira" in doctor(house, **as_admin(house)).shown
    house.double.site.hooks["7"].is_enabled = False

    assert "is switched off; jira webhook install" in wrong(house, **as_admin(house))["webhook"][1]


# ------------------------------------------------------------------ what Jira may answer instead
@pytest.mark.parametrize(
    ("fault", "path", "about", "name"),
    [
        (faults.proxy_page(), "*/serverInfo", "address", "other-answer"),
        (faults.broken(), "*/serverInfo", "address", "unreachable"),
        (faults.unauthorized(), "*/myself", "token", "not-signed-in"),
        (faults.dead_token(), "*/myself", "token", "not-signed-in"),
        (faults.throttled(60), "*/myself", "token", "throttled"),
        (faults.forbidden(), "*/mypermissions", "project OPS", "denied"),
        (faults.gone(), "*/search*", "tickets of OPS", "gone"),
        (faults.html_forbidden(), "*/field", "fields", "other-answer"),
        (faults.other_json({"permissions": 1}), "*/mypermissions", "project SEC", "malformed-input"),
    ],
)
def test_what_jira_answers_instead_is_kept_apart(
    house: JiraHouse, fault: Fault, path: str, about: str, name: str
) -> None:
    with house.double.inject(fault, path):
        found = wrong(house)

    assert found[about][0] == name


def test_a_jira_that_is_down_is_said_once_and_the_rest_is_not_looked_at(house: JiraHouse) -> None:
    with house.double.down():
        done = doctor(house)

    assert (done.status, done.shown.count("✗")) == (10, 1), done.shown
    assert "? the rest: was not looked at, for it rests on this" in done.shown


# ------------------------------------------------------------------ what the settings or Jira lack
def test_what_the_settings_lack_is_named(house: JiraHouse) -> None:
    house.file.write_text('[jira]\nurl = "http://127.0.0.1:9"\n')

    said = doctor(house).shown

    for name in ("jira.token_env", "jira.projects", "policy.jira_fields.secrets", "policy.jira_fields.operations"):
        assert f"✗ settings: {name} is not set\n" in said


def test_a_flavour_that_it_has_not_is_said(house: JiraHouse) -> None:
    text = house.file.read_text()
    other = next(it for it in Flavour if it is not house.double.flavour)
    house.file.write_text(text.replace(f'flavour = "{house.double.flavour}"', f'flavour = "{other}"'))

    assert (
        f'set it to "{house.double.flavour}"' in wrong(house, COUNTERSEAL_JIRA_EMAIL="robot@example.com")["flavour"][1]
    )


def test_a_cloud_that_nobody_called_one_needs_an_address_too(tmp_path: Path) -> None:
    with jira_house(tmp_path, Flavour.CLOUD, PRINCIPAL) as house:
        text = house.file.read_text()
        house.file.write_text(text.replace('flavour = "cloud"', "").replace(f'email = "{world.ROBOT.email}"', ""))

        assert wrong(house)["token"][1].startswith("jira.email is not set; ")


def test_a_token_that_is_about_to_expire_is_wrong(house: JiraHouse) -> None:
    found = wrong(house, COUNTERSEAL_JIRA_TOKEN_EXPIRES="2020-01-31")

    assert found["token's end"] == (
        "",
        "the token of Jira expired on 2020-01-31; make a new one and put it in the old one's place",
    )


def test_without_a_variable_for_the_token_nobody_is_asked(house: JiraHouse) -> None:
    assert "'JIRA_TOKEN', which should hold the token" in wrong(house, JIRA_TOKEN="")["token"][1]


def test_a_project_that_is_none_is_said_to_be_none(house: JiraHouse) -> None:
    found = wrong(house, COUNTERSEAL_JIRA_PROJECTS="OPS,NONE")

    assert found == {
        "project NONE": (
            "not-found",
            "there is none, or it is not shown to us; let the user of the token browse it, or mend jira.projects",
        ),
        "answers": ("not-found", found["answers"][1]),
    }


def test_a_field_that_is_none_and_one_that_no_ticket_has_are_told_apart(house: JiraHouse) -> None:
    text = house.file.read_text()
    house.file.write_text(text.replace('"Operation" }', '"Operatoin", emergency = "Labels" }'))
    made = house.double.site.fields.pop(world.SECRET)
    absent = wrong(house)
    house.double.site.fields[world.SECRET] = made

    assert "did you mean 'Operation'?" in wrong(house)["field operations"][1]
    assert "Jira has no field 'Secret'" in absent["field secrets"][1]


def test_tickets_without_the_field_are_noticed(house: JiraHouse) -> None:
    house.file.write_text(house.file.read_text().replace('secrets = "Secret"', f'secrets = "{world.APPROVALS}"'))
    house.double.site.fields[world.APPROVALS] = house.double.site.fields[world.SECRET]._replace(
        field_id=world.APPROVALS, name="Approvals"
    )
    text = "none of the newest 1 has the field for secrets"

    with house.double.inject(without_fields(world.APPROVALS), "*/search*"):
        assert text in wrong(house)["tickets of OPS"][1]


def without_fields(name: str) -> Fault:
    """Let no ticket of a search have a field."""
    return Fault(after=lambda it: it._replace(body=it.body.replace(name.encode(), b"customfield_0")))


def test_where_nothing_can_approve_it_is_said(house: JiraHouse) -> None:
    house.file.write_text(house.file.read_text().replace('approved_statuses = ["Approved"]', ""))

    found = wrong(house)

    assert list(found) == ["approvals in SEC"]
    assert "set policy.approved_statuses" in found["approvals in SEC"][1]


def test_groups_that_cannot_be_read_are_said(house: JiraHouse) -> None:
    groups = '[policy]\napprover_groups = ["secrets-approvers"]'
    house.file.write_text(house.file.read_text().replace("[policy]", groups))
    fine = doctor(house)
    with house.double.inject(faults.forbidden(), "*/user*"):
        found = wrong(house)

    assert "✓ groups: 2 were read, of others" in fine.shown
    assert found["groups"][0] == "denied"


def test_without_tickets_what_is_on_them_is_not_known(tmp_path: Path) -> None:
    with jira_house(tmp_path, Flavour.CLOUD, PRINCIPAL) as empty:
        shown = doctor(empty).shown

    assert "? tickets of OPS: there is none that we may see" in shown
    assert "✗ mirror: tickets were never read to the end" in shown


def test_a_mirror_that_is_not_there_is_no_fault_and_a_stale_one_is(house: JiraHouse) -> None:
    mirror = house.folder / "state" / "jira-mirror.sqlite"
    house.clock.advance(days=-2)
    elsewhere = wrong(house, COUNTERSEAL_JIRA_MIRROR=str(house.folder / "absent.sqlite"))
    mirror_text = house.folder / "text.sqlite"
    mirror_text.write_text("no mirror")

    assert elsewhere == {}
    assert not (house.folder / "absent.sqlite").exists()
    assert mirror.exists()
    assert "mirror" in wrong(house, COUNTERSEAL_JIRA_MIRROR=str(mirror_text))


def test_what_answers_need_is_named(house: JiraHouse) -> None:
    onlooker = {"JIRA_TOKEN": house.double.token(world.ONLOOKER)}
    if house.double.flavour is Flavour.CLOUD:
        onlooker["COUNTERSEAL_JIRA_EMAIL"] = world.ONLOOKER.email
    found = wrong(house, COUNTERSEAL_JIRA_CREATE_IN="SEC", JIRA_WEBHOOK_SECRET="", **onlooker)
    house.file.write_text(house.file.read_text().replace('link = "https://audit.example"', ""))

    assert "we lack ADD_COMMENTS, EDIT_ISSUES, LINK_ISSUES, TRANSITION_ISSUES" in found["answers in OPS"][1]
    assert "we lack CREATE_ISSUES" in found["answers in SEC"][1]
    assert "JIRA_WEBHOOK_SECRET" in found["webhook"][1]
    assert "alerts.link is not set" in wrong(house)["answers"][1]
