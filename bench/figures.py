"""What a measurement is, and the arithmetic of a comparison: medians, ratios by pair, verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median


class Sense(StrEnum):
    """Which way round a ratio reads."""

    COST = ""  # subject / baseline: less is better
    SPEED = "as fast"  # baseline / subject: more is better


class Verdict(StrEnum):
    """What became of a comparison."""

    HOLDS = "holds"
    MISSED = "MISSED"
    VOID = "void"  # the two did not do the same work: no figure counts
    SKIPPED = "skipped"  # one of the two is not installed
    REPORTED = "reported"  # no goal stands on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One turn of one method.

    `outcome` is what the method gave, in a form that two methods can be compared by; None marks a limit, which gives
    nothing to compare (a decompression alone, `openssl speed`). `failure` says why a turn did not count.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    outcome: str | None
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One method against another; `limit` is the goal's number, None where there is no goal."""

    subject: str
    baseline: str
    sense: Sense = Sense.COST
    limit: float | None = None
    goal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A count or a set that must hold whatever the clock says: modules, calls, bytes."""

    what: str
    figure: str
    wanted: str
    holds: bool
    goal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A comparison or a guard, weighed."""

    goal: str
    what: str
    figure: str
    wanted: str
    verdict: Verdict
    reason: str = ""
    ratios: tuple[float, float, float] | None = None  # median, lowest, highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """All turns of every method of one table, in the order in which they were taken."""

    samples: Mapping[str, Sequence[Sample]]
    absent: Mapping[str, str] = field(default_factory=dict)


def pair_ratios(subject: Sequence[Sample], baseline: Sequence[Sample], sense: Sense) -> list[float]:
    """Return one ratio for each round: what the machine did to one of the pair it did to the other as well."""
    pairs = zip(subject, baseline, strict=True)
    if sense is Sense.SPEED:
        return [theirs.seconds / ours.seconds for ours, theirs in pairs]
    return [ours.seconds / theirs.seconds for ours, theirs in pairs]


def judge(comparison: Comparison, series: Series) -> Judgement:
    """Weigh one comparison by the median of its pairs."""
    what = f"{comparison.subject} / {comparison.baseline}"
    wanted = _wanted(comparison)
    for name in (comparison.subject, comparison.baseline):
        if name not in series.samples:
            reason = f"{name}: {series.absent.get(name, 'was not measured')}"
            return _unweighed(comparison, what, Verdict.SKIPPED, reason)
    subject, baseline = series.samples[comparison.subject], series.samples[comparison.baseline]
    if void := _why_void(subject, baseline):
        return _unweighed(comparison, what, Verdict.VOID, void)
    ratios = pair_ratios(subject, baseline, comparison.sense)
    middle = median(ratios)
    return Judgement(
        goal=comparison.goal,
        what=what,
        figure=f"{times(middle)} {comparison.sense}".rstrip(),
        wanted=wanted,
        verdict=_verdict(middle, comparison),
        ratios=(middle, min(ratios), max(ratios)),
    )


def weigh(guard: Guard) -> Judgement:
    """Put a guard among the judgements."""
    verdict = Verdict.HOLDS if guard.holds else Verdict.MISSED
    return Judgement(goal=guard.goal, what=guard.what, figure=guard.figure, wanted=guard.wanted, verdict=verdict)


def times(ratio: float) -> str:
    """Write a ratio with three significant digits, and no more than the clock can bear."""
    decimals = 3 if ratio < 0.1 else 2 if ratio < 10 else 1 if ratio < 100 else 0
    return f"{ratio:.{decimals}f}x"


def _unweighed(comparison: Comparison, what: str, verdict: Verdict, reason: str) -> Judgement:
    return Judgement(
        goal=comparison.goal, what=what, figure="–", wanted=_wanted(comparison), verdict=verdict, reason=reason
    )


def _wanted(comparison: Comparison) -> str:
    if comparison.limit is None:
        return ""
    return f"{'≤' if comparison.sense is Sense.COST else '≥'} {comparison.limit:g}x"


def _verdict(ratio: float, comparison: Comparison) -> Verdict:
    if comparison.limit is None:
        return Verdict.REPORTED
    held = ratio <= comparison.limit if comparison.sense is Sense.COST else ratio >= comparison.limit
    return Verdict.HOLDS if held else Verdict.MISSED


def _why_void(*methods: Sequence[Sample]) -> str:
    """Say why nothing can be concluded: a turn failed, or two turns did not give the same; "" where all is well."""
    turns = [turn for method in methods for turn in method]
    for turn in turns:
        if turn.failure:
            return turn.failure
    outcomes = sorted({turn.outcome for turn in turns if turn.outcome is not None})
    return "" if len(outcomes) <= 1 else "the results differ: " + " against ".join(map(repr, outcomes))
