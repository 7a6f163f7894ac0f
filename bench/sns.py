"""Messages of SNS, checked one after another: ours against what OpenSSL needs for the signature alone (goal 8a)."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from shutil import which

from bench.figures import Comparison, Sample, Sense
from bench.harness import (
    OURS,
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

CHECK = "counterseal, one message"
OPENSSL = "openssl speed rsa2048, one verify"
AT_LEAST_8A = {OPENSSL: 0.4}
_NOTES = (
    "ours: JSON read, topic, age and the certificate's address held to what they must be, the signature verified",
    "the certificate itself is fetched and checked once, not timed; a message of 2 KB, 2048 bits, SHA-256",
    f"{OPENSSL} verifies one signature over and over, with no message to hash: the limit, and no result to compare",
)


def tables(effort: Effort) -> list[Table]:
    """Measure one message."""
    with ExitStack() as stack:
        methods = list(_methods(stack, effort))
        return [measure(_plan(methods), effort.work_rounds, effort)]


def _methods(stack: ExitStack, effort: Effort) -> Iterator[Method | Absent]:
    if installed(OURS / "python", "counterseal.control.sns"):
        ours = stack.enter_context(Contestant("sns_ours", OURS / "python", our_environment(), effort))
        yield ours.method(CHECK, "check", "checked")
    else:
        yield Absent(CHECK, "this checkout has no counterseal.control.sns")
    program = which("openssl")
    yield openssl_verify(program) if program else Absent(OPENSSL, "openssl is not installed")


def openssl_verify(program: str) -> Method:
    """Return the limit: one verification, out of one second of nothing else."""
    argv = [program, "speed", "-mr", "-seconds", "1", "rsa2048"]

    def take() -> Sample:
        start = time.perf_counter()
        ended = subprocess.run(argv, env=environment(), capture_output=True, text=True, check=False)
        seconds = verify_seconds(ended.stdout)
        return Sample(
            seconds=seconds or time.perf_counter() - start,
            cpu_seconds=0.0,
            peak_bytes=0,
            outcome=None,
            failure="" if seconds else f"{OPENSSL} ended with {ended.returncode} and gave no time",
        )

    return Method(OPENSSL, take)


def verify_seconds(machine_readable: str) -> float:
    """Read what `openssl speed -mr` prints, `+F2:<number>:<bits>:<signatures a second>:<verifies a second>`, or 0."""
    found = re.search(r"^\+F2:\d+:2048:[\d.]+:([\d.]+)", machine_readable, re.MULTILINE)
    return 1 / float(found[1]) if found and float(found[1]) else 0.0


def _plan(methods: list[Method | Absent]) -> Plan:
    return Plan(
        title="Checking one message of SNS",
        methods=methods,
        comparisons=[
            Comparison(subject=CHECK, baseline=peer, sense=Sense.SPEED, limit=limit, goal="8a")
            for peer, limit in AT_LEAST_8A.items()
        ],
        notes=[*_NOTES, versions(OURS / "python", "cryptography", "msgspec")],
        units={"messages": 1},
    )
