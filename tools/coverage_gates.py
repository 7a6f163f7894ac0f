"""Holds each room to its share of branches that tests have walked: `make test` ends with it."""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

# Pure rooms have no excuse for an untried branch; rooms that speak to the outside have few.
PURE = {"canonical", "clock", "errors", "hidden", "signing", "references", "secretstore", "correlation", "seal"}
PURE_PERCENT = 100.0
OTHER_PERCENT = 95.0


def main() -> int:
    """Print every room's share, and return 1 where one is below its gate."""
    rooms, gaps = _measured()
    failed = False
    for room, (covered, total) in sorted(rooms.items()):
        gate = PURE_PERCENT if room in PURE else OTHER_PERCENT
        percent = 100.0 * covered / total if total else 100.0
        below = percent < gate
        failed |= below
        print(f"{'below' if below else 'ok':<6} {room:<12} {percent:6.2f}%  (gate {gate:.0f}%)")
        if below:
            print("".join(f"         {gap}\n" for gap in gaps[room]), end="")
    return int(failed)


def _measured() -> tuple[dict[str, tuple[int, int]], dict[str, list[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coverage.json"
        subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", file], check=True)  # noqa: S603
        content = json.loads(file.read_text(encoding="utf-8"))
    rooms: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    gaps: dict[str, list[str]] = defaultdict(list)
    for name, measured in content["files"].items():
        place = Path(name).parts[Path(name).parts.index("counterseal") + 1]
        room, summary = place.removesuffix(".py"), measured["summary"]
        covered = summary["covered_lines"] + summary["covered_branches"]
        total = summary["num_statements"] + summary["num_branches"]
        rooms[room] = (rooms[room][0] + covered, rooms[room][1] + total)
        if covered < total:
            gaps[room].append(f"{name}: lines {measured['missing_lines']}, branches {measured['missing_branches']}")
    return rooms, gaps


if __name__ == "__main__":
    raise SystemExit(main())
