"""Takes turns: every method once a round, ours and the peers in one run on a machine that was quiet at the start."""

import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from bench.figures import Comparison, Guard, Judgement, Sample, Series, judge, weigh
from bench.machine import Quiet, others_share, ticks, wait_until_quiet
from bench.turns import Turn

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / ".venv" / "bin"
PEERS = ROOT / ".venv-bench" / "bin"
ORACLES = ROOT / ".venv-oracles" / "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long we try: rounds of whole processes, rounds of work in a process, the bounds of waiting and of a turn."""

    process_rounds: int = 21  # at least 15: single pairs stray
    work_rounds: int = 11
    quiet_seconds: float = 60.0
    turn_seconds: float = 0.05
    events: int = 20_000
    rows: int = 10_000_000
    report_rounds: int = 5
    changes: int = 10_000_000
    join_rounds: int = 5


FULL = Effort()
QUICK = Effort(
    process_rounds=5,
    work_rounds=3,
    quiet_seconds=2.0,
    turn_seconds=0.01,
    events=5_000,
    rows=100_000,
    report_rounds=3,
    changes=100_000,
    join_rounds=3,
)


@dataclass(frozen=True, slots=True)
class Method:
    """One way to do it, and how to take one turn of it."""

    name: str
    take: Callable[[], Sample]


@dataclass(frozen=True, slots=True)
class Absent:
    """A peer that is not installed, and what would bring it."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One table before it is measured. `units` says what one turn does (events, MB), for rates beside the times."""

    title: str
    methods: Sequence[Method | Absent]
    comparisons: Sequence[Comparison]
    notes: Sequence[str] = ()
    guards: Sequence[Guard] = ()
    units: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, measured and weighed."""

    plan: Plan
    series: Series
    rounds: int
    quiet: Quiet
    judgements: Sequence[Judgement]


def measure(plan: Plan, rounds: int, effort: Effort) -> Table:
    """Wait for a quiet machine, warm every method up once, and take the turns."""
    present = [method for method in plan.methods if isinstance(method, Method)]
    absent = {method.name: method.reason for method in plan.methods if isinstance(method, Absent)}
    for method in present:
        method.take()
    quiet = wait_until_quiet(effort.quiet_seconds)
    before = ticks()
    series = Series(samples=interleave(present, rounds), absent=absent)
    quiet = replace(quiet, others_share=others_share(before, ticks()))
    judgements = [judge(comparison, series) for comparison in plan.comparisons]
    judgements += [weigh(guard) for guard in plan.guards]
    return Table(plan=plan, series=series, rounds=rounds, quiet=quiet, judgements=judgements)


def interleave(methods: Sequence[Method], rounds: int) -> dict[str, list[Sample]]:
    """Take one turn of every method a round: A B C, then C B A, so that none always follows the same neighbour."""
    samples: dict[str, list[Sample]] = {method.name: [] for method in methods}
    for number in range(rounds):
        for method in methods if number % 2 == 0 else reversed(methods):
            samples[method.name].append(method.take())
    return samples


def environment(**more: str) -> dict[str, str]:
    """Return the environment of everything measured: the same for all, without what this shell happens to hold.

    Bytecode may be written (a fresh start would otherwise compile every file), and no personal settings are read.
    """
    return {"PATH": os.defpath, "HOME": tempfile.gettempdir(), "LANG": "C.UTF-8", **more}


def our_environment(**more: str) -> dict[str, str]:
    """Return that environment with this checkout's source and its benchmarks."""
    return environment(PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more)


class _Program:
    """A process that answers requests over its standard streams, until it is left."""

    def __init__(self, argv: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
        )

    def ask(self, request: tuple[Any, ...]) -> Any:
        """Send one request and wait for its answer.

        Raises:
            EOFError: the program has ended; what it said stands on the standard error.
        """
        marshal.dump(request, self._stream(self._process.stdin))
        self._stream(self._process.stdin).flush()
        return marshal.load(self._stream(self._process.stdout))  # noqa: S302  # our own pipe

    def __enter__(self) -> Self:
        """Return the running program."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program and wait for it."""
        self._stream(self._process.stdin).close()
        self._stream(self._process.stdout).close()
        self._process.wait()

    @staticmethod
    def _stream(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream


class Launcher(_Program):
    """Starts whole processes and says what each cost."""

    def __init__(self, folder: Path) -> None:
        """Take a folder for what the processes print."""
        super().__init__([sys.executable, "-I", "-S", Path(__file__).with_name("launcher.py")])
        self._output = folder / "output"

    def method(
        self,
        name: str,
        argv: Sequence[str | Path],
        outcome: Callable[[bytes], str],
        environment: Mapping[str, str],
    ) -> Method:
        """Return the method that runs this process; `outcome` reads what it printed."""

        def take() -> Sample:
            request = ([str(part) for part in argv], dict(environment), str(ROOT), str(self._output))
            seconds, cpu_seconds, peak_bytes, status = self.ask(request)
            said = (
                Path(f"{self._output}.notes").read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
            )
            return Sample(
                seconds=seconds,
                cpu_seconds=cpu_seconds,
                peak_bytes=peak_bytes,
                outcome=outcome(self._output.read_bytes()),
                failure=f"{name} ended with {status}: {said[:200]}" if status else "",
            )

        return Method(name, take)


class Contestant(_Program):
    """A program of `contestants/`, in the environment that it needs."""

    def __init__(self, module: str, python: Path, environment: Mapping[str, str], effort: Effort) -> None:
        """Start it: it imports what it needs now, and takes turns when asked."""
        super().__init__([python, "-m", f"bench.contestants.{module}"], environment)
        self._turn_seconds = effort.turn_seconds

    def method(self, name: str, job: str, *arguments: str) -> Method:
        """Return the method that asks this contestant for one turn of one job."""

        def take() -> Sample:
            turn = Turn(*self.ask((job, arguments, self._turn_seconds)))
            return Sample(
                seconds=turn.seconds,
                cpu_seconds=turn.cpu_seconds,
                peak_bytes=turn.peak_bytes,
                outcome=turn.outcome,
                failure=turn.failure,
            )

        return Method(name, take)


def installed(python: Path, *modules: str) -> bool:
    """Say whether that environment is there and can import these."""
    code = f"import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, {modules!r})))"
    return _asked(python, code) is not None


def versions(python: Path, *packages: str) -> str:
    """Return what that environment has of these, as one line for the head of a table."""
    code = f"from importlib.metadata import version as v; print(', '.join(f'{{p}} {{v(p)}}' for p in {packages!r}))"
    found = _asked(python, code)
    return f"{python.parent.parent.name}: {found or 'not all installed of ' + ', '.join(packages)}"


def _asked(python: Path, code: str) -> str | None:
    if not python.exists():
        return None
    seen = our_environment() if python.parent == OURS else environment()
    ended = subprocess.run([python, "-c", code], env=seen, check=False, capture_output=True, text=True)
    return None if ended.returncode else ended.stdout.strip()
