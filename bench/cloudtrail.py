"""A trail read from files to events: ours against decompression alone, the standard library and the peers."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from shutil import which

from bench.contestants.changes import digest
from bench.figures import Comparison, Sense
from bench.harness import (
    OURS,
    PEERS,
    ROOT,
    Absent,
    Contestant,
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
from bench.trail import TrailSet, write_set

INTAKE = "counterseal, files to events"
GUNZIP = "gunzip alone (isal)"
WINDOWS = "gunzip alone, in our windows"
SEARCH = "search before parsing (not shipped)"
NAIVE = "gzip + json"
ORJSON = "gzip + orjson"
POLARS = "gzip + polars"
JQ = "gzip -dc | jq"
DUCKDB = "duckdb read_json"
# Goals 6a and 6c of docs/reference/benchmarks.md.
AT_LEAST_6A = {
    GUNZIP: 0.5,
    WINDOWS: None,
    SEARCH: None,
    NAIVE: 7.0,
    ORJSON: None,
    POLARS: 5.0,
    JQ: 12.0,
    DUCKDB: None,
}
AT_LEAST_6C = {NAIVE: 4.0, ORJSON: None}
_JQ_FILTER = (
    '.Records[] | select(.eventSource == "secretsmanager.amazonaws.com" and (.readOnly | not) and (.errorCode == null))'
    " | .eventID"
)
_SHARES = (
    "10 % Secrets Manager, 2 % its writes with their KMS witnesses, 8 % KMS decoys; "
    'some writes hold the text "readOnly":true in a parameter'
)
_TIMED = (
    "every reader must find the same changes by event id; imports are not timed; "
    "jq is a whole process and decompresses on another core"
)


def tables(effort: Effort) -> list[Table]:
    """Measure the usual layout of the files, then a layout that no fast path may rely on."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        launcher = stack.enter_context(Launcher(folder))
        made = []
        for name, compact in (("compact", True), ("spaced", False)):
            (folder / name).mkdir()
            trail = write_set(folder / name, records=effort.events, compact=compact)
            with ExitStack() as inner:
                methods = list(_methods(inner, launcher, trail, effort))
                if compact:  # the search finds nothing in the other layout
                    methods += _limits(inner, trail, effort)
                made.append(measure(_plan(methods, trail, compact=compact), effort.work_rounds, effort))
    return made


def _methods(stack: ExitStack, launcher: Launcher, trail: TrailSet, effort: Effort) -> Iterator[Method | Absent]:
    folder = str(trail.folder)

    def start(module: str, python: Path, seen: dict[str, str]) -> Contestant:
        return stack.enter_context(Contestant(module, python, seen, effort))

    if installed(OURS / "python", "counterseal.control.intake"):
        ours = start("cloudtrail_ours", OURS / "python", our_environment())
        yield ours.method(INTAKE, "intake", folder)
    else:
        yield Absent(INTAKE, "this checkout has no counterseal.control.intake")
    yield start("cloudtrail_plain", OURS / "python", our_environment()).method(GUNZIP, "gunzip", folder)
    yield start("cloudtrail_plain", OURS / "python", our_environment()).method(NAIVE, "naive", folder)
    for name, job in ((ORJSON, "orjson"), (POLARS, "polars")):
        if installed(PEERS / "python", job):
            peer = start("cloudtrail_peers", PEERS / "python", environment(PYTHONPATH=str(ROOT)))
            yield peer.method(name, job, folder)
        else:
            yield Absent(name, f"{job} is not installed in .venv-bench")
    yield start("cloudtrail_duckdb", OURS / "python", our_environment()).method(DUCKDB, "read_json", folder)
    yield _jq(launcher, folder)


def _limits(stack: ExitStack, trail: TrailSet, effort: Effort) -> Iterator[Method]:
    """Give our unpacking without any reading, and the reading that 0010 turned down."""
    for name, job in ((WINDOWS, "windows"), (SEARCH, "search")):
        contestant = stack.enter_context(Contestant("cloudtrail_search", OURS / "python", our_environment(), effort))
        yield contestant.method(name, job, str(trail.folder))


def _jq(launcher: Launcher, folder: str) -> Method | Absent:
    program = which("jq")
    if program is None:
        return Absent(JQ, "jq is not installed")
    pipe = f"gzip -dc {quote(folder)}/* | {program} -r {quote(_JQ_FILTER)}"
    return launcher.method(JQ, ["/bin/sh", "-c", pipe], lambda out: digest(out.decode().split()), environment())


def _contents(trail: TrailSet) -> str:
    sizes = f"{trail.raw_bytes / 1e6:.1f} MB, {trail.stored_bytes / 1e6:.1f} MB compressed"
    return f"{trail.records:,} invented records in {trail.files} files, {trail.changes:,} of them changes; {sizes}"


def _plan(methods: list[Method | Absent], trail: TrailSet, *, compact: bool) -> Plan:
    goal, limits = ("6a", AT_LEAST_6A) if compact else ("6c", AT_LEAST_6C)
    layout = "as CloudTrail writes them" if compact else "with spaces, and two gzip members to a file"
    return Plan(
        title=f"CloudTrail files to events, one process: files {layout}",
        methods=methods,
        comparisons=[
            Comparison(
                subject=INTAKE,
                baseline=baseline,
                sense=Sense.SPEED,
                limit=limit,
                goal=goal if limit is not None else "",
            )
            for baseline, limit in limits.items()
        ],
        notes=[
            _contents(trail),
            _SHARES,
            _TIMED,
            versions(OURS / "python", "isal", "msgspec", "duckdb"),
            versions(PEERS / "python", "orjson", "polars"),
        ],
        units={"events": trail.records, "MB": trail.raw_bytes / 1e6},
    )
