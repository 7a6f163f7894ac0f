"""Changes the room that judges, one place at a time, and counts how many of the changes the tests notice.

    make mutation

It takes an hour and more on two cores, so no other target runs it. What it prints goes into CONTRIBUTING.md.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOM = "correlation"
LEAST_PERCENT = 90.0
FOLDER = Path("mutants/src/counterseal") / ROOM

# How mutmut writes down what became of a change: the exit status of the tests, or of the type checker.
_UNNOTICED = {0, 5, 33}  # the tests passed, or there were none
_NOT_TRIED = {None, 2, 34}


def main() -> int:
    """Try every change that was not tried since its code or tests changed; return 1 where too few were noticed."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(["mutmut", "run", "--max-children", str(os.cpu_count() or 1)], env=environment, check=True)  # noqa: S603, S607  # of this environment
    total: Counter[str] = Counter()
    for file in sorted(FOLDER.rglob("*.meta")):
        found = counted(json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"])
        total += found
        if found["survived"]:
            print(f"{percent(found):6.1f}%  {found['survived']:4} of {found.total():4} unnoticed  {file.stem}")
    print(f"{percent(total):6.1f}%  of {total.total()} changes to {ROOM}/ were noticed (gate {LEAST_PERCENT:.0f}%)")
    return int(percent(total) < LEAST_PERCENT)


def counted(exit_codes: dict[str, int | None]) -> Counter[str]:
    """Count what became of the changes of one file: a change that no test walks through was not noticed."""
    tried = [code for code in exit_codes.values() if code not in _NOT_TRIED]
    survived = sum(code in _UNNOTICED for code in tried)
    return Counter(survived=survived, noticed=len(tried) - survived)


def percent(found: Counter[str]) -> float:
    """Return the share of the changes that were noticed; all of none."""
    return 100.0 * found["noticed"] / found.total() if found.total() else 100.0


if __name__ == "__main__":
    raise SystemExit(main())
