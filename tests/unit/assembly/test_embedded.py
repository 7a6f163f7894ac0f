"""The embedded parts, and an audit that is recorded in them."""

import json
from pathlib import Path

import pytest
from tests.journeys.story import ANA, ARN, record, ticket, write_logs, write_tickets
from tests.trail import public_keys, three_hours, write_json
from tests.unit.correlation.making import object_call

from counterseal.assembly.demo import tell, write_story
from counterseal.assembly.embedded import Reading, embedded, read_and_record
from counterseal.assembly.notaries import make_notary_key, open_notary
from counterseal.assembly.settings import Settings
from counterseal.clock import FixedClock, parse_time
from counterseal.control.audit import read_tickets
from counterseal.control.identities import Pair, Said, record_mappings
from counterseal.control.notary import Office, Request, issue
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Operation
from counterseal.correlation.tickets.policy import Policy
from counterseal.errors import MalformedInput, SettingsError

NOW = parse_time("2026-11-20T12:00:00Z")
CLOCK = FixedClock(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_directory=tmp_path / "state")


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    files = write_story(tmp_path, tell(NOW))
    return Reading((files.logs,), files.tickets)


def test_what_was_found_is_still_there_after_a_restart(settings: Settings, reading: Reading) -> None:
    with embedded(settings) as parts:
        result = read_and_record(parts, reading, settings, CLOCK)
    with embedded(settings) as parts:
        rows = parts.reports.run("discrepancies").records()
        ticket = parts.find_ticket("OPS-101")

    assert {row["verdict"] for row in rows} == {*(it.verdict for it in result.discrepancies()), "blind-interval"}
    assert ticket is not None


def test_reading_the_same_again_adds_no_finding(settings: Settings, reading: Reading) -> None:
    with embedded(settings) as parts:
        read_and_record(parts, reading, settings, CLOCK)
        before = parts.ledger.head("audit")
        read_and_record(parts, reading, settings, CLOCK)

        assert parts.ledger.head("audit") == before


def test_real_records_are_not_recorded_as_invented(settings: Settings, reading: Reading) -> None:
    with embedded(settings) as parts:
        read_and_record(parts, reading, settings, CLOCK)

        assert not any(entry.invented for entry in parts.ledger.read("audit"))


def test_without_tickets_nothing_is_approved(settings: Settings, reading: Reading) -> None:
    with embedded(settings) as parts:
        result = read_and_record(parts, Reading(reading.logs), settings, CLOCK)

    assert not {"approved", "inherited"} & {it.verdict.value for it in result.findings}


def test_the_notary_of_this_machine_verifies_what_it_issued(settings: Settings, tmp_path: Path) -> None:
    tickets = write_tickets(tmp_path, ticket())
    rules = Rules(policy=Policy(), as_of=parse_time("2026-03-10T11:00:00Z"))
    request = Request(issue_key="OPS-42", secret=ARN, operation=Operation.VALUE, principal=ANA)
    make_notary_key(settings, beside_others=False)
    with embedded(settings) as parts:
        office = Office(open_notary(settings), parts.ledger)
        token = issue(request, read_tickets(tickets, rules.policy), rules, office).token
        logs = write_logs(tmp_path, record(requestParameters={"secretId": ARN, "clientRequestToken": token}))
        result = read_and_record(parts, Reading((logs,), tickets), settings, CLOCK)

    assert [it.verdict for it in result.findings] == [Verdict.PROVED]


def test_whom_the_ledger_maps_is_known(settings: Settings, tmp_path: Path) -> None:
    reading = Reading((write_logs(tmp_path, record()),), write_tickets(tmp_path, ticket(), identities={}))
    with embedded(settings) as parts:
        before = read_and_record(parts, reading, settings, CLOCK)
        record_mappings(parts.ledger, [Pair("ana.j", ANA)], Said("cleo", "asked her"), {})
        after = read_and_record(parts, reading, settings, CLOCK)

    assert [it.verdict for it in (*before.findings, *after.findings)] == [Verdict.UNATTRIBUTED, Verdict.APPROVED]


def test_a_policy_of_its_own_is_heeded(settings: Settings, reading: Reading, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[policy]\nseparation_of_duties = false\n", encoding="utf-8")
    with embedded(settings) as parts:
        result = read_and_record(parts, reading._replace(policy=policy), settings, CLOCK)

    assert "self" not in " ".join(it.reason for it in result.findings)


def test_the_objects_of_the_buckets_that_the_policy_guards_are_looked_at(settings: Settings, tmp_path: Path) -> None:
    logs = write_logs(tmp_path, object_call("DeleteObject"))
    guarding = settings._replace(policy={"guarded_buckets": ["acme-logs"]})
    with embedded(settings) as parts:
        found = [read_and_record(parts, Reading((logs,)), it, CLOCK).guard_events for it in (settings, guarding)]

    assert [[it.name for it in events] for events in found] == [[], ["DeleteObject"]]


def test_a_slip_in_the_tickets_leaves_the_ledger_alone(settings: Settings, reading: Reading, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({"tickets": [{"keey": "OPS-1"}]}), encoding="utf-8")
    with embedded(settings) as parts:
        with pytest.raises(MalformedInput, match=r"broken\.json"):
            read_and_record(parts, reading._replace(tickets=broken), settings, CLOCK)

        assert not parts.ledger.streams()


def test_a_policy_in_the_settings_that_is_none_is_refused_before_a_ledger_is_made(tmp_path: Path) -> None:
    wrong = Settings(state_directory=tmp_path / "state", policy={"separation": True})

    with pytest.raises(SettingsError), embedded(wrong):
        pass
    assert not wrong.state_directory.exists()


def test_a_ticket_is_told_by_the_policy_that_is_given(settings: Settings, reading: Reading, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[policy]\napprovers_needed = 2\n", encoding="utf-8")
    with embedded(settings, policy=policy) as parts:
        read_and_record(parts, reading, settings, CLOCK)
        story = parts.tickets.about("OPS-101", NOW).story

    assert story
    assert "2 people" in " ".join(story.people)


def test_records_are_held_against_their_digests_where_keys_are_given(settings: Settings, tmp_path: Path) -> None:
    trail = three_hours(tmp_path / "copy")
    keys, saved = write_json(tmp_path / "k.json", public_keys()), write_json(tmp_path / "s.json", trail.signatures())
    reading = Reading((trail.root,), public_keys=(keys,), signatures=saved)
    with embedded(settings) as parts:
        result = read_and_record(parts, reading, settings, CLOCK)
        covered = {row["what"] for row in parts.reports.run("coverage").records()}

    assert result.completeness is not None
    assert covered == {"population", "complete"}


def test_the_parts_say_where_they_keep_things(settings: Settings) -> None:
    with embedded(settings) as parts:
        places = {place.what: place for place in parts.places}

    assert places["Safes"].where == (settings.state_directory / "storage").as_uri()
    assert places["Safes"].holds == "nothing yet"
    assert places["Ledger"].where == str(settings.state_directory / "ledger.sqlite")
