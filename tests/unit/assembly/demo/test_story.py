"""The invented story, run through the very code that judges real records."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterseal.assembly.anchors import anchored_by
from counterseal.assembly.checkpoints import Kept
from counterseal.assembly.demo import GUIDE, Stage, demonstration
from counterseal.clock import FixedClock, parse_time
from counterseal.control.audit import read_issuances_of
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.proof import Evidence

NOW = parse_time("2026-11-20T12:34:56Z")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with demonstration(FixedClock(NOW)) as played:
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


def test_nothing_of_the_story_is_later_than_its_telling(stage: Stage) -> None:
    assert max(event.time for event in stage.result.population.events) <= NOW


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
    with demonstration(FixedClock(NOW)) as played:
        folder: Path = played.files.tickets.parent
        assert folder.is_dir()

    assert not folder.exists()


def test_two_demonstrations_at_one_time_tell_the_same(stage: Stage) -> None:
    with demonstration(FixedClock(NOW)) as other:
        assert other.result.findings == stage.result.findings
