"""Start-up of the command line against an empty interpreter and against the peers' programs."""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Comparison, Guard
from bench.harness import (
    ORACLES,
    OURS,
    PEERS,
    Absent,
    Effort,
    Launcher,
    Method,
    Plan,
    Table,
    environment,
    installed,
    measure,
    our_environment,
    versions,
)

EMPTY = "python -c pass"
COMMANDS = ("--version", "--help", "help exit-status", "audit --help", "exec --help")
# Goal 1a (docs/reference/benchmarks.md) stands on these two.
GOAL_1A = {"counterseal --version": 2.0, "counterseal --help": 2.0}
# What no help text may cost (goals 1a and 1d).
HEAVY = frozenset(
    {"asyncio", "boto3", "botocore", "cryptography", "duckdb", "jinja2", "msgspec", "starlette", "urllib3"}
)
_IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", re.MULTILINE)


def tables(effort: Effort) -> list[Table]:
    """Measure the start-up."""
    with tempfile.TemporaryDirectory() as folder, Launcher(Path(folder)) as launcher:
        return [measure(_plan(launcher), effort.process_rounds, effort)]


def _plan(launcher: Launcher) -> Plan:
    loaded = {f"counterseal {words}": modules_loaded(words.split()) for words in COMMANDS}
    methods = [*_ours(launcher), *_peers(launcher)]
    return Plan(
        title="Start-up of the command line (whole processes)",
        methods=methods,
        comparisons=[
            Comparison(
                subject=method.name,
                baseline=EMPTY,
                limit=GOAL_1A.get(method.name),
                goal="1a" if method.name in GOAL_1A else "",
            )
            for method in methods
            if method.name != EMPTY
        ],
        notes=[
            "every process is started by a small launcher and writes into a file; bytecode is warm",
            "modules: those imported beyond an empty interpreter's own, by -X importtime",
            versions(PEERS / "python", "boto3"),
            versions(ORACLES / "python", "awscli"),
        ],
        guards=[_guard(name, loaded[name]) for name in GOAL_1A],
        facts={name: {"modules": str(len(modules)), "heavy": _heavy(modules)} for name, modules in loaded.items()},
    )


def _ours(launcher: Launcher) -> Iterator[Method]:
    python, counterseal, its_own = OURS / "python", OURS / "counterseal", our_environment()
    yield launcher.method(EMPTY, [python, "-c", "pass"], _ran, its_own)
    yield launcher.method("python -c 'import argparse'", [python, "-c", "import argparse"], _ran, its_own)
    for words in COMMANDS:
        yield launcher.method(f"counterseal {words}", [counterseal, *words.split()], _printed_something, its_own)


def _peers(launcher: Launcher) -> Iterator[Method | Absent]:
    for module in ("botocore.session", "boto3"):
        name = f"python -c 'import {module}'"
        if installed(PEERS / "python", module.partition(".")[0]):
            yield launcher.method(name, [PEERS / "python", "-c", f"import {module}"], _ran, environment())
        else:
            yield Absent(name, "not installed in .venv-bench")
    if (ORACLES / "aws").exists():
        yield launcher.method("aws --version", [ORACLES / "aws", "--version"], _printed_something, environment())
    else:
        yield Absent("aws --version", "not installed in .venv-oracles")


def modules_loaded(arguments: Sequence[str]) -> list[str]:
    """Return the modules that the command imports, in order, without those of an interpreter's own start."""
    python: list[str | Path] = [OURS / "python", "-X", "importtime"]
    own = frozenset(_imports([*python, "-c", "pass"]))
    return [name for name in _imports([*python, OURS / "counterseal", *arguments]) if name not in own]


def _imports(argv: Sequence[str | Path]) -> list[str]:
    ran = subprocess.run(argv, env=our_environment(), check=False, capture_output=True, text=True)
    return _IMPORTED.findall(ran.stderr)


def _heavy(modules: Sequence[str]) -> str:
    return ", ".join(sorted(HEAVY & {module.partition(".")[0] for module in modules})) or "none"


def _guard(name: str, modules: Sequence[str]) -> Guard:
    heavy = _heavy(modules)
    # A command that loads nothing of ours did not run.
    ran = "counterseal.cli.main" in modules
    return Guard(
        what=f"{name} loads of the heavy modules",
        figure=heavy if ran else "did not run",
        wanted="none",
        holds=ran and heavy == "none",
        goal="1a",
    )


def _ran(_output: bytes) -> str:
    """Start-ups have no result in common but that they ran."""
    return "ran"


def _printed_something(output: bytes) -> str:
    return "ran" if output.strip() else "printed nothing"
