"""Where the demonstration plays: a folder of its own, so that invented data never touches the real ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from counterseal.assembly.demo.files import DemoFiles, write_story
from counterseal.assembly.demo.ledger import Kept, begin_ledger, sign_invented
from counterseal.assembly.demo.waiving import waive
from counterseal.assembly.embedded import Embedded, Reading, embedded, read_and_record
from counterseal.assembly.notaries import read_notary_keys
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.result import AuditResult


class Stage(NamedTuple):
    """The parts that hold the story, what the audit found in it, and the files it was written to."""

    parts: Embedded
    result: AuditResult
    files: DemoFiles
    kept: Kept


@contextmanager
def demonstration(clock: Clock) -> Iterator[Stage]:
    """Play the story: write it down, audit it, record it as invented. The folder is removed at the end.

    The settings of this person are not read: no ledger of theirs is opened, no policy of theirs judges a story.
    """
    with TemporaryDirectory(prefix="counterseal-demo-") as folder:
        root = Path(folder)
        settings = Settings(state_directory=root / "state")
        files = write_story(root, clock.now())
        kept = begin_ledger(root, settings, files.issued)
        with embedded(settings, is_demonstration=True) as parts:
            evidence = Evidence(keys=read_notary_keys(files.notary_key))
            reading = Reading((files.logs,), files.tickets, evidence=evidence)
            result = read_and_record(parts, reading, settings, clock)
            waive(parts, clock)
            sign_invented(parts.ledger, settings, clock.now())
            yield Stage(parts, result, files, kept)
