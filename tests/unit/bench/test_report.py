"""Tables for a person, and the same for a program."""

import json

import pytest
from bench.figures import Comparison, Guard, Sample, Sense
from bench.harness import Absent, Effort, Method, Plan, Table, measure
from bench.report import columns, document, duration, missed, text

MACHINE = {"processor": "Abacus 3000"}


def fixed(name: str, seconds: float) -> Method:
    return Method(name, lambda: Sample(seconds=seconds, cpu_seconds=seconds, peak_bytes=3 << 20, outcome="same"))


@pytest.fixture(scope="module")
def table() -> Table:
    plan = Plan(
        title="Sealing",
        methods=[fixed("ours", 0.001), fixed("theirs", 0.01), Absent("another", "not installed")],
        comparisons=[
            Comparison(subject="ours", baseline="theirs", sense=Sense.SPEED, limit=7.0, goal="5a"),
            Comparison(subject="ours", baseline="another"),
        ],
        notes=["theirs is a stand-in"],
        guards=[Guard(what="modules", figure="91", wanted="≤ 90", holds=False, goal="1d")],
        units={"MB": 0.5},
        facts={"ours": {"modules": "91"}},
    )
    return measure(plan, 3, Effort(quiet_seconds=0.0))


def test_a_person_reads_the_ratios_first_then_the_times(table: Table) -> None:
    lines = text(table, MACHINE).splitlines()

    ratio, time = (next(n for n, line in enumerate(lines) if line.startswith(it)) for it in ("5a", "ours "))
    assert " ".join(lines[ratio].split()) == "5a ours / theirs 10.0x as fast ≥ 7x holds 10.0x 10.0x"
    assert " ".join(lines[time].split()) == "ours 1.00 ms 1.00 ms 1.00 ms 3.0 MiB 500 91"
    assert ratio < time


def test_machine_rounds_and_stand_ins_stand_above_the_table(table: Table) -> None:
    head = text(table, MACHINE).partition("goal")[0]

    assert "processor: Abacus 3000" in head
    assert "run: 3 rounds" in head
    assert "note: theirs is a stand-in" in head


def test_a_skipped_ratio_says_why(table: Table) -> None:
    assert "  skipped: another: not installed\n" in text(table, MACHINE)


def test_the_document_is_json_and_holds_the_same_figures(table: Table) -> None:
    whole = json.loads(json.dumps(document([table], MACHINE)))

    assert whole["schema"] == "counterseal/bench/v1"
    first, second, third = whole["tables"][0]["judgements"]
    assert (first["median_ratio"], first["verdict"]) == (pytest.approx(10.0), "holds")
    assert (second["median_ratio"], second["verdict"]) == (None, "skipped")
    assert (third["figure"], third["verdict"]) == ("91", "missed")
    assert [it["name"] for it in whole["tables"][0]["methods"]] == ["ours", "theirs"]


def test_only_a_missed_goal_counts_as_missed(table: Table) -> None:
    assert [it.goal for it in missed([table])] == ["1d"]


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(1.234e-6, "1.23 us"), (0.0456, "45.6 ms"), (0.999, "999 ms"), (75.0, "75.0 s"), (0.0, "–")],
)
def test_a_time_is_written_in_the_unit_in_which_it_is_easy_to_say(seconds: float, written: str) -> None:
    assert duration(seconds) == written


def test_figures_stand_at_the_right_and_names_at_the_left() -> None:
    assert columns(["method", "median"], [["a", "1"], ["longer", "1000"]]) == [
        "method  median",
        "a            1",
        "longer    1000",
    ]
