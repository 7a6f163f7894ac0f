"""The machine a table was made on, and how quiet it was."""

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

QUIET_SHARE = 0.15  # of all cores; research: "start only after half a second under 15 % busy"
LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """How the wait for a quiet machine ended, and what others took while the table was made."""

    waited_seconds: float
    busy_share: float
    reached: bool
    others_share: float = 0.0

    def sentence(self) -> str:
        """Say it in one line."""
        others = f"others took {self.others_share:.0%} of it during the run"
        if self.reached:
            return f"quiet after {self.waited_seconds:.1f} s; {others}"
        return f"NOT QUIET: {self.busy_share:.0%} busy after {self.waited_seconds:.0f} s of waiting; {others}"


@dataclass(frozen=True, slots=True)
class Ticks:
    """Processor time so far: all of it, the busy part, and what this process and its children used."""

    total: float
    busy: float
    own: float


def ticks() -> Ticks:
    """Read the processor times (proc(5), /proc/stat: user nice system idle iowait irq softirq steal)."""
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    fields = [int(part) / os.sysconf("SC_CLK_TCK") for part in first.split()[1:9]]
    idle = fields[3] + fields[4]
    own = sum(_used(Path("/proc") / number / "stat") for number in ("self", *_children()))
    return Ticks(sum(fields), sum(fields) - idle, own)


def busy_share(before: Ticks, after: Ticks) -> float:
    """Return the share of the machine that was busy between two readings."""
    return _share(after.busy - before.busy, after.total - before.total)


def others_share(before: Ticks, after: Ticks) -> float:
    """Return the share of the machine that others used between two readings."""
    return _share(after.busy - before.busy - (after.own - before.own), after.total - before.total)


def wait_until_quiet(
    at_most_seconds: float, *, read: Callable[[], Ticks] = ticks, sleep: Callable[[float], None] = time.sleep
) -> Quiet:
    """Wait for half a second in which the machine does next to nothing; give up, and say so, after the bound."""
    waited = 0.0
    while True:
        before = read()
        sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
        share = busy_share(before, read())
        if share <= QUIET_SHARE or waited >= at_most_seconds:
            return Quiet(waited_seconds=waited, busy_share=share, reached=share <= QUIET_SHARE)


def describe() -> dict[str, str]:
    """Return what a reader must know about the machine to read the table."""
    cores = len(os.sched_getaffinity(0))
    return {
        "processor": f"{processor()}, {os.cpu_count()} cores, {cores} usable, not pinned",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def processor(information: str = "/proc/cpuinfo") -> str:
    """Return the processor's model, or its architecture where the system does not tell."""
    try:
        lines = Path(information).read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _children() -> list[str]:
    return [number for task in Path("/proc/self/task").iterdir() for number in _words(task / "children")]


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN: their time counts as others'
        return []


def _used(stat: Path) -> float:
    """Return utime, stime, cutime and cstime (proc(5), fields 14 to 17; the name in field 2 may hold spaces)."""
    fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / float(os.sysconf("SC_CLK_TCK"))


def _share(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
