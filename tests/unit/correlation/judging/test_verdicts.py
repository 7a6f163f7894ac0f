"""Every word of a report is explained."""

from counterseal.correlation.judging.approvals import Cause
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.verdicts import CAUSES, EXPLAINED


def test_every_verdict_and_every_cause_is_explained_in_its_order() -> None:
    assert list(EXPLAINED) == list(Verdict)
    assert list(CAUSES) == list(Cause)
    assert all(all(it) for it in EXPLAINED.values())
