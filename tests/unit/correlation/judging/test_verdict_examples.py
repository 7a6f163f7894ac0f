"""The examples of the page of verdicts: each is judged as what it stands for, and the page says what comes of it."""

from pathlib import Path

import pytest
from tools.verdict_examples import Example, basis_examples, signal_examples, verdict_examples

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.verdicts import SIGNALS
from counterseal.correlation.tickets.policy import Basis

BY_VERDICT, BY_BASIS, BY_SIGNAL = verdict_examples(), basis_examples(), signal_examples()
ALL = [*BY_VERDICT.items(), *BY_BASIS.items(), *BY_SIGNAL.items()]
PAGE = Path("docs/reference/verdicts.md")


def test_every_verdict_every_basis_and_every_signal_has_one_in_its_order() -> None:
    assert list(BY_VERDICT) == list(Verdict)
    assert list(BY_BASIS) == list(Basis)
    assert list(BY_SIGNAL) == list(SIGNALS)


@pytest.mark.parametrize("verdict", Verdict)
def test_an_example_of_a_verdict_is_judged_so(verdict: Verdict) -> None:
    assert BY_VERDICT[verdict].finding.verdict is verdict


@pytest.mark.parametrize("basis", Basis)
def test_an_example_of_a_basis_rests_on_it(basis: Basis) -> None:
    assert BY_BASIS[basis].finding.basis == basis


@pytest.mark.parametrize("signal", SIGNALS)
def test_an_example_of_a_signal_shows_it_and_no_other(signal: str) -> None:
    assert BY_SIGNAL[signal].finding.signals == (signal,)


@pytest.mark.parametrize(("name", "example"), ALL, ids=[f"{number} {name}" for number, (name, _) in enumerate(ALL)])
def test_the_page_tells_what_happened_and_the_sentence_that_the_code_gives(
    name: str, example: Example, root: Path
) -> None:
    it = example.finding
    rows = (root / PAGE).read_text(encoding="utf-8").splitlines()
    [row] = [line for line in rows if line.startswith(f"| `{name}` | {example.told} | ")]

    said = row.split(" | ")[-1]
    assert said.startswith(f"`{it.verdict}`")
    assert said.endswith(f": {it.reason} |")
    assert [it.basis] * bool(it.basis) == [word for word in Basis if f"basis `{word}`" in said]
    assert list(it.signals) == [word for word in SIGNALS if f"signal `{word}`" in said]
