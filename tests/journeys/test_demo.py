"""The invented story, played into its Jira, and run through the very code that judges real records and real tickets."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.servers import free_port

from counterseal.assembly.anchors import anchored_by
from counterseal.assembly.checkpoints import Kept
from counterseal.assembly.demo import GUIDE, Stage, demonstration
from counterseal.assembly.embedded import Reading, judge, read_by
from counterseal.assembly.notaries import read_notary_keys
from counterseal.assembly.settings import Settings
from counterseal.clock import FixedClock, parse_time
from counterseal.control.audit import read_issuances_of
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.proof import Evidence

pytestmark = pytest.mark.enable_socket

NOW = parse_time("2026-11-20T12:34:56Z")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with demonstration(FixedClock(NOW), f"http://127.0.0.1:{free_port()}") as played:
        yield played


@pytest.mark.parametrize(("secret", "verdict"), [(secret, verdict) for secret, verdict, _ in GUIDE])
def test_what_the_guide_points_to_is_there(stage: Stage, secret: str, verdict: Verdict) -> None:
    assert verdict in {it.verdict for it in stage.result.findings if it.secret_name == secret}


@pytest.mark.parametrize("cause", ["rejected", "self"])
def test_a_mismatch_is_there_for_each_of_two_causes(stage: Stage, cause: str) -> None:
    reasons = [it.reason for it in stage.result.findings if it.verdict is Verdict.MISMATCHED]

    assert any(cause in reason for reason in reasons)


def test_no_discrepancy_is_there_that_the_guide_does_not_explain(stage: Stage) -> None:
    guided = {(secret, verdict) for secret, verdict, _ in GUIDE}

    assert {(it.secret_name, it.verdict) for it in stage.result.discrepancies()} <= guided


def test_the_story_has_a_blind_interval_a_refused_attempt_and_an_unused_approval(stage: Stage) -> None:
    (blind,) = stage.result.blind_intervals

    assert blind.end is not None
    assert (blind.end - blind.start).total_seconds() == 45 * 60
    assert [it.event for it in stage.result.findings if it.verdict is Verdict.ATTEMPT] == ["DeleteSecret"]
    assert [it.ticket.issue_key for it in stage.result.unused_approvals] == ["OPS-114"]


def test_the_ticket_file_and_the_jira_come_to_the_same_for_the_same_reasons(stage: Stage) -> None:
    evidence = Evidence(
        issuances=read_issuances_of(stage.kept.issuances), keys=read_notary_keys(stage.files.notary_key)
    )
    evidence = anchored_by(evidence, Kept([stage.kept.checkpoint], stage.kept.checkpoint_key))
    reading = Reading((stage.files.logs,), stage.files.tickets, evidence=evidence)
    settings = Settings(state_directory=stage.files.logs / "none")

    told = judge(partial(read_by, logs=reading.logs), reading, settings, FixedClock(NOW))

    assert told.findings == stage.result.findings
    assert [it.ticket.issue_key for it in told.unused_approvals] == ["OPS-114"]


def test_what_was_judged_is_what_the_pages_show(stage: Stage) -> None:
    rows = stage.parts.reports.run("findings", {"as_of": NOW}).records()
    shown = {str(it["event_id"]): (it["verdict"], it["reason"]) for it in rows if it["verdict"] != "blind-interval"}

    assert shown == {it.event_id: (it.verdict.value, it.reason) for it in stage.result.findings}


def test_all_of_it_is_recorded_as_invented(stage: Stage) -> None:
    entries = [entry for stream in stage.parts.ledger.streams() for entry in stage.parts.ledger.read(stream)]

    assert entries
    assert all(entry.invented for entry in entries)


def test_the_proof_is_anchored_here_and_for_an_auditor_elsewhere(stage: Stage) -> None:
    (proved,) = [it for it in stage.result.findings if it.verdict is Verdict.PROVED]
    given = Evidence(issuances=read_issuances_of(stage.kept.issuances))
    elsewhere = anchored_by(given, Kept([stage.kept.checkpoint], stage.kept.checkpoint_key))

    assert proved.signals == ()
    assert [at < proved.time for at in elsewhere.anchored.values()] == [True]


def test_its_tickets_are_recalled(stage: Stage) -> None:
    ticket = stage.parts.find_ticket("OPS-105")

    assert ticket is not None
    assert ticket.requester == "ines"


def test_its_folder_is_gone_afterwards() -> None:
    with demonstration(FixedClock(NOW), "http://127.0.0.1:9") as played:
        folder: Path = played.files.tickets.parent
        assert folder.is_dir()

    assert not folder.exists()


def test_two_demonstrations_at_one_time_tell_the_same(stage: Stage) -> None:
    with demonstration(FixedClock(NOW), "http://127.0.0.1:9") as other:
        assert other.result.findings == stage.result.findings
