"""Webhooks of Jira, taken in under load: the shipped door against the same one with its checks off (goal 8b)."""

from contextlib import ExitStack

from bench.figures import Comparison, Sense
from bench.harness import (
    OURS,
    Absent,
    Contestant,
    Effort,
    Method,
    Plan,
    Table,
    installed,
    measure,
    our_environment,
    versions,
)

CHECKED = "counterseal, checked, stored, answered"
UNCHECKED = "the same without checks"
AT_LEAST_8B = 0.6
_NOTES = (
    "checked: HMAC-SHA256 over the raw body, age, one message once; stored: durable in the inbox before the answer",
    "8 kept connections send bodies of 3 KB; sender and server share the processors",
    "each must find every message acknowledged and stored, or the row is void",
)


def tables(effort: Effort) -> list[Table]:
    """Measure bursts that come to half a minute and more of each."""
    burst = effort.events // 5
    with ExitStack() as stack:
        methods: list[Method | Absent] = []
        if installed(OURS / "python", "uvicorn", "starlette"):
            for name, kind in ((CHECKED, "checked"), (UNCHECKED, "unchecked")):
                sender = Contestant("webhooks_sender", OURS / "python", our_environment(), effort)
                methods.append(stack.enter_context(sender).method(name, "send", kind, str(burst)))
        else:
            methods = [Absent(it, "the extra [web] is not installed") for it in (CHECKED, UNCHECKED)]
        return [measure(_plan(methods, burst), effort.work_rounds, effort)]


def _plan(methods: list[Method | Absent], burst: int) -> Plan:
    return Plan(
        title=f"Webhooks of Jira taken in, {burst:,} in each turn",
        methods=methods,
        comparisons=[
            Comparison(subject=CHECKED, baseline=UNCHECKED, sense=Sense.SPEED, limit=AT_LEAST_8B, goal="8b"),
        ],
        notes=[*_NOTES, versions(OURS / "python", "uvicorn", "starlette")],
        units={"webhooks": burst},
    )
