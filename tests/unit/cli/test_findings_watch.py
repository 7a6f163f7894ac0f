"""`findings watch`: what is printed as entries come, with a wait that records them."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ledger.samples import (
    NOON,
    TickingClock,
    audit_run,
    blind_interval,
    trail_fault,
    trail_hour,
    verdict,
    waiver,
)

from counterseal.assembly.ledgers import open_ledger
from counterseal.assembly.recorded import recorded
from counterseal.assembly.settings import load_settings
from counterseal.cli import findings as command
from counterseal.cli.console import Console
from counterseal.cli.findings_watch import Pace, watch_findings
from counterseal.cli.parser import command_parser
from counterseal.errors import UsageError
from counterseal.ledger import Draft


class Enough(Exception):
    """Nothing more will come: somebody presses Ctrl+C."""


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


class Steps:
    """A clock and a wait: each wait records the next drafts, or moves the clock."""

    def __init__(self, *steps: list[Draft] | timedelta) -> None:
        self.waited: list[float] = []
        self._time = NOON
        self._steps = list(steps)

    def now(self) -> datetime:
        return self._time

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        if not self._steps:
            raise Enough
        step = self._steps.pop(0)
        if isinstance(step, timedelta):
            self._time += step
        else:
            record(*step)


def record(*drafts: Draft) -> None:
    ledger = open_ledger(load_settings(), TickingClock())
    ledger.append("audit", drafts)
    ledger.close()


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSEAL_STATE_DIRECTORY", str(tmp_path / "state"))
    record(verdict("e-0", "unapproved"), audit_run())


def watch(steps: Steps, *options: str, output: io.StringIO | None = None) -> tuple[int | None, str, str]:
    output, notes = output or io.StringIO(), io.StringIO()
    arguments = command_parser("findings", command).parse_args(["watch", *options])
    status = None
    with recorded(load_settings()) as parts, suppress(Enough):
        status = watch_findings(arguments, parts, Pace(steps, steps.wait), Console(output, notes))
    return status, output.getvalue(), notes.getvalue()


def lines(steps: Steps, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in watch(steps, "--json", *options)[1].splitlines()]


def told(steps: Steps, *options: str) -> list[tuple[str, str, str | None]]:
    return [(it["what"], it["finding"]["event_id"], it["verdict_before"]) for it in lines(steps, *options)]


def test_new_findings_are_printed_as_they_come_and_old_ones_are_not() -> None:
    steps = Steps([verdict("e-1", "unapproved"), verdict("e-2", "approved")], [verdict("e-3", "mismatched")])
    status, shown, notes = watch(steps)

    assert status is None
    assert notes == "counterseal: 1 findings count now; watching, Ctrl+C stops it\n"
    assert [line for line in shown.splitlines() if not line.startswith(" ")] == [
        "new           unapproved  db/password  by ada  2026-03-10T11:00:00Z",
        "new           mismatched  db/password  by ada  2026-03-10T11:00:00Z",
    ]
    assert "event e-1" in shown
    assert steps.waited == [2.0, 2.0, 2.0]


def test_a_look_without_news_prints_nothing() -> None:
    assert told(Steps([], timedelta(hours=1))) == []


def test_what_is_there_already_is_printed_where_asked_for() -> None:
    assert told(Steps(), "--existing") == [("new", "e-0", None)]


def test_a_verdict_that_changes_is_told_with_the_one_before() -> None:
    steps = Steps([verdict("e-0", "mismatched")], [verdict("e-0", "approved")], [verdict("e-0", "unapproved")])

    assert told(steps) == [
        ("changed", "e-0", "unapproved"),
        ("settled", "e-0", "mismatched"),
        ("changed", "e-0", "approved"),
    ]


def test_a_waiver_is_told_when_it_is_made_and_when_it_ends() -> None:
    until = "2026-03-10T13:00:00Z"
    steps = Steps([waiver(verdict("e-0", "unapproved"), until)], timedelta(minutes=59), timedelta(minutes=1))

    assert told(steps) == [("waived", "e-0", "unapproved"), ("counts-again", "e-0", "unapproved")]


def test_a_waiver_is_told_with_who_answers_and_why() -> None:
    shown = watch(Steps([waiver(verdict("e-0", "unapproved"))]))[1]

    assert "by cleo until 2026-04-01T00:00:00Z: known and harmless" in shown


def test_a_fault_that_is_no_more_is_settled() -> None:
    hour = trail_hour("10", "missing-file", faults="1")
    steps = Steps([hour, trail_fault(hour)], [trail_hour("10")])

    assert told(steps) == [("new", "log-1", None), ("settled", "log-1", "trail-fault")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--all"], ["e-1", "e-2", "g-1"]),
        (["--verdict", "mismatched"], ["e-2"]),
        (["--secret", "db/user"], ["e-2"]),
    ],
)
def test_what_is_told_can_be_narrowed(options: list[str], expected: list[str]) -> None:
    news = [verdict("e-1", "approved"), verdict("e-2", "mismatched", secret_name="db/user"), blind_interval()]

    assert sorted(event_id for _, event_id, _ in told(Steps(news), *options)) == expected


def test_it_ends_with_ten_at_the_first_discrepancy_where_that_is_asked_for() -> None:
    steps = Steps([verdict("e-1", "approved")], [verdict("e-2", "unapproved")], [verdict("e-3", "unapproved")])
    status, shown, _ = watch(steps, "--exit-on-discrepancy", "--json")

    assert status == 10
    assert [json.loads(line)["finding"]["event_id"] for line in shown.splitlines()] == ["e-2"]
    assert len(steps.waited) == 2


def test_what_is_settled_ends_nothing() -> None:
    assert watch(Steps([verdict("e-0", "approved")]), "--exit-on-discrepancy")[0] is None


def test_invented_findings_are_not_told() -> None:
    assert told(Steps([verdict("e-1", "unapproved", invented=True)])) == []


@pytest.mark.parametrize(("stream", "coloured"), [(Screen, True), (io.StringIO, False)])
def test_a_terminal_is_coloured_and_a_pipe_is_not(
    monkeypatch: pytest.MonkeyPatch, *, stream: Callable[[], io.StringIO], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = watch(Steps([verdict("e-1", "unapproved")], [verdict("e-1", "approved")]), output=stream())[1]

    assert ("\x1b[31m" in shown) is coloured
    assert ("\x1b[32m" in shown) is coloured


def test_what_a_terminal_would_obey_is_spelt_out() -> None:
    assert "db\\x1b[2J" in watch(Steps([verdict("e-1", "unapproved", secret_name="db\x1b[2J")]))[1]


@pytest.mark.parametrize("seconds", ["0", "-1", "3601", "nan"])
def test_a_pause_that_is_none_is_refused(seconds: str) -> None:
    with pytest.raises(UsageError, match="--interval"):
        watch(Steps(), f"--interval={seconds}")


def test_an_unknown_verdict_is_refused_before_anything_is_watched() -> None:
    arguments = command_parser("findings", command).parse_args(["watch", "--verdict", "nonsense"])

    with pytest.raises(UsageError, match="no verdict 'nonsense'"):
        command.run(arguments, Console(io.StringIO(), io.StringIO()))


def test_the_command_itself_waits_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    # An interval of a thousandth: what ends it is the finding that is there already.
    arguments = command_parser("findings", command).parse_args(
        ["watch", "--existing", "--exit-on-discrepancy", "--interval", "0.001"]
    )

    assert command.run(arguments, Console(io.StringIO(), io.StringIO())) == 10
