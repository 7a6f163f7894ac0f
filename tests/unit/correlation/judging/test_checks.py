"""What would have helped, where nothing could have."""

from tests.unit.correlation.invented import ticket

from counterseal.correlation.judging.approvals import Weighed
from counterseal.correlation.judging.checks import Check, remedy_of
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.judge import Judgement

UNKNOWN = Judgement(verdict=Verdict.APPROVAL_UNKNOWN, ticket=ticket(), weighed=Weighed())


def test_what_has_no_remedy_is_not_promised_one() -> None:
    emergency = Check(name="emergency", passes=False, said="it was none", remedy="it had been declared one")

    assert remedy_of([emergency], UNKNOWN) == ""
