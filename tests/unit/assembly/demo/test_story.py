"""The invented story as the files that an audit reads, judged by the very code that judges real records."""

from functools import partial
from pathlib import Path

import pytest

from counterseal.assembly.demo import GUIDE, DemoFiles, tell, write_story
from counterseal.assembly.embedded import Reading, judge, read_by
from counterseal.assembly.notaries import read_notary_keys
from counterseal.assembly.settings import Settings
from counterseal.clock import FixedClock, parse_time
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult
from counterseal.correlation.tickets.counterseal import IssuanceSet

NOW = parse_time("2026-11-20T12:34:56Z")
STORY = tell(NOW)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_story(tmp_path_factory.mktemp("story"), STORY)


@pytest.fixture(scope="module")
def result(files: DemoFiles) -> AuditResult:
    evidence = Evidence(issuances=IssuanceSet(issued=tuple(STORY.issuances)), keys=read_notary_keys(files.notary_key))
    reading, settings = Reading((files.logs,), files.tickets, evidence=evidence), Settings(state_directory=Path("none"))
    return judge(partial(read_by, logs=reading.logs), reading, settings, FixedClock(NOW))


@pytest.mark.parametrize(("secret", "verdict"), [(secret, verdict) for secret, verdict, _ in GUIDE])
def test_what_the_guide_points_to_is_there(result: AuditResult, secret: str, verdict: Verdict) -> None:
    assert verdict in {it.verdict for it in result.findings if it.secret_name == secret}


def test_nothing_of_the_story_is_later_than_its_telling(result: AuditResult) -> None:
    assert max(event.time for event in result.population.events) <= NOW


def test_every_file_of_the_trail_is_a_message_as_well(files: DemoFiles) -> None:
    sent = files.arrivals()

    assert sorted(it.body for it in sent) == sorted(it.read_bytes() for it in files.logs.rglob("*.*"))
    assert len({it.message_id for it in sent}) == len(sent)
