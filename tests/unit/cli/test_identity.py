"""The command `identity`, without a Jira: who is confirmed, who is nobody's, and what that makes of a change."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.story import ANA, record, ticket, write_logs, write_tickets
from tests.unit.cli.test_findings import recorded
from tests.unit.ledger.samples import ACTOR, verdict
from tests.unit.ledger.samples import ticket as snapshot

from counterseal.assembly.identities import identities_here, policy_here
from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.settings import load_settings
from counterseal.cli import audit, identity, policy_explain
from counterseal.cli.console import Console
from counterseal.cli.parser import command_parser
from counterseal.errors import DISCREPANCY, MalformedInput, NotFound, Refused, UsageError

BEN = "arn:aws:iam::111122223333:user/ben"
BY = ("--by", "cleo")
NOW = ("--as-of", "2026-03-11")


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))


class Told:
    """What a command said."""

    def __init__(self, *arguments: str | Path, command: Any = identity, name: str = "identity") -> None:
        output, notes = io.StringIO(), io.StringIO()
        parsed = command_parser(name, command).parse_args([*map(str, arguments)])
        self.status = command.run(parsed, Console(output, notes))
        self.shown, self.notes = output.getvalue(), notes.getvalue()

    @property
    def json(self) -> Any:
        return json.loads(self.shown)


def settings(folder: Path, **identities: list[str]) -> None:
    lines = [f"{json.dumps(user)} = {json.dumps(names)}" for user, names in identities.items()]
    (folder / "counterseal.toml").write_text("\n".join(["[policy.identities]", *lines]))


# ------------------------------------------------------------ confirming and listing
def test_a_mapping_is_listed_with_where_it_is_written_and_by_whose_word(tmp_path: Path) -> None:
    settings(tmp_path, ana=["arn:aws:iam::111122223333:user/ana"])
    tickets = write_tickets(tmp_path, ticket())
    told = Told("map", "ben.j", BEN, *BY, "--source", "asked him")

    found = Told("list", "--tickets", tickets, "--json").json

    assert told.shown == f"{BEN} is ben.j\n"
    assert "nobody was asked" in told.notes
    assert found["schema"] == "counterseal/identities/v1"
    by_place = {it["written_in"]: it for it in found["mappings"]}
    assert {*by_place} == {"settings", "ticket file", "ledger"}
    ledger = by_place["ledger"]
    assert (ledger["user"], ledger["principal"], ledger["by"]) == ("ben.j", BEN, "cleo")
    assert (ledger["source"], ledger["ambiguous"], len(ledger["at"])) == ("asked him", False, 20)


def test_a_mapping_that_was_taken_back_is_not_listed() -> None:
    Told("map", "ben.j", BEN, *BY)
    assert "by hand" in Told("list").shown

    told = Told("unmap", "ben.j", BEN, *BY, "--source", "he left")

    assert told.shown == f"{BEN} is not ben.j any more, by the ledger\n"
    assert Told("list").shown == "Nobody is mapped.\n"
    assert Told("list", "--json").json["mappings"] == []


def test_what_the_settings_still_say_is_said_when_the_ledger_takes_it_back(tmp_path: Path) -> None:
    Told("map", "ben", BEN, *BY)
    settings(tmp_path, ben=[BEN])

    told = Told("unmap", "ben", BEN, *BY)

    assert "the settings still say so" in told.notes
    assert BEN in Told("list").shown


def test_what_only_the_settings_say_is_not_taken_back_here(tmp_path: Path) -> None:
    settings(tmp_path, ben=[BEN])

    with pytest.raises(NotFound, match="there is no ledger"):
        Told("unmap", "ben", BEN, *BY)

    Told("map", "ana", "ana@example.com", *BY)
    with pytest.raises(Refused, match="does not map 'ben'"):
        Told("unmap", "ben", BEN, *BY)


def test_nothing_is_mapped_by_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((SystemExit, UsageError)):
        Told("map", "ben.j", BEN)

    assert not (Path("state") / "ledger.sqlite").exists()
    capsys.readouterr()


def test_the_settings_name_is_not_given_to_another(tmp_path: Path) -> None:
    settings(tmp_path, ana=["ana@example.com"])

    with pytest.raises(Refused, match="would be 'ben' and is 'ana'"):
        Told("map", "ben", "ana@example.com", *BY)


def test_a_file_is_confirmed_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"user,principal\nben.j,{BEN}\nana.j,user/ana\n")
    with pytest.raises(Refused, match="'user/ana' is no principal"):
        Told("import", file, *BY)
    before = identities_here(load_settings())
    file.write_text(f"user,principal\nben.j,{BEN}\nana.j,ana@example.com\n")

    told = Told("import", file, *BY)
    again = Told("import", file, *BY)

    assert before == {}
    assert told.notes.endswith("2 recorded, 0 known already\n")
    assert again.notes.endswith("0 recorded, 2 known already\n")
    assert {it["source"] for it in Told("list", "--json").json["mappings"]} == {"the file people.csv"}


def test_a_file_that_is_none_maps_nobody(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("ben.j,x\n")

    with pytest.raises(MalformedInput, match="first line"):
        Told("import", "people.csv", *BY)


def test_a_name_that_several_have_is_marked(tmp_path: Path) -> None:
    Told("map", "ana", "shared", *BY)
    settings(tmp_path, ben=["shared"])

    listed = Told("list").shown

    assert "'shared' is listed for several people, and is nobody's" in listed
    assert {it["ambiguous"] for it in Told("list", "--json").json["mappings"]} == {True}


# ------------------------------------------------------------ what it makes of a change
def audited(tmp_path: Path, *more: str) -> Any:
    tickets = write_tickets(tmp_path, ticket(), identities={})
    logs = write_logs(tmp_path, record())
    told = Told(logs, "--tickets", tickets, "--json", *NOW, *more, command=audit, name="audit")
    return told.json["findings"][0]["verdict"]


def test_a_mapping_of_the_ledger_counts_where_an_audit_is_recorded(tmp_path: Path) -> None:
    Told("map", "ana.j", ANA, *BY)

    assert audited(tmp_path) == "unattributed"
    assert audited(tmp_path, "--record") == "approved"

    Told("unmap", "ana.j", ANA, *BY)
    assert audited(tmp_path, "--record") == "unattributed"


def test_an_ambiguous_name_attributes_nothing(tmp_path: Path) -> None:
    Told("map", "ana.j", "work", *BY)
    session = {
        "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/work", "userName": "work",
    }  # fmt: skip
    tickets = write_tickets(tmp_path, ticket(), identities={})
    logs = write_logs(tmp_path, record(userIdentity=session))

    def verdict_now() -> str:
        told = Told(logs, "--tickets", tickets, "--json", "--record", *NOW, command=audit, name="audit")
        return str(told.json["findings"][0]["verdict"])

    alone = verdict_now()
    settings(tmp_path, ben=["work"])

    assert (alone, verdict_now()) == ("approved", "unattributed")


def test_it_counts_where_a_verdict_is_explained(tmp_path: Path) -> None:
    tickets = write_tickets(tmp_path, ticket(), identities={})
    logs = write_logs(tmp_path, record())
    Told("map", "ana.j", ANA, *BY)

    told = Told("e-1", logs, "--tickets", tickets, *NOW, command=policy_explain, name="policy explain")

    assert told.shown.startswith("approved")


def test_a_policy_of_a_file_is_added_to_as_well(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('[policy.identities]\nana = ["x1"]\n')
    Told("map", "ana", ANA, *BY)

    assert policy_here(load_settings(), tmp_path / "policy.toml").identities == {"ana": ("x1", ANA)}


def test_a_ledger_that_is_not_there_is_not_made_to_be_read() -> None:
    assert identities_here(load_settings()) == {}
    assert not (Path("state") / "ledger.sqlite").exists()


# ------------------------------------------------------------ whom nobody knows
def by(name: str) -> dict[str, str]:
    arn = f"arn:aws:sts::111122223333:assumed-role/deploy/{name}"
    return {**ACTOR, "arn": arn, "name": name, "session_name": name}


def test_whom_nobody_knows_is_told_with_what_may_mend_it(tmp_path: Path) -> None:
    recorded(verdict("e-1", actor=by("ben@example.com")), verdict("e-2", actor=by("ben@example.com")),
             snapshot(assignee="ben@example.com", executors=["dan.j"]))  # fmt: skip
    arn = by("ben@example.com")["arn"]

    told = Told("check")
    found = Told("check", "--json").json

    assert told.status == DISCREPANCY
    assert f"{arn} is nobody: 2 changes, the last 2026-03-10T11:00:00Z" in told.shown
    command = f"counterseal identity map ben@example.com {arn} --by WHO --source 'same name'"
    assert f"  {command}" in told.shown.splitlines()
    assert "dan.j is to make changes under a ticket, and has no principal" in told.shown
    (stranger,) = found["unmapped_actors"]
    assert (stranger["arn"], stranger["changes"], stranger["command"]) == (arn, 2, command)
    assert found["users_without_a_principal"] == [
        {"user": "ben@example.com", "commands": []}, {"user": "dan.j", "commands": []},
    ]  # fmt: skip
    assert identities_here(load_settings()) == {}


def test_once_everybody_is_mapped_nothing_is_left_to_tell() -> None:
    recorded(verdict("e-1", actor=by("ben")), snapshot(assignee="ben.j", executors=[]))
    Told("map", "ben.j", "ben", *BY)

    told = Told("check")

    assert (told.status, told.shown.startswith("Every actor of 1 change is somebody")) == (0, True)


def test_a_name_that_several_have_is_wrong_though_nobody_uses_it(tmp_path: Path) -> None:
    recorded(verdict("e-1", actor=by("ben")), snapshot(assignee="", executors=[]))
    Told("map", "ben.j", "ben", *BY)
    Told("map", "ana", "shared", *BY)
    settings(tmp_path, dan=["shared"])

    told = Told("check")

    assert (told.status, "'shared' is listed for several people" in told.shown) == (DISCREPANCY, True)


def test_a_ledger_without_a_change_says_nothing_about_anybody() -> None:
    with pytest.raises(NotFound, match="there is no ledger"):
        Told("check")

    open_ledger(load_settings()).close()
    with pytest.raises(NotFound, match="holds no change"):
        Told("check")


def test_an_actor_cannot_command_the_terminal() -> None:
    recorded(verdict("e-1", actor=by("\x1b[2J@x")))

    assert "\x1b" not in Told("check").shown
