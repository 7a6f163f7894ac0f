"""Sealing and opening one secret: ours against the AWS Encryption SDK, and against what the processor can do."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from shutil import which

from bench.figures import Comparison, Sample, Sense
from bench.harness import (
    OURS,
    PEERS,
    ROOT,
    Absent,
    Contestant,
    Effort,
    Method,
    Plan,
    Table,
    environment,
    installed,
    measure,
    our_environment,
    versions,
)

SIZES = {"100 B": 100, "4 KB": 4096, "1 MB": 1 << 20}
PEER_KINDS = {
    "ESDK unsigned": ("plain", "unsigned"),
    "ESDK default": ("plain", "default"),
    "ESDK + MPL unsigned": ("mpl", "unsigned"),
    "ESDK + MPL default": ("mpl", "default"),
}
OPENSSL = "openssl speed aes-256-gcm"
# Goals 5a (up to 4 KB, both ways) and 5b (1 MB, sealing) of docs/reference/benchmarks.md.
AT_LEAST_5A = {"ESDK unsigned": 7.0, "ESDK default": 35.0, "ESDK + MPL unsigned": 100.0}
AT_LEAST_5B = {"ESDK unsigned": 15.0, OPENSSL: 0.8}
_NOTES = (
    "ours: a fresh content key wrapped by the epoch key, Cobblestone-256, padded, bound to its context",
    "ESDK: raw AES key, key commitment, an encryption context of the same facts, frames of the default size",
    "sealed values are opened again and compared, not timed; key set-up and imports are not timed",
    f"{OPENSSL} encrypts one block of 1 MB over and over: the limit, and no result to compare",
)


def tables(effort: Effort) -> list[Table]:
    """Measure both ways."""
    made = []
    for action, title in (("seal", "Sealing one secret"), ("open", "Opening one sealed secret")):
        with ExitStack() as stack:
            methods = list(_methods(stack, action, effort))
            made.append(measure(_plan(action, title, methods), effort.work_rounds, effort))
    return made


def _methods(stack: ExitStack, action: str, effort: Effort) -> Iterator[Method | Absent]:
    yield from _ours(stack, action, effort)
    yield from _peers(stack, action, effort)
    if action == "seal":
        program = which("openssl")
        yield openssl_speed(program) if program else Absent(OPENSSL, "openssl is not installed")


def _ours(stack: ExitStack, action: str, effort: Effort) -> Iterator[Method | Absent]:
    python = OURS / "python"
    if not installed(python, "counterseal.seal.sealer"):
        yield from (Absent(f"counterseal {size}", "this checkout has no counterseal.seal.sealer") for size in SIZES)
        return
    ours = stack.enter_context(Contestant("sealing_ours", python, our_environment(), effort))
    for size, count in SIZES.items():
        yield ours.method(f"counterseal {size}", action, str(count))


def _peers(stack: ExitStack, action: str, effort: Effort) -> Iterator[Method | Absent]:
    python = PEERS / "python"
    there = installed(python, "aws_encryption_sdk", "aws_cryptographic_material_providers")
    for name, kind in PEER_KINDS.items():
        if not there:
            yield from (Absent(f"{name} {size}", "not installed in .venv-bench") for size in SIZES)
            continue
        peer = stack.enter_context(Contestant("sealing_esdk", python, environment(PYTHONPATH=str(ROOT)), effort))
        for size, count in SIZES.items():
            yield peer.method(f"{name} {size}", action, str(count), *kind)


def openssl_speed(program: str) -> Method:
    """Return the limit: AES-256-GCM over 1 MB in one process that does nothing else, for one second a turn."""
    argv = [program, "speed", "-mr", "-seconds", "1", "-evp", "aes-256-gcm", "-bytes", str(SIZES["1 MB"])]

    def take() -> Sample:
        start = time.perf_counter()
        ended = subprocess.run(argv, env=environment(), capture_output=True, text=True, check=False)
        rate = bytes_per_second(ended.stdout)
        return Sample(
            seconds=SIZES["1 MB"] / rate if rate else time.perf_counter() - start,
            cpu_seconds=0.0,
            peak_bytes=0,
            outcome=None,
            failure="" if rate else f"{OPENSSL} ended with {ended.returncode} and gave no rate",
        )

    return Method(OPENSSL, take)


def bytes_per_second(machine_readable: str) -> float:
    """Read the rate that `openssl speed -mr` prints, `+F:<number>:<name>:<bytes a second>`; 0 if there is none."""
    found = re.search(r"^\+F:\d+:[^:]+:([\d.]+)$", machine_readable, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _plan(action: str, title: str, methods: list[Method | Absent]) -> Plan:
    peers = [*PEER_KINDS, OPENSSL] if action == "seal" else list(PEER_KINDS)
    return Plan(
        title=title,
        methods=methods,
        comparisons=[
            comparison(action, size, peer) for size in SIZES for peer in peers if peer != OPENSSL or size == "1 MB"
        ],
        notes=[
            *_NOTES,
            versions(OURS / "python", "cryptography"),
            versions(PEERS / "python", "aws-encryption-sdk", "aws-cryptographic-material-providers", "cryptography"),
        ],
    )


def comparison(action: str, size: str, peer: str) -> Comparison:
    """Return ours against one peer at one size, with the goal that stands on it."""
    goal, limits = ("5b", AT_LEAST_5B if action == "seal" else {}) if size == "1 MB" else ("5a", AT_LEAST_5A)
    limit = limits.get(peer)
    return Comparison(
        subject=f"counterseal {size}",
        baseline=peer if peer == OPENSSL else f"{peer} {size}",
        sense=Sense.SPEED,
        limit=limit,
        goal=goal if limit else "",
    )
