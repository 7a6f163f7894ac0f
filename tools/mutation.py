"""Changes the room that judges, one place at a time, and counts how many of the changes the tests notice.

    make mutation                         all of them: it takes hours on two cores, and goes on where it stood
    make mutation ARGS="--sample 1500"    so many, drawn by chance: a sixth of the time

No other target runs it. What was found stands in docs/decisions/0022-changes-that-tests-must-notice.md.
"""

import argparse
import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOM = "correlation"
LEAST_PERCENT = 90.0
FOLDER = Path("mutants/src/counterseal") / ROOM

# How mutmut writes down what became of a change: the exit status of the tests, or of the type checker.
_UNNOTICED = {0, 5, 33}  # the tests passed, or there were none
_NOT_TRIED = {None, 2, 34}

# All changes are made before the first is tried: trying those of one small file makes them all.
_SMALL = "counterseal.correlation.records.selectors.*"
_SEED = 22


def main() -> int:
    """Try all changes that were not tried since code or tests changed, or some; return 1 where too few were noticed."""
    parser = argparse.ArgumentParser(prog="make mutation")
    parser.add_argument("--sample", type=int, metavar="N", help="try N changes, drawn with a fixed seed")
    sample = parser.parse_args().sample
    names = None
    if sample:
        _try(_SMALL)
        names = drawn(_codes(), sample)
        _try(*names)
    else:
        _try()
    return _report(_codes(), names)


def _try(*names: str) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    workers = str(os.cpu_count() or 1)
    subprocess.run(["mutmut", "run", "--max-children", workers, *names], env=environment, check=True)  # noqa: S603, S607  # of this environment


def _codes() -> dict[str, dict[str, int | None]]:
    """Return the exit codes of the changes, by file and name."""
    files = sorted(FOLDER.rglob("*.meta"))
    return {str(it.relative_to(FOLDER)): json.loads(it.read_text(encoding="utf-8"))["exit_code_by_key"] for it in files}


def drawn(codes: Mapping[str, Mapping[str, int | None]], count: int) -> frozenset[str]:
    """Return the names of so many changes, drawn by chance; the same ones of the same changes."""
    every = sorted(name for of_file in codes.values() for name in of_file)
    return frozenset(random.Random(_SEED).sample(every, min(count, len(every))))  # noqa: S311  # no secret


def _report(codes: Mapping[str, Mapping[str, int | None]], names: frozenset[str] | None) -> int:
    total: Counter[str] = Counter()
    for file, of_file in codes.items():
        found = counted({it: code for it, code in of_file.items() if names is None or it in names})
        total += found
        if found["survived"]:
            print(f"{percent(found):6.1f}%  {found['survived']:4} of {found.total():4} unnoticed  {file}")
    every = sum(map(len, codes.values()))
    print(
        f"{percent(total):6.1f}%  of {total.total()} changes to {ROOM}/ were noticed, of {every} "
        f"(gate {LEAST_PERCENT:.0f}%; 19 of 20 samples lie within {margin(total):.1f} of the whole)"
    )
    return int(percent(total) < LEAST_PERCENT)


def counted(exit_codes: Mapping[str, int | None]) -> Counter[str]:
    """Count what became of the changes of one file: a change that no test walks through was not noticed."""
    tried = [code for code in exit_codes.values() if code not in _NOT_TRIED]
    survived = sum(code in _UNNOTICED for code in tried)
    return Counter(survived=survived, noticed=len(tried) - survived)


def percent(found: Counter[str]) -> float:
    """Return the share of the changes that were noticed; all of none."""
    return 100.0 * found["noticed"] / found.total() if found.total() else 100.0


def margin(found: Counter[str]) -> float:
    """Return half the width of the 95 % interval of a sample's share, in percent (normal approximation)."""
    share = percent(found) / 100.0
    return 196.0 * math.sqrt(share * (1 - share) / found.total()) if found.total() else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
