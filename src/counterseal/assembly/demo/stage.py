"""Where the demonstration plays: a folder of its own, so that invented data never touches the real ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from counterseal.assembly.anchors import evidence_here
from counterseal.assembly.demo.files import DemoFiles, write_story
from counterseal.assembly.demo.house import judge_and_record, keep_jira
from counterseal.assembly.demo.jira import played
from counterseal.assembly.demo.ledger import Kept, begin_ledger, sign_invented
from counterseal.assembly.demo.story import tell
from counterseal.assembly.demo.waiving import waive
from counterseal.assembly.embedded import Embedded, Reading, embedded, judge, read_by
from counterseal.assembly.inboxes import House
from counterseal.assembly.listening import Note, listening
from counterseal.assembly.notaries import read_notary_keys
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.control.intake_state import Intake
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult


class Stage(NamedTuple):
    """The parts that hold the story, what was found in it, the files it was written to, and where its Jira is.

    `intake` takes what that Jira sends.
    """

    parts: Embedded
    result: AuditResult
    files: DemoFiles
    kept: Kept
    jira_url: str
    intake: Intake | None


@contextmanager
def demonstration(clock: Clock, address: str, note: Note = print) -> Iterator[Stage]:
    """Play the story: into a Jira and into files; judge it, record it as invented, and follow that Jira from then on.

    `address` is where our pages are: webhooks go there, and links lead there. `note` is told what a person should know.
    The folder is removed at the end.

    The settings of this person are not read, and no variable of theirs: no ledger of theirs is opened, no policy of
    theirs judges a story.
    """
    with TemporaryDirectory(prefix="counterseal-demo-") as folder:
        root = Path(folder)
        story = tell(clock.now().replace(microsecond=0))
        jira = played(story.tickets, clock)
        settings = jira.settings(root / "state", address)
        files = write_story(root, story)
        kept = begin_ledger(root, settings, story.issuances)
        reading = Reading((files.logs,), evidence=Evidence(keys=read_notary_keys(files.notary_key)))
        with (
            jira.double,
            embedded(settings, is_demonstration=True) as parts,
            keep_jira(jira, parts, reading, settings, clock) as house,
        ):
            judge_and_record(house, files.arrivals(), reading, settings, clock)
            waive(parts, clock)
            sign_invented(parts.ledger, settings, clock.now())
            result = _judged(house, reading, settings, clock)
            with listening(house, reading, settings, clock, note) as intake:
                yield Stage(parts, result, files, kept, jira.double.url, intake)


def _judged(house: House, reading: Reading, settings: Settings, clock: Clock) -> AuditResult:
    """Return what an audit of the files finds by the tickets of the Jira: what was recorded, as a whole."""
    evidence = evidence_here(house.ledger, settings, reading.evidence, invented=True)
    files = reading.logs
    reading = reading._replace(evidence=evidence)
    return judge(partial(read_by, logs=files), reading, settings, clock, tickets=house.jira)
