"""The small process that starts others."""

import sys
from pathlib import Path

from bench.harness import Launcher, environment

MIB = 2**20


def test_it_says_what_a_process_cost_and_what_it_printed(tmp_path: Path) -> None:
    code = "import time; held = bytearray(40 << 20); time.sleep(0.02); print(len(held))"
    with Launcher(tmp_path) as launcher:
        sample = launcher.method("hold", [sys.executable, "-c", code], bytes.decode, environment()).take()

    assert sample.outcome == f"{40 << 20}\n"
    assert sample.failure == ""
    assert sample.seconds >= 0.02
    assert sample.peak_bytes > 40 * MIB


def test_a_small_child_does_not_inherit_the_memory_of_a_large_harness(tmp_path: Path) -> None:
    ballast = bytearray(100 * MIB)
    with Launcher(tmp_path) as launcher:
        sample = launcher.method("true", ["/bin/true"], bytes.decode, environment()).take()

    assert len(ballast) > sample.peak_bytes
    assert sample.peak_bytes < 12 * MIB


def test_an_exit_status_is_a_failure_with_the_last_line_that_was_said(tmp_path: Path) -> None:
    code = "import sys; sys.exit('first\\nlast words')"
    with Launcher(tmp_path) as launcher:
        sample = launcher.method("fail", [sys.executable, "-c", code], bytes.decode, environment()).take()

    assert sample.failure == "fail ended with 1: last words"
