"""From the settings to what tells tickets of findings; and one pass over what is to be told."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from counterseal.assembly.alerts import Passed
from counterseal.assembly.jira import SOON_SECONDS, open_jira
from counterseal.assembly.ledgers import open_reports
from counterseal.assembly.settings import Settings
from counterseal.assembly.state import kept, made_for
from counterseal.clock import Clock
from counterseal.control.alerting import Receiver
from counterseal.control.answering import Wishes, answers, deliver_newest, kept_of
from counterseal.jira.answers import Choices, JiraAnswers
from counterseal.jira.interface import Jira
from counterseal.ledger.interface import Ledger
from counterseal.outbox.interface import Outbox
from counterseal.reports.interface import ReportEngine

_NAME = "jira-outbox.sqlite"


class Answering(NamedTuple):
    """What a pass needs: what knows the findings, the outbox, what opens Jira, and what is wished.

    Invented findings are told to an invented Jira alone, and it is told of no others.
    """

    reports: ReportEngine
    outbox: Outbox
    open_jira: Callable[[], AbstractContextManager[Jira]]
    choices: Choices
    wishes: Wishes
    clock: Clock
    is_invented: bool = False

    def once(self, *, existing: bool = False) -> Passed:
        """Write an answer for every ticket that has to hear of something, and hand over all that is due.

        The first pass takes stock and tells nothing, unless `existing` asks for what is there: a ledger of years must
        not fill every ticket with links. Passes of several processes wait for one another. Jira is opened only where
        something is due.

        Raises:
            CountersealError: what reading the ledger and the outbox raises; nothing is lost by it.
        """
        with self.outbox.alone():
            return self._pass(existing=existing)

    def _pass(self, *, existing: bool) -> Passed:
        now = self.clock.now().replace(microsecond=0)
        every = self.reports.run("findings", {"as_of": now}).records()
        rows = [row for row in every if bool(row["invented"]) is self.is_invented]
        found = {str(row["finding"]): row for row in reversed(rows)}
        known = self.outbox.known()
        begun = known is None and not existing
        told = [] if begun else answers(known or {}, found, self.wishes)
        written = self.outbox.queue(told, {finding: kept_of(row) for finding, row in found.items()}, now)
        taken, failed = deliver_newest(self.outbox, _OverOneConnection(self.open_jira, self.choices), self.clock)
        return Passed(written, taken, failed, begun)


class _OverOneConnection:
    """Opens Jira for each answer: few are due at once, and none may find a token that has been replaced."""

    def __init__(self, open_: Callable[[], AbstractContextManager[Jira]], choices: Choices) -> None:
        self._open = open_
        self._choices = choices

    def send(self, key: str, body: str) -> None:
        """Hand over one answer. See `Receiver.send`."""
        with self._open() as jira:
            JiraAnswers(jira, self._choices).send(key, body)


def outbox_path(settings: Settings) -> Path:
    """Return where the outbox of answers is: what is set, or jira-outbox.sqlite in the state directory."""
    return kept(settings, settings.jira.outbox, _NAME)


@contextmanager
def open_outbox(settings: Settings) -> Iterator[Outbox]:
    """Open the outbox of answers for the length of a `with`, and make it where there is none.

    Raises:
        Denied, MalformedInput, Refused, Unreachable: what `SqliteOutbox.at` raises.
    """
    from counterseal.outbox.sqlite import SqliteOutbox

    with closing(SqliteOutbox.at(made_for(settings, settings.jira.outbox, _NAME), setting="jira.outbox")) as outbox:
        yield outbox


def answering(
    settings: Settings,
    reports: ReportEngine,
    outbox: Outbox,
    clock: Clock,
    open_: Callable[[], AbstractContextManager[Jira]] | None = None,
) -> Answering:
    """Return what answers tickets as the settings say, through the Jira that `open_` opens, or that of the settings."""
    jira = settings.jira
    choices = Choices(jira.comments, jira.transition, jira.create_in, jira.create_as)
    wishes = Wishes(settings.alerts_link, creates=bool(jira.create_in))
    opened = open_ or partial(open_jira, settings, clock, most_wait_seconds=SOON_SECONDS)
    return Answering(reports, outbox, opened, choices, wishes, clock)


@contextmanager
def answers_of(settings: Settings, ledger: Ledger, clock: Clock) -> Iterator[Callable[[], object] | None]:
    """Return one pass of answers, for the length of a `with`; None where the settings do not ask for answers.

    Raises:
        CountersealError: what `open_outbox` and `open_reports` raise.
    """
    if not (settings.jira.url and settings.jira.answers):
        yield None
        return
    with open_outbox(settings) as outbox:
        yield answering(settings, open_reports(ledger), outbox, clock).once


_: type[Receiver] = _OverOneConnection
