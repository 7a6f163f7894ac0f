"""What the pages show, read through the reports: no SQL here, and nothing invented among what is real."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from counterseal.clock import Clock
from counterseal.control.intake_state import IntakeState
from counterseal.reports import Cell, ReportEngine
from counterseal.reports.interface import Asked
from counterseal.web.words import APART, BLIND, TRAIL_FAULT, VERDICTS, Words, rank, verdict_words

Row = dict[str, Cell]

ROWS_A_PAGE = 50

IntakeReader = Callable[[], IntakeState | None]
"""Says how the intake of messages stands; None where there is none."""


class Share(NamedTuple):
    """One verdict's part of all findings: how many, and where its piece of the strip lies, in thousandths."""

    verdict: str
    words: Words
    findings: int
    start: int
    width: int


class Overview(NamedTuple):
    """The first page: what needs somebody, what somebody answers for, what there is, and what could not be seen.

    `intake` is how the intake of messages stands, None where there is none.
    `hours` are runs of hours whose log files were held against CloudTrail's digests, `faults` what is wrong with them.
    """

    discrepancies: list[Row]
    waived: list[Row]
    shares: list[Share]
    populations: list[Row]
    blind: list[Row]
    hours: list[Row]
    faults: list[Row]
    attempts: list[Row]
    guard_events: list[Row]
    unused: list[Row]
    intake: IntakeState | None = None

    @property
    def latest(self) -> Row | None:
        """Return the newest population, None where nothing was ever looked at: the report lists it first."""
        return next(iter(self.populations), None)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was ever looked at."""
        return not (self.populations or self.shares or self.discrepancies or self.blind or self.guard_events)

    @property
    def is_partial(self) -> bool:
        """Say whether something could not be seen, proved or read, and nobody answers for it."""
        return bool(self.unseen or (self.intake and self.intake.needs_a_look))

    @property
    def unseen(self) -> list[Row]:
        """Return what could not be seen or proved, and what nobody answers for."""
        return [row for row in (*self.blind, *self.faults) if not row["waived_by"]]


class Asking(NamedTuple):
    """What a reader filters the list by; "" leaves a filter out. `page` counts from 1."""

    verdict: str = ""
    secret: str = ""
    actor: str = ""
    page: int = 1


class Listing(NamedTuple):
    """One page of the list of changes, and whether there are more."""

    rows: list[Row]
    asking: Asking
    has_more: bool
    verdicts: Sequence[tuple[str, str]]


class Readings:
    """Asks the reports and arranges the answers."""

    def __init__(
        self,
        reports: ReportEngine,
        clock: Clock,
        *,
        is_demonstration: bool = False,
        intake: IntakeReader | None = None,
    ) -> None:
        """Take what answers, what says whether a waiver still holds, and whether invented data is what is wanted.

        `intake` says how the intake of messages stands.
        """
        self._reports = reports
        self._clock = clock
        self._is_demonstration = is_demonstration
        self._intake = intake

    def overview(self) -> Overview:
        """Return what the first page shows."""
        coverage, found = self._run("coverage"), self._standing()
        blind = [row for row in coverage if row["what"] == "blind"]
        discrepancies = [row for row in found if row["verdict"] not in APART]
        return Overview(
            discrepancies=sorted(
                (row for row in discrepancies if not row["waived_by"]), key=lambda row: rank(str(row["verdict"]))
            ),
            waived=[row for row in discrepancies if row["waived_by"]],
            shares=_shares(self._run("summary")),
            populations=[row for row in coverage if row["what"] == "population"],
            blind=_with_waivers(blind, [row for row in found if row["verdict"] == BLIND]),
            hours=[row for row in coverage if row["what"] in ("unproved", "complete")],
            faults=[row for row in found if row["verdict"] == TRAIL_FAULT],
            attempts=self._run("changes", {"about": "attempt"}),
            guard_events=self._run("guard_events"),
            unused=self.unused(),
            intake=self._intake() if self._intake else None,
        )

    def unused(self) -> list[Row]:
        """Return the approvals that were given and never used, the newest window first."""
        return self._run("unused_approvals")

    def waiver(self, row: Row) -> Row | None:
        """Return who answers for a finding now, why and until when; None where nobody does."""
        held = (it for it in self._standing() if it["entry_digest"] == row["entry_digest"])
        return next((it for it in held if it["waived_by"]), None)

    def waivers(self, row: Row) -> list[Row]:
        """Return who ever answered for what was found about an event, and who ended that early; the newest first."""
        return self._run("waivers", {"event_id": str(row["event_id"]), "account": str(row["account"])})

    def listing(self, asking: Asking) -> Listing:
        """Return one page of the list of changes."""
        skip = (asking.page - 1) * ROWS_A_PAGE
        parameters: dict[str, Asked] = {"about": "", "verdict": asking.verdict}
        # The reports compare whole names; a reader types a part of one. So parts are looked for here.
        if not (asking.secret or asking.actor):
            rows = self._run("changes", parameters | {"skip": skip, "take": ROWS_A_PAGE + 1})
        else:
            rows = [row for row in self._run("changes", parameters) if _fits(row, asking)][skip:]
        waived = {row["entry_digest"]: row["waived_by"] for row in self._standing()}
        return Listing(
            rows=[{**row, "waived_by": waived.get(row["entry_digest"], "")} for row in rows[:ROWS_A_PAGE]],
            asking=asking,
            has_more=len(rows) > ROWS_A_PAGE,
            verdicts=[(name, words.label) for name, words in VERDICTS.items() if name not in APART],
        )

    def ticket(self, keys: Iterable[str]) -> list[Row]:
        """Return what was found under a ticket, by each key it had: what counts first, then the newest first."""
        now = self._clock.now()
        rows = [row for it in keys for row in self._run("findings", {"as_of": now, "ticket": it})]
        found = {str(row["finding"]): row for row in rows}
        newest = sorted(found.values(), key=lambda row: cast("datetime", row["time"]), reverse=True)
        return sorted(newest, key=lambda row: not row["counts"])

    def history(self, event_id: str) -> list[Row]:
        """Return every verdict about one event, oldest first; empty where there is no such event."""
        return self._run("evidence", {"event_id": event_id})

    def _standing(self) -> list[Row]:
        return self._run("discrepancies", {"as_of": self._clock.now()})

    def _run(self, report: str, parameters: Mapping[str, Asked] | None = None) -> list[Row]:
        rows = self._reports.run(report, parameters).records()
        return [row for row in rows if bool(row["invented"]) == self._is_demonstration]


def _with_waivers(blind: Sequence[Row], standing: Sequence[Row]) -> list[Row]:
    """Return blind intervals with who answers for them: the coverage report knows their length, the other this."""
    names = ("account", "region", "reason")
    waivers = {tuple(row[name] for name in ("time", *names)): row for row in standing}
    nobody: Row = {"waived_by": "", "waived_why": "", "waived_until": None}
    answered = [waivers.get(tuple(row[name] for name in ("time_from", *names)), nobody) for row in blind]
    return [row | {name: answer[name] for name in nobody} for row, answer in zip(blind, answered, strict=True)]


def _fits(row: Row, asking: Asking) -> bool:
    secret = f"{row['secret_name']} {row['secret']}".casefold()
    actor = f"{row['actor_name']} {row['actor_arn']}".casefold()
    return asking.secret.casefold() in secret and asking.actor.casefold() in actor


def _shares(rows: Sequence[Row]) -> list[Share]:
    # One verdict may come twice: those that the audit counted, and those that it did not.
    found: Counter[str] = Counter()
    for row in rows:
        if row["verdict"] not in APART:
            found[str(row["verdict"])] += int(cast("int", row["findings"]))
    counted = sorted(found.items(), key=lambda pair: rank(pair[0]))
    total = found.total()
    shares, before = [], 0
    for verdict, findings in counted:
        start, end = 1000 * before // total, 1000 * (before + findings) // total
        shares.append(Share(verdict, verdict_words(verdict), findings, start, end - start))
        before += findings
    return shares
