"""The audit of records that AWS wrote: what issue after issue relies on."""

import json
from pathlib import Path
from typing import Any

import pytest

from counterseal.cli.main import main

pytestmark = pytest.mark.shared_data

PREFIX = "stratus-red-team-retrieve-secret-"
EXPECTED = {
    ("CreateSecret", "6"): "unapproved",
    ("CreateSecret", "11"): "unapproved",
    ("CreateSecret", "16"): "unapproved",
    ("CreateSecret", "17"): "unapproved",
    ("CreateSecret", "18"): "unapproved",
    ("PutSecretValue", "1"): "unapproved",
    ("PutSecretValue", "2"): "mismatched",
    ("PutSecretValue", "7"): "approved",
    ("PutSecretValue", "14"): "approved-late",
    ("PutSecretValue", "17"): "unapproved",
    ("DeleteSecret", "8"): "unapproved",
    ("DeleteSecret", "11"): "unapproved",
}


@pytest.fixture
def found(shared_data: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    logs = shared_data / "cloudtrail/simulation-2023"
    tickets = root / "tests/data/simulation-2023.tickets.json"
    assert main(["audit", str(logs), "--tickets", str(tickets), "--as-of", "2023-07-11", "--json"]) == 10
    return json.loads(capsys.readouterr().out)


def changes(found: Any) -> list[Any]:
    return [it for it in found["findings"] if it["verdict"] != "unrecorded-version"]


def test_each_of_the_twelve_changes_gets_its_verdict(found: Any) -> None:
    verdicts = {(it["event"], it["secret_name"].removeprefix(PREFIX)): it["verdict"] for it in changes(found)}

    assert found["population"] | {"from": None, "to": None} == {
        "records": 708,
        "changes": 12,
        "attempts": 0,
        "service_events": 0,
        "unclassified": 0,
        "duplicates": 0,
        "conflicts": 0,
        "from": None,
        "to": None,
    }
    assert len(changes(found)) == 12
    assert verdicts == EXPECTED


def test_the_reasons_name_ticket_and_cause(found: Any) -> None:
    reasons = {it["ticket"]: it["reason"] for it in changes(found) if it["ticket"]}

    assert reasons["OPS-1"].startswith("OPS-1 was approved by approver on 2023-07-10T11:00:00Z, before the change")
    assert reasons["OPS-2"] == "rejected: OPS-2 was rejected by approver on 2023-07-10T11:00:00Z"
    assert reasons["OPS-3"].endswith("on 2023-07-10T12:30:00Z, after the change of 2023-07-10T11:57:49Z")


def test_three_new_values_are_confirmed_by_kms_and_two_lack_it(found: Any) -> None:
    values = [it for it in changes(found) if it["event"] == "PutSecretValue"]
    confirmed = [it["secret_name"].removeprefix(PREFIX) for it in values if "kms" in it["witnesses"]]
    missing = [it["secret_name"].removeprefix(PREFIX) for it in values if "witness-missing" in it["signals"]]

    assert sorted(confirmed) == ["14", "17", "2"]
    assert sorted(missing) == ["1", "7"]


def test_six_versions_have_a_witness_and_no_record(found: Any) -> None:
    unrecorded = [it for it in found["findings"] if it["verdict"] == "unrecorded-version"]

    assert sorted(it["secret_name"].removeprefix(PREFIX) for it in unrecorded) == ["12", "13", "15", "16", "4", "5"]
    assert {tuple(it["witnesses"]) for it in unrecorded} == {("kms",)}


def test_no_file_of_real_records_breaks_the_audit(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(it for it in (shared_data / "cloudtrail").rglob("*") if it.is_file())
    statuses = {main(["audit", str(file), "--json"]) for file in files}
    capsys.readouterr()

    assert len(files) == 21
    assert statuses == {0, 10}


def test_a_file_that_holds_no_records_is_refused_by_name(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    others = sorted(it for it in shared_data.rglob("*.json") if "cloudtrail" not in it.parts)

    assert {main(["audit", str(file)]) for file in others} == {12}
    assert all(
        f"'{file}'" in told for file, told in zip(others, capsys.readouterr().err.split("error: ")[1:], strict=True)
    )
