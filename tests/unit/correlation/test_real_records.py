from collections import Counter
from pathlib import Path

import pytest

from counterseal.correlation.records.blindness import blind_intervals
from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.gathering import Gathering
from counterseal.correlation.records.population import Population

pytestmark = pytest.mark.shared_data


def read(folder: Path) -> Population:
    gathering = Gathering()
    for file in sorted(folder.glob("*.json")):
        gathering.add(file.read_bytes(), source=file.name)
    return gathering.population()


def test_real_files_say_the_same_in_stretches(shared_data: Path) -> None:
    folder = shared_data / "cloudtrail" / "simulation-2023"
    gathering = Gathering()

    taken = [
        gathering.add_in_stretches([file.read_bytes()], source=file.name, stretch_bytes=4000)
        for file in sorted(folder.glob("*.json"))
    ]

    assert all(taken)
    assert gathering.population() == read(folder)


@pytest.fixture(scope="module")
def simulation(shared_data: Path) -> Population:
    return read(shared_data / "cloudtrail" / "simulation-2023")


def test_the_simulation_holds_the_changes_that_were_made(simulation: Population) -> None:
    changes = Counter(event.name for event in simulation.of_kind(Kind.CHANGE))

    assert changes == {"CreateSecret": 5, "PutSecretValue": 5, "DeleteSecret": 2}
    assert simulation.counts() == {
        "records": 708,
        "changes": 12,
        "attempts": 0,
        "service_events": 0,
        "unclassified": 0,
        "duplicates": 0,
        "conflicts": 0,
        "from": "2023-07-10T11:42:18Z",
        "to": "2023-07-10T12:12:14Z",
    }
    assert (simulation.reads, simulation.others, len(simulation.events)) == (136, 535, 37)


def test_every_change_of_the_simulation_has_its_secret_in_full(simulation: Population) -> None:
    changes = simulation.of_kind(Kind.CHANGE)

    assert all(event.secret_arn.startswith(f"arn:aws:secretsmanager:us-east-1:{event.account}:") for event in changes)
    assert {event.secret_name.rstrip("0123456789") for event in changes} == {"stratus-red-team-retrieve-secret-"}


def test_the_witnesses_of_the_simulation_meet_three_of_its_value_changes(simulation: Population) -> None:
    witnesses = {(event.secret_arn, event.version_id) for event in simulation.of_kind(Kind.WITNESS)}
    values = {(event.secret_arn, event.version_id) for event in simulation.events if event.name == "PutSecretValue"}

    assert (len(witnesses), len(witnesses & values)) == (9, 3)


def test_secrets_of_the_simulation_share_suffixes_and_stay_apart(simulation: Population) -> None:
    arns = {event.secret_arn for event in simulation.events if event.secret_arn}

    assert len({arn[-6:] for arn in arns}) < len(arns)
    assert len({event.secret_name for event in simulation.events if event.secret_arn}) == len(arns)


def test_the_account_is_that_of_the_records_and_not_of_the_file_names(simulation: Population) -> None:
    assert {event.account for event in simulation.events} == {"123837392027"}


def test_what_was_done_to_the_trails_of_the_simulation_is_there(simulation: Population) -> None:
    guards = Counter((event.name, event.error_code) for event in simulation.of_kind(Kind.GUARD))

    assert guards["StopLogging", "TrailNotFoundException"] == 3
    assert guards["PutEventSelectors", ""] == 1
    assert [it for it in guards if it[0] == "LeaveOrganization"] == [("LeaveOrganization", "AccessDenied")]
    [interval] = blind_intervals(simulation.events)
    assert (interval.stream, interval.end) == ("all", None)


def test_the_detonations_are_bare_arrays_and_one_stopped_trail(shared_data: Path) -> None:
    population = read(shared_data / "cloudtrail" / "detonations")

    assert (population.records, population.reads, population.others) == (28, 5, 22)
    [event] = population.events
    assert (event.name, event.region) == ("StopLogging", "apiso-centralnorth-2r")
    assert len(blind_intervals(population.events)) == 1


def test_the_envelopes_are_one_hint_and_one_change(shared_data: Path) -> None:
    population = read(shared_data / "cloudtrail" / "envelopes")

    [event] = population.events
    assert (population.ticket_hints, population.records) == (1, 1)
    assert (event.kind, event.name, event.facts["kms_key"]) == (Kind.CHANGE, "UpdateSecret", True)
    assert (event.secret_given, event.secret_name) == ("pinecone", "pinecone")
    assert event.secret_arn.endswith(":secret:pinecone-9Azp5H")
    assert event.version_id == "2737ea5d-943a-4807-bf61-a67f1c80bf71"
